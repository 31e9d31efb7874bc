//! Jira Cloud as typed calls: one file per resource, one private `send` below them all.
//!
//! Knows Jira's REST API and nothing of MCP. Each file holds its resource's wire types and
//! endpoints. What concerns every request has one home here: `request` builds paths, `retry`
//! decides on repeating, `reply` reads answers and refusals, `cache` keeps metadata, `client` holds the account and its
//! limits, `allow_list` the project allow-list.

pub mod agile;
mod allow_list;
mod client;
pub mod platform;
mod recent_writes;
pub mod transport;
mod values;
mod write;

use std::collections::BTreeSet;

pub use agile::{Board, Sprint, SprintState};
pub use allow_list::{
    AllowedAttachment, AllowedBoard, AllowedComponent, AllowedFilter, AllowedIssue, AllowedProject,
    AllowedRequest, AllowedSprint, AllowedVersion, ContainerSummary, ProjectAllowList,
};
pub use client::{Client, Limits};
pub use platform::{
    Audience, Changelog, ChangelogEntry, ChangelogItem, Component, Created, Filter, IssueDetail, IssueType,
    IssueWithLinks, Link, LinkType, Named, Person, ProjectIssueType, ProjectVersion, RawComment, RawIssue,
    RawProject, RawWorklog, Relation, RemainingEstimate, RemoteLink, Status, Suggestion, Transition,
    TypeStatuses, User, UserScope, Visibility, WorklogChange, quoted,
};
pub use transport::{
    Api, Body, Effect, File, Operation, Page, Pool, Position, ProgressListener, Source, Timeout,
};
pub use values::{
    Choice, Field, Fields, IssueRef, MAX_NAMED_VALUES, RichText, Schema, Screen, ScreenField, Shape,
    ValueFormatter, WorkDuration, WorkingTime, in_hours, offered,
};
pub use write::{Applied, CopiedFields, FieldChanges, IssueWrite, Target, TextDraft};

/// Every operation of Jira that is used here.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    platform::OPERATIONS.iter().chain(agile::OPERATIONS).flat_map(|of_file| of_file.iter().copied())
}

/// The scopes of all operations of an API, in alphabetical order.
#[must_use]
pub fn api_scopes(api: Api) -> Vec<&'static str> {
    let of_api = operations().filter(|operation| operation.api() == api);
    let scopes: BTreeSet<&str> = of_api.flat_map(Operation::required_scopes).collect();
    scopes.into_iter().collect()
}
