//! Marks that are written as tags, and which marks are written at all.

use super::super::grammar;
use super::super::node::{Mark, MarkKind};
use super::super::tag::push_attr;

/// True where marks can stand together: code goes with links and annotations only.
pub(super) fn agree(marks: &[Mark]) -> bool {
    !marks.iter().any(|mark| mark.kind == MarkKind::Code)
        || marks
            .iter()
            .all(|mark| matches!(mark.kind, MarkKind::Code | MarkKind::Link | MarkKind::Annotation))
}

pub(super) fn is_plain_mark(mark: &Mark) -> bool {
    let only =
        |names: &[&str]| mark.attrs.iter().all(|(key, value)| names.contains(&key) && value.is_string());
    mark.rest.is_none()
        && match mark.kind {
            MarkKind::Strong | MarkKind::Em | MarkKind::Strike | MarkKind::Underline | MarkKind::Code => {
                mark.attrs.is_empty()
            }
            MarkKind::Subsup => only(&["type"]) && matches!(mark.attrs.str("type"), Some("sub" | "sup")),
            MarkKind::TextColor | MarkKind::BackgroundColor => {
                only(&["color"]) && mark.attrs.str("color").is_some_and(grammar::is_hex_color)
            }
            MarkKind::Annotation => {
                only(&["id", "annotationType"])
                    && mark.attrs.str("id").is_some()
                    && mark.attrs.str("annotationType") == Some("inlineComment")
            }
            MarkKind::Link => {
                only(&["href", "title", "id", "collection", "occurrenceKey"])
                    && mark.attrs.str("href").is_some()
            }
            _ => false,
        }
}

pub(super) fn tag_name(mark: &Mark) -> &'static str {
    match mark.kind {
        MarkKind::Strong => "b",
        MarkKind::Em => "i",
        MarkKind::Strike => "s",
        MarkKind::Underline => "u",
        MarkKind::Subsup if mark.attrs.str("type") == Some("sub") => "sub",
        MarkKind::Subsup => "sup",
        MarkKind::TextColor => "font",
        MarkKind::BackgroundColor => "mark",
        MarkKind::Annotation => "annotation",
        _ => "a",
    }
}

pub(super) fn push_mark_tag(out: &mut String, name: &str, mark: &Mark) {
    out.push('<');
    out.push_str(name);
    match mark.kind {
        MarkKind::TextColor | MarkKind::BackgroundColor => {
            push_attr(out, "color", mark.attrs.str("color").unwrap_or_default());
        }
        MarkKind::Annotation => push_attr(out, "id", mark.attrs.str("id").unwrap_or_default()),
        MarkKind::Link => {
            for (key, value) in mark.attrs.iter() {
                push_attr(out, key, value.as_str().unwrap_or_default());
            }
        }
        _ => {}
    }
    out.push('>');
}
