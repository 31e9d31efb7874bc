//! Lists of every kind.

use super::super::canonical::significant;
use super::super::grammar;
use super::super::node::{Kind, Node};
use super::Writer;
use super::block::is_plain_shell;
use super::inline::Line;

/// Spelling of a list's markers, one of two: neighbours differ, or they would be one list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marker {
    bullets: Option<bool>,
    numbers: Option<bool>,
}

impl Marker {
    /// The marker for `node`, given that `self` was that of the block before.
    pub(super) fn next(self, node: &Node) -> Self {
        match node.kind {
            Kind::BulletList | Kind::TaskList | Kind::DecisionList => {
                Self { bullets: Some(!self.bullets.unwrap_or(true)), numbers: None }
            }
            Kind::OrderedList => Self { bullets: None, numbers: Some(!self.numbers.unwrap_or(true)) },
            _ => Self::default(),
        }
    }
}

impl Writer {
    pub(super) fn list(&mut self, node: &Node, marker: Marker) {
        let bullet = if marker.bullets == Some(true) { "* " } else { "- " };
        match node.kind {
            Kind::OrderedList => {
                let end = if marker.numbers == Some(true) { ')' } else { '.' };
                let first = first_number(node).unwrap_or(1);
                for (number, item) in (first..).zip(&node.content) {
                    if number > first {
                        self.line();
                    }
                    let text = format!("{number}{end} ");
                    self.item(item, &text, &" ".repeat(text.len()));
                }
            }
            Kind::BulletList => {
                for (at, item) in node.content.iter().enumerate() {
                    if at > 0 {
                        self.line();
                    }
                    self.item(item, bullet, "  ");
                }
            }
            Kind::TaskList => self.tasks(node, bullet),
            _ => {
                for (at, item) in node.content.iter().enumerate() {
                    if at > 0 {
                        self.line();
                    }
                    self.out.push_str(bullet);
                    self.out.push_str("[decision");
                    let state = item.attrs.str("state").unwrap_or_default();
                    if state != "DECIDED" {
                        self.out.push(':');
                        push_state(&mut self.out, state);
                    }
                    self.out.push(']');
                    self.item_text(item);
                }
            }
        }
    }

    /// The text of a task or decision, after its box.
    fn item_text(&mut self, item: &Node) {
        if !item.content.is_empty() {
            self.out.push(' ');
            self.nested("  ", |writer| writer.inlines(&item.content, Line::Paragraph));
        }
    }

    fn tasks(&mut self, list: &Node, bullet: &str) {
        let mut marker = Marker::default();
        for (at, entry) in list.content.iter().enumerate() {
            if at > 0 && list.content[at - 1].kind == Kind::BlockTaskItem {
                self.blank();
            } else if at > 0 {
                self.line();
            }
            if entry.kind == Kind::TaskList {
                if at == 0 {
                    self.out.push_str(bullet);
                    self.out.push_str("[>]");
                    self.line();
                }
                marker = marker.next(entry);
                self.out.push_str("  ");
                self.nested("  ", |writer| writer.list(entry, marker));
                continue;
            }
            marker = Marker::default();
            self.out.push_str(bullet);
            self.out.push_str(if entry.attrs.str("state") == Some("DONE") { "[x]" } else { "[ ]" });
            if entry.kind == Kind::TaskItem {
                self.item_text(entry);
            } else {
                self.out.push(' ');
                self.nested("  ", |writer| {
                    // Blocks that could not stand behind a box, or that would be the text of a plain task.
                    let lines = entry.content.iter().all(is_task_block);
                    if !lines || entry.content.len() == 1 {
                        writer.out.push_str("<p></p>");
                    }
                    if !lines {
                        writer.blank();
                    }
                    writer.blocks(Kind::BlockTaskItem, &entry.content);
                });
            }
        }
    }

    fn item(&mut self, item: &Node, marker: &str, indent: &str) {
        if let [only] = &item.content[..]
            && is_empty_paragraph(only)
            && !self.out.ends_with(['-', '*', '.', ')', ' '])
        {
            self.out.push_str(marker.trim_end());
            return;
        }
        self.out.push_str(marker);
        self.nested(indent, |writer| {
            let tight = item.content.len() == 2
                && item.content[0].kind == Kind::Paragraph
                && !item.content[0].content.is_empty()
                && item.content[0].marks.is_empty()
                && item.content[0].rest.is_none()
                && may_follow_text(&item.content[1]);
            if tight {
                writer.block(Kind::ListItem, &item.content[0], Marker::default());
                writer.line();
                writer.block(Kind::ListItem, &item.content[1], Marker::default().next(&item.content[1]));
            } else {
                writer.blocks(Kind::ListItem, &item.content);
            }
        });
    }
}

/// The number of the first item, if Markdown can start with it.
pub(super) fn first_number(node: &Node) -> Option<u64> {
    let Some(order) = node.attrs.get("order") else { return Some(1) };
    let order = super::super::canonical::plain(&order.to_value()).as_u64()?;
    (order < 999_000_000).then_some(order)
}

fn is_empty_paragraph(node: &Node) -> bool {
    node.kind == Kind::Paragraph
        && node.content.is_empty()
        && node.marks.is_empty()
        && node.rest.is_none()
        && significant(node).next().is_none()
}

/// True where a nested list can follow text without a blank line between.
fn may_follow_text(list: &Node) -> bool {
    let first_has_text = list.content.first().is_some_and(|item| {
        item.content.first().is_some_and(|block| {
            block.kind == Kind::Paragraph
                && !block.content.is_empty()
                && block.marks.is_empty()
                && block.rest.is_none()
        })
    });
    grammar::fits(Kind::ListItem, list)
        && list.rest.is_none()
        && matches!(list.kind, Kind::BulletList | Kind::OrderedList)
        && significant(list).next().is_none()
        && first_has_text
}

pub(super) fn is_task_list(list: &Node) -> bool {
    !list.content.is_empty()
        && list.content.iter().all(|entry| {
            let plain = entry.rest.is_none() && entry.marks.is_empty();
            let state =
                significant(entry).count() == 1 && matches!(entry.attrs.str("state"), Some("TODO" | "DONE"));
            match entry.kind {
                Kind::TaskList => plain && is_plain_shell(entry) && is_task_list(entry),
                Kind::TaskItem => plain && state && is_line(entry),
                Kind::BlockTaskItem => plain && state && !entry.content.is_empty(),
                _ => false,
            }
        })
}

/// True for the blocks of a task, of which the first stands behind the box.
fn is_task_block(node: &Node) -> bool {
    node.kind == Kind::Paragraph
        && node.marks.is_empty()
        && node.rest.is_none()
        && !node.content.is_empty()
        && significant(node).next().is_none()
        && is_line(node)
}

pub(super) fn is_decision_list(list: &Node) -> bool {
    !list.content.is_empty()
        && list.content.iter().all(|item| {
            item.kind == Kind::DecisionItem
                && item.rest.is_none()
                && item.marks.is_empty()
                && significant(item).count() == 1
                && item.attrs.str("state").is_some()
                && is_line(item)
        })
}

/// A state as it stands in the box: letters and digits as they are, all else as `%` and two digits for each byte.
fn push_state(out: &mut String, state: &str) {
    for c in state.chars() {
        if c.is_alphanumeric() || c == '-' {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            out.extend(c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02x}")));
        }
    }
}

fn is_line(node: &Node) -> bool {
    node.content.iter().all(|child| child.is_inline() || child.kind == Kind::Other)
}
