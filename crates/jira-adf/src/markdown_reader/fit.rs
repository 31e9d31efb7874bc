//! The nearest legal document: blocks that may not stand where they were written move out or change form.

use super::super::error::AdfError;
use super::super::grammar;
use super::super::node::{Attrs, Kind, MAX_DEPTH, Mark, MarkKind, Marks, Node};
use super::build::{Block, Part, contents_of, drain};
use super::html::assemble;

/// True where the parts from `from` on are blocks that can all stay as they are in a node of this kind; most are.
fn stand(parent: Kind, parts: &[Part<'_>]) -> bool {
    !parts.is_empty() && parts.iter().all(|part| part.block().is_some_and(|block| stands(parent, block)))
}

/// Ends a container around the parts from `from` on, see [`enclose`].
pub(super) fn close(shell: Node, parts: &mut Vec<Part<'_>>, from: usize) -> Result<(), AdfError> {
    if stand(shell.kind, &parts[from..]) {
        let block = Block::around(shell, drain(parts, from))?;
        parts.push(Part::Node(block));
        return Ok(());
    }
    let children = assemble(parts.drain(from..).collect())?;
    parts.extend(enclose(&shell, children)?.into_iter().map(Part::Node));
    Ok(())
}

/// Ends something that cannot be split, see [`contents`], and holds an empty paragraph at least.
pub(super) fn close_whole(shell: Node, parts: &mut Vec<Part<'_>>, from: usize) -> Result<(), AdfError> {
    let block = if stand(shell.kind, &parts[from..]) {
        Block::around(shell, drain(parts, from))?
    } else {
        let inside = contents(shell.kind, assemble(parts.drain(from..).collect())?)?;
        Block::around(shell, or_empty(inside))?
    };
    parts.push(Part::Node(block));
    Ok(())
}

/// The blocks of a document, from all parts.
pub(super) fn document(parts: Vec<Part<'_>>) -> Result<Vec<Node>, AdfError> {
    let (content, depth) = if stand(Kind::Doc, &parts) {
        let mut depth = 0;
        // In the place of the parts themselves, which a long text has many of.
        let content = parts.into_iter().filter_map(|part| match part {
            Part::Node(block) => {
                depth = depth.max(block.depth);
                Some(block.node)
            }
            _ => None,
        });
        (content.collect(), depth)
    } else {
        contents_of(contents(Kind::Doc, assemble(parts)?)?.into_iter())
    };
    // The document is one level above its blocks.
    if usize::from(depth) > MAX_DEPTH { Err(AdfError::TooDeep) } else { Ok(content) }
}

/// These blocks, or an empty paragraph for what must not be empty.
pub(super) fn or_empty(blocks: Vec<Block>) -> Vec<Block> {
    if blocks.is_empty() { vec![Block::paragraph(Vec::new())] } else { blocks }
}

/// Puts blocks into a container. What the container cannot hold comes out beside it, splitting it in two, so
/// that the order of the text stays.
pub(super) fn enclose(shell: &Node, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    let mut out = Vec::new();
    let mut inside = Vec::new();
    let mut queue: std::collections::VecDeque<Block> = children.into();
    while let Some(child) = queue.pop_front() {
        match place(shell.kind, child)? {
            Placed::Inside(block) => inside.push(block),
            Placed::Instead(blocks) => {
                for block in blocks.into_iter().rev() {
                    queue.push_front(block);
                }
            }
            Placed::Outside(block) => {
                if !inside.is_empty() {
                    out.push(Block::around(shell.clone(), std::mem::take(&mut inside))?);
                }
                out.push(block);
            }
        }
    }
    if out.is_empty() {
        inside = or_empty(inside);
    }
    if !inside.is_empty() {
        out.push(Block::around(shell.clone(), inside)?);
    }
    Ok(out)
}

/// Blocks as the content of something that cannot be split.
pub(super) fn contents(parent: Kind, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    if children.iter().all(|child| stands(parent, child)) {
        return Ok(children);
    }
    let mut out = Vec::new();
    let mut queue: std::collections::VecDeque<Block> = children.into();
    while let Some(child) = queue.pop_front() {
        match place(parent, child)? {
            Placed::Inside(block) => out.push(block),
            Placed::Instead(blocks) => {
                for block in blocks.into_iter().rev() {
                    queue.push_front(block);
                }
            }
            Placed::Outside(block) => {
                for block in flatten(block)?.into_iter().rev() {
                    queue.push_front(block);
                }
            }
        }
    }
    Ok(out)
}

/// True where a block can stay as it is.
fn stands(parent: Kind, block: &Block) -> bool {
    block.fixed || grammar::fits(parent, &block.node)
}

enum Placed {
    Inside(Block),
    Instead(Vec<Block>),
    Outside(Block),
}

fn place(parent: Kind, mut block: Block) -> Result<Placed, AdfError> {
    let kind = block.node.kind;
    if block.fixed {
        return Ok(Placed::Inside(block));
    }
    if !grammar::is_whole_in(parent, &block.node) {
        return Ok(Placed::Instead(flatten(block)?));
    }
    if grammar::allows(parent, kind) {
        let node = &block.node;
        let legal: Vec<bool> =
            node.marks.iter().map(|mark| grammar::allows_mark(parent, node, mark.kind)).collect();
        let mut legal = legal.into_iter();
        block.node.marks.retain(|_| legal.next().unwrap_or(true));
        return Ok(Placed::Inside(block));
    }
    if block.node.is_inline() {
        return Ok(Placed::Instead(vec![Block::paragraph(vec![block.node])]));
    }
    Ok(match kind {
        Kind::Expand if grammar::allows(parent, Kind::NestedExpand) => {
            let (shell, children) = block.into_children();
            Placed::Instead(enclose(
                &Node { kind: Kind::NestedExpand, marks: Marks::new(), ..shell },
                children,
            )?)
        }
        Kind::NestedExpand if grammar::allows(parent, Kind::Expand) => {
            block.node.kind = Kind::Expand;
            Placed::Instead(vec![block])
        }
        Kind::Heading if grammar::allows(parent, Kind::Paragraph) => {
            block.node.kind = Kind::Paragraph;
            block.node.attrs = Attrs::new();
            embolden(&mut block.node);
            Placed::Instead(vec![block])
        }
        _ => Placed::Outside(block),
    })
}

fn embolden(node: &mut Node) {
    for child in &mut node.content {
        let plain = child.kind == Kind::Text && child.mark(MarkKind::Code).is_none();
        if plain && child.mark(MarkKind::Strong).is_none() {
            child.marks.push(Mark::new(MarkKind::Strong, Attrs::new()));
        }
    }
}

/// A block that can stand neither here nor outside, as the text that it holds.
fn flatten(block: Block) -> Result<Vec<Block>, AdfError> {
    match block.node.kind {
        Kind::LayoutSection
        | Kind::LayoutColumn
        | Kind::Blockquote
        | Kind::Panel
        | Kind::TableCell
        | Kind::TableHeader => Ok(block.into_children().1),
        Kind::Expand | Kind::NestedExpand => {
            let (shell, mut children) = block.into_children();
            if let Some(title) = shell.attrs.str("title").filter(|title| !title.is_empty()) {
                let mut title = Node::new(Kind::Paragraph).with_content(vec![Node::text(title)]);
                embolden(&mut title);
                children.insert(0, Block::leaf(title));
            }
            Ok(children)
        }
        Kind::TableRow => Ok(flatten_row(block)),
        Kind::Table => {
            let rows = block.into_children().1;
            Ok(rows.into_iter().flat_map(flatten_row).collect())
        }
        kind => Err(AdfError::Misplaced(kind.name())),
    }
}

/// A row as one paragraph, its cells set apart by bars, and the blocks that are no paragraphs after it.
fn flatten_row(row: Block) -> Vec<Block> {
    let mut line = Vec::new();
    let mut after = Vec::new();
    for (at, cell) in row.into_children().1.into_iter().enumerate() {
        if at > 0 {
            line.push(Node::text(" | "));
        }
        for (at, block) in cell.into_children().1.into_iter().enumerate() {
            if block.node.kind == Kind::Paragraph && after.is_empty() {
                if at > 0 {
                    line.push(Node::new(Kind::HardBreak));
                }
                line.extend(block.node.content);
            } else {
                after.push(block);
            }
        }
    }
    after.insert(0, Block::paragraph(line));
    after
}
