//! Blocks.

use serde_json::{Value, json};

use super::grammar::{COLUMN, EXPAND, INLINE, ITEM, LAYOUTS, NESTED, PANEL, QUOTE, SYNC};
use super::{Attrs, Gen, with_attrs};

impl Gen {
    pub(super) fn blocks(&mut self, kinds: &[&str], parent: &str) -> Value {
        self.depth += 1;
        let most = if self.depth > 6 { 1 } else { 4 };
        let made = self.many(1, most, |g| {
            let kind = if g.depth > 6 && !g.one_in(4) { "paragraph" } else { g.pick(kinds) };
            let kind = if kinds.contains(&kind) { kind } else { kinds[0] };
            g.block(kind, parent)
        });
        self.depth -= 1;
        Value::Array(made)
    }

    pub(super) fn shape_marks(&mut self, kind: &str, parent: &str) -> Vec<Value> {
        let paragraph = kind == "paragraph";
        let sets: &[&[&str]] = match parent {
            "doc" | "layoutColumn" if paragraph => {
                &[&[], &["fontSize", "alignment"], &["fontSize", "indentation"]]
            }
            "doc" | "layoutColumn" | "cell" if !paragraph => &[&[], &["alignment"], &["indentation"]],
            "cell" => &[&[], &["fontSize", "alignment"]],
            "blockquote" => &[],
            "bodiedSyncBlock" => {
                &[&[], &["alignment", "indentation", "strong", "link", "breakout", "fontSize"]]
            }
            _ if paragraph => &[&[], &["fontSize"]],
            _ => &[],
        };
        if sets.is_empty() {
            return Vec::new();
        }
        let set = sets[self.below(sets.len())];
        if set.is_empty() { Vec::new() } else { self.marks(set, 3) }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of block")]
    pub(super) fn block(&mut self, kind: &str, parent: &str) -> Value {
        let mut attrs = Attrs::new();
        let mut node = match kind {
            "paragraph" | "heading" => {
                if kind == "heading" {
                    let level =
                        if self.one_in(12) { self.number(1.0, 6.0) } else { json!(1 + self.below(6)) };
                    attrs.insert("level".into(), level);
                }
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                if !self.one_in(8) {
                    node["content"] = Value::Array(self.inlines(INLINE));
                }
                let mut marks = self.shape_marks(kind, parent);
                if parent == "bodiedSyncBlock" && self.one_in(10) {
                    marks.push(self.json(2));
                }
                if !marks.is_empty() {
                    node["marks"] = Value::Array(marks);
                }
                return node;
            }
            "bulletList" | "orderedList" => {
                if kind == "orderedList" {
                    self.maybe(&mut attrs, 3, "order", |g| {
                        if g.one_in(4) { g.number(0.0, 1e12) } else { json!(g.below(20)) }
                    });
                }
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                node["content"] = Value::Array(self.many(1, 4, |g| {
                    let mut attrs = Attrs::new();
                    g.local_id(&mut attrs);
                    let mut item = with_attrs("listItem", attrs);
                    item["content"] = g.blocks(ITEM, "listItem");
                    item
                }));
                node
            }
            "taskList" => {
                let mut node = json!({"type": kind, "attrs": {"localId": self.word()}});
                self.depth += 1;
                let deep = self.depth > 5;
                node["content"] = Value::Array(self.many(1, 4, |g| {
                    let state = g.choice(&["TODO", "DONE"]);
                    match g.below(6) {
                        0 if !deep => g.block("taskList", "taskList"),
                        1 => {
                            let mut content = g.blocks(&["paragraph", "extension"], "blockTaskItem");
                            if let Some(items) = content.as_array_mut()
                                && items.len() >= 2
                                && g.one_in(6)
                            {
                                // The schema says nothing of what stands third.
                                items.truncate(2);
                                items.push(g.json(2));
                            }
                            json!({"type": "blockTaskItem", "attrs": {"localId": "b", "state": state}, "content": content})
                        }
                        _ => json!({
                            "type": "taskItem", "attrs": {"localId": "a", "state": state}, "content": g.inlines(INLINE)
                        }),
                    }
                }));
                self.depth -= 1;
                node
            }
            "decisionList" => {
                let mut node = json!({"type": kind, "attrs": {"localId": self.word()}});
                node["content"] = Value::Array(self.many(1, 3, |g| {
                    let state = if g.one_in(4) { json!(g.any_string()) } else { json!("DECIDED") };
                    json!({"type": "decisionItem", "attrs": {"localId": "d", "state": state}, "content": g.inlines(INLINE)})
                }));
                node
            }
            "blockquote" => {
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                node["content"] = self.blocks(QUOTE, "blockquote");
                node
            }
            "codeBlock" => {
                self.maybe(&mut attrs, 2, "language", |g| {
                    if g.one_in(3) {
                        json!(g.any_string())
                    } else {
                        json!(g.pick(&["rust", "c++", "shell", "sql"]))
                    }
                });
                self.maybe(&mut attrs, 6, "uniqueId", |g| json!(g.any_string()));
                self.maybe(&mut attrs, 5, "wrap", |g| json!(g.one_in(2)));
                self.maybe(&mut attrs, 5, "hideLineNumbers", |g| json!(g.one_in(2)));
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                if !self.one_in(6) {
                    node["content"] = Value::Array(self.many(0, 2, |g| {
                        let mut code = g.text_string();
                        for _ in 0..g.below(4) {
                            code.push_str(
                                g.pick(&["\n", "\n\n", "\r\n", "\n  ", "\n\t", "```\n", "\n~~~", "\n> - "]),
                            );
                            code.push_str(&g.string());
                        }
                        json!({"type": "text", "text": code})
                    }));
                }
                if parent == "doc" { self.marked(node, &["breakout"], 4) } else { node }
            }
            "rule" => {
                self.local_id(&mut attrs);
                with_attrs(kind, attrs)
            }
            "panel" => {
                attrs.insert(
                    "panelType".into(),
                    self.choice(&["info", "note", "tip", "warning", "error", "success", "custom"]),
                );
                for name in ["panelIcon", "panelIconId", "panelIconText", "panelColor"] {
                    self.maybe(&mut attrs, 8, name, |g| json!(g.any_string()));
                }
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                node["content"] = self.blocks(PANEL, "panel");
                node
            }
            "expand" | "nestedExpand" => {
                self.maybe(&mut attrs, 2, "title", |g| json!(g.any_string()));
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                if kind == "expand" {
                    node["content"] = self.blocks(EXPAND, "expand");
                    return if parent == "doc" { self.marked(node, &["breakout"], 4) } else { node };
                }
                if node.get("attrs").is_none() {
                    node["attrs"] = json!({});
                }
                node["content"] = self.blocks(NESTED, "nestedExpand");
                node
            }
            "table" => return self.table(),
            "mediaSingle" => return self.media_single(parent == "bodiedSyncBlock"),
            "mediaGroup" => json!({"type": kind, "content": self.many(1, 3, Self::media)}),
            "blockCard" => {
                match self.below(5) {
                    0 => drop(attrs.insert("data".into(), self.json(3))),
                    1 => {
                        let views: Vec<_> = (0..=self.below(2))
                            .map(|_| json!({"type": "table", "properties": self.json(2)}))
                            .collect();
                        attrs.insert(
                            "datasource".into(),
                            json!({"id": self.any_string(), "parameters": self.json(2), "views": views}),
                        );
                        self.maybe(&mut attrs, 2, "url", Self::url);
                        self.maybe(&mut attrs, 2, "width", |g| g.number(0.0, 2000.0));
                        self.maybe(&mut attrs, 2, "layout", |g| g.choice(LAYOUTS));
                    }
                    _ => drop(attrs.insert("url".into(), self.url())),
                }
                self.local_id(&mut attrs);
                with_attrs(kind, attrs)
            }
            "embedCard" => {
                attrs.insert("url".into(), self.url());
                attrs.insert("layout".into(), self.choice(LAYOUTS));
                self.maybe(&mut attrs, 2, "width", |g| g.number(0.0, 100.0));
                self.maybe(&mut attrs, 3, "originalHeight", |g| g.number(0.0, 2000.0));
                self.maybe(&mut attrs, 3, "originalWidth", |g| g.number(0.0, 2000.0));
                self.local_id(&mut attrs);
                with_attrs(kind, attrs)
            }
            "extension" | "bodiedExtension" => return self.extension(kind),
            "layoutSection" => {
                self.local_id(&mut attrs);
                let mut node = with_attrs(kind, attrs);
                let loose = parent == "bodiedSyncBlock";
                let columns = if loose && self.one_in(3) { self.below(5) } else { 2 + self.below(2) };
                node["content"] = (0..columns)
                    .map(|_| {
                        let mut attrs = Attrs::new();
                        attrs.insert("width".into(), self.number(0.0, 100.0));
                        self.maybe(&mut attrs, 4, "valign", |g| g.choice(&["top", "middle", "bottom"]));
                        self.local_id(&mut attrs);
                        let mut column = with_attrs("layoutColumn", attrs);
                        column["content"] = self.blocks(COLUMN, "layoutColumn");
                        column
                    })
                    .collect();
                self.marked(node, &["breakout"], 4)
            }
            "syncBlock" | "bodiedSyncBlock" => {
                let mut node =
                    json!({"type": kind, "attrs": {"resourceId": self.word(), "localId": self.any_string()}});
                if kind == "bodiedSyncBlock" {
                    node["content"] = self.blocks(SYNC, "bodiedSyncBlock");
                }
                self.marked(node, &["breakout"], 4)
            }
            other => panic!("no generator for {other}"),
        };
        if self.one_in(30) && matches!(kind, "codeBlock" | "expand") && node.get("marks").is_none() {
            node["marks"] = json!([]);
        }
        node
    }
}
