//! What a caller wants of an issue's fields, made into what Jira takes.
//!
//! Names become ids here, before anything is sent: of fields, of people, of the values that a
//! screen allows. All that cannot be understood is told in one error.

mod applied;
mod convert;
mod copy;
mod field_change;
mod field_resolver;
mod issue_write;
pub(in crate::jira) mod overwrite;
mod plain;
mod rich_text;
pub(in crate::jira) mod text_draft;

use std::collections::BTreeSet;

use serde_json::json;

use crate::error::{Error, Result};
use crate::jira::Client;
use crate::jira::platform::metadata::IssueType;
use crate::jira::platform::transition::Transition;
use crate::jira::{AllowedIssue, AllowedProject};
pub use applied::Applied;
pub use copy::CopiedFields;
pub use field_change::FieldChanges;
use field_resolver::FieldResolver;
pub use issue_write::IssueWrite;
pub use text_draft::TextDraft;

/// Where fields are written.
#[derive(Debug, Clone)]
pub enum Target {
    /// On creating an issue.
    Create {
        /// The project.
        project: AllowedProject,
        /// Type of the issue.
        kind: IssueType,
    },
    /// On an issue that exists.
    Edit(AllowedIssue),
    /// On the screen of a transition of an issue.
    Move(AllowedIssue, Transition),
}

impl Client {
    /// Makes changes into what Jira takes at this target. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Unresolved`] or [`Error::Argument`] for all that cannot be understood and for all
    /// required fields that are missing, with what would do; refusals of the allow-list.
    pub async fn prepare(&self, target: &Target, changes: &FieldChanges) -> Result<IssueWrite> {
        let (mut write, mut problems) = self.attempt_to_prepare(target, changes).await?;
        // What is asked for may have been added after Jira was asked what there is.
        let is_stale = |error: &Error| matches!(error, Error::Unresolved { kind, .. } if *kind != "user");
        if problems.iter().any(is_stale) && !matches!(target, Target::Move(..)) {
            self.forget_screens();
            (write, problems) = self.attempt_to_prepare(target, changes).await?;
        }
        match told(problems) {
            Some(error) => Err(error),
            None => Ok(write),
        }
    }

    async fn attempt_to_prepare(
        &self,
        target: &Target,
        changes: &FieldChanges,
    ) -> Result<(IssueWrite, Vec<Error>)> {
        let place = FieldResolver::new(self, target).await?;
        let mut write = IssueWrite::default();
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (name, wish) in &changes.0 {
            match place.field(name).await {
                Ok((field, part)) if !seen.insert((field.id.clone(), part)) => {
                    problems.push(Error::Argument(format!("{} is given twice.", field.name)));
                }
                Ok((field, part)) => match place.wanted(&field, part, wish, &mut write).await {
                    Ok(wanted) => write.put(field, wanted, place.exists()),
                    Err(problem) => problems.push(problem),
                },
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(place.missing(&write));
        if let Target::Create { project, kind } = target {
            write.fields.insert("project".into(), json!({ "key": project.as_str() }));
            write.fields.insert("issuetype".into(), json!({ "id": kind.id }));
        }
        Ok((write, problems))
    }
}

/// All problems as one error; one that is more than a matter of the arguments goes first.
fn told(mut problems: Vec<Error>) -> Option<Error> {
    let grave = |error: &Error| !matches!(error, Error::Argument(_) | Error::Unresolved { .. });
    if let Some(at) = problems.iter().position(grave) {
        return Some(problems.swap_remove(at));
    }
    if problems.len() <= 1 {
        return problems.pop();
    }
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Some(Error::Argument(texts.join(" ")))
}
