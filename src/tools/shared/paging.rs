//! Paging, which every list takes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::server::{Call, Listing};

/// Rows of one page at most; of most lists Jira gives no more.
const MAX_LIMIT: u64 = 100;

/// The page of a list that a call asks for: of `DEFAULT` rows, unless it says otherwise. Flattened into inputs.
#[derive(Debug, Deserialize)]
pub(in crate::tools) struct Paging<const DEFAULT: u64> {
    limit: Option<u64>,
    cursor: Option<String>,
}

impl<const DEFAULT: u64> Paging<DEFAULT> {
    /// The page, of rows that depend on `query` and nothing else.
    ///
    /// # Errors
    /// As [`Call::listing`].
    pub(in crate::tools) async fn open<'a>(
        &self,
        call: &'a Call,
        query: &impl Serialize,
    ) -> Result<Listing<'a>> {
        let limit = self.limit.unwrap_or(DEFAULT).clamp(1, MAX_LIMIT);
        call.listing(query, limit, self.cursor.as_deref()).await
    }
}

impl<const DEFAULT: u64> JsonSchema for Paging<DEFAULT> {
    fn schema_name() -> Cow<'static, str> {
        "Paging".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let limit = format!("At most {MAX_LIMIT}; default {DEFAULT}.");
        json_schema!({"type": "object", "properties": {
            "limit": {"description": limit, "type": "integer"},
            "cursor": {"description": "`next_cursor` of the same call.", "type": "string"},
        }})
    }
}
