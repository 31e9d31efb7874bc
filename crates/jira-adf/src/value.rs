//! Conversion of the tree from and to JSON, which keeps what it does not know.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use super::error::AdfError;
use super::node::{Attrs, Content, Document, Kind, MAX_DEPTH, Mark, MarkKind, Node};

impl Document {
    /// Reads what Jira sent. Unknown nodes, marks and keys are kept; a null document is an empty one.
    pub fn from_value(value: &Value) -> Result<Self, AdfError> {
        let map = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(map) if map.get("type").and_then(Value::as_str) == Some("doc") => map,
            _ => return Err(AdfError::NotADocument),
        };
        let mut document = Self::default();
        let mut rest = Map::new();
        for (key, value) in map {
            match (key.as_str(), value) {
                ("type", _) | ("content", Value::Null) => {}
                ("version", version) if version.as_f64() == Some(1.0) => {}
                ("content", Value::Array(nodes)) => {
                    document.content =
                        nodes.iter().map(|node| read_node(node, 1)).collect::<Result<_, _>>()?;
                }
                _ => drop(rest.insert(key.clone(), value.clone())),
            }
        }
        document.rest = boxed(rest);
        Ok(document)
    }

    /// The document as JSON, as Jira takes it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("type".into(), "doc".into());
        map.insert("version".into(), 1.into());
        map.insert("content".into(), Value::Array(self.content.iter().map(Node::to_value).collect()));
        add_rest(&mut map, self.rest.as_deref());
        Value::Object(map)
    }
}

impl Node {
    /// Reads one node. `Err` only if it is nested too deep.
    pub fn from_value(value: &Value) -> Result<Self, AdfError> {
        read_node(value, 1)
    }

    /// The node as JSON.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.kind == Kind::Other {
            return self.rest.as_deref().cloned().unwrap_or(Value::Null);
        }
        let mut map = Map::new();
        map.insert("type".into(), self.kind.name().into());
        if self.kind == Kind::Text {
            map.insert("text".into(), self.words().into());
        }
        if !self.attrs.raw().is_empty() || self.kind == Kind::NestedExpand {
            map.insert("attrs".into(), attrs_value(&self.attrs));
        }
        if !self.content.is_empty() || matches!(self.kind, Kind::TableRow | Kind::LayoutSection) {
            map.insert("content".into(), Value::Array(self.content.iter().map(Self::to_value).collect()));
        }
        if !self.marks.is_empty() {
            map.insert("marks".into(), Value::Array(self.marks.iter().map(Mark::to_value).collect()));
        }
        add_rest(&mut map, self.rest.as_deref());
        Value::Object(map)
    }
}

impl Mark {
    /// The mark as JSON.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.kind == MarkKind::Other {
            return self.rest.as_deref().cloned().unwrap_or(Value::Null);
        }
        let mut map = Map::new();
        map.insert("type".into(), self.kind.name().into());
        if !self.attrs.raw().is_empty() {
            map.insert("attrs".into(), attrs_value(&self.attrs));
        }
        add_rest(&mut map, self.rest.as_deref());
        Value::Object(map)
    }

    pub(super) fn from_value(value: &Value) -> Self {
        let kind = kind_name(value).map_or(MarkKind::Other, MarkKind::from_name);
        let Some(map) = value.as_object().filter(|_| kind != MarkKind::Other) else {
            return Self { kind: MarkKind::Other, attrs: Attrs::new(), rest: Some(Box::new(value.clone())) };
        };
        let mut mark = Self::new(kind, Attrs::new());
        let mut rest = Map::new();
        for (key, value) in map {
            match (key.as_str(), value) {
                ("type", _) | ("attrs", Value::Null) => {}
                ("attrs", Value::Object(attrs)) => mark.attrs = read_attrs(attrs),
                _ => drop(rest.insert(key.clone(), value.clone())),
            }
        }
        mark.rest = boxed(rest);
        mark
    }
}

fn kind_name(value: &Value) -> Option<&str> {
    value.as_object()?.get("type")?.as_str()
}

fn boxed(rest: Map<String, Value>) -> Option<Box<Value>> {
    (!rest.is_empty()).then(|| Box::new(Value::Object(rest)))
}

fn add_rest(map: &mut Map<String, Value>, rest: Option<&Value>) {
    if let Some(Value::Object(rest)) = rest {
        map.extend(rest.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

fn attrs_value(attrs: &Attrs) -> Value {
    Value::Object(attrs.raw().iter().map(|(key, value)| (key.to_string(), value.to_value())).collect())
}

fn read_attrs(map: &Map<String, Value>) -> Attrs {
    map.iter().map(|(key, value)| (key.clone().into(), value.clone().into())).collect()
}

fn read_node(value: &Value, depth: usize) -> Result<Node, AdfError> {
    if depth > MAX_DEPTH {
        return Err(AdfError::TooDeep);
    }
    let kind = kind_name(value).map_or(Kind::Other, Kind::from_name);
    let known = match (kind, value) {
        (Kind::Other | Kind::Doc, _) => None,
        (Kind::Text, Value::Object(map)) => map.get("text").filter(|text| text.is_string()).map(|_| map),
        (_, Value::Object(map)) => Some(map),
        _ => None,
    };
    let Some(map) = known else {
        check_depth(value, depth * 2)?;
        return Ok(Node { rest: Some(Box::new(value.clone())), ..Node::new(Kind::Other) });
    };
    let mut node = Node::new(kind);
    let mut rest = Map::new();
    for (key, value) in map {
        if key != "content" || !value.is_array() {
            check_depth(value, depth * 2)?;
        }
        match (key.as_str(), value) {
            ("type", _) | ("attrs" | "content" | "marks", Value::Null) => {}
            ("text", Value::String(text)) if kind == Kind::Text => {
                node.content = Content::Text(text.as_str().into());
            }
            ("attrs", Value::Object(attrs)) => node.attrs = read_attrs(attrs),
            ("content", Value::Array(nodes)) if kind != Kind::Text => {
                node.content =
                    nodes.iter().map(|node| read_node(node, depth + 1)).collect::<Result<_, _>>()?;
            }
            ("marks", Value::Array(marks)) => node.marks = marks.iter().map(Mark::from_value).collect(),
            _ => drop(rest.insert(key.clone(), value.clone())),
        }
    }
    node.rest = boxed(rest);
    Ok(node)
}

/// Checks the depth of unknown values, which are kept whole: two JSON levels count for each node.
fn check_depth(value: &Value, depth: usize) -> Result<(), AdfError> {
    if depth > MAX_DEPTH * 2 {
        return Err(AdfError::TooDeep);
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| check_depth(item, depth + 1)),
        Value::Object(map) => map.values().try_for_each(|item| check_depth(item, depth + 1)),
        _ => Ok(()),
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
