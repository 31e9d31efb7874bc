//! Boards and their sprints, as far as naming and showing one needs them.

use std::sync::Arc;

use serde::Deserialize;

use crate::error::{Error, Result, SignInProblem};
use crate::jira::Client;
use crate::jira::transport::operation::{Api, Operation, operations};
use crate::jira::values::field::loose;

operations! {
    /// Boards, paged.
    LIST = Operation::get(Api::Agile, "board")
        .scopes(&[], "read:board-scope:jira-software read:project:jira");
    /// One board.
    GET = Operation::get(Api::Agile, "board/{board}")
        .scopes(&[], "read:board-scope:jira-software read:issue-details:jira");
    /// Sprints of a board, paged.
    LIST_SPRINTS = Operation::get(Api::Agile, "board/{board}/sprint")
        .scopes(&[], "read:sprint:jira-software");
}

/// Boards of a project that are looked at.
const MAX_BOARDS: u32 = 50;

/// A sprint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sprint {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `active` or `future`, or `closed`.
    #[serde(default)]
    pub state: String,
    /// What it is for; empty where nobody said.
    #[serde(default)]
    pub goal: String,
    /// When it began, or shall.
    #[serde(default)]
    pub start_date: Option<String>,
    /// When it shall end.
    #[serde(default)]
    pub end_date: Option<String>,
}

#[derive(Deserialize)]
struct Values<T> {
    #[serde(default = "Vec::new")]
    values: Vec<T>,
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
    kind: String,
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
    /// As every request; [`Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn boards(&self, name: Option<&str>, project: Option<&str>) -> Result<Vec<Board>> {
        let mut request = LIST.request([]);
        if let Some(project) = project {
            request = request.query("projectKeyOrId", project);
        }
        if let Some(name) = name {
            request = request.query("name", name);
        }
        let mut boards: Values<Board> = self.send(request.query("maxResults", MAX_BOARDS)).await?.json()?;
        boards.values.retain(|board| self.allows_board(board));
        Ok(boards.values)
    }

    /// The board with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Refused`] for one outside the allowed projects.
    pub async fn board(&self, id: u64) -> Result<Board> {
        let outside = || self.not_allowed(&format!("board {id}"));
        match self.send(GET.request([&id.to_string()])).await {
            Ok(reply) => Some(reply.json()?).filter(|board| self.allows_board(board)).ok_or_else(outside),
            // Whether there is such a board outside is not the caller's to know.
            Err(Error::NotFound { .. }) if self.projects().is_some() => Err(outside()),
            Err(error) => Err(error),
        }
    }

    fn allows_board(&self, board: &Board) -> bool {
        self.projects().is_none() || board.project().is_some_and(|project| self.allows_project(project))
    }

    /// A board's sprints in these states, comma-separated; none where the board has no sprints.
    ///
    /// # Errors
    /// As every request.
    pub async fn sprints_of(&self, board: &Board, states: &str) -> Result<Vec<Sprint>> {
        if board.kind == "kanban" {
            return Ok(Vec::new());
        }
        let request = LIST_SPRINTS.request([&board.id.to_string()]).query("state", states);
        match self.send(request).await {
            Ok(reply) => Ok(reply.json::<Values<Sprint>>()?.values),
            // A board without sprints says so in this way.
            Err(Error::Invalid { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The sprints of a project's boards that are not over, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request; [`Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn open_sprints(&self, project: &str) -> Result<Arc<Vec<Sprint>>> {
        self.allowed_project(project)?;
        let fetch = || async {
            let mut sprints: Vec<Sprint> = Vec::new();
            for board in &self.boards(None, Some(project)).await? {
                let found = self.sprints_of(board, "active,future").await?;
                let new: Vec<Sprint> = found.into_iter().filter(|sprint| !sprints.contains(sprint)).collect();
                sprints.extend(new);
            }
            Ok(sprints)
        };
        self.site.meta.sprints.get(project.to_owned(), fetch).await
    }

    /// The id of the sprint that a name means; `active` and `current` mean the only active one.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with the project's sprints, [`Error::Argument`] where this account
    /// cannot list them.
    pub(crate) async fn sprint_named(&self, project: &str, given: &str) -> Result<u64> {
        let sprints = self.open_sprints(project).await.map_err(|error| match error {
            Error::SignIn(cause) => {
                SignInProblem::SprintLookup { sprint: given.to_owned(), cause: Box::new(cause) }.into()
            }
            Error::Forbidden { .. } => Error::Argument(format!(
                "The sprint `{given}` cannot be looked up with these credentials; give its id, which a read of an \
                 issue in it shows."
            )),
            other => other,
        })?;
        let wanted = loose(given);
        let mut found: Vec<&Sprint> = sprints.iter().filter(|sprint| loose(&sprint.name) == wanted).collect();
        if found.is_empty() && matches!(wanted.as_str(), "active" | "current") {
            found = sprints.iter().filter(|sprint| sprint.state == "active").collect();
        }
        if let [sprint] = found.as_slice() {
            return Ok(sprint.id);
        }
        let ambiguous = !found.is_empty();
        let offered = if ambiguous { found } else { sprints.iter().collect() };
        Err(Error::Unresolved {
            kind: "sprint",
            given: given.to_owned(),
            candidates: offered.iter().map(|s| format!("{} (id {}, {})", s.name, s.id, s.state)).collect(),
            ambiguous,
        })
    }
}
