//! Boards.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Result;
use crate::jira::Board;
use crate::jira::agile::board;
use crate::jira::platform::project;
use crate::server::{Call, JiraServer, uses};
use crate::tools::shared::paging::Paging;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO"}))]
struct ListBoards {
    /// Key.
    project: Option<String>,
    /// Part of a board's name.
    name: Option<String>,
    #[serde(flatten)]
    paging: Paging<50>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BoardList {
    /// The boards.
    boards: Vec<BoardRow>,
    /// Present where more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BoardRow {
    /// Id.
    id: u64,
    /// Name.
    name: String,
    /// `scrum`, `kanban` or `simple`.
    #[serde(rename = "type")]
    kind: String,
    /// Key of its project; absent for a person's own board.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

impl BoardRow {
    fn new(board: &Board) -> Self {
        let project = board.project().map(str::to_owned);
        Self { id: board.id, name: board.name.clone(), kind: board.kind.clone(), project }
    }
}

#[tool_router(router = board_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List boards.
    #[tool(meta = uses(&[&board::LIST], &[&[&project::GET]]))]
    async fn list_boards(
        &self,
        call: Call,
        Parameters(input): Parameters<ListBoards>,
    ) -> Result<Json<BoardList>> {
        let jira = call.jira()?;
        let project = match &input.project {
            Some(key) => Some(jira.allowed_project(key).await?),
            None => None,
        };
        let list = input.paging.open(&call, &("list_boards", &input.project, &input.name)).await?;
        let name = input.name.as_deref();
        let page = jira.boards(name, project.as_ref(), list.limit, list.start.clone()).await?;
        let (boards, next_cursor) = list.rows(&page, BoardRow::new).await?;
        Ok(Json(BoardList { boards, next_cursor }))
    }
}
