//! Sprints.

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, InvalidArgument, Result};
use crate::jira::agile::{board, sprint};
use crate::jira::platform::project;
use crate::jira::{Page, Sprint, SprintState, ValueFormatter};
use crate::server::{Call, JiraServer, uses};
use crate::tools::shared::paging::Paging;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO"}))]
struct ListSprints {
    /// Id, as in `list_boards`; or give `project`.
    board: Option<u64>,
    /// Key: sprints of all its boards.
    project: Option<String>,
    /// Default: active and future.
    #[serde(default)]
    states: BTreeSet<SprintState>,
    #[serde(flatten)]
    paging: Paging<50>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SprintList {
    /// The sprints, in the order of their boards.
    sprints: Vec<SprintRow>,
    /// Present where more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SprintRow {
    /// Id.
    id: u64,
    /// Name.
    name: String,
    /// `active`, `future` or `closed`.
    state: String,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "String::is_empty")]
    goal: String,
}

impl SprintRow {
    fn new(sprint: &Sprint, formatter: &ValueFormatter) -> Self {
        let day = |at: &Option<String>| at.as_deref().map(|at| formatter.day(at));
        Self {
            id: sprint.id,
            name: sprint.name.clone(),
            state: sprint.state.clone(),
            start: day(&sprint.start_date),
            end: day(&sprint.end_date),
            goal: sprint.goal.clone(),
        }
    }
}

#[tool_router(router = sprint_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List sprints of a board or project.
    #[tool(meta = uses(&[&board::LIST, &sprint::LIST], &[&[&board::GET, &project::GET]]))]
    async fn list_sprints(
        &self,
        call: Call,
        Parameters(input): Parameters<ListSprints>,
    ) -> Result<Json<SprintList>> {
        let jira = call.jira()?;
        let query = ("list_sprints", input.board, &input.project, &input.states);
        let list = input.paging.open(&call, &query).await?;
        let states = Vec::from_iter(input.states);
        let states = if states.is_empty() { &SprintState::OPEN[..] } else { &states };
        let sprints = match (input.board, &input.project) {
            (Some(board), None) => jira.sprints_of(&jira.allowed_board(board).await?, states).await?,
            (None, Some(key)) => jira.sprints_of_project(&jira.allowed_project(key).await?, states).await?,
            _ => {
                let either = ArgumentProblem::EitherOr { other: "project" };
                return Err(InvalidArgument::parameter("board", either).into());
            }
        };
        let formatter = jira.formatter().await?;
        let page = Page::cut(sprints, list.start.clone(), list.limit);
        let (sprints, next_cursor) = list.rows(&page, |sprint| SprintRow::new(sprint, &formatter)).await?;
        Ok(Json(SprintList { sprints, next_cursor }))
    }
}
