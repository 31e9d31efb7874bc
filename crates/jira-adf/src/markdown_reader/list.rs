//! Items and lists: the box in front of an item, and which items make one list.

use std::borrow::Cow;

use super::super::error::AdfError;
use super::super::node::{AttrValue, Content, Kind, Node};
use super::build::{Block, Part, drain};
use super::fit::enclose;
use super::html::assemble;
use super::ids::Ids;

/// The box in front of a list item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Checkbox<'a> {
    Task(bool),
    Group,
    Decision(Cow<'a, str>),
}

/// The box at the start of a list item, and its length: `[ ]`, `[x]`, `[>]`, `[decision]` or `[decision:STATE]`.
pub(super) fn read_box(source: &str) -> Option<(Checkbox<'_>, usize)> {
    let rest = source.strip_prefix('[')?;
    let end = rest.bytes().take(400).position(|byte| byte == b']')?;
    let found = match &rest[..end] {
        " " => Checkbox::Task(false),
        "x" | "X" => Checkbox::Task(true),
        ">" => Checkbox::Group,
        "decision" => Checkbox::Decision("DECIDED".into()),
        word => Checkbox::Decision(read_state(word.strip_prefix("decision:")?)?.into()),
    };
    let after = &rest[end + 1..];
    (after.is_empty() || after.starts_with([' ', '\t', '\n', '\r'])).then_some((found, end + 2))
}

/// The state in a box: `%` and two digits stand for a byte.
fn read_state(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Ends an item with a box: what its list takes, and what has to stand beside it.
pub(super) fn item(
    checkbox: Checkbox<'_>,
    parts: &mut Vec<Part<'_>>,
    from: usize,
    ids: &mut Ids<'_>,
) -> Result<(), AdfError> {
    let done = checkbox == Checkbox::Task(true);
    let mut shell = match checkbox {
        Checkbox::Group => {
            let blocks = assemble(parts.drain(from..).collect())?;
            parts.extend(blocks.into_iter().map(Part::Node));
            return Ok(());
        }
        Checkbox::Decision(state) => {
            Node::new(Kind::DecisionItem).with_attrs([("state", state.into_owned().into())])
        }
        Checkbox::Task(_) => {
            let state = if done { "DONE" } else { "TODO" };
            Node::new(Kind::TaskItem).with_attrs([("state", AttrValue::word(state))])
        }
    };
    ids.give(&mut shell);
    // Nearly always it is one line.
    if let [Part::Node(line)] = &mut parts[from..]
        && line.node.kind == Kind::Paragraph
        && !line.heads_blocks
        && !line.fixed
    {
        *line = Block::leaf(shell.with_content(std::mem::take(&mut line.node.content)));
        return Ok(());
    }
    let children = assemble(parts.drain(from..).collect())?;
    let blocks =
        if shell.kind == Kind::TaskItem { task(shell, children)? } else { line_item(shell, children) };
    parts.extend(blocks.into_iter().map(Part::Node));
    Ok(())
}

/// A task is a line, or else a task of blocks; `<p></p>` in front says that it holds blocks although there is one.
fn task(shell: Node, mut children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    let marked = children.first().is_some_and(|first| first.heads_blocks);
    if marked && children[0].node.content.is_empty() {
        children.remove(0);
    }
    let blocks = children
        .iter()
        .take_while(|child| child.fixed || matches!(child.node.kind, Kind::Paragraph | Kind::Extension))
        .count();
    if blocks < 2 && !marked {
        return Ok(line_item(shell, children));
    }
    let rest = children.split_off(blocks);
    let mut out = enclose(&Node { kind: Kind::BlockTaskItem, ..shell }, children)?;
    out.extend(rest);
    Ok(out)
}

/// An item that holds one line of text; other blocks come after it.
fn line_item(shell: Node, mut children: Vec<Block>) -> Vec<Block> {
    let first = children.first().is_some_and(|first| first.node.kind == Kind::Paragraph && !first.fixed);
    let content = if first { children.remove(0).node.content } else { Content::default() };
    children.insert(0, Block::leaf(shell.with_content(content)));
    children
}

/// Ends a list: neighbours of one kind together, and blocks that are no items between them.
pub(super) fn list(
    start: Option<u64>,
    parts: &mut Vec<Part<'_>>,
    from: usize,
    ids: &mut Ids<'_>,
) -> Result<(), AdfError> {
    let kind_of = |node: &Node| match node.kind {
        Kind::ListItem if start.is_some() => Kind::OrderedList,
        Kind::ListItem => Kind::BulletList,
        // A list under a task is a part of the list of tasks.
        Kind::TaskItem | Kind::BlockTaskItem | Kind::TaskList => Kind::TaskList,
        Kind::DecisionItem => Kind::DecisionList,
        _ => Kind::Other,
    };
    let mut number = start.unwrap_or(1);
    let mut shell = |kind, items: usize| {
        let mut shell = Node::new(kind);
        if kind == Kind::OrderedList {
            if number != 1 {
                shell.attrs.set("order", number);
            }
            number += items as u64;
        }
        ids.give(&mut shell);
        shell
    };
    // Nearly always all are of one kind.
    let mut kinds =
        parts[from..].iter().map(|part| part.block().map_or(Kind::Other, |block| kind_of(&block.node)));
    let first = kinds.next().unwrap_or(Kind::Other);
    if first != Kind::Other && kinds.all(|kind| kind == first) {
        let list = Block::around(shell(first, parts.len() - from), drain(parts, from))?;
        parts.push(Part::Node(list));
        return Ok(());
    }
    let mut runs: Vec<(Kind, Vec<Block>)> = Vec::new();
    for block in drain(parts, from).collect::<Vec<_>>() {
        let after = runs.last().map(|(kind, _)| *kind);
        let kind = match kind_of(&block.node) {
            // After items of another kind a list of tasks is one of its own.
            Kind::TaskList
                if block.node.kind == Kind::TaskList
                    && !matches!(after, None | Some(Kind::TaskList | Kind::Other)) =>
            {
                Kind::Other
            }
            kind => kind,
        };
        match runs.last_mut() {
            Some((same, run)) if *same == kind => run.push(block),
            _ => runs.push((kind, vec![block])),
        }
    }
    for (kind, run) in runs {
        if kind == Kind::Other {
            parts.extend(run.into_iter().map(Part::Node));
        } else {
            parts.push(Part::Node(Block::around(shell(kind, run.len()), run)?));
        }
    }
    Ok(())
}
