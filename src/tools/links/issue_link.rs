//! Links between issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::platform::{issue, issue_link};
use crate::jira::{AllowedIssue, Client, IssueRef, IssueWithLinks, Link, LinkType, Relation};
use crate::server::Call;
use crate::server::{JiraServer, uses};

#[derive(Debug, Deserialize, JsonSchema)]
struct ListLinkTypes {}

#[derive(Debug, Serialize, JsonSchema)]
struct LinkTypeList {
    /// The types.
    link_types: Vec<LinkTypeRow>,
}

/// A type of link: the source `outward` the target; the target `inward` the source.
#[derive(Debug, Serialize, JsonSchema)]
struct LinkTypeRow {
    /// Name.
    name: String,
    /// Such as `blocks`.
    outward: String,
    /// Such as `is blocked by`.
    inward: String,
}

impl LinkTypeRow {
    fn new(kind: &LinkType) -> Self {
        Self { name: kind.name.clone(), outward: kind.outward.clone(), inward: kind.inward.clone() }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1", "relation": "blocks", "targets": ["OPS-1"]}))]
struct LinkIssues {
    /// Key, id or URL.
    issue: IssueRef,
    /// Such as `blocks`, `is blocked by`, `relates to`.
    relation: String,
    /// Other issues.
    targets: Vec<IssueRef>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-22", "targets": ["DEMO-31"]}))]
struct UnlinkIssues {
    /// Key, id or URL.
    issue: IssueRef,
    /// Other issues.
    targets: Vec<IssueRef>,
    /// As in `link_issues`; needed if several links join them.
    relation: Option<String>,
}

/// What became of each link, in words: "DEMO-1 blocks DEMO-2".
#[derive(Debug, Default, Serialize, JsonSchema)]
struct LinkResult {
    /// Links made now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    linked: Vec<String>,
    /// Links that were there before; nothing was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    already_linked: Vec<String>,
    /// Links removed now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unlinked: Vec<String>,
    /// Links for which it failed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<String>,
}

impl LinkResult {
    /// The result of all targets: an error where nothing but errors came of them.
    fn finish(self, mut errors: Vec<Error>) -> Result<Json<Self>> {
        let nothing = self.linked.is_empty() && self.already_linked.is_empty() && self.unlinked.is_empty();
        match errors.pop() {
            Some(error) if nothing && errors.is_empty() => Err(error),
            Some(_) if nothing => {
                Err(Error::Invalid { messages: self.failed, fields: Vec::new(), hint: None })
            }
            _ => Ok(Json(self)),
        }
    }
}

/// The issues at the far end with their keys, none of them the near one.
async fn allowed_targets(
    jira: &Client,
    from: &IssueWithLinks,
    targets: &[IssueRef],
) -> Result<Vec<(AllowedIssue, String)>> {
    if targets.is_empty() {
        return Err(InvalidArgument::parameter("targets", ArgumentProblem::Empty { of: "issue" }).into());
    }
    let mut allowed_targets = Vec::with_capacity(targets.len());
    for target in targets {
        let target = jira.allowed_issue(target).await?;
        if target.as_str() == from.key || target.as_str() == from.id {
            let problem = ArgumentProblem::LinkToItself { issue: from.key.clone() };
            return Err(InvalidArgument::parameter("targets", problem).into());
        }
        let key = jira.key_of(&target).await?;
        if !allowed_targets.iter().any(|(_, known)| *known == key) {
            allowed_targets.push((target, key));
        }
    }
    Ok(allowed_targets)
}

/// The call that tells whether a write was done.
fn how_to_check(from: &IssueWithLinks) -> String {
    format!("get_issue {} with include links", from.key)
}

/// The link between two issues that is to go.
fn link_to_remove<'a>(
    from: &'a IssueWithLinks,
    to: &AllowedIssue,
    words: Option<&str>,
    types: &[LinkType],
) -> Result<&'a Link> {
    let wanted = words.map(|words| Relation::find(types, words)).transpose()?;
    let between: Vec<&Link> = from.links.iter().filter(|link| link.leads_to(to, None)).collect();
    let fitting: Vec<&Link> =
        between.iter().copied().filter(|link| link.leads_to(to, wanted.as_ref())).collect();
    match fitting.as_slice() {
        [link] => Ok(link),
        [] if between.is_empty() => {
            Err(Error::NotFound { messages: vec![format!("{} has no link with {}.", from.key, to.as_str())] })
        }
        _ => Err(Error::Unresolved {
            kind: "link",
            given: format!("{} {} {}", from.key, words.unwrap_or("..."), to.as_str()),
            candidates: between.iter().map(|link| link.words().to_owned()).collect(),
            ambiguous: !fitting.is_empty(),
        }),
    }
}

#[tool_router(router = link_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List link types with their words in both directions.
    #[tool(meta = uses(&[&issue_link::LIST_TYPES], &[]))]
    async fn list_link_types(
        &self,
        call: Call,
        Parameters(ListLinkTypes {}): Parameters<ListLinkTypes>,
    ) -> Result<Json<LinkTypeList>> {
        let types = call.jira()?.link_types().await?;
        Ok(Json(LinkTypeList { link_types: types.iter().map(LinkTypeRow::new).collect() }))
    }

    /// Link issues; `issue` `relation` `targets` reads as a sentence: "DEMO-1 blocks DEMO-2".
    #[tool(annotations(idempotent_hint = true), meta = uses(&[&issue_link::LIST_TYPES, &issue::GET, &issue_link::CREATE], &[]))]
    async fn link_issues(
        &self,
        call: Call,
        Parameters(input): Parameters<LinkIssues>,
    ) -> Result<Json<LinkResult>> {
        let jira = call.jira()?;
        let relation = Relation::find(&jira.link_types().await?, &input.relation)?;
        let from = jira.linked(&jira.allowed_issue(&input.issue).await?).await?;
        let (mut result, mut errors) = (LinkResult::default(), Vec::new());
        for (target, key) in allowed_targets(jira, &from, &input.targets).await? {
            let words = format!("{} {} {}", from.key, relation.words(), key);
            if from.links.iter().any(|link| link.leads_to(&target, Some(&relation))) {
                result.already_linked.push(words);
                continue;
            }
            match jira.link(&from, &relation, &target).await {
                Ok(()) => result.linked.push(words),
                Err(error) => {
                    let error = error.check_with(how_to_check(&from));
                    result.failed.push(format!("{words}: {}", error.text_for(call.reader())));
                    errors.push(error);
                }
            }
        }
        result.finish(errors)
    }

    /// Remove links between issues.
    #[tool(meta = uses(&[&issue_link::LIST_TYPES, &issue::GET, &issue_link::DELETE], &[]))]
    async fn unlink_issues(
        &self,
        call: Call,
        Parameters(input): Parameters<UnlinkIssues>,
    ) -> Result<Json<LinkResult>> {
        let jira = call.jira()?;
        let types = jira.link_types().await?;
        let from = jira.linked(&jira.allowed_issue(&input.issue).await?).await?;
        let mut links = Vec::new();
        for (target, key) in allowed_targets(jira, &from, &input.targets).await? {
            let link = link_to_remove(&from, &target, input.relation.as_deref(), &types)?;
            links.push((format!("{} {} {}", from.key, link.words(), key), link));
        }
        let (mut result, mut errors) = (LinkResult::default(), Vec::new());
        for (words, link) in links {
            match jira.unlink(&from, link).await {
                Ok(()) => result.unlinked.push(words),
                Err(error) => {
                    let error = error.check_with(how_to_check(&from));
                    result.failed.push(format!("{words}: {}", error.text_for(call.reader())));
                    errors.push(error);
                }
            }
        }
        result.finish(errors)
    }
}
