//! Pieces of input that more than one tool takes.

use schemars::JsonSchema;
use serde::Deserialize;

use jira_adf::edit::Edit;

/// How rich text is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::tools) enum Format {
    #[default]
    Markdown,
    Adf,
}

impl Format {
    /// True for ADF as it is.
    pub(in crate::tools) fn is_raw(self) -> bool {
        self == Self::Adf
    }
}

/// A replacement within a text.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::tools) struct TextEdit {
    /// Exact text, found once.
    old: String,
    /// New text.
    new: String,
}

/// The replacements as the text's own module takes them.
pub(in crate::tools) fn edits(given: &[TextEdit]) -> Vec<Edit> {
    given.iter().map(|TextEdit { old, new }| Edit { old: old.clone(), new: new.clone() }).collect()
}
