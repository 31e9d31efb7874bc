//! What is found in text that stands in the source as it is: emoji, bare addresses and names.

use std::ops::Range;

use super::super::node::{Kind, MarkKind, Node};
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
        let bytes = text.as_bytes();
        let mut done = 0;
        let mut at = 0;
        while at < bytes.len() {
            let from = &text[at..];
            let found = match bytes[at] {
                b':' => emoji(from),
                b'h' if !linked && from.starts_with("http") => {
                    let previous = if at == 0 { before } else { text[..at].chars().next_back() };
                    let free = previous.is_none_or(|previous| !previous.is_alphanumeric());
                    if free { card(from) } else { None }
                }
                b'@' if !linked => self.name(from),
                _ => None,
            };
            let Some((node, len)) = found else {
                // The next place in which something may start; it is no part of a longer character.
                at += 1;
                at += bytes[at..].iter().take_while(|byte| !matches!(byte, b':' | b'h' | b'@')).count();
                continue;
            };
            self.push(&text[done..at]);
            self.node(node);
            at += len;
            done = at;
        }
        self.push(&text[done..]);
    }

    /// `@[Name]` at the start of a text, and its length.
    fn name(&mut self, text: &str) -> Option<(Node, usize)> {
        let inside = text.strip_prefix("@[")?;
        let end = inside.bytes().take(200).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
        let is_name = end > 0 && inside.as_bytes()[end] == b']';
        is_name.then(|| (self.notes.mention(&inside[..end]), end + 3))
    }
}

/// Whether a text has a sign that a form or wiki markup needs. Looks at every byte without a branch, so that the
/// compiler can look at many at once; most text has none.
pub(super) fn has_sign(text: &str) -> bool {
    let is_sign =
        |byte: u8| [b':', b'@', b'{', b'|'].iter().fold(0, |seen, sign| seen | u8::from(byte == *sign));
    text.bytes().fold(0, |seen, byte| seen | is_sign(byte)) != 0
}

fn emoji(text: &str) -> Option<(Node, usize)> {
    let (len, character) = emoji::at_start(text)?;
    let node = Node::new(Kind::Emoji).with_attrs([
        ("shortName", text[..len].into()),
        ("id", emoji::id(character).into()),
        ("text", character.into()),
    ]);
    Some((node, len))
}

fn card(text: &str) -> Option<(Node, usize)> {
    let len = address::at_start(text)?;
    Some((Node::new(Kind::InlineCard).with_attrs([("url", text[..len].into())]), len))
}
