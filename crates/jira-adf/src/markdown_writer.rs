//! Writing of a document as Markdown.

mod block;
mod inline;
mod leaf;
mod link;
mod list;
mod mark;
mod media;
mod table;
mod text;

use std::collections::HashMap;

pub(super) use block::{CRLF, ESCAPED, PANEL_ATTRS};

use super::node::{Document, Kind, Node};

/// The document as Markdown, from which [`super::from_markdown`] gives the same document again.
#[must_use]
pub fn to_markdown(document: &Document) -> String {
    let mut writer = Writer::default();
    if let Some(rest) = document.rest.as_deref() {
        let doc = Node { rest: Some(Box::new(rest.clone())), ..Node::new(Kind::Doc) };
        writer.sealed(&doc, super::seal::SealKind::Leaf, false);
        if !document.content.is_empty() {
            writer.blank();
        }
    }
    writer.blocks(Kind::Doc, &document.content);
    writer.out
}

/// The Markdown written so far, and the prefix of every further line.
#[derive(Default)]
struct Writer {
    out: String,
    prefix: String,
    /// True where nothing of the text stands on the present line yet.
    at_line_start: bool,
    /// The people mentioned so far: by name the target of their first mention, which later ones need not repeat.
    people: HashMap<String, String>,
}

impl Writer {
    /// Ends the line and starts the next.
    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&self.prefix);
    }

    /// Ends the line and leaves one blank.
    fn blank(&mut self) {
        self.out.push('\n');
        self.out.push_str(self.prefix.trim_end());
        self.line();
    }

    /// Runs `write` with a longer prefix on every line that it starts.
    fn nested(&mut self, prefix: &str, write: impl FnOnce(&mut Self)) {
        let outer = self.prefix.len();
        self.prefix.push_str(prefix);
        write(self);
        self.prefix.truncate(outer);
    }
}
