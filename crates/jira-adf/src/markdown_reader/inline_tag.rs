//! Tags in a line of text: which belong together, and the nodes and marks that they make.

use super::super::node::{AttrValue, Attrs, Kind, Mark, MarkKind, Node};
use super::super::tag::Tag;
use super::super::{date, grammar};
use super::inline::Token;

/// Tags that come in pairs: those that hold plain text and become a node, then those that are a mark, then others.
const PAIRED: [&str; 22] = [
    "status",
    "date",
    "placeholder",
    "emoji",
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
    "p",
    "caption",
];
/// The number of them that become a node.
const NODES: usize = 4;

/// True where a tag of this name holds plain text and becomes a node.
pub(super) fn is_node(name: &str) -> bool {
    PAIRED[..NODES].contains(&name)
}

/// Says for each tag with a partner the partner's place, for any other token its own; nothing if there are no tags.
pub(super) fn pair(tokens: &[Token<'_>], partner: &mut Vec<usize>) {
    partner.clear();
    if !tokens.iter().any(|token| matches!(token, Token::Tag(..))) {
        return;
    }
    const NONE: usize = usize::MAX;
    partner.extend(0..tokens.len());
    // For each name the last tag that is open; the one before it is where its partner will be.
    let mut open = [NONE; PAIRED.len()];
    for (at, token) in tokens.iter().enumerate() {
        let Token::Tag(tag, _) = token else { continue };
        let Some(name) = PAIRED.iter().position(|known| *known == tag.name) else { continue };
        let last = open[name];
        if !tag.end {
            if name < NODES && last != NONE {
                // These hold text, so of those inside one another only the innermost is one.
                partner[last] = last;
                open[name] = NONE;
            }
            partner[at] = open[name];
            open[name] = at;
        } else if last != NONE {
            open[name] = partner[last];
            partner[last] = at;
            partner[at] = last;
        }
    }
    for mut at in open {
        while at != NONE {
            at = std::mem::replace(&mut partner[at], at);
        }
    }
}

/// The node of a tag around this text, if it is one.
pub(super) fn node_of(tag: &Tag<'_>, text: &str) -> Option<Node> {
    match &*tag.name {
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
pub(super) fn mark_of(tag: &Tag<'_>, tokens: &[Token<'_>], partner: usize) -> Option<Mark> {
    let start = match &tokens[partner] {
        Token::Tag(start, _) if tag.end => start,
        _ => tag,
    };
    let (kind, attrs) = match &*start.name {
        "b" | "strong" => (MarkKind::Strong, Attrs::new()),
        "i" | "em" => (MarkKind::Em, Attrs::new()),
        "s" | "del" | "strike" => (MarkKind::Strike, Attrs::new()),
        "u" | "ins" => (MarkKind::Underline, Attrs::new()),
        "code" => (MarkKind::Code, Attrs::new()),
        name @ ("sub" | "sup") => (MarkKind::Subsup, Attrs::from([("type", name.into())])),
        name @ ("font" | "mark") => {
            let color = start.attr("color").filter(|color| grammar::is_hex_color(color))?;
            let kind = if name == "font" { MarkKind::TextColor } else { MarkKind::BackgroundColor };
            (kind, Attrs::from([("color", color.into())]))
        }
        "annotation" => {
            let attrs =
                [("id", start.attr("id")?.into()), ("annotationType", AttrValue::word("inlineComment"))];
            (MarkKind::Annotation, Attrs::from(attrs))
        }
        "a" => {
            let mut mark = Attrs::from([("href", start.attr("href")?.into())]);
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
