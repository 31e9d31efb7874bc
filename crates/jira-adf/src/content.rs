//! Content of a node.

use std::ops::{Deref, DerefMut};

use super::node::Node;
use super::text::Text;

/// Content of a node: nodes, or the words of a `text` node. Never both, so that they share their room; there are
/// many nodes, and what takes time is to move them. As a slice it is the nodes.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The nodes inside, in as much room as they need.
    Nodes(Box<[Node]>),
    /// The words of a `text` node.
    Text(Text),
}

impl Default for Content {
    fn default() -> Self {
        Self::Nodes(Box::default())
    }
}

impl Deref for Content {
    type Target = [Node];

    fn deref(&self) -> &[Node] {
        match self {
            Self::Nodes(nodes) => nodes,
            Self::Text(_) => &[],
        }
    }
}

impl DerefMut for Content {
    fn deref_mut(&mut self) -> &mut [Node] {
        match self {
            Self::Nodes(nodes) => nodes,
            Self::Text(_) => &mut [],
        }
    }
}

impl From<Vec<Node>> for Content {
    fn from(nodes: Vec<Node>) -> Self {
        Self::Nodes(nodes.into())
    }
}

impl<const N: usize> From<[Node; N]> for Content {
    fn from(nodes: [Node; N]) -> Self {
        Self::Nodes(nodes.into())
    }
}

impl FromIterator<Node> for Content {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        Self::Nodes(nodes.into_iter().collect())
    }
}

impl IntoIterator for Content {
    type Item = Node;
    type IntoIter = std::vec::IntoIter<Node>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Self::Nodes(nodes) => nodes.into_vec(),
            Self::Text(_) => Vec::new(),
        }
        .into_iter()
    }
}

impl<'a> IntoIterator for &'a Content {
    type Item = &'a Node;
    type IntoIter = std::slice::Iter<'a, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Content {
    type Item = &'a mut Node;
    type IntoIter = std::slice::IterMut<'a, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
