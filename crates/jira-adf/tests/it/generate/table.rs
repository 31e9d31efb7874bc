//! Tables.

use serde_json::{Value, json};

use super::grammar::{CELL, INLINE};
use super::{Attrs, Gen, with_attrs};

impl Gen {
    pub(super) fn table(&mut self) -> Value {
        let mut attrs = Attrs::new();
        self.maybe(&mut attrs, 4, "displayMode", |g| g.choice(&["default", "fixed"]));
        self.maybe(&mut attrs, 4, "isNumberColumnEnabled", |g| json!(g.one_in(2)));
        self.maybe(&mut attrs, 3, "layout", |g| {
            g.choice(&["wide", "full-width", "center", "align-end", "align-start", "default"])
        });
        self.maybe(&mut attrs, 4, "width", |g| g.number(0.0, 2000.0));
        self.maybe(&mut attrs, 3, "localId", |g| json!(g.word()));
        let mut node = with_attrs("table", attrs);
        let columns = 1 + self.below(4);
        // Half of the tables are the plain kind, the others have anything anywhere.
        let plain = self.one_in(2);
        let head = self.below(4);
        let aligned: Vec<usize> = (0..columns).map(|_| self.below(6)).collect();
        self.depth += 1;
        let mut row_at = 0;
        let rows = self.many(1, 4, |g| {
            let mut attrs = Attrs::new();
            g.local_id(&mut attrs);
            let mut row = with_attrs("tableRow", attrs);
            let columns = if plain { columns } else { g.below(columns + 1) };
            let mut cells = Vec::new();
            for (column, align) in aligned.iter().enumerate().take(columns) {
                let header = if plain {
                    (head & 1 == 1 && row_at == 0) || (head & 2 == 2 && column == 0)
                } else {
                    g.one_in(2)
                };
                let kind = if header { "tableHeader" } else { "tableCell" };
                let mut attrs = Attrs::new();
                if !plain {
                    g.maybe(&mut attrs, 4, "colspan", |g| g.number(1.0, 4.0));
                    g.maybe(&mut attrs, 4, "rowspan", |g| g.number(1.0, 4.0));
                    g.maybe(&mut attrs, 5, "background", |g| {
                        if g.one_in(2) { g.hex() } else { json!(g.any_string()) }
                    });
                    g.maybe(&mut attrs, 6, "colwidth", |g| {
                        (0..g.below(3)).map(|_| g.number(0.0, 900.0)).collect()
                    });
                    g.maybe(&mut attrs, 6, "valign", |g| g.choice(&["top", "middle", "bottom"]));
                }
                g.local_id(&mut attrs);
                let mut cell = with_attrs(kind, attrs);
                cell["content"] = if plain && !g.one_in(20) {
                    let mut paragraph = json!({"type": "paragraph", "content": g.inlines(INLINE)});
                    match align {
                        0 => {
                            paragraph["marks"] = json!([{"type": "alignment", "attrs": {"align": "center"}}]);
                        }
                        1 => paragraph["marks"] = json!([{"type": "alignment", "attrs": {"align": "end"}}]),
                        _ => {}
                    }
                    json!([paragraph])
                } else {
                    g.blocks(CELL, "cell")
                };
                cells.push(cell);
            }
            row_at += 1;
            row["content"] = Value::Array(cells);
            row
        });
        self.depth -= 1;
        node["content"] = Value::Array(rows);
        self.marked(node, &["fragment"], 8)
    }
}
