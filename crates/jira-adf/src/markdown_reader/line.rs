//! A line of text read: its tokens as inline nodes with their marks.

use super::super::error::AdfError;
use super::super::node::{Attrs, Kind, MAX_DEPTH, Mark, MarkKind, Marks, Node};
use super::super::seal::{self, Sealed};
use super::super::tag::Tag;
use super::build::{Block, Part};
use super::context::ReadContext;
use super::inline::{Token, image_end, link_end, plain};
use super::inline_tag::{is_node, mark_of, node_of, pair};
use super::{link, media, wiki};

/// Buffers that one line after the other uses.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    line: Vec<Node>,
    text: String,
    active: Vec<Active>,
    partner: Vec<usize>,
    /// Marks that texts had lately, for others to share.
    recent: Vec<Marks>,
}

/// The number of lists of marks that are remembered: those of the four marks that people use.
const MAX_RECENT_MARKS: usize = 4;

/// A mark that is on, and how many times it was turned on.
#[derive(Debug)]
struct Active {
    mark: Mark,
    times: usize,
}

#[expect(clippy::struct_excessive_bools, reason = "facts of a line that are not states of one thing")]
pub(super) struct Builder<'a, 'b, 's> {
    pub(super) source: &'a str,
    tokens: &'b [Token<'a>],
    /// The place of each tag's partner; empty without tags.
    partner: &'b [usize],
    parts: &'b mut Vec<Part<'a>>,
    pub(super) context: &'b mut ReadContext<'s>,
    pub(super) blocks_allowed: bool,
    active: &'b mut Vec<Active>,
    recent: &'b mut Vec<Marks>,
    pub(super) line: &'b mut Vec<Node>,
    /// The text behind that, which takes more until something happens to the marks.
    text: &'b mut String,
    /// The link of Markdown's that is on; there is never one in another.
    link: Option<Mark>,
    /// The line in which a caption stands that is being read.
    outer: Option<Vec<Node>>,
    /// True until a block is made of this text.
    first: bool,
    heads_blocks: bool,
    /// True where a sign was seen without which little of the wiki markup can be there.
    pub(super) maybe_wiki: bool,
}

impl<'a, 'b, 's> Builder<'a, 'b, 's> {
    pub(super) fn new(
        source: &'a str,
        tokens: &'b [Token<'a>],
        buffers: &'b mut Buffers,
        parts: &'b mut Vec<Part<'a>>,
        context: &'b mut ReadContext<'s>,
        blocks_allowed: bool,
    ) -> Self {
        buffers.line.clear();
        buffers.text.clear();
        buffers.active.clear();
        pair(tokens, &mut buffers.partner);
        Self {
            source,
            tokens,
            partner: &buffers.partner,
            parts,
            context,
            blocks_allowed,
            active: &mut buffers.active,
            recent: &mut buffers.recent,
            line: &mut buffers.line,
            text: &mut buffers.text,
            link: None,
            outer: None,
            first: true,
            heads_blocks: false,
            maybe_wiki: false,
        }
    }

    /// Reads the tokens.
    pub(super) fn run(mut self) -> Result<(), AdfError> {
        let tokens = self.tokens;
        let mut at = 0;
        while at < tokens.len() {
            at = self.token(tokens, at)? + 1;
        }
        self.end_line();
        Ok(())
    }

    fn end_line(&mut self) {
        self.close_text();
        wiki::find_wiki_markup(self.line, self.blocks_allowed, self.maybe_wiki, &mut self.context.wiki);
        if self.line.iter().any(|node| matches!(node.kind, Kind::Media | Kind::Caption)) {
            let line = std::mem::take(self.line);
            for piece in media::place_media(line, self.blocks_allowed) {
                match piece {
                    media::Piece::Inline(node) => self.line.push(node),
                    media::Piece::Block(block) => {
                        self.push_line();
                        self.add(Part::Node(block));
                    }
                }
            }
        }
        self.push_line();
    }

    fn add(&mut self, part: Part<'a>) {
        self.first = false;
        self.parts.push(part);
    }

    fn push_line(&mut self) {
        if !self.line.is_empty() || self.heads_blocks {
            let heads_blocks = std::mem::take(&mut self.heads_blocks);
            let block = Block { heads_blocks, ..Block::paragraph(self.line.drain(..).collect()) };
            self.add(Part::Node(block));
        }
    }

    /// Reads one token, and more of them where they belong together; gives the place of the last.
    fn token(&mut self, tokens: &[Token<'a>], mut at: usize) -> Result<usize, AdfError> {
        match &tokens[at] {
            Token::Text(text, None) => self.push(text),
            Token::Text(_, Some(range)) => self.verbatim(range.clone()),
            Token::Code(code) => self.code(code)?,
            Token::On(kind) => self.on(Mark::new(*kind, Attrs::new()))?,
            Token::Off(kind) => self.off(&Mark::new(*kind, Attrs::new())),
            Token::Link { address, title, auto } => {
                let end = link_end(tokens, at);
                if let Some(mut node) = self.link_node(address, &tokens[at + 1..end], *auto) {
                    if node.kind == Kind::Media {
                        self.mark_media(&mut node);
                    }
                    self.node(node);
                    at = end;
                } else if *auto {
                    // Its text is the address, in which there are no forms.
                    self.marked(link::mark(address, title), &plain(&tokens[at + 1..end]))?;
                    at = end;
                } else {
                    let mark = link::mark(address, title);
                    self.on(mark.clone())?;
                    self.link = Some(mark);
                }
            }
            Token::LinkEnd => {
                if let Some(mark) = self.link.take() {
                    self.off(&mark);
                }
            }
            Token::Image { address, title } => {
                let end = image_end(tokens, at);
                let alt = plain(&tokens[at + 1..end]);
                self.image(address, title, &alt)?;
                at = end;
            }
            Token::ImageEnd => {}
            Token::Tag(tag, raw) => at = self.tag(tag, raw, at, tokens)?,
            Token::Soft if self.is_behind_media() => {
                self.node(media::line_break());
            }
            Token::Soft => self.push(" "),
            Token::Hard => self.node(Node::new(Kind::HardBreak)),
        }
        Ok(at)
    }

    /// Marks that differ and are on at the same time are bounded as levels of blocks are.
    fn on(&mut self, mark: Mark) -> Result<(), AdfError> {
        self.close_text();
        match self.active.iter().position(|active| active.mark == mark) {
            Some(at) => self.active[at].times += 1,
            None if self.active.len() < MAX_DEPTH => self.active.push(Active { mark, times: 1 }),
            None => return Err(AdfError::TooDeep),
        }
        Ok(())
    }

    fn off(&mut self, mark: &Mark) {
        self.close_text();
        if let Some(at) = self.active.iter().position(|active| active.mark == *mark) {
            self.active[at].times -= 1;
            if self.active[at].times == 0 {
                self.active.remove(at);
            }
        }
    }

    /// Text with one mark more.
    pub(super) fn marked(&mut self, mark: Mark, text: &str) -> Result<(), AdfError> {
        self.on(mark.clone())?;
        self.push(text);
        self.off(&mark);
        Ok(())
    }

    pub(super) fn is_on(&self, kind: MarkKind) -> bool {
        self.active.iter().any(|active| active.mark.kind == kind)
    }

    pub(super) fn node(&mut self, node: Node) {
        self.close_text();
        self.line.push(node);
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Makes a node of the text so far.
    pub(super) fn close_text(&mut self) {
        if !self.text.is_empty() {
            let marks = self.marks();
            self.line.push(Node { marks, ..Node::text(self.text.as_str()) });
            self.text.clear();
        }
    }

    fn is_behind_media(&self) -> bool {
        self.text.is_empty() && self.line.last().is_some_and(|last| last.kind == Kind::Media)
    }

    /// The marks of text that comes now.
    fn marks(&mut self) -> Marks {
        if self.active.is_empty() {
            return Marks::new();
        }
        let code = self.is_on(MarkKind::Code);
        let beside_code =
            |mark: &Mark| matches!(mark.kind, MarkKind::Code | MarkKind::Link | MarkKind::Annotation);
        let marks = self.active.iter().map(|active| &active.mark).filter(|mark| !code || beside_code(mark));
        if let Some(known) = self.recent.iter().find(|known| known.iter().eq(marks.clone())) {
            return known.clone();
        }
        let made: Marks = marks.cloned().collect();
        self.recent.truncate(MAX_RECENT_MARKS - 1);
        self.recent.insert(0, made.clone());
        made
    }

    fn code(&mut self, code: &str) -> Result<(), AdfError> {
        if code == seal::CLOSE {
            self.end_line();
            self.add(Part::SealEnd);
            return Ok(());
        }
        if !code.starts_with(seal::PREFIX) {
            return self.marked(Mark::new(MarkKind::Code, Attrs::new()), code);
        }
        let mut sealed = seal::open(code)?;
        if let Sealed::Leaf(node) | Sealed::Fixed(node) = &mut sealed {
            self.context.ids.give_all(std::slice::from_mut(node));
        }
        match sealed {
            Sealed::Leaf(node) if node.is_inline() || node.kind == Kind::Other => self.node(node),
            Sealed::Leaf(node) if !self.blocks_allowed => return Err(AdfError::Misplaced(node.kind.name())),
            sealed => {
                self.end_line();
                self.add(Part::Seal(Box::new(sealed)));
            }
        }
        Ok(())
    }

    /// A file takes the marks that it may have.
    pub(super) fn mark_media(&self, media: &mut Node) {
        let goes = |mark: &&Mark| matches!(mark.kind, MarkKind::Link | MarkKind::Annotation);
        media.marks.extend(self.active.iter().map(|active| &active.mark).filter(goes).cloned());
    }

    /// Begins a caption at its start tag, and makes it a node at its end tag.
    fn caption(&mut self, end: bool) {
        self.close_text();
        if end {
            if let Some(outer) = self.outer.take() {
                let content = std::mem::replace(self.line, outer);
                self.node(Node::new(Kind::Caption).with_content(content));
            }
        } else if self.outer.is_none() {
            self.outer = Some(std::mem::take(self.line));
        }
    }

    /// A tag in the line; gives the place of the last token that it took.
    fn tag(&mut self, tag: &Tag<'_>, raw: &str, at: usize, tokens: &[Token<'_>]) -> Result<usize, AdfError> {
        let name = &*tag.name;
        if name == "br" {
            self.node(Node::new(Kind::HardBreak));
            return Ok(at);
        }
        if name == "media" && !tag.end && self.is_behind_media() {
            if let Some(last) = self.line.last_mut() {
                media::add_tag(last, tag);
            }
            return Ok(at);
        }
        let partner = self.partner[at];
        if partner == at {
            self.push(raw);
            return Ok(at);
        }
        if is_node(name) {
            // An end tag comes here only if its start made no node.
            let node = if tag.end { None } else { node_of(tag, &plain(&tokens[at + 1..partner])) };
            match node {
                Some(node) => {
                    self.node(node);
                    return Ok(partner);
                }
                None => self.push(raw),
            }
        } else if name == "caption" {
            self.caption(tag.end);
        } else if name == "p" {
            self.heads_blocks |= !tag.end && self.line.is_empty() && self.text.is_empty() && self.first;
        } else if let Some(mark) = mark_of(tag, tokens, partner) {
            if tag.end {
                self.off(&mark);
            } else {
                self.on(mark)?;
            }
        } else {
            self.push(raw);
        }
        Ok(at)
    }
}
