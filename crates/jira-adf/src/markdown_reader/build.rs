//! Parts of a document under construction.

use super::super::error::AdfError;
use super::super::node::{Kind, MAX_DEPTH, Node};
use super::super::seal::Sealed;
use super::super::tag::Tag;

/// A block, or a marker between blocks that opens or closes a container.
#[derive(Debug)]
pub(super) enum Part<'a> {
    Node(Block),
    Tag(Tag<'a>),
    /// A `<details>` start tag takes the title that follows it.
    Title(String),
    Seal(Box<Sealed>),
    SealEnd,
}

impl Part<'_> {
    pub(super) fn into_owned(self) -> Part<'static> {
        match self {
            Self::Node(block) => Part::Node(block),
            Self::Tag(tag) => Part::Tag(tag.into_owned()),
            Self::Title(title) => Part::Title(title),
            Self::Seal(sealed) => Part::Seal(sealed),
            Self::SealEnd => Part::SealEnd,
        }
    }

    pub(super) fn block(&self) -> Option<&Block> {
        match self {
            Self::Node(block) => Some(block),
            _ => None,
        }
    }
}

/// A finished block and what has to be known of it where it will stand.
#[derive(Debug)]
pub(super) struct Block {
    pub node: Node,
    /// True where the block is kept in its place, whatever the grammar says.
    pub fixed: bool,
    /// The first line of a task, which says that the task holds blocks although it might seem to hold this line only.
    pub heads_blocks: bool,
    /// Levels of nodes, this one included; not above [`MAX_DEPTH`] by much.
    pub depth: u8,
}

impl Block {
    /// A block without blocks inside.
    pub(super) fn leaf(node: Node) -> Self {
        let depth = if node.content.is_empty() { 1 } else { 2 };
        Self::of_depth(node, depth)
    }

    fn of_depth(node: Node, depth: u8) -> Self {
        Self { node, fixed: false, heads_blocks: false, depth }
    }

    /// A tree that was sealed.
    pub(super) fn sealed(node: Node, fixed: bool) -> Self {
        let depth = depth_of(&node);
        Self { fixed, ..Self::of_depth(node, depth) }
    }

    pub(super) fn paragraph(content: Vec<Node>) -> Self {
        Self::leaf(Node::new(Kind::Paragraph).with_content(content))
    }

    /// A block around others.
    pub(super) fn around(shell: Node, children: impl IntoIterator<Item = Self>) -> Result<Self, AdfError> {
        let (content, depth) = contents_of(children.into_iter());
        if usize::from(depth) >= MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        Ok(Self::of_depth(shell.with_content(content), depth + 1))
    }

    /// The blocks inside, each with the most depth that it can have.
    pub(super) fn into_children(self) -> (Node, Vec<Self>) {
        let Self { mut node, depth, .. } = self;
        let children = std::mem::take(&mut node.content);
        (node, children.into_iter().map(|node| Self::of_depth(node, depth.saturating_sub(1))).collect())
    }
}

/// Takes out the blocks from `from` on.
pub(super) fn drain<'p>(parts: &'p mut Vec<Part<'_>>, from: usize) -> impl Iterator<Item = Block> + 'p {
    parts.drain(from..).filter_map(|part| match part {
        Part::Node(block) => Some(block),
        _ => None,
    })
}

/// The nodes of blocks, in as much room as they need, since a document has many such lists; and how deep the
/// deepest is.
pub(super) fn contents_of(blocks: impl Iterator<Item = Block>) -> (Vec<Node>, u8) {
    let (least, most) = blocks.size_hint();
    let mut content = Vec::with_capacity(most.unwrap_or(least));
    let mut depth = 0;
    for block in blocks {
        depth = depth.max(block.depth);
        content.push(block.node);
    }
    (content, depth)
}

/// Depth of a sealed tree.
fn depth_of(node: &Node) -> u8 {
    node.content.iter().map(depth_of).max().unwrap_or(0).saturating_add(1)
}
