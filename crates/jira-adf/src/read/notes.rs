//! What reading needs and finds out across the whole text, besides blocks.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::node::{Attrs, Kind, Node};
use super::ids::Ids;
use super::wiki;

/// What every line of the text shares.
#[derive(Debug, Default)]
pub(super) struct Notes<'s> {
    /// For nodes that must have one.
    pub ids: Ids<'s>,
    /// Who was mentioned in full, by name.
    people: HashMap<String, Attrs>,
    /// Names that nobody is known for yet, each once, in order.
    pub wanted: Vec<String>,
    known_wanted: HashSet<String>,
    /// Wiki markup that was taken for text.
    pub wiki: wiki::Found,
}

impl<'s> Notes<'s> {
    pub(super) fn new(ids: Ids<'s>) -> Self {
        Self { ids, ..Self::default() }
    }

    /// Remembers a person who is mentioned in full; the first of a name counts.
    pub(super) fn meet(&mut self, mention: &Node) {
        let name = mention.attrs.str("text").and_then(|text| text.strip_prefix('@'));
        if let Some(name) = name.filter(|name| !self.people.contains_key(*name)) {
            self.people.insert(name.to_owned(), mention.attrs.clone());
        }
    }

    /// The mention that a name alone makes. Without a person it has a null id, which no document of Jira's does.
    pub(super) fn mention(&mut self, name: &str) -> Node {
        let mut node = Node::new(Kind::Mention);
        if let Some(person) = self.people.get(name) {
            node.attrs.clone_from(person);
            return node;
        }
        if !self.known_wanted.contains(name) {
            self.known_wanted.insert(name.to_owned());
            self.wanted.push(name.to_owned());
        }
        node.with_attrs([("id", Value::Null.into()), ("text", format!("@{name}").into())])
    }
}
