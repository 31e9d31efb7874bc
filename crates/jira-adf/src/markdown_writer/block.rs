//! Blocks: each in its own form, with a wrapper for what that form cannot say.

use std::fmt::Write as _;

use super::super::canonical::significant;
use super::super::grammar::{self, ALERTS};
use super::super::node::{AttrValue, Kind, Mark, MarkKind, Node};
use super::super::seal::{self, SealKind};
use super::super::tag::push_attr;
use super::Writer;
use super::inline::{Line, longest_run};
use super::list::Marker;

impl Writer {
    /// Writes blocks, the first of them on the present line.
    pub(super) fn blocks(&mut self, parent: Kind, nodes: &[Node]) {
        let mut at = 0;
        let mut marker = Marker::default();
        while at < nodes.len() {
            if at > 0 {
                self.blank();
            }
            marker = marker.next(&nodes[at]);
            let run = nodes[at..].iter().take_while(|node| alike(&nodes[at], node)).count();
            if run > 0 && grammar::fits(parent, &nodes[at]) {
                let run = &nodes[at..at + run];
                self.aligned(parent, run);
                at += run.len();
            } else {
                self.block(parent, &nodes[at], marker);
                at += 1;
            }
        }
    }

    /// Paragraphs and headings that share alignment, indentation and size.
    fn aligned(&mut self, parent: Kind, nodes: &[Node]) {
        self.out.push_str("<div");
        for (mark, attr, name) in SHAPES {
            if let Some(value) = simple_mark(&nodes[0], mark).and_then(|mark| mark.attrs.get(attr)) {
                push_attr(&mut self.out, name, &value.to_text());
            }
        }
        self.out.push('>');
        for node in nodes {
            self.blank();
            self.block(parent, node, Marker::default());
        }
        self.blank();
        self.close_tag("div");
    }

    pub(super) fn block(&mut self, parent: Kind, node: &Node, marker: Marker) {
        let legal = grammar::fits(parent, node);
        if !legal || !is_well_formed(node) {
            self.know_people(node);
        }
        if !legal {
            return self.sealed(node, SealKind::Fixed, false);
        }
        if !is_well_formed(node) {
            return self.sealed(node, SealKind::Leaf, false);
        }
        let extra = Self::extra(node);
        if let Some(extra) = &extra {
            self.code_line(&seal::seal(extra, SealKind::Open));
            self.blank();
        }
        self.form(node, marker);
        if extra.is_some() {
            self.blank();
            self.code_line(seal::CLOSE);
        }
    }

    fn code_line(&mut self, code: &str) {
        let fence = "`".repeat(longest_run(code, b'`') + 1);
        self.out.push_str(&fence);
        self.out.push_str(code);
        self.out.push_str(&fence);
    }

    /// Attributes and marks that the form of this block leaves unsaid, on an empty node of its kind.
    fn extra(node: &Node) -> Option<Node> {
        let (attrs, marks): (&[&str], &[MarkKind]) = match node.kind {
            Kind::Heading if level(node).is_some() => (&["level"], SHAPE_MARKS),
            Kind::Paragraph | Kind::Heading => (&[], SHAPE_MARKS),
            Kind::OrderedList if super::list::first_number(node).is_some() => (&["order"], &[]),
            Kind::CodeBlock => (&["language", "wrap", "hideLineNumbers", "uniqueId"], &[MarkKind::Breakout]),
            Kind::Panel => (&["panelType", "panelIcon", "panelIconId", "panelIconText", "panelColor"], &[]),
            Kind::Expand | Kind::NestedExpand => (&["title"], &[MarkKind::Breakout]),
            Kind::LayoutSection => (&[], &[MarkKind::Breakout]),
            Kind::Table => (super::table::TABLE_ATTRS, &[]),
            Kind::MediaSingle => (&["layout", "width", "widthType"], &[]),
            Kind::BlockCard => (&["url"], &[]),
            Kind::EmbedCard => (EMBED_ATTRS, &[]),
            // These are sealed with all that they have.
            Kind::Extension | Kind::BodiedExtension | Kind::SyncBlock | Kind::BodiedSyncBlock => return None,
            _ => (&[], &[]),
        };
        let mut unsaid = Node::new(node.kind);
        unsaid.attrs = significant(node)
            .filter(|(key, _)| !attrs.contains(key))
            .map(|(key, value)| (key.to_owned().into(), value.clone()))
            .collect();
        unsaid.rest.clone_from(&node.rest);
        for (at, mark) in node.marks.iter().enumerate() {
            let duplicate = node.marks[..at].contains(mark);
            let said = marks.contains(&mark.kind)
                && simple_mark(node, mark.kind).is_some_and(|said| std::ptr::eq(said, mark));
            if !said && !duplicate {
                unsaid.marks.push(mark.clone());
            }
        }
        (unsaid != Node::new(node.kind)).then_some(unsaid)
    }

    fn form(&mut self, node: &Node, marker: Marker) {
        match node.kind {
            Kind::Paragraph if node.content.is_empty() => self.out.push_str("<br>"),
            Kind::Paragraph => self.inlines(&node.content, Line::Paragraph),
            Kind::Heading => {
                self.out.extend(std::iter::repeat_n('#', level(node).unwrap_or(1)));
                if !node.content.is_empty() {
                    self.out.push(' ');
                    self.inlines(&node.content, Line::Heading);
                }
            }
            Kind::Rule => self.out.push_str("---"),
            Kind::CodeBlock => self.code_block(node),
            Kind::Blockquote => self.quote(node),
            Kind::Panel => self.panel(node),
            Kind::BulletList | Kind::OrderedList | Kind::TaskList | Kind::DecisionList => {
                self.list(node, marker);
            }
            Kind::Expand | Kind::NestedExpand => self.expand(node),
            Kind::LayoutSection => self.layout(node),
            Kind::Table => self.table(node),
            Kind::MediaSingle => self.media_single(node),
            Kind::MediaGroup => self.media_group(node),
            Kind::BlockCard => {
                self.out.push_str("<card");
                push_attr(&mut self.out, "url", node.attrs.str("url").unwrap_or_default());
                self.out.push('>');
            }
            Kind::EmbedCard => self.embed(node),
            Kind::BodiedExtension | Kind::BodiedSyncBlock => {
                self.code_line(&seal::seal(&node.without_content(), SealKind::Open));
                self.blank();
                self.blocks(node.kind, &node.content);
                self.blank();
                self.code_line(seal::CLOSE);
            }
            _ => self.code_line(&seal::seal(node, SealKind::Leaf)),
        }
    }

    fn quote(&mut self, node: &Node) {
        self.out.push_str("> ");
        self.nested("> ", |writer| writer.blocks(Kind::Blockquote, &node.content));
    }

    fn panel(&mut self, node: &Node) {
        let kind = node.attrs.str("panelType").unwrap_or_default();
        let alert = ALERTS.iter().find(|(name, _)| *name == kind);
        if let (Some((_, word)), 1) = (alert, significant(node).count()) {
            self.out.push_str("> [!");
            self.out.push_str(word);
            self.out.push(']');
            self.nested("> ", |writer| {
                let text_first = node.content[0].kind == Kind::Paragraph
                    && !node.content[0].content.is_empty()
                    && node.content[0].marks.is_empty()
                    && node.content[0].rest.is_none();
                if text_first {
                    writer.line();
                } else {
                    writer.blank();
                }
                writer.blocks(Kind::Panel, &node.content);
            });
            return;
        }
        self.out.push_str("<panel");
        for (key, name) in PANEL_ATTRS {
            if let Some(value) = node.attrs.str(key) {
                push_attr(&mut self.out, name, value);
            }
        }
        self.enclosed(node, "panel");
    }

    /// Ends a start tag, and writes the content and the end tag.
    pub(super) fn enclosed(&mut self, node: &Node, name: &str) {
        self.out.push('>');
        self.blank();
        self.blocks(node.kind, &node.content);
        self.blank();
        self.close_tag(name);
    }

    fn breakout(&mut self, node: &Node) {
        let Some(mark) = simple_mark(node, MarkKind::Breakout) else { return };
        push_attr(&mut self.out, "breakout", mark.attrs.str("mode").unwrap_or_default());
        if let Some(width) = mark.attrs.get("width") {
            push_attr(&mut self.out, "breakout-width", &width.to_text());
        }
    }

    fn expand(&mut self, node: &Node) {
        self.out.push_str("<details");
        self.breakout(node);
        self.out.push('>');
        if let Some(title) = node.attrs.str("title") {
            self.line();
            self.out.push_str("<summary>");
            push_title(&mut self.out, title);
            self.close_tag("summary");
        }
        self.blank();
        self.blocks(node.kind, &node.content);
        self.blank();
        self.close_tag("details");
    }

    fn layout(&mut self, node: &Node) {
        self.out.push_str("<layout");
        self.breakout(node);
        self.out.push('>');
        for column in &node.content {
            self.blank();
            self.out.push_str("<column");
            if let Some(width) = column.attrs.get("width") {
                push_attr(&mut self.out, "width", &width.to_text());
            }
            if let Some(valign) = column.attrs.str("valign") {
                push_attr(&mut self.out, "valign", valign);
            }
            self.enclosed(column, "column");
        }
        self.blank();
        self.close_tag("layout");
    }

    fn embed(&mut self, node: &Node) {
        self.out.push_str("<embed");
        for name in EMBED_ATTRS {
            if let Some(value) = node.attrs.get(name) {
                push_attr(&mut self.out, name, &value.to_text());
            }
        }
        self.out.push('>');
    }

    fn code_block(&mut self, node: &Node) {
        let text: String = node.content.iter().map(Node::words).collect();
        let fence = "`".repeat(longest_run(&text, b'`').max(2) + 1);
        self.out.push_str(&fence);
        let start = self.out.len();
        if let Some(language) = node.attrs.str("language") {
            if is_info_word(language) {
                self.out.push_str(language);
            } else {
                push_attr(&mut self.out, "language", language);
            }
        }
        for name in ["wrap", "hideLineNumbers", "uniqueId"] {
            match node.attrs.get(name) {
                Some(AttrValue::Text(text)) => push_attr(&mut self.out, name, text),
                Some(AttrValue::Bool(true)) => push_attr(&mut self.out, name, "true"),
                _ => {}
            }
        }
        self.breakout(node);
        let text = match code_style(&text) {
            None => text,
            Some(style) => {
                push_attr(&mut self.out, "text", style);
                if style == CRLF { text.replace("\r\n", "\n") } else { escape_code(&text) }
            }
        };
        // Markdown reads escapes and entities in this line.
        let info = self.out[start..].replace('\\', "\\\\").replace('&', "\\&").replace('`', "\\u0060");
        self.out.truncate(start);
        self.out.push_str(&info);
        if !text.is_empty() {
            for line in text.split('\n') {
                if line.is_empty() {
                    self.out.push('\n');
                    self.out.push_str(self.prefix.trim_end());
                } else {
                    self.line();
                    self.out.push_str(line);
                }
            }
        }
        self.line();
        self.out.push_str(&fence);
    }
}

/// Code all of whose lines end as on Windows.
pub(in super::super) const CRLF: &str = "crlf";
/// Code with other characters that Markdown would not keep: `\\r`, `\\0`, and `\\\\` for the backslash.
pub(in super::super) const ESCAPED: &str = "escaped";

/// The style in which code is written that Markdown would not keep as it is.
fn code_style(text: &str) -> Option<&'static str> {
    if !text.contains(['\r', '\0']) {
        return None;
    }
    let regular = !text.contains('\0')
        && text.matches("\r\n").count() == text.matches('\n').count()
        && text.matches("\r\n").count() == text.matches('\r').count();
    Some(if regular { CRLF } else { ESCAPED })
}

fn escape_code(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\r', "\\r").replace('\0', "\\0")
}

/// The marks that a `<div>` says, with their attribute and its short name there.
pub(in super::super) const SHAPES: [(MarkKind, &str, &str); 3] = [
    (MarkKind::Alignment, "align", "align"),
    (MarkKind::Indentation, "level", "indent"),
    (MarkKind::FontSize, "fontSize", "size"),
];

const SHAPE_MARKS: &[MarkKind] = &[SHAPES[0].0, SHAPES[1].0, SHAPES[2].0];

/// The attributes of a panel, with their short names in a tag.
pub(in super::super) const PANEL_ATTRS: [(&str, &str); 5] = [
    ("panelType", "type"),
    ("panelColor", "color"),
    ("panelIcon", "icon"),
    ("panelIconId", "icon-id"),
    ("panelIconText", "icon-text"),
];

pub(in super::super) const EMBED_ATTRS: &[&str] =
    &["url", "layout", "width", "originalHeight", "originalWidth"];

/// True where two blocks carry the same marks of shape, and at least one.
fn alike(a: &Node, b: &Node) -> bool {
    let shape = |node: &Node| -> Vec<Mark> {
        SHAPES.iter().filter_map(|(kind, ..)| simple_mark(node, *kind)).cloned().collect()
    };
    matches!(a.kind, Kind::Paragraph | Kind::Heading)
        && matches!(b.kind, Kind::Paragraph | Kind::Heading)
        && !a.marks.is_empty()
        && !b.marks.is_empty()
        && !shape(a).is_empty()
        && shape(a) == shape(b)
}

/// The mark of a kind that the form of a block says.
fn simple_mark(node: &Node, kind: MarkKind) -> Option<&Mark> {
    node.marks.iter().find(|mark| mark.kind == kind && is_simple(mark))
}

/// True where a mark of a block has no more than its form says.
fn is_simple(mark: &Mark) -> bool {
    let legal = |key: &str, value: &AttrValue| match (mark.kind, key) {
        (MarkKind::Alignment, "align") => matches!(value.as_str(), Some("center" | "end")),
        (MarkKind::Indentation, "level") => value.as_f64().is_some_and(|level| (1.0..=6.0).contains(&level)),
        (MarkKind::FontSize, "fontSize") => value.as_str() == Some("small"),
        (MarkKind::Breakout, "mode") => matches!(value.as_str(), Some("wide" | "full-width")),
        (MarkKind::Breakout, "width") => value.is_number(),
        _ => false,
    };
    mark.rest.is_none() && !mark.attrs.is_empty() && mark.attrs.iter().all(|(key, value)| legal(key, value))
}

/// True where a text can stand in an info line without quotes.
pub(in super::super) fn is_info_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+#./-".contains(&byte))
}

fn push_title(out: &mut String, title: &str) {
    for (at, c) in title.char_indices() {
        let edge = at == 0 || at + c.len_utf8() == title.len();
        match c {
            '\\' | '<' | '&' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || edge && c.is_whitespace() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// The level of a heading that Markdown has.
fn level(node: &Node) -> Option<usize> {
    let level = node.attrs.get("level").and_then(AttrValue::as_f64)?;
    (1_u8..=6).find(|known| f64::from(*known).total_cmp(&level).is_eq()).map(usize::from)
}

/// True where a block has what its form needs; a block that lacks it is sealed whole.
fn is_well_formed(node: &Node) -> bool {
    let string_or_absent = |name: &str| node.attrs.get(name).is_none_or(AttrValue::is_string);
    let number_or_absent = |name: &str| node.attrs.get(name).is_none_or(AttrValue::is_number);
    let all = |kinds: &[Kind]| {
        !node.content.is_empty() && node.content.iter().all(|child| kinds.contains(&child.kind))
    };
    match node.kind {
        Kind::Paragraph | Kind::Heading => {
            node.content.iter().all(|child| child.is_inline() || child.kind == Kind::Other)
        }
        Kind::CodeBlock => {
            let text = |child: &Node| {
                child.kind == Kind::Text
                    && child.marks.is_empty()
                    && child.rest.is_none()
                    && child.attrs.is_empty()
            };
            let bool_or_absent = |name: &str| node.attrs.get(name).is_none_or(AttrValue::is_boolean);
            node.content.iter().all(text)
                && string_or_absent("language")
                && string_or_absent("uniqueId")
                && bool_or_absent("wrap")
                && bool_or_absent("hideLineNumbers")
        }
        Kind::Blockquote | Kind::BodiedExtension | Kind::BodiedSyncBlock => !node.content.is_empty(),
        Kind::Expand | Kind::NestedExpand => !node.content.is_empty() && string_or_absent("title"),
        Kind::Panel => {
            !node.content.is_empty()
                && node.attrs.str("panelType").is_some_and(grammar::is_panel_type)
                && PANEL_ATTRS.iter().all(|(key, _)| string_or_absent(key))
        }
        Kind::BulletList | Kind::OrderedList => {
            all(&[Kind::ListItem]) && node.content.iter().all(is_plain_shell)
        }
        Kind::TaskList => super::list::is_task_list(node),
        Kind::DecisionList => super::list::is_decision_list(node),
        Kind::LayoutSection => {
            let number = |column: &Node| column.attrs.get("width").is_some_and(grammar::is_percent);
            let known = |column: &Node| {
                column.rest.is_none()
                    && column.marks.is_empty()
                    && significant(column).all(|(key, value)| {
                        key == "width" || key == "valign" && value.as_str().is_some_and(grammar::is_valign)
                    })
            };
            all(&[Kind::LayoutColumn])
                && node
                    .content
                    .iter()
                    .all(|column| number(column) && known(column) && !column.content.is_empty())
        }
        Kind::Table => super::table::is_table(node),
        Kind::MediaSingle => super::media::is_single(node),
        Kind::MediaGroup => super::media::is_group(node),
        Kind::Rule => node.content.is_empty(),
        Kind::BlockCard => {
            node.content.is_empty() && node.attrs.str("url").is_some() && significant(node).count() == 1
        }
        Kind::EmbedCard => {
            node.content.is_empty()
                && node.attrs.str("url").is_some()
                && node.attrs.str("layout").is_some_and(grammar::is_media_layout)
                && node.attrs.get("width").is_none_or(grammar::is_percent)
                && ["width", "originalHeight", "originalWidth"].iter().all(|name| number_or_absent(name))
        }
        _ => true,
    }
}

/// True where a container is no more than its content.
pub(super) fn is_plain_shell(node: &Node) -> bool {
    node.rest.is_none()
        && node.marks.is_empty()
        && !node.content.is_empty()
        && significant(node).next().is_none()
}
