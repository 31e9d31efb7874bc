//! Nesting of nodes and marks, as Atlassian's schema has it.

use super::node::{AttrValue, Kind, MarkKind, Node};

use Kind::{
    BlockCard, BlockTaskItem, Blockquote, BodiedExtension, BodiedSyncBlock, BulletList, Caption, CodeBlock,
    DecisionItem, DecisionList, Doc, EmbedCard, Expand, Extension, Heading, LayoutColumn, LayoutSection,
    ListItem, Media, MediaGroup, MediaSingle, NestedExpand, OrderedList, Panel, Paragraph, Rule, SyncBlock,
    Table, TableCell, TableHeader, TableRow, TaskItem, TaskList,
};

/// The blocks that may be inside a node; inline content is not listed.
#[rustfmt::skip]
const fn allowed_blocks(parent: Kind) -> &'static [Kind] {
    match parent {
        Doc => &[
            Paragraph, BlockCard, CodeBlock, MediaSingle, TaskList, OrderedList, BulletList, Blockquote, DecisionList,
            EmbedCard, Extension, Heading, MediaGroup, Rule, Panel, Table, BodiedExtension, Expand, LayoutSection,
            SyncBlock, BodiedSyncBlock,
        ],
        LayoutColumn => &[
            Paragraph, BlockCard, MediaSingle, CodeBlock, TaskList, BulletList, OrderedList, Heading, MediaGroup,
            DecisionList, Rule, Panel, Blockquote, Extension, EmbedCard, Table, Expand, BodiedExtension,
        ],
        BodiedSyncBlock => &[
            Paragraph, BlockCard, Blockquote, BulletList, CodeBlock, DecisionList, EmbedCard, Expand, Heading,
            LayoutSection, MediaGroup, MediaSingle, OrderedList, Panel, Rule, Table, TaskList,
        ],
        BodiedExtension => &[
            Paragraph, Panel, Blockquote, OrderedList, BulletList, Rule, Heading, CodeBlock, MediaGroup, MediaSingle,
            DecisionList, TaskList, Table, BlockCard, EmbedCard, Extension,
        ],
        Expand => &[
            Paragraph, Panel, Blockquote, OrderedList, BulletList, Rule, Heading, CodeBlock, MediaGroup, MediaSingle,
            DecisionList, TaskList, Table, BlockCard, EmbedCard, Extension, NestedExpand,
        ],
        NestedExpand => &[
            Paragraph, Heading, MediaSingle, MediaGroup, CodeBlock, BulletList, OrderedList, TaskList, DecisionList,
            Rule, Panel, Blockquote, Extension,
        ],
        Panel => &[
            Paragraph, Heading, BulletList, OrderedList, BlockCard, MediaGroup, MediaSingle, CodeBlock, TaskList, Rule,
            DecisionList, Extension,
        ],
        Blockquote => &[Paragraph, OrderedList, BulletList, CodeBlock, MediaSingle, MediaGroup, Extension],
        ListItem => &[Paragraph, BulletList, OrderedList, TaskList, MediaSingle, CodeBlock, Extension],
        TableCell | TableHeader => &[
            Paragraph, Panel, Blockquote, OrderedList, BulletList, Rule, Heading, CodeBlock, MediaSingle, MediaGroup,
            DecisionList, TaskList, BlockCard, EmbedCard, Extension, NestedExpand,
        ],
        BlockTaskItem => &[Paragraph, Extension],
        BulletList | OrderedList => &[ListItem],
        TaskList => &[TaskItem, TaskList, BlockTaskItem],
        DecisionList => &[DecisionItem],
        LayoutSection => &[LayoutColumn],
        Table => &[TableRow],
        TableRow => &[TableCell, TableHeader],
        MediaSingle => &[Media, Caption],
        MediaGroup => &[Media],
        _ => &[],
    }
}

/// True where `child` may stand in `parent`, marks aside.
pub(super) fn allows(parent: Kind, child: Kind) -> bool {
    ALLOWED_BLOCKS[parent as usize] >> child as u64 & 1 == 1
}

/// The blocks that may be inside each kind, one bit each.
const ALLOWED_BLOCKS: [u64; Kind::ALL.len() + 1] = {
    let mut table = [0; Kind::ALL.len() + 1];
    let mut parent = 0;
    while parent < Kind::ALL.len() {
        let kinds = allowed_blocks(Kind::ALL[parent]);
        let mut at = 0;
        while at < kinds.len() {
            table[parent] |= 1 << kinds[at] as u64;
            at += 1;
        }
        parent += 1;
    }
    table
};

/// True where a block in `parent` may carry a mark, given its other marks.
pub(super) fn allows_mark(parent: Kind, node: &Node, mark: MarkKind) -> bool {
    match (node.kind, mark) {
        (Paragraph | Heading, _) if parent == BodiedSyncBlock => true,
        (Paragraph, MarkKind::FontSize) => !matches!(parent, Blockquote),
        (Paragraph, MarkKind::Alignment) => matches!(parent, Doc | LayoutColumn | TableCell | TableHeader),
        (Paragraph, MarkKind::Indentation) => {
            matches!(parent, Doc | LayoutColumn) && node.mark(MarkKind::Alignment).is_none()
        }
        (Heading, MarkKind::Alignment) => matches!(parent, Doc | LayoutColumn | TableCell | TableHeader),
        (Heading, MarkKind::Indentation) => {
            matches!(parent, Doc | LayoutColumn | TableCell | TableHeader)
                && node.mark(MarkKind::Alignment).is_none()
        }
        (CodeBlock | Expand, MarkKind::Breakout) => parent == Doc,
        (LayoutSection | SyncBlock | BodiedSyncBlock, MarkKind::Breakout)
        | (MediaSingle | Media | Kind::MediaInline, MarkKind::Link)
        | (Media | Kind::MediaInline, MarkKind::Border | MarkKind::Annotation | MarkKind::DataConsumer)
        | (
            Extension | BodiedExtension | Kind::InlineExtension,
            MarkKind::DataConsumer | MarkKind::Fragment,
        )
        | (Table, MarkKind::Fragment) => true,
        _ => false,
    }
}

/// True where a node's own children are such as `parent` wants: a synced block takes layouts of any number of columns
/// and frames without an image, the others do not.
pub(super) fn is_whole_in(parent: Kind, node: &Node) -> bool {
    match node.kind {
        LayoutSection => parent == BodiedSyncBlock || matches!(node.content.len(), 2 | 3),
        MediaSingle => {
            let kinds = node.content.iter().map(|child| child.kind);
            parent == BodiedSyncBlock || kinds.clone().eq([Media]) || kinds.eq([Media, Caption])
        }
        _ => true,
    }
}

/// True where `node` with its own marks is legal in `parent`.
pub(super) fn fits(parent: Kind, node: &Node) -> bool {
    allows(parent, node.kind)
        && is_whole_in(parent, node)
        && node.marks.iter().all(|mark| allows_mark(parent, node, mark.kind))
}

/// True where a colour is `#rrggbb`.
pub(super) fn is_hex_color(color: &str) -> bool {
    color
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// True where a border may have this colour: `#rrggbb` or `#rrggbbaa`.
pub(super) fn is_border_color(color: &str) -> bool {
    is_hex_color(color)
        || color
            .strip_prefix('#')
            .is_some_and(|hex| hex.len() == 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// True where a status may have this colour.
pub(super) fn is_status_color(color: &str) -> bool {
    matches!(color, "neutral" | "purple" | "blue" | "red" | "yellow" | "green") || is_hex_color(color)
}

/// The panel types, with the word that stands in a quote's first line.
pub(super) const ALERTS: [(&str, &str); 6] = [
    ("info", "NOTE"),
    ("tip", "TIP"),
    ("note", "IMPORTANT"),
    ("warning", "WARNING"),
    ("error", "CAUTION"),
    ("success", "SUCCESS"),
];

/// True where a panel may be of this type.
pub(super) fn is_panel_type(kind: &str) -> bool {
    kind == "custom" || ALERTS.iter().any(|(known, _)| *known == kind)
}

/// True where an image or embedded page may have this layout.
pub(super) fn is_media_layout(layout: &str) -> bool {
    matches!(
        layout,
        "wide" | "full-width" | "center" | "wrap-right" | "wrap-left" | "align-end" | "align-start"
    )
}

/// True where a table may have this layout.
pub(super) fn is_table_layout(layout: &str) -> bool {
    matches!(layout, "wide" | "full-width" | "center" | "align-end" | "align-start" | "default")
}

/// True where a cell or column may have this vertical alignment.
pub(super) fn is_valign(valign: &str) -> bool {
    matches!(valign, "top" | "middle" | "bottom")
}

/// True where a value is a number from 0 to 100.
pub(super) fn is_percent(value: &AttrValue) -> bool {
    value.as_f64().is_some_and(|number| (0.0..=100.0).contains(&number))
}
