//! ADF to Markdown to ADF is the identity, over documents generated from the grammar.

use std::collections::BTreeMap;

use mcp_server_jira::jira::adf::{self, Document, Kind, MarkKind};
use serde_json::Value;

use super::generate::Gen;

/// How many documents a run of the tests takes. More with `ADF_DOCUMENTS`.
fn documents() -> u64 {
    std::env::var("ADF_DOCUMENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(3000)
}

#[test]
fn markdown_brings_back_every_document() {
    for seed in 0..documents() {
        let value = Gen::new(seed).document();
        let document = Document::from_value(&value).expect("a legal document");
        let markdown = adf::to_markdown(&document);
        let parsed =
            adf::from_markdown(&markdown).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{markdown}"));
        assert_eq!(
            parsed.mentions,
            Vec::<String>::new(),
            "seed {seed}: nobody is left to be looked up\n{markdown}"
        );
        let (before, after) = (adf::canonical(&document), adf::canonical(&parsed.document));
        assert_eq!(before, after, "seed {seed}: {markdown}");
    }
}

#[test]
fn the_tree_keeps_the_json() {
    for seed in 0..documents() / 4 {
        let value = Gen::new(seed).document();
        let document = Document::from_value(&value).expect("a legal document");
        let back = Document::from_value(&document.to_value()).expect("its own JSON");
        assert_eq!(document, back, "seed {seed}");
        let text = serde_json::to_string(&document).expect("JSON");
        let read: Document = serde_json::from_str(&text).expect("its own JSON");
        assert_eq!(document, read, "seed {seed}");
    }
}

#[test]
fn generated_documents_cover_the_grammar() {
    let mut nodes = BTreeMap::new();
    let mut marks = BTreeMap::new();
    let mut nestings = BTreeMap::new();
    for seed in 0..6000 {
        count(&Gen::new(seed).document(), "", &mut nodes, &mut marks, &mut nestings);
    }
    println!("nodes {nodes:?}\nmarks {marks:?}\n{} nestings", nestings.len());
    for kind in Kind::ALL {
        assert!(nodes.contains_key(kind.name()), "no {} was generated", kind.name());
    }
    for kind in MarkKind::ALL {
        assert!(marks.contains_key(kind.name()), "no {} was generated", kind.name());
    }
    assert_eq!((nodes.len(), marks.len()), (43, 17));
    // Parent and child, as the schema has them.
    assert!(nestings.len() > 220, "{} nestings", nestings.len());
}

type Counts<K> = BTreeMap<K, usize>;

fn count(
    node: &Value,
    parent: &str,
    nodes: &mut Counts<String>,
    marks: &mut Counts<String>,
    nestings: &mut Counts<(String, String)>,
) {
    let Some(kind) = node.get("type").and_then(Value::as_str) else { return };
    if Kind::from_name(kind) == Kind::Other {
        return;
    }
    *nodes.entry(kind.to_owned()).or_default() += 1;
    *nestings.entry((parent.to_owned(), kind.to_owned())).or_default() += 1;
    for mark in node.get("marks").and_then(Value::as_array).into_iter().flatten() {
        let name = mark.get("type").and_then(Value::as_str).unwrap_or_default();
        if MarkKind::from_name(name) != MarkKind::Other {
            *marks.entry(name.to_owned()).or_default() += 1;
        }
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        count(child, kind, nodes, marks, nestings);
    }
}

/// What Markdown has words of its own for.
const COMMON: &[&str] = &[
    "doc",
    "paragraph",
    "text",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "taskList",
    "taskItem",
    "blockquote",
    "codeBlock",
    "rule",
    "hardBreak",
    "strong",
    "em",
    "strike",
    "code",
    "link",
    "underline",
    "subsup",
];

/// Text, special nodes, other nodes and marks of a document.
fn weigh(node: &Value, weight: &mut (usize, usize, usize)) {
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    if COMMON.contains(&kind) {
        weight.2 += 1;
    } else {
        weight.1 += 1;
    }
    if let Some(text) = node.get("text").and_then(Value::as_str) {
        // A line end in text is a line, though it is written as an entity; a NUL has no shorter one either.
        weight.0 += text.chars().count() + 2 * text.matches(['\n', '\r', '\0']).count();
    }
    for value in node.get("attrs").and_then(Value::as_object).into_iter().flat_map(|attrs| attrs.values()) {
        weight.0 +=
            value.as_str().map_or_else(|| value.to_string().chars().count(), |text| text.chars().count());
    }
    for list in ["content", "marks"] {
        for child in node.get(list).and_then(Value::as_array).into_iter().flatten() {
            weigh(child, weight);
        }
    }
}

#[test]
fn markdown_is_never_long() {
    let mut over = Vec::new();
    for seed in 0..documents() {
        let value = Gen::new(seed).document();
        let markdown = adf::to_markdown(&Document::from_value(&value).expect("a legal document"));
        let mut weight = (0, 0, 0);
        weigh(&value, &mut weight);
        // Indentation is counted by line and level; what stands behind it by what it says.
        let length: usize = markdown
            .lines()
            .map(|line| line.trim_start_matches([' ', '>', '-', '*']).chars().count() + 1)
            .sum();
        let bound = 2 * weight.0 + 40 * weight.1 + 12 * weight.2 + 4 * markdown.lines().count();
        if length > bound {
            over.push((seed, length, bound));
        }
    }
    assert!(over.is_empty(), "longer than they may be: {over:?}");
}
