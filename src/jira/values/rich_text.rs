//! Rich text as Jira stores it, and as a model reads it.

use std::sync::OnceLock;

use jira_adf::{self as adf, AdfError, Document, edit};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{InvalidArgument, Result, TextProblem};

/// A rich text: its source as Jira stores it, and its document and Markdown, each made once, when it is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Value")]
pub struct RichText {
    source: Value,
    document: OnceLock<std::result::Result<Document, AdfError>>,
    markdown: OnceLock<Option<String>>,
}

impl From<Value> for RichText {
    fn from(source: Value) -> Self {
        Self { source, ..Self::default() }
    }
}

impl From<Document> for RichText {
    fn from(document: Document) -> Self {
        Self { source: document.to_value(), document: Ok(document).into(), markdown: OnceLock::new() }
    }
}

/// Two texts are the same where their sources are.
impl PartialEq for RichText {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl RichText {
    /// The text as Jira stores it: ADF; a plain text where it is an old one, null where there is none.
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// True where there is no text.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.source.is_null()
    }

    /// The text as a document.
    ///
    /// # Errors
    /// A source that is no document.
    pub fn document(&self) -> std::result::Result<&Document, &AdfError> {
        self.document.get_or_init(|| Document::from_value(&self.source)).as_ref()
    }

    /// The text as Markdown; `None` where it is empty.
    #[must_use]
    pub fn markdown(&self) -> Option<&str> {
        let make = || match &self.source {
            Value::Null => None,
            // Older text may still be plain.
            Value::String(text) => (!text.is_empty()).then(|| text.clone()),
            _ => match self.document() {
                Ok(document) => Some(adf::to_markdown(document)).filter(|text| !text.trim().is_empty()),
                Err(error) => Some(format!("(this rich text cannot be shown: {error})")),
            },
        };
        self.markdown.get_or_init(make).as_deref()
    }

    /// The version of the text: a short name that differs wherever the text does.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        self.document().ok().map(edit::version)
    }

    /// Refuses to write over the text where its version is not the one that was read.
    ///
    /// # Errors
    /// [`InvalidArgument`] with the present text.
    pub fn check_version(&self, what: &str, read: &str) -> Result<()> {
        let Some(present) = self.version().filter(|present| present != read.trim()) else { return Ok(()) };
        let text = self.document().map(adf::to_markdown).unwrap_or_default();
        let problem = TextProblem::VersionChanged { read: read.to_owned(), present, text };
        Err(InvalidArgument::field(what, problem).into())
    }

    /// All words of the text, without what is between them.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        Some(self.document().ok()?.plain_text().split_whitespace().collect())
    }
}
