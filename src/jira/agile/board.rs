//! Boards.

use serde::Deserialize;

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, operations};
use crate::jira::{AllowedBoard, AllowedProject, Client};

operations! {
    /// Boards, paged.
    LIST = Operation::get(Api::Agile, "board")
        .scopes(&[], "read:board-scope:jira-software read:project:jira");
    /// One board.
    GET = Operation::get(Api::Agile, "board/{board}")
        .scopes(&[], "read:board-scope:jira-software read:issue-details:jira");
}

/// Boards of a project that are looked at.
const MAX_BOARDS: usize = 50;

#[derive(Deserialize)]
pub(super) struct Values<T> {
    #[serde(default = "Vec::new")]
    pub(super) values: Vec<T>,
}

/// A board.
#[derive(Debug, Clone, Deserialize)]
pub struct Board {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    #[serde(default, rename = "type")]
    pub(super) kind: String,
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
    /// Key of the project that it belongs to; a person's own board belongs to none.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.location.as_ref()?.project_key.as_deref()
    }
}

impl Client {
    /// The first boards with this in their name and in this project, within the allow-list.
    ///
    /// # Errors
    /// As every request; [`crate::error::Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn boards(&self, name: Option<&str>, project: Option<&AllowedProject>) -> Result<Vec<Board>> {
        let mut request = LIST.request([]);
        if let Some(project) = project {
            request = request.query("projectKeyOrId", project.as_str());
        }
        if let Some(name) = name {
            request = request.query("name", name);
        }
        let boards: Values<Board> = self.send(request.query("maxResults", MAX_BOARDS)).await?.json()?;
        let inside = boards.values.into_iter().filter(|board| self.proof_of_board(board).is_some());
        Ok(inside.take(MAX_BOARDS).collect())
    }

    /// One board.
    ///
    /// # Errors
    /// [`crate::error::Error::NotFound`].
    pub async fn board(&self, board: &AllowedBoard) -> Result<Board> {
        self.send(GET.request([board.as_str()])).await?.json()
    }
}
