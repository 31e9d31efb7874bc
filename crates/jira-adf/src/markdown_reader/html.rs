//! Tags between blocks, and the containers that they make.

use super::super::error::AdfError;
use super::super::grammar;
use super::super::node::{AttrValue, Attrs, Kind, MAX_DEPTH, Mark, MarkKind, Node};
use super::super::seal::{Sealed, is_container};
use super::super::tag::{Tag, read_tag};
use super::build::{Block, Part, drain};
use super::fit::{contents, enclose, or_empty};

const BLOCK_TAGS: &[&str] = &[
    "details", "summary", "div", "p", "table", "thead", "tbody", "tr", "td", "th", "layout", "column",
    "panel", "card", "embed", "br", "hr",
];

/// A piece of an HTML block.
pub(super) enum Piece<'a> {
    Part(Part<'a>),
    /// Text between tags, which is Markdown of its own.
    Text(&'a str),
}

/// Splits an HTML block at the tags that stand for blocks.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = html;
    let mut text_from = html;
    while let Some(at) = rest.find('<') {
        let from = &rest[at..];
        let Some((tag, len)) = read_tag(from).filter(|(tag, _)| BLOCK_TAGS.contains(&&*tag.name)) else {
            rest = &rest[at + 1..];
            continue;
        };
        push_text(&mut out, &text_from[..text_from.len() - from.len()]);
        rest = &from[len..];
        if tag.name == "summary" {
            if !tag.end {
                let end = rest.find("</summary>");
                let title = &rest[..end.unwrap_or_else(|| rest.find('\n').unwrap_or(rest.len()))];
                rest = rest[title.len()..].trim_start_matches("</summary>");
                out.push(Piece::Part(Part::Title(read_title(title.trim()))));
            }
        } else {
            out.push(Piece::Part(Part::Tag(tag)));
        }
        text_from = rest;
    }
    push_text(&mut out, text_from);
    out
}

fn push_text<'a>(out: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.trim().is_empty() {
        out.push(Piece::Text(text));
    }
}

/// A title as it was meant: backslashes and the entities that people know are read.
fn read_title(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        out.push_str(&rest[..at]);
        let from = &rest[at..];
        if let Some(escaped) = from.strip_prefix('\\') {
            let known = escaped.starts_with(['\\', '<', '&']);
            out.push_str(if known { &escaped[..1] } else { "\\" });
            rest = &escaped[usize::from(known)..];
        } else if let Some((c, len)) = entity(from) {
            out.push(c);
            rest = &from[len..];
        } else {
            out.push('&');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

fn entity(text: &str) -> Option<(char, usize)> {
    for (name, c) in [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", '\u{a0}')] {
        if text.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let digits = text.strip_prefix("&#")?;
    let end = digits.bytes().take(8).position(|byte| byte == b';')?;
    Some((char::from_u32(digits[..end].parse().ok()?)?, end + 3))
}

enum Opener<'a> {
    Tag(Tag<'a>, Option<String>),
    Seal(Node),
}

/// Turns parts into blocks: start and end tags into containers.
pub(super) fn assemble(parts: Vec<Part<'_>>) -> Result<Vec<Block>, AdfError> {
    if parts.iter().all(|part| matches!(part, Part::Node(_))) {
        let mut parts = parts;
        return Ok(drain(&mut parts, 0).collect());
    }
    let mut stack: Vec<(Opener<'_>, Vec<Block>)> = Vec::new();
    let mut top: Vec<Block> = Vec::new();
    for part in parts {
        if stack.len() > MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        match part {
            Part::Node(block) => top.push(block),
            Part::Title(title) => match stack.last_mut() {
                Some((Opener::Tag(tag, slot @ None), _)) if tag.name == "details" && top.is_empty() => {
                    *slot = Some(title);
                }
                _ if title.is_empty() => {}
                _ => top.push(Block::paragraph(vec![Node::text(title)])),
            },
            Part::Seal(sealed) => match *sealed {
                Sealed::Leaf(node) => top.push(Block::sealed(node, false)),
                Sealed::Fixed(node) => top.push(Block::sealed(node, true)),
                Sealed::Open(node) => stack.push((Opener::Seal(node), std::mem::take(&mut top))),
            },
            Part::SealEnd => {
                if stack.iter().any(|(opener, _)| matches!(opener, Opener::Seal(_))) {
                    while let Some((opener, before)) = stack.pop() {
                        let last = matches!(opener, Opener::Seal(_));
                        close(opener, before, &mut top)?;
                        if last {
                            break;
                        }
                    }
                }
            }
            Part::Tag(tag) if tag.end => {
                let open = |(opener, _): &(Opener<'_>, Vec<Block>)| matches!(opener, Opener::Tag(start, _) if start.name == tag.name);
                if stack.iter().any(open) {
                    while let Some(entry) = stack.pop() {
                        let last = open(&entry);
                        close(entry.0, entry.1, &mut top)?;
                        if last {
                            break;
                        }
                    }
                }
            }
            Part::Tag(tag) => match &*tag.name {
                "br" => top.push(Block::paragraph(Vec::new())),
                "hr" => top.push(Block::leaf(Node::new(Kind::Rule))),
                "card" => top.push(Block::leaf(card(&tag))),
                "embed" => top.push(Block::leaf(embed(&tag))),
                _ => stack.push((Opener::Tag(tag, None), std::mem::take(&mut top))),
            },
        }
    }
    while let Some((opener, before)) = stack.pop() {
        close(opener, before, &mut top)?;
    }
    Ok(top)
}

/// Makes the container of `opener` around the blocks in `top`, and puts it behind those before it.
fn close(opener: Opener<'_>, before: Vec<Block>, top: &mut Vec<Block>) -> Result<(), AdfError> {
    let children = std::mem::replace(top, before);
    let made = match opener {
        Opener::Tag(tag, title) => container(&tag, title, children)?,
        Opener::Seal(shell) if is_container(shell.kind) => {
            let kind = shell.kind;
            vec![Block::around(shell, or_empty(contents(kind, children)?))?]
        }
        Opener::Seal(extra) => {
            let mut children = children;
            if let Some(Block { node: first, .. }) = children.first_mut() {
                if (first.kind, extra.kind) == (Kind::Expand, Kind::NestedExpand) {
                    // Which of the two it is, only its place would tell.
                    first.kind = extra.kind;
                }
                if first.kind == extra.kind {
                    add_extra(first, extra);
                }
            }
            children
        }
    };
    top.extend(made);
    Ok(())
}

fn add_extra(node: &mut Node, extra: Node) {
    for (key, value) in extra.attrs.iter() {
        node.attrs.set(key.to_owned(), value.clone());
    }
    node.marks.add(&extra.marks);
    node.rest = extra.rest.or(node.rest.take());
}

fn container(tag: &Tag<'_>, title: Option<String>, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    match &*tag.name {
        "details" => {
            let mut shell = Node::new(Kind::Expand);
            if let Some(title) = title {
                shell.attrs.set("title", title);
            }
            shell.marks.extend(breakout(tag));
            enclose(&shell, children)
        }
        "div" => Ok(shape(tag, children)),
        "panel" => enclose(&panel(tag), children),
        "column" => {
            let mut shell = Node::new(Kind::LayoutColumn);
            shell
                .attrs
                .set("width", number(tag, "width").filter(grammar::is_percent).unwrap_or_else(|| 50.into()));
            if let Some(valign) = tag.attr("valign").filter(|valign| grammar::is_valign(valign)) {
                shell.attrs.set("valign", valign);
            }
            let inside = or_empty(contents(Kind::LayoutColumn, children)?);
            Ok(vec![Block::around(shell, inside)?])
        }
        "layout" => layout(tag, children),
        "table" => super::html_table::table(tag, children),
        "tr" | "td" | "th" => super::html_table::piece(tag, children),
        _ => Ok(children),
    }
}

/// A layout has columns only; what stands between them becomes part of the column before.
fn layout(tag: &Tag<'_>, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    let columns = children.iter().filter(|child| child.node.kind == Kind::LayoutColumn).count();
    let strays = children.len() - columns;
    if strays > 0 || columns == 0 {
        // Not a layout that Jira could hold: its text stays, in order.
        return Ok(children
            .into_iter()
            .flat_map(|child| match child.node.kind {
                Kind::LayoutColumn => child.into_children().1,
                _ => vec![child],
            })
            .collect());
    }
    let mut shell = Node::new(Kind::LayoutSection);
    shell.marks.extend(breakout(tag));
    Ok(vec![Block::around(shell, children)?])
}

fn panel(tag: &Tag<'_>) -> Node {
    let mut shell = Node::new(Kind::Panel);
    let kind = tag
        .attr("type")
        .filter(|kind| matches!(*kind, "info" | "note" | "tip" | "warning" | "error" | "success" | "custom"));
    shell.attrs.set("panelType", kind.unwrap_or("info"));
    for (key, name) in &super::super::markdown_writer::PANEL_ATTRS[1..] {
        if let Some(value) = tag.attr(name) {
            shell.attrs.set(*key, value);
        }
    }
    shell
}

fn shape(tag: &Tag<'_>, mut children: Vec<Block>) -> Vec<Block> {
    let mut marks = Vec::new();
    if let Some(align) = tag.attr("align") {
        let align = if align == "right" { "end" } else { align };
        if matches!(align, "center" | "end") {
            marks.push(Mark::new(MarkKind::Alignment, Attrs::from([("align", align.into())])));
        }
    }
    if let Some(level) =
        number(tag, "indent").filter(|level| level.as_f64().is_some_and(|level| (1.0..=6.0).contains(&level)))
    {
        marks.push(Mark::new(MarkKind::Indentation, Attrs::from([("level", level)])));
    }
    if tag.attr("size") == Some("small") {
        marks.push(Mark::new(MarkKind::FontSize, Attrs::from([("fontSize", "small".into())])));
    }
    for child in &mut children {
        if matches!(child.node.kind, Kind::Paragraph | Kind::Heading) {
            child.node.marks.extend(marks.iter().cloned());
        }
    }
    children
}

pub(super) fn breakout(tag: &Tag<'_>) -> Option<Mark> {
    let mode = tag.attr("breakout").filter(|mode| matches!(*mode, "wide" | "full-width"))?;
    let mut mark = Mark::new(MarkKind::Breakout, Attrs::from([("mode", mode.into())]));
    if let Some(width) = number(tag, "breakout-width") {
        mark.attrs.set("width", width);
    }
    Some(mark)
}

/// A number as JSON has it.
pub(super) fn number(tag: &Tag<'_>, name: &str) -> Option<AttrValue> {
    serde_json::from_str(tag.attr(name)?).ok().map(AttrValue::Number)
}

fn card(tag: &Tag<'_>) -> Node {
    Node::new(Kind::BlockCard).with_attrs([("url", tag.attr("url").unwrap_or_default().into())])
}

fn embed(tag: &Tag<'_>) -> Node {
    let layout = tag.attr("layout").filter(|layout| grammar::is_media_layout(layout)).unwrap_or("center");
    let mut node =
        Node::new(Kind::EmbedCard).with_attrs([("url", tag.attr("url").unwrap_or_default().into())]);
    node.attrs.set("layout", layout);
    for name in ["width", "originalHeight", "originalWidth"] {
        let percent = |value: &AttrValue| {
            name != "width" || value.as_f64().is_some_and(|width| (0.0..=100.0).contains(&width))
        };
        if let Some(value) = number(tag, name).filter(percent) {
            node.attrs.set(name, value);
        }
    }
    node
}
