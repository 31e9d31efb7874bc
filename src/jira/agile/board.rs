//! Boards.

use serde::Deserialize;

use super::scopes::AGILE_SCOPES;
use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, operations};
use crate::jira::{AllowedBoard, AllowedProject, Client, Page, Position};

operations! {
    /// Boards, paged.
    LIST = Operation::get(Api::Agile, "board")
        .scopes(&[], "read:board-scope:jira-software read:project:jira")
        .asks_for(AGILE_SCOPES);
    /// One board.
    GET = Operation::get(Api::Agile, "board/{board}")
        .scopes(&[], "read:board-scope:jira-software read:issue-details:jira")
        .asks_for(AGILE_SCOPES);
}

/// A page of one of this API's lists. Not all of them tell how many rows there are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Values<T> {
    #[serde(default = "Vec::new")]
    pub(super) values: Vec<T>,
    #[serde(default)]
    is_last: bool,
}

impl<T> Values<T> {
    /// The number of rows in all, as far as the page tells: none after the last page.
    pub(super) fn total(&self) -> u64 {
        if self.is_last { 0 } else { u64::MAX }
    }
}

/// A board.
#[derive(Debug, Clone, Deserialize)]
pub struct Board {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its type: `scrum`, `kanban` or `simple`.
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(default)]
    project_key: Option<String>,
}

impl Board {
    /// The key of the project that it belongs to; a person's own board belongs to none.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.location.as_ref()?.project_key.as_deref()
    }
}

impl Client {
    /// A page of the boards with this in their name and in this project, within the allow-list.
    ///
    /// # Errors
    /// As every request; [`crate::error::Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn boards(
        &self,
        name: Option<&str>,
        project: Option<&AllowedProject>,
        limit: u64,
        start: Option<Position>,
    ) -> Result<Page<Board>> {
        let start = start.unwrap_or_default();
        let mut request = LIST.request([]).query("startAt", start.skip).query("maxResults", limit);
        if let Some(project) = project {
            request = request.query("projectKeyOrId", project.as_str());
        }
        if let Some(name) = name {
            request = request.query("name", name);
        }
        let boards: Values<Board> = self.send(request).await?.json()?;
        let total = boards.total();
        let mut page = Page::counted(boards.values, start, limit, total);
        page.retain(|board| self.proof_of_board(board).is_some());
        Ok(page)
    }

    /// One board.
    ///
    /// # Errors
    /// [`crate::error::Error::NotFound`].
    pub async fn board(&self, board: &AllowedBoard) -> Result<Board> {
        self.send(GET.request([board.as_str()])).await?.json()
    }
}
