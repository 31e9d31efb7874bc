//! Images and files.

use serde_json::{Value, json};

use super::grammar::{CAPTION, LAYOUTS, MEDIA_MARKS};
use super::{Attrs, Gen};

impl Gen {
    pub(super) fn media_id(&mut self, attrs: &mut Attrs) {
        let id =
            if self.one_in(4) { self.text_string() } else { "6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab".into() };
        attrs.insert("id".into(), json!(id));
        attrs.insert("collection".into(), if self.one_in(2) { json!("") } else { json!(self.any_string()) });
        self.maybe(attrs, 2, "alt", |g| {
            if g.one_in(2) { json!("login page.png") } else { json!(g.any_string()) }
        });
        self.maybe(attrs, 3, "width", |g| g.number(0.0, 4000.0));
        self.maybe(attrs, 3, "height", |g| g.number(0.0, 4000.0));
        self.maybe(attrs, 8, "occurrenceKey", |g| json!(g.text_string()));
    }

    pub(super) fn media(&mut self) -> Value {
        let mut attrs = Attrs::new();
        if self.one_in(3) {
            attrs.insert("type".into(), json!("external"));
            attrs.insert("url".into(), self.url());
            self.maybe(&mut attrs, 2, "alt", |g| json!(g.any_string()));
            self.maybe(&mut attrs, 3, "width", |g| g.number(0.0, 4000.0));
            self.maybe(&mut attrs, 3, "height", |g| g.number(0.0, 4000.0));
        } else {
            attrs.insert("type".into(), if self.one_in(4) { json!("link") } else { json!("file") });
            self.media_id(&mut attrs);
        }
        self.local_id(&mut attrs);
        let node = json!({"type": "media", "attrs": attrs});
        self.marked(node, MEDIA_MARKS, 5)
    }

    pub(super) fn media_single(&mut self, loose: bool) -> Value {
        let mut attrs = Attrs::new();
        attrs.insert("layout".into(), self.choice(LAYOUTS));
        if self.one_in(3) {
            attrs.insert("widthType".into(), json!("pixel"));
            attrs.insert("width".into(), self.number(0.0, 2000.0));
        } else {
            self.maybe(&mut attrs, 2, "width", |g| g.number(0.0, 100.0));
            self.maybe(&mut attrs, 3, "widthType", |_| json!("percentage"));
        }
        self.local_id(&mut attrs);
        let mut content = vec![self.media()];
        if self.one_in(3) {
            let mut caption = json!({"type": "caption"});
            if !self.one_in(5) {
                caption["content"] = Value::Array(self.inlines(CAPTION));
            }
            content.push(caption);
        }
        let mut node = json!({"type": "mediaSingle", "content": content});
        if !self.one_in(15) {
            node["attrs"] = Value::Object(attrs);
        }
        if self.one_in(25) {
            node["future"] = self.json(2);
        }
        if loose && self.one_in(3) {
            node["content"] = self.json(2);
        }
        self.marked(node, &["link"], 6)
    }
}
