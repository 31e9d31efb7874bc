//! Inline nodes.

use serde_json::{Value, json};

use super::grammar::{BODY, MEDIA_MARKS, TEXT_MARKS};
use super::{Attrs, Gen, with_attrs};

impl Gen {
    pub(super) fn text(&mut self) -> Value {
        let text = self.text_string();
        if self.one_in(8) {
            let node = json!({"type": "text", "text": text});
            let mut node = self.marked(node, &["link", "annotation"], 3);
            let code = json!({"type": "code"});
            match node.get_mut("marks").and_then(Value::as_array_mut) {
                Some(marks) => marks.push(code),
                None => node["marks"] = json!([code]),
            }
            node
        } else {
            let node = json!({"type": "text", "text": text});
            self.marked(node, TEXT_MARKS, 2)
        }
    }

    pub(super) fn inline(&mut self, kind: &str) -> Value {
        let mut attrs = Attrs::new();
        match kind {
            "hardBreak" => {
                self.maybe(&mut attrs, 6, "text", |_| json!("\n"));
            }
            "mention" => {
                let id = if self.one_in(4) { self.any_string() } else { "5b10a2844c20165700ede21g".into() };
                attrs.insert("id".into(), json!(id));
                self.maybe(&mut attrs, 2, "text", |g| {
                    if g.one_in(4) { json!(g.any_string()) } else { json!(format!("@{}", g.text_string())) }
                });
                self.maybe(&mut attrs, 3, "accessLevel", |g| json!(g.pick(&["", "CONTAINER", "a b"])));
                self.maybe(&mut attrs, 4, "userType", |g| g.choice(&["DEFAULT", "SPECIAL", "APP"]));
            }
            "emoji" => {
                let (name, id, text) =
                    [(":tada:", "1f389", "🎉"), (":x:", "274c", "❌"), (":custom:", "a-b", ":custom:")]
                        [self.below(3)];
                let odd = self.one_in(3);
                attrs.insert("shortName".into(), if odd { json!(self.any_string()) } else { json!(name) });
                self.maybe(&mut attrs, 2, "id", |g| if odd { json!(g.any_string()) } else { json!(id) });
                self.maybe(&mut attrs, 2, "text", |g| if odd { json!(g.any_string()) } else { json!(text) });
            }
            "date" => {
                let stamp = match self.below(4) {
                    0 => self.text_string(),
                    1 => self.below(2_000_000_000_000).to_string(),
                    _ => (self.below(30_000) as u64 * 86_400_000).to_string(),
                };
                attrs.insert("timestamp".into(), json!(stamp));
            }
            "status" => {
                attrs.insert("text".into(), json!(self.text_string()));
                let color = if self.one_in(4) {
                    self.hex()
                } else {
                    self.choice(&["neutral", "purple", "blue", "red", "yellow", "green"])
                };
                attrs.insert("color".into(), color);
                self.maybe(&mut attrs, 4, "style", |g| json!(g.any_string()));
            }
            "placeholder" => {
                attrs.insert("text".into(), json!(self.any_string()));
            }
            "inlineCard" => {
                if self.one_in(5) {
                    attrs.insert("data".into(), self.json(3));
                } else {
                    attrs.insert("url".into(), self.url());
                }
            }
            "inlineExtension" => return self.extension(kind),
            "mediaInline" => {
                self.maybe(&mut attrs, 2, "type", |g| g.choice(&["link", "file", "image"]));
                self.media_id(&mut attrs);
                self.maybe(&mut attrs, 8, "data", |g| g.json(2));
                self.local_id(&mut attrs);
                let node = json!({"type": kind, "attrs": attrs});
                return self.marked(node, MEDIA_MARKS, 5);
            }
            _ => return self.text(),
        }
        self.local_id(&mut attrs);
        with_attrs(kind, attrs)
    }

    pub(super) fn inlines(&mut self, kinds: &[&str]) -> Vec<Value> {
        self.many(0, 6, |g| {
            let kind = if g.one_in(2) { "text" } else { g.pick(kinds) };
            g.inline(kind)
        })
    }

    pub(super) fn extension(&mut self, kind: &str) -> Value {
        let mut attrs = Attrs::new();
        attrs.insert("extensionKey".into(), json!(self.word()));
        attrs.insert("extensionType".into(), json!(self.word()));
        self.maybe(&mut attrs, 2, "parameters", |g| g.json(3));
        self.maybe(&mut attrs, 4, "text", |g| json!(g.any_string()));
        if kind != "inlineExtension" {
            self.maybe(&mut attrs, 3, "layout", |g| g.choice(&["wide", "full-width", "default"]));
        }
        self.maybe(&mut attrs, 3, "localId", |g| json!(g.word()));
        let mut node = json!({"type": kind, "attrs": attrs});
        if kind == "bodiedExtension" {
            node["content"] = self.blocks(BODY, "bodiedExtension");
        }
        self.marked(node, &["dataConsumer", "fragment"], 6)
    }
}
