//! The ids that ADF wants and Markdown does not have.

use std::collections::HashSet;

use uuid::fmt::Hyphenated;

use super::super::node::{AttrValue, Kind, Node};
use super::Parsed;

/// Gives the nodes that must have a `localId` one, and keeps those that there are.
pub(in super::super) fn with_ids(parsed: &mut Parsed, markdown: &str) {
    let mut ids = Ids::new(markdown);
    collect(&parsed.document.content, &mut ids.taken);
    ids.give_all(&mut parsed.document.content);
}

/// The ids that nodes have.
fn collect(nodes: &[Node], ids: &mut HashSet<String>) {
    for node in nodes {
        ids.extend(node.attrs.str("localId").map(str::to_owned));
        collect(&node.content, ids);
    }
}

/// Ids made from the text that they are for: the same text gets the same, so that writing it twice changes nothing.
#[derive(Debug, Default)]
pub(super) struct Ids<'s> {
    /// The text from which ids are made; without it there are none.
    markdown: Option<&'s str>,
    /// The state of the generator, once an id was wanted.
    state: Option<u64>,
    /// Ids that other nodes have.
    taken: HashSet<String>,
}

impl<'s> Ids<'s> {
    pub(super) fn new(markdown: &'s str) -> Self {
        Self { markdown: Some(markdown), ..Self::default() }
    }

    /// Gives a node an id if it must have one.
    pub(super) fn give(&mut self, node: &mut Node) {
        let wants = matches!(
            node.kind,
            Kind::TaskList | Kind::TaskItem | Kind::BlockTaskItem | Kind::DecisionList | Kind::DecisionItem
        );
        if let Some(markdown) = self.markdown.filter(|_| wants)
            && node.attrs.get("localId").is_none()
        {
            let id = self.id(markdown);
            node.attrs.set("localId", id);
        }
    }

    /// Gives an id to each node of a tree that must have one.
    pub(super) fn give_all(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            self.give(node);
            self.give_all(&mut node.content);
        }
    }

    /// A random UUID, version 4.
    fn id(&mut self, markdown: &str) -> AttrValue {
        loop {
            let random = u128::from(self.number(markdown)) << 64 | u128::from(self.number(markdown));
            let id = uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid();
            let mut text = [0; Hyphenated::LENGTH];
            let id = &*id.hyphenated().encode_lower(&mut text);
            if !self.taken.contains(id) {
                return id.into();
            }
        }
    }

    /// The next number of `SplitMix64`, which starts from a hash of the text.
    fn number(&mut self, markdown: &str) -> u64 {
        let state = self.state.get_or_insert_with(|| hash(markdown));
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The most bytes at the start of a text from which its ids are made.
const HASHED: usize = 4096;

/// The FNV-1a hash, eight bytes at a time, of the length and as much of the text as tells it from others.
fn hash(text: &str) -> u64 {
    let (chunks, rest) = text.as_bytes()[..text.len().min(HASHED)].as_chunks();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    chunks.iter().chain([&last]).fold(0xcbf2_9ce4_8422_2325 ^ text.len() as u64, |hash, chunk| {
        let hash = (hash ^ u64::from_le_bytes(*chunk)).wrapping_mul(0x0100_0000_01b3);
        // The high bytes of a chunk have to reach the low bits too.
        hash ^ hash >> 32
    })
}
