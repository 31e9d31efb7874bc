//! Sprints, as far as naming one needs them.

use std::sync::Arc;

use serde::Deserialize;

use super::Client;
use super::field::loose;
use super::request::{Path, Request};
use crate::error::{Error, Result};

/// Boards of a project that are looked at.
const BOARDS: u32 = 50;

/// A sprint that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sprint {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `active` or `future`.
    #[serde(default)]
    pub state: String,
}

#[derive(Deserialize)]
struct Values<T> {
    #[serde(default = "Vec::new")]
    values: Vec<T>,
}

#[derive(Deserialize)]
struct Board {
    id: u64,
    #[serde(default, rename = "type")]
    kind: String,
}

impl Client {
    /// The sprints of a project's boards that are not over, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request; [`Error::SignIn`] where the credentials lack the scopes of boards.
    pub async fn open_sprints(&self, project: &str) -> Result<Arc<Vec<Sprint>>> {
        self.admit_project(project)?;
        let fetch = || async {
            let boards = Request::get(Path::agile("board"))
                .query("projectKeyOrId", project)
                .query("maxResults", BOARDS);
            let boards: Values<Board> = self.send(boards).await?.json()?;
            let mut sprints: Vec<Sprint> = Vec::new();
            for board in boards.values.iter().filter(|board| board.kind != "kanban") {
                let path = Path::agile("board").arg(board.id.to_string()).then("sprint");
                let found = match self.send(Request::get(path).query("state", "active,future")).await {
                    Ok(reply) => reply.json::<Values<Sprint>>()?.values,
                    // A board without sprints says so in this way.
                    Err(Error::Invalid { .. }) => continue,
                    Err(error) => return Err(error),
                };
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
            Error::SignIn { .. } | Error::Forbidden { .. } => Error::Argument(format!(
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
