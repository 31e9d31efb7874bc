//! Marks on nodes.

use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

use super::node::{Attrs, MarkKind};

/// A mark on a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its type.
    pub kind: MarkKind,
    /// Its attributes.
    pub attrs: Attrs,
    /// Keys beyond `type` and `attrs`; for [`MarkKind::Other`] the whole mark.
    pub rest: Option<Box<Value>>,
}

impl Mark {
    /// A mark with attributes.
    #[must_use]
    pub const fn new(kind: MarkKind, attrs: Attrs) -> Self {
        Self { kind, attrs, rest: None }
    }
}

/// The marks of a node, in order. Most nodes have none, and those that have some share them with many others, so
/// that this takes the room of a pointer and cloning it is cheap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks(Option<Arc<Vec<Mark>>>);

impl Marks {
    /// An empty list of marks.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Adds a mark behind the others.
    pub fn push(&mut self, mark: Mark) {
        self.extend([mark]);
    }

    /// Adds other marks behind these.
    pub fn add(&mut self, others: &Self) {
        if self.is_empty() {
            self.clone_from(others);
        } else {
            self.extend(others.iter().cloned());
        }
    }

    /// Keeps the marks for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Mark) -> bool) {
        if let Some(marks) = &mut self.0 {
            Arc::make_mut(marks).retain(keep);
        }
        if self.is_empty() {
            self.0 = None;
        }
    }
}

impl Deref for Marks {
    type Target = [Mark];

    fn deref(&self) -> &[Mark] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl Extend<Mark> for Marks {
    fn extend<I: IntoIterator<Item = Mark>>(&mut self, marks: I) {
        let mut marks = marks.into_iter().peekable();
        if marks.peek().is_some() {
            Arc::make_mut(self.0.get_or_insert_default()).extend(marks);
        }
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        let marks: Vec<_> = marks.into_iter().collect();
        Self((!marks.is_empty()).then(|| Arc::new(marks)))
    }
}

impl<'a> IntoIterator for &'a Marks {
    type Item = &'a Mark;
    type IntoIter = std::slice::Iter<'a, Mark>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
