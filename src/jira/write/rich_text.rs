//! Rich text in a field: made from Markdown over what stands there, so that nothing else is lost.

use std::collections::BTreeMap;

use serde_json::Value;

use super::field_change::Wish;
use super::field_resolver::Place;
use super::{Target, plain};
use crate::error::{Error, Result};
use crate::jira::values::rich_text::{RichText, document_text, is_version};
use crate::jira::values::screen::ScreenField;
use crate::jira::write::overwrite::HISTORY;

impl Place<'_> {
    /// The text that a wish comes to; null where the field shall be empty.
    pub(super) async fn text(
        &self,
        field: &ScreenField,
        wish: &Wish,
        reads: &mut BTreeMap<String, u64>,
    ) -> Result<RichText> {
        // A document of Jira's own form goes through the same door, as it is.
        if let Wish::Set(value) = wish
            && value["type"] == "doc"
        {
            return document_text(value).map_err(|error| Error::Argument(format!("{}: {error}", field.name)));
        }
        let issue = match self.target {
            Target::Create { .. } => None,
            Target::Edit(issue) | Target::Move(issue, _) => Some(issue),
        };
        let mut old = Value::Null;
        if let Some(issue) = issue {
            let mut detail =
                self.client.issue(issue, std::slice::from_ref(&field.id), &[HISTORY].into()).await?;
            reads.insert(field.id.clone(), detail.changelog.unwrap_or_default().latest());
            old = detail.issue.fields.remove(&field.id).unwrap_or_default();
        }
        let text = match wish {
            Wish::Edit(edits) => match issue {
                Some(issue) => return self.client.edited_text(issue, &old, edits).await,
                None => return Err(Error::Argument(format!("{} has no text yet to edit.", field.name))),
            },
            Wish::Rewrite { text, version } => {
                is_version(&field.name, &old, version)?;
                text.clone()
            }
            Wish::Set(value) => plain::word(value)
                .ok_or_else(|| Error::Argument(format!("{} takes Markdown, not {value}.", field.name)))?,
            Wish::Change { .. } | Wish::Clear | Wish::Stored(_) => String::new(),
        };
        if text.trim().is_empty() {
            return Ok(RichText::default());
        }
        self.client.replaced_text(issue, &old, &text).await
    }
}
