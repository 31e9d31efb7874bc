//! Values of attributes, and marks.

use serde_json::{Value, json};

use super::strings::URLS;
use super::{Attrs, Gen};

impl Gen {
    pub(super) fn number(&mut self, least: f64, most: f64) -> Value {
        let mut part =
            |of: u32| f64::from(u32::try_from(self.below(of as usize)).unwrap_or_default()) / f64::from(of);
        let (step, fine, coarse) = (part(9), part(1_000_003), part(97));
        // Whole numbers as JSON writes them, and others to the last digit.
        let whole = |number: f64| serde_json::from_str(&format!("{number:.0}")).expect("a whole number");
        match step {
            step if step < 0.1 => json!(least),
            step if step < 0.2 => json!(most),
            step if step < 0.3 => whole((least + 1.0).floor()),
            step if step < 0.5 => json!(least + (most - least) * fine),
            _ => whole((least + (most - least) * coarse).ceil()),
        }
    }

    pub(super) fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => self.number(-10.0, 1e6),
            3 | 4 => json!(self.any_string()),
            5 => (0..self.below(3)).map(|_| self.json(depth - 1)).collect(),
            _ => {
                Value::Object((0..self.below(3)).map(|_| (self.any_string(), self.json(depth - 1))).collect())
            }
        }
    }

    pub(super) fn local_id(&mut self, attrs: &mut Attrs) {
        if self.one_in(3) {
            attrs.insert("localId".into(), json!(self.word()));
        }
    }

    pub(super) fn maybe(
        &mut self,
        attrs: &mut Attrs,
        odds: usize,
        name: &str,
        make: impl FnOnce(&mut Self) -> Value,
    ) {
        if self.one_in(odds) {
            let value = make(self);
            attrs.insert(name.into(), value);
        }
    }

    pub(super) fn choice(&mut self, of: &[&str]) -> Value {
        json!(self.pick(of))
    }

    pub(super) fn hex(&mut self) -> Value {
        json!(format!("#{:06x}", self.below(0x100_0000)))
    }

    pub(super) fn url(&mut self) -> Value {
        match self.below(5) {
            0 => json!(self.any_string()),
            1 => json!(format!("https://example.com/{}", self.string())),
            _ => json!(self.pick(URLS)),
        }
    }

    pub(super) fn mark(&mut self, kind: &str) -> Value {
        match kind {
            "link" => {
                let mut attrs = Attrs::new();
                let href = self.url();
                attrs.insert("href".into(), href);
                self.maybe(&mut attrs, 5, "title", |g| json!(g.any_string()));
                for name in ["id", "collection", "occurrenceKey"] {
                    self.maybe(&mut attrs, 15, name, |g| json!(g.any_string()));
                }
                json!({"type": kind, "attrs": attrs})
            }
            "annotation" => {
                json!({"type": kind, "attrs": {"id": self.word(), "annotationType": "inlineComment"}})
            }
            "backgroundColor" | "textColor" => json!({"type": kind, "attrs": {"color": self.hex()}}),
            "subsup" => json!({"type": kind, "attrs": {"type": self.pick(&["sub", "sup"])}}),
            "alignment" => json!({"type": kind, "attrs": {"align": self.pick(&["center", "end"])}}),
            "indentation" => json!({"type": kind, "attrs": {"level": self.number(1.0, 6.0)}}),
            "fontSize" => json!({"type": kind, "attrs": {"fontSize": "small"}}),
            "breakout" => {
                let mut attrs = Attrs::new();
                attrs.insert("mode".into(), self.choice(&["wide", "full-width"]));
                self.maybe(&mut attrs, 3, "width", |g| g.number(0.0, 2000.0));
                json!({"type": kind, "attrs": attrs})
            }
            "border" => {
                let color = if self.one_in(3) { json!("#091e4224") } else { self.hex() };
                json!({"type": kind, "attrs": {"size": self.number(1.0, 3.0), "color": color}})
            }
            "dataConsumer" => {
                let sources: Vec<_> = (0..=self.below(2)).map(|_| self.any_string()).collect();
                json!({"type": kind, "attrs": {"sources": sources}})
            }
            "fragment" => {
                let mut attrs = Attrs::new();
                attrs.insert("localId".into(), json!(self.word()));
                self.maybe(&mut attrs, 2, "name", |g| json!(g.any_string()));
                json!({"type": kind, "attrs": attrs})
            }
            _ => json!({"type": kind}),
        }
    }

    pub(super) fn marks(&mut self, kinds: &[&str], odds: usize) -> Vec<Value> {
        let mut marks = Vec::new();
        while self.one_in(odds) && marks.len() < 5 {
            let kind = self.pick(kinds);
            marks.push(self.mark(kind));
        }
        marks
    }

    /// Puts marks of these kinds on a node, sometimes; an empty list now and then.
    pub(super) fn marked(&mut self, mut node: Value, kinds: &[&str], odds: usize) -> Value {
        let marks = if kinds.is_empty() { Vec::new() } else { self.marks(kinds, odds) };
        if !marks.is_empty() || self.one_in(20) {
            node["marks"] = Value::Array(marks);
        }
        node
    }
}
