//! Projects: which there are, and what one consists of.

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Result;
use crate::jira::platform::project;
use crate::jira::{ProjectVersion, RawProject, TypeStatuses, ValueFormatter};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::paging::Paging;

/// Components that are named at most.
const MAX_COMPONENTS: usize = 50;
/// Versions that are not out yet and are named, at most.
const MAX_UNRELEASED: usize = 20;
/// Versions that are out and are named, at most: the latest.
const MAX_RELEASED: usize = 5;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"query": "DEMO"}))]
struct ListProjects {
    /// Part of a key or name.
    query: Option<String>,
    #[serde(flatten)]
    paging: Paging<50>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProjectList {
    /// How many there are in all.
    total: u64,
    /// The projects, by key.
    projects: Vec<ProjectRow>,
    /// Present where more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProjectRow {
    /// Key.
    key: String,
    /// Name.
    name: String,
    /// `software`, `service_desk`, `business` or `product_discovery`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The lead's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
}

impl ProjectRow {
    fn new(project: &RawProject, formatter: &ValueFormatter) -> Self {
        Self {
            key: project.key.clone(),
            name: project.name.clone(),
            kind: project.kind.clone(),
            lead: formatter.person(&project.lead),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO", "include": ["statuses"]}))]
struct GetProject {
    /// Key, id or name.
    project: String,
    /// Adds the statuses of each issue type.
    #[serde(default)]
    include: BTreeSet<ProjectSection>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ProjectSection {
    Statuses,
}

/// A project. Members without a value are left out.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectView {
    #[serde(flatten)]
    row: ProjectRow,
    /// Address for people.
    url: String,
    /// `team-managed` where the team itself sets up types and fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    /// Category.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    /// True where nobody can change it any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    archived: bool,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Issue types; those of subtasks say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issue_types: Vec<String>,
    /// Components.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<String>,
    /// Versions that are not out, then the latest that are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<VersionRow>,
    /// Roles, to which comments can be restricted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    /// Statuses by issue type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<StatusRow>,
    /// What is not shown of the above, where there is much: `versions 12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct VersionRow {
    /// Name.
    name: String,
    /// `unreleased` or `released`.
    state: &'static str,
    /// The day on which it is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
}

impl VersionRow {
    fn new(version: &ProjectVersion) -> Self {
        Self {
            name: version.name.clone(),
            state: if version.released { "released" } else { "unreleased" },
            date: version.release_date.clone(),
        }
    }
}

/// Issue types that go through the same statuses.
#[derive(Debug, Serialize, JsonSchema)]
struct StatusRow {
    /// Issue types.
    types: Vec<String>,
    /// Their statuses.
    statuses: Vec<String>,
}

impl ProjectView {
    fn new(project: &RawProject, site: &str, formatter: &ValueFormatter) -> Self {
        let kinds = project
            .issue_types
            .iter()
            .map(|kind| if kind.subtask { format!("{} (subtask)", kind.name) } else { kind.name.clone() });
        let (versions, versions_left) = versions(&project.versions);
        let components: Vec<String> =
            project.components.iter().take(MAX_COMPONENTS).map(|component| component.name.clone()).collect();
        let components_left = project.components.len() - components.len();
        let left: Vec<String> = [("components", components_left), ("versions", versions_left)]
            .into_iter()
            .filter(|(_, left)| *left > 0)
            .map(|(what, left)| format!("{what} {left}"))
            .collect();
        Self {
            row: ProjectRow::new(project, formatter),
            url: format!("{site}browse/{}", project.key),
            style: match project.style.as_deref() {
                Some("next-gen") => Some("team-managed"),
                _ => None,
            },
            category: formatter
                .value(None, &project.project_category)
                .and_then(|c| c.as_str().map(str::to_owned)),
            archived: project.archived,
            description: project.description.clone().filter(|text| !text.trim().is_empty()),
            issue_types: kinds.collect(),
            components,
            versions,
            roles: project.roles().map(str::to_owned).collect(),
            statuses: Vec::new(),
            left_out: (!left.is_empty()).then(|| left.join(", ")),
        }
    }
}

/// The versions that matter now, and how many others there are.
fn versions(all: &[ProjectVersion]) -> (Vec<VersionRow>, usize) {
    let current = || all.iter().filter(|version| !version.archived);
    let ahead = current().filter(|version| !version.released).take(MAX_UNRELEASED);
    let out = current().rev().filter(|version| version.released).take(MAX_RELEASED);
    let shown: Vec<VersionRow> = ahead.chain(out).map(VersionRow::new).collect();
    let left = all.len() - shown.len();
    (shown, left)
}

/// Types with the same statuses share a row.
fn statuses(by_type: &[TypeStatuses]) -> Vec<StatusRow> {
    let mut rows: Vec<StatusRow> = Vec::new();
    for kind in by_type {
        let names: Vec<String> = kind.statuses.iter().map(|status| status.name.clone()).collect();
        match rows.iter_mut().find(|row| row.statuses == names) {
            Some(row) => row.types.push(kind.name.clone()),
            None => rows.push(StatusRow { types: vec![kind.name.clone()], statuses: names }),
        }
    }
    rows
}

#[tool_router(router = project_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List projects.
    #[tool(meta = uses(&[&project::SEARCH], &[]))]
    async fn list_projects(
        &self,
        call: Call,
        Parameters(input): Parameters<ListProjects>,
    ) -> Result<Json<ProjectList>> {
        let jira = call.jira()?;
        let query = ("list_projects", &input.query);
        let list = input.paging.open(&call, &query).await?;
        let (page, total) =
            jira.projects_like(input.query.as_deref(), list.limit, list.start.clone()).await?;
        let formatter = jira.formatter().await?;
        let (projects, next_cursor) =
            list.rows(&page, |project| ProjectRow::new(project, &formatter)).await?;
        Ok(Json(ProjectList { total, projects, next_cursor }))
    }

    /// Read one project: lead, issue types, components, versions, roles.
    #[tool(meta = uses(&[&project::GET], &[&[&project::SEARCH, &project::LIST_STATUSES]]))]
    async fn get_project(
        &self,
        call: Call,
        Parameters(input): Parameters<GetProject>,
    ) -> Result<Json<ProjectView>> {
        let jira = call.jira()?;
        let project = jira.project(&input.project).await?;
        let mut view = ProjectView::new(&project, &jira.site_url().await?, &jira.formatter().await?);
        if input.include.contains(&ProjectSection::Statuses) {
            view.statuses =
                statuses(&jira.project_statuses(&jira.allowed_project(&project.key).await?).await?);
        }
        Ok(Json(view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str, released: bool, archived: bool) -> ProjectVersion {
        ProjectVersion { name: name.into(), released, archived, release_date: None }
    }

    #[test]
    fn versions_ahead_come_first_and_what_is_left_out_is_counted() {
        let mut all: Vec<ProjectVersion> = (1..=9).map(|n| version(&format!("1.{n}"), true, false)).collect();
        all.push(version("0.1", true, true));
        all.push(version("2.0", false, false));
        let (shown, left) = versions(&all);
        let names: Vec<&str> = shown.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["2.0", "1.9", "1.8", "1.7", "1.6", "1.5"]);
        assert_eq!(left, 5);
    }

    #[test]
    fn types_with_the_same_statuses_share_a_row() {
        let by_type: Vec<TypeStatuses> = serde_json::from_value(serde_json::json!([
            {"name": "Story", "statuses": [{"name": "To Do"}, {"name": "Done"}]},
            {"name": "Epic", "statuses": [{"name": "Open"}]},
            {"name": "Bug", "statuses": [{"name": "To Do"}, {"name": "Done"}]},
        ]))
        .unwrap();
        let rows = statuses(&by_type);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].types, ["Story", "Bug"]);
        assert_eq!(rows[0].statuses, ["To Do", "Done"]);
    }
}
