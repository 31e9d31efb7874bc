//! Documents generated from the grammar of Atlassian's schema: every node, mark and nesting that it accepts.

use serde_json::{Map, Value, json};

/// A stream of choices from a seed: the same seed makes the same document.
pub(crate) struct Gen {
    state: u64,
    /// Nodes that may still be made.
    budget: usize,
    depth: usize,
    wild: bool,
}

type Attrs = Map<String, Value>;

impl Gen {
    pub(crate) fn new(seed: u64) -> Self {
        let mut generator = Self { state: seed ^ 0x9e37_79b9_7f4a_7c15, budget: 0, depth: 0, wild: false };
        generator.next();
        generator
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// A document. One in four is wild: its strings are mostly markup.
    pub(crate) fn document(&mut self) -> Value {
        self.budget = [3, 8, 20, 60][self.below(4)];
        self.wild = self.one_in(4);
        self.depth = 0;
        let content = self.many(0, 5, |g| {
            let kind = g.pick(DOC);
            g.block(kind, "doc")
        });
        json!({"type": "doc", "version": 1, "content": content})
    }

    fn many(&mut self, least: usize, most: usize, mut next: impl FnMut(&mut Self) -> Value) -> Vec<Value> {
        let wanted = least + self.below(most + 1 - least);
        let mut made = Vec::new();
        while made.len() < least || made.len() < wanted && self.budget > 0 {
            self.budget = self.budget.saturating_sub(1);
            made.push(next(self));
        }
        made
    }

    // Strings.

    pub(crate) fn string(&mut self) -> String {
        let pieces = 1 + self.below(if self.wild { 8 } else { 4 });
        let mut out = String::new();
        for _ in 0..pieces {
            match self.below(if self.wild { 4 } else { 12 }) {
                0 => out.push_str(self.pick(MARKUP)),
                1 => {
                    for _ in 0..=self.below(4) {
                        let c = self.pick(CHARS);
                        out.push_str(c);
                    }
                }
                2 if self.one_in(3) => {
                    let c = u32::try_from(self.below(0x11_0000)).ok().and_then(char::from_u32);
                    out.extend(c);
                }
                3 => out.push_str(self.pick(SPACES)),
                _ => {
                    out.push_str(self.pick(WORDS));
                    if self.one_in(2) {
                        out.push(' ');
                    }
                }
            }
        }
        out
    }

    fn text_string(&mut self) -> String {
        let text = self.string();
        if text.is_empty() { "x".into() } else { text }
    }

    fn any_string(&mut self) -> String {
        if self.one_in(8) { String::new() } else { self.string() }
    }

    fn word(&mut self) -> String {
        if self.one_in(6) { self.text_string() } else { self.pick(WORDS).to_owned() }
    }

    fn number(&mut self, least: f64, most: f64) -> Value {
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

    fn json(&mut self, depth: usize) -> Value {
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

    // Attributes.

    fn local_id(&mut self, attrs: &mut Attrs) {
        if self.one_in(3) {
            attrs.insert("localId".into(), json!(self.word()));
        }
    }

    fn maybe(&mut self, attrs: &mut Attrs, odds: usize, name: &str, make: impl FnOnce(&mut Self) -> Value) {
        if self.one_in(odds) {
            let value = make(self);
            attrs.insert(name.into(), value);
        }
    }

    fn choice(&mut self, of: &[&str]) -> Value {
        json!(self.pick(of))
    }

    fn hex(&mut self) -> Value {
        json!(format!("#{:06x}", self.below(0x100_0000)))
    }

    fn url(&mut self) -> Value {
        match self.below(5) {
            0 => json!(self.any_string()),
            1 => json!(format!("https://example.com/{}", self.string())),
            _ => json!(self.pick(URLS)),
        }
    }

    // Marks.

    fn mark(&mut self, kind: &str) -> Value {
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

    fn marks(&mut self, kinds: &[&str], odds: usize) -> Vec<Value> {
        let mut marks = Vec::new();
        while self.one_in(odds) && marks.len() < 5 {
            let kind = self.pick(kinds);
            marks.push(self.mark(kind));
        }
        marks
    }

    /// Puts marks of these kinds on a node, sometimes; an empty list now and then.
    fn marked(&mut self, mut node: Value, kinds: &[&str], odds: usize) -> Value {
        let marks = if kinds.is_empty() { Vec::new() } else { self.marks(kinds, odds) };
        if !marks.is_empty() || self.one_in(20) {
            node["marks"] = Value::Array(marks);
        }
        node
    }

    // Inline nodes.

    fn text(&mut self) -> Value {
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

    fn inline(&mut self, kind: &str) -> Value {
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

    fn inlines(&mut self, kinds: &[&str]) -> Vec<Value> {
        self.many(0, 6, |g| {
            let kind = if g.one_in(2) { "text" } else { g.pick(kinds) };
            g.inline(kind)
        })
    }

    fn extension(&mut self, kind: &str) -> Value {
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

    fn media_id(&mut self, attrs: &mut Attrs) {
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

    fn media(&mut self) -> Value {
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

    fn media_single(&mut self, loose: bool) -> Value {
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

    // Blocks.

    fn blocks(&mut self, kinds: &[&str], parent: &str) -> Value {
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

    fn shape_marks(&mut self, kind: &str, parent: &str) -> Vec<Value> {
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
    fn block(&mut self, kind: &str, parent: &str) -> Value {
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

    fn table(&mut self) -> Value {
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

fn with_attrs(kind: &str, attrs: Attrs) -> Value {
    if attrs.is_empty() { json!({"type": kind}) } else { json!({"type": kind, "attrs": attrs}) }
}

const INLINE: &[&str] = &[
    "text",
    "date",
    "emoji",
    "hardBreak",
    "inlineCard",
    "mention",
    "placeholder",
    "status",
    "inlineExtension",
    "mediaInline",
];
const CAPTION: &[&str] =
    &["hardBreak", "mention", "emoji", "date", "placeholder", "inlineCard", "status", "text"];
const TEXT_MARKS: &[&str] = &[
    "link",
    "em",
    "strong",
    "strike",
    "subsup",
    "underline",
    "textColor",
    "annotation",
    "backgroundColor",
    "strong",
    "em",
];
const MEDIA_MARKS: &[&str] = &["dataConsumer", "link", "annotation", "border"];
const LAYOUTS: &[&str] =
    &["wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start"];
const DOC: &[&str] = &[
    "paragraph",
    "paragraph",
    "heading",
    "blockCard",
    "codeBlock",
    "mediaSingle",
    "taskList",
    "orderedList",
    "bulletList",
    "blockquote",
    "decisionList",
    "embedCard",
    "extension",
    "mediaGroup",
    "rule",
    "panel",
    "table",
    "bodiedExtension",
    "expand",
    "layoutSection",
    "syncBlock",
    "bodiedSyncBlock",
];
const BODY: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaGroup",
    "mediaSingle",
    "decisionList",
    "taskList",
    "table",
    "blockCard",
    "embedCard",
    "extension",
];
const EXPAND: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaGroup",
    "mediaSingle",
    "decisionList",
    "taskList",
    "table",
    "blockCard",
    "embedCard",
    "extension",
    "nestedExpand",
];
const NESTED: &[&str] = &[
    "paragraph",
    "heading",
    "mediaSingle",
    "mediaGroup",
    "codeBlock",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "rule",
    "panel",
    "blockquote",
    "extension",
];
const PANEL: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "blockCard",
    "mediaGroup",
    "mediaSingle",
    "codeBlock",
    "taskList",
    "rule",
    "decisionList",
    "extension",
];
const QUOTE: &[&str] =
    &["paragraph", "orderedList", "bulletList", "codeBlock", "mediaSingle", "mediaGroup", "extension"];
const ITEM: &[&str] =
    &["paragraph", "bulletList", "orderedList", "taskList", "mediaSingle", "codeBlock", "extension"];
const CELL: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaSingle",
    "mediaGroup",
    "decisionList",
    "taskList",
    "blockCard",
    "embedCard",
    "extension",
    "nestedExpand",
];
const COLUMN: &[&str] = &[
    "paragraph",
    "blockCard",
    "mediaSingle",
    "codeBlock",
    "taskList",
    "bulletList",
    "orderedList",
    "heading",
    "mediaGroup",
    "decisionList",
    "rule",
    "panel",
    "blockquote",
    "extension",
    "embedCard",
    "table",
    "expand",
    "bodiedExtension",
];
const SYNC: &[&str] = &[
    "paragraph",
    "blockCard",
    "blockquote",
    "bulletList",
    "codeBlock",
    "decisionList",
    "embedCard",
    "expand",
    "heading",
    "layoutSection",
    "mediaGroup",
    "mediaSingle",
    "orderedList",
    "panel",
    "rule",
    "table",
    "taskList",
];

const WORDS: &[&str] = &[
    "deploy",
    "the",
    "rollback",
    "of",
    "snake_case_name",
    "12",
    "3.5%",
    "Login",
    "naïve",
    "日本語",
    "עברית",
    "🚀",
    "a",
    "API",
    "x86_64",
    "(see",
    "below)",
    "e.g.",
    "it's",
    "C:\\temp\\new",
    "#42",
    "TODO:",
    "a/b",
    "1.",
    "v2",
    "𝒳",
    "no,",
];
const SPACES: &[&str] = &[
    " ", "  ", "\t", "\n", "\u{a0}", "\u{2028}", "\u{200b}", "\u{3000}", "\r\n", "\r", "\u{b}", "\u{c}",
    "    ",
];
const CHARS: &[&str] = &[
    "*", "_", "`", "~", "[", "]", "(", ")", "<", ">", "#", "+", "-", "=", "|", "\\", "!", "&", ":", ";", "@",
    "{", "}", "\"", "'", ".", "1", "a", "A", "/", "?", "$", "^", "%", "\u{0}", "\u{1}", "\u{7f}", "é", "。",
    "「", "\u{202e}", "\u{feff}", "\u{fffd}",
];
const URLS: &[&str] = &[
    "https://example.com",
    "https://acme.atlassian.net/browse/OPS-17",
    "http://a.b/c_d?e=f&g=h#i",
    "https://x.y/z_(w)",
    "https://x.y/a*b*c",
    "mailto:a@b.c",
    "/relative",
    "https://x.y/q?a=1&copy;=2",
    "https://x.y/<z>",
    "https://x.y/a b",
    "#top",
    "https://x.y/z.",
    "https://x.y:8080/a:x:b",
    "accountid:1",
    "attachment:6e7c5f0a-1f2e-4d3c-9b8a-0123456789ab",
    "https://日本.jp/パス",
    "https://x.y/_a_",
    "https://x.y/a|b",
    "https://x.y/a\\b",
    "http://[::1]/",
    "HTTPS://X.Y/Z",
];
const MARKUP: &[&str] = &[
    "# ",
    "## ",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "1) ",
    "> ",
    "```",
    "~~~",
    "---",
    "***",
    "===",
    "| a | b |",
    "|---|---|",
    "**",
    "__",
    "~~",
    "`code`",
    "[text](url)",
    "![alt](url)",
    "[ref]: url",
    "<b>",
    "</b>",
    "<br>",
    "<details>",
    "</details>",
    "<!-- c -->",
    "<status color=green>",
    "&amp;",
    "&#32;",
    "&nbsp;",
    "\\",
    "\\\\",
    "\\*",
    "@[Ann]",
    "@[Ann](accountid:1)",
    ":tada:",
    ":x:",
    "https://a.b/c",
    "http://x",
    "`adf:aaaa x`",
    "adf:",
    "/adf",
    "[ ] ",
    "[x] ",
    "[>]",
    "[decision] ",
    "[!NOTE]",
    "<a href=\"x\">",
    "](",
    "![",
    "h1. ",
    "{code}",
    "||a||",
    "<https://a.b>",
    "a@b.c",
    "<u>",
    "</u>",
    "<font color=#ff0000>",
    "<td>",
    "</td>",
    "{width=3}",
    "<?php",
    "<![CDATA[",
    "<p></p>",
    "<media>",
    "    code",
    "\tcode",
    ":",
];
