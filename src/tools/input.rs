//! Pieces of input that more than one tool takes.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::jira::adf::edit::Edit;

/// A replacement within a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TextEdit {
    /// Exact text, found once.
    old: String,
    /// New text.
    new: String,
}

/// The replacements as the text's own module takes them.
pub(super) fn edits(given: Vec<TextEdit>) -> Vec<Edit> {
    given.into_iter().map(|TextEdit { old, new }| Edit { old, new }).collect()
}
