//! Links between issues, and their names in each direction.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::jira::RawIssue;
use crate::jira::platform::issue;
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, WRITE_WORK, operations};
use crate::jira::values::field::loose;
use crate::jira::{AllowedIssue, Client};

operations! {
    /// Types of links between issues.
    LIST_TYPES = Operation::get(Api::Platform, "issueLinkType")
        .scopes(READ_WORK, "read:issue-link-type:jira");
    /// Links two issues.
    CREATE = Operation::post(Api::Platform, "issueLink")
        .scopes(WRITE_WORK, "write:comment:jira write:issue:jira write:issue-link:jira");
    /// Removes a link.
    DELETE = Operation::delete(Api::Platform, "issueLink/{link}")
        .scopes(WRITE_WORK, "delete:issue-link:jira");
}

/// A type of link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkType {
    /// Numeric id.
    pub id: String,
    /// Its name: `Blocks`.
    pub name: String,
    /// The phrase from the target to the source: `is blocked by`.
    pub inward: String,
    /// The phrase from the source to the target: `blocks`.
    pub outward: String,
}

/// A type of link, read in one of its directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The type.
    pub link_type: LinkType,
    /// True where the first issue is the link's source: "A blocks B", not "A is blocked by B".
    pub outward: bool,
}

impl Relation {
    /// The relation that a person means: one of a type's phrases, or its name, which reads outward.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with what there is, or with the types that share a phrase.
    pub fn find(types: &[LinkType], given: &str) -> Result<Self> {
        let wanted = loose(given);
        let phrased = types.iter().filter_map(|kind| {
            let outward = (loose(&kind.outward) == wanted).then_some(true);
            let inward = (loose(&kind.inward) == wanted).then_some(false);
            outward.or(inward).map(|outward| Self { link_type: kind.clone(), outward })
        });
        let phrased: Vec<Self> = phrased.collect();
        let named = types.iter().find(|kind| loose(&kind.name) == wanted);
        let error = |candidates, ambiguous| Error::Unresolved {
            kind: "relation",
            given: given.to_owned(),
            candidates,
            ambiguous,
        };
        match (phrased.as_slice(), named) {
            ([relation], _) => Ok(relation.clone()),
            (_, Some(kind)) => Ok(Self { link_type: kind.clone(), outward: true }),
            ([], None) => {
                let mut candidates: Vec<String> = Vec::new();
                for phrase in types.iter().flat_map(|kind| [&kind.outward, &kind.inward]) {
                    if !candidates.contains(phrase) {
                        candidates.push(phrase.clone());
                    }
                }
                Err(error(candidates, false))
            }
            (several, None) => {
                Err(error(several.iter().map(|relation| relation.link_type.name.clone()).collect(), true))
            }
        }
    }

    /// The phrase between the two issues.
    #[must_use]
    pub fn words(&self) -> &str {
        if self.outward { &self.link_type.outward } else { &self.link_type.inward }
    }

    /// True where both directions are called the same, as in "relates to".
    fn is_symmetric(&self) -> bool {
        self.link_type.inward == self.link_type.outward
    }

    /// True where a link of an issue has this relation.
    fn is_said_by(&self, link: &Link) -> bool {
        let same = link.link_type.name == self.link_type.name;
        same && (self.is_symmetric() || self.outward == link.outward_issue.is_some())
    }
}

/// A link as one of its issues has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Numeric id.
    pub id: String,
    /// The type.
    #[serde(rename = "type")]
    pub link_type: LinkType,
    /// The other issue, where it is the source.
    #[serde(default)]
    inward_issue: Option<RawIssue>,
    /// The other issue, where it is the target.
    #[serde(default)]
    outward_issue: Option<RawIssue>,
}

impl Link {
    /// The links in an issue's field `issuelinks`; what cannot be read is left out.
    #[must_use]
    pub fn all(field: &Value) -> Vec<Self> {
        let links = field.as_array().map(Vec::as_slice).unwrap_or_default();
        links.iter().filter_map(|link| Self::deserialize(link).ok()).collect()
    }

    /// The phrase from the issue that has the link to the other one.
    #[must_use]
    pub fn words(&self) -> &str {
        if self.outward_issue.is_some() { &self.link_type.outward } else { &self.link_type.inward }
    }

    /// The other issue.
    #[must_use]
    pub fn other(&self) -> Option<&RawIssue> {
        self.outward_issue.as_ref().or(self.inward_issue.as_ref())
    }

    /// True where the link leads to this issue and, if a relation is given, has that relation.
    #[must_use]
    pub fn leads_to(&self, issue: &AllowedIssue, relation: Option<&Relation>) -> bool {
        let there =
            self.other().is_some_and(|other| other.key == issue.as_str() || other.id == issue.as_str());
        there && relation.is_none_or(|relation| relation.is_said_by(self))
    }
}

/// An issue with its links.
#[derive(Debug)]
pub struct IssueWithLinks {
    /// Numeric id.
    pub id: String,
    /// Present key.
    pub key: String,
    /// Its links.
    pub links: Vec<Link>,
}

/// The site's types of links, as they are cached.
enum LinkTypes {}

impl CacheKind for LinkTypes {
    type Key = ();
    type Value = Vec<LinkType>;
}

impl Client {
    /// The site's types of links, from the cache where they are fresh.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the site has linking switched off.
    pub async fn link_types(&self) -> Result<Arc<Vec<LinkType>>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Listing {
            issue_link_types: Vec<LinkType>,
        }
        let fetch = || async {
            let listing: Listing = self.send(LIST_TYPES.request([])).await?.json()?;
            Ok(listing.issue_link_types)
        };
        self.site.caches.of::<LinkTypes>().get((), fetch).await
    }

    /// An issue's links, with key and id of the issue itself.
    ///
    /// # Errors
    /// As every request.
    pub async fn linked(&self, issue: &AllowedIssue) -> Result<IssueWithLinks> {
        let request = issue::GET.request([issue.as_str()]).query("fields", "issuelinks");
        let found: RawIssue = self.send(request).await?.json()?;
        let links = found.fields.get("issuelinks").map(Link::all).unwrap_or_default();
        Ok(IssueWithLinks { id: found.id, key: found.key, links })
    }

    /// Links two issues: "`from` blocks `to`" for the relation "blocks". Jira does nothing where
    /// the link is there already, and says the same.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the account may not link issues.
    pub async fn link(&self, from: &IssueWithLinks, relation: &Relation, to: &AllowedIssue) -> Result<()> {
        let is_id = to.as_str().bytes().all(|b| b.is_ascii_digit());
        let (near, far) =
            (json!({ "id": from.id }), json!({ (if is_id { "id" } else { "key" }): to.as_str() }));
        // Jira's names are those of the ends as seen from the other one: the source is "inward".
        let (source, target) = if relation.outward { (near, far) } else { (far, near) };
        let body = json!({
            "type": { "id": relation.link_type.id }, "inwardIssue": source, "outwardIssue": target,
        });
        self.send(CREATE.request([]).json(&body)?).await?;
        self.note_write(&from.id);
        if is_id {
            self.note_write(to.as_str());
        }
        Ok(())
    }

    /// Removes a link of an issue.
    ///
    /// # Errors
    /// As every request.
    pub async fn unlink(&self, from: &IssueWithLinks, link: &Link) -> Result<()> {
        self.send(DELETE.request([&link.id])).await?;
        self.note_write(&from.id);
        if let Some(other) = link.other() {
            self.note_write(&other.id);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types() -> Vec<LinkType> {
        [
            ("Blocks", "is blocked by", "blocks"),
            ("Relates", "relates to", "relates to"),
            ("Cloners", "is cloned by", "clones"),
        ]
        .map(|(name, inward, outward)| LinkType {
            id: String::new(),
            name: name.into(),
            inward: inward.into(),
            outward: outward.into(),
        })
        .to_vec()
    }

    #[test]
    fn a_relation_is_found_by_either_phrase_or_by_name() {
        for (given, name, words) in [
            ("blocks", "Blocks", "blocks"),
            ("is_blocked_by", "Blocks", "is blocked by"),
            ("Relates To", "Relates", "relates to"),
            ("Relates", "Relates", "relates to"),
            ("Cloners", "Cloners", "clones"),
            ("is cloned by", "Cloners", "is cloned by"),
        ] {
            let found = Relation::find(&types(), given).unwrap();
            assert_eq!((found.link_type.name.as_str(), found.words()), (name, words), "{given}");
        }
        let error = Relation::find(&types(), "depends on").unwrap_err().to_string();
        assert_eq!(
            error,
            "No relation fits `depends on`; use one of: blocks; is blocked by; relates to; clones; is cloned by."
        );
    }

    #[test]
    fn a_link_says_its_relation_in_its_direction_only() {
        let links = Link::all(&json!([
            {"id": "1", "type": {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
             "outwardIssue": {"id": "10", "key": "A-2"}},
            {"id": "2", "type": {"id": "2", "name": "Relates", "inward": "relates to", "outward": "relates to"},
             "inwardIssue": {"id": "11", "key": "A-3"}},
            {"id": "3"},
        ]));
        assert_eq!(links.len(), 2);
        assert_eq!((links[0].words(), links[1].words()), ("blocks", "relates to"));
        let says = |link: &Link, given: &str| Relation::find(&types(), given).unwrap().is_said_by(link);
        assert!(says(&links[0], "blocks") && !says(&links[0], "is blocked by"));
        assert!(says(&links[1], "relates to"), "the same words in both directions");
        assert!(!says(&links[1], "blocks"));
    }

    #[test]
    fn a_phrase_that_two_types_share_asks_for_the_type() {
        let mut types = types();
        types.push(LinkType { id: "9".into(), name: "Blockade".into(), ..types[0].clone() });
        let error = Relation::find(&types, "is blocked by").unwrap_err().to_string();
        assert_eq!(error, "Several relations fit `is blocked by`; name one of: Blocks; Blockade.");
        assert_eq!(Relation::find(&types, "Blockade").unwrap().link_type.id, "9");
    }
}
