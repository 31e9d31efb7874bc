//! The parser's events as blocks, on a stack of our own, so that no input can exhaust the program's.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::super::AdfError;
use super::super::grammar::ALERTS;
use super::super::node::{Attrs, Document, Kind, MAX_DEPTH, Mark, MarkKind, Node};
use super::super::write::{CRLF, ESCAPED};
use super::build::{Block, Part};
use super::fit::{contents, enclose};
use super::html::{Piece, assemble, pieces};
use super::inline::{Inline, Tokens};
use super::{html_table, inline};

/// The box in front of a list item.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Box_<'a> {
    Task(bool),
    Group,
    Decision(std::borrow::Cow<'a, str>),
}

enum Kind_<'a> {
    Document,
    Quote(Option<&'static str>),
    List(Option<u64>),
    Item(Option<Box_<'a>>),
    Paragraph,
    Heading(u8),
    Code(String, String),
    Html(String),
    Table(Vec<Alignment>),
    Row(bool),
    Cell,
}

struct Frame<'a> {
    kind: Kind_<'a>,
    parts: Vec<Part<'a>>,
    text: Option<Inline<'a>>,
}

impl<'a> Frame<'a> {
    fn new(kind: Kind_<'a>) -> Self {
        Self { kind, parts: Vec::new(), text: None }
    }
}

/// Reads Markdown: the document, and the names that still want a person.
pub(super) fn read(source: &str) -> Result<(Document, Vec<String>), AdfError> {
    let mut mentions = Vec::new();
    let mut rest = None;
    let mut parts = Reader::new(source, &mut mentions, false).run()?;
    parts.retain_mut(|part| match part {
        Part::Seal(super::super::seal::Sealed::Leaf(node)) if node.kind == Kind::Doc => {
            rest = node.rest.take();
            false
        }
        _ => true,
    });
    let blocks = contents(Kind::Doc, assemble(parts)?)?;
    // The document is one level above its blocks.
    if blocks.iter().any(|block| block.depth > MAX_DEPTH) {
        return Err(AdfError::TooDeep);
    }
    let document = Document { content: blocks.into_iter().map(|block| block.node).collect(), rest };
    Ok((document, mentions))
}

struct Reader<'a, 'm> {
    source: &'a str,
    stack: Vec<Frame<'a>>,
    mentions: &'m mut Vec<String>,
    spare: Tokens<'a>,
    /// Reading what stood between tags, where tags are not looked for again.
    fragment: bool,
}

impl<'a, 'm> Reader<'a, 'm> {
    fn new(source: &'a str, mentions: &'m mut Vec<String>, fragment: bool) -> Self {
        Self {
            source,
            stack: vec![Frame::new(Kind_::Document)],
            mentions,
            spare: Tokens::default(),
            fragment,
        }
    }

    fn run(mut self) -> Result<Vec<Part<'a>>, AdfError> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(self.source, options).into_offset_iter() {
            match event {
                Event::Start(tag) => self.start(tag, range)?,
                Event::End(end) => self.end(end)?,
                Event::Html(html) => match self.stack.last_mut().map(|frame| &mut frame.kind) {
                    Some(Kind_::Html(text)) => text.push_str(&html),
                    _ => self.text(range.clone()).html(html),
                },
                Event::Text(text) => match self.stack.last_mut().map(|frame| &mut frame.kind) {
                    Some(Kind_::Code(_, code)) => code.push_str(&text),
                    Some(Kind_::Html(html)) => html.push_str(&text),
                    _ => self.text(range.clone()).text(text, range),
                },
                Event::Code(code) => self.text(range.clone()).code(code, range),
                Event::InlineHtml(html) => self.text(range).html(html),
                Event::SoftBreak => self.text(range).soft(),
                Event::HardBreak => self.text(range).hard(),
                Event::Rule => self.push(Part::Node(Block::leaf(Node::new(Kind::Rule)))),
                _ => {}
            }
        }
        self.flush()?;
        Ok(self.stack.pop().map(|frame| frame.parts).unwrap_or_default())
    }

    fn top(&mut self) -> &mut Frame<'a> {
        self.stack.last_mut().expect("the document's frame is never popped before the end")
    }

    fn push(&mut self, part: Part<'a>) {
        self.top().parts.push(part);
    }

    /// The line of text that is being read; in a tight list item it has no paragraph of its own.
    fn text(&mut self, range: Range<usize>) -> &mut Inline<'a> {
        if self.top().text.is_none() {
            let text = self.open_text(range.start);
            self.top().text = Some(text);
        }
        self.top().text.as_mut().expect("set just above")
    }

    /// Starts a line of text, and reads the box or alert word at its start.
    fn open_text(&mut self, start: usize) -> Inline<'a> {
        let mut text = Inline::new(self.source, std::mem::take(&mut self.spare));
        let source = self.source.get(start..).unwrap_or_default();
        if self.source[..start].ends_with('\\') {
            // What the backslash covers is no box.
            return text;
        }
        // A paragraph has a frame of its own above the one that it is the first of.
        let at = match self.stack.last().map(|frame| &frame.kind) {
            Some(Kind_::Paragraph) => self.stack.len().checked_sub(2),
            _ => self.stack.len().checked_sub(1),
        };
        let Some(frame) = at.and_then(|at| self.stack.get_mut(at)).filter(|frame| frame.parts.is_empty())
        else {
            return text;
        };
        match &mut frame.kind {
            Kind_::Item(slot @ None) => {
                if let Some((found, len)) = read_box(source) {
                    *slot = Some(found);
                    text.skip_to(start + len);
                }
            }
            Kind_::Quote(slot @ None) => {
                if let Some((found, len)) = read_alert(source) {
                    *slot = Some(found);
                    text.skip_to(start + len);
                }
            }
            _ => {}
        }
        text
    }

    /// Ends the text that a tight list item holds, before a block or at its end.
    fn flush(&mut self) -> Result<(), AdfError> {
        if let Some(text) = self.top().text.take() {
            self.finish(text)?;
        }
        Ok(())
    }

    /// Adds a line of text to the blocks of the present frame.
    fn finish(&mut self, text: Inline<'a>) -> Result<(), AdfError> {
        let frame = self.stack.last_mut().expect("the document's frame is never popped before the end");
        self.spare = text.finish(&mut frame.parts, self.mentions)?;
        Ok(())
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) -> Result<(), AdfError> {
        if self.stack.len() > MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        let kind = match tag {
            Tag::Paragraph => Kind_::Paragraph,
            Tag::Heading { level, .. } => Kind_::Heading(level as u8),
            Tag::BlockQuote(_) => Kind_::Quote(None),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                Kind_::Code(info, String::new())
            }
            Tag::HtmlBlock => Kind_::Html(String::new()),
            Tag::List(start) => Kind_::List(start),
            Tag::Item => Kind_::Item(None),
            Tag::Table(alignments) => Kind_::Table(alignments),
            Tag::TableHead => Kind_::Row(true),
            Tag::TableRow => Kind_::Row(false),
            Tag::TableCell => Kind_::Cell,
            inline => {
                self.text(range.clone()).start(inline, &range);
                return Ok(());
            }
        };
        self.flush()?;
        let text_start = matches!(kind, Kind_::Paragraph);
        self.stack.push(Frame::new(kind));
        if text_start {
            let text = self.open_text(range.start);
            self.top().text = Some(text);
        }
        Ok(())
    }

    fn end(&mut self, end: TagEnd) -> Result<(), AdfError> {
        if matches!(
            end,
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
        ) {
            if let Some(text) = &mut self.top().text {
                text.end(end);
            }
            return Ok(());
        }
        if !matches!(self.top().kind, Kind_::Paragraph | Kind_::Heading(_) | Kind_::Cell) {
            self.flush()?;
        }
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let Frame { kind, parts, text } = frame;
        match kind {
            Kind_::Document => {}
            Kind_::Paragraph => {
                if let Some(text) = text {
                    self.finish(text)?;
                }
            }
            Kind_::Heading(level) => {
                let content = match text {
                    Some(text) => text.finish_line(self.mentions)?,
                    None => Vec::new(),
                };
                let node =
                    Node::new(Kind::Heading).with_attrs([("level", level.into())]).with_content(content);
                self.push(Part::Node(Block::leaf(node)));
            }
            Kind_::Code(info, code) => self.push(Part::Node(Block::leaf(code_block(&info, code)))),
            Kind_::Html(html) => self.html(html)?,
            Kind_::Quote(alert) => {
                let shell = match alert {
                    Some(kind) => Node::new(Kind::Panel).with_attrs([("panelType", kind.into())]),
                    None => Node::new(Kind::Blockquote),
                };
                let blocks = enclose(&shell, assemble(parts)?)?;
                self.top().parts.extend(blocks.into_iter().map(Part::Node));
            }
            Kind_::Item(box_) => {
                let blocks = item(box_, assemble(parts)?)?;
                self.top().parts.extend(blocks.into_iter().map(Part::Node));
            }
            Kind_::List(start) => {
                let blocks = list(start, parts)?;
                self.top().parts.extend(blocks.into_iter().map(Part::Node));
            }
            Kind_::Cell => {
                let mut parts = Vec::new();
                if let Some(text) = text {
                    self.spare = text.finish(&mut parts, self.mentions)?;
                }
                let cell = html_table::cell(Node::new(Kind::TableCell), assemble(parts)?)?;
                self.push(Part::Node(cell));
            }
            Kind_::Row(head) => {
                let cells = parts.into_iter().filter_map(into_block).map(|mut cell| {
                    if head {
                        cell.node.kind = Kind::TableHeader;
                    }
                    cell
                });
                let row = Block::around(Node::new(Kind::TableRow), cells.collect())?;
                let empty = |cell: &Node| matches!(&cell.content[..], [only] if only.content.is_empty());
                if !(head && row.node.content.iter().all(empty)) {
                    self.push(Part::Node(row));
                }
            }
            Kind_::Table(alignments) => {
                let mut rows: Vec<Block> = parts.into_iter().filter_map(into_block).collect();
                for row in &mut rows {
                    align(&mut row.node, &alignments);
                }
                if !rows.is_empty() {
                    self.push(Part::Node(Block::around(Node::new(Kind::Table), rows)?));
                }
            }
        }
        Ok(())
    }

    fn html(&mut self, html: String) -> Result<(), AdfError> {
        // The text of an HTML block is not a slice of the source when it stands in a container.
        let found = pieces(&html);
        if self.fragment || found.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            let parts = inline::literal(&html);
            self.top().parts.extend(parts);
            return Ok(());
        }
        let mut made: Vec<Part<'static>> = Vec::new();
        for piece in found {
            match piece {
                Piece::Part(part) => made.push(into_owned(part)),
                Piece::Text(text) => {
                    let parts = Reader::new(text, self.mentions, true).run()?;
                    let blocks = assemble(parts)?;
                    made.extend(blocks.into_iter().map(Part::Node));
                }
            }
        }
        self.top().parts.extend(made);
        Ok(())
    }
}

fn into_owned(part: Part<'_>) -> Part<'static> {
    match part {
        Part::Node(block) => Part::Node(block),
        Part::Tag(tag) => Part::Tag(tag.into_owned()),
        Part::Title(title) => Part::Title(title),
        Part::Seal(sealed) => Part::Seal(sealed),
        Part::SealEnd => Part::SealEnd,
    }
}

fn into_block(part: Part<'_>) -> Option<Block> {
    match part {
        Part::Node(block) => Some(block),
        _ => None,
    }
}

/// `[ ]`, `[x]`, `[>]`, `[decision]` or `[decision:STATE]` at the start of a list item, and its length.
fn read_box(source: &str) -> Option<(Box_<'_>, usize)> {
    let rest = source.strip_prefix('[')?;
    let end = rest.bytes().take(400).position(|byte| byte == b']')?;
    let found = match &rest[..end] {
        " " => Box_::Task(false),
        "x" | "X" => Box_::Task(true),
        ">" => Box_::Group,
        "decision" => Box_::Decision("DECIDED".into()),
        word => Box_::Decision(read_state(word.strip_prefix("decision:")?)?.into()),
    };
    let after = &rest[end + 1..];
    (after.is_empty() || after.starts_with([' ', '\t', '\n', '\r'])).then_some((found, end + 2))
}

/// The state in a box: `%` and two digits stand for a byte.
fn read_state(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `[!NOTE]` and its like at the start of a quote, and its length.
fn read_alert(source: &str) -> Option<(&'static str, usize)> {
    let rest = source.strip_prefix("[!")?;
    let end = rest.bytes().take(20).position(|byte| byte == b']')?;
    let word = &rest[..end];
    let (kind, _) = ALERTS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word))?;
    Some((kind, end + 3))
}

fn align(row: &mut Node, alignments: &[Alignment]) {
    for (cell, alignment) in row.content.iter_mut().zip(alignments) {
        let align = match alignment {
            Alignment::Center => "center",
            Alignment::Right => "end",
            Alignment::None | Alignment::Left => continue,
        };
        for block in cell.content.iter_mut().filter(|block| block.kind == Kind::Paragraph) {
            block.marks.push(Mark::new(MarkKind::Alignment, Attrs::from([("align", align.into())])));
        }
    }
}

/// An item as what its list takes, and what has to stand beside it.
fn item(box_: Option<Box_<'_>>, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    match box_ {
        None => enclose(&Node::new(Kind::ListItem), children),
        Some(Box_::Group) => Ok(children),
        Some(Box_::Decision(state)) => {
            let shell = Node::new(Kind::DecisionItem).with_attrs([("state", state.into_owned().into())]);
            Ok(line_item(shell, children))
        }
        Some(Box_::Task(done)) => {
            let state = if done { "DONE" } else { "TODO" };
            let shell = |kind| Node::new(kind).with_attrs([("state", state.into())]);
            // `<p></p>` in front says that the item holds blocks although there is one only.
            let marked = children.first().is_some_and(|first| {
                first.node.kind == Kind::Paragraph && first.node.text == inline::BLOCK_ITEM
            });
            let mut children = children;
            if let (true, Some(first)) = (marked, children.first_mut()) {
                first.node.text.clear();
                if first.node.content.is_empty() {
                    children.remove(0);
                }
            }
            let blocks = children
                .iter()
                .take_while(|child| {
                    child.fixed || matches!(child.node.kind, Kind::Paragraph | Kind::Extension)
                })
                .count();
            if blocks < 2 && !marked {
                return Ok(line_item(shell(Kind::TaskItem), children));
            }
            let rest = children.split_off(blocks);
            let mut out = enclose(&shell(Kind::BlockTaskItem), children)?;
            out.extend(rest);
            Ok(out)
        }
    }
}

/// An item that holds one line of text; other blocks come after it.
fn line_item(shell: Node, mut children: Vec<Block>) -> Vec<Block> {
    let first = children.first().is_some_and(|first| first.node.kind == Kind::Paragraph && !first.fixed);
    let content = if first { children.remove(0).node.content } else { Vec::new() };
    children.insert(0, Block::leaf(shell.with_content(content)));
    children
}

/// Items as lists: neighbours of one kind together, and blocks that are no items between them.
fn list(start: Option<u64>, parts: Vec<Part<'_>>) -> Result<Vec<Block>, AdfError> {
    let mut out: Vec<Block> = Vec::new();
    let mut run: Vec<Block> = Vec::new();
    let mut run_kind = Kind::Other;
    let mut number = start.unwrap_or(1);
    let mut finish = |run: &mut Vec<Block>, kind: Kind, out: &mut Vec<Block>| -> Result<(), AdfError> {
        if run.is_empty() {
            return Ok(());
        }
        let mut shell = Node::new(kind);
        if kind == Kind::OrderedList {
            if number != 1 {
                shell.attrs.set("order", number);
            }
            number += run.len() as u64;
        }
        out.push(Block::around(shell, std::mem::take(run))?);
        Ok(())
    };
    for block in parts.into_iter().filter_map(into_block) {
        let kind = match block.node.kind {
            Kind::ListItem => {
                if start.is_some() {
                    Kind::OrderedList
                } else {
                    Kind::BulletList
                }
            }
            Kind::TaskItem | Kind::BlockTaskItem => Kind::TaskList,
            // A list under a task is a part of the list of tasks.
            Kind::TaskList if run_kind == Kind::TaskList || run.is_empty() => Kind::TaskList,
            Kind::DecisionItem => Kind::DecisionList,
            _ => Kind::Other,
        };
        if kind != run_kind {
            finish(&mut run, run_kind, &mut out)?;
        }
        run_kind = kind;
        if kind == Kind::Other {
            out.push(block);
        } else {
            run.push(block);
        }
    }
    finish(&mut run, run_kind, &mut out)?;
    Ok(out)
}

fn code_block(info: &str, mut code: String) -> Node {
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
    if let Some((tag, _)) = super::super::tag::read_tag(&tag) {
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
        node.marks.extend(super::html::breakout(&tag));
    }
    if !code.is_empty() {
        node.content.push(Node::text(code));
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
