//! Lines of text as they come from the parser: its events collected as tokens, to be read when the line is whole.

use std::borrow::Cow;
use std::ops::Range;

use super::super::error::AdfError;
use super::super::node::{Content, Kind, MarkKind, Node};
use super::super::tag::{Tag, read_tag};
use super::build::{Block, Part};
use super::context::ReadContext;
use super::html::assemble;
use super::line::{Buffers, Builder};
use super::scan::has_sign;
use super::wiki;
use pulldown_cmark::{CowStr, LinkType, Tag as Event, TagEnd};

#[derive(Debug)]
pub(super) enum Token<'a> {
    /// Text, and where it stands in the source if it stands there as it is.
    Text(CowStr<'a>, Option<Range<usize>>),
    Code(CowStr<'a>),
    On(MarkKind),
    Off(MarkKind),
    Link {
        address: CowStr<'a>,
        title: CowStr<'a>,
        auto: bool,
    },
    LinkEnd,
    Image {
        address: CowStr<'a>,
        title: CowStr<'a>,
    },
    ImageEnd,
    Tag(Box<Tag<'a>>, CowStr<'a>),
    Soft,
    Hard,
}

/// A line of text that is being collected. Its buffers serve one line after the other.
#[derive(Debug)]
pub(super) struct Inline<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
    buffers: Buffers,
    skip_to: usize,
    open: bool,
}

impl<'a> Inline<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, tokens: Vec::new(), buffers: Buffers::default(), skip_to: 0, open: false }
    }

    /// Starts a line.
    pub(super) fn open(&mut self) {
        self.open = true;
        self.skip_to = 0;
    }

    /// True where a line was started and not finished.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Leaves out text before this place in the source, and the blank after it.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.skip_to = end;
    }

    pub(super) fn text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if range.start < self.skip_to {
            if range.end > self.skip_to {
                self.trimmed(self.skip_to..range.end);
            }
            return;
        }
        // Most text is the very place in the source, and need not be compared.
        let verbatim = self.source.get(range.clone()).is_some_and(|place| {
            (place.as_ptr(), place.len()) == (text.as_ptr(), text.len()) || *place == *text
        });
        if verbatim && self.tokens.is_empty() && self.skip_to > 0 {
            return self.trimmed(range);
        }
        // A character that cannot stand in Markdown is written as its entity.
        if !verbatim && &*text == "\u{fffd}" && self.source.get(range.clone()) == Some("&#0;") {
            self.tokens.push(Token::Text("\0".into(), None));
        } else if !text.is_empty() {
            // What is whole in the source is one text; the parser tells it in pieces.
            if let Some(Token::Text(before, Some(place))) = self.tokens.last_mut()
                && verbatim
                && place.end == range.start
            {
                place.end = range.end;
                *before = self.source[place.clone()].into();
                return;
            }
            self.tokens.push(Token::Text(text, verbatim.then_some(range)));
        }
    }

    /// Text of the source without the blanks in front.
    fn trimmed(&mut self, range: Range<usize>) {
        let text = self.source.get(range.clone()).unwrap_or_default().trim_start_matches([' ', '\t']);
        if !text.is_empty() {
            self.tokens.push(Token::Text(text.into(), Some(range.end - text.len()..range.end)));
        }
    }

    pub(super) fn code(&mut self, code: CowStr<'a>) {
        self.tokens.push(Token::Code(code));
    }

    pub(super) fn html(&mut self, html: CowStr<'a>) {
        let tag = match &html {
            CowStr::Borrowed(html) => read_tag(html),
            html => read_tag(html).map(|(tag, len)| (tag.into_owned(), len)),
        };
        match tag {
            Some((tag, len)) if len == html.len() => self.tokens.push(Token::Tag(Box::new(tag), html)),
            // Keeps two code spans apart.
            _ if &*html == "<!---->" => {}
            _ => self.tokens.push(Token::Text(html, None)),
        }
    }

    pub(super) fn soft(&mut self) {
        if !self.tokens.is_empty() {
            self.tokens.push(Token::Soft);
        }
    }

    pub(super) fn hard(&mut self) {
        self.tokens.push(Token::Hard);
    }

    pub(super) fn start(&mut self, tag: Event<'a>) {
        let token = match tag {
            Event::Emphasis => Token::On(MarkKind::Em),
            Event::Strong => Token::On(MarkKind::Strong),
            Event::Strikethrough => Token::On(MarkKind::Strike),
            Event::Link { link_type, dest_url, title, .. } => {
                let address = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}").into(),
                    _ => dest_url,
                };
                Token::Link {
                    address,
                    title,
                    auto: matches!(link_type, LinkType::Autolink | LinkType::Email),
                }
            }
            Event::Image { dest_url, title, .. } => Token::Image { address: dest_url, title },
            _ => return,
        };
        self.tokens.push(token);
    }

    pub(super) fn end(&mut self, end: TagEnd) {
        self.tokens.push(match end {
            TagEnd::Emphasis => Token::Off(MarkKind::Em),
            TagEnd::Strong => Token::Off(MarkKind::Strong),
            TagEnd::Strikethrough => Token::Off(MarkKind::Strike),
            TagEnd::Image => Token::ImageEnd,
            _ => Token::LinkEnd,
        });
    }

    /// Ends the line and adds it to `parts` as paragraphs, and the blocks that stood in it between them.
    pub(super) fn finish(
        &mut self,
        parts: &mut Vec<Part<'a>>,
        context: &mut ReadContext<'_>,
    ) -> Result<(), AdfError> {
        self.build(parts, context, true)
    }

    /// Ends the line as the content of one in which no block may stand.
    pub(super) fn finish_line(
        &mut self,
        parts: &mut Vec<Part<'a>>,
        context: &mut ReadContext<'_>,
    ) -> Result<Content, AdfError> {
        let from = parts.len();
        self.build(parts, context, false)?;
        if let [Part::Node(Block { node, .. })] = &mut parts[from..]
            && node.kind == Kind::Paragraph
        {
            let line = std::mem::take(&mut node.content);
            parts.truncate(from);
            return Ok(line);
        }
        let mut line = Vec::new();
        for block in assemble(parts.drain(from..).collect())? {
            if block.node.kind == Kind::Paragraph {
                line.extend(block.node.content);
            } else {
                return Err(AdfError::Misplaced(block.node.kind.name()));
            }
        }
        Ok(line.into())
    }

    fn build(
        &mut self,
        parts: &mut Vec<Part<'a>>,
        context: &mut ReadContext<'_>,
        blocks: bool,
    ) -> Result<(), AdfError> {
        if let [Token::Text(text, Some(_))] = &self.tokens[..]
            && !has_sign(text)
        {
            // Most lines are no more than a text.
            if blocks {
                wiki::find_at_start(text, &mut context.wiki);
            }
            parts.push(Part::Node(Block::paragraph(vec![Node::text(&**text)])));
        } else {
            Builder::new(self.source, &self.tokens, &mut self.buffers, parts, context, blocks).run()?;
        }
        self.tokens.clear();
        self.open = false;
        Ok(())
    }
}

/// HTML that means nothing here, as the text that it is.
pub(super) fn literal(html: &str) -> Vec<Node> {
    let mut content = Vec::new();
    for line in html.trim_end().lines() {
        if !content.is_empty() {
            content.push(Node::new(Kind::HardBreak));
        }
        if !line.is_empty() {
            content.push(Node::text(line));
        }
    }
    content
}

pub(super) fn link_end(tokens: &[Token<'_>], at: usize) -> usize {
    tokens[at..].iter().position(|token| matches!(token, Token::LinkEnd)).map_or(tokens.len(), |end| at + end)
}

pub(super) fn image_end(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Image { .. } => depth += 1,
            Token::ImageEnd => {
                depth -= 1;
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The text of tokens, without their marks.
pub(super) fn plain<'t>(tokens: &'t [Token<'_>]) -> Cow<'t, str> {
    if let [Token::Text(text, _)] = tokens {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for token in tokens {
        match token {
            Token::Text(text, _) | Token::Code(text) | Token::Tag(_, text) => out.push_str(text),
            Token::Soft | Token::Hard => out.push(' '),
            _ => {}
        }
    }
    out.into()
}
