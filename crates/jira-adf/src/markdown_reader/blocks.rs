//! The parser's events as blocks, on a stack of our own, so that no input can exhaust the program's.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::super::error::AdfError;
use super::super::grammar::ALERTS;
use super::super::node::{AttrValue, Document, Kind, MAX_DEPTH, Node};
use super::super::seal::Sealed;
use super::build::{Block, Part, drain};
use super::code::code_block;
use super::context::ReadContext;
use super::html::{Piece, assemble, pieces};
use super::html_table::{align, is_empty_row};
use super::ids::Ids;
use super::inline::{Inline, literal};
use super::list::{Checkbox, item, list, read_box};
use super::{fit, wiki};

/// A container that is being read, with what of it cannot be told from the blocks inside.
enum Container<'a> {
    Document,
    Quote(Option<&'static str>),
    List(Option<u64>),
    Item(Option<Checkbox<'a>>),
    Paragraph,
    Heading(u8),
    Code(String, String),
    Html(String),
    Table(Vec<Alignment>),
    Row(bool),
    Cell,
}

struct Frame<'a> {
    container: Container<'a>,
    /// Start of its blocks among the reader's parts.
    from: usize,
}

/// Reads Markdown: the document, and what else was found.
pub(super) fn read<'s>(source: &str, ids: Ids<'s>) -> Result<(Document, ReadContext<'s>), AdfError> {
    let mut context = ReadContext::new(ids);
    let mut rest = None;
    let mut parts = Reader::new(source, &mut context, false).run()?;
    parts.retain_mut(|part| match part {
        Part::Seal(sealed) => match &mut **sealed {
            Sealed::Leaf(node) if node.kind == Kind::Doc => {
                rest = node.rest.take();
                false
            }
            _ => true,
        },
        _ => true,
    });
    Ok((Document { content: fit::document(parts)?, rest }, context))
}

struct Reader<'a, 'n, 's> {
    source: &'a str,
    stack: Vec<Frame<'a>>,
    /// The blocks of every frame, those of the outer before those of the inner.
    parts: Vec<Part<'a>>,
    /// The line of text that is being read; it ends before the next block starts.
    text: Inline<'a>,
    context: &'n mut ReadContext<'s>,
    /// True where text between tags is read, in which tags are not looked for again.
    fragment: bool,
}

impl<'a, 'n, 's> Reader<'a, 'n, 's> {
    fn new(source: &'a str, context: &'n mut ReadContext<'s>, fragment: bool) -> Self {
        Self {
            source,
            stack: vec![Frame { container: Container::Document, from: 0 }],
            parts: Vec::new(),
            text: Inline::new(source),
            context,
            fragment,
        }
    }

    fn run(mut self) -> Result<Vec<Part<'a>>, AdfError> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(self.source, options).into_offset_iter() {
            match event {
                Event::Start(tag) => self.start(tag, range)?,
                Event::End(end) => self.end(end)?,
                Event::Html(html) => match &mut self.top().container {
                    Container::Html(text) => text.push_str(&html),
                    _ => self.text(range.start).html(html),
                },
                Event::Text(text) => match &mut self.top().container {
                    Container::Code(_, code) => code.push_str(&text),
                    Container::Html(html) => html.push_str(&text),
                    _ => self.text(range.start).text(text, range),
                },
                Event::Code(code) => self.text(range.start).code(code),
                Event::InlineHtml(html) => self.text(range.start).html(html),
                Event::SoftBreak => self.text(range.start).soft(),
                Event::HardBreak => self.text(range.start).hard(),
                Event::Rule => self.parts.push(Part::Node(Block::leaf(Node::new(Kind::Rule)))),
                _ => {}
            }
        }
        self.flush()?;
        Ok(self.parts)
    }

    fn top(&mut self) -> &mut Frame<'a> {
        self.stack.last_mut().expect("the document's frame is never popped before the end")
    }

    /// The line of text that is being read; in a tight list item it has no paragraph of its own.
    fn text(&mut self, start: usize) -> &mut Inline<'a> {
        if !self.text.is_open() {
            self.open_text(start);
        }
        &mut self.text
    }

    /// Starts a line of text, and reads the box or alert word at its start.
    fn open_text(&mut self, start: usize) {
        self.text.open();
        // A paragraph has a frame of its own above the one that it is the first of.
        let above = usize::from(matches!(self.top().container, Container::Paragraph));
        let count = self.parts.len();
        let Some(at) = self.stack.len().checked_sub(1 + above) else { return };
        let frame = &mut self.stack[at];
        let free = matches!(frame.container, Container::Item(None) | Container::Quote(None));
        // What a backslash covers is no box.
        if !free || frame.from != count || self.source[..start].ends_with('\\') {
            return;
        }
        let source = &self.source[start..];
        match &mut frame.container {
            Container::Item(slot) => {
                if let Some((found, len)) = read_box(source) {
                    *slot = Some(found);
                    self.text.skip_to(start + len);
                }
            }
            Container::Quote(slot) => {
                if let Some((found, len)) = read_alert(source) {
                    *slot = Some(found);
                    self.text.skip_to(start + len);
                }
            }
            _ => {}
        }
    }

    /// Ends the text that is being read, before a block or at its end, as paragraphs of the present frame.
    fn flush(&mut self) -> Result<(), AdfError> {
        if self.text.is_open() {
            self.text.finish(&mut self.parts, self.context)?;
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) -> Result<(), AdfError> {
        if self.stack.len() > MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        let container = match tag {
            Tag::Paragraph => Container::Paragraph,
            Tag::Heading { level, .. } => Container::Heading(level as u8),
            Tag::BlockQuote(_) => Container::Quote(None),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                Container::Code(info, String::with_capacity(range.len()))
            }
            Tag::HtmlBlock => Container::Html(String::with_capacity(range.len())),
            Tag::List(start) => Container::List(start),
            Tag::Item => Container::Item(None),
            Tag::Table(alignments) => Container::Table(alignments),
            Tag::TableHead => Container::Row(true),
            Tag::TableRow => Container::Row(false),
            Tag::TableCell => Container::Cell,
            inline => {
                self.text(range.start).start(inline);
                return Ok(());
            }
        };
        self.flush()?;
        let opens_text = matches!(container, Container::Paragraph);
        self.stack.push(Frame { container, from: self.parts.len() });
        if opens_text {
            self.open_text(range.start);
        }
        Ok(())
    }

    fn end(&mut self, end: TagEnd) -> Result<(), AdfError> {
        if matches!(
            end,
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
        ) {
            self.text.end(end);
            return Ok(());
        }
        if let Container::Heading(level) = self.top().container {
            let content = self.text.finish_line(&mut self.parts, self.context)?;
            let node = Node::new(Kind::Heading)
                .with_attrs([("level", u64::from(level).into())])
                .with_content(content);
            self.parts.push(Part::Node(Block::leaf(node)));
            self.stack.pop();
            return Ok(());
        }
        self.flush()?;
        let Some(Frame { container, from }) = self.stack.pop() else { return Ok(()) };
        let parts = &mut self.parts;
        match container {
            Container::Document | Container::Paragraph | Container::Heading(_) => {}
            Container::Code(info, code) => parts.push(Part::Node(Block::leaf(code_block(&info, code)))),
            Container::Html(html) => self.html(&html)?,
            Container::Quote(Some(kind)) => {
                fit::close(
                    Node::new(Kind::Panel).with_attrs([("panelType", AttrValue::word(kind))]),
                    parts,
                    from,
                )?;
            }
            Container::Quote(None) => fit::close(Node::new(Kind::Blockquote), parts, from)?,
            Container::Item(None) => fit::close(Node::new(Kind::ListItem), parts, from)?,
            Container::Item(Some(checkbox)) => item(checkbox, parts, from, &mut self.context.ids)?,
            Container::List(start) => list(start, parts, from, &mut self.context.ids)?,
            Container::Cell => fit::close_whole(Node::new(Kind::TableCell), parts, from)?,
            Container::Row(head) => {
                let mut row = Block::around(Node::new(Kind::TableRow), drain(parts, from))?;
                if head {
                    row.node.content.iter_mut().for_each(|cell| cell.kind = Kind::TableHeader);
                }
                if !(head && is_empty_row(&row.node)) {
                    parts.push(Part::Node(row));
                }
            }
            Container::Table(alignments) if parts.len() > from => {
                let mut table = Block::around(Node::new(Kind::Table), drain(parts, from))?;
                align(&mut table.node, &alignments);
                parts.push(Part::Node(table));
            }
            Container::Table(_) => {}
        }
        Ok(())
    }

    fn html(&mut self, html: &str) -> Result<(), AdfError> {
        // The text of an HTML block is not a slice of the source when it stands in a container.
        let found = pieces(html);
        if self.fragment || found.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            let content = literal(html);
            wiki::find_wiki_markup(&content, true, true, &mut self.context.wiki);
            self.parts.push(Part::Node(Block::paragraph(content)));
            return Ok(());
        }
        for piece in found {
            match piece {
                Piece::Part(part) => self.parts.push(part.into_owned()),
                Piece::Text(text) => {
                    let parts = Reader::new(text, self.context, true).run()?;
                    self.parts.extend(assemble(parts)?.into_iter().map(Part::Node));
                }
            }
        }
        Ok(())
    }
}

/// The alert word `[!NOTE]` or its like at the start of a quote, and its length.
fn read_alert(source: &str) -> Option<(&'static str, usize)> {
    let rest = source.strip_prefix("[!")?;
    let end = rest.bytes().take(20).position(|byte| byte == b']')?;
    let word = &rest[..end];
    let (kind, _) = ALERTS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word))?;
    Some((kind, end + 3))
}
