//! Jira Cloud as typed calls: one file per resource, one private `send` below them all.
//!
//! Knows Jira's REST API and nothing of MCP. Each file holds its resource's wire types and
//! endpoints. What concerns every request has one home here: `request` builds paths, `retry`
//! decides on repeating, `reply` reads answers and refusals, `cache` keeps metadata, `allow_list`
//! holds the project allow-list.

pub mod agile;
mod allow_list;
pub mod platform;
pub mod transport;
mod values;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use agile::{Board, Sprint};
pub use allow_list::{
    AllowedAttachment, AllowedBoard, AllowedComponent, AllowedFilter, AllowedIssue, AllowedProject,
    AllowedRequest, AllowedSprint, AllowedVersion, ContainerSummary, ProjectAllowList,
};
pub use platform::{
    Audience, Changelog, ChangelogEntry, ChangelogItem, Component, Created, Filter, IssueDetail, IssueType,
    IssueWithLinks, Link, LinkType, Named, Person, ProjectIssueType, ProjectVersion, RawComment, RawIssue,
    RawProject, RawWorklog, Relation, RemainingEstimate, RemoteLink, Status, Suggestion, Transition,
    TypeStatuses, User, UserScope, Visibility, WorklogChange, quoted,
};
pub use transport::{
    Api, Body, Effect, File, Operation, Page, Pool, Position, ProgressListener, Source, Timeout, api_scopes,
};
pub use values::{
    Choice, Field, Fields, IssueRef, MAX_NAMED_VALUES, RichText, Schema, Screen, ScreenField, Shape,
    ValueFormatter, WorkDuration, WorkingTime, in_hours, offered,
};
pub use write::{Applied, CopiedFields, FieldChanges, IssueWrite, Target, TextDraft};

use crate::auth::{Account, Identity, Session};
use crate::error::Result;
use platform::recent_writes::RecentWrites;
use transport::cache::MetadataCache;

/// What the operator, or a request, limits on top of what the account may do.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// No request that writes leaves the process.
    pub read_only: bool,
    /// The only projects that exist.
    pub projects: Option<ProjectAllowList>,
}

/// Jira, as one account and within some limits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    site: Arc<Site>,
    limits: Limits,
    listener: ProgressListener,
}

/// What all calls of one account on one site share.
#[derive(Debug)]
struct Site {
    http: reqwest::Client,
    session: Session,
    meta: Metadata,
    recent_writes: RecentWrites,
}

/// What Jira says of itself, kept for a while.
#[derive(Debug, Default)]
struct Metadata {
    fields: MetadataCache<(), Fields>,
    /// Present keys, by what was given.
    project_keys: MetadataCache<String, String>,
    /// By project.
    issue_types: MetadataCache<String, Vec<IssueType>>,
    /// By project and issue type.
    create_screens: MetadataCache<(String, String), Screen>,
    /// By issue.
    edit_screens: MetadataCache<String, Screen>,
    /// Keys of the projects of boards, by board; none for the board of a person.
    board_projects: MetadataCache<u64, Option<String>>,
    /// Boards on which sprints were made, by sprint.
    sprint_boards: MetadataCache<u64, Option<u64>>,
    /// Keys of the projects of versions and components, by what they are.
    container_projects: MetadataCache<String, Option<String>>,
    /// By project.
    sprints: MetadataCache<String, Vec<Sprint>>,
    status_names: MetadataCache<(), BTreeMap<String, String>>,
    link_types: MetadataCache<(), Vec<LinkType>>,
    working_time: MetadataCache<(), WorkingTime>,
    /// By where to look, and what was given.
    people: MetadataCache<(String, String), Person>,
}

impl Client {
    /// A client that signs in at its first request.
    ///
    /// # Errors
    /// [`Error::Internal`] where this machine's TLS set-up cannot be used.
    pub fn new(account: Result<Account>, limits: Limits) -> Result<Self> {
        Self::in_pool(account, limits, &Pool::default())
    }

    /// As [`Client::new`], with the connections of others.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn in_pool(account: Result<Account>, limits: Limits, pool: &Pool) -> Result<Self> {
        let direct = account.as_ref().is_ok_and(Account::is_local);
        let http = pool.connect(direct)?;
        let session = Session::new(account, http.clone());
        Ok(Self {
            site: Arc::new(Site {
                http,
                session,
                meta: Metadata::default(),
                recent_writes: RecentWrites::default(),
            }),
            limits,
            listener: ProgressListener::default(),
        })
    }

    /// Who calls.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn identity(&self) -> Result<Identity> {
        self.site.session.identity().await
    }

    /// The address of an issue, for people.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn browse(&self, key: &str) -> Result<String> {
        Ok(format!("{}browse/{key}", self.site_url().await?))
    }

    /// The address of the site, for people, ending in a slash.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn site_url(&self) -> Result<String> {
        Ok(self.site.session.browse_url().await?.into())
    }

    /// The same account on the same site, within these limits on top of its own.
    ///
    /// # Errors
    /// [`Error::Refused`] where no project is left.
    pub fn narrowed(&self, by: &Limits) -> Result<Self> {
        let projects = match (&self.limits.projects, &by.projects) {
            (Some(own), Some(by)) => {
                let both = own.narrowed(by).ok_or_else(|| self.not_allowed(&by.keys().join(", ")))?;
                Some(both)
            }
            (own, by) => own.as_ref().or(by.as_ref()).cloned(),
        };
        let limits = Limits { read_only: self.limits.read_only || by.read_only, projects };
        Ok(Self { site: Arc::clone(&self.site), limits, listener: self.listener.clone() })
    }

    /// The same, telling `listener` what it waits for.
    #[must_use]
    pub fn with_listener(&self, listener: ProgressListener) -> Self {
        Self { listener, ..self.clone() }
    }

    /// The key that seals what clients carry for this account, for one purpose.
    ///
    /// # Errors
    /// [`Error::NotConfigured`].
    pub async fn seal_key(&self, purpose: &str) -> Result<[u8; 32]> {
        self.site.session.seal_key(purpose).await
    }
}

/// Every operation of Jira that is used here.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    platform::OPERATIONS.iter().chain(agile::OPERATIONS).flat_map(|of_file| of_file.iter().copied())
}
