//! Remote links: pages outside Jira that an issue points to.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, Result};
use crate::jira::platform::remote_link;
use crate::jira::{IssueRef, Page, RemoteLink};
use crate::server::Call;
use crate::server::{JiraServer, uses};

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-31"}))]
struct ListRemoteLinks {
    /// Key, id or URL.
    issue: IssueRef,
    /// `next_cursor` of the same call.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RemoteLinkList {
    /// The links.
    remote_links: Vec<RemoteLinkView>,
    /// Present where more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A page that an issue points to.
#[derive(Debug, Serialize, JsonSchema)]
struct RemoteLinkView {
    /// Id.
    id: String,
    /// What the page is to the issue: `mentioned in`.
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<String>,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// A line about the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    /// The application that has it: `Confluence`.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    /// True for a page that is done with, as a closed ticket is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    resolved: bool,
}

impl RemoteLinkView {
    fn new(link: &RemoteLink) -> Self {
        Self {
            id: link.id(),
            relation: link.relation().map(str::to_owned),
            title: link.title().map(str::to_owned),
            url: link.url().map(str::to_owned),
            summary: link.summary().map(str::to_owned),
            application: link.application().map(str::to_owned),
            resolved: link.is_resolved(),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1", "url": "https://example.com/"}))]
struct AddRemoteLink {
    /// Key, id or URL.
    issue: IssueRef,
    /// The page.
    url: String,
    /// Default: the URL.
    title: Option<String>,
    /// Such as `mentioned in`.
    relation: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RemoteLinkWritten {
    /// The issue, as it was given.
    issue: String,
    /// The page's address.
    url: String,
    /// `created`, `updated` where the issue pointed there already, or `deleted`.
    result: &'static str,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-3", "link": "https://wiki.example.com/guest-checkout"}))]
struct DeleteRemoteLink {
    /// Key, id or URL.
    issue: IssueRef,
    /// Its id or URL.
    link: String,
}

/// The call that tells whether a write was done.
fn how_to_check(issue: &IssueRef) -> String {
    format!("list_remote_links {}", issue.as_str())
}

#[tool_router(router = remote_link_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List an issue's links to web pages.
    #[tool(meta = uses(&[&remote_link::LIST], &[]))]
    async fn list_remote_links(
        &self,
        call: Call,
        Parameters(input): Parameters<ListRemoteLinks>,
    ) -> Result<Json<RemoteLinkList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let query = ("list_remote_links", input.issue.as_str());
        let list = call.listing(&query, u64::MAX, input.cursor.as_deref()).await?;
        let page = Page::cut(jira.remote_links(&issue).await?, list.start.clone(), list.limit);
        let (remote_links, next_cursor) = list.rows(&page, RemoteLinkView::new).await?;
        Ok(Json(RemoteLinkList { remote_links, next_cursor }))
    }

    /// Link an issue to a web page; the same URL again updates it.
    #[tool(annotations(destructive_hint = false, idempotent_hint = true), meta = uses(&[&remote_link::LIST, &remote_link::ADD, &remote_link::UPDATE], &[]))]
    async fn add_remote_link(
        &self,
        call: Call,
        Parameters(input): Parameters<AddRemoteLink>,
    ) -> Result<Json<RemoteLinkWritten>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let url = input.url.trim();
        let links = jira.remote_links(&issue).await?;
        let (title, relation) = (input.title.as_deref(), input.relation.as_deref());
        let written = match links.iter().find(|link| link.url() == Some(url)) {
            Some(link) => {
                let title = title.or(link.title()).unwrap_or(url);
                jira.update_remote_link(&issue, link, title, relation).await.map(|()| "updated")
            }
            None => {
                let title = title.unwrap_or(url);
                jira.add_remote_link(&issue, url, title, relation).await.map(|()| "created")
            }
        };
        let result = written.map_err(|error| error.check_with(how_to_check(&input.issue)))?;
        Ok(Json(RemoteLinkWritten { issue: input.issue.as_str().to_owned(), url: url.to_owned(), result }))
    }

    /// Remove an issue's link to a web page.
    #[tool(meta = uses(&[&remote_link::LIST, &remote_link::DELETE], &[]))]
    async fn delete_remote_link(
        &self,
        call: Call,
        Parameters(input): Parameters<DeleteRemoteLink>,
    ) -> Result<Json<RemoteLinkWritten>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let wanted = input.link.trim();
        let links = jira.remote_links(&issue).await?;
        let found = links.iter().find(|link| link.id() == wanted || link.url() == Some(wanted));
        let link = found.ok_or_else(|| Error::Unresolved {
            kind: "remote link",
            given: wanted.to_owned(),
            candidates: links
                .iter()
                .map(|link| format!("{} ({})", link.id(), link.url().unwrap_or("?")))
                .collect(),
            ambiguous: false,
        })?;
        jira.delete_remote_link(&issue, &link.id())
            .await
            .map_err(|error| error.check_with(how_to_check(&input.issue)))?;
        let url = link.url().unwrap_or_default().to_owned();
        Ok(Json(RemoteLinkWritten { issue: input.issue.as_str().to_owned(), url, result: "deleted" }))
    }
}
