//! Jira's resources: each file answers the operations of one.

pub(super) mod issue;
pub(super) mod jql;
pub(super) mod meta;
pub(super) mod people;
pub(super) mod project;
pub(super) mod search;
