//! Documents generated from the grammar of Atlassian's schema: every node, mark and nesting that it accepts.

mod block;
mod grammar;
mod inline;
mod marks;
mod media;
mod strings;
mod table;

use serde_json::{Map, Value, json};

/// A stream of choices: the same seed or the same bytes make the same document.
pub(crate) struct Gen {
    state: u64,
    /// The source of the choices, if not the state, the next one last; when they end, each is the first that there is.
    bytes: Option<Vec<u8>>,
    /// Nodes that may still be made.
    budget: usize,
    depth: usize,
    wild: bool,
}

type Attrs = Map<String, Value>;

impl Gen {
    pub(crate) fn new(seed: u64) -> Self {
        let state = seed ^ 0x9e37_79b9_7f4a_7c15;
        let mut generator = Self { state, bytes: None, budget: 0, depth: 0, wild: false };
        generator.next();
        generator
    }

    /// Choices that a fuzzer makes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            state: 0,
            bytes: Some(bytes.iter().rev().copied().collect()),
            budget: 0,
            depth: 0,
            wild: false,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let Some(bytes) = &mut self.bytes else {
            return usize::try_from(self.next() % bound as u64).expect("below a usize");
        };
        // As many bytes as the choice needs, so that a change of one changes one choice.
        let mut number = 0;
        let mut most = 1;
        while most < bound {
            let Some(byte) = bytes.pop() else { break };
            number = number << 8 | usize::from(byte);
            most <<= 8;
        }
        number % bound
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A document. One in four is wild: its strings are mostly markup.
    pub(crate) fn document(&mut self) -> Value {
        self.budget = [3, 8, 20, 60][self.below(4)];
        self.wild = self.one_in(4);
        self.depth = 0;
        let content = self.many(0, 5, |g| {
            let kind = g.pick(grammar::DOC);
            g.block(kind, "doc")
        });
        json!({"type": "doc", "version": 1, "content": content})
    }

    fn many(&mut self, least: usize, most: usize, mut next: impl FnMut(&mut Self) -> Value) -> Vec<Value> {
        let wanted = least + self.below(most + 1 - least);
        let mut made = Vec::new();
        while made.len() < least || made.len() < wanted && self.budget > 0 {
            self.budget = self.budget.saturating_sub(1);
            made.push(next(self));
        }
        made
    }
}

fn with_attrs(kind: &str, attrs: Attrs) -> Value {
    if attrs.is_empty() { json!({"type": kind}) } else { json!({"type": kind, "attrs": attrs}) }
}
