//! Images and files: `![alt](attachment:id)` and `[name](attachment:id)`, with a tag for what goes beyond.

use serde_json::Value;

use super::super::canonical::significant;
use super::super::grammar;
use super::super::media_id::is_uuid;
use super::super::node::{Kind, Mark, MarkKind, Node};
use super::super::tag::push_attr;
use super::Writer;
use super::inline::Line;
use super::link::{is_plain_link, push_address, push_destination};
use super::mark::{is_plain_mark, push_mark_tag, tag_name};
use super::text::{TextPosition, push_text};

/// True where an image with its frame and caption can be written in its own form.
pub(super) fn is_single(node: &Node) -> bool {
    let frame = significant(node).all(|(key, value)| match key {
        "layout" => value.as_str().is_some_and(grammar::is_media_layout),
        "width" => value.is_number(),
        "widthType" => matches!(value.as_str(), Some("pixel" | "percentage")),
        // Anything else goes into a wrapper.
        _ => true,
    });
    let legal = match (node.attrs.get("width"), node.attrs.str("widthType")) {
        (Some(width), Some("pixel")) => width.as_f64().is_some_and(|width| width >= 0.0),
        (Some(width), _) => grammar::is_percent(width),
        (None, Some("pixel")) => false,
        (None, _) => true,
    };
    let framed = node.attrs.is_empty() || node.attrs.str("layout").is_some();
    frame
        && legal
        && framed
        && match &node.content[..] {
            [media] => is_media(media),
            [media, caption] => is_media(media) && is_caption(caption),
            _ => false,
        }
}

/// True where a group of files can be written in its own form.
pub(super) fn is_group(node: &Node) -> bool {
    !node.content.is_empty() && node.content.iter().all(is_media)
}

fn is_caption(node: &Node) -> bool {
    node.kind == Kind::Caption
        && node.rest.is_none()
        && node.marks.is_empty()
        && significant(node).next().is_none()
        && node.content.iter().all(|child| {
            child.is_inline() && !matches!(child.kind, Kind::MediaInline | Kind::InlineExtension)
        })
}

fn is_media(node: &Node) -> bool {
    let external = node.attrs.str("type") == Some("external");
    let known = significant(node).all(|(key, value)| match key {
        "type" => matches!(value.as_str(), Some("file" | "link" | "external")),
        "id" | "collection" | "occurrenceKey" => !external && value.is_string(),
        "url" => external && value.is_string(),
        "alt" => value.is_string(),
        "width" | "height" => value.is_number(),
        _ => false,
    });
    let whole = if external {
        node.attrs.str("url").is_some()
    } else {
        node.attrs.str("type").is_some() && node.attrs.str("collection").is_some() && has_id(node)
    };
    node.kind == Kind::Media
        && node.rest.is_none()
        && node.content.is_empty()
        && known
        && whole
        && node.marks.iter().all(|mark| {
            is_plain_mark(mark) && is_wrapping(mark) || border(mark).is_some() || sources(mark).is_some()
        })
        && [MarkKind::Border, MarkKind::DataConsumer]
            .iter()
            .all(|kind| node.marks.iter().filter(|mark| mark.kind == *kind).count() < 2)
}

fn has_id(node: &Node) -> bool {
    node.attrs.str("id").is_some_and(|id| !id.is_empty())
}

/// True where an inline file can be written in its own form.
fn is_inline_media(node: &Node) -> bool {
    node.marks.is_empty()
        && has_id(node)
        && node.attrs.str("collection").is_some()
        && significant(node).all(|(key, value)| match key {
            "type" => matches!(value.as_str(), Some("file" | "link" | "image")),
            "id" | "collection" | "alt" | "occurrenceKey" => value.is_string(),
            "width" | "height" => value.is_number(),
            _ => false,
        })
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// True for the marks that stand around an image as they stand around text.
fn is_wrapping(mark: &Mark) -> bool {
    matches!(mark.kind, MarkKind::Link | MarkKind::Annotation)
}

/// A border as its tag has it: `2:#ff0000`.
fn border(mark: &Mark) -> Option<String> {
    let size = mark.attrs.get("size").filter(|size| size.is_number())?;
    let color = mark.attrs.str("color").filter(|color| grammar::is_border_color(color))?;
    let plain = mark.kind == MarkKind::Border && mark.rest.is_none() && mark.attrs.iter().count() == 2;
    plain.then(|| format!("{}:{color}", size.to_text()))
}

/// The sources of a data consumer as its tag has them.
fn sources(mark: &Mark) -> Option<String> {
    let sources = mark.attrs.get("sources")?.as_array().filter(|sources| !sources.is_empty())?;
    let plain = mark.kind == MarkKind::DataConsumer && mark.rest.is_none() && mark.attrs.iter().count() == 1;
    (plain && sources.iter().all(Value::is_string)).then(|| Value::from(sources.clone()).to_string())
}

impl Writer {
    pub(super) fn media_single(&mut self, node: &Node) {
        let Some(media) = node.content.first() else { return };
        let mut frame = String::new();
        match node.attrs.str("layout") {
            Some("center") => {}
            layout => push_attr(&mut frame, "layout", layout.unwrap_or("none")),
        }
        if let Some(width) = node.attrs.get("width") {
            push_attr(&mut frame, "width", &width.to_text());
        }
        if let Some(unit) = node.attrs.str("widthType") {
            push_attr(&mut frame, "unit", unit);
        }
        self.media(media, true, &frame);
        if let Some(caption) = node.content.get(1) {
            self.out.push_str("<caption>");
            self.inlines(&caption.content, Line::Single);
            self.close_tag("caption");
        }
    }

    /// A file with its marks around it and what its tag says, `frame` last.
    fn media(&mut self, media: &Node, image: bool, frame: &str) {
        let (mut link, mut around) = (None, Vec::new());
        for mark in media.marks.iter().filter(|mark| is_wrapping(mark)) {
            if image && link.is_none() && is_plain_link(mark) {
                link = Some(mark);
            } else {
                around.push(mark);
            }
        }
        for mark in &around {
            push_mark_tag(&mut self.out, tag_name(mark), mark);
        }
        if link.is_some() {
            self.out.push('[');
        }
        let tag = self.media_ref(media, image, false);
        if let Some(link) = link {
            push_destination(&mut self.out, link);
        }
        self.media_tag(&(tag + frame));
        for mark in around.iter().rev() {
            self.close_tag(tag_name(mark));
        }
    }

    pub(super) fn media_group(&mut self, node: &Node) {
        for (at, media) in node.content.iter().enumerate() {
            if at > 0 {
                self.line();
            }
            let external = media.attrs.str("type") == Some("external");
            self.media(media, external, if external { " group" } else { "" });
        }
    }

    /// An inline file; `alone` if nothing but such files stands in its line.
    pub(super) fn media_inline(&mut self, node: &Node, alone: bool, table: bool) -> bool {
        if !is_inline_media(node) {
            return false;
        }
        let mut tag = self.media_ref(node, node.attrs.str("type") == Some("image"), table);
        if alone {
            tag.push_str(" inline");
        }
        self.media_tag(&tag);
        true
    }

    fn media_tag(&mut self, attrs: &str) {
        if !attrs.is_empty() {
            self.out.push_str("<media");
            self.out.push_str(attrs);
            self.out.push('>');
        }
    }

    /// Writes the reference to a file; gives the attributes that a tag has to say.
    fn media_ref(&mut self, node: &Node, image: bool, table: bool) -> String {
        let mut tag = String::new();
        let alt = node.attrs.str("alt");
        self.out.push_str(if image { "![" } else { "[" });
        push_text(
            &mut self.out,
            alt.unwrap_or_default(),
            TextPosition { link: true, table, ..TextPosition::default() },
        );
        self.out.push_str("](");
        if alt == Some("") {
            push_attr(&mut tag, "alt", "");
        }
        if let Some(url) = node.attrs.str("url") {
            if is_web(url) {
                push_address(&mut self.out, url, table);
            } else {
                push_attr(&mut tag, "url", url);
            }
        } else {
            let id = node.attrs.str("id").unwrap_or_default();
            self.out.push_str("attachment:");
            if is_uuid(id) {
                self.out.push_str(id);
            } else {
                push_attr(&mut tag, "id", id);
            }
        }
        self.out.push(')');
        match (node.kind, node.attrs.str("type")) {
            (Kind::MediaInline, None) => push_attr(&mut tag, "type", "none"),
            (_, Some("link")) => push_attr(&mut tag, "type", "link"),
            _ => {}
        }
        for (key, short) in
            [("collection", "collection"), ("occurrenceKey", "key"), ("width", "w"), ("height", "h")]
        {
            match node.attrs.get(key) {
                Some(value) if key == "collection" && value.as_str() == Some("") => {}
                Some(value) => push_attr(&mut tag, short, &value.to_text()),
                None => {}
            }
        }
        if let Some(border) = node.mark(MarkKind::Border).and_then(border) {
            push_attr(&mut tag, "border", &border);
        }
        if let Some(sources) = node.mark(MarkKind::DataConsumer).and_then(sources) {
            push_attr(&mut tag, "sources", &sources);
        }
        tag
    }
}
