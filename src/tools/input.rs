//! Pieces of input that more than one tool takes.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::jira::adf::edit::Edit;

/// A replacement within a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TextEdit {
    /// Exact Markdown that stands there once.
    old: String,
    /// Its replacement.
    new: String,
}

/// The replacements as the text's own module takes them.
pub(super) fn edits(given: Vec<TextEdit>) -> Vec<Edit> {
    given.into_iter().map(|TextEdit { old, new }| Edit { old, new }).collect()
}
