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
    Seal(Sealed),
    SealEnd,
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
    pub(super) fn around(shell: Node, children: Vec<Self>) -> Result<Self, AdfError> {
        let depth = 1 + children.iter().map(|child| child.depth).max().unwrap_or(0);
        if depth > MAX_DEPTH {
            return Err(AdfError::TooDeep);
        }
        Ok(Self {
            node: shell.with_content(children.into_iter().map(|child| child.node).collect()),
            fixed: false,
            depth,
        })
    }

    /// The blocks inside, each with the most depth that it can have.
    pub(super) fn into_children(self) -> (Node, Vec<Self>) {
        let Self { mut node, depth, .. } = self;
        let children = std::mem::take(&mut node.content);
        (node, children.into_iter().map(|node| Self { node, fixed: false, depth: depth - 1 }).collect())
    }
}

/// How deep a sealed tree is.
pub(super) fn depth_of(node: &Node) -> usize {
    1 + node.content.iter().map(depth_of).max().unwrap_or(0)
}
