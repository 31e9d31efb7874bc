//! Links and their addresses.

use super::super::address;
use super::super::canonical::significant;
use super::super::node::{Kind, Mark, MarkKind, Node};
use super::Writer;
use super::inline::{Line, is_plain_text};
use super::text::is_entity;

impl Writer {
    /// A smart link: a plain address where nothing around it would be read into it.
    pub(super) fn card(&mut self, node: &Node, rest: &[Node], table: bool) -> bool {
        let Some(url) = node.attrs.str("url") else { return false };
        if significant(node).count() != 1 || url.starts_with("accountid:") || url.starts_with("attachment:") {
            return false;
        }
        // Signs beyond ASCII mean nothing in Markdown.
        let starts = self.out.chars().next_back().is_none_or(|last| {
            matches!(last, ' ' | '\n' | '(') || !last.is_ascii() && !last.is_alphanumeric()
        });
        if starts && address::is_bare(url) && ends_address(rest) {
            self.out.push_str(url);
        } else {
            self.out.push_str("[](");
            push_address(&mut self.out, url, table);
            self.out.push(')');
        }
        true
    }
}

/// True where `[text](href "title")` says all of the link.
pub(super) fn is_plain_link(mark: &Mark) -> bool {
    let href = mark.attrs.str("href").unwrap_or_default();
    mark.kind == MarkKind::Link
        && !href.starts_with("accountid:")
        && !href.starts_with("attachment:")
        && !href.contains('\0')
        && mark.attrs.str("title").is_none_or(|title| !title.is_empty() && !title.contains('\0'))
        && mark.attrs.iter().all(|(key, _)| matches!(key, "href" | "title"))
}

pub(super) fn is_autolink(mark: &Mark, text: &str, line: Line) -> bool {
    mark.kind == MarkKind::Link
        && mark.attrs.iter().count() == 1
        && mark.attrs.str("href") == Some(text)
        && (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'))
        && (line != Line::Cell || !text.contains(['|', '\\']))
}

pub(super) fn push_destination(out: &mut String, mark: &Mark) {
    out.push_str("](");
    push_address(out, mark.attrs.str("href").unwrap_or_default(), true);
    if let Some(title) = mark.attrs.str("title") {
        out.push_str(" \"");
        push_quoted(out, title, "\"", true);
        out.push('"');
    }
    out.push(')');
}

/// Appends the address of a link or image.
pub(super) fn push_address(out: &mut String, address: &str, table: bool) {
    let bare = !address.is_empty()
        && !address.starts_with('<')
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '(' | ')'));
    if bare {
        push_quoted(out, address, "", table);
    } else {
        out.push('<');
        push_quoted(out, address, "<>", table);
        out.push('>');
    }
}

/// Appends text between delimiters of which `special` need a backslash.
fn push_quoted(out: &mut String, text: &str, special: &str, table: bool) {
    for (at, c) in text.char_indices() {
        let next = || text[at + 1..].bytes().next();
        match c {
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            // What Markdown would read as an escape, an entity or an end.
            '\\' if next().is_some_and(|next| !next.is_ascii_punctuation() && !next.is_ascii_control()) => {
                out.push(c);
            }
            '&' if !is_entity(&text.as_bytes()[at + 1..]) => out.push(c),
            '|' if !table => out.push(c),
            '\\' | '&' | '|' => {
                out.push('\\');
                out.push(c);
            }
            c => {
                if special.contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
}

/// True where the nodes behind a bare address let it end there: a blank or the end of the line, and before that only
/// signs that belong to the sentence.
fn ends_address(rest: &[Node]) -> bool {
    let ends = |node: Option<&Node>| node.is_none_or(|node| node.kind == Kind::HardBreak);
    match rest.first() {
        Some(next) if is_plain_text(next) && next.marks.is_empty() => {
            let after = next.words().trim_start_matches(['.', ',', ';', ':', '!', '?', ')']);
            after.starts_with(' ') || after.is_empty() && ends(rest.get(1))
        }
        next => ends(next),
    }
}
