//! Code blocks: what the info line says beyond the language.

use super::super::markdown_writer::{CRLF, ESCAPED};
use super::super::node::{Kind, Node};
use super::super::tag::read_tag;
use super::html::breakout;

pub(super) fn code_block(info: &str, mut code: String) -> Node {
    let mut node = Node::new(Kind::CodeBlock);
    if code.ends_with('\n') {
        code.pop();
    }
    // The info line is the inside of a tag whose first word is the language.
    let info = info.trim();
    let (word, _) = info.split_once([' ', '\t', '{', ',']).unwrap_or((info, ""));
    let language = if word.contains('=') { "" } else { word };
    if !language.is_empty() {
        node.attrs.set("language", language);
    }
    let tag = format!("<code {}>", &info[language.len()..]);
    if let Some((tag, _)) = read_tag(&tag) {
        if let Some(language) = tag.attr("language") {
            node.attrs.set("language", language);
        }
        for name in ["wrap", "hideLineNumbers"] {
            if tag.attr(name) == Some("true") {
                node.attrs.set(name, true);
            }
        }
        if let Some(id) = tag.attr("uniqueId") {
            node.attrs.set("uniqueId", id);
        }
        match tag.attr("text") {
            Some(CRLF) => code = code.replace('\n', "\r\n"),
            Some(ESCAPED) => code = unescape_code(&code),
            _ => {}
        }
        node.marks.extend(breakout(&tag));
    }
    if !code.is_empty() {
        node.content = [Node::text(code)].into();
    }
    node
}

fn unescape_code(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                other => out.extend(other),
            },
            c => out.push(c),
        }
    }
    out
}
