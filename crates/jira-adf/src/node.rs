//! The typed tree: documents, nodes and marks.

use serde_json::Value;

pub use super::attrs::{AttrValue, Attrs};
pub use super::content::Content;
pub use super::marks::{Mark, Marks};
use super::text::Text;

/// The deepest tree that is read or written, counted in nodes below the document. Its JSON is about as deep as
/// JSON readers follow; the schema itself sets no limit, but thirty lists inside one another are no ticket.
pub const MAX_DEPTH: usize = 60;

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// Anything that this version does not know; kept as it came.
            Other,
        }

        impl $name {
            /// Every known kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in ADF; empty for [`Self::Other`].
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other => "",
                }
            }

            /// The kind of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($text => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

names! {
    /// Type of a node.
    Kind {
        Doc = "doc",
        Paragraph = "paragraph",
        Text = "text",
        Heading = "heading",
        BulletList = "bulletList",
        OrderedList = "orderedList",
        ListItem = "listItem",
        TaskList = "taskList",
        TaskItem = "taskItem",
        BlockTaskItem = "blockTaskItem",
        DecisionList = "decisionList",
        DecisionItem = "decisionItem",
        Blockquote = "blockquote",
        CodeBlock = "codeBlock",
        Rule = "rule",
        Panel = "panel",
        Expand = "expand",
        NestedExpand = "nestedExpand",
        Table = "table",
        TableRow = "tableRow",
        TableCell = "tableCell",
        TableHeader = "tableHeader",
        MediaSingle = "mediaSingle",
        MediaGroup = "mediaGroup",
        Media = "media",
        MediaInline = "mediaInline",
        Caption = "caption",
        BlockCard = "blockCard",
        EmbedCard = "embedCard",
        InlineCard = "inlineCard",
        Extension = "extension",
        BodiedExtension = "bodiedExtension",
        InlineExtension = "inlineExtension",
        LayoutSection = "layoutSection",
        LayoutColumn = "layoutColumn",
        SyncBlock = "syncBlock",
        BodiedSyncBlock = "bodiedSyncBlock",
        HardBreak = "hardBreak",
        Mention = "mention",
        Emoji = "emoji",
        Date = "date",
        Status = "status",
        Placeholder = "placeholder",
    }
}

names! {
    /// Type of a mark.
    MarkKind {
        Link = "link",
        Annotation = "annotation",
        BackgroundColor = "backgroundColor",
        TextColor = "textColor",
        Underline = "underline",
        Strong = "strong",
        Em = "em",
        Strike = "strike",
        Subsup = "subsup",
        Code = "code",
        Alignment = "alignment",
        Indentation = "indentation",
        FontSize = "fontSize",
        Breakout = "breakout",
        Border = "border",
        DataConsumer = "dataConsumer",
        Fragment = "fragment",
    }
}

/// A node and everything below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its type.
    pub kind: Kind,
    /// Its marks.
    pub marks: Marks,
    /// Its attributes.
    pub attrs: Attrs,
    /// Its content.
    pub content: Content,
    /// Keys that ADF does not define here; for [`Kind::Other`] the whole node.
    pub rest: Option<Box<Value>>,
}

impl Node {
    /// An empty node.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, marks: Marks::new(), attrs: Attrs::new(), content: Content::default(), rest: None }
    }

    /// A `text` node with these words and no marks.
    #[must_use]
    pub fn text(text: impl Into<Text>) -> Self {
        Self { content: Content::Text(text.into()), ..Self::new(Kind::Text) }
    }

    /// The same node with these attributes.
    #[must_use]
    pub fn with_attrs(self, attrs: impl Into<Attrs>) -> Self {
        Self { attrs: attrs.into(), ..self }
    }

    /// The same node with this content.
    #[must_use]
    pub fn with_content(self, content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..self }
    }

    /// A copy with nothing inside.
    pub(super) fn without_content(&self) -> Self {
        Self {
            kind: self.kind,
            marks: self.marks.clone(),
            attrs: self.attrs.clone(),
            content: Content::default(),
            rest: self.rest.clone(),
        }
    }

    /// The words of a `text` node; empty for any other.
    #[must_use]
    pub fn words(&self) -> &str {
        if let Content::Text(text) = &self.content { text } else { "" }
    }

    /// True where the node stands in a line of text.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        matches!(
            self.kind,
            Kind::Text
                | Kind::HardBreak
                | Kind::Mention
                | Kind::Emoji
                | Kind::Date
                | Kind::Status
                | Kind::Placeholder
                | Kind::InlineCard
                | Kind::InlineExtension
                | Kind::MediaInline
        )
    }

    /// The first mark of a kind.
    #[must_use]
    pub fn mark(&self, kind: MarkKind) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.kind == kind)
    }
}

/// A document: what a description, a comment or a text-area field holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The blocks.
    pub content: Vec<Node>,
    /// Keys beyond `type`, `version` 1 and `content`.
    pub rest: Option<Box<Value>>,
}

impl Default for Document {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Document {
    /// A document of these blocks.
    #[must_use]
    pub const fn new(content: Vec<Node>) -> Self {
        Self { content, rest: None }
    }

    /// True where a reader would see nothing: no block, or only paragraphs of white space.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.content.iter().all(|block| {
            block.kind == Kind::Paragraph
                && block.content.iter().all(|inline| {
                    inline.kind == Kind::HardBreak
                        || inline.kind == Kind::Text && inline.words().trim().is_empty()
                })
        })
    }

    /// The words alone, one block a line.
    #[must_use]
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        for block in &self.content {
            block.write_plain(&mut out);
        }
        out.truncate(out.trim_end_matches('\n').len());
        out
    }
}

impl Node {
    /// The words of this node alone.
    #[must_use]
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        self.write_plain(&mut out);
        out.truncate(out.trim_end_matches('\n').len());
        out
    }

    fn write_plain(&self, out: &mut String) {
        let shown = match self.kind {
            Kind::Text => Some(self.words()),
            Kind::HardBreak => Some("\n"),
            Kind::Mention | Kind::Status | Kind::Placeholder => self.attrs.str("text"),
            Kind::Emoji => self.attrs.str("text").or_else(|| self.attrs.str("shortName")),
            Kind::InlineCard | Kind::BlockCard | Kind::EmbedCard => self.attrs.str("url"),
            Kind::Media | Kind::MediaInline => self.attrs.str("alt"),
            Kind::Expand | Kind::NestedExpand => self.attrs.str("title"),
            Kind::Extension | Kind::InlineExtension | Kind::BodiedExtension => self.attrs.str("text"),
            _ => None,
        };
        if let Some(shown) = shown {
            out.push_str(shown);
        }
        if self.kind == Kind::Date {
            let stamp = self.attrs.str("timestamp").unwrap_or_default();
            out.push_str(&super::date::from_timestamp(stamp).unwrap_or_else(|| stamp.to_owned()));
        }
        if matches!(self.kind, Kind::Expand | Kind::NestedExpand)
            && shown.is_some_and(|title| !title.is_empty())
        {
            out.push('\n');
        }
        for (at, child) in self.content.iter().enumerate() {
            if at > 0 && self.kind == Kind::TableRow {
                out.truncate(out.trim_end_matches('\n').len());
                out.push('\t');
            }
            child.write_plain(out);
        }
        if !self.is_inline() && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
}
