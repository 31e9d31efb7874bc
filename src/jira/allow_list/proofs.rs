//! Proofs that a container lies in an allowed project: the only place that makes them.

use serde::Deserialize;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::agile::{board, sprint};
use crate::jira::platform::{component, issue, project, version};
use crate::jira::transport::request::Request;
use crate::jira::{Board, Client, Created, IssueRef, RawProject};

macro_rules! proofs {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            pub struct $name(String);

            impl $name {
                /// The key or id to put into a path.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }
        )+
    };
}

proofs! {
    /// An issue that may be read or written, by its key or id.
    AllowedIssue;
    /// A project that may be read or written, by its key.
    AllowedProject;
    /// A board of an allowed project, by its id.
    AllowedBoard;
    /// A sprint of an allowed board, by its id.
    AllowedSprint;
    /// A version of an allowed project, by its id.
    AllowedVersion;
    /// A component of an allowed project, by its id.
    AllowedComponent;
    /// A filter that finds nothing outside the allowed projects, by its id.
    AllowedFilter;
    /// An attachment of an allowed issue, by its id.
    AllowedAttachment;
    /// A request on a service desk, by the key or id of its issue.
    AllowedRequest;
}

impl AllowedIssue {
    /// The proof for an issue that was just created in an allowed project.
    pub(in crate::jira) fn created(created: &Created) -> Self {
        Self(created.id.clone())
    }
}

impl AllowedProject {
    /// The proof for the project of an allowed issue, by the issue's key.
    pub(in crate::jira) fn of_issue_key(key: &str) -> Option<Self> {
        key.rsplit_once('-').map(|(project, _)| Self(project.to_owned()))
    }
}

impl AllowedRequest {
    /// The proof for a request, which is its issue.
    #[must_use]
    pub fn of_issue(issue: &AllowedIssue) -> Self {
        Self(issue.0.clone())
    }
}

impl AllowedAttachment {
    /// The proof for a file that came with an allowed issue.
    pub(in crate::jira) fn of_issue(_: &AllowedIssue, id: &str) -> Self {
        Self(id.to_owned())
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
            return Ok(AllowedIssue(issue.name.clone()));
        }
        match self.present_key(&issue.name).await {
            Ok(present) if self.allows_issue(&present) => Ok(AllowedIssue(present)),
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
        if issue.0.contains('-') {
            return Ok(issue.0.clone());
        }
        self.present_key(&issue.0).await
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
            None => Ok(AllowedProject(key.trim().to_ascii_uppercase())),
            Some(_) if !self.allows_project(key.trim()) => Err(self.not_allowed(key.trim())),
            // An old key of a project may be on the list, too: the present one decides.
            Some(_) => self.project_named(key).await,
        }
    }

    /// The project that a key in any case, an id or a name means, kept from the first time on.
    ///
    /// # Errors
    /// As [`Client::project`].
    pub async fn project_named(&self, given: &str) -> Result<AllowedProject> {
        let fetch = || async { Ok(self.project(given).await?.key) };
        let key = self.site.meta.project_keys.get(given.trim().to_lowercase(), fetch).await?;
        if !self.allows_project(&key) {
            return Err(self.not_allowed(given));
        }
        Ok(AllowedProject(key.as_ref().clone()))
    }

    /// Checks a board. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a board outside, and for one that does not exist.
    pub async fn allowed_board(&self, id: u64) -> Result<AllowedBoard> {
        let board = AllowedBoard(id.to_string());
        if self.limits.projects.is_none() {
            return Ok(board);
        }
        let project = || async {
            let board: Board = self.send(board::GET.request([&id.to_string()])).await?.json()?;
            Ok(board.project().map(str::to_owned))
        };
        let project = self.site.meta.board_projects.get(id, project).await;
        self.inside(project.map(|project| project.as_ref().clone()), &format!("board {id}"))?;
        Ok(board)
    }

    /// The proof for a board that was read, where it lies inside.
    #[must_use]
    pub fn proof_of_board(&self, board: &Board) -> Option<AllowedBoard> {
        let inside = self.limits.projects.is_none()
            || board.project().is_some_and(|project| self.allows_project(project));
        inside.then(|| AllowedBoard(board.id.to_string()))
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
            match self.site.meta.sprint_boards.get(id, board).await {
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
        Ok(AllowedSprint(id.to_string()))
    }

    /// Checks a version. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a version outside, and for one that does not exist.
    pub async fn allowed_version(&self, id: u64) -> Result<AllowedVersion> {
        let request = || version::GET.request([&id.to_string()]);
        self.check_project_of(request, &format!("version {id}")).await?;
        Ok(AllowedVersion(id.to_string()))
    }

    /// Checks a component. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a component outside, and for one that does not exist.
    pub async fn allowed_component(&self, id: u64) -> Result<AllowedComponent> {
        let request = || component::GET.request([&id.to_string()]);
        self.check_project_of(request, &format!("component {id}")).await?;
        Ok(AllowedComponent(id.to_string()))
    }

    /// Checks a filter: none of the issues that it finds may lie outside. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for a filter that finds others, and for one that does not exist.
    pub async fn allowed_filter(&self, id: u64) -> Result<AllowedFilter> {
        if self.limits.projects.is_some() && !self.finds_only_allowed(&format!("filter = {id}")).await? {
            return Err(self.not_allowed(&format!("filter {id}")));
        }
        Ok(AllowedFilter(id.to_string()))
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
        let project = self.site.meta.container_projects.get(what.to_owned(), fetch).await;
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
