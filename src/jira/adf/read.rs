//! Markdown as a document.

mod blocks;
mod build;
mod fit;
mod html;
mod html_table;
mod inline;
mod media;
mod wiki;

use std::collections::HashMap;

use serde_json::Value;

use super::AdfError;
use super::node::{Document, Kind, Node};

/// What [`from_markdown`] read.
#[derive(Debug, Clone)]
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
        let found: Vec<_> = self.mentions.iter().map(|name| find(name)).collect();
        let names = std::mem::take(&mut self.mentions);
        for_each_pending(&mut self.document.content, &mut |node| {
            let written = node.attrs.str("text").unwrap_or_default().trim_start_matches('@').to_owned();
            if let Some(at) = names.iter().position(|name| *name == written)
                && let Some((id, name)) = &found[at]
            {
                node.attrs.set("id", id.as_str());
                node.attrs.set("text", format!("@{name}"));
            }
        });
        self.mentions =
            names.into_iter().zip(found).filter(|(_, found)| found.is_none()).map(|(name, _)| name).collect();
    }

    /// Fills in the people who are mentioned in full elsewhere.
    pub(super) fn fill(&mut self, people: &HashMap<String, Node>) {
        for_each_pending(&mut self.document.content, &mut |node| {
            let person = node.attrs.str("text").and_then(|text| people.get(text.trim_start_matches('@')));
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
    node.kind == Kind::Mention
        && node.attrs.raw().iter().any(|(key, value)| key == "id" && *value == Value::Null)
}

/// Reads Markdown: `CommonMark`, the GitHub extensions, and the forms of the module's table.
pub fn from_markdown(markdown: &str) -> Result<Parsed, AdfError> {
    let mut parsed = read(markdown)?;
    with_ids(&mut parsed, markdown);
    Ok(parsed)
}

/// Reads Markdown, with no ids yet where ADF wants some.
pub(super) fn read(markdown: &str) -> Result<Parsed, AdfError> {
    let (document, mentions) = blocks::read(markdown)?;
    let warnings = wiki::warnings(markdown, &document);
    let mut parsed = Parsed { document, mentions, warnings };
    if !parsed.mentions.is_empty() {
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

/// Gives the nodes that must have a `localId` one. The same text gets the same ids, so that writing it twice
/// changes nothing.
pub(super) fn with_ids(parsed: &mut Parsed, markdown: &str) {
    let mut ids = Ids { markdown, state: None };
    for node in &mut parsed.document.content {
        add_ids(node, &mut ids);
    }
}

/// Ids made from the text that they are for.
struct Ids<'a> {
    markdown: &'a str,
    /// Of the generator, once an id was wanted.
    state: Option<u64>,
}

impl Ids<'_> {
    fn id(&mut self) -> String {
        let (high, low) = (self.number(), self.number());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    /// `SplitMix64`, from the text's FNV-1a hash on.
    fn number(&mut self) -> u64 {
        let state = self.state.get_or_insert_with(|| {
            self.markdown.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        });
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn add_ids(node: &mut Node, ids: &mut Ids<'_>) {
    let wants = matches!(
        node.kind,
        Kind::TaskList | Kind::TaskItem | Kind::BlockTaskItem | Kind::DecisionList | Kind::DecisionItem
    );
    if wants && node.attrs.get("localId").is_none() {
        node.attrs.set("localId", ids.id());
    }
    for child in &mut node.content {
        add_ids(child, ids);
    }
}
