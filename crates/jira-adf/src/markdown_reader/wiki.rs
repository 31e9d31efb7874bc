//! Jira's old wiki markup, which is text in Markdown but was hardly meant as text.

use super::super::node::{Kind, MarkKind, Node};

/// Forms that were found, each once, with what Markdown has for them.
pub(super) type Found = Vec<(&'static str, &'static str)>;

/// The warnings about the forms that were found.
pub(super) fn warnings(found: Found) -> Vec<String> {
    found
        .into_iter()
        .map(|(wiki, markdown)| {
            format!("`{wiki}` is Jira wiki markup and was kept as text; in Markdown write {markdown}")
        })
        .collect()
}

/// Looks for wiki markup in a line. In a paragraph some of it counts at the start of a line; `signs` says whether
/// there can be a brace or bar.
pub(super) fn find_wiki_markup(line: &[Node], paragraph: bool, signs: bool, found: &mut Found) {
    for (at, node) in line.iter().enumerate() {
        if node.kind != Kind::Text {
            continue;
        }
        let text = node.words();
        if paragraph && (at == 0 || line[at - 1].kind == Kind::HardBreak) {
            find_at_start(text, found);
        }
        if signs && node.mark(MarkKind::Code).is_none() {
            find_inside(text, found);
            // The address has become a link of its own.
            let linked = line.get(at + 1).is_some_and(|next| next.kind == Kind::InlineCard);
            if linked && text.ends_with('|') && text.contains('[') {
                add(found, "[text|address]", "`[text](address)`");
            }
        }
    }
}

fn add(found: &mut Found, wiki: &'static str, markdown: &'static str) {
    if !found.contains(&(wiki, markdown)) {
        found.push((wiki, markdown));
    }
}

/// Looks for wiki markup at the start of a line.
pub(super) fn find_at_start(text: &str, found: &mut Found) {
    match text.as_bytes() {
        [b'h', b'1'..=b'6', b'.', b' ', _, ..] => add(found, "h1. ", "`# `"),
        [b'b', b'q', b'.', b' ', ..] => add(found, "bq. ", "`> `"),
        [b'|', b'|', ..] => add(found, "||head||", "a `| a | b |` table"),
        _ => {}
    }
}

fn find_inside(text: &str, found: &mut Found) {
    if !text.contains('{') {
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
            add(found, wiki, markdown);
        }
    }
}
