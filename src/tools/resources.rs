//! Issues, projects and running sprints as resources.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::agile::running_sprints::running_sprints;
use crate::error::Result;
use crate::server::{Call, CompletionKind, ResourceKind, ResourceReader};

/// Issues of the caller that the list of resources begins with.
const LISTED_ISSUES: u64 = 20;
/// Projects that it goes on with.
const LISTED_PROJECTS: u64 = 50;

/// The kinds of resources, in the order of the list.
pub(super) const RESOURCES: &[ResourceKind] = &[
    ResourceKind {
        template: "jira://issue/{key}",
        name: "issue",
        title: "Issue",
        about: "An issue: fields and description, as get_issue gives them",
        tool: "get_issue",
        ttl_ms: 15_000,
        completion: CompletionKind::Issue,
        reader: ResourceReader::Tool(|key| json!({ "issue": key })),
        list: Some(own_open_issues),
    },
    ResourceKind {
        template: "jira://project/{key}",
        name: "project",
        title: "Project",
        about: "A project: lead, issue types, components, versions, as get_project gives them",
        tool: "get_project",
        ttl_ms: 300_000,
        completion: CompletionKind::Project,
        reader: ResourceReader::Tool(|key| json!({ "project": key })),
        list: Some(projects),
    },
    ResourceKind {
        template: "jira://board/{id}/sprint",
        name: "sprint",
        title: "Running sprint",
        about: "What runs on a board now: goal, dates, issues",
        tool: "search_issues",
        ttl_ms: 60_000,
        completion: CompletionKind::Board,
        reader: ResourceReader::Own(sprints_of_board),
        list: None,
    },
];

fn own_open_issues(call: &Call) -> BoxFuture<'_, Result<Vec<(String, String)>>> {
    async {
        let jql = "assignee = currentUser() AND statusCategory != Done ORDER BY updated DESC";
        let page = call.jira()?.search(jql, &["summary".to_owned()], LISTED_ISSUES, None).await?;
        let row = |issue: &crate::jira::RawIssue| {
            let summary = issue.fields.get("summary").and_then(Value::as_str).unwrap_or_default();
            (issue.key.clone(), summary.to_owned())
        };
        Ok(page.rows.iter().map(row).collect())
    }
    .boxed()
}

fn projects(call: &Call) -> BoxFuture<'_, Result<Vec<(String, String)>>> {
    async {
        let (page, _) = call.jira()?.projects_like(None, LISTED_PROJECTS, None).await?;
        Ok(page.rows.into_iter().map(|project| (project.key, project.name)).collect())
    }
    .boxed()
}

fn sprints_of_board<'a>(call: &'a Call, board: &'a str) -> BoxFuture<'a, Result<Value>> {
    async move { Ok(json!(running_sprints(call, board.parse().unwrap_or_default()).await?)) }.boxed()
}
