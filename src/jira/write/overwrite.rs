//! Whether a write went over somebody else's change to a rich text.
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
use crate::jira::platform::detail::{Change, ChangeItem, Changelog};
use crate::jira::write::Prepared;
use crate::jira::{Admitted, Client, Reader};

/// What is added to a read, so that changes after it can be told.
pub(in crate::jira) const HISTORY: &str = "changelog";

/// Of a lost text so many characters are given; Jira keeps the whole.
const TOLD: usize = 2000;

impl Changelog {
    /// The number of the latest change; 0 where there is none.
    pub(in crate::jira) fn latest(&self) -> u64 {
        self.histories.iter().map(Change::number).max().unwrap_or(0)
    }
}

impl Change {
    /// Its id, which grows with each change on a site.
    fn number(&self) -> u64 {
        self.id.parse().unwrap_or(0)
    }

    /// What it did to a field.
    fn of(&self, field: &str) -> Option<&ChangeItem> {
        self.items.iter().find(|item| item.field_id.as_deref().unwrap_or(&item.field) == field)
    }
}

impl Client {
    /// Tells, after what was prepared is written, whose changes it went over. `log` is the history that came with
    /// Jira's answer.
    pub async fn overwritten(
        &self,
        issue: &Admitted,
        prepared: &Prepared,
        log: Option<&Changelog>,
        reader: &Reader,
    ) -> Vec<String> {
        if prepared.reads.is_empty() {
            return Vec::new();
        }
        let told = match log {
            Some(log) => Ok(prepared.lost(log, reader)),
            None => self.history(issue).await.map(|log| prepared.lost(&log, reader)),
        };
        told.unwrap_or_else(|error| {
            vec![format!("Whether somebody else's change was written over could not be checked: {error}")]
        })
    }

    /// The latest changes.
    async fn history(&self, issue: &Admitted) -> Result<Changelog> {
        let nothing = ["id".to_owned()];
        let detail = self.issue(issue, &nothing, &BTreeSet::from([HISTORY])).await?;
        Ok(detail.changelog.unwrap_or_default())
    }
}

impl Prepared {
    /// For each text that somebody changed after it was read and before it was written: who, and what was lost.
    fn lost(&self, log: &Changelog, reader: &Reader) -> Vec<String> {
        let lost = self.reads.iter().filter_map(|(id, read)| {
            let field = self.field(id)?;
            let mut since: Vec<_> = log.histories.iter().filter(|change| change.number() > *read).collect();
            since.sort_by_key(|change| change.number());
            let mut changes: Vec<_> =
                since.iter().filter_map(|change| Some((*change, change.of(id)?))).collect();
            let own = changes.iter().rposition(|(change, _)| reader.is_me(&change.author))?;
            let (_, write) = changes[own];
            changes.truncate(own);
            let who: Vec<String> = changes
                .iter()
                .map(|(change, _)| {
                    let person = reader.person(&change.author).unwrap_or_else(|| "Somebody".to_owned());
                    format!("{person} at {}", reader.moment(&change.created))
                })
                .collect();
            let text = write.from_string.as_deref().unwrap_or_default();
            (!who.is_empty()).then(|| {
                format!(
                    "{} was changed by {} after this call had read it, and was written over. It was, in Jira's wiki \
                     markup{}:\n{}",
                    field.name,
                    who.join(", "),
                    if text.chars().count() > TOLD { " (cut; the issue's history has it all)" } else { "" },
                    text.chars().take(TOLD).collect::<String>()
                )
            })
        });
        lost.collect()
    }
}
