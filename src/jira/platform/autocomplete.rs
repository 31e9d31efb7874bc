//! Fields and values of queries, as Jira's own editor of queries offers them.

use serde::Deserialize;

use crate::error::Result;
use crate::jira::Client;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};

operations! {
    /// Fields and functions that queries know.
    GET_REFERENCE_DATA = Operation::get(Api::Platform, "jql/autocompletedata")
        .scopes(READ_WORK, "read:field:jira");
    /// Values that a field takes in queries.
    LIST_SUGGESTIONS = Operation::get(Api::Platform, "jql/autocompletedata/suggestions")
        .scopes(READ_WORK, "read:issue-details:jira");
}

/// A suggestion for a query: a field, or a value of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The text of the suggestion in a query.
    #[serde(default)]
    value: String,
    #[serde(default)]
    display_name: String,
}

impl Suggestion {
    /// The text of the suggestion in a query, in quotes where it needs them.
    #[must_use]
    pub fn written(&self) -> String {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
        if self.value.starts_with('"') || (!self.value.is_empty() && self.value.chars().all(is_word)) {
            return self.value.clone();
        }
        quoted(&self.value)
    }

    /// The display name.
    #[must_use]
    pub fn shown(&self) -> String {
        // What was typed stands out in bold.
        self.display_name.replace("<b>", "").replace("</b>", "")
    }
}

/// A text in quotes, as a query writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

impl Client {
    /// The fields that queries know.
    ///
    /// # Errors
    /// As every request.
    pub async fn jql_fields(&self) -> Result<Vec<Suggestion>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Reference {
            #[serde(default)]
            visible_field_names: Vec<Suggestion>,
        }
        let reply = self.send(GET_REFERENCE_DATA.request([])).await?;
        Ok(reply.json::<Reference>()?.visible_field_names)
    }

    /// The values like `typed` that a field takes in queries. Within an allow-list there are none: they would tell of
    /// other projects.
    ///
    /// # Errors
    /// As every request.
    pub async fn jql_values(&self, field: &str, typed: &str) -> Result<Vec<Suggestion>> {
        if self.projects().is_some() {
            return Ok(Vec::new());
        }
        #[derive(Deserialize)]
        struct Suggestions {
            #[serde(default)]
            results: Vec<Suggestion>,
        }
        let request = LIST_SUGGESTIONS.request([]).query("fieldName", field).query("fieldValue", typed);
        Ok(self.send(request).await?.json::<Suggestions>()?.results)
    }
}
