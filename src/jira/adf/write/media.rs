//! Images and files.

use super::super::node::{Kind, Node};
use super::Writer;

pub(super) fn is_single(_node: &Node) -> bool {
    false
}

pub(super) fn is_group(_node: &Node) -> bool {
    false
}

impl Writer {
    pub(super) fn media_single(&mut self, _node: &Node) {}
    pub(super) fn media_group(&mut self, _node: &Node) {}
}
#[expect(dead_code, reason = "placeholder")]
const K: Kind = Kind::Media;
