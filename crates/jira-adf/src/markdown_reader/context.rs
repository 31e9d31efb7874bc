//! State of reading that spans the whole text: ids, people, warnings.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::node::{Attrs, Kind, Node};
use super::ids::Ids;
use super::wiki;

/// State that all lines of the text share.
#[derive(Debug, Default)]
pub(super) struct ReadContext<'s> {
    /// The ids for the nodes that must have one.
    pub ids: Ids<'s>,
    /// People who were mentioned in full, by name.
    people: HashMap<String, Attrs>,
    /// Names that nobody is known for yet, each once, in order.
    pub unresolved: Vec<String>,
    known_unresolved: HashSet<String>,
    /// Wiki markup that was taken for text.
    pub wiki: wiki::Found,
}

impl<'s> ReadContext<'s> {
    pub(super) fn new(ids: Ids<'s>) -> Self {
        Self { ids, ..Self::default() }
    }

    /// Remembers a person who is mentioned in full; the first of a name counts.
    pub(super) fn remember_mention(&mut self, mention: &Node) {
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
        if !self.known_unresolved.contains(name) {
            self.known_unresolved.insert(name.to_owned());
            self.unresolved.push(name.to_owned());
        }
        node.with_attrs([("id", Value::Null.into()), ("text", format!("@{name}").into())])
    }
}
