//! Checks whether Jira would take a document that somebody wrote, and if not, where and why. Jira itself says no
//! more than `INVALID_INPUT`.
//!
//! All that Atlassian's schema accepts passes. Kinds that it does not know do not: what stands in a document that was
//! read may be new, but what is written by hand is mistyped.

use std::fmt::Write as _;

use serde_json::Value;

use super::error::AdfError;
use super::grammar::{self, fits};
use super::node::{AttrValue, Attrs, Document, Kind, Mark, MarkKind, Node};

/// Checks a document.
///
/// # Errors
/// [`AdfError::Invalid`] for the first fault.
pub fn check(document: &Document) -> Result<(), AdfError> {
    let mut path = String::new();
    if let Some(key) = document.rest.as_deref().and_then(first_key) {
        return Err(AdfError::Invalid { at: path, problem: format!("has an unknown or wrong `{key}`") });
    }
    check_children(Kind::Doc, &document.content, &mut path)
        .map_err(|problem| AdfError::Invalid { at: path, problem })
}

/// Checks the nodes in a parent. On a fault `path` leads to it.
fn check_children(parent: Kind, nodes: &[Node], path: &mut String) -> Result<(), String> {
    for (at, node) in nodes.iter().enumerate() {
        let length = path.len();
        let _ = write!(path, "/content/{at}");
        check_position(parent, node)?;
        check_node(node)?;
        // Of these the schema leaves open what stands in them.
        let open = node.kind == Kind::BlockTaskItem
            || node.kind == Kind::MediaSingle && parent == Kind::BodiedSyncBlock;
        if !open {
            check_children(node.kind, &node.content, path)?;
        }
        path.truncate(length);
    }
    Ok(())
}

/// Checks that a node may stand in its parent.
fn check_position(parent: Kind, node: &Node) -> Result<(), String> {
    if node.kind == Kind::Other {
        let name = node.rest.as_deref().and_then(|node| node["type"].as_str()).unwrap_or("something");
        return Err(match name {
            "text" => "is a text without `text`".to_owned(),
            name => format!("is of type `{name}`, which ADF does not know"),
        });
    }
    let legal = match parent {
        Kind::Paragraph | Kind::Heading | Kind::TaskItem | Kind::DecisionItem => node.is_inline(),
        Kind::Caption => node.is_inline() && !matches!(node.kind, Kind::MediaInline | Kind::InlineExtension),
        Kind::CodeBlock => node.kind == Kind::Text && node.marks.is_empty(),
        _ => fits(parent, node),
    };
    if legal {
        return Ok(());
    }
    let (name, parent_name) = (node.kind.name(), parent.name());
    Err(match (parent, node.kind) {
        (Kind::CodeBlock, Kind::Text) => "is text with marks, which code does not take".to_owned(),
        _ if !grammar::allows(parent, node.kind) && node.is_inline() => {
            format!("is `{name}`, which cannot stand in `{parent_name}` without a paragraph around it")
        }
        _ if !node.is_inline() && grammar::allows(parent, node.kind) => {
            format!("is `{name}` with marks or content that it cannot have in `{parent_name}`")
        }
        _ => format!("is `{name}`, which cannot stand in `{parent_name}`"),
    })
}

/// Checks that a node is complete.
fn check_node(node: &Node) -> Result<(), String> {
    let name = node.kind.name();
    if let Some(key) = node.rest.as_deref().and_then(first_key)
        && !(node.kind == Kind::MediaSingle || node.kind == Kind::Text && key == "content")
    {
        return Err(format!("is `{name}` with `{key}`, which it does not have"));
    }
    if node.kind == Kind::Text {
        return text(node);
    }
    if node.content.is_empty() && is_never_empty(node.kind) {
        return Err(format!("is `{name}` without `content`"));
    }
    match missing_attrs(node.kind, &node.attrs) {
        Some(wanted) => Err(format!("is `{name}`, whose `attrs` must have {wanted}")),
        None => Ok(()),
    }
}

fn text(node: &Node) -> Result<(), String> {
    if node.words().is_empty() {
        return Err("is an empty text; leave it out".to_owned());
    }
    for mark in &node.marks {
        if mark.kind == MarkKind::Other {
            let name = mark.rest.as_deref().and_then(|mark| mark["type"].as_str()).unwrap_or("something");
            return Err(format!("has the mark `{name}`, which ADF does not know"));
        }
        let name = mark.kind.name();
        if mark.kind >= MarkKind::Alignment {
            return Err(format!("has the mark `{name}`, which is not for text"));
        }
        if let Some(wanted) = missing_mark_attrs(mark) {
            return Err(format!("has the mark `{name}`, whose `attrs` must have {wanted}"));
        }
    }
    let beside_code =
        |mark: &&Mark| !matches!(mark.kind, MarkKind::Code | MarkKind::Link | MarkKind::Annotation);
    if node.mark(MarkKind::Code).is_some()
        && let Some(mark) = node.marks.iter().find(beside_code)
    {
        return Err(format!("has the mark `code`, beside which `{}` cannot stand", mark.kind.name()));
    }
    Ok(())
}

const fn is_never_empty(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Blockquote
            | Kind::BlockTaskItem
            | Kind::BodiedExtension
            | Kind::BodiedSyncBlock
            | Kind::BulletList
            | Kind::DecisionList
            | Kind::Expand
            | Kind::LayoutColumn
            | Kind::ListItem
            | Kind::MediaGroup
            | Kind::NestedExpand
            | Kind::OrderedList
            | Kind::Panel
            | Kind::Table
            | Kind::TableCell
            | Kind::TableHeader
            | Kind::TaskList
    )
}

/// The attributes that a node must have and has not, in words.
fn missing_attrs(kind: Kind, attrs: &Attrs) -> Option<&'static str> {
    let text = |name: &str| attrs.str(name).is_some();
    let (whole, wanted) = match kind {
        Kind::Heading => (
            attrs.get("level").and_then(AttrValue::as_f64).is_some_and(|level| (1.0..=6.0).contains(&level)),
            "a `level` from 1 to 6",
        ),
        Kind::Panel => (
            attrs.str("panelType").is_some_and(grammar::is_panel_type),
            "a `panelType`: info, note, tip, warning, error, success or custom",
        ),
        Kind::Mention => (text("id"), "an `id`, the account id of the person"),
        Kind::Emoji => (text("shortName"), "a `shortName`, such as `:tada:`"),
        Kind::Date => (
            attrs.str("timestamp").is_some_and(|stamp| !stamp.is_empty()),
            "a `timestamp`, in milliseconds since 1970 as a string",
        ),
        Kind::Status => (
            attrs.str("text").is_some_and(|text| !text.is_empty())
                && attrs.str("color").is_some_and(grammar::is_status_color),
            "a `text` and a `color`: neutral, purple, blue, red, yellow or green",
        ),
        Kind::Placeholder => (text("text"), "a `text`"),
        Kind::InlineCard => (text("url") || attrs.get("data").is_some(), "a `url`"),
        Kind::BlockCard => {
            (text("url") || attrs.get("data").is_some() || attrs.get("datasource").is_some(), "a `url`")
        }
        Kind::EmbedCard => (
            text("url") && attrs.str("layout").is_some_and(grammar::is_media_layout),
            "a `url` and a `layout` such as center",
        ),
        Kind::Media => match attrs.str("type") {
            Some("external") => (text("url"), "a `url`"),
            kind => (
                matches!(kind, Some("file" | "link"))
                    && attrs.str("id").is_some_and(|id| !id.is_empty())
                    && text("collection"),
                "a `type` (file, link or external), an `id` and a `collection`, or a `url`",
            ),
        },
        Kind::MediaInline => (
            attrs.str("id").is_some_and(|id| !id.is_empty()) && text("collection"),
            "an `id` and a `collection`",
        ),
        Kind::TaskList | Kind::DecisionList => (text("localId"), "a `localId`, such as a UUID"),
        Kind::TaskItem | Kind::BlockTaskItem => (
            text("localId") && matches!(attrs.str("state"), Some("TODO" | "DONE")),
            "a `localId`, and a `state`: TODO or DONE",
        ),
        Kind::DecisionItem => {
            (text("localId") && text("state"), "a `localId`, and a `state` such as DECIDED")
        }
        Kind::Extension | Kind::BodiedExtension | Kind::InlineExtension => {
            (text("extensionType") && text("extensionKey"), "an `extensionType` and an `extensionKey`")
        }
        Kind::SyncBlock | Kind::BodiedSyncBlock => {
            (text("resourceId") && text("localId"), "a `resourceId` and a `localId`")
        }
        Kind::LayoutColumn => {
            (attrs.get("width").is_some_and(grammar::is_percent), "a `width` from 0 to 100")
        }
        _ => (true, ""),
    };
    (!whole).then_some(wanted)
}

/// The attributes that a mark on text must have and has not, in words.
fn missing_mark_attrs(mark: &Mark) -> Option<&'static str> {
    let color = || mark.attrs.str("color").is_some_and(grammar::is_hex_color);
    let (whole, wanted) = match mark.kind {
        MarkKind::Link => (mark.attrs.str("href").is_some(), "an `href`"),
        MarkKind::TextColor | MarkKind::BackgroundColor => (color(), "a `color` such as #ff5630"),
        MarkKind::Subsup => (matches!(mark.attrs.str("type"), Some("sub" | "sup")), "a `type`: sub or sup"),
        MarkKind::Annotation => (
            mark.attrs.str("id").is_some() && mark.attrs.str("annotationType") == Some("inlineComment"),
            "an `id` and the `annotationType` inlineComment",
        ),
        _ => (true, ""),
    };
    (!whole).then_some(wanted)
}

fn first_key(rest: &Value) -> Option<&str> {
    rest.as_object()?.keys().next().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(content: &Value) -> String {
        let document = json!({"type": "doc", "version": 1, "content": content});
        check(&Document::from_value(&document).unwrap())
            .map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn a_fault_is_told_by_its_place_and_its_reason() {
        let text = json!({"type": "text", "text": "x"});
        for (content, at, problem) in [
            (json!([text]), "/content/0", "without a paragraph around it"),
            (json!([{"type": "paragraph", "text": "x"}]), "/content/0", "`paragraph` with `text`"),
            (json!([{"type": "pargraph"}]), "/content/0", "`pargraph`, which ADF does not know"),
            (json!([{"type": "heading", "content": [text]}]), "/content/0", "a `level` from 1 to 6"),
            (
                json!([{"type": "bulletList", "content": [{"type": "paragraph"}]}]),
                "/content/0/content/0",
                "`paragraph`, which cannot stand in `bulletList`",
            ),
            (json!([{"type": "rule"}, {"type": "bulletList"}]), "/content/1", "without `content`"),
            (
                json!([{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]),
                "/content/0/content/0",
                "an empty text",
            ),
            (
                json!([{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [{"type": "bold"}]}]}]),
                "/content/0/content/0",
                "the mark `bold`",
            ),
            (
                json!([{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [
                    {"type": "code"}, {"type": "strong"}]}]}]),
                "/content/0/content/0",
                "beside which `strong` cannot stand",
            ),
            (
                json!([{"type": "paragraph", "content": [{"type": "mention", "attrs": {"text": "@A"}}]}]),
                "/content/0/content/0",
                "an `id`",
            ),
        ] {
            let message = fault(&content);
            assert!(message.contains(&format!("{at} ")) && message.contains(problem), "{content}: {message}");
        }
        assert_eq!(fault(&json!([{"type": "paragraph", "content": [text]}, {"type": "rule"}])), "");
    }
}
