//! Tables: those written with tags, tags around Markdown's tables, and the alignment of columns.

use std::iter;

use pulldown_cmark::Alignment;
use serde_json::{Number, Value};

use super::super::error::AdfError;
use super::super::grammar;
use super::super::node::{AttrValue, Attrs, Kind, Mark, MarkKind, Marks, Node};
use super::super::tag::Tag;
use super::build::Block;
use super::fit::{contents, or_empty};
use super::html::number;

/// A cell or a row.
pub(super) fn piece(tag: &Tag<'_>, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    if tag.name == "tr" {
        let cells = children.into_iter().map(into_cell).collect::<Result<Vec<_>, _>>()?;
        return Ok(vec![Block::around(Node::new(Kind::TableRow), cells)?]);
    }
    let kind = if tag.name == "th" { Kind::TableHeader } else { Kind::TableCell };
    let mut shell = Node::new(kind);
    for name in ["colspan", "rowspan"] {
        if let Some(value) = number(tag, name) {
            shell.attrs.set(name, value);
        }
    }
    if let Some(widths) = numbers(tag, "colwidth") {
        shell.attrs.set("colwidth", Value::Array(widths));
    }
    if let Some(background) = tag.attr("background") {
        shell.attrs.set("background", background);
    }
    if let Some(valign) = tag.attr("valign").filter(|valign| grammar::is_valign(valign)) {
        shell.attrs.set("valign", valign);
    }
    Ok(vec![cell(shell, children)?])
}

/// The numbers in an attribute, written with commas between them.
fn numbers(tag: &Tag<'_>, name: &str) -> Option<Vec<Value>> {
    let numbers: Vec<Value> = serde_json::from_str(&format!("[{}]", tag.attr(name)?)).ok()?;
    numbers.iter().all(Value::is_number).then_some(numbers)
}

/// A cell of blocks; an empty one has an empty paragraph.
fn cell(shell: Node, children: Vec<Block>) -> Result<Block, AdfError> {
    let inside = contents(shell.kind, children)?;
    Block::around(shell, or_empty(inside))
}

fn into_cell(block: Block) -> Result<Block, AdfError> {
    match block.node.kind {
        Kind::TableCell | Kind::TableHeader => Ok(block),
        _ => cell(Node::new(Kind::TableCell), vec![block]),
    }
}

/// A table from a `<table>` around rows, or around a Markdown table whose attributes it carries.
pub(super) fn table(tag: &Tag<'_>, children: Vec<Block>) -> Result<Vec<Block>, AdfError> {
    let mut out: Vec<Block> = Vec::new();
    let mut rows = Vec::new();
    let flush = |rows: &mut Vec<Block>, out: &mut Vec<Block>| -> Result<(), AdfError> {
        if !rows.is_empty() {
            let mut shell = Node::new(Kind::Table);
            set_attrs(&mut shell, tag);
            out.push(Block::around(shell, std::mem::take(rows))?);
        }
        Ok(())
    };
    for mut child in children {
        match child.node.kind {
            Kind::TableRow => rows.push(child),
            Kind::TableCell | Kind::TableHeader => {
                rows.push(Block::around(Node::new(Kind::TableRow), vec![child])?);
            }
            Kind::Table => {
                flush(&mut rows, &mut out)?;
                set_attrs(&mut child.node, tag);
                set_head(&mut child.node, tag.attr("head"));
                if let Some(widths) = tag.attr("colwidths") {
                    set_widths(&mut child.node, widths);
                }
                out.push(child);
            }
            _ => {
                flush(&mut rows, &mut out)?;
                out.push(child);
            }
        }
    }
    flush(&mut rows, &mut out)?;
    Ok(out)
}

fn set_attrs(node: &mut Node, tag: &Tag<'_>) {
    let legal = |name: &str, value: &str| match name {
        "displayMode" => matches!(value, "default" | "fixed"),
        _ => grammar::is_table_layout(value),
    };
    for name in ["layout", "displayMode"] {
        if let Some(value) = tag.attr(name).filter(|value| legal(name, value)) {
            node.attrs.set(name, value);
        }
    }
    if let Some(width) = number(tag, "width") {
        node.attrs.set("width", width);
    }
    match tag.attr("isNumberColumnEnabled") {
        Some("true") => node.attrs.set("isNumberColumnEnabled", true),
        Some("false") => node.attrs.set("isNumberColumnEnabled", false),
        _ => {}
    }
}

fn set_head(table: &mut Node, head: Option<&str>) {
    if !matches!(head, Some("column" | "both")) {
        return;
    }
    for row in &mut table.content {
        if let Some(first) = row.content.first_mut() {
            first.kind = Kind::TableHeader;
        }
    }
}

/// Gives the cells of each column its width, where it has one.
fn set_widths(table: &mut Node, widths: &str) {
    let widths: Vec<Option<Number>> =
        widths.split(',').map(|width| serde_json::from_str(width).ok()).collect();
    for row in &mut table.content {
        for (cell, width) in row.content.iter_mut().zip(&widths) {
            if let Some(width) = width {
                cell.attrs.set("colwidth", Value::Array(vec![Value::Number(width.clone())]));
            }
        }
    }
}

/// Aligns the columns of a Markdown table.
pub(super) fn align(table: &mut Node, alignments: &[Alignment]) {
    let marks = |alignment: &Alignment| {
        let align = match alignment {
            Alignment::Center => "center",
            Alignment::Right => "end",
            Alignment::None | Alignment::Left => return Marks::new(),
        };
        iter::once(Mark::new(MarkKind::Alignment, Attrs::from([("align", AttrValue::word(align))]))).collect()
    };
    let columns: Vec<Marks> = alignments.iter().map(marks).collect();
    if columns.iter().all(|marks| marks.is_empty()) {
        return;
    }
    for row in &mut table.content {
        for (cell, marks) in row.content.iter_mut().zip(&columns) {
            for block in cell.content.iter_mut().filter(|block| block.kind == Kind::Paragraph) {
                block.marks.add(marks);
            }
        }
    }
}

/// True where all cells of a row are empty.
pub(super) fn is_empty_row(row: &Node) -> bool {
    row.content.iter().all(|cell| matches!(&cell.content[..], [only] if only.content.is_empty()))
}
