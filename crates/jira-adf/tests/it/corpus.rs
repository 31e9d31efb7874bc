//! Tickets as teams write them.

use std::path::Path;

use jira_adf::{self as adf, Document};
use serde_json::Value;

/// The committed documents with their names.
pub(super) fn documents() -> Vec<(String, Value)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut found: Vec<_> = std::fs::read_dir(place)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("text");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).expect("JSON"))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn every_ticket_comes_back() {
    let documents = documents();
    assert!(documents.len() >= 30, "{} documents", documents.len());
    for (name, value) in documents {
        let document = Document::from_value(&value).expect("a document");
        let markdown = adf::to_markdown(&document);
        let parsed = adf::from_markdown(&markdown).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(adf::canonical(&parsed.document), adf::canonical(&document), "{name}\n{markdown}");
        assert_eq!(
            adf::to_markdown(&parsed.document),
            markdown,
            "{name}: the same document has the same Markdown"
        );
    }
}

/// Text and addresses of a document, in characters; a date is shown with ten.
fn words(node: &Value) -> usize {
    let attr = |name: &str| node["attrs"][name].as_str().map_or(0, |text| text.chars().count());
    let own = node["text"].as_str().map_or(0, |text| text.chars().count())
        + ["text", "url", "href", "title", "alt", "shortName"].iter().map(|name| attr(name)).sum::<usize>();
    let own = own + if node["type"] == "date" { 10 } else { 0 };
    let inside = |list: &str| node[list].as_array().into_iter().flatten().map(words).sum::<usize>();
    own + inside("content") + inside("marks")
}

#[test]
fn markdown_costs_little_more_than_its_words() {
    let (mut markdown, mut text) = (0, 0);
    for (name, value) in documents() {
        let length = adf::to_markdown(&Document::from_value(&value).expect("a document")).chars().count();
        println!("{name}: {length} for {}", words(&value));
        markdown += length;
        text += words(&value);
    }
    println!("{markdown} characters for {text}");
    assert!(markdown * 10 <= text * 13, "{markdown} characters of Markdown for {text} of text");
}
