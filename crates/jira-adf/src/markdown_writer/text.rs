//! Literal text in Markdown: the fewest escapes after which the same characters are read again.

use super::super::text::byte_set;

/// Surroundings of a piece of text.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "any of these goes with any other")]
pub(super) struct TextPosition {
    /// True where the text is the first on its line.
    pub line_start: bool,
    /// True where the text is the last of its block.
    pub block_end: bool,
    /// True in a table cell.
    pub table: bool,
    /// True in a heading.
    pub heading: bool,
    /// True in the text of a link.
    pub link: bool,
    /// True right before an emoji, which starts with a colon.
    pub before_emoji: bool,
}

/// Class of a character in the rules of emphasis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CharClass {
    Space,
    Punctuation,
    Letter,
    /// Symbols that `CommonMark` versions class differently.
    Unsure,
}

impl CharClass {
    pub(super) fn of(c: char) -> Self {
        if c.is_ascii_punctuation() {
            Self::Punctuation
        } else if c.is_alphanumeric() {
            Self::Letter
        } else if c.is_whitespace() {
            Self::Space
        } else {
            Self::Unsure
        }
    }

    /// True for space and punctuation, but for symbols that `CommonMark` versions class differently.
    pub(super) fn is_break(self) -> bool {
        matches!(self, Self::Space | Self::Punctuation)
    }
}

const SPECIAL: [bool; 256] = byte_set(b"\\`*_~<&[]!@:|#\n\r\0");

/// Appends `text` so that Markdown reads exactly it.
pub(super) fn push_text(out: &mut String, text: &str, place: TextPosition) {
    let mut text = text;
    if place.line_start {
        text = push_line_start(out, text, place);
    }
    match text.bytes().next_back().filter(|byte| place.block_end && is_blank(*byte)) {
        Some(last) => {
            push_middle(out, &text[..text.len() - 1], place);
            push_entity(out, last);
        }
        None => push_middle(out, text, place),
    }
}

fn push_middle(out: &mut String, text: &str, place: TextPosition) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !SPECIAL[usize::from(byte)] {
            continue;
        }
        match byte {
            b'\n' | b'\r' | b'\0' => {
                out.push_str(&text[done..at]);
                push_entity(out, byte);
                done = at + 1;
            }
            _ if needs_escape(text, at, byte, place) => {
                out.push_str(&text[done..at]);
                out.push('\\');
                done = at;
            }
            _ => {}
        }
    }
    out.push_str(&text[done..]);
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

fn push_entity(out: &mut String, byte: u8) {
    out.push_str("&#");
    out.push_str(&byte.to_string());
    out.push(';');
}

fn needs_escape(text: &str, at: usize, byte: u8, place: TextPosition) -> bool {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied();
    let spaced = || at > 0 && bytes[at - 1] == b' ' && next == Some(b' ');
    match byte {
        b'`' => true,
        b'\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next.is_ascii_control()),
        b'*' | b'~' => !spaced(),
        b'_' => !spaced() && !inside_word(text, at),
        b'<' => {
            next.is_none_or(|next| next.is_ascii_alphabetic() || b"/!?".contains(&next))
                || is_mail(&bytes[at + 1..], place.block_end)
        }
        b'&' => is_entity(&bytes[at + 1..]),
        b'[' => place.link,
        b']' => place.link || next.is_none_or(|next| next == b'('),
        b'!' | b'@' => next.is_none_or(|next| next == b'['),
        b':' => is_colon_special(text, at, place),
        b'|' => place.table,
        b'#' => place.heading && place.block_end && next.is_none(),
        _ => false,
    }
}

fn inside_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + 1..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

/// True where the text behind a `<` may be an address in `<name@host>`, of which the text may hold only the start.
fn is_mail(after: &[u8], block_end: bool) -> bool {
    let end = after.iter().take(300).position(|byte| byte.is_ascii_whitespace() || b"<>".contains(byte));
    match end {
        Some(end) => after[end] == b'>' && after[..end].contains(&b'@'),
        None => !block_end || after.len() > 300,
    }
}

/// True where the text behind a `&` makes one character with it.
pub(super) fn is_entity(after: &[u8]) -> bool {
    let name = after.strip_prefix(b"#").unwrap_or(after);
    let end = name.iter().take(40).position(|byte| !byte.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name[end] == b';')
}

/// True where a colon would make an emoji or a bare address of what is literal text.
fn is_colon_special(text: &str, at: usize, place: TextPosition) -> bool {
    let (before, rest) = text.split_at(at);
    if rest.starts_with("://") && (before.ends_with("http") || before.ends_with("https")) {
        return true;
    }
    let name = &rest.as_bytes()[1..];
    let end = name.iter().take(40).position(|byte| !is_emoji_letter(*byte));
    match end {
        // The name runs to the end of the text, where an emoji lends its colon.
        None => place.before_emoji && name.len() < 40 && !name.is_empty(),
        Some(end) => name[end] == b':' && end > 0 && super::super::emoji::at_start(rest).is_some(),
    }
}

fn is_emoji_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(&byte)
}

/// Writes what has to be different at the start of a line, and gives back the rest.
fn push_line_start<'a>(out: &mut String, text: &'a str, place: TextPosition) -> &'a str {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else { return text };
    let next = bytes.get(1).copied();
    match first {
        b' ' | b'\t' | 0x0b | 0x0c => {
            push_entity(out, first);
            &text[1..]
        }
        b'>' => escaped(out, text, 1),
        b'[' if !place.link => escaped(out, text, 1),
        b'#' => {
            let run = bytes.iter().take_while(|byte| **byte == b'#').count();
            let ends = bytes.get(run).is_none_or(|byte| is_blank(*byte));
            if run <= 6 && ends { escaped(out, text, 1) } else { text }
        }
        b'-' | b'+' | b'=' | b':' | b'|' if next.is_none_or(|next| !next.is_ascii_alphanumeric()) => {
            if first == b'|' && place.table {
                return text;
            }
            // The colon may be escaped for its own reasons.
            if first == b':' && needs_escape(text, 0, first, place) {
                return text;
            }
            escaped(out, text, 1)
        }
        b'0'..=b'9' => {
            let digits = bytes.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            let marker = digits <= 9 && matches!(bytes.get(digits), Some(b'.' | b')'));
            if marker && bytes.get(digits + 1).is_none_or(|byte| is_blank(*byte)) {
                out.push_str(&text[..digits]);
                return escaped(out, &text[digits..], 1);
            }
            text
        }
        _ => text,
    }
}

fn escaped<'a>(out: &mut String, text: &'a str, len: usize) -> &'a str {
    out.push('\\');
    out.push_str(&text[..len]);
    &text[len..]
}
