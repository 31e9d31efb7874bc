//! ADF to Markdown to ADF is the identity, over documents generated from the grammar.

use std::collections::BTreeMap;

use jira_adf::{self as adf, Document, Kind, MarkKind};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};

use super::generate::Gen;

/// The number of documents that a run of the tests takes. More with `ADF_DOCUMENTS`.
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

/// Documents that the schema refuses or does not know yet come back, also where the forms could read over the oddity.
#[test]
fn odd_documents_come_back() {
    let text = |text: &str| json!({"type": "text", "text": text});
    let strong = |text: &str| json!({"type": "text", "text": text, "marks": [{"type": "strong"}]});
    let paragraph = |content: Value| json!({"type": "paragraph", "content": content});
    let link = |text: &str| json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": "/a"}}]});
    let sync = |block: Value| json!({"type": "bodiedSyncBlock", "attrs": {"resourceId": "r", "localId": "l"}, "content": [block]});
    let marked = |marks: Value| json!({"type": "paragraph", "content": [text("a")], "marks": marks});
    let align = |attrs: Value| json!({"type": "alignment", "attrs": attrs});
    let heart = json!({"type": "emoji", "attrs": {"shortName": ":tada:", "id": "1f389", "text": "🎉"}});
    let cell = |attrs: Value| json!({"type": "tableCell", "attrs": attrs, "content": [paragraph(json!([text("a")]))]});
    for block in [
        sync(marked(json!([align(json!({"align": "start"})), align(json!({"align": "center"}))]))),
        sync(marked(
            json!([{"type": "fontSize", "attrs": {"fontSize": "small"}}, align(json!({"align": "center", "future": 1}))]),
        )),
        sync(marked(
            json!(["odd", ["odd"], null, {"raw": 1}, {"type": "strong", "future": 1}, {"type": "strong"}]),
        )),
        json!({"type": "expand", "content": [paragraph(json!([]))], "marks": [
            {"type": "breakout", "attrs": {"mode": "x"}}, {"type": "breakout", "attrs": {"mode": "wide"}}]}),
        json!({"type": "expand", "attrs": {"title": "T"}, "content": [
            {"type": "nestedExpand", "attrs": {"title": "N", "future": 1}, "content": [paragraph(json!([text("a")]))]}]}),
        json!({"type": "extension", "attrs": {"extensionKey": "a", "extensionType": "b", "key": "c"}}),
        json!({"type": "extension", "attrs": {"type": "c", "rest": 1, "content": [], "marks": "m"}, "future": 1}),
        json!({"type": "bulletList", "content": [text("")]}),
        json!({"type": "rule", "content": [paragraph(json!([text("a")]))]}),
        json!({"type": "blockCard", "attrs": {"url": "https://x.y"}, "content": [text("a")]}),
        paragraph(json!([text("a:heart"), strong(""), heart])),
        paragraph(
            json!([link("a"), {"type": "hardBreak"}, link(""), heart, {"type": "hardBreak"}, link("b")]),
        ),
        paragraph(json!([text("a &amp"), strong(""), text(";")])),
        paragraph(json!([text("a "), strong("")])),
        json!({"type": "table", "content": [
            {"type": "tableRow", "content": [cell(json!({"colwidth": [90]})), cell(json!({}))]}]}),
    ] {
        comes_back(&super::doc(json!([block])));
    }
    comes_back(
        &json!({"type": "doc", "version": 1, "future": {"a": 1}, "content": [paragraph(json!([text("a")]))]}),
    );
}

fn comes_back(value: &Value) {
    let document = Document::from_value(value).expect("a document");
    let markdown = adf::to_markdown(&document);
    let parsed = adf::from_markdown(&markdown).unwrap_or_else(|error| panic!("{value}: {error}\n{markdown}"));
    assert_eq!(adf::canonical(&parsed.document), adf::canonical(&document), "{markdown}");
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

/// The kinds for which Markdown has words of its own.
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

/// The measure of the length of a document's Markdown.
#[derive(Default)]
struct Weight {
    /// Characters of text, addresses and values of attributes.
    said: usize,
    /// Nodes that Markdown has no words for, and those that carry what it has no words for.
    special: usize,
    /// Other nodes, and marks.
    other: usize,
}

impl Weight {
    fn bound(&self) -> usize {
        2 * self.said + 40 * self.special + 12 * self.other
    }

    fn add(&mut self, node: &Value) {
        let Some(map) = node.as_object() else { return };
        let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
        let has = |list: &str| map.get(list).and_then(Value::as_array).is_some_and(|items| !items.is_empty());
        let sets = |name: &str| node["attrs"].get(name).is_some_and(|value| *value != Value::Bool(false));
        let is_marked_block = has("marks") && !matches!(kind, "text" | "hardBreak");
        let is_set_code =
            kind == "codeBlock" && ["uniqueId", "wrap", "hideLineNumbers"].into_iter().any(sets);
        if COMMON.contains(&kind) && !is_marked_block && !is_set_code {
            self.other += 1;
        } else {
            self.special += 1;
        }
        for (key, value) in map {
            match (key.as_str(), value) {
                ("type", _) | ("content" | "marks" | "attrs", Value::Null) => {}
                ("content" | "marks", Value::Array(items)) => items.iter().for_each(|item| self.add(item)),
                ("attrs", Value::Object(attrs)) => {
                    // Where nothing refers to it, it is not written.
                    let written = |key: &str| {
                        key != "localId"
                            || kind == "fragment"
                            || kind.ends_with("xtension")
                            || kind.ends_with("yncBlock")
                    };
                    let values =
                        attrs.iter().filter(|(key, _)| written(key)).map(|(_, value)| spelled(value));
                    self.said += values.sum::<usize>();
                }
                ("text", Value::String(_)) => self.said += spelled(value),
                _ => self.said += key.len() + value.to_string().chars().count(),
            }
        }
    }
}

/// Characters of a value. One that has to be spelled by its number counts as three.
fn spelled(value: &Value) -> usize {
    let Value::String(text) = value else { return value.to_string().chars().count() };
    text.chars().map(|c| if c.is_control() || "|\"".contains(c) { 3 } else { 1 }).sum()
}

/// For each line the quotes and list items around it, in all.
fn levels(markdown: &str) -> usize {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Start(Tag::BlockQuote(_) | Tag::Item)))
        .map(|(_, range)| markdown[range].trim_end().lines().count())
        .sum()
}

#[test]
fn markdown_is_never_long() {
    let mut over = Vec::new();
    for seed in 0..documents() {
        let value = Gen::new(seed).document();
        let markdown = adf::to_markdown(&Document::from_value(&value).expect("a legal document"));
        let mut weight = Weight::default();
        weight.add(&value);
        let (length, bound) = (markdown.chars().count(), weight.bound() + 4 * levels(&markdown));
        if length > bound {
            over.push((seed, length, bound));
        }
    }
    assert!(over.is_empty(), "longer than they may be: {over:?}");
}
