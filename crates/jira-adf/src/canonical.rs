//! The canonical form, up to which ADF to Markdown to ADF is the identity.

use serde_json::{Map, Value};

use super::node::{AttrValue, Attrs, Document, Kind, Mark, Node};

/// The canonical form of a document. Two documents with the same canonical form say the same:
///
/// - `localId` of a node is left out (it is kept on edits, but it is not content);
/// - marks are sorted, and of equal ones one is left;
/// - empty `marks`, `content` and `attrs`, attributes that are null, and text of no characters are absent;
/// - numbers are compared by value, so `1.0` is `1`;
/// - adjacent text with equal marks is one node;
/// - an attribute at its default is absent: `order` 1 of an ordered list, `colspan` and `rowspan` 1 of a cell,
///   `layout` "default" and `isNumberColumnEnabled` false of a table, `text` of a hard break, `accessLevel` ""
///   of a mention, `style` "" of a status, `wrap` and `hideLineNumbers` false of a code block.
///
/// The order of keys does not matter, because JSON objects have none.
#[must_use]
pub fn canonical(document: &Document) -> Value {
    let mut map = Map::new();
    map.insert("type".into(), "doc".into());
    map.insert("version".into(), 1.into());
    insert_content(&mut map, &document.content);
    if let Some(Value::Object(rest)) = document.rest.as_deref() {
        map.extend(rest.iter().map(|(key, value)| (key.clone(), plain(value))));
    }
    Value::Object(map)
}

/// The canonical form of one node.
pub(super) fn canonical_node(node: &Node) -> Value {
    if node.kind == Kind::Other {
        return node.rest.as_deref().map_or(Value::Null, plain);
    }
    let mut map = Map::new();
    map.insert("type".into(), node.kind.name().into());
    if node.kind == Kind::Text {
        map.insert("text".into(), node.words().into());
    }
    let attrs: Map<_, _> =
        significant(node).map(|(key, value)| (key.to_owned(), plain(&value.to_value()))).collect();
    if !attrs.is_empty() {
        map.insert("attrs".into(), Value::Object(attrs));
    }
    let marks = canonical_marks(&node.marks);
    if !marks.is_empty() {
        map.insert("marks".into(), Value::Array(marks));
    }
    insert_content(&mut map, &node.content);
    if let Some(Value::Object(rest)) = node.rest.as_deref() {
        map.extend(rest.iter().map(|(key, value)| (key.clone(), plain(value))));
    }
    Value::Object(map)
}

/// The attributes that say something: not null, not the default, not `localId`.
pub(super) fn significant(node: &Node) -> impl Iterator<Item = (&str, &AttrValue)> {
    node.attrs.iter().filter(|(key, value)| *key != "localId" && !is_default(node.kind, key, value))
}

pub(super) fn is_default(kind: Kind, key: &str, value: &AttrValue) -> bool {
    match (kind, key) {
        (Kind::OrderedList, "order") | (Kind::TableCell | Kind::TableHeader, "colspan" | "rowspan") => {
            value.as_f64() == Some(1.0)
        }
        (Kind::Table, "layout") => value.as_str() == Some("default"),
        (Kind::Table, "isNumberColumnEnabled") | (Kind::CodeBlock, "wrap" | "hideLineNumbers") => {
            *value == AttrValue::Bool(false)
        }
        (Kind::HardBreak, "text") => value.as_str() == Some("\n"),
        (Kind::Mention, "accessLevel") | (Kind::Status, "style") => value.as_str() == Some(""),
        _ => false,
    }
}

/// Marks sorted by their JSON, without duplicates.
fn canonical_marks(marks: &[Mark]) -> Vec<Value> {
    let mut keyed: Vec<(String, Value)> = marks
        .iter()
        .map(|mark| {
            let value = sorted(&canonical_mark(mark));
            (value.to_string(), value)
        })
        .collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.dedup_by(|a, b| a.0 == b.0);
    keyed.into_iter().map(|(_, value)| value).collect()
}

fn canonical_mark(mark: &Mark) -> Value {
    if mark.kind == super::node::MarkKind::Other {
        return mark.rest.as_deref().map_or(Value::Null, plain);
    }
    let mut map = Map::new();
    map.insert("type".into(), mark.kind.name().into());
    if !mark.attrs.is_empty() {
        map.insert("attrs".into(), attrs_map(&mark.attrs));
    }
    if let Some(Value::Object(rest)) = mark.rest.as_deref() {
        map.extend(rest.iter().map(|(key, value)| (key.clone(), plain(value))));
    }
    Value::Object(map)
}

fn attrs_map(attrs: &Attrs) -> Value {
    Value::Object(attrs.iter().map(|(key, value)| (key.to_owned(), plain(&value.to_value()))).collect())
}

/// True where two lists of marks have the same canonical form.
pub(super) fn same_marks(a: &[Mark], b: &[Mark]) -> bool {
    if a.is_empty() || b.is_empty() {
        return a.is_empty() && b.is_empty();
    }
    a == b || canonical_marks(a) == canonical_marks(b)
}

fn insert_content(map: &mut Map<String, Value>, nodes: &[Node]) {
    let content = canonical_content(nodes);
    if !content.is_empty() {
        map.insert("content".into(), Value::Array(content));
    }
}

/// The canonical form of nodes that stand side by side.
pub(super) fn canonical_content(nodes: &[Node]) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::with_capacity(nodes.len());
    let mut last_text: Option<&Node> = None;
    for node in nodes {
        let is_text = node.kind == Kind::Text && node.rest.is_none();
        if is_text && node.words().is_empty() {
            continue;
        }
        if let (true, Some(last), Some(Value::Object(previous))) = (is_text, last_text, out.last_mut())
            && same_marks(&last.marks, &node.marks)
            && let Some(Value::String(text)) = previous.get_mut("text")
        {
            text.push_str(node.words());
            continue;
        }
        last_text = is_text.then_some(node);
        out.push(canonical_node(node));
    }
    out
}

/// A value with its numbers by value: whole numbers that a double holds exactly as integers.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            Some(float)
                if number.is_f64() && float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 =>
            {
                (float as i64).into()
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        _ => value.clone(),
    }
}

/// The canonical form of a node as text: equal if and only if the nodes say the same.
pub(super) fn key(node: &Node) -> String {
    sorted(&canonical_node(node)).to_string()
}

/// A value with sorted keys, so that equal values have equal text.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by_key(|(key, _)| *key);
            Value::Object(keys.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        _ => value.clone(),
    }
}
