//! Pieces of input that more than one tool takes.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::jira::adf::edit::Edit;

/// How rich text is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    #[default]
    Markdown,
    Adf,
}

impl Format {
    /// True for ADF as it is.
    pub(super) fn is_raw(self) -> bool {
        self == Self::Adf
    }
}

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
pub(super) fn edits(given: &[TextEdit]) -> Vec<Edit> {
    given.iter().map(|TextEdit { old, new }| Edit { old: old.clone(), new: new.clone() }).collect()
}
