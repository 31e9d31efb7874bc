//! The search for emoji, bare addresses and names in text that stands in the source as it is.

use std::ops::Range;

use super::super::node::{AttrValue, Kind, MarkKind, Node};
use super::super::text::byte_set;
use super::super::{address, emoji};
use super::line::Builder;

impl Builder<'_, '_, '_> {
    /// Text of the source, without an escape in it.
    pub(super) fn verbatim(&mut self, range: Range<usize>) {
        let before = self.source[..range.start].chars().next_back();
        let text = &self.source[range];
        // A backslash right before is an escape, or it would be in the text: what it escapes is literal.
        let literal = if before == Some('\\') { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
        self.push(&text[..literal]);
        self.scan(&text[literal..], text[..literal].chars().next().or(before));
    }

    fn scan(&mut self, text: &str, before: Option<char>) {
        if !has_sign(text) || self.is_on(MarkKind::Code) {
            return self.push(text);
        }
        self.maybe_wiki = true;
        let linked = self.is_on(MarkKind::Link);
        let mut done = 0;
        let mut at = 0;
        while let Some(next) = text[at..].bytes().position(|byte| matches!(byte, b':' | b'@')) {
            at += next;
            let found = match text.as_bytes()[at] {
                b'@' if !linked => self.name(&text[at..]).map(|(node, len)| (at, node, len)),
                b'@' => None,
                _ if text[at..].starts_with("://") => {
                    if linked {
                        None
                    } else {
                        card(text, done, at, before)
                    }
                }
                _ => emoji(&text[at..]).map(|(node, len)| (at, node, len)),
            };
            let Some((start, node, len)) = found else {
                at += 1;
                continue;
            };
            self.push(&text[done..start]);
            self.node(node);
            at = start + len;
            done = at;
        }
        self.push(&text[done..]);
    }

    /// The mention `@[Name]` at the start of a text, and its length.
    fn name(&mut self, text: &str) -> Option<(Node, usize)> {
        let inside = text.strip_prefix("@[")?;
        let end = inside.bytes().take(200).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
        let is_name = end > 0 && inside.as_bytes()[end] == b']';
        is_name.then(|| (self.context.mention(&inside[..end]), end + 3))
    }
}

/// True where a text has a sign that a form or wiki markup needs; most text has none.
pub(super) fn has_sign(text: &str) -> bool {
    text.bytes().any(|byte| IS_SIGN[usize::from(byte)])
}

const IS_SIGN: [bool; 256] = byte_set(b":@{|");

fn emoji(text: &str) -> Option<(Node, usize)> {
    let (len, character) = emoji::at_start(text)?;
    let node = Node::new(Kind::Emoji).with_attrs([
        ("shortName", text[..len].into()),
        ("id", emoji::id(character).into()),
        ("text", AttrValue::word(character)),
    ]);
    Some((node, len))
}

/// The bare address around the `://` at `colon`: where it starts, from `done` on, its node and its length. `before` is
/// what stands in front of the text.
fn card(text: &str, done: usize, colon: usize, before: Option<char>) -> Option<(usize, Node, usize)> {
    let scheme = ["https", "http"].into_iter().find(|scheme| text[done..colon].ends_with(scheme))?;
    let start = colon - scheme.len();
    let previous = if start == 0 { before } else { text[..start].chars().next_back() };
    if previous.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let len = address::at_start(&text[start..])?;
    let node = Node::new(Kind::InlineCard).with_attrs([("url", text[start..start + len].into())]);
    Some((start, node, len))
}
