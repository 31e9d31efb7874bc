//! The grammar of Atlassian Document Format as a table: one entry a node, one a mark.
//!
//! A *place* in a document is a list of what may stand there, written as one string: `"paragraph heading:alignment"`
//! names nodes, each with the marks that this place admits after a colon (`,` joins one set, `|` parts alternative
//! sets of which one must cover all marks, `*` admits anything); without a colon the node's own marks hold. `@name`
//! stands for a group. A `~` after a name is a laxer form of that node, which Atlassian's schema knows in one place.

use std::ops::RangeInclusive;

use Kind::{Any, Bool, NamedOrRgb, NonEmpty, Number, OneOf, Rgb, Rgba, Text};

/// Values that an attribute may have.
pub(super) enum Kind {
    Any,
    Bool,
    Text,
    NonEmpty,
    /// One of these, parted by `|`.
    OneOf(&'static str),
    /// `#rrggbb`.
    Rgb,
    /// `#rrggbb` or `#rrggbbaa`.
    Rgba,
    /// One of these, parted by `|`, or `#rrggbb`.
    NamedOrRgb(&'static str),
    Number(RangeInclusive<f64>),
    List {
        min: usize,
        of: &'static Kind,
    },
    Object(&'static [Attr]),
}

pub(super) struct Attr {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) kind: Kind,
}

/// The marks a node may carry.
#[derive(Clone, Copy)]
pub(super) enum Marks {
    /// Not even an empty list.
    Forbidden,
    /// Alternative sets, parted by `|`, of names parted by `,`; empty for none at all.
    Sets(&'static str),
    Any,
}

#[derive(Clone, Copy)]
pub(super) enum Content {
    None,
    /// Anything: the schema forgets to look.
    Unchecked,
    Each {
        required: bool,
        min: usize,
        max: usize,
        of: &'static str,
    },
    /// The n-th child as the n-th place says; what follows is not looked at.
    Positions {
        max: usize,
        of: &'static [&'static str],
    },
}

impl Content {
    pub(super) fn required(self) -> bool {
        match self {
            Self::None | Self::Unchecked => false,
            Self::Each { required, .. } => required,
            Self::Positions { .. } => true,
        }
    }

    /// The least and the greatest number of children.
    pub(super) fn bounds(self) -> (usize, usize) {
        match self {
            Self::None | Self::Unchecked => (0, usize::MAX),
            Self::Each { min, max, .. } => (min, max),
            Self::Positions { max, .. } => (1, max),
        }
    }
}

pub(super) struct Node {
    name: &'static str,
    /// Shapes of `attrs`, of which one must fit; none means that the key is not known.
    pub(super) attrs: &'static [&'static [Attr]],
    pub(super) needs_attrs: bool,
    pub(super) marks: Marks,
    pub(super) content: Content,
    /// Keys of the node itself beside `type`, `attrs`, `marks`, `content`.
    pub(super) own: &'static [Attr],
    /// True where further keys are passed over.
    pub(super) open: bool,
}

impl Node {
    pub(super) fn kind(&self) -> &'static str {
        self.name.trim_end_matches('~')
    }

    const fn new(name: &'static str) -> Self {
        let (marks, content) = (Marks::Forbidden, Content::None);
        Self { name, attrs: &[], needs_attrs: false, marks, content, own: &[], open: false }
    }

    /// `attrs` may be there, and then fits one of these.
    const fn may(self, attrs: &'static [&'static [Attr]]) -> Self {
        Self { attrs, ..self }
    }

    /// `attrs` must be there and fit one of these.
    const fn must(self, attrs: &'static [&'static [Attr]]) -> Self {
        Self { attrs, needs_attrs: true, ..self }
    }

    const fn marks(self, sets: &'static str) -> Self {
        Self { marks: Marks::Sets(sets), ..self }
    }

    const fn content(self, content: Content) -> Self {
        Self { content, ..self }
    }

    const fn own(self, own: &'static [Attr]) -> Self {
        Self { own, ..self }
    }

    const fn open(self) -> Self {
        Self { open: true, ..self }
    }
}

/// A node as a place admits it.
pub(super) struct Spec {
    pub(super) node: &'static Node,
    /// The marks that this place admits instead of the node's own.
    pub(super) marks: Option<Marks>,
}

/// Reads the notation of a place.
pub(super) fn specs(place: &'static str) -> Vec<Spec> {
    let mut specs = Vec::new();
    for word in place.split_whitespace() {
        if let Some(group) = word.strip_prefix('@') {
            let (_, place) =
                GROUPS.iter().find(|(name, _)| *name == group).expect("invariant: a known group");
            specs.extend(self::specs(place));
            continue;
        }
        let (name, marks) = match word.split_once(':') {
            Some((name, "*")) => (name, Some(Marks::Any)),
            Some((name, sets)) => (name, Some(Marks::Sets(sets))),
            None => (word, None),
        };
        let node = NODES.iter().find(|node| node.name == name).expect("invariant: a known node");
        specs.push(Spec { node, marks });
    }
    specs
}

/// True where the node stands in a line of text.
pub(super) fn is_inline(kind: &str) -> bool {
    specs("@inline").iter().any(|spec| spec.node.kind() == kind)
}

/// The attributes of a mark, if there is such a mark; empty where it has none.
pub(super) fn mark(kind: &str) -> Option<&'static [Attr]> {
    MARKS.iter().find(|(name, _)| *name == kind).map(|(_, attrs)| *attrs)
}

const fn must(name: &'static str, kind: Kind) -> Attr {
    Attr { name, required: true, kind }
}

const fn may(name: &'static str, kind: Kind) -> Attr {
    Attr { name, required: false, kind }
}

/// One or more of these.
const fn some(of: &'static str) -> Content {
    Content::Each { required: true, min: 1, max: usize::MAX, of }
}

/// Any number of these, and the key may be missing.
const fn many(of: &'static str) -> Content {
    Content::Each { required: false, min: 0, max: usize::MAX, of }
}

/// A number of these, from `min` to `max`.
const fn exactly(min: usize, max: usize, of: &'static str) -> Content {
    Content::Each { required: true, min, max, of }
}

const NUMBER: Kind = Number(f64::MIN..=f64::MAX);
const NATURAL: Kind = Number(0.0..=f64::MAX);
const PERCENT: Kind = Number(0.0..=100.0);
const LEVEL: Kind = Number(1.0..=6.0);
const LAYOUT: Kind = OneOf("wide|full-width|center|wrap-right|wrap-left|align-end|align-start");
const VALIGN: Kind = OneOf("top|middle|bottom");
const LOCAL_ID: Attr = may("localId", Text);
const LOCAL: &[&[Attr]] = &[&[LOCAL_ID]];
const TASK: &[&[Attr]] = &[&[must("localId", Text), must("state", OneOf("TODO|DONE"))]];
const TITLE: &[&[Attr]] = &[&[may("title", Text), LOCAL_ID]];
const SYNC: &[&[Attr]] = &[&[must("resourceId", Text), must("localId", Text)]];
const CODE: &[&[Attr]] = &[&[
    may("language", Text),
    may("uniqueId", Text),
    may("wrap", Bool),
    may("hideLineNumbers", Bool),
    LOCAL_ID,
]];
const CELL: &[&[Attr]] = &[&[
    may("colspan", NUMBER),
    may("rowspan", NUMBER),
    may("colwidth", Kind::List { min: 0, of: &NUMBER }),
    may("background", Text),
    may("valign", VALIGN),
    LOCAL_ID,
]];
const EXTENSION: &[&[Attr]] = &[&[
    must("extensionKey", NonEmpty),
    must("extensionType", NonEmpty),
    may("parameters", Any),
    may("text", Text),
    may("layout", OneOf("wide|full-width|default")),
    may("localId", NonEmpty),
]];
const INLINE_EXTENSION: &[&[Attr]] = &[&[
    must("extensionKey", NonEmpty),
    must("extensionType", NonEmpty),
    may("parameters", Any),
    may("text", Text),
    may("localId", NonEmpty),
]];
const DATASOURCE: &[Attr] = &[
    must("id", Text),
    must("parameters", Any),
    must("views", Kind::List { min: 1, of: &Kind::Object(&[must("type", Text), may("properties", Any)]) }),
];
const MEDIA_MARKS: &str = "dataConsumer,link,annotation,border";
const EXTENSION_MARKS: &str = "dataConsumer,fragment";
const TEXT_MARKS: &str =
    "link,em,strong,strike,subsup,underline,textColor,annotation,backgroundColor|code,link,annotation";

const GROUPS: &[(&str, &str)] = &[
    ("inline", "text date emoji hardBreak inlineCard mention placeholder status inlineExtension mediaInline"),
    ("list", "bulletList orderedList"),
    ("media", "mediaSingle mediaGroup"),
    ("card", "blockCard embedCard"),
    // Marks of a paragraph or heading whose alignment or indentation counts.
    ("flow", "paragraph:fontSize,alignment|fontSize,indentation heading:alignment|indentation"),
    // What a panel, a quote or an expand may hold.
    (
        "block",
        "paragraph:fontSize heading @list taskList decisionList codeBlock rule panel blockquote @media extension",
    ),
    ("nestable", "@block table @card"),
    (
        "cell",
        "paragraph:fontSize,alignment heading:alignment|indentation panel blockquote @list rule codeBlock @media \
         decisionList taskList @card extension nestedExpand",
    ),
    // What stands anywhere at the top or in a column.
    (
        "top",
        "@flow @card @list @media taskList decisionList rule panel blockquote extension table bodiedExtension",
    ),
];

pub(super) static DOC: Node =
    Node::new("doc").own(&[must("version", Number(1.0..=1.0))]).content(Content::Each {
        required: true,
        min: 0,
        max: usize::MAX,
        of: "@top codeBlock:breakout expand:breakout layoutSection syncBlock bodiedSyncBlock",
    });

static NODES: &[Node] = &[
    // Text and what stands in a line of it.
    Node::new("text").marks(TEXT_MARKS).own(&[must("text", NonEmpty)]),
    Node::new("hardBreak").may(&[&[may("text", OneOf("\n")), LOCAL_ID]]),
    Node::new("mention").must(&[&[
        must("id", Text),
        may("text", Text),
        may("accessLevel", Text),
        may("userType", OneOf("DEFAULT|SPECIAL|APP")),
        LOCAL_ID,
    ]]),
    Node::new("emoji").must(&[&[must("shortName", Text), may("id", Text), may("text", Text), LOCAL_ID]]),
    Node::new("date").must(&[&[must("timestamp", NonEmpty), LOCAL_ID]]),
    Node::new("placeholder").must(&[&[must("text", Text), LOCAL_ID]]),
    Node::new("status").must(&[&[
        must("text", NonEmpty),
        must("color", NamedOrRgb("neutral|purple|blue|red|yellow|green")),
        may("style", Text),
        LOCAL_ID,
    ]]),
    Node::new("inlineCard").must(&[&[must("url", Text), LOCAL_ID], &[must("data", Any), LOCAL_ID]]),
    Node::new("inlineExtension").must(INLINE_EXTENSION).marks(EXTENSION_MARKS),
    Node::new("mediaInline").marks(MEDIA_MARKS).must(&[&[
        must("id", NonEmpty),
        must("collection", Text),
        may("type", OneOf("link|file|image")),
        may("alt", Text),
        may("occurrenceKey", NonEmpty),
        may("width", NUMBER),
        may("height", NUMBER),
        may("data", Any),
        LOCAL_ID,
    ]]),
    // Blocks.
    Node::new("paragraph").may(LOCAL).marks("").content(many("@inline")),
    Node::new("heading").must(&[&[must("level", LEVEL), LOCAL_ID]]).marks("").content(many("@inline")),
    Node::new("codeBlock").may(CODE).marks("").content(many("text:")),
    Node::new("rule").may(LOCAL),
    Node::new("blockquote")
        .may(LOCAL)
        .content(some("paragraph @list codeBlock @media extension")),
    Node::new("panel")
        .must(&[&[
            must("panelType", OneOf("info|note|tip|warning|error|success|custom")),
            may("panelIcon", Text),
            may("panelIconId", Text),
            may("panelIconText", Text),
            may("panelColor", Text),
            LOCAL_ID,
        ]])
        .content(some(
            "paragraph:fontSize heading @list blockCard @media codeBlock taskList rule decisionList extension",
        )),
    Node::new("expand").may(TITLE).marks("").content(some("@nestable nestedExpand")),
    Node::new("nestedExpand").must(TITLE).content(some("@block")),
    // Lists.
    Node::new("bulletList").may(LOCAL).content(some("listItem")),
    Node::new("orderedList").may(&[&[may("order", NATURAL), LOCAL_ID]]).content(some("listItem")),
    Node::new("listItem")
        .may(LOCAL)
        .content(some("paragraph:fontSize @list taskList mediaSingle codeBlock extension")),
    Node::new("taskList")
        .must(&[&[must("localId", Text)]])
        .content(some("taskItem taskList blockTaskItem")),
    Node::new("taskItem").must(TASK).content(many("@inline")),
    Node::new("blockTaskItem")
        .must(TASK)
        .content(Content::Positions { max: usize::MAX, of: &["paragraph:fontSize extension"; 2] }),
    Node::new("decisionList").must(&[&[must("localId", Text)]]).content(some("decisionItem")),
    Node::new("decisionItem")
        .must(&[&[must("localId", Text), must("state", Text)]])
        .content(many("@inline")),
    // Tables.
    Node::new("table")
        .may(&[&[
            may("displayMode", OneOf("default|fixed")),
            may("isNumberColumnEnabled", Bool),
            may("layout", OneOf("wide|full-width|center|align-end|align-start|default")),
            may("localId", NonEmpty),
            may("width", NUMBER),
        ]])
        .marks("fragment")
        .content(some("tableRow")),
    Node::new("tableRow")
        .may(LOCAL)
        .content(exactly(0, usize::MAX, "tableCell tableHeader")),
    Node::new("tableCell").may(CELL).content(some("@cell")),
    Node::new("tableHeader").may(CELL).content(some("@cell")),
    // Media and cards.
    MEDIA_SINGLE.content(Content::Positions { max: 2, of: &["media", "caption"] }),
    Node { name: "mediaSingle~", content: Content::Unchecked, ..MEDIA_SINGLE },
    Node::new("mediaGroup").content(some("media")),
    Node::new("media").marks(MEDIA_MARKS).must(&[
        &[
            must("type", OneOf("link|file")),
            must("id", NonEmpty),
            must("collection", Text),
            may("alt", Text),
            may("height", NUMBER),
            may("width", NUMBER),
            may("occurrenceKey", NonEmpty),
            LOCAL_ID,
        ],
        &[
            must("type", OneOf("external")),
            must("url", Text),
            may("alt", Text),
            may("height", NUMBER),
            may("width", NUMBER),
            LOCAL_ID,
        ],
    ]),
    Node::new("caption")
        .may(LOCAL)
        .content(many("hardBreak mention emoji date placeholder inlineCard status text")),
    Node::new("blockCard").must(&[
        &[
            must("datasource", Kind::Object(DATASOURCE)),
            may("url", Text),
            may("width", NUMBER),
            may("layout", LAYOUT),
            LOCAL_ID,
        ],
        &[must("url", Text), LOCAL_ID],
        &[must("data", Any), LOCAL_ID],
    ]),
    Node::new("embedCard").must(&[&[
        must("url", Text),
        must("layout", LAYOUT),
        may("width", PERCENT),
        may("originalHeight", NUMBER),
        may("originalWidth", NUMBER),
        LOCAL_ID,
    ]]),
    // Layout, extensions, synced blocks.
    LAYOUT_SECTION.content(exactly(2, 3, "layoutColumn")),
    Node { name: "layoutSection~", ..LAYOUT_SECTION }.content(exactly(0, usize::MAX, "layoutColumn")),
    Node::new("layoutColumn")
        .must(&[&[must("width", PERCENT), may("valign", VALIGN), LOCAL_ID]])
        .content(some("@top codeBlock expand")),
    Node::new("extension").must(EXTENSION).marks(EXTENSION_MARKS),
    Node::new("bodiedExtension").must(EXTENSION).marks(EXTENSION_MARKS).content(some("@nestable")),
    Node::new("syncBlock").must(SYNC).marks("breakout"),
    Node::new("bodiedSyncBlock").must(SYNC).marks("breakout").content(some(
        "paragraph:* heading:* @card blockquote @list codeBlock decisionList expand layoutSection~ mediaGroup \
         mediaSingle~ panel rule table taskList",
    )),
];

const MEDIA_SINGLE: Node = Node::new("mediaSingle").open().marks("link").may(&[
    &[must("layout", LAYOUT), may("width", PERCENT), may("widthType", OneOf("percentage")), LOCAL_ID],
    &[must("layout", LAYOUT), must("width", NATURAL), must("widthType", OneOf("pixel")), LOCAL_ID],
]);

const LAYOUT_SECTION: Node = Node::new("layoutSection").may(LOCAL).marks("breakout");

static MARKS: &[(&str, &[Attr])] = &[
    ("alignment", &[must("align", OneOf("center|end"))]),
    ("annotation", &[must("id", Text), must("annotationType", OneOf("inlineComment"))]),
    ("backgroundColor", &[must("color", Rgb)]),
    ("border", &[must("size", Number(1.0..=3.0)), must("color", Rgba)]),
    ("breakout", &[must("mode", OneOf("wide|full-width")), may("width", NUMBER)]),
    ("code", &[]),
    ("dataConsumer", &[must("sources", Kind::List { min: 1, of: &Text })]),
    ("em", &[]),
    ("fontSize", &[must("fontSize", OneOf("small"))]),
    ("fragment", &[must("localId", NonEmpty), may("name", Text)]),
    ("indentation", &[must("level", LEVEL)]),
    (
        "link",
        &[
            must("href", Text),
            may("title", Text),
            may("id", Text),
            may("collection", Text),
            may("occurrenceKey", Text),
        ],
    ),
    ("strike", &[]),
    ("strong", &[]),
    ("subsup", &[must("type", OneOf("sub|sup"))]),
    ("textColor", &[must("color", Rgb)]),
    ("underline", &[]),
];
