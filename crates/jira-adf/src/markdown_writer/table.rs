//! Tables: Markdown's own where it can say them, else HTML's rows and cells around Markdown blocks.

use serde_json::Value;

use super::super::canonical::significant;
use super::super::grammar;
use super::super::node::{AttrValue, Kind, MarkKind, Node};
use super::super::tag::push_attr;
use super::Writer;
use super::inline::Line;

/// The attributes that the tag before a table carries.
pub(super) const TABLE_ATTRS: &[&str] = &["layout", "width", "displayMode", "isNumberColumnEnabled"];

const CELL_ATTRS: &[&str] = &["colspan", "rowspan", "colwidth", "background", "valign"];

/// Cells of a table that are headers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeaderCells {
    Row,
    None,
    Column,
    Both,
}

impl HeaderCells {
    const ALL: [Self; 4] = [Self::Row, Self::None, Self::Column, Self::Both];

    fn covers(self, row: usize, column: usize) -> bool {
        match self {
            Self::Row => row == 0,
            Self::None => false,
            Self::Column => column == 0,
            Self::Both => row == 0 || column == 0,
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Row | Self::None => None,
            Self::Column => Some("column"),
            Self::Both => Some("both"),
        }
    }
}

impl Writer {
    pub(super) fn table(&mut self, node: &Node) {
        let widths = column_widths(node);
        let head = widths.as_ref().and_then(|_| markdown_head(node));
        // In the order in which they are read, so that the same table is the same text.
        let attrs: Vec<_> =
            TABLE_ATTRS.iter().filter_map(|name| significant(node).find(|(key, _)| key == name)).collect();
        let name = head.and_then(HeaderCells::name);
        let widths = widths.filter(|widths| head.is_some() && widths.iter().any(Option::is_some));
        let tagged = head.is_none() || name.is_some() || widths.is_some() || !attrs.is_empty();
        if tagged {
            self.out.push_str("<table");
            for (key, value) in attrs {
                push_attr(&mut self.out, key, &value.to_text());
            }
            if let Some(name) = name {
                push_attr(&mut self.out, "head", name);
            }
            if let Some(widths) = widths {
                let widths: Vec<_> = widths
                    .into_iter()
                    .map(|width| width.map_or_else(String::new, Value::to_string))
                    .collect();
                push_attr(&mut self.out, "colwidths", &widths.join(","));
            }
            self.out.push('>');
            match head {
                Some(_) => self.blank(),
                None => self.line(),
            }
        }
        match head {
            Some(head) => self.markdown_table(node, head),
            None => self.html_rows(node),
        }
        if tagged {
            match head {
                Some(_) => self.blank(),
                None => self.line(),
            }
            self.close_tag("table");
        }
    }

    fn markdown_table(&mut self, node: &Node, head: HeaderCells) {
        let columns = node.content[0].content.len();
        let mut rows = node.content.iter();
        if matches!(head, HeaderCells::Row | HeaderCells::Both) {
            if let Some(first) = rows.next() {
                self.markdown_row(first);
            }
        } else {
            self.out.push('|');
            self.out.push_str(&"  |".repeat(columns));
        }
        self.line();
        self.out.push('|');
        for column in 0..columns {
            self.out.push_str(match column_alignment(node, column) {
                Some("center") => ":-:|",
                Some("end") => "-:|",
                _ => "---|",
            });
        }
        for row in rows {
            self.line();
            self.markdown_row(row);
        }
    }

    fn markdown_row(&mut self, row: &Node) {
        self.out.push('|');
        for cell in &row.content {
            self.out.push(' ');
            self.inlines(&cell.content[0].content, Line::Cell);
            self.out.push_str(" |");
        }
    }

    fn html_rows(&mut self, node: &Node) {
        for (at, row) in node.content.iter().enumerate() {
            if at > 0 {
                self.line();
            }
            self.out.push_str("<tr>");
            self.line();
            for cell in &row.content {
                let name = if cell.kind == Kind::TableHeader { "th" } else { "td" };
                self.out.push('<');
                self.out.push_str(name);
                for (key, value) in significant(cell) {
                    match value {
                        AttrValue::Text(text) => push_attr(&mut self.out, key, text),
                        _ => push_attr(&mut self.out, key, value.to_text().trim_matches(['[', ']'])),
                    }
                }
                self.enclosed(cell, name);
                self.line();
            }
            self.close_tag("tr");
        }
    }
}

/// True where a table can be written in one of the two ways.
pub(super) fn is_table(node: &Node) -> bool {
    let cell = |cell: &Node| {
        matches!(cell.kind, Kind::TableCell | Kind::TableHeader)
            && cell.rest.is_none()
            && cell.marks.is_empty()
            && !cell.content.is_empty()
            && significant(cell).all(|(key, value)| CELL_ATTRS.contains(&key) && is_cell_value(key, value))
    };
    let row = |row: &Node| {
        row.kind == Kind::TableRow
            && row.rest.is_none()
            && row.marks.is_empty()
            && significant(row).next().is_none()
            && row.content.iter().all(cell)
    };
    !node.content.is_empty()
        && node.content.iter().all(row)
        && TABLE_ATTRS.iter().all(|name| {
            node.attrs.get(name).is_none_or(|value| match *name {
                "width" => value.is_number(),
                "isNumberColumnEnabled" => value.is_boolean(),
                "layout" => value.as_str().is_some_and(grammar::is_table_layout),
                _ => matches!(value.as_str(), Some("default" | "fixed")),
            })
        })
}

fn is_cell_value(key: &str, value: &AttrValue) -> bool {
    match key {
        "colspan" | "rowspan" => value.is_number(),
        "colwidth" => value.as_array().is_some_and(|widths| widths.iter().all(Value::is_number)),
        "valign" => value.as_str().is_some_and(grammar::is_valign),
        _ => value.is_string(),
    }
}

/// The header cells, if Markdown's table can say this one, whose columns have one width each or none.
fn markdown_head(node: &Node) -> Option<HeaderCells> {
    let columns = node.content.first()?.content.len();
    let simple = columns > 0
        && node.content.iter().all(|row| row.content.len() == columns)
        && node.content.iter().flat_map(|row| &row.content).all(is_line_cell);
    if !simple || (0..columns).any(|column| column_alignment(node, column).is_none()) {
        return None;
    }
    let matches = |head: &HeaderCells| {
        node.content.iter().enumerate().all(|(row, cells)| {
            cells
                .content
                .iter()
                .enumerate()
                .all(|(column, cell)| (cell.kind == Kind::TableHeader) == head.covers(row, column))
        })
    };
    let first_row_empty = || node.content[0].content.iter().all(|cell| cell.content[0].content.is_empty());
    // A first line of empty cells stands for "no header row".
    let readable =
        |head: &HeaderCells| !(matches!(head, HeaderCells::Row | HeaderCells::Both) && first_row_empty());
    HeaderCells::ALL.into_iter().find(|head| matches(head) && readable(head))
}

/// The width that all cells of a column share or lack, for each column; `None` if they differ.
fn column_widths(node: &Node) -> Option<Vec<Option<&Value>>> {
    let first: Vec<_> = node.content.first()?.content.iter().map(widths).collect();
    let alike = |row: &Node| row.content.iter().map(widths).eq(first.iter().copied());
    node.content.iter().all(alike).then(|| first.iter().map(|widths| widths.first()).collect())
}

/// The widths of the columns that a cell is in, if it has them.
fn widths(cell: &Node) -> &[Value] {
    cell.attrs.get("colwidth").and_then(AttrValue::as_array).map_or(&[], Vec::as_slice)
}

/// True where a cell is one line of text and no more than perhaps the width of its column.
fn is_line_cell(cell: &Node) -> bool {
    significant(cell).all(|(key, _)| key == "colwidth" && widths(cell).len() == 1)
        && matches!(&cell.content[..], [only] if only.kind == Kind::Paragraph
            && only.rest.is_none()
            && significant(only).next().is_none()
            && grammar::fits(cell.kind, only)
            && only.content.iter().all(|child| child.is_inline() || child.kind == Kind::Other))
}

/// The alignment that all cells of a column share: "", "center" or "end". `None` if they differ.
fn column_alignment(node: &Node, column: usize) -> Option<&str> {
    let of = |row: &'_ Node| -> Option<String> {
        match &row.content.get(column)?.content[0].marks[..] {
            [] => Some(String::new()),
            [mark]
                if mark.kind == MarkKind::Alignment
                    && mark.rest.is_none()
                    && mark.attrs.iter().count() == 1 =>
            {
                mark.attrs.str("align").map(str::to_owned)
            }
            _ => None,
        }
    };
    let first = of(&node.content[0])?;
    if node.content.iter().any(|row| of(row).as_ref() != Some(&first)) {
        return None;
    }
    match first.as_str() {
        "" => Some(""),
        "center" => Some("center"),
        "end" => Some("end"),
        _ => None,
    }
}
