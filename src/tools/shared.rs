//! Inputs, views and steps that more than one tool has.

pub(super) mod audience;
pub(super) mod input;
pub(super) mod issue_fields;
pub(super) mod operations;
pub(super) mod paging;
pub(super) mod rewrite;
pub(super) mod views;
