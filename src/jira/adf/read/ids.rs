//! The ids that ADF wants and Markdown does not have.

use super::super::node::{Kind, Node};
use super::Parsed;

/// Gives the nodes that must have a `localId` one. The same text gets the same ids, so that writing it twice
/// changes nothing.
pub(in super::super) fn with_ids(parsed: &mut Parsed, markdown: &str) {
    add_ids(&mut parsed.document.content, &mut Ids { markdown, state: None });
}

fn add_ids(nodes: &mut [Node], ids: &mut Ids<'_>) {
    for node in nodes {
        let wants = matches!(
            node.kind,
            Kind::TaskList | Kind::TaskItem | Kind::BlockTaskItem | Kind::DecisionList | Kind::DecisionItem
        );
        if wants && node.attrs.get("localId").is_none() {
            node.attrs.set("localId", ids.id());
        }
        // What holds text holds none of them, and is most of a document.
        if !matches!(
            node.kind,
            Kind::Text | Kind::Paragraph | Kind::Heading | Kind::TaskItem | Kind::DecisionItem
        ) {
            add_ids(&mut node.content, ids);
        }
    }
}

/// Ids made from the text that they are for.
struct Ids<'a> {
    markdown: &'a str,
    /// Of the generator, once an id was wanted.
    state: Option<u64>,
}

impl Ids<'_> {
    /// A random UUID, version 4.
    fn id(&mut self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let random = u128::from(self.number()) << 64 | u128::from(self.number());
        let bits = random & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let mut id = String::with_capacity(36);
        for at in (0..32).rev() {
            if matches!(at, 23 | 19 | 15 | 11) {
                id.push('-');
            }
            id.push(char::from(DIGITS[(bits >> (at * 4)) as usize & 0xf]));
        }
        id
    }

    /// `SplitMix64`, from a hash of the text on.
    fn number(&mut self) -> u64 {
        let state = self.state.get_or_insert_with(|| hash(self.markdown));
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// FNV-1a with eight bytes at a time, and the length.
fn hash(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0xcbf2_9ce4_8422_2325 ^ text.len() as u64, |hash, chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let hash = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(0x0100_0000_01b3);
        // The high bytes of a chunk have to reach the low bits too.
        hash ^ hash >> 32
    })
}
