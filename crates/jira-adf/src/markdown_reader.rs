//! Reading of Markdown into a document.

mod blocks;
mod build;
mod code;
mod context;
mod fit;
mod html;
mod html_table;
mod ids;
mod inline;
mod inline_tag;
mod line;
mod link;
mod list;
mod media;
mod scan;
mod wiki;

use std::collections::HashMap;

use super::error::AdfError;
use super::node::{Document, Kind, Node};
use ids::Ids;
pub(super) use ids::with_ids;

/// Outcome of [`from_markdown`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parsed {
    /// The document. Mentions that still want a person have no `id` yet: see [`Parsed::resolve`].
    pub document: Document,
    /// People written as `@[Name]` or `@[mail@example.com]`, without an id anywhere in the text; each once, in order.
    pub mentions: Vec<String>,
    /// Things that were read as text but look as if something else was meant.
    pub warnings: Vec<String>,
}

impl Parsed {
    /// Fills in people: `find` gives the account id and display name of what stood in the brackets. Who is not
    /// found stays in [`Parsed::mentions`].
    pub fn resolve(&mut self, mut find: impl FnMut(&str) -> Option<(String, String)>) {
        let mut found = HashMap::new();
        self.mentions.retain(|name| match find(name) {
            Some(person) => found.insert(name.clone(), person).is_some(),
            None => true,
        });
        for_each_pending(&mut self.document.content, &mut |node| {
            let written = node.attrs.str("text").unwrap_or_default();
            if let Some((id, name)) = found.get(written.strip_prefix('@').unwrap_or(written)) {
                node.attrs.set("id", id.as_str());
                node.attrs.set("text", format!("@{name}"));
            }
        });
    }

    /// Fills in the people who are mentioned in full elsewhere.
    pub(super) fn fill(&mut self, people: &HashMap<String, Node>) {
        for_each_pending(&mut self.document.content, &mut |node| {
            let person =
                node.attrs.str("text").and_then(|text| people.get(text.strip_prefix('@').unwrap_or(text)));
            if let Some(person) = person {
                node.attrs = person.attrs.clone();
                node.attrs.remove("localId");
            }
        });
        self.mentions.retain(|name| !people.contains_key(name));
    }

    /// The document, if every mention has its person.
    pub fn finish(self) -> Result<Document, AdfError> {
        if self.mentions.is_empty() {
            Ok(self.document)
        } else {
            Err(AdfError::UnknownMentions(self.mentions))
        }
    }
}

fn for_each_pending(nodes: &mut [Node], act: &mut impl FnMut(&mut Node)) {
    for node in nodes {
        if is_pending(node) {
            act(node);
        }
        for_each_pending(&mut node.content, act);
    }
}

/// A mention whose person is not known yet carries a null id, which no document of Jira's does.
fn is_pending(node: &Node) -> bool {
    node.kind == Kind::Mention && node.attrs.raw().iter().any(|(key, value)| key == "id" && value.is_null())
}

/// Reads Markdown: `CommonMark`, the GitHub extensions, and the forms of the module's table.
pub fn from_markdown(markdown: &str) -> Result<Parsed, AdfError> {
    read_with(markdown, Ids::new(markdown))
}

/// Reads Markdown, with no ids yet where ADF wants some.
pub(super) fn read(markdown: &str) -> Result<Parsed, AdfError> {
    read_with(markdown, Ids::default())
}

fn read_with(markdown: &str, ids: Ids<'_>) -> Result<Parsed, AdfError> {
    let (document, context) = blocks::read(markdown, ids)?;
    let mut parsed =
        Parsed { document, mentions: context.unresolved, warnings: wiki::warnings(context.wiki) };
    if !parsed.mentions.is_empty() {
        // Who is mentioned by name first and in full later.
        let people = people(&parsed.document);
        parsed.fill(&people);
    }
    Ok(parsed)
}

/// The first mention of each name in a document.
pub(super) fn people(document: &Document) -> HashMap<String, Node> {
    fn collect(nodes: &[Node], people: &mut HashMap<String, Node>) {
        for node in nodes {
            let name = node.attrs.str("text").and_then(|text| text.strip_prefix('@'));
            if let (Kind::Mention, Some(_), Some(name)) = (node.kind, node.attrs.get("id"), name) {
                people.entry(name.to_owned()).or_insert_with(|| node.clone());
            }
            collect(&node.content, people);
        }
    }
    let mut found = HashMap::new();
    collect(&document.content, &mut found);
    found
}
