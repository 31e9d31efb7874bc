//! Images and files in a line of text, and what becomes of the line.

use serde_json::Value;

use super::super::grammar;
use super::super::media_id::is_uuid;
use super::super::node::{AttrValue, Attrs, Content, Kind, Mark, MarkKind, Node};
use super::super::tag::Tag;
use super::super::text::Text;
use super::build::Block;
use super::html::number;

/// The text of an image's `media` node while its line is read: it says in what form the file was written.
const IMAGE: &str = "image";
const FILE: &str = "file";
/// The end of that text where the tag says that the file stands among text.
const INLINE: &str = "!";
/// The part of that text where the tag says that the file is one of a group.
const GROUP: &str = " group";
/// The part of that text where the tag gave the address.
const URL: &str = " url";

/// A piece of a line with files.
pub(super) enum Piece {
    Inline(Node),
    Block(Block),
}

/// A file by its id; `None` if it is not an id but a name. Without an id it has to come with the tag.
pub(super) fn file(id: &str, alt: &str, image: bool) -> Option<Node> {
    if !id.is_empty() && !is_uuid(id) {
        return None;
    }
    let mut node = Node::new(Kind::Media).with_attrs([
        ("type", AttrValue::word("file")),
        ("id", id.into()),
        ("collection", AttrValue::word("")),
    ]);
    if !alt.is_empty() {
        node.attrs.set("alt", alt);
    }
    node.content = Content::Text(Text::word(if image { IMAGE } else { FILE }));
    Some(node)
}

/// An image on the web.
pub(super) fn external(url: &str, alt: &str) -> Node {
    let mut node =
        Node::new(Kind::Media).with_attrs([("type", AttrValue::word("external")), ("url", url.into())]);
    if !alt.is_empty() {
        node.attrs.set("alt", alt);
    }
    node.content = Content::Text(Text::word(IMAGE));
    node
}

/// The end of a source line behind a file.
pub(super) fn line_break() -> Node {
    Node::new(Kind::Other)
}

fn is_line_break(node: &Node) -> bool {
    node.kind == Kind::Other && node.rest.is_none()
}

/// Adds the attributes of a `<media>` tag to the file before it. The frame's attributes wait there under names of their own.
pub(super) fn add_tag(node: &mut Node, tag: &Tag<'_>) {
    let external = node.attrs.str("type") == Some("external");
    for (name, key) in [("alt", "alt"), ("id", "id"), ("collection", "collection"), ("key", "occurrenceKey")]
    {
        if let Some(value) = tag.attr(name).filter(|value| {
            !external && (key != "id" || !value.is_empty()) || key == "alt" && value.is_empty()
        }) {
            node.attrs.set(key, value);
        }
    }
    if let Some(url) = tag.attr("url").filter(|_| external) {
        node.attrs.set("url", url);
        node.content = Content::Text([node.words(), URL].concat().into());
    }
    match tag.attr("type") {
        Some("link") if !external => node.attrs.set("type", "link"),
        Some("none") => drop(node.attrs.remove("type")),
        _ => {}
    }
    for (name, key) in [("w", "width"), ("h", "height")] {
        if let Some(value) = number(tag, name) {
            node.attrs.set(key, value);
        }
    }
    if let Some((size, color)) = tag.attr("border").and_then(|border| border.split_once(':')) {
        let size = serde_json::from_str(size).ok().map(AttrValue::Number);
        let legal = |size: &AttrValue| size.as_f64().is_some_and(|size| (1.0..=3.0).contains(&size));
        if let Some(size) = size.filter(|size| legal(size) && grammar::is_border_color(color)) {
            node.marks
                .push(Mark::new(MarkKind::Border, Attrs::from([("size", size), ("color", color.into())])));
        }
    }
    if let Some(sources) =
        tag.attr("sources").and_then(|sources| serde_json::from_str::<Vec<String>>(sources).ok())
        && !sources.is_empty()
    {
        node.marks.push(Mark::new(
            MarkKind::DataConsumer,
            Attrs::from([("sources", AttrValue::from(Value::from(sources)))]),
        ));
    }
    if tag.attr("group").is_some() {
        node.content = Content::Text([node.words(), GROUP].concat().into());
    }
    if tag.attr("inline").is_some() {
        node.content = Content::Text([node.words(), INLINE].concat().into());
    }
    let mut frame = Attrs::new();
    if let Some(layout) =
        tag.attr("layout").filter(|layout| *layout == "none" || grammar::is_media_layout(layout))
    {
        frame.set("layout", layout);
    }
    let unit = tag.attr("unit").filter(|unit| matches!(*unit, "pixel" | "percentage"));
    let fits = |width: &AttrValue| match unit {
        Some("pixel") => width.as_f64().is_some_and(|width| width >= 0.0),
        _ => grammar::is_percent(width),
    };
    let width = number(tag, "width").filter(fits);
    if let Some(unit) = unit.filter(|unit| *unit != "pixel" || width.is_some()) {
        frame.set("widthType", unit);
    }
    if let Some(width) = width {
        frame.set("width", width);
    }
    if !frame.is_empty() {
        let frame: serde_json::Map<_, _> =
            frame.iter().map(|(key, value)| (key.to_owned(), value.to_value())).collect();
        node.rest = Some(Box::new(Value::Object(frame)));
    }
}

/// Turns a line with files into what it means: an image alone is a block, files alone are a group, and among
/// text both stand in the text, except for images from elsewhere, which ADF has as blocks only.
pub(super) fn place_media(line: Vec<Node>, blocks: bool) -> Vec<Piece> {
    let only =
        line.iter().all(|node| matches!(node.kind, Kind::Media | Kind::Caption) || is_line_break(node));
    let says_inline = line.iter().any(|node| node.kind == Kind::Media && node.words().ends_with(INLINE));
    let files = line.iter().filter(|node| node.kind == Kind::Media);
    if blocks
        && only
        && !says_inline
        && files.clone().all(|file| (file.words() == FILE || file.words().contains(GROUP)) && has_id(file))
    {
        let group: Vec<_> = line.into_iter().filter(|node| node.kind == Kind::Media).map(as_media).collect();
        return vec![Piece::Block(Block::leaf(Node::new(Kind::MediaGroup).with_content(group)))];
    }
    let alone = blocks && only && !says_inline;
    let mut out: Vec<Piece> = Vec::new();
    for node in line {
        match node.kind {
            Kind::Media if !has_id(&node) => {
                out.extend(node.attrs.str("alt").map(|alt| Piece::Inline(Node::text(alt))));
            }
            Kind::Media
                if node.words().starts_with(IMAGE)
                    && (alone || node.attrs.str("type") == Some("external")) =>
            {
                out.push(Piece::Block(single(node)));
            }
            Kind::Media => out.push(Piece::Inline(as_inline(node))),
            Kind::Caption => match out.last_mut() {
                Some(Piece::Block(block))
                    if block.node.kind == Kind::MediaSingle && block.node.content.len() == 1 =>
                {
                    let (inline, rest): (Vec<_>, Vec<_>) = node.content.into_iter().partition(may_caption);
                    let caption = Node::new(Kind::Caption).with_content(inline);
                    let media = std::mem::take(&mut block.node.content);
                    block.node.content = media.into_iter().chain([caption]).collect();
                    out.extend(rest.into_iter().map(Piece::Inline));
                }
                _ => out.extend(node.content.into_iter().map(Piece::Inline)),
            },
            _ if is_line_break(&node) => {
                if !alone {
                    out.push(Piece::Inline(Node::text(" ")));
                }
            }
            _ => out.push(Piece::Inline(node)),
        }
    }
    out
}

fn may_caption(node: &Node) -> bool {
    !matches!(node.kind, Kind::MediaInline | Kind::InlineExtension | Kind::Media)
}

/// True where the file has an id or an address.
fn has_id(node: &Node) -> bool {
    match node.attrs.str("url") {
        Some(url) => !url.is_empty() || node.words().contains(URL),
        None => node.attrs.str("id").is_some_and(|id| !id.is_empty()),
    }
}

fn as_media(mut node: Node) -> Node {
    node.content = Content::default();
    node.rest = None;
    if node.attrs.get("type").is_none() {
        node.attrs.set("type", AttrValue::word("file"));
    }
    node
}

fn as_inline(mut node: Node) -> Node {
    if node.words().starts_with(IMAGE) {
        node.attrs.set("type", "image");
    }
    node.content = Content::default();
    node.rest = None;
    node.marks.retain(|mark| mark.kind == MarkKind::Link);
    Node { kind: Kind::MediaInline, ..node }
}

fn single(mut node: Node) -> Block {
    let frame = node.rest.take();
    let mut shell = Node::new(Kind::MediaSingle);
    shell.attrs.set("layout", AttrValue::word("center"));
    if let Some(Value::Object(frame)) = frame.as_deref() {
        for (key, value) in frame {
            shell.attrs.set(key.clone(), value.clone());
        }
        if frame.get("layout").is_some_and(|layout| layout == "none") {
            shell.attrs = Attrs::new();
        }
    }
    Block::leaf(shell.with_content(vec![as_media(node)]))
}
