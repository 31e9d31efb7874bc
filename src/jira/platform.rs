//! Resources of Jira's platform API, `/rest/api/3`: wire types and endpoints, a file each.

pub(in crate::jira) mod attachment;
pub(in crate::jira) mod audience;
pub(in crate::jira) mod autocomplete;
pub(in crate::jira) mod comment;
pub(in crate::jira) mod detail;
pub(in crate::jira) mod issue;
pub(in crate::jira) mod issue_link;
pub(in crate::jira) mod metadata;
pub(in crate::jira) mod people;
pub(in crate::jira) mod project;
pub(in crate::jira) mod recent_writes;
pub(in crate::jira) mod remote_link;
pub(in crate::jira) mod search;
pub(in crate::jira) mod transition;
pub(in crate::jira) mod user;
pub(in crate::jira) mod worklog;

pub use audience::{Audience, Visibility};
pub use autocomplete::{Suggestion, quoted};
pub use comment::RawComment;
pub use detail::{Changelog, ChangelogEntry, ChangelogItem, IssueDetail};
pub use issue::Created;
pub use issue_link::{IssueWithLinks, Link, LinkType, Relation};
pub use metadata::IssueType;
pub use people::{Person, User, UserScope};
pub use project::{Named, ProjectIssueType, ProjectVersion, RawProject, TypeStatuses};
pub use remote_link::RemoteLink;
pub use search::RawIssue;
pub use transition::{Status, Transition};
pub use worklog::{RawWorklog, RemainingEstimate, WorklogChange};
