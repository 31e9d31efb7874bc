//! Remote links: pages outside Jira that an issue points to.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::error::{ArgumentProblem, Expected, Given, InvalidArgument, Result};
use crate::jira::transport::operation::{Api, Operation, READ_WORK, WRITE_WORK, operations};
use crate::jira::{AllowedIssue, Client};

operations! {
    /// Remote links of an issue.
    LIST = Operation::get(Api::Platform, "issue/{issue}/remotelink")
        .scopes(READ_WORK, "read:issue.remote-link:jira read:status:jira");
    /// Adds a remote link, or changes the one with the same global id.
    ADD = Operation::post(Api::Platform, "issue/{issue}/remotelink")
        .scopes(WRITE_WORK, "write:issue:jira write:issue.remote-link:jira read:issue.remote-link:jira");
    /// Replaces a remote link.
    UPDATE = Operation::put(Api::Platform, "issue/{issue}/remotelink/{link}")
        .scopes(WRITE_WORK, "write:issue:jira write:issue.remote-link:jira");
    /// Deletes a remote link.
    DELETE = Operation::delete(Api::Platform, "issue/{issue}/remotelink/{link}")
        .scopes(WRITE_WORK, "delete:issue.remote-link:jira write:issue:jira");
}

/// A remote link, whole as Jira sends it: an update that leaves a part out would clear it.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct RemoteLink(Map<String, Value>);

impl RemoteLink {
    /// Numeric id.
    #[must_use]
    pub fn id(&self) -> String {
        self.0.get("id").map(ToString::to_string).unwrap_or_default()
    }

    /// The page's address.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.object("url")
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.object("title")
    }

    /// A line about the page.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.object("summary")
    }

    /// The relation of the page to the issue: `mentioned in`.
    #[must_use]
    pub fn relation(&self) -> Option<&str> {
        text(self.0.get("relationship"))
    }

    /// The application that has the page: `Confluence`.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        text(self.0.get("application")?.get("name"))
    }

    /// True for a page that is marked as resolved, as a closed ticket is.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.0.get("object").and_then(|object| object.pointer("/status/resolved")) == Some(&Value::Bool(true))
    }

    fn object(&self, key: &str) -> Option<&str> {
        text(self.0.get("object")?.get(key))
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}

impl Client {
    /// All remote links of an issue; Jira does not page them.
    ///
    /// # Errors
    /// As every request.
    pub async fn remote_links(&self, issue: &AllowedIssue) -> Result<Vec<RemoteLink>> {
        self.send(LIST.request([issue.as_str()])).await?.json()
    }

    /// Adds a remote link. Its address is its global id, so that the same one is not added twice
    /// however often this is called.
    ///
    /// # Errors
    /// [`InvalidArgument`] for what is no address.
    pub async fn add_remote_link(
        &self,
        issue: &AllowedIssue,
        url: &str,
        title: &str,
        relation: Option<&str>,
    ) -> Result<()> {
        if Url::parse(url).is_err() {
            let given = Some(Given::Text(url.to_owned()));
            let problem = ArgumentProblem::Takes { expected: Expected::WebAddress, given };
            return Err(InvalidArgument::parameter("url", problem).into());
        }
        let mut body = json!({ "globalId": url, "object": { "url": url, "title": title } });
        if let Some(relation) = relation {
            body["relationship"] = relation.into();
        }
        self.send(ADD.request([issue.as_str()]).json(&body)?).await.map(drop)
    }

    /// Changes title and relation of a remote link; everything else of it stays.
    ///
    /// # Errors
    /// As every request.
    pub async fn update_remote_link(
        &self,
        issue: &AllowedIssue,
        link: &RemoteLink,
        title: &str,
        relation: Option<&str>,
    ) -> Result<()> {
        let mut body = link.0.clone();
        body.retain(|key, _| !matches!(key.as_str(), "id" | "self"));
        if let Some(object) = body.get_mut("object").and_then(Value::as_object_mut) {
            object.insert("title".into(), title.into());
        }
        if let Some(relation) = relation {
            body.insert("relationship".into(), relation.into());
        }
        let request = UPDATE.request([issue.as_str(), &link.id()]).json(&body)?;
        self.send(request).await.map(drop)
    }

    /// Deletes a remote link by its id.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_remote_link(&self, issue: &AllowedIssue, id: &str) -> Result<()> {
        self.send(DELETE.request([issue.as_str(), id])).await.map(drop)
    }
}
