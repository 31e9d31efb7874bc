//! Links and images, and what they stand for: people, smart links, files.

use super::super::error::AdfError;
use super::super::node::{Attrs, Content, Kind, Mark, MarkKind, Node};
use super::super::text::Text;
use super::inline::{Token, plain};
use super::line::Builder;
use super::media;

/// The mark of a link.
pub(super) fn mark(address: &str, title: &str) -> Mark {
    let attrs = if title.is_empty() {
        Attrs::from([("href", address.into())])
    } else {
        Attrs::from([("href", address.into()), ("title", title.into())])
    };
    Mark::new(MarkKind::Link, attrs)
}

impl Builder<'_, '_, '_> {
    /// The node that a link stands for when it is not a link: a person, a smart link.
    pub(super) fn link_node(&mut self, address: &str, inside: &[Token<'_>], auto: bool) -> Option<Node> {
        if let Some(target) = address.strip_prefix("accountid:") {
            let (id, query) = target.split_once('?').unwrap_or((target, ""));
            let mut name = &*plain(inside);
            self.close_text();
            let last = self.line.last_mut().filter(|last| last.kind == Kind::Text);
            // The sign stands in front of the link.
            if let Some(last) = last
                && let Some(before) = last.words().strip_suffix('@')
            {
                let before = Text::from(before);
                last.content = Content::Text(before);
                if last.words().is_empty() {
                    self.line.pop();
                }
            } else {
                name = name.trim_start_matches('@');
            }
            let node = Node::new(Kind::Mention);
            let mut node = if name.is_empty() {
                node.with_attrs([("id", id.into())])
            } else {
                node.with_attrs([("id", id.into()), ("text", format!("@{name}").into())])
            };
            for pair in query.split('&') {
                match pair.split_once('=') {
                    Some(("accessLevel", value)) => node.attrs.set("accessLevel", value),
                    Some(("userType", value @ ("DEFAULT" | "SPECIAL" | "APP"))) => {
                        node.attrs.set("userType", value);
                    }
                    _ => {}
                }
            }
            self.context.remember_mention(&node);
            return Some(node);
        }
        if let Some(id) = address.strip_prefix("attachment:") {
            let name = plain(inside);
            return media::file(id, &name, false);
        }
        if inside.is_empty() && !auto {
            return Some(Node::new(Kind::InlineCard).with_attrs([("url", address.into())]));
        }
        None
    }

    /// An image, or what stands for it where none may stand.
    pub(super) fn image(&mut self, address: &str, title: &str, alt: &str) -> Result<(), AdfError> {
        let external = address.starts_with("http://") || address.starts_with("https://");
        let media = match address.strip_prefix("attachment:") {
            Some(id) => media::file(id, alt, true),
            // Without an address it stands in the tag that follows.
            None if (external || address.is_empty()) && self.blocks_allowed => {
                Some(media::external(address, alt))
            }
            None => None,
        };
        match media {
            Some(mut media) => {
                self.mark_media(&mut media);
                self.node(media);
                if !title.is_empty() {
                    self.node(Node::new(Kind::Caption).with_content(vec![Node::text(title)]));
                }
            }
            None => {
                // An image that cannot stand here is a link with its words.
                let shown = if alt.is_empty() { address } else { alt };
                self.marked(mark(address, title), shown)?;
            }
        }
        Ok(())
    }
}
