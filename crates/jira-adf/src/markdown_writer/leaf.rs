//! Inline nodes that are no text: people, emoji, dates, statuses, placeholders.

use super::super::canonical::significant;
use super::super::node::{AttrValue, Kind, Node};
use super::super::tag::push_attr;
use super::super::{date, emoji, grammar};
use super::Writer;
use super::text::{TextPosition, push_text};

impl Writer {
    pub(super) fn mention(&mut self, node: &Node, next: Option<&Node>, table: bool) -> bool {
        let mut query = String::new();
        let (mut id, mut name) = ("", "");
        for (key, value) in significant(node) {
            match (key, value.as_str()) {
                ("id", Some(value)) if is_id(value) => id = value,
                ("text", Some(value)) if value.len() > 1 && value.starts_with('@') => name = &value[1..],
                ("accessLevel", Some(value))
                | ("userType", Some(value @ ("DEFAULT" | "SPECIAL" | "APP")))
                    if is_id(value) =>
                {
                    query.push(if query.is_empty() { '?' } else { '&' });
                    query.push_str(key);
                    query.push('=');
                    query.push_str(value);
                }
                _ => return false,
            }
        }
        if id.is_empty() {
            return false;
        }
        self.out.push_str("@[");
        push_text(&mut self.out, name, TextPosition { link: true, table, ..TextPosition::default() });
        self.out.push(']');
        let target = format!("{id}{query}");
        if is_plain_name(name) && ends_name(next) && self.people.get(name) == Some(&target) {
            return true;
        }
        self.out.push_str("(accountid:");
        self.out.push_str(&target);
        self.out.push(')');
        self.people.entry(name.to_owned()).or_insert(target);
        true
    }

    /// Remembers the names in a sealed node, which are read too, so that later mentions of them are written in full.
    pub(super) fn know_people(&mut self, node: &Node) {
        if let (Kind::Mention, Some(name)) =
            (node.kind, node.attrs.str("text").and_then(|text| text.strip_prefix('@')))
        {
            self.people.entry(name.to_owned()).or_default();
        }
        for child in &node.content {
            self.know_people(child);
        }
    }

    pub(super) fn emoji(&mut self, node: &Node, table: bool) -> bool {
        let Some(short) = node.attrs.str("shortName") else { return false };
        let (id, text) = (node.attrs.str("id"), node.attrs.str("text"));
        if significant(node)
            .any(|(key, value)| !matches!(key, "shortName" | "id" | "text") || !value.is_string())
        {
            return false;
        }
        let name = short.strip_prefix(':').and_then(|name| name.strip_suffix(':'));
        let known = name.and_then(emoji::character);
        if known.is_some() && text == known && id == known.map(emoji::id).as_deref() {
            self.out.push_str(short);
            return true;
        }
        self.out.push_str("<emoji");
        for (key, value) in [("id", id), ("text", text)] {
            if let Some(value) = value {
                push_attr(&mut self.out, key, value);
            }
        }
        self.out.push('>');
        push_text(&mut self.out, short, TextPosition { table, ..TextPosition::default() });
        self.close_tag("emoji");
        true
    }

    pub(super) fn date(&mut self, node: &Node) -> bool {
        let Some(stamp) = node.attrs.str("timestamp") else { return false };
        if significant(node).count() != 1 {
            return false;
        }
        let shown = match date::from_timestamp(stamp) {
            Some(day) => day,
            None if stamp.len() < 20
                && stamp.bytes().all(|byte| byte.is_ascii_digit())
                && !stamp.is_empty() =>
            {
                stamp.to_owned()
            }
            None => return false,
        };
        self.out.push_str("<date>");
        self.out.push_str(&shown);
        self.close_tag("date");
        true
    }

    pub(super) fn status(&mut self, node: &Node, table: bool) -> bool {
        let (Some(text), Some(color)) = (node.attrs.str("text"), node.attrs.str("color")) else {
            return false;
        };
        let known =
            |(key, value): (&str, &AttrValue)| matches!(key, "text" | "color" | "style") && value.is_string();
        if text.is_empty() || !grammar::is_status_color(color) || !significant(node).all(known) {
            return false;
        }
        self.out.push_str("<status");
        if color.starts_with('#') {
            push_attr(&mut self.out, "color", color);
        } else {
            self.out.push(' ');
            self.out.push_str(color);
        }
        if let Some(style) = node.attrs.str("style").filter(|style| !style.is_empty()) {
            push_attr(&mut self.out, "style", style);
        }
        self.out.push('>');
        push_text(&mut self.out, text, TextPosition { table, ..TextPosition::default() });
        self.close_tag("status");
        true
    }

    pub(super) fn placeholder(&mut self, node: &Node, table: bool) -> bool {
        let Some(text) = node.attrs.str("text") else { return false };
        if significant(node).count() != 1 {
            return false;
        }
        self.out.push_str("<placeholder>");
        push_text(&mut self.out, text, TextPosition { table, ..TextPosition::default() });
        self.close_tag("placeholder");
        true
    }
}

/// True where a name reads the same without any escape.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\''))
}

/// True where the node after a name in brackets leaves it a name.
fn ends_name(next: Option<&Node>) -> bool {
    next.is_none_or(|next| {
        next.kind == Kind::HardBreak
            || next.kind == Kind::Text
                && next.marks.is_empty()
                && next.words().starts_with([' ', '.', ',', ';', '!', '?', ')', '\''])
    })
}

/// True for ids that need no quoting: account ids, access levels.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
}
