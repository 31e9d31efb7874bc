//! Comments of an issue.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, WRITE_WORK, operations};
use crate::jira::transport::page::{Page, Position};
use crate::jira::transport::request::Request;
use crate::jira::{AllowedIssue, Audience, Client, RichText, Visibility};

operations! {
    /// Comments of an issue, paged.
    LIST = Operation::get(Api::Platform, "issue/{issue}/comment")
        .scopes(READ_WORK, "read:comment:jira read:comment.property:jira read:group:jira read:project:jira read:project-role:jira read:user:jira read:avatar:jira");
    /// One comment.
    GET = Operation::get(Api::Platform, "issue/{issue}/comment/{comment}")
        .scopes(READ_WORK, "read:comment:jira read:comment.property:jira read:group:jira read:project:jira read:project-role:jira read:user:jira read:avatar:jira");
    /// Adds a comment.
    ADD = Operation::post(Api::Platform, "issue/{issue}/comment")
        .scopes(WRITE_WORK, "read:comment:jira read:comment.property:jira read:group:jira read:project:jira read:project-role:jira read:user:jira write:comment:jira read:avatar:jira");
    /// Replaces a comment.
    UPDATE = Operation::put(Api::Platform, "issue/{issue}/comment/{comment}")
        .scopes(WRITE_WORK, "read:comment:jira read:comment.property:jira read:group:jira read:project:jira read:project-role:jira read:user:jira write:comment:jira read:avatar:jira");
    /// Deletes a comment.
    DELETE = Operation::delete(Api::Platform, "issue/{issue}/comment/{comment}")
        .scopes(WRITE_WORK, "delete:comment:jira delete:comment.property:jira");
}

/// A comment as Jira sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawComment {
    /// Numeric id.
    pub id: String,
    /// Address, which holds the numeric id of the issue.
    #[serde(default, rename = "self")]
    address: Option<String>,
    /// The author, of any shape; null for a deleted account.
    #[serde(default)]
    pub author: Value,
    /// The text.
    #[serde(default)]
    pub body: RichText,
    /// The time of its creation.
    #[serde(default)]
    pub created: Option<String>,
    /// The time of its last change; as `created` where there was none.
    #[serde(default)]
    pub updated: Option<String>,
    /// The role or group that it is restricted to.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// False for a service desk's internal comment.
    #[serde(default)]
    jsd_public: Option<bool>,
    /// The comment that this one answers.
    #[serde(default)]
    parent_id: Value,
}

impl RawComment {
    /// The restriction of the comment: `role:NAME`, `group:NAME`, `internal`; `None` where everybody who sees the
    /// issue sees it.
    #[must_use]
    pub fn visible_to(&self) -> Option<String> {
        match &self.visibility {
            Some(visibility) => Some(visibility.words()),
            None => (self.jsd_public == Some(false)).then(|| "internal".to_owned()),
        }
    }

    /// The restriction that an update has to repeat. An answer has that of the comment that it
    /// answers, and Jira refuses to be told.
    #[must_use]
    pub fn restriction(&self) -> Option<&Visibility> {
        self.visibility.as_ref().filter(|_| self.parent_id.is_null())
    }

    /// The numeric id of the issue.
    fn issue_id(&self) -> Option<&str> {
        self.address.as_deref()?.split_once("/issue/")?.1.split('/').next()
    }
}

#[derive(Deserialize)]
struct Listing {
    comments: Vec<RawComment>,
    #[serde(default)]
    total: u64,
}

impl Client {
    /// One page of an issue's comments, the newest first, and how many there are in all.
    ///
    /// # Errors
    /// As every request.
    pub async fn comments(
        &self,
        issue: &AllowedIssue,
        limit: u64,
        start: Option<Position>,
    ) -> Result<(Page<RawComment>, u64)> {
        let start = start.unwrap_or_default();
        let request = LIST
            .request([issue.as_str()])
            .query("orderBy", "-created")
            .query("startAt", start.skip)
            .query("maxResults", limit);
        let listing: Listing = self.send(request).await?.json()?;
        let page = Page::counted(listing.comments, start, limit, listing.total);
        Ok((page, listing.total))
    }

    /// One comment.
    ///
    /// # Errors
    /// As every request.
    pub async fn comment(&self, issue: &AllowedIssue, id: &str) -> Result<RawComment> {
        self.send(GET.request([issue.as_str(), id])).await?.json()
    }

    /// Adds a comment with a body in ADF.
    ///
    /// # Errors
    /// As every request.
    pub async fn add_comment(
        &self,
        issue: &AllowedIssue,
        body: &RichText,
        audience: &Audience,
    ) -> Result<RawComment> {
        self.write_comment(ADD.request([issue.as_str()]), body, audience).await
    }

    /// Replaces a comment's body and, unless it is [`Audience::Everybody`], its restriction.
    ///
    /// # Errors
    /// As every request.
    pub async fn update_comment(
        &self,
        issue: &AllowedIssue,
        id: &str,
        body: &RichText,
        audience: &Audience,
    ) -> Result<RawComment> {
        self.write_comment(UPDATE.request([issue.as_str(), id]), body, audience).await
    }

    async fn write_comment(
        &self,
        request: Request,
        body: &RichText,
        audience: &Audience,
    ) -> Result<RawComment> {
        let mut comment = json!({ "body": body.source() });
        audience.apply(&mut comment);
        let stored: RawComment = self.send(request.json(&comment)?).await?.json()?;
        if let Some(issue) = stored.issue_id() {
            self.note_write(issue);
        }
        Ok(stored)
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_comment(&self, issue: &AllowedIssue, id: &str) -> Result<()> {
        self.send(DELETE.request([issue.as_str(), id])).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_comment_is_for_is_one_word() {
        for (wire, expected) in [
            (json!({"id": "1"}), None),
            (json!({"id": "1", "jsdPublic": true}), None),
            (json!({"id": "1", "jsdPublic": false}), Some("internal")),
            (
                json!({"id": "1", "visibility": {"type": "role", "value": "Developers", "identifier": "Developers"}}),
                Some("role:Developers"),
            ),
            (
                json!({"id": "1", "visibility": {"type": "group", "value": null, "identifier": "11-22"}}),
                Some("group:11-22"),
            ),
        ] {
            let comment: RawComment = serde_json::from_value(wire).unwrap();
            assert_eq!(comment.visible_to().as_deref(), expected);
        }
    }

    #[test]
    fn the_issue_is_known_from_the_address() {
        let comment: RawComment = serde_json::from_value(json!({
            "id": "10006", "author": null,
            "self": "https://api.atlassian.com/ex/jira/11-22/rest/api/3/issue/10011/comment/10006"
        }))
        .unwrap();
        assert_eq!(comment.issue_id(), Some("10011"));
    }
}
