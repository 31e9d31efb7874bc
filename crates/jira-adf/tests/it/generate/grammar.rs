//! The kinds that may stand in each kind, by their names. A kind that is listed twice is made twice as often.

#[rustfmt::skip]
pub(super) const INLINE: &[&str] = &[
    "text", "date", "emoji", "hardBreak", "inlineCard", "mention", "placeholder", "status", "inlineExtension",
    "mediaInline",
];
#[rustfmt::skip]
pub(super) const CAPTION: &[&str] = &[
    "hardBreak", "mention", "emoji", "date", "placeholder", "inlineCard", "status", "text",
];
#[rustfmt::skip]
pub(super) const TEXT_MARKS: &[&str] = &[
    "link", "em", "strong", "strike", "subsup", "underline", "textColor", "annotation", "backgroundColor",
    "strong", "em",
];
#[rustfmt::skip]
pub(super) const MEDIA_MARKS: &[&str] = &[
    "dataConsumer", "link", "annotation", "border",
];
#[rustfmt::skip]
pub(super) const LAYOUTS: &[&str] = &[
    "wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start",
];
#[rustfmt::skip]
pub(super) const DOC: &[&str] = &[
    "paragraph", "paragraph", "heading", "blockCard", "codeBlock", "mediaSingle", "taskList", "orderedList",
    "bulletList", "blockquote", "decisionList", "embedCard", "extension", "mediaGroup", "rule", "panel",
    "table", "bodiedExtension", "expand", "layoutSection", "syncBlock", "bodiedSyncBlock",
];
#[rustfmt::skip]
pub(super) const BODY: &[&str] = &[
    "paragraph", "panel", "blockquote", "orderedList", "bulletList", "rule", "heading", "codeBlock",
    "mediaGroup", "mediaSingle", "decisionList", "taskList", "table", "blockCard", "embedCard", "extension",
];
#[rustfmt::skip]
pub(super) const EXPAND: &[&str] = &[
    "paragraph", "panel", "blockquote", "orderedList", "bulletList", "rule", "heading", "codeBlock",
    "mediaGroup", "mediaSingle", "decisionList", "taskList", "table", "blockCard", "embedCard", "extension",
    "nestedExpand",
];
#[rustfmt::skip]
pub(super) const NESTED: &[&str] = &[
    "paragraph", "heading", "mediaSingle", "mediaGroup", "codeBlock", "bulletList", "orderedList", "taskList",
    "decisionList", "rule", "panel", "blockquote", "extension",
];
#[rustfmt::skip]
pub(super) const PANEL: &[&str] = &[
    "paragraph", "heading", "bulletList", "orderedList", "blockCard", "mediaGroup", "mediaSingle",
    "codeBlock", "taskList", "rule", "decisionList", "extension",
];
#[rustfmt::skip]
pub(super) const QUOTE: &[&str] = &[
    "paragraph", "orderedList", "bulletList", "codeBlock", "mediaSingle", "mediaGroup", "extension",
];
#[rustfmt::skip]
pub(super) const ITEM: &[&str] = &[
    "paragraph", "bulletList", "orderedList", "taskList", "mediaSingle", "codeBlock", "extension",
];
#[rustfmt::skip]
pub(super) const CELL: &[&str] = &[
    "paragraph", "panel", "blockquote", "orderedList", "bulletList", "rule", "heading", "codeBlock",
    "mediaSingle", "mediaGroup", "decisionList", "taskList", "blockCard", "embedCard", "extension",
    "nestedExpand",
];
#[rustfmt::skip]
pub(super) const COLUMN: &[&str] = &[
    "paragraph", "blockCard", "mediaSingle", "codeBlock", "taskList", "bulletList", "orderedList", "heading",
    "mediaGroup", "decisionList", "rule", "panel", "blockquote", "extension", "embedCard", "table", "expand",
    "bodiedExtension",
];
#[rustfmt::skip]
pub(super) const SYNC: &[&str] = &[
    "paragraph", "blockCard", "blockquote", "bulletList", "codeBlock", "decisionList", "embedCard", "expand",
    "heading", "layoutSection", "mediaGroup", "mediaSingle", "orderedList", "panel", "rule", "table",
    "taskList",
];
