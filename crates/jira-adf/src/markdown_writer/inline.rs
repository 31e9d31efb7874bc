//! Lines of text: marks as delimiters where Markdown reads them for certain, else as tags.

use std::borrow::Cow;

use super::super::canonical::{same_marks, significant};
use super::super::node::{Kind, Mark, MarkKind, Node};
use super::super::seal::{SealKind, is_sealed, seal};
use super::Writer;
use super::link::{is_autolink, is_plain_link, push_destination};
use super::mark::{agree, is_plain_mark, push_mark_tag, tag_name};
use super::text::{CharClass, TextPosition, push_text};

/// Kind of line that the text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A paragraph, which may have several lines.
    Paragraph,
    /// One line only.
    Single,
    /// One line only, and `#` at its end means something.
    Heading,
    /// A cell of a Markdown table.
    Cell,
}

/// A mark that is open, and how it was opened.
struct Open<'a> {
    mark: &'a Mark,
    at: usize,
    style: Style,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Markdown's delimiter, the same on both sides.
    Delimiter(&'static str),
    /// `[text](address)`.
    Link,
    /// A tag of this name.
    Tag(&'static str),
}

impl Writer {
    /// Writes inline nodes on the present line.
    pub(super) fn inlines(&mut self, nodes: &[Node], line: Line) {
        let mut stack: Vec<Open<'_>> = Vec::new();
        let mut at = 0;
        // Where the next text stands, so that marks stay open over what carries none; and the last of those between
        // that is no break.
        let mut next_text = 0;
        let mut last_other = 0;
        self.at_line_start = true;
        while at < nodes.len() {
            let node = &nodes[at];
            if !is_plain_text(node) {
                next_text = next_text.max(at + 1);
                while let Some(next) = nodes.get(next_text) {
                    if !is_plain_text(next) && next.kind != Kind::HardBreak {
                        last_other = next_text;
                    } else if !next.words().is_empty() {
                        break;
                    }
                    next_text += 1;
                }
                // A break in front of a link's end would be none.
                let in_link = node.kind == Kind::HardBreak && last_other <= at;
                let wanted = nodes.get(next_text).map_or(&[][..], |next| &next.marks);
                let keep = stack
                    .iter()
                    .take_while(|open| {
                        (open.mark.kind != MarkKind::Link || in_link) && wanted.contains(open.mark)
                    })
                    .count();
                let after = if matches!(node.kind, Kind::InlineCard) {
                    CharClass::Letter
                } else {
                    CharClass::Punctuation
                };
                self.close(&mut stack, keep, after);
                self.inline(node, nodes, at, line);
                at += 1;
                continue;
            }
            if node.words().is_empty() {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            let mut text = Cow::Borrowed(node.words());
            while nodes.get(end).is_some_and(|next| {
                is_plain_text(next) && (next.words().is_empty() || same_marks(&next.marks, &node.marks))
            }) {
                text.to_mut().push_str(nodes[end].words());
                end += 1;
            }
            self.marked(&mut stack, node, &text, line, nodes.get(end));
            at = end;
        }
        self.close(&mut stack, 0, CharClass::Space);
    }

    /// Writes text with its marks, opening and closing what differs from the text before.
    fn marked<'a>(
        &mut self,
        stack: &mut Vec<Open<'a>>,
        node: &'a Node,
        text: &str,
        line: Line,
        next: Option<&Node>,
    ) {
        let code = node.mark(MarkKind::Code).is_some();
        let first = if code {
            CharClass::Punctuation
        } else {
            text.chars().next().map_or(CharClass::Space, CharClass::of)
        };
        let keep = stack.iter().take_while(|open| node.marks.contains(open.mark)).count();
        let mut new: Vec<&Mark> = Vec::new();
        for mark in &node.marks {
            let open = stack[..keep].iter().any(|open| open.mark == mark);
            if mark.kind != MarkKind::Code && !open && !new.contains(&mark) {
                new.push(mark);
            }
        }
        new.sort_by_key(|mark| mark.kind);
        let after = if new.is_empty() { first } else { CharClass::Punctuation };
        self.close(stack, keep, after);
        if let [mark] = new[..]
            && keep == 0
            && is_autolink(mark, text, line)
            && !code
        {
            self.out.push('<');
            self.out.push_str(text);
            self.out.push('>');
            self.at_line_start = false;
            return;
        }
        for (index, mark) in new.iter().enumerate() {
            let inner = if index + 1 < new.len() { CharClass::Punctuation } else { first };
            self.open(stack, mark, inner);
        }
        if code {
            self.code(text, line, stack.iter().any(|open| open.style == Style::Link));
        } else {
            let place = TextPosition {
                line_start: self.at_line_start,
                block_end: next.is_none() && stack.is_empty(),
                table: line == Line::Cell,
                heading: line == Line::Heading,
                link: stack.iter().any(|open| open.style == Style::Link),
                before_emoji: next.is_some_and(|next| next.kind == Kind::Emoji),
            };
            push_text(&mut self.out, text, place);
        }
        self.at_line_start = false;
    }

    fn before(&self) -> CharClass {
        self.out.chars().next_back().map_or(CharClass::Space, CharClass::of)
    }

    fn open<'a>(&mut self, stack: &mut Vec<Open<'a>>, mark: &'a Mark, inner: CharClass) {
        let before = self.before();
        let anywhere = inner == CharClass::Letter || inner != CharClass::Space && before.is_break();
        let tag = tag_name(mark);
        let style = match mark.kind {
            MarkKind::Strong if anywhere => Style::Delimiter("**"),
            MarkKind::Strike if anywhere => Style::Delimiter("~~"),
            MarkKind::Em if inner != CharClass::Space && before.is_break() => Style::Delimiter("_"),
            MarkKind::Link
                if is_plain_link(mark) && !stack.iter().any(|open| open.mark.kind == MarkKind::Link) =>
            {
                Style::Link
            }
            _ => Style::Tag(tag),
        };
        stack.push(Open { mark, at: self.out.len(), style });
        match style {
            Style::Delimiter(delimiter) => self.out.push_str(delimiter),
            Style::Link => self.out.push('['),
            Style::Tag(name) => push_mark_tag(&mut self.out, name, mark),
        }
        self.at_line_start = false;
    }

    /// Closes marks until `keep` are left; `after` is what follows the last of them.
    fn close(&mut self, stack: &mut Vec<Open<'_>>, keep: usize, after: CharClass) {
        while stack.len() > keep {
            let Some(open) = stack.pop() else { return };
            let after = if stack.len() > keep { CharClass::Punctuation } else { after };
            match open.style {
                Style::Delimiter(delimiter) => {
                    let before = self.before();
                    let closes = match delimiter {
                        "_" => before != CharClass::Space && after.is_break(),
                        _ => before == CharClass::Letter || before != CharClass::Space && after.is_break(),
                    };
                    if closes {
                        self.out.push_str(delimiter);
                    } else {
                        // Markdown would not read it as an end here, so both sides become tags.
                        let name = tag_name(open.mark);
                        let range = open.at..open.at + delimiter.len();
                        self.out.replace_range(range, &format!("<{name}>"));
                        self.close_tag(name);
                    }
                }
                Style::Link => push_destination(&mut self.out, open.mark),
                Style::Tag(name) => self.close_tag(name),
            }
        }
    }

    pub(super) fn close_tag(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn code(&mut self, text: &str, line: Line, in_link: bool) {
        let spelled = text.contains(['\n', '\r', '\0'])
            || self.out.ends_with('`')
            || is_sealed(text)
            || line == Line::Cell && text.contains("\\|");
        if spelled {
            self.out.push_str("<code>");
            let place = TextPosition { table: line == Line::Cell, link: in_link, ..TextPosition::default() };
            push_text(&mut self.out, text, place);
            self.close_tag("code");
        } else if line == Line::Cell && text.contains('|') {
            self.code_span(&text.replace('|', "\\|"));
        } else {
            self.code_span(text);
        }
    }

    fn code_span(&mut self, text: &str) {
        let longest = longest_run(text, b'`');
        // A fence as long as no run inside; usually one.
        let fence = if longest == 0 { "`".into() } else { Cow::Owned("`".repeat(longest + 1)) };
        let blank = text.bytes().all(|byte| byte == b' ');
        let pad = text.starts_with('`')
            || text.ends_with('`')
            || !blank && text.starts_with(' ') && text.ends_with(' ');
        let pad = if pad { " " } else { "" };
        for part in [&fence, pad, text, pad, &fence] {
            self.out.push_str(part);
        }
    }

    /// A node that is sealed on the present line.
    pub(super) fn sealed(&mut self, node: &Node, kind: SealKind, table: bool) {
        if self.out.ends_with('`') {
            // Two code spans in a row would be one.
            self.out.push_str("<!---->");
        }
        let code = seal(node, kind);
        if table && code.contains('|') {
            // Only strings can hold a pipe, and JSON has another spelling for it.
            self.code_span(&code.replace('|', "\\u007c"));
        } else {
            self.code_span(&code);
        }
        self.at_line_start = false;
    }

    fn inline(&mut self, node: &Node, nodes: &[Node], at: usize, line: Line) {
        let table = line == Line::Cell;
        let written = node.rest.is_none()
            && node.content.is_empty()
            && node.marks.is_empty()
            && match node.kind {
                Kind::HardBreak => self.hard_break(node, at + 1 == nodes.len(), nodes.len() == 1, line),
                Kind::Mention => self.mention(node, nodes.get(at + 1), table),
                Kind::Emoji => self.emoji(node, table),
                Kind::Date => self.date(node),
                Kind::Status => self.status(node, table),
                Kind::Placeholder => self.placeholder(node, table),
                Kind::MediaInline => {
                    let alone = at == 0 && nodes.iter().all(|node| node.kind == Kind::MediaInline);
                    self.media_inline(node, alone, table)
                }
                Kind::InlineCard => self.card(node, &nodes[at + 1..], table),
                _ => false,
            };
        if !written {
            self.know_people(node);
            self.sealed(node, SealKind::Leaf, table);
        }
        if node.kind != Kind::HardBreak {
            self.at_line_start = false;
        }
    }

    fn hard_break(&mut self, node: &Node, last: bool, only: bool, line: Line) -> bool {
        if significant(node).next().is_some() || only && line == Line::Paragraph {
            return false;
        }
        let bare_line = self.at_line_start || self.out.ends_with("<br>");
        if line == Line::Paragraph && !last && !bare_line {
            self.out.push('\\');
            self.line();
            self.at_line_start = true;
        } else {
            self.out.push_str("<br>");
            self.at_line_start = false;
        }
        true
    }
}

/// True where this module writes a text itself, and not as a sealed form.
pub(super) fn is_plain_text(node: &Node) -> bool {
    node.kind == Kind::Text
        && node.rest.is_none()
        && node.attrs.is_empty()
        && (node.marks.is_empty() || node.marks.iter().all(is_plain_mark) && agree(&node.marks))
}

pub(super) fn longest_run(text: &str, wanted: u8) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
