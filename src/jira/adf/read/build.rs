//! Parts of a document under construction.

use super::super::AdfError;
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

/// A finished block and how deep it is.
#[derive(Debug)]
pub(super) struct Block {
    pub node: Node,
    /// Kept where it is, whatever the grammar says.
    pub fixed: bool,
    /// Levels of nodes, this one included.
    pub depth: usize,
}

impl Block {
    /// A block without blocks inside.
    pub(super) fn leaf(node: Node) -> Self {
        Self { node, fixed: false, depth: 2 }
    }

    pub(super) fn paragraph(content: Vec<Node>) -> Self {
        Self::leaf(Node::new(Kind::Paragraph).with_content(content))
    }

    /// A block around others.
    pub(super) fn around(shell: Node, children: impl IntoIterator<Item = Self>) -> Result<Self, AdfError> {
        let (content, depth) = contents_of(children.into_iter());
        if depth >= MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        Ok(Self { node: shell.with_content(content), fixed: false, depth: depth + 1 })
    }

    /// The blocks inside, each with the most depth that it can have.
    pub(super) fn into_children(self) -> (Node, Vec<Self>) {
        let Self { mut node, depth, .. } = self;
        let children = std::mem::take(&mut node.content);
        (node, children.into_iter().map(|node| Self { node, fixed: false, depth: depth - 1 }).collect())
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
pub(super) fn contents_of(blocks: impl Iterator<Item = Block>) -> (Vec<Node>, usize) {
    let (least, most) = blocks.size_hint();
    let mut content = Vec::with_capacity(most.unwrap_or(least));
    let mut depth = 0;
    for block in blocks {
        depth = depth.max(block.depth);
        content.push(block.node);
    }
    (content, depth)
}

/// How deep a sealed tree is.
pub(super) fn depth_of(node: &Node) -> usize {
    1 + node.content.iter().map(depth_of).max().unwrap_or(0)
}
