//! Changes of an issue's fields, resolved into what Jira takes.
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
mod target;
pub(in crate::jira) mod text_draft;

use std::collections::BTreeSet;

use serde_json::json;

use crate::error::{Error, FieldProblem, InvalidArgument, Result};
use crate::jira::Client;
pub use applied::Applied;
pub use copy::CopiedFields;
pub use field_change::FieldChanges;
use field_resolver::FieldResolver;
pub use issue_write::IssueWrite;
pub use target::Target;
pub use text_draft::TextDraft;

impl Client {
    /// Makes changes into what Jira takes at this target. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Unresolved`], [`Error::InvalidArgument`] or [`Error::Several`] for all that cannot be understood and for all
    /// required fields that are missing, with what would do; refusals of the allow-list.
    pub async fn resolve_write(&self, target: &Target, changes: &FieldChanges) -> Result<IssueWrite> {
        let (mut write, mut problems) = self.resolve_once(target, changes).await?;
        // What is asked for may have been added after Jira was asked what there is.
        let is_stale = |error: &Error| matches!(error, Error::Unresolved { kind, .. } if *kind != "user");
        if problems.iter().any(is_stale) && !matches!(target, Target::Move(..)) {
            self.forget_screens();
            (write, problems) = self.resolve_once(target, changes).await?;
        }
        match Error::combined(problems) {
            Some(error) => Err(error),
            None => Ok(write),
        }
    }

    /// Resolves the changes with the fields that are known now, and collects all problems.
    async fn resolve_once(
        &self,
        target: &Target,
        changes: &FieldChanges,
    ) -> Result<(IssueWrite, Vec<Error>)> {
        let resolver = FieldResolver::new(self, target).await?;
        let mut write = IssueWrite::default();
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (name, change) in &changes.0 {
            match resolver.field(name).await {
                Ok((field, part)) if !seen.insert((field.id.clone(), part)) => {
                    problems.push(InvalidArgument::field(field.name, FieldProblem::GivenTwice).into());
                }
                Ok((field, part)) => match resolver.resolve(&field, part, change, &mut write).await {
                    Ok(change) => write.put(field, change, resolver.exists()),
                    Err(problem) => problems.push(problem),
                },
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(resolver.missing(&write));
        if let Target::Create { project, kind } = target {
            write.fields.insert("project".into(), json!({ "key": project.as_str() }));
            write.fields.insert("issuetype".into(), json!({ "id": kind.id }));
        }
        Ok((write, problems))
    }
}
