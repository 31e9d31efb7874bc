//! Resources of Jira's platform API, `/rest/api/3`: wire types and endpoints, a file each.

pub mod attachment;
pub mod audience;
pub mod autocomplete;
pub mod bulk_fetch;
pub mod changelog;
pub mod comment;
pub mod component;
pub mod configuration;
pub mod field;
pub mod filter;
pub mod issue;
pub mod issue_link;
pub mod metadata;
pub mod people;
pub mod project;
pub mod remote_link;
pub mod search;
pub mod transition;
pub mod user;
pub mod version;
pub mod worklog;

pub use audience::{Audience, Visibility};
pub use autocomplete::{Suggestion, quoted};
pub use changelog::{Changelog, ChangelogEntry, ChangelogItem};
pub use comment::RawComment;
pub use component::Component;
pub use filter::Filter;
pub use issue::{Created, IssueDetail, RawIssue};
pub use issue_link::{IssueWithLinks, Link, LinkType, Relation};
pub use metadata::IssueType;
pub use people::Person;
pub use project::{Named, ProjectIssueType, RawProject, TypeStatuses};
pub use remote_link::RemoteLink;
pub use transition::{Status, Transition};
pub use user::{User, UserScope};
pub use version::ProjectVersion;
pub use worklog::{RawWorklog, RemainingEstimate, WorklogChange};

use crate::jira::transport::Operation;

/// The operations of this API, by file.
pub(in crate::jira) const OPERATIONS: &[&[&Operation]] = &[
    attachment::OPERATIONS,
    autocomplete::OPERATIONS,
    changelog::OPERATIONS,
    comment::OPERATIONS,
    component::OPERATIONS,
    configuration::OPERATIONS,
    field::OPERATIONS,
    filter::OPERATIONS,
    issue::OPERATIONS,
    issue_link::OPERATIONS,
    metadata::OPERATIONS,
    project::OPERATIONS,
    bulk_fetch::OPERATIONS,
    remote_link::OPERATIONS,
    search::OPERATIONS,
    transition::OPERATIONS,
    user::OPERATIONS,
    version::OPERATIONS,
    worklog::OPERATIONS,
];
