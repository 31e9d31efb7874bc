//! The check for a change of somebody else to a rich text that a write went over.
//!
//! Jira has no conditional writes. Whoever changes a text between our read of it and our write of
//! what we made of it is written over, and Jira does not say so. What is done about it:
//!
//! - A caller that replaces a whole text can give the `version` that it has read. That covers all the
//!   time up to our own read, and is refused with the newer text.
//! - From there on, for the fields of an issue, Jira's history tells. It comes with our read and again
//!   with Jira's answer to our write; a change of the field that is new there, and older than ours, was
//!   made by somebody who is now written over. The answer to the call says who, when, and which text
//!   was lost. That costs no request of its own, but after a transition, whose answer is empty, one.
//! - Of comments Jira keeps no history, so that nothing tells afterwards. They are read right before they
//!   are written: what remains is one round trip.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::jira::platform::changelog::{Changelog, ChangelogEntry, ChangelogItem};
use crate::jira::write::issue_write::IssueWrite;
use crate::jira::{AllowedIssue, Client, ValueFormatter};

/// The `expand` that is added to a read, so that changes after it can be told.
pub(in crate::jira) const EXPAND_CHANGELOG: &str = "changelog";

/// The most characters of a lost text that are given; Jira keeps the whole.
const MAX_QUOTED_CHARACTERS: usize = 2000;

impl Changelog {
    /// The number of the latest change; 0 where there is none.
    pub(in crate::jira) fn latest(&self) -> u64 {
        self.histories.iter().map(ChangelogEntry::number).max().unwrap_or(0)
    }
}

impl ChangelogEntry {
    /// The id as a number, which grows with each change on a site.
    fn number(&self) -> u64 {
        self.id.parse().unwrap_or(0)
    }

    /// The change of this field, by id or name.
    fn of(&self, field: &str) -> Option<&ChangelogItem> {
        self.items.iter().find(|item| item.field_id.as_deref().unwrap_or(&item.field) == field)
    }
}

impl Client {
    /// Tells, after a change is written, which changes of others it went over. `log` is the history that came with
    /// Jira's answer.
    pub async fn overwritten(
        &self,
        issue: &AllowedIssue,
        write: &IssueWrite,
        log: Option<&Changelog>,
        formatter: &ValueFormatter,
    ) -> Vec<String> {
        if write.reads.is_empty() {
            return Vec::new();
        }
        let told = match log {
            Some(log) => Ok(write.lost(log, formatter)),
            None => self.history(issue).await.map(|log| write.lost(&log, formatter)),
        };
        told.unwrap_or_else(|error| {
            vec![format!("Whether somebody else's change was written over could not be checked: {error}")]
        })
    }

    /// The latest changes of an issue.
    async fn history(&self, issue: &AllowedIssue) -> Result<Changelog> {
        let nothing = ["id".to_owned()];
        let detail = self.issue(issue, &nothing, &BTreeSet::from([EXPAND_CHANGELOG])).await?;
        Ok(detail.changelog.unwrap_or_default())
    }
}

impl IssueWrite {
    /// One sentence per text that somebody changed after it was read and before it was written: who, and what was lost.
    fn lost(&self, log: &Changelog, formatter: &ValueFormatter) -> Vec<String> {
        let lost = self.reads.iter().filter_map(|(id, read)| {
            let field = self.field(id)?;
            let mut since: Vec<_> = log.histories.iter().filter(|change| change.number() > *read).collect();
            since.sort_by_key(|change| change.number());
            let mut changes: Vec<_> =
                since.iter().filter_map(|change| Some((*change, change.of(id)?))).collect();
            let own = changes.iter().rposition(|(change, _)| formatter.is_me(&change.author))?;
            let (_, write) = changes[own];
            changes.truncate(own);
            let who: Vec<String> = changes
                .iter()
                .map(|(change, _)| {
                    let person = formatter.person(&change.author).unwrap_or_else(|| "Somebody".to_owned());
                    format!("{person} at {}", formatter.date_time(&change.created))
                })
                .collect();
            let text = write.from_string.as_deref().unwrap_or_default();
            (!who.is_empty()).then(|| {
                format!(
                    "{} was changed by {} after this call had read it, and was written over. It was, in Jira's wiki \
                     markup{}:\n{}",
                    field.name,
                    who.join(", "),
                    if text.chars().count() > MAX_QUOTED_CHARACTERS { " (cut; the issue's history has it all)" } else { "" },
                    text.chars().take(MAX_QUOTED_CHARACTERS).collect::<String>()
                )
            })
        });
        lost.collect()
    }
}
