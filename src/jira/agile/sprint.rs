//! Sprints.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::board::Values;
use super::scopes::AGILE_SCOPES;
use crate::error::{Error, Result, SignInProblem};
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, operations};
use crate::jira::transport::page::AllRows;
use crate::jira::values::field::loose;
use crate::jira::{AllowedBoard, AllowedProject, AllowedSprint, Client};

operations! {
    /// Sprints of a board, paged.
    LIST = Operation::get(Api::Agile, "board/{board}/sprint")
        .scopes(&[], "read:sprint:jira-software")
        .asks_for(AGILE_SCOPES);
    /// One sprint.
    GET = Operation::get(Api::Agile, "sprint/{sprint}")
        .scopes(&[], "read:sprint:jira-software")
        .asks_for(AGILE_SCOPES);
}

/// The number of a project's boards that are looked at.
const MAX_BOARDS: u64 = 50;

/// A sprint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sprint {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its state: `active`, `future` or `closed`.
    #[serde(default)]
    pub state: String,
    /// The goal; empty where it has none.
    #[serde(default)]
    pub goal: String,
    /// The start, past or planned.
    #[serde(default)]
    pub start_date: Option<String>,
    /// The planned end.
    #[serde(default)]
    pub end_date: Option<String>,
}

/// The state of a sprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SprintState {
    /// Running.
    Active,
    /// Planned.
    Future,
    /// Over.
    Closed,
}

impl SprintState {
    /// The states of sprints that are not over.
    pub const OPEN: [Self; 2] = [Self::Active, Self::Future];

    /// The name, as Jira writes it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Future => "future",
            Self::Closed => "closed",
        }
    }
}

/// The sprints of a project that are not over, cached by its key.
enum OpenSprints {}

impl CacheKind for OpenSprints {
    type Key = String;
    type Value = Vec<Sprint>;
}

impl Client {
    /// A board's sprints in these states.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a board without sprints, such as every Kanban board.
    pub async fn sprints_of(&self, board: &AllowedBoard, states: &[SprintState]) -> Result<Vec<Sprint>> {
        let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
        let states = states.join(",");
        let mut sprints = AllRows::new();
        while let Some(start) = sprints.next() {
            let request = LIST.request([board.as_str()]).query("state", &states).query("startAt", start);
            let page: Values<Sprint> = self.send(request).await?.json()?;
            let total = usize::try_from(page.total()).unwrap_or(usize::MAX);
            sprints.add(page.values, total)?;
        }
        Ok(sprints.into_rows())
    }

    /// A board's sprints in these states; none where the board has no sprints.
    ///
    /// # Errors
    /// As every request.
    pub async fn sprints_if_any(&self, board: &AllowedBoard, states: &[SprintState]) -> Result<Vec<Sprint>> {
        match self.sprints_of(board, states).await {
            Err(Error::Invalid { .. }) => Ok(Vec::new()),
            sprints => sprints,
        }
    }

    /// The sprints of a project's boards in these states, each once.
    ///
    /// # Errors
    /// As every request.
    pub async fn sprints_of_project(
        &self,
        project: &AllowedProject,
        states: &[SprintState],
    ) -> Result<Vec<Sprint>> {
        let boards = self.boards(None, Some(project), MAX_BOARDS, None).await?.rows;
        let with_sprints = boards.iter().filter(|board| board.kind != "kanban");
        let mut sprints: Vec<Sprint> = Vec::new();
        for board in with_sprints.filter_map(|board| self.proof_of_board(board)) {
            let found = self.sprints_if_any(&board, states).await?;
            let new: Vec<Sprint> = found.into_iter().filter(|sprint| !sprints.contains(sprint)).collect();
            sprints.extend(new);
        }
        Ok(sprints)
    }

    /// One sprint.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn sprint(&self, sprint: &AllowedSprint) -> Result<Sprint> {
        self.send(GET.request([sprint.as_str()])).await?.json()
    }

    /// The sprints of a project's boards that are not over, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request; [`Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn open_sprints(&self, project: &AllowedProject) -> Result<Arc<Vec<Sprint>>> {
        let fetch = || self.sprints_of_project(project, &SprintState::OPEN);
        self.site.caches.of::<OpenSprints>().get(project.as_str().to_owned(), fetch).await
    }

    /// The id of the sprint that a name means; `active` and `current` mean the only active one.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with the project's sprints, [`Error::SprintsHidden`] where this
    /// account cannot list them.
    pub(crate) async fn sprint_named(&self, project: &AllowedProject, given: &str) -> Result<u64> {
        let sprints = self.open_sprints(project).await.map_err(|error| match error {
            Error::SignIn(cause) => {
                SignInProblem::SprintLookup { sprint: given.to_owned(), cause: Box::new(cause) }.into()
            }
            Error::Forbidden { .. } => Error::SprintsHidden { sprint: given.to_owned() },
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
