//! Lines of text: events collected, tags matched, and the special forms found in what is verbatim text.

use std::ops::Range;

use pulldown_cmark::{CowStr, LinkType, Tag as Event, TagEnd};
use serde_json::Value;

use super::super::AdfError;
use super::super::node::{Attrs, Kind, Mark, MarkKind, Node};
use super::super::seal::{self, Sealed};
use super::super::tag::{Tag, read_tag};
use super::super::{address, date, emoji, grammar};
use super::build::{Block, Part};
use super::html::assemble;

/// Stands in the text of a paragraph, which has none, to say that its task holds blocks.
pub(super) const BLOCK_ITEM: &str = "block";

#[derive(Debug)]
enum Token<'a> {
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
    Tag(Box<Tag<'static>>, CowStr<'a>),
    Soft,
    Hard,
}

/// Room for the tokens of a line, to be used again for the next.
#[derive(Debug, Default)]
pub(super) struct Tokens<'a>(Vec<Token<'a>>);

/// A line of text that is being collected.
#[derive(Debug)]
pub(super) struct Inline<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
    skip_to: usize,
}

impl<'a> Inline<'a> {
    /// A new line, whose tokens go where those of an earlier one were.
    pub(super) fn new(source: &'a str, spare: Tokens<'a>) -> Self {
        Self { source, tokens: spare.0, skip_to: 0 }
    }

    /// Leaves out text before this place in the source, and the blank after it.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.skip_to = end;
    }

    pub(super) fn text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if range.start < self.skip_to {
            if range.end <= self.skip_to {
                return;
            }
            let start = self.skip_to;
            let Some(text) = self.source.get(start..range.end) else { return };
            let trimmed = text.trim_start_matches([' ', '\t']);
            self.push_text(trimmed.into(), range.end - trimmed.len()..range.end);
            return;
        }
        if self.tokens.is_empty() && self.skip_to > 0 && self.source.get(range.clone()) == Some(&*text) {
            let trimmed = text.trim_start_matches([' ', '\t']).len();
            let cut = text.len() - trimmed;
            if cut > 0 {
                let text = text[cut..].to_owned();
                return self.push_text(text.into(), range.start + cut..range.end);
            }
        }
        self.push_text(text, range);
    }

    fn push_text(&mut self, text: CowStr<'a>, range: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let verbatim = self.source.get(range.clone()) == Some(&*text);
        // A character that cannot stand in Markdown is written as its entity.
        if !verbatim && &*text == "\u{fffd}" && self.source.get(range.clone()) == Some("&#0;") {
            self.tokens.push(Token::Text("\0".into(), None));
            return;
        }
        self.tokens.push(Token::Text(text, verbatim.then_some(range)));
    }

    pub(super) fn code(&mut self, code: CowStr<'a>, _range: Range<usize>) {
        self.tokens.push(Token::Code(code));
    }

    pub(super) fn html(&mut self, html: CowStr<'a>) {
        match read_tag(&html) {
            Some((tag, len)) if len == html.len() => {
                let tag = Box::new(tag.into_owned());
                self.tokens.push(Token::Tag(tag, html));
            }
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

    pub(super) fn start(&mut self, tag: Event<'a>, _range: &Range<usize>) {
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

    /// Adds the text to `parts` as paragraphs, and the blocks that stood in it between them.
    pub(super) fn finish(
        self,
        parts: &mut Vec<Part<'a>>,
        mentions: &mut Vec<String>,
    ) -> Result<Tokens<'a>, AdfError> {
        let mut builder = Builder::new(self.source, &self.tokens, parts, mentions, true);
        builder.run()?;
        builder.end_line();
        Ok(cleared(self.tokens))
    }

    /// The text as the content of one line, in which no block may stand.
    pub(super) fn finish_line(self, mentions: &mut Vec<String>) -> Result<Vec<Node>, AdfError> {
        let mut parts = Vec::new();
        let mut builder = Builder::new(self.source, &self.tokens, &mut parts, mentions, false);
        builder.run()?;
        builder.end_line();
        let mut line = Vec::new();
        for block in assemble(parts)? {
            if block.node.kind == Kind::Paragraph {
                line.extend(block.node.content);
            } else {
                return Err(AdfError::Misplaced(block.node.kind.name()));
            }
        }
        Ok(line)
    }
}

fn cleared(mut tokens: Vec<Token<'_>>) -> Tokens<'_> {
    tokens.clear();
    Tokens(tokens)
}

/// HTML that means nothing here, as the text that it is.
pub(super) fn literal<'a>(html: &str) -> Vec<Part<'a>> {
    let mut content = Vec::new();
    for line in html.trim_end().lines() {
        if !content.is_empty() {
            content.push(Node::new(Kind::HardBreak));
        }
        if !line.is_empty() {
            content.push(Node::text(line));
        }
    }
    vec![Part::Node(Block::paragraph(content))]
}

/// Tags that hold plain text and become a node.
const NODE_TAGS: &[&str] = &["status", "date", "placeholder", "emoji"];
/// Tags that are a mark.
const MARK_TAGS: &[&str] = &[
    "b",
    "strong",
    "i",
    "em",
    "s",
    "del",
    "strike",
    "u",
    "ins",
    "sub",
    "sup",
    "code",
    "font",
    "mark",
    "annotation",
    "a",
];

#[expect(clippy::struct_excessive_bools, reason = "four facts of a line that are not states of one thing")]
struct Builder<'a, 'b> {
    source: &'a str,
    tokens: &'b [Token<'a>],
    /// For each tag the place of its partner; empty without tags.
    partner: Vec<usize>,
    parts: &'b mut Vec<Part<'a>>,
    mentions: &'b mut Vec<String>,
    blocks_allowed: bool,
    active: Vec<Mark>,
    /// Whether the last node takes more text: nothing happened to the marks since.
    open: bool,
    line: Vec<Node>,
    /// The line in which a caption stands that is being read.
    outer: Option<Vec<Node>>,
    /// Whether no block was made of this text yet.
    first: bool,
    block_item: bool,
}

impl<'a, 'b> Builder<'a, 'b> {
    fn new(
        source: &'a str,
        tokens: &'b [Token<'a>],
        parts: &'b mut Vec<Part<'a>>,
        mentions: &'b mut Vec<String>,
        blocks_allowed: bool,
    ) -> Self {
        Self {
            source,
            tokens,
            partner: partners(tokens),
            parts,
            mentions,
            blocks_allowed,
            active: Vec::new(),
            open: false,
            // Most lines are a single text.
            line: Vec::with_capacity(tokens.len().min(2)),
            outer: None,
            first: true,
            block_item: false,
        }
    }

    fn end_line(&mut self) {
        if self.line.iter().any(|node| matches!(node.kind, Kind::Media | Kind::Caption)) {
            let line = std::mem::take(&mut self.line);
            let pieces = super::media::settle(line, self.blocks_allowed);
            for piece in pieces {
                match piece {
                    super::media::Piece::Inline(node) => self.line.push(node),
                    super::media::Piece::Block(block) => {
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
        if !self.line.is_empty() || self.block_item {
            let mut block = Block::paragraph(std::mem::take(&mut self.line));
            if std::mem::take(&mut self.block_item) {
                BLOCK_ITEM.clone_into(&mut block.node.text);
            }
            self.add(Part::Node(block));
        }
        self.open = false;
    }

    fn run(&mut self) -> Result<(), AdfError> {
        let tokens = self.tokens;
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                Token::Text(text, None) => self.push(text),
                Token::Text(_, Some(range)) => {
                    // Text that is whole in the source is looked at as a whole; an escape breaks it.
                    let mut end = range.end;
                    while let Some(Token::Text(_, Some(next))) = tokens.get(at + 1)
                        && next.start == end
                    {
                        end = next.end;
                        at += 1;
                    }
                    let before = self.source[..range.start].chars().next_back();
                    let source = self.source;
                    let text = &source[range.start..end];
                    // A backslash right before is an escape, or it would be in the text: what it escapes is literal.
                    let literal =
                        if before == Some('\\') { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
                    self.push(&text[..literal]);
                    self.scan(&text[literal..], text[..literal].chars().next().or(before));
                }
                Token::Code(code) => self.code(code)?,
                Token::On(kind) => self.on(Mark::new(*kind, Attrs::new())),
                Token::Off(kind) => self.off(|mark| mark.kind == *kind),
                Token::Link { address, title, auto } => {
                    let end = link_end(tokens, at);
                    if let Some(mut node) = self.link_node(address, &tokens[at + 1..end], *auto) {
                        if node.kind == Kind::Media {
                            self.mark_media(&mut node);
                        }
                        self.node(node);
                        at = end;
                    } else {
                        let mut mark = Mark::new(MarkKind::Link, Attrs::from([("href", (**address).into())]));
                        if !title.is_empty() {
                            mark.attrs.set("title", &**title);
                        }
                        self.on(mark);
                    }
                }
                Token::LinkEnd => self.off(|mark| mark.kind == MarkKind::Link),
                Token::Image { address, title } => {
                    let end = image_end(tokens, at);
                    let alt = plain(&tokens[at + 1..end]);
                    self.image(address, title, &alt);
                    at = end;
                }
                Token::ImageEnd => {}
                Token::Tag(tag, raw) => at = self.tag(tag, raw, at, tokens),
                Token::Soft if self.line.last().is_some_and(|last| last.kind == Kind::Media) => {
                    self.node(super::media::line_break());
                }
                Token::Soft => self.push(" "),
                Token::Hard => self.node(Node::new(Kind::HardBreak)),
            }
            at += 1;
        }
        Ok(())
    }

    fn on(&mut self, mark: Mark) {
        self.active.push(mark);
        self.open = false;
    }

    fn off(&mut self, matches: impl Fn(&Mark) -> bool) {
        if let Some(at) = self.active.iter().rposition(matches) {
            self.active.remove(at);
        }
        self.open = false;
    }

    fn node(&mut self, node: Node) {
        self.line.push(node);
        self.open = false;
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.open
            && let Some(last) = self.line.last_mut()
        {
            last.text.push_str(text);
            return;
        }
        let code = self.active.iter().any(|mark| mark.kind == MarkKind::Code);
        let mut marks: Vec<Mark> = Vec::with_capacity(self.active.len());
        for mark in &self.active {
            let goes = !code || matches!(mark.kind, MarkKind::Code | MarkKind::Link | MarkKind::Annotation);
            if goes && !marks.contains(mark) {
                marks.push(mark.clone());
            }
        }
        self.line.push(Node { marks, ..Node::text(text) });
        self.open = true;
    }

    fn code(&mut self, code: &str) -> Result<(), AdfError> {
        if code == seal::CLOSE {
            self.end_line();
            self.add(Part::SealEnd);
            return Ok(());
        }
        if !code.starts_with(seal::PREFIX) {
            self.on(Mark::new(MarkKind::Code, Attrs::new()));
            self.push(code);
            self.off(|mark| mark.kind == MarkKind::Code);
            return Ok(());
        }
        match seal::open(code)? {
            Sealed::Leaf(node) if node.is_inline() || node.kind == Kind::Other => self.node(node),
            Sealed::Leaf(node) if !self.blocks_allowed => return Err(AdfError::Misplaced(node.kind.name())),
            sealed => {
                self.end_line();
                self.add(Part::Seal(sealed));
            }
        }
        Ok(())
    }

    /// What a link stands for when it is not a link: a person, a smart link.
    fn link_node(&mut self, address: &str, inside: &[Token<'_>], auto: bool) -> Option<Node> {
        if let Some(target) = address.strip_prefix("accountid:") {
            let (id, query) = target.split_once('?').unwrap_or((target, ""));
            let mut name = plain(inside);
            // The sign stands in front of the link.
            match self.line.last_mut() {
                Some(last) if last.kind == Kind::Text && last.text.ends_with('@') => {
                    last.text.pop();
                    if last.text.is_empty() {
                        self.line.pop();
                        self.open = false;
                    }
                }
                _ => name = name.trim_start_matches('@').to_owned(),
            }
            let mut node = Node::new(Kind::Mention).with_attrs([("id", id.into())]);
            if !name.is_empty() {
                node.attrs.set("text", format!("@{name}"));
            }
            for pair in query.split('&') {
                match pair.split_once('=') {
                    Some(("accessLevel", value)) => node.attrs.set("accessLevel", value),
                    Some(("userType", value @ ("DEFAULT" | "SPECIAL" | "APP"))) => {
                        node.attrs.set("userType", value);
                    }
                    _ => {}
                }
            }
            return Some(node);
        }
        if let Some(id) = address.strip_prefix("attachment:") {
            let name = plain(inside);
            return super::media::file(id, &name, false);
        }
        if inside.is_empty() && !auto {
            return Some(Node::new(Kind::InlineCard).with_attrs([("url", address.into())]));
        }
        None
    }

    /// A file takes the marks that it may have.
    fn mark_media(&self, media: &mut Node) {
        let goes = |mark: &&Mark| matches!(mark.kind, MarkKind::Link | MarkKind::Annotation);
        media.marks.extend(self.active.iter().filter(goes).cloned());
    }

    fn image(&mut self, address: &str, title: &str, alt: &str) {
        let external = address.starts_with("http://") || address.starts_with("https://");
        let media = match address.strip_prefix("attachment:") {
            Some(id) => super::media::file(id, alt, true),
            // Without an address it stands in the tag that follows.
            None if (external || address.is_empty()) && self.blocks_allowed => {
                Some(super::media::external(address, alt))
            }
            None => None,
        };
        match media {
            Some(mut media) => {
                self.mark_media(&mut media);
                self.node(media);
                if !title.is_empty() {
                    self.node(Node::new(Kind::Caption).with_content(vec![Node::text(title)]));
                }
            }
            None => {
                // An image that cannot stand here is a link with its words.
                let shown = if alt.is_empty() { address } else { alt };
                let mut link = Mark::new(MarkKind::Link, Attrs::from([("href", address.into())]));
                if !title.is_empty() {
                    link.attrs.set("title", title);
                }
                self.on(link);
                self.push(shown);
                self.off(|mark| mark.kind == MarkKind::Link);
            }
        }
    }

    /// At its start tag a caption takes up what follows, at its end tag it becomes a node.
    fn caption(&mut self, end: bool) {
        if end {
            if let Some(outer) = self.outer.take() {
                let content = std::mem::replace(&mut self.line, outer);
                self.node(Node::new(Kind::Caption).with_content(content));
            }
        } else if self.outer.is_none() {
            self.outer = Some(std::mem::take(&mut self.line));
        }
        self.open = false;
    }

    /// A tag in the line; gives the place of the last token that it took.
    fn tag(&mut self, tag: &Tag<'_>, raw: &str, at: usize, tokens: &[Token<'_>]) -> usize {
        let name = tag.name.as_str();
        if name == "br" {
            self.node(Node::new(Kind::HardBreak));
            return at;
        }
        if name == "media" && !tag.end && self.line.last().is_some_and(|last| last.kind == Kind::Media) {
            if let Some(last) = self.line.last_mut() {
                super::media::add_tag(last, tag);
            }
            return at;
        }
        let partner = self.partner[at];
        if partner == at {
            self.push(raw);
            return at;
        }
        if NODE_TAGS.contains(&name) {
            match node_of(tag, &plain(&tokens[at + 1..partner])) {
                Some(node) => {
                    self.node(node);
                    return partner;
                }
                None => self.push(raw),
            }
        } else if name == "caption" {
            self.caption(tag.end);
        } else if name == "p" {
            self.block_item |= !tag.end && self.line.is_empty() && self.first;
        } else if let Some(mark) = mark_of(tag, tokens, partner) {
            if tag.end { self.off(|open| *open == mark) } else { self.on(mark) }
        } else {
            self.push(raw);
        }
        at
    }

    /// Text that stands in the source as it is: emoji, bare addresses and names are found here.
    fn scan(&mut self, text: &str, before: Option<char>) {
        if self.active.iter().any(|mark| matches!(mark.kind, MarkKind::Code)) {
            return self.push(text);
        }
        let linked = self.active.iter().any(|mark| mark.kind == MarkKind::Link);
        let bytes = text.as_bytes();
        if !bytes.iter().any(|byte| matches!(byte, b':' | b'@')) {
            return self.push(text);
        }
        let mut done = 0;
        let mut at = 0;
        while at < bytes.len() {
            let here = bytes[at];
            if here == b':' {
                if let Some((len, character)) = emoji::at_start(&text[at..]) {
                    self.push(&text[done..at]);
                    let short = &text[at..at + len];
                    self.node(Node::new(Kind::Emoji).with_attrs([
                        ("shortName", short.into()),
                        ("id", emoji::id(character).into()),
                        ("text", character.into()),
                    ]));
                    at += len;
                    done = at;
                    continue;
                }
            } else if here == b'h' && !linked && text[at..].starts_with("http") {
                let previous = if at == 0 { before } else { text[..at].chars().next_back() };
                let free = previous.is_none_or(|previous| !previous.is_alphanumeric());
                if let Some(len) = address::at_start(&text[at..]).filter(|_| free) {
                    self.push(&text[done..at]);
                    self.node(Node::new(Kind::InlineCard).with_attrs([("url", text[at..at + len].into())]));
                    at += len;
                    done = at;
                    continue;
                }
            } else if here == b'@' && bytes.get(at + 1) == Some(&b'[') && !linked {
                let end =
                    bytes[at + 2..].iter().take(200).position(|byte| matches!(byte, b']' | b'[' | b'\n'));
                if let Some(end) = end.filter(|end| *end > 0 && bytes[at + 2 + end] == b']') {
                    let name = &text[at + 2..at + 2 + end];
                    self.push(&text[done..at]);
                    self.node(
                        Node::new(Kind::Mention)
                            .with_attrs([("id", Value::Null), ("text", format!("@{name}").into())]),
                    );
                    if !self.mentions.iter().any(|known| known == name) {
                        self.mentions.push(name.to_owned());
                    }
                    at += end + 3;
                    done = at;
                    continue;
                }
            }
            at += 1;
        }
        self.push(&text[done..]);
    }
}

/// For each tag with a partner its place; for any other token its own.
fn partners(tokens: &[Token<'_>]) -> Vec<usize> {
    if !tokens.iter().any(|token| matches!(token, Token::Tag(..))) {
        return Vec::new();
    }
    let mut partner: Vec<usize> = (0..tokens.len()).collect();
    let mut open: Vec<(&str, Vec<usize>)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Tag(tag, _) = token else { continue };
        let name = tag.name.as_str();
        if !NODE_TAGS.contains(&name) && !MARK_TAGS.contains(&name) && !matches!(name, "p" | "caption") {
            continue;
        }
        let slot = match open.iter().position(|(known, _)| *known == name) {
            Some(slot) => slot,
            None => {
                open.push((name, Vec::new()));
                open.len() - 1
            }
        };
        if !tag.end {
            open[slot].1.push(at);
        } else if let Some(start) = open[slot].1.pop() {
            partner[start] = at;
            partner[at] = start;
        }
    }
    partner
}

fn link_end(tokens: &[Token<'_>], at: usize) -> usize {
    tokens[at..].iter().position(|token| matches!(token, Token::LinkEnd)).map_or(tokens.len(), |end| at + end)
}

fn image_end(tokens: &[Token<'_>], at: usize) -> usize {
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
fn plain(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    for token in tokens {
        match token {
            Token::Text(text, _) | Token::Code(text) | Token::Tag(_, text) => out.push_str(text),
            Token::Soft | Token::Hard => out.push(' '),
            _ => {}
        }
    }
    out
}

fn node_of(tag: &Tag<'_>, text: &str) -> Option<Node> {
    match tag.name.as_str() {
        "status" => {
            let words = tag.attrs.iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| key.as_ref());
            let color =
                tag.attr("color").into_iter().chain(words).find(|color| grammar::is_status_color(color));
            let color = color.unwrap_or("neutral");
            let mut node =
                Node::new(Kind::Status).with_attrs([("text", text.into()), ("color", color.into())]);
            if let Some(style) = tag.attr("style") {
                node.attrs.set("style", style);
            }
            (!text.is_empty()).then_some(node)
        }
        "date" => {
            let digits =
                !text.is_empty() && text.len() < 20 && text.bytes().all(|byte| byte.is_ascii_digit());
            let stamp = date::to_timestamp(text.trim()).or_else(|| digits.then(|| text.to_owned()))?;
            Some(Node::new(Kind::Date).with_attrs([("timestamp", stamp.into())]))
        }
        "placeholder" => Some(Node::new(Kind::Placeholder).with_attrs([("text", text.into())])),
        _ => {
            let mut node = Node::new(Kind::Emoji).with_attrs([("shortName", text.into())]);
            for name in ["id", "text"] {
                if let Some(value) = tag.attr(name) {
                    node.attrs.set(name, value);
                }
            }
            Some(node)
        }
    }
}

/// The mark of a tag; an end tag has that of its start.
fn mark_of(tag: &Tag<'_>, tokens: &[Token<'_>], partner: usize) -> Option<Mark> {
    let start = match &tokens[partner] {
        Token::Tag(start, _) if tag.end => start,
        _ => tag,
    };
    let attrs = |pairs: &[(&'static str, &str)]| {
        let mut attrs = Attrs::new();
        for (key, value) in pairs {
            attrs.set(*key, *value);
        }
        attrs
    };
    let (kind, attrs) = match start.name.as_str() {
        "b" | "strong" => (MarkKind::Strong, Attrs::new()),
        "i" | "em" => (MarkKind::Em, Attrs::new()),
        "s" | "del" | "strike" => (MarkKind::Strike, Attrs::new()),
        "u" | "ins" => (MarkKind::Underline, Attrs::new()),
        "code" => (MarkKind::Code, Attrs::new()),
        name @ ("sub" | "sup") => (MarkKind::Subsup, attrs(&[("type", name)])),
        name @ ("font" | "mark") => {
            let color = start.attr("color").filter(|color| grammar::is_hex_color(color))?;
            let kind = if name == "font" { MarkKind::TextColor } else { MarkKind::BackgroundColor };
            (kind, attrs(&[("color", color)]))
        }
        "annotation" => {
            (MarkKind::Annotation, attrs(&[("id", start.attr("id")?), ("annotationType", "inlineComment")]))
        }
        "a" => {
            let mut mark = attrs(&[("href", start.attr("href")?)]);
            for name in ["title", "id", "collection", "occurrenceKey"] {
                if let Some(value) = start.attr(name) {
                    mark.set(name, value);
                }
            }
            (MarkKind::Link, mark)
        }
        _ => return None,
    };
    Some(Mark::new(kind, attrs))
}
