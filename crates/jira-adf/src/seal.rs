//! Sealed forms: what Markdown cannot say, carried in code spans that start with `adf:` and a checksum.
//!
//! ```text
//! `adf:7q2f extension key=toc type=com.example params={"depth":2}`   one node, its attributes as pairs
//! `adf:7q2f {"type":"text",...}`                                     one node as JSON
//! `adf:7q2f!{"type":"futureBlock",...}`                              one block that stands where it stands
//! `adf:7q2f+bodiedExtension key=a type=b` ... `/adf`                 a container around the blocks between
//! `adf:7q2f+paragraph future=1 marks=["strong"]` ... `/adf`          more attributes or marks for the block between
//! ```
//!
//! Beside the attributes, `marks` lists the marks, each by its name or as name and attributes, `content` has what is
//! inside as JSON, and `rest` the keys that ADF does not define.

use serde_json::{Deserializer, Map, Value};

use super::canonical::{canonical_content, canonical_node};
use super::error::AdfError;
use super::node::{Kind, Mark, MarkKind, Node};

/// Start of every sealed form.
pub(super) const PREFIX: &str = "adf:";
/// End of a sealed container.
pub(super) const CLOSE: &str = "/adf";

/// Kind of a sealed form, by its relation to its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SealKind {
    /// A node that is placed by the grammar.
    Leaf,
    /// A block that is kept where it is, whatever the grammar says.
    Fixed,
    /// Opens a container or a wrapper.
    Open,
}

impl SealKind {
    fn letter(self) -> char {
        match self {
            Self::Leaf => ' ',
            Self::Fixed => '!',
            Self::Open => '+',
        }
    }
}

/// A sealed form that was read and whose checksum is right.
#[derive(Debug)]
pub(super) enum Sealed {
    Leaf(Node),
    Fixed(Node),
    /// A container, see [`is_container`], or what the one block inside has beside its own form.
    Open(Node),
}

/// True where the blocks in a sealed form are inside its node; any other node is the block inside itself.
pub(super) fn is_container(kind: Kind) -> bool {
    matches!(kind, Kind::BodiedExtension | Kind::BodiedSyncBlock)
}

/// A short checksum, not a secret: it tells a changed placeholder from an intact one.
pub(super) fn checksum(text: &str, letters: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    // FNV-1a, then a finaliser so that the low bits depend on all of them.
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 29;
    (0..letters)
        .map(|at| char::from(ALPHABET[usize::from((hash >> (at * 5)).to_le_bytes()[0] & 31)]))
        .collect()
}

/// The text of a code span that seals `node`.
pub(super) fn seal(node: &Node, kind: SealKind) -> String {
    let body = match kind {
        SealKind::Fixed => node.to_value().to_string(),
        _ => pairs(node).unwrap_or_else(|| canonical_node(node).to_string()),
    };
    finish(kind, &body)
}

fn finish(kind: SealKind, body: &str) -> String {
    let letter = kind.letter();
    format!("{PREFIX}{}{letter}{body}", checksum(&format!("{letter}{body}"), 4))
}

/// True where a code span is a sealed form, right or wrong.
pub(super) fn is_sealed(code: &str) -> bool {
    code.starts_with(PREFIX) || code == CLOSE
}

/// Reads the text of a code span that starts with [`PREFIX`].
pub(super) fn open(code: &str) -> Result<Sealed, AdfError> {
    read(code).ok_or_else(|| AdfError::BrokenSeal(code.chars().take(60).collect()))
}

fn read(code: &str) -> Option<Sealed> {
    let code = code.strip_prefix(PREFIX)?;
    let (sum, rest) = code.split_at_checked(4)?;
    let kind = match rest.chars().next()? {
        ' ' => SealKind::Leaf,
        '!' => SealKind::Fixed,
        '+' => SealKind::Open,
        _ => return None,
    };
    let body = rest.get(1..)?.trim();
    let intact = |whole: &str| whole.strip_prefix(PREFIX).is_some_and(|whole| whole.starts_with(sum));
    let by_name = kind != SealKind::Fixed
        && body.split(' ').next().is_some_and(|kind| Kind::from_name(kind) != Kind::Other);
    if !by_name {
        let value: Value = serde_json::from_str(body).ok()?;
        let node = Node::from_value(&value).ok()?;
        // The checksum was made over the JSON, whose form survives reading.
        return intact(&finish(kind, &value.to_string())).then(|| sealed(kind, node));
    }
    let node = read_pairs(body)?;
    intact(&finish(kind, &pairs(&node)?)).then(|| sealed(kind, node))
}

fn sealed(kind: SealKind, node: Node) -> Sealed {
    match kind {
        SealKind::Leaf => Sealed::Leaf(node),
        SealKind::Fixed => Sealed::Fixed(node),
        SealKind::Open => Sealed::Open(node),
    }
}

/// True for the kinds whose `localId` other things refer to, so that it must travel with them.
pub(super) fn keeps_local_id(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Extension
            | Kind::InlineExtension
            | Kind::BodiedExtension
            | Kind::SyncBlock
            | Kind::BodiedSyncBlock
    )
}

const SHORT_NAMES: [(&str, &str); 3] =
    [("extensionKey", "key"), ("extensionType", "type"), ("parameters", "params")];

/// The short form `kind name=value ...`, if the node is of a known kind and its attributes have names that are words.
fn pairs(node: &Node) -> Option<String> {
    // A name that stands for another or for something else would be taken for that.
    let taken = |key: &str| {
        matches!(key, MARKS | CONTENT | REST)
            || is_extension(node.kind) && SHORT_NAMES.iter().any(|(_, short)| *short == key)
    };
    let plain = !matches!(node.kind, Kind::Other | Kind::Text)
        && node.attrs.raw().iter().all(|(key, _)| is_name(key) && !taken(key));
    if !plain {
        return None;
    }
    let mut out = node.kind.name().to_owned();
    for (key, value) in node.attrs.iter() {
        if key == "localId" && !keeps_local_id(node.kind) {
            continue;
        }
        let short = SHORT_NAMES.iter().find(|(long, _)| *long == key).map_or(key, |(_, short)| *short);
        push_pair(&mut out, if is_extension(node.kind) { short } else { key }, &value.to_value());
    }
    if !node.marks.is_empty() {
        push_pair(&mut out, MARKS, &node.marks.iter().map(mark_value).collect());
    }
    let content = if is_container(node.kind) { Vec::new() } else { canonical_content(&node.content) };
    if !content.is_empty() {
        push_pair(&mut out, CONTENT, &content.into());
    }
    if let Some(rest) = &node.rest {
        push_pair(&mut out, REST, rest);
    }
    Some(out)
}

/// A mark as its name, or as its name and attributes. One that has more is an object, or in one.
fn mark_value(mark: &Mark) -> Value {
    let value = mark.to_value();
    match &value {
        Value::Object(map) if mark.kind != MarkKind::Other && mark.rest.is_none() => {
            let name = Value::from(mark.kind.name());
            map.get("attrs")
                .map_or_else(|| name.clone(), |attrs| [name.clone(), attrs.clone()].into_iter().collect())
        }
        Value::Object(map) if !map.contains_key(RAW) => value,
        _ => Value::Object(Map::from_iter([(RAW.to_owned(), value)])),
    }
}

/// The mark that [`mark_value`] wrote.
fn read_mark(value: Value) -> Option<Mark> {
    let object = |name: Value| Map::from_iter([("type".to_owned(), name)]);
    let value = match value {
        Value::String(_) => Value::Object(object(value)),
        Value::Array(pair) => {
            let [name, attrs] = <[Value; 2]>::try_from(pair).ok()?;
            let mut map = object(name);
            map.insert("attrs".to_owned(), attrs);
            Value::Object(map)
        }
        Value::Object(mut map) => map.remove(RAW).unwrap_or(Value::Object(map)),
        _ => return None,
    };
    Some(Mark::from_value(&value))
}

/// Names that stand among the attributes without being one.
const MARKS: &str = "marks";
const CONTENT: &str = "content";
const REST: &str = "rest";
/// Holds a mark that is no object.
const RAW: &str = "raw";

fn is_extension(kind: Kind) -> bool {
    matches!(kind, Kind::Extension | Kind::InlineExtension | Kind::BodiedExtension)
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn push_pair(out: &mut String, key: &str, value: &Value) {
    out.push(' ');
    out.push_str(key);
    out.push('=');
    match value {
        Value::String(word) if is_word(word) => out.push_str(word),
        _ => out.push_str(&value.to_string()),
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte))
        && !matches!(text, "true" | "false" | "null")
}

fn read_pairs(body: &str) -> Option<Node> {
    let (kind, mut rest) = body.split_once(' ').unwrap_or((body, ""));
    let kind = Kind::from_name(kind);
    if matches!(kind, Kind::Other | Kind::Text) {
        return None;
    }
    let mut node = Node::new(kind);
    while !rest.trim_start().is_empty() {
        let (key, tail) = rest.trim_start().split_once('=')?;
        let value;
        if tail.starts_with(|first: char| "{[\"-".contains(first) || first.is_ascii_digit()) {
            let mut stream = Deserializer::from_str(tail).into_iter::<Value>();
            value = stream.next()?.ok()?;
            rest = tail.get(stream.byte_offset()..)?;
        } else {
            let (word, after) = tail.split_once(' ').unwrap_or((tail, ""));
            value = match word {
                "true" => true.into(),
                "false" => false.into(),
                "null" => Value::Null,
                _ => word.into(),
            };
            rest = after;
        }
        let long = SHORT_NAMES.iter().find(|(_, short)| *short == key).map_or(key, |(long, _)| *long);
        match key {
            MARKS => {
                let Value::Array(marks) = value else { return None };
                node.marks = marks.into_iter().map(read_mark).collect::<Option<_>>()?;
            }
            CONTENT => {
                let Value::Array(nodes) = value else { return None };
                node.content = nodes.iter().map(|node| Node::from_value(node).ok()).collect::<Option<_>>()?;
            }
            REST => node.rest = Some(Box::new(value)),
            _ if is_extension(kind) => node.attrs.push(long.to_owned(), value.into()),
            _ => node.attrs.push(key.to_owned(), value.into()),
        }
    }
    Some(node)
}
