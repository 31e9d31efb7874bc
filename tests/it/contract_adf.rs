//! The embedded Jira's ADF validator against Atlassian's JSON schema, over documents made from that schema and
//! then damaged at random places.

use std::fs;
use std::path::PathBuf;

use jira_adf::{Document, check};
use jira_sandbox::adf;
use serde_json::{Map, Value, json};

const DOCUMENTS: usize = 5_000;
const DAMAGES: usize = 4;

#[test]
fn accepts_and_refuses_what_the_schema_does() {
    let schema = schema();
    let judge = jsonschema::draft4::new(&schema).expect("the schema compiles");
    let mut maker = Maker { schema: &schema, dice: Dice(0x5eed) };
    let (mut valid, mut invalid) = (0, 0);
    let mut compare = |doc: &Value| {
        let ours = adf::validate(doc);
        let theirs = judge.is_valid(doc);
        assert_eq!(ours.is_ok(), theirs, "ours: {ours:?}\nfor {doc:#}");
        if theirs {
            valid += 1;
        } else {
            invalid += 1;
        }
        theirs
    };
    for _ in 0..DOCUMENTS {
        let mut doc = maker.make(&json!({"$ref": "#/definitions/doc_node"}), 0);
        compare(&doc);
        for _ in 0..DAMAGES {
            let sound = doc.clone();
            maker.damage(&mut doc);
            // A damaged document is damaged further only while it is sound: one fault must not hide another.
            if !compare(&doc) {
                doc = sound;
            }
        }
    }
    assert!(valid > DOCUMENTS / 2 && invalid > DOCUMENTS / 2, "{valid} valid, {invalid} invalid documents");
}

/// Our own check of documents that callers write refuses none that the schema takes, and finds nearly all faults; the
/// rest are left to Jira.
#[test]
fn what_callers_write_is_refused_only_where_the_schema_does() {
    let schema = schema();
    let judge = jsonschema::draft4::new(&schema).expect("the schema compiles");
    let mut maker = Maker { schema: &schema, dice: Dice(0xcafe) };
    let (mut invalid, mut found) = (0, 0);
    for _ in 0..DOCUMENTS {
        let mut doc = maker.make(&json!({"$ref": "#/definitions/doc_node"}), 0);
        for _ in 0..DAMAGES {
            let theirs = judge.is_valid(&doc);
            let ours = Document::from_value(&doc).and_then(|document| check(&document));
            if theirs {
                assert!(ours.is_ok(), "{ours:?}\nfor {doc:#}");
            } else {
                invalid += 1;
                found += usize::from(ours.is_err());
                break;
            }
            maker.damage(&mut doc);
        }
    }
    assert!(invalid > DOCUMENTS / 2, "{invalid} invalid documents");
    assert!(found * 100 > invalid * 80, "found {found} of {invalid} faults");
}

fn schema() -> Value {
    let dir = std::env::var_os("JIRA_CONTRACT_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/jira"), PathBuf::from);
    let path = dir.join("adf.schema.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("the schema is JSON")
}

/// Repeatable chance (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }
}

struct Maker<'a> {
    schema: &'a Value,
    dice: Dice,
}

impl Maker<'_> {
    /// A value that fits `schema`, mostly: what `allOf` joins may still clash, and the judges decide.
    fn make(&mut self, schema: &Value, depth: usize) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            let target = self.schema.pointer(name.trim_start_matches('#')).expect("a definition").clone();
            return self.make(&target, depth);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            // Deep down, take an early choice: texts and paragraphs come first in the schema's lists.
            let choice = if depth > 10 { &choices[0] } else { self.dice.pick(choices) };
            return self.make(&choice.clone(), depth);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(made) = self.make(part, depth) {
                    whole.extend(made);
                }
            }
            return Value::Object(whole);
        }
        if let Some(choices) = schema["enum"].as_array() {
            return self.dice.pick(choices).clone();
        }
        match schema["type"].as_str() {
            Some("object") => self.make_object(schema, depth),
            Some("array") => self.make_array(schema, depth),
            Some("string") => self.make_text(schema["pattern"].as_str()),
            Some("number") => self.dice.pick(&[json!(1), json!(2.5), json!(3), json!(4), json!(6)]).clone(),
            Some("boolean") => json!(self.dice.one_in(2)),
            _ => self.dice.pick(&[json!({"free": ["form"]}), json!(null), json!("x")]).clone(),
        }
    }

    fn make_object(&mut self, schema: &Value, depth: usize) -> Value {
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().expect("properties") {
            if required(name) || self.dice.one_in(if name == "marks" { 4 } else { 2 }) {
                object.insert(name.clone(), self.make(property, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn make_array(&mut self, schema: &Value, depth: usize) -> Value {
        let size = |name: &str| schema[name].as_u64().map(|size| usize::try_from(size).expect("a size"));
        let min = size("minItems").unwrap_or(0);
        let most = size("maxItems").unwrap_or(if depth > 10 { min } else { min + 2 });
        let len = min + self.dice.below(most - min + 1);
        let items = (0..len).map(|index| match &schema["items"] {
            Value::Array(places) => self.make(&places[index.min(places.len() - 1)], depth + 1),
            place => self.make(place, depth + 1),
        });
        items.collect()
    }

    fn make_text(&mut self, pattern: Option<&str>) -> Value {
        let choices: &[&str] = match pattern {
            Some(pattern) if pattern.contains("{8}") => &["#12abEF", "#12abEF80"],
            Some(pattern) if pattern.contains("neutral") => &["neutral", "green", "#ff8800"],
            Some(_) => &["#000000", "#aBcDeF"],
            None => &["x", "日本", "1700000000000"],
        };
        json!(self.dice.pick(choices))
    }

    /// Changes one random place: a value replaced, a key removed, added or renamed, an item doubled or moved in
    /// from another part of the grammar.
    fn damage(&mut self, doc: &mut Value) {
        let mut paths = Vec::new();
        list_paths(doc, String::new(), &mut paths);
        if self.dice.one_in(2) {
            // What may stand where is the heart of the grammar, and most places are attributes.
            paths.retain(|path| path.ends_with("/content") || path.ends_with("/marks"));
        }
        let path = if paths.is_empty() { String::new() } else { self.dice.pick(&paths).clone() };
        let odd = self.odd_value();
        let key =
            (*self.dice.pick(&["attrs", "marks", "content", "text", "localId", "type", "other"])).to_owned();
        let place = doc.pointer_mut(&path).expect("a listed path");
        match (self.dice.below(4), place) {
            (0, Value::Object(object)) => {
                object.insert(key, odd);
            }
            (1, Value::Object(object)) if !object.is_empty() => {
                let at = self.dice.below(object.len());
                let key = object.keys().nth(at).expect("a key").clone();
                object.remove(&key);
            }
            (0, Value::Array(items)) if !items.is_empty() => {
                items.remove(self.dice.below(items.len()));
            }
            (1, Value::Array(items)) if !items.is_empty() => items.push(items[0].clone()),
            (2, Value::Array(items)) => items.push(odd),
            (_, place) => *place = odd,
        }
    }

    fn odd_value(&mut self) -> Value {
        let definitions = self.schema["definitions"].as_object().expect("definitions");
        if !self.dice.one_in(3) {
            let names: Vec<_> = definitions.keys().collect();
            let name = *self.dice.pick(&names);
            return self.make(&json!({"$ref": format!("#/definitions/{name}")}), 12);
        }
        let plain = [
            json!(null),
            json!(""),
            json!("wide"),
            json!("#12345"),
            json!("#123456789"),
            json!("#12345g"),
            json!("TODO"),
            json!("\n"),
            json!(0),
            json!(-1),
            json!(6.5),
            json!(101),
            json!(true),
            json!([]),
            json!({}),
            json!([{"type": "strong"}]),
            json!([{"type": "code"}, {"type": "link", "attrs": {"href": "h"}}]),
            json!([{"type": "alignment", "attrs": {"align": "end"}}]),
            json!({"localId": "x"}),
        ];
        self.dice.pick(&plain).clone()
    }
}

fn list_paths(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, child)| list_paths(child, format!("{path}/{key}"), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, child)| list_paths(child, format!("{path}/{i}"), out));
        }
        _ => {}
    }
    out.push(path);
}
