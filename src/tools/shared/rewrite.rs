//! Changing a rich text that is there already.

use crate::error::{ArgumentProblem, InvalidArgument, Result, TextProblem};
use crate::jira::{AllowedIssue, Client, RichText, TextDraft};
use crate::tools::shared::input::{TextEdit, edits};

/// A change of a text that is there: of all of it, or of parts.
#[derive(Debug, Clone, Copy)]
pub(in crate::tools) enum Rewrite<'a> {
    /// This Markdown, where the text still has the version that was read.
    Whole { markdown: &'a str, version: Option<&'a str> },
    /// The same with parts replaced.
    Parts(&'a [TextEdit]),
}

impl<'a> Rewrite<'a> {
    /// From the arguments of a tool, of which `whole` is called `name`; `None` where none is given.
    ///
    /// # Errors
    /// [`InvalidArgument`] for arguments that exclude each other.
    pub(in crate::tools) fn new(
        name: &str,
        whole: Option<&'a str>,
        edits: &'a [TextEdit],
        version: Option<&'a str>,
    ) -> Result<Option<Self>> {
        match (whole, edits, version) {
            (None, [], None) => Ok(None),
            (Some(markdown), [], version) => Ok(Some(Self::Whole { markdown, version })),
            (None, [_, ..], None) => Ok(Some(Self::Parts(edits))),
            (Some(_), [_, ..], _) => {
                Err(InvalidArgument::parameter(name, ArgumentProblem::EitherOr { other: "edits" }).into())
            }
            (None, _, Some(_)) => {
                let needs = ArgumentProblem::Needs { other: name.to_owned() };
                Err(InvalidArgument::parameter("version", needs).into())
            }
        }
    }

    /// Reads what there is, and makes its new text: of `what`, which has its text, in ADF, at `text`.
    ///
    /// # Errors
    /// [`InvalidArgument`] for a version that is not the present one, with the present text, and for an
    /// edit that does not fit exactly one place; as [`Client::rich_text`].
    pub(in crate::tools) async fn apply<T, F>(
        self,
        jira: &Client,
        issue: &AllowedIssue,
        what: &str,
        read: impl Fn() -> F,
        text: impl Fn(&T) -> &RichText,
    ) -> Result<(T, TextDraft)>
    where
        F: Future<Output = Result<T>>,
    {
        let mut old = read().await?;
        let mut new = self.of(jira, issue, what, text(&old)).await?;
        if new.asked {
            // To find people takes a while, and here Jira keeps no history that would tell.
            let now = read().await?;
            if text(&now) != text(&old) {
                new = self.of(jira, issue, what, text(&now)).await?;
            }
            old = now;
        }
        Ok((old, new))
    }

    async fn of(self, jira: &Client, issue: &AllowedIssue, what: &str, old: &RichText) -> Result<TextDraft> {
        match self {
            Self::Whole { markdown, version } => {
                if let Some(version) = version {
                    old.check_version(what, version)?;
                }
                jira.replaced_text(Some(issue), old, markdown).await
            }
            Self::Parts(_) if old.is_null() => {
                Err(InvalidArgument::field(what, TextProblem::EmptyText).into())
            }
            Self::Parts(parts) => jira.edited_text(issue, old, &edits(parts)).await,
        }
    }
}

/// The text that Jira stored, as Markdown, where that is not what was sent.
pub(in crate::tools) fn stored_otherwise(sent: &RichText, stored: &RichText) -> Option<String> {
    stored.markdown().filter(|shown| sent.markdown() != Some(shown)).map(str::to_owned)
}
