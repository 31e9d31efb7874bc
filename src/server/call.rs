//! One call of one tool: Jira as its caller, the pages of its lists, and the room that its result has.

use serde::Serialize;
use serde_json::Value;

use super::identity::Caller;
use super::progress::Progress;
use crate::error::{Reader, Result};
use crate::jira::{Client, Page, Position};
use crate::render;

/// Tokens of a list beside its rows.
const ENVELOPE_TOKENS: usize = 150;

/// One call of one tool.
#[derive(Debug)]
pub struct Call {
    caller: Caller,
    client: Result<Client>,
    progress: Progress,
    max_tokens: usize,
}

/// The purpose that cursors are sealed for.
const CURSOR_PURPOSE: &str = "cursor";

impl Call {
    /// The call for one request of this caller.
    pub(super) fn new(caller: Caller, progress: Progress, max_tokens: usize) -> Self {
        let client = caller.jira().map(|client| client.with_listener(progress.listener()));
        Self { caller, client, progress, max_tokens }
    }

    /// Jira, as this caller.
    ///
    /// # Errors
    /// The error that keeps this server from having a client at all.
    pub fn jira(&self) -> Result<&Client> {
        self.client.as_ref().map_err(Clone::clone)
    }

    /// The reader of the call's result.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.caller.reader()
    }

    /// Says what the call is at, for clients that show it: a few words, where there is more than one step to it.
    pub fn progress(&self, words: impl Into<String>) {
        self.progress.say(words);
    }

    /// A page of a list of rows that depend on `query` and nothing else: of `limit` rows at most, from `cursor` on.
    ///
    /// # Errors
    /// [`crate::error::Error::InvalidArgument`] for a cursor that this caller was not given for this query.
    pub async fn listing(
        &self,
        query: &impl Serialize,
        limit: u64,
        cursor: Option<&str>,
    ) -> Result<Listing<'_>> {
        let query = serde_json::to_value(query).unwrap_or(Value::Null).to_string();
        let mut start = Ok(None);
        if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
            for key in self.caller.seal_keys(CURSOR_PURPOSE).await? {
                start = Position::open(cursor, &key, &query).map(Some);
                if start.is_ok() {
                    break;
                }
            }
        }
        Ok(Listing { call: self, query, limit, start: start? })
    }

    /// The room for one result, in tokens.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        self.max_tokens
    }
}

/// A page of a list, as a call asks for it.
#[derive(Debug)]
pub struct Listing<'a> {
    call: &'a Call,
    /// All that the rows depend on; cursors are bound to it.
    query: String,
    /// Rows at most.
    pub limit: u64,
    /// The position at which the page begins; `None` for the first one.
    pub start: Option<Position>,
}

impl Listing<'_> {
    /// The rows of a page that fit into one result, and the cursor where more are left. At least one row is given, so
    /// that a list always moves on.
    ///
    /// # Errors
    /// As [`Caller::seal_keys`].
    pub async fn rows<T, R: Serialize>(
        &self,
        page: &Page<T>,
        row: impl Fn(&T) -> R,
    ) -> Result<(Vec<R>, Option<String>)> {
        let mut left = self.call.max_tokens.saturating_sub(ENVELOPE_TOKENS);
        let mut rows = Vec::with_capacity(page.rows.len());
        for raw in &page.rows {
            let row = row(raw);
            let cost = serde_json::to_string(&row).map_or(0, |json| render::tokens(&json));
            if cost > left && !rows.is_empty() {
                break;
            }
            left = left.saturating_sub(cost);
            rows.push(row);
        }
        let keys = self.call.caller.seal_keys(CURSOR_PURPOSE).await?;
        let next = match (page.after(rows.len()), keys.first()) {
            (Some(position), Some(key)) => Some(position.seal(key, &self.query)),
            _ => None,
        };
        Ok((rows, next))
    }
}
