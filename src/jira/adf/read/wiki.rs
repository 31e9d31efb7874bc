//! Jira's old wiki markup, which is text in Markdown but was hardly meant as text.

use super::super::node::{Document, Kind, Node};

/// What of the wiki markup stands in the text of a document, each kind once.
pub(super) fn warnings(markdown: &str, document: &Document) -> Vec<String> {
    if !may_have(markdown) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for block in &document.content {
        walk(block, &mut found);
    }
    found
        .into_iter()
        .map(|(wiki, markdown)| {
            format!("`{wiki}` is Jira wiki markup and was kept as text; in Markdown write {markdown}")
        })
        .collect()
}

/// Whether a walk through the document is worth while.
fn may_have(markdown: &str) -> bool {
    let bytes = markdown.as_bytes();
    let next = |at: usize| bytes.get(at + 1).copied();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'{' => next(at).is_some_and(|next| b"cnqp{".contains(&next)),
        b'|' => next(at).is_some_and(|next| b"|h".contains(&next)),
        b'.' => at > 1 && next(at) == Some(b' ') && matches!(&bytes[at - 2..at], [b'h', b'1'..=b'6'] | b"bq"),
        _ => false,
    })
}

type Found = Vec<(&'static str, &'static str)>;

fn walk(node: &Node, found: &mut Found) {
    if node.kind == Kind::CodeBlock {
        return;
    }
    let flows = matches!(node.kind, Kind::Paragraph | Kind::TaskItem);
    for (at, child) in node.content.iter().enumerate() {
        if child.kind == Kind::Text {
            let starts = flows && (at == 0 || node.content[at - 1].kind == Kind::HardBreak);
            look(&child.text, starts, found);
            // The address has become a link of its own.
            let link = node.content.get(at + 1).is_some_and(|next| next.kind == Kind::InlineCard);
            if link && child.text.ends_with('|') && child.text.contains('[') {
                add(found, "[text|address]", "`[text](address)`");
            }
        } else {
            walk(child, found);
        }
    }
}

fn add(found: &mut Found, wiki: &'static str, markdown: &'static str) {
    if !found.contains(&(wiki, markdown)) {
        found.push((wiki, markdown));
    }
}

fn look(text: &str, starts: bool, found: &mut Found) {
    let mut add = |wiki, markdown| add(found, wiki, markdown);
    if starts {
        let bytes = text.as_bytes();
        if bytes.len() > 4 && bytes[0] == b'h' && (b'1'..=b'6').contains(&bytes[1]) && &bytes[2..4] == b". " {
            add("h1. ", "`# `");
        }
        if text.starts_with("bq. ") {
            add("bq. ", "`> `");
        }
        if text.starts_with("||") {
            add("||head||", "a `| a | b |` table");
        }
    }
    if !text.contains('{') && !text.contains('|') {
        return;
    }
    for (wiki, markdown) in [
        ("{code", "a ``` block"),
        ("{noformat", "a ``` block"),
        ("{quote}", "`> `"),
        ("{panel", "`> [!NOTE]`"),
        ("{color:", "`<font color=#ff5630>`"),
        ("{{", "`` `code` ``"),
    ] {
        if text.contains(wiki) {
            add(wiki, markdown);
        }
    }
}
