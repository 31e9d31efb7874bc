//! Checks that a container lies in an allowed project: the only place that makes proofs of it.

use serde::Deserialize;

use super::proofs::{
    AllowedBoard, AllowedComponent, AllowedFilter, AllowedIssue, AllowedProject, AllowedSprint,
    AllowedVersion,
};
use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::agile::{board, sprint};
use crate::jira::platform::{component, issue, project, version};
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::request::Request;
use crate::jira::{Board, Client, Created, IssueRef, RawProject};

impl AllowedIssue {
    /// The proof for an issue that was just created in an allowed project.
    pub(in crate::jira) fn created(created: &Created) -> Self {
        Self::new(&created.id)
    }
}

/// The project of a container, as Jira names it in the container itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InProject {
    #[serde(default)]
    project: Option<String>,
    #[serde(default)]
    project_id: Option<u64>,
}

/// Present keys of projects, cached by what was given.
enum ProjectKeys {}

impl CacheKind for ProjectKeys {
    type Key = String;
    type Value = String;
}

/// Keys of the projects of boards, cached by board; none for the board of a person.
enum BoardProjects {}

impl CacheKind for BoardProjects {
    type Key = u64;
    type Value = Option<String>;
}

/// Boards on which sprints were made, cached by sprint.
enum SprintBoards {}

impl CacheKind for SprintBoards {
    type Key = u64;
    type Value = Option<u64>;
}

/// Keys of the projects of versions and components, cached by what they are.
enum ContainerProjects {}

impl CacheKind for ContainerProjects {
    type Key = String;
    type Value = Option<String>;
}

impl Client {
    /// Checks an issue. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for an issue outside, also for one of another project that does not
    /// exist; [`Error::NotFound`] for none; [`Error::InvalidArgument`] for an address of another site.
    pub async fn allowed_issue(&self, issue: &IssueRef) -> Result<AllowedIssue> {
        if let Some(host) = &issue.host {
            self.check_site(host, &issue.name).await?;
        }
        if self.limits.projects.is_none() {
            return Ok(AllowedIssue::new(&issue.name));
        }
        match self.present_key(&issue.name).await {
            Ok(present) if self.allows_issue(&present) => Ok(AllowedIssue::new(present)),
            // Neither its present key nor whether it exists is the caller's to know.
            Err(Error::NotFound { .. }) if !self.allows_issue(&issue.name) => {
                Err(self.not_allowed(&issue.name))
            }
            Ok(_) => Err(self.not_allowed(&issue.name)),
            Err(error) => Err(error),
        }
    }

    /// Refuses the address of an issue on another site, where the same key means something else.
    async fn check_site(&self, host: &str, issue: &str) -> Result<()> {
        let site = self.site.session.browse_url().await?;
        match site.host_str() {
            Some(home) if home != host => {
                let (host, home, issue) = (host.to_owned(), home.to_owned(), issue.to_owned());
                let problem = ArgumentProblem::OtherSite { host, home, issue };
                Err(InvalidArgument::parameter("issue", problem).into())
            }
            _ => Ok(()),
        }
    }

    /// The key of an issue, asked of Jira only where it was named by its id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn key_of(&self, issue: &AllowedIssue) -> Result<String> {
        if issue.as_str().contains('-') {
            return Ok(issue.as_str().to_owned());
        }
        self.present_key(issue.as_str()).await
    }

    async fn present_key(&self, issue: &str) -> Result<String> {
        #[derive(Deserialize)]
        struct Keyed {
            key: String,
        }
        let request = issue::GET.request([issue]).query("fields", "project");
        let present: Keyed = self.send(request).await?.json()?;
        Ok(present.key)
    }

    /// Checks a project by its key alone, for what Jira itself reads by key. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a project outside; as [`Client::project_named`].
    pub async fn allowed_project(&self, key: &str) -> Result<AllowedProject> {
        match self.projects() {
            None => Ok(AllowedProject::new(key.trim().to_ascii_uppercase())),
            Some(_) if !self.allows_project(key.trim()) => Err(self.not_allowed(key.trim())),
            // An old key of a project may be on the list, too: the present one decides.
            Some(_) => self.project_named(key).await,
        }
    }

    /// The project that `given` means, a key in any case, an id or a name; kept from the first time on.
    ///
    /// # Errors
    /// As [`Client::project`].
    pub async fn project_named(&self, given: &str) -> Result<AllowedProject> {
        let fetch = || async { Ok(self.project(given).await?.key) };
        let key = self.site.caches.of::<ProjectKeys>().get(given.trim().to_lowercase(), fetch).await?;
        if !self.allows_project(&key) {
            return Err(self.not_allowed(given));
        }
        Ok(AllowedProject::new(key.as_str()))
    }

    /// Checks a board. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a board outside, and for one that does not exist.
    pub async fn allowed_board(&self, id: u64) -> Result<AllowedBoard> {
        let board = AllowedBoard::new(id.to_string());
        if self.limits.projects.is_none() {
            return Ok(board);
        }
        let project = || async {
            let board: Board = self.send(board::GET.request([&id.to_string()])).await?.json()?;
            Ok(board.project().map(str::to_owned))
        };
        let project = self.site.caches.of::<BoardProjects>().get(id, project).await;
        self.inside(project.map(|project| project.as_ref().clone()), &format!("board {id}"))?;
        Ok(board)
    }

    /// The proof for a board that was read, where it lies in an allowed project.
    #[must_use]
    pub fn proof_of_board(&self, board: &Board) -> Option<AllowedBoard> {
        let inside = self.limits.projects.is_none()
            || board.project().is_some_and(|project| self.allows_project(project));
        inside.then(|| AllowedBoard::new(board.id.to_string()))
    }

    /// Checks a sprint by the board that it was made on. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a sprint outside, and for one that does not exist.
    pub async fn allowed_sprint(&self, id: u64) -> Result<AllowedSprint> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct OnBoard {
            #[serde(default)]
            origin_board_id: Option<u64>,
        }
        if self.limits.projects.is_some() {
            let board = || async {
                let sprint: OnBoard = self.send(sprint::GET.request([&id.to_string()])).await?.json()?;
                Ok(sprint.origin_board_id)
            };
            let what = format!("sprint {id}");
            match self.site.caches.of::<SprintBoards>().get(id, board).await {
                Ok(board) => {
                    let board = board.ok_or_else(|| self.not_allowed(&what))?;
                    self.allowed_board(board).await.map_err(|error| match error {
                        Error::Refused { .. } => self.not_allowed(&what),
                        other => other,
                    })?;
                }
                Err(Error::NotFound { .. }) => return Err(self.not_allowed(&what)),
                Err(error) => return Err(error),
            }
        }
        Ok(AllowedSprint::new(id.to_string()))
    }

    /// Checks a version. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a version outside, and for one that does not exist.
    pub async fn allowed_version(&self, id: u64) -> Result<AllowedVersion> {
        let request = || version::GET.request([&id.to_string()]);
        self.check_project_of(request, &format!("version {id}")).await?;
        Ok(AllowedVersion::new(id.to_string()))
    }

    /// Checks a component. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a component outside, and for one that does not exist.
    pub async fn allowed_component(&self, id: u64) -> Result<AllowedComponent> {
        let request = || component::GET.request([&id.to_string()]);
        self.check_project_of(request, &format!("component {id}")).await?;
        Ok(AllowedComponent::new(id.to_string()))
    }

    /// Checks a filter: none of the issues that it finds may lie outside. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a filter that finds others, and for one that does not exist.
    pub async fn allowed_filter(&self, id: u64) -> Result<AllowedFilter> {
        if self.limits.projects.is_some() && !self.finds_only_allowed(&format!("filter = {id}")).await? {
            return Err(self.not_allowed(&format!("filter {id}")));
        }
        Ok(AllowedFilter::new(id.to_string()))
    }

    /// Refuses a container whose project lies outside.
    async fn check_project_of(&self, request: impl FnOnce() -> Request, what: &str) -> Result<()> {
        if self.limits.projects.is_none() {
            return Ok(());
        }
        let fetch = || async {
            let container: InProject = self.send(request()).await?.json()?;
            match (container.project, container.project_id) {
                (Some(key), _) => Ok(Some(key)),
                (None, Some(id)) => {
                    let project: RawProject =
                        self.send(project::GET.request([&id.to_string()])).await?.json()?;
                    Ok(Some(project.key))
                }
                (None, None) => Ok(None),
            }
        };
        let project = self.site.caches.of::<ContainerProjects>().get(what.to_owned(), fetch).await;
        self.inside(project.map(|project| project.as_ref().clone()), what)
    }

    /// Refuses what lies outside, or does not exist, in the same words.
    fn inside(&self, project: Result<Option<String>>, what: &str) -> Result<()> {
        match project {
            Ok(Some(project)) if self.allows_project(&project) => Ok(()),
            Ok(_) | Err(Error::NotFound { .. }) => Err(self.not_allowed(what)),
            Err(error) => Err(error),
        }
    }
}
