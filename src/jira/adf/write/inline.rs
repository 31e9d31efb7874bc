//! Lines of text: marks as delimiters where Markdown reads them for certain, else as tags.

use std::borrow::Cow;

use serde_json::Value;

use super::super::canonical::{same_marks, significant};
use super::super::node::{Kind, Mark, MarkKind, Node};
use super::super::seal::{Flavor, is_sealed, seal};
use super::super::tag::push_attr;
use super::super::{date, emoji, grammar};
use super::Writer;
use super::text::{Class, Place, push_text};

/// What kind of line the text is in.
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
        // Where the next text stands, so that marks stay open over what carries none.
        let mut next_text = 0;
        self.fresh = true;
        while at < nodes.len() {
            let node = &nodes[at];
            if !is_plain_text(node) {
                next_text = next_text.max(at + 1);
                while nodes.get(next_text).is_some_and(|next| !is_plain_text(next)) {
                    next_text += 1;
                }
                let wanted = nodes.get(next_text).map_or(&[][..], |next| &next.marks);
                let keep = stack
                    .iter()
                    .take_while(|open| {
                        (open.mark.kind != MarkKind::Link || node.kind == Kind::HardBreak)
                            && wanted.contains(open.mark)
                    })
                    .count();
                let after =
                    if matches!(node.kind, Kind::InlineCard) { Class::Letter } else { Class::Punctuation };
                self.close(&mut stack, keep, after);
                self.inline(node, nodes, at, line);
                at += 1;
                continue;
            }
            let mut end = at + 1;
            let mut text = Cow::Borrowed(node.text.as_str());
            while nodes
                .get(end)
                .is_some_and(|next| is_plain_text(next) && same_marks(&next.marks, &node.marks))
            {
                text.to_mut().push_str(&nodes[end].text);
                end += 1;
            }
            if !text.is_empty() {
                self.marked(&mut stack, node, &text, line, end == nodes.len());
            }
            at = end;
        }
        self.close(&mut stack, 0, Class::Space);
    }

    /// Writes text with its marks, opening and closing what differs from the text before.
    fn marked<'a>(&mut self, stack: &mut Vec<Open<'a>>, node: &'a Node, text: &str, line: Line, last: bool) {
        let code = node.mark(MarkKind::Code).is_some();
        let first =
            if code { Class::Punctuation } else { text.chars().next().map_or(Class::Space, Class::of) };
        let keep = stack.iter().take_while(|open| node.marks.contains(open.mark)).count();
        let mut new: Vec<&Mark> = Vec::new();
        for mark in &node.marks {
            let open = stack[..keep].iter().any(|open| open.mark == mark);
            if mark.kind != MarkKind::Code && !open && !new.contains(&mark) {
                new.push(mark);
            }
        }
        new.sort_by_key(|mark| mark.kind);
        let after = if new.is_empty() { first } else { Class::Punctuation };
        self.close(stack, keep, after);
        if let [mark] = new[..]
            && keep == 0
            && is_autolink(mark, text, line)
            && !code
        {
            self.out.push('<');
            self.out.push_str(text);
            self.out.push('>');
            self.fresh = false;
            return;
        }
        for (index, mark) in new.iter().enumerate() {
            let inner = if index + 1 < new.len() { Class::Punctuation } else { first };
            self.open(stack, mark, inner);
        }
        if code {
            self.code(text, line, stack.iter().any(|open| open.style == Style::Link));
        } else {
            let place = Place {
                line_start: self.fresh,
                block_end: last && stack.is_empty(),
                table: line == Line::Cell,
                heading: line == Line::Heading,
                link: stack.iter().any(|open| open.style == Style::Link),
            };
            push_text(&mut self.out, text, place);
        }
        self.fresh = false;
    }

    fn before(&self) -> Class {
        self.out.chars().next_back().map_or(Class::Space, Class::of)
    }

    fn open<'a>(&mut self, stack: &mut Vec<Open<'a>>, mark: &'a Mark, inner: Class) {
        let before = self.before();
        let anywhere = inner == Class::Letter || inner != Class::Space && before.is_break();
        let tag = tag_name(mark);
        let style = match mark.kind {
            MarkKind::Strong if anywhere => Style::Delimiter("**"),
            MarkKind::Strike if anywhere => Style::Delimiter("~~"),
            MarkKind::Em if inner != Class::Space && before.is_break() => Style::Delimiter("_"),
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
        self.fresh = false;
    }

    /// Closes marks until `keep` are left; `after` is what follows the last of them.
    fn close(&mut self, stack: &mut Vec<Open<'_>>, keep: usize, after: Class) {
        while stack.len() > keep {
            let Some(open) = stack.pop() else { return };
            let after = if stack.len() > keep { Class::Punctuation } else { after };
            match open.style {
                Style::Delimiter(delimiter) => {
                    let before = self.before();
                    let closes = match delimiter {
                        "_" => before != Class::Space && after.is_break(),
                        _ => before == Class::Letter || before != Class::Space && after.is_break(),
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
            let place = Place { table: line == Line::Cell, link: in_link, ..Place::default() };
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
    pub(super) fn sealed(&mut self, node: &Node, flavor: Flavor, table: bool) {
        if self.out.ends_with('`') {
            // Two code spans in a row would be one.
            self.out.push_str("<!---->");
        }
        let code = seal(node, flavor);
        if table && code.contains('|') {
            // Only strings can hold a pipe, and JSON has another spelling for it.
            self.code_span(&code.replace('|', "\\u007c"));
        } else {
            self.code_span(&code);
        }
        self.fresh = false;
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
            self.sealed(node, Flavor::Leaf, table);
        }
        if node.kind != Kind::HardBreak {
            self.fresh = false;
        }
    }

    fn hard_break(&mut self, node: &Node, last: bool, only: bool, line: Line) -> bool {
        if significant(node).next().is_some() || only && line == Line::Paragraph {
            return false;
        }
        let bare_line = self.fresh || self.out.ends_with("<br>");
        if line == Line::Paragraph && !last && !bare_line {
            self.out.push('\\');
            self.line();
            self.fresh = true;
        } else {
            self.out.push_str("<br>");
            self.fresh = false;
        }
        true
    }

    fn mention(&mut self, node: &Node, next: Option<&Node>, table: bool) -> bool {
        let mut query = String::new();
        let (mut id, mut name) = ("", "");
        for (key, value) in significant(node) {
            match (key, value.as_str()) {
                ("id", Some(value)) if is_id(value) => id = value,
                ("text", Some(value)) if value.len() > 1 && value.starts_with('@') => name = &value[1..],
                ("accessLevel", Some(value))
                | ("userType", Some(value @ ("DEFAULT" | "SPECIAL" | "APP")))
                    if is_id(value) =>
                {
                    query.push(if query.is_empty() { '?' } else { '&' });
                    query.push_str(key);
                    query.push('=');
                    query.push_str(value);
                }
                _ => return false,
            }
        }
        if id.is_empty() {
            return false;
        }
        self.out.push_str("@[");
        push_text(&mut self.out, name, Place { link: true, table, ..Place::default() });
        self.out.push(']');
        let target = format!("{id}{query}");
        if is_plain_name(name) && ends_name(next) && self.people.get(name) == Some(&target) {
            return true;
        }
        self.out.push_str("(accountid:");
        self.out.push_str(&target);
        self.out.push(')');
        self.people.entry(name.to_owned()).or_insert(target);
        true
    }

    /// Names in what is sealed are read too, so later mentions of them are written in full.
    pub(super) fn know_people(&mut self, node: &Node) {
        if let (Kind::Mention, Some(name)) =
            (node.kind, node.attrs.str("text").and_then(|text| text.strip_prefix('@')))
        {
            self.people.entry(name.to_owned()).or_default();
        }
        for child in &node.content {
            self.know_people(child);
        }
    }

    fn emoji(&mut self, node: &Node, table: bool) -> bool {
        let Some(short) = node.attrs.str("shortName") else { return false };
        let (id, text) = (node.attrs.str("id"), node.attrs.str("text"));
        if significant(node)
            .any(|(key, value)| !matches!(key, "shortName" | "id" | "text") || !value.is_string())
        {
            return false;
        }
        let name = short.strip_prefix(':').and_then(|name| name.strip_suffix(':'));
        let known = name.and_then(emoji::character);
        if known.is_some() && text == known && id == known.map(emoji::id).as_deref() {
            self.out.push_str(short);
            return true;
        }
        self.out.push_str("<emoji");
        for (key, value) in [("id", id), ("text", text)] {
            if let Some(value) = value {
                push_attr(&mut self.out, key, value);
            }
        }
        self.out.push('>');
        push_text(&mut self.out, short, Place { table, ..Place::default() });
        self.close_tag("emoji");
        true
    }

    fn date(&mut self, node: &Node) -> bool {
        let Some(stamp) = node.attrs.str("timestamp") else { return false };
        if significant(node).count() != 1 {
            return false;
        }
        let shown = match date::from_timestamp(stamp) {
            Some(day) => day,
            None if stamp.len() < 20
                && stamp.bytes().all(|byte| byte.is_ascii_digit())
                && !stamp.is_empty() =>
            {
                stamp.to_owned()
            }
            None => return false,
        };
        self.out.push_str("<date>");
        self.out.push_str(&shown);
        self.close_tag("date");
        true
    }

    fn status(&mut self, node: &Node, table: bool) -> bool {
        let (Some(text), Some(color)) = (node.attrs.str("text"), node.attrs.str("color")) else {
            return false;
        };
        let known =
            |(key, value): (&str, &Value)| matches!(key, "text" | "color" | "style") && value.is_string();
        if text.is_empty() || !grammar::is_status_color(color) || !significant(node).all(known) {
            return false;
        }
        self.out.push_str("<status");
        if color.starts_with('#') {
            push_attr(&mut self.out, "color", color);
        } else {
            self.out.push(' ');
            self.out.push_str(color);
        }
        if let Some(style) = node.attrs.str("style") {
            push_attr(&mut self.out, "style", style);
        }
        self.out.push('>');
        push_text(&mut self.out, text, Place { table, ..Place::default() });
        self.close_tag("status");
        true
    }

    fn placeholder(&mut self, node: &Node, table: bool) -> bool {
        let Some(text) = node.attrs.str("text") else { return false };
        if significant(node).count() != 1 {
            return false;
        }
        self.out.push_str("<placeholder>");
        push_text(&mut self.out, text, Place { table, ..Place::default() });
        self.close_tag("placeholder");
        true
    }

    fn card(&mut self, node: &Node, rest: &[Node], table: bool) -> bool {
        let Some(url) = node.attrs.str("url") else { return false };
        if significant(node).count() != 1 || url.starts_with("accountid:") || url.starts_with("attachment:") {
            return false;
        }
        // Signs beyond ASCII mean nothing in Markdown.
        let starts = self.out.chars().next_back().is_none_or(|last| {
            matches!(last, ' ' | '\n' | '(') || !last.is_ascii() && !last.is_alphanumeric()
        });
        if starts && super::super::address::is_bare(url) && ends_address(rest) {
            self.out.push_str(url);
        } else {
            self.out.push_str("[](");
            push_address(&mut self.out, url, table);
            self.out.push(')');
        }
        true
    }
}

/// Whether a name reads the same without any escape.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\''))
}

/// Whether what follows a name in brackets leaves it one.
fn ends_name(next: Option<&Node>) -> bool {
    next.is_none_or(|next| {
        next.kind == Kind::HardBreak
            || next.kind == Kind::Text
                && next.marks.is_empty()
                && next.text.starts_with([' ', '.', ',', ';', '!', '?', ')', '\''])
    })
}

/// Text that this module writes itself, and not as a sealed form.
fn is_plain_text(node: &Node) -> bool {
    node.kind == Kind::Text
        && node.rest.is_none()
        && node.attrs.is_empty()
        && (node.marks.is_empty() || node.marks.iter().all(is_plain_mark) && agree(&node.marks))
}

/// Code goes with links and annotations only.
fn agree(marks: &[Mark]) -> bool {
    !marks.iter().any(|mark| mark.kind == MarkKind::Code)
        || marks
            .iter()
            .all(|mark| matches!(mark.kind, MarkKind::Code | MarkKind::Link | MarkKind::Annotation))
}

pub(super) fn is_plain_mark(mark: &Mark) -> bool {
    let only =
        |names: &[&str]| mark.attrs.iter().all(|(key, value)| names.contains(&key) && value.is_string());
    mark.rest.is_none()
        && match mark.kind {
            MarkKind::Strong | MarkKind::Em | MarkKind::Strike | MarkKind::Underline | MarkKind::Code => {
                mark.attrs.is_empty()
            }
            MarkKind::Subsup => only(&["type"]) && matches!(mark.attrs.str("type"), Some("sub" | "sup")),
            MarkKind::TextColor | MarkKind::BackgroundColor => {
                only(&["color"]) && mark.attrs.str("color").is_some_and(grammar::is_hex_color)
            }
            MarkKind::Annotation => {
                only(&["id", "annotationType"])
                    && mark.attrs.str("id").is_some()
                    && mark.attrs.str("annotationType") == Some("inlineComment")
            }
            MarkKind::Link => {
                only(&["href", "title", "id", "collection", "occurrenceKey"])
                    && mark.attrs.str("href").is_some()
            }
            _ => false,
        }
}

pub(super) fn tag_name(mark: &Mark) -> &'static str {
    match mark.kind {
        MarkKind::Strong => "b",
        MarkKind::Em => "i",
        MarkKind::Strike => "s",
        MarkKind::Underline => "u",
        MarkKind::Subsup if mark.attrs.str("type") == Some("sub") => "sub",
        MarkKind::Subsup => "sup",
        MarkKind::TextColor => "font",
        MarkKind::BackgroundColor => "mark",
        MarkKind::Annotation => "annotation",
        _ => "a",
    }
}

pub(super) fn push_mark_tag(out: &mut String, name: &str, mark: &Mark) {
    out.push('<');
    out.push_str(name);
    match mark.kind {
        MarkKind::TextColor | MarkKind::BackgroundColor => {
            push_attr(out, "color", mark.attrs.str("color").unwrap_or_default());
        }
        MarkKind::Annotation => push_attr(out, "id", mark.attrs.str("id").unwrap_or_default()),
        MarkKind::Link => {
            for (key, value) in mark.attrs.iter() {
                push_attr(out, key, value.as_str().unwrap_or_default());
            }
        }
        _ => {}
    }
    out.push('>');
}

/// Whether `[text](href "title")` says all of it.
pub(super) fn is_plain_link(mark: &Mark) -> bool {
    let href = mark.attrs.str("href").unwrap_or_default();
    mark.kind == MarkKind::Link
        && !href.starts_with("accountid:")
        && !href.starts_with("attachment:")
        && !href.contains('\0')
        && mark.attrs.str("title").is_none_or(|title| !title.is_empty() && !title.contains('\0'))
        && mark.attrs.iter().all(|(key, _)| matches!(key, "href" | "title"))
}

fn is_autolink(mark: &Mark, text: &str, line: Line) -> bool {
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
pub(super) fn push_quoted(out: &mut String, text: &str, special: &str, table: bool) {
    for (at, c) in text.char_indices() {
        let next = || text[at + 1..].bytes().next();
        match c {
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            // What Markdown would read as an escape, an entity or an end.
            '\\' if next().is_some_and(|next| !next.is_ascii_punctuation() && !next.is_ascii_control()) => {
                out.push(c);
            }
            '&' if next().is_none_or(|next| !next.is_ascii_alphabetic() && next != b'#') => out.push(c),
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

/// Whether what follows lets a bare address end where it ends: a blank or the end of the line, and before that only
/// signs that belong to the sentence.
fn ends_address(rest: &[Node]) -> bool {
    let ends = |node: Option<&Node>| node.is_none_or(|node| node.kind == Kind::HardBreak);
    match rest.first() {
        Some(next) if is_plain_text(next) && next.marks.is_empty() => {
            let after = next.text.trim_start_matches(['.', ',', ';', ':', '!', '?', ')']);
            after.starts_with(' ') || after.is_empty() && ends(rest.get(1))
        }
        next => ends(next),
    }
}

pub(super) fn longest_run(text: &str, wanted: u8) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Ids that need no quoting: account ids, access levels.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
}
