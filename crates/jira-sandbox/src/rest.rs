//! Jira's resources: each file answers the operations of one.

pub(super) mod admin;
pub(super) mod agile;
pub(super) mod attachment;
pub(super) mod backlog;
pub(super) mod bulk;
pub(super) mod comment;
pub(super) mod field;
pub(super) mod filter;
pub(super) mod issue;
pub(super) mod jql;
pub(super) mod link;
pub(super) mod meta;
pub(super) mod people;
pub(super) mod project;
pub(super) mod release;
pub(super) mod search;
pub(super) mod social;
pub(super) mod sprint;
mod values;
pub(super) mod worklog;
pub(super) mod write;
mod write_plan;
