//! What a tool gets besides its input: Jira as this caller, and the room its result has.

use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde::Serialize;
use serde_json::Value;

use super::{Caller, JiraServer, Progress};
use crate::error::{Reader, Result};
use crate::jira::{Client, Page, Position};
use crate::render;

/// What a listing has beside its rows, in tokens.
const ENVELOPE_TOKENS: usize = 150;

/// One call of one tool.
#[derive(Debug)]
pub struct Call {
    caller: Caller,
    client: Result<Client>,
    progress: Progress,
    max_tokens: usize,
}

/// What a cursor is sealed for.
const CURSOR_PURPOSE: &str = "cursor";

impl FromContextPart<ToolCallContext<'_, JiraServer>> for Call {
    fn from_context_part(
        context: &mut ToolCallContext<'_, JiraServer>,
    ) -> std::result::Result<Self, ErrorData> {
        Ok(Self::new(context.service, &context.request_context))
    }
}

impl Call {
    /// What is done for one request, whether by a tool or not.
    pub(crate) fn new(server: &JiraServer, request: &RequestContext<RoleServer>) -> Self {
        let caller = server.caller(&request.extensions);
        let progress: Progress = request.extensions.get().cloned().unwrap_or_default();
        let client = caller.jira().map(|client| client.with_listener(progress.listener()));
        Self { caller, client, progress, max_tokens: server.max_tokens() }
    }

    /// Jira, as this caller.
    ///
    /// # Errors
    /// What keeps this server from having a client at all.
    pub fn jira(&self) -> Result<&Client> {
        self.client.as_ref().map_err(Clone::clone)
    }

    /// Who reads what the call comes to.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.caller.reader()
    }

    /// Says what the call is at, for clients that show it: a few words, where there is more than one step to it.
    pub fn progress(&self, words: impl Into<String>) {
        self.progress.say(words);
    }

    /// Opens a cursor that this caller was given for `query`, all that the rows depend on.
    ///
    /// # Errors
    /// [`crate::error::Error::Argument`] where it was not.
    pub async fn resume(&self, cursor: Option<&str>, query: &impl Serialize) -> Result<Option<Position>> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
        let query = canonical(query);
        let mut outcome = Ok(None);
        for key in self.caller.seal_keys(CURSOR_PURPOSE).await? {
            outcome = Position::open(cursor, &key, &query).map(Some);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// The rows of a page that fit into one result, and the cursor where more are left. At least
    /// one row is given, so that a listing always moves on.
    ///
    /// # Errors
    /// As [`Caller::seal_keys`].
    pub async fn fit<T, R: Serialize>(
        &self,
        page: &Page<T>,
        query: &impl Serialize,
        row: impl Fn(&T) -> R,
    ) -> Result<(Vec<R>, Option<String>)> {
        let mut left = self.max_tokens.saturating_sub(ENVELOPE_TOKENS);
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
        let next = match (page.after(rows.len()), self.caller.seal_keys(CURSOR_PURPOSE).await?.first()) {
            (Some(position), Some(key)) => Some(position.seal(key, &canonical(query))),
            _ => None,
        };
        Ok((rows, next))
    }

    /// The room for one result, in tokens.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        self.max_tokens
    }
}

/// A query as bytes that are the same whenever it is.
fn canonical(query: &impl Serialize) -> String {
    serde_json::to_value(query).unwrap_or(Value::Null).to_string()
}
