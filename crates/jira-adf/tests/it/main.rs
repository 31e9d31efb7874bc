//! Rich text: Markdown and Atlassian Document Format, both ways.

mod corpus;
mod edits;
mod forms;
pub(crate) mod generate;
pub(crate) mod hostile;
mod markdown;
pub(crate) mod properties;
mod roundtrip;
#[cfg(feature = "contract")]
mod schema;

use jira_adf::{self as adf, Document};
use serde_json::{Value, json};

/// A document of these blocks.
fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

/// Markdown of a document.
fn markdown(document: &Value) -> String {
    adf::to_markdown(&Document::from_value(document).expect("a document"))
}

/// The document that Markdown makes, without the ids that were made up for it.
fn document(markdown: &str) -> Value {
    let parsed = adf::from_markdown(markdown).unwrap_or_else(|error| panic!("{error}: {markdown}"));
    adf::canonical(&parsed.document)
}
