//! Rich text in a field: made from Markdown over what stands there, so that nothing else is lost.

use std::collections::BTreeMap;

use super::convert::of_other_kind;
use super::field_change::FieldChange;
use super::field_resolver::FieldResolver;
use super::plain;
use super::target::Target;
use crate::error::{InvalidArgument, Result, TextProblem};
use crate::jira::RichText;
use crate::jira::values::screen::ScreenField;
use crate::jira::write::overwrite::EXPAND_CHANGELOG;
use crate::jira::write::text_draft::{TextDraft, document_text};

impl FieldResolver<'_> {
    /// The text that a change results in; null where the field shall be empty.
    pub(super) async fn text(
        &self,
        field: &ScreenField,
        change: &FieldChange,
        reads: &mut BTreeMap<String, u64>,
    ) -> Result<TextDraft> {
        // A document of Jira's own form is taken as it is.
        if let FieldChange::Set(value) = change
            && value["type"] == "doc"
        {
            return document_text(value).map_err(|error| error.in_field(&field.name));
        }
        let issue = match self.target {
            Target::Create { .. } => None,
            Target::Edit(issue) | Target::Move(issue, _) => Some(issue),
        };
        let mut old = RichText::default();
        if let Some(issue) = issue {
            let mut detail =
                self.client.issue(issue, std::slice::from_ref(&field.id), &[EXPAND_CHANGELOG].into()).await?;
            reads.insert(field.id.clone(), detail.changelog.unwrap_or_default().latest());
            old = detail.issue.fields.remove(&field.id).unwrap_or_default().into();
        }
        let text = match change {
            FieldChange::Edit(edits) => match issue {
                Some(issue) => return self.client.edited_text(issue, &old, edits).await,
                None => return Err(InvalidArgument::field(&field.name, TextProblem::NoTextYet).into()),
            },
            FieldChange::Rewrite { text, version } => {
                old.check_version(&field.name, version)?;
                text.clone()
            }
            FieldChange::Set(value) => {
                plain::word(value).ok_or_else(|| of_other_kind(field, field.shape().words(), value))?
            }
            FieldChange::Members { .. } | FieldChange::Clear | FieldChange::Stored(_) => String::new(),
        };
        if text.trim().is_empty() {
            return Ok(TextDraft::default());
        }
        self.client.replaced_text(issue, &old, &text).await
    }
}
