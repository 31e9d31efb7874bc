//! Rich text as a model writes it, Markdown with mentions by name, made into what Jira stores.

use std::borrow::Cow;
use std::collections::HashMap;

use jira_adf::edit::{self, Edit};
use jira_adf::{self as adf, Document, Parsed};
use serde_json::Value;

use crate::error::{Error, InvalidArgument, Result, TextProblem};
use crate::jira::{AllowedIssue, Client, RichText, UserScope};

/// A rich text ready to be sent.
#[derive(Debug, Clone, Default)]
pub struct TextDraft {
    /// The text.
    pub text: RichText,
    /// Warnings about what in it probably is not what its writer meant, in sentences.
    pub warnings: Vec<String>,
    /// True where people or files had to be found for it, so that time has passed since an older text was read.
    pub asked: bool,
}

impl Client {
    /// Markdown as ADF, with each `@[Name]` and `@[e-mail]` made a mention of that person, and each file of the issue
    /// that is named by its file name. Where there is no issue yet, there are no files.
    ///
    /// # Errors
    /// [`Error::Unresolved`] for a mention or an image that fits nothing or several, [`Error::InvalidArgument`] for what no
    /// document can hold.
    pub async fn rich_text(&self, issue: Option<&AllowedIssue>, markdown: &str) -> Result<TextDraft> {
        self.made(issue, &Document::default(), markdown).await
    }

    /// Markdown in place of an older text: what did not change keeps its ids and
    /// attributes.
    ///
    /// # Errors
    /// As [`Client::rich_text`].
    pub async fn replaced_text(
        &self,
        issue: Option<&AllowedIssue>,
        old: &RichText,
        markdown: &str,
    ) -> Result<TextDraft> {
        match old.document() {
            Ok(document) => self.made(issue, document, markdown).await,
            // There is only a plain old text.
            Err(_) => self.made(issue, &Document::default(), markdown).await,
        }
    }

    /// An older text with parts of its Markdown replaced.
    ///
    /// # Errors
    /// As [`Client::rich_text`]; [`Error::InvalidArgument`] for an edit that does not fit exactly one
    /// place.
    pub async fn edited_text(
        &self,
        issue: &AllowedIssue,
        old: &RichText,
        edits: &[Edit],
    ) -> Result<TextDraft> {
        let old = old.document().map_err(refused)?;
        let markdown = edit::edited(old, edits).map_err(refused)?;
        self.made(Some(issue), old, &markdown).await
    }

    async fn made(&self, issue: Option<&AllowedIssue>, old: &Document, markdown: &str) -> Result<TextDraft> {
        if let Some(document) = adf_in(markdown)? {
            return document_text(&document);
        }
        let with_files = self.with_attachments(issue, old, markdown).await?;
        let asked = matches!(with_files, Cow::Owned(_));
        let mut text = self.with_people(edit::replace(old, &with_files).map_err(refused)?).await?;
        text.asked |= asked;
        Ok(text)
    }

    async fn with_people(&self, mut parsed: Parsed) -> Result<TextDraft> {
        let mut people = HashMap::new();
        let asked = !parsed.mentions.is_empty();
        for name in &parsed.mentions {
            let person = self.person(name, UserScope::Everyone).await.map_err(|error| match error {
                Error::Unresolved { kind, given, candidates, ambiguous } => {
                    Error::Unresolved { kind, given: format!("@[{given}]"), candidates, ambiguous }
                }
                other => other,
            })?;
            let shown = person.name.unwrap_or_else(|| name.clone());
            people.insert(name.clone(), (person.account_id, shown));
        }
        parsed.resolve(|name| people.get(name).cloned());
        let warnings = std::mem::take(&mut parsed.warnings);
        Ok(TextDraft { text: parsed.finish().map_err(refused)?.into(), warnings, asked })
    }
}

/// A text that a caller wrote in Jira's own form, as it is.
///
/// # Errors
/// [`Error::InvalidArgument`] with the first fault.
pub(in crate::jira) fn document_text(value: &Value) -> Result<TextDraft> {
    let document = Document::from_value(value).map_err(refused)?;
    adf::check(&document).map_err(refused)?;
    Ok(TextDraft { text: document.into(), ..TextDraft::default() })
}

/// The document that a text is, where it is the JSON of one.
fn adf_in(text: &str) -> Result<Option<Value>> {
    let start: String = text.chars().take(80).filter(|c| !c.is_whitespace()).collect();
    if !start.starts_with('{') {
        return Ok(None);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value["type"] == "doc" => Ok(Some(value)),
        Err(error) if start.contains("\"type\":\"doc\"") => {
            Err(InvalidArgument::text(TextProblem::AdfNotJson { error: error.to_string() }).into())
        }
        _ => Ok(None),
    }
}

fn refused(error: impl std::fmt::Display) -> Error {
    InvalidArgument::text(TextProblem::NoDocument { error: error.to_string() }).into()
}
