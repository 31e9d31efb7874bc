//! Rich text as the embedded Jira sees it: Atlassian Document Format is checked before it is stored, brought
//! into the form that Jira keeps, and flattened for text search.
//!
//! This is deliberately not the product's own ADF code: both sides of a test must not share one mistake.

use serde_json::{Map, Value, json};

mod grammar;

use grammar::{Attr, Content, Kind, Marks, Node, Spec};

/// Jira's field message for a rich-text value that is not a document at all, such as a plain string.
pub const NOT_A_DOCUMENT: &str =
    "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
/// Jira's field message for a comment body that is not a document.
pub const NOT_A_COMMENT: &str = "Comment body is not valid!";
/// The whole error message (not bound to a field) with which Jira refuses a document that breaks the grammar.
pub const INVALID_INPUT: &str = "INVALID_INPUT";

/// The reason why Jira would refuse a rich-text value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not an object of type `doc`: Jira blames the field.
    NotADocument,
    /// A document against the grammar: Jira answers [`INVALID_INPUT`] alone; here is what a developer wants to know.
    Invalid(String),
}

/// Tells how Jira would answer a rich-text value in a request body.
pub fn check(value: &Value) -> Result<(), Refusal> {
    if value.get("type").and_then(Value::as_str) != Some("doc") {
        return Err(Refusal::NotADocument);
    }
    validate(value).map_err(Refusal::Invalid)
}

/// Accepts exactly the documents that Atlassian's JSON schema accepts.
///
/// The error names the place and what is wrong there, such as
/// ``doc/panel[0]/paragraph[1]: `text` is not allowed here``.
pub fn validate(doc: &Value) -> Result<(), String> {
    let spec = Spec { node: &grammar::DOC, marks: None };
    check_node(doc, &[spec], "doc")
}

/// Checks one node against the forms that its parent allows at this place.
fn check_node(value: &Value, allowed: &[Spec], path: &str) -> Result<(), String> {
    let Some(object) = value.as_object() else {
        return Err(format!("{path}: a node must be an object"));
    };
    let Some(kind) = object.get("type").and_then(Value::as_str) else {
        return Err(format!("{path}: a node needs a `type`"));
    };
    let forms: Vec<&Spec> = allowed.iter().filter(|spec| spec.node.kind() == kind).collect();
    let Some(first) = forms.first() else {
        return Err(format!("{path}: `{kind}` is not allowed here"));
    };
    check_marks(object.get("marks"), &forms, path)?;
    let node = first.node;
    check_keys(object, node, path)?;
    check_attrs(object.get("attrs"), node, path)?;
    check_content(object.get("content"), node, path)
}

/// The keys beside `attrs`, `marks` and `content`.
fn check_keys(object: &Map<String, Value>, node: &Node, path: &str) -> Result<(), String> {
    for attr in node.own {
        check_attr(object.get(attr.name), attr, path)?;
    }
    let known = |key: &str| {
        key == "type"
            || key == "marks"
            || key == "attrs" && !node.attrs.is_empty()
            || key == "content" && !matches!(node.content, Content::None)
            || node.own.iter().any(|attr| attr.name == key)
    };
    match object.keys().find(|key| !known(key)) {
        Some(key) if !node.open => Err(format!("{path}: unknown key `{key}`")),
        _ => Ok(()),
    }
}

fn check_marks(marks: Option<&Value>, forms: &[&Spec], path: &str) -> Result<(), String> {
    let Some(marks) = marks else { return Ok(()) };
    let Some(marks) = marks.as_array() else {
        return Err(format!("{path}: `marks` must be an array"));
    };
    let mut refusal = format!("{path}: `marks` are not allowed here");
    for sets in forms.iter().map(|spec| spec.marks.unwrap_or(spec.node.marks)) {
        match sets {
            Marks::Forbidden => {}
            Marks::Any => return Ok(()),
            Marks::Sets(sets) => {
                for set in sets.split('|') {
                    match marks.iter().try_for_each(|mark| check_mark(mark, set)) {
                        Ok(()) => return Ok(()),
                        Err(why) => refusal = format!("{path}: {why}"),
                    }
                }
            }
        }
    }
    Err(refusal)
}

fn check_mark(mark: &Value, allowed: &str) -> Result<(), String> {
    let kind = mark.get("type").and_then(Value::as_str).ok_or("a mark needs a `type`")?;
    let Some(attrs) = grammar::mark(kind).filter(|_| allowed.split(',').any(|name| name == kind)) else {
        return Err(format!("mark `{kind}` is not allowed here"));
    };
    let given = mark.as_object().into_iter().flat_map(Map::keys);
    if let Some(key) = given.into_iter().find(|key| *key != "type" && (*key != "attrs" || attrs.is_empty())) {
        return Err(format!("mark `{kind}` has an unknown key `{key}`"));
    }
    match mark.get("attrs") {
        None if attrs.is_empty() => Ok(()),
        None => Err(format!("mark `{kind}` needs `attrs`")),
        Some(given) => check_object(given, attrs, &format!("mark `{kind}`")),
    }
}

fn check_attrs(attrs: Option<&Value>, node: &Node, path: &str) -> Result<(), String> {
    match attrs {
        Some(attrs) => {
            // The schema gives some nodes several shapes of attributes: one must fit.
            let mut verdict = Ok(());
            for shape in node.attrs {
                verdict = check_object(attrs, shape, path);
                if verdict.is_ok() {
                    break;
                }
            }
            verdict
        }
        None if node.needs_attrs => Err(format!("{path}: `attrs` are missing")),
        None => Ok(()),
    }
}

fn check_object(value: &Value, attrs: &[Attr], path: &str) -> Result<(), String> {
    let Some(object) = value.as_object() else {
        return Err(format!("{path}: attributes must be an object"));
    };
    if let Some(key) = object.keys().find(|key| attrs.iter().all(|attr| attr.name != **key)) {
        return Err(format!("{path}: unknown attribute `{key}`"));
    }
    attrs.iter().try_for_each(|attr| check_attr(object.get(attr.name), attr, path))
}

fn check_attr(value: Option<&Value>, attr: &Attr, path: &str) -> Result<(), String> {
    let name = attr.name;
    match value {
        None if attr.required => Err(format!("{path}: `{name}` is missing")),
        Some(value) if !fits(value, &attr.kind) => {
            Err(format!("{path}: `{name}` has a value that is not allowed"))
        }
        _ => Ok(()),
    }
}

fn fits(value: &Value, kind: &Kind) -> bool {
    let text = value.as_str();
    let hex = |prefixed: &str| {
        prefixed
            .strip_prefix('#')
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .map_or(0, str::len)
    };
    match kind {
        Kind::Any => true,
        Kind::Bool => value.is_boolean(),
        Kind::Text => text.is_some(),
        Kind::NonEmpty => text.is_some_and(|text| !text.is_empty()),
        Kind::OneOf(choices) => text.is_some_and(|text| choices.split('|').any(|choice| choice == text)),
        Kind::Rgb => text.is_some_and(|text| hex(text) == 6),
        Kind::Rgba => text.is_some_and(|text| matches!(hex(text), 6 | 8)),
        Kind::NamedOrRgb(names) => {
            text.is_some_and(|text| names.split('|').any(|name| name == text) || hex(text) == 6)
        }
        Kind::Number(range) => value.as_f64().is_some_and(|number| range.contains(&number)),
        Kind::List { min, of } => value
            .as_array()
            .is_some_and(|items| items.len() >= *min && items.iter().all(|item| fits(item, of))),
        Kind::Object(attrs) => check_object(value, attrs, "").is_ok(),
    }
}

fn check_content(content: Option<&Value>, node: &Node, path: &str) -> Result<(), String> {
    let at = |index: usize, child: &Value| {
        let kind = child.get("type").and_then(Value::as_str).unwrap_or("?");
        format!("{path}/{kind}[{index}]")
    };
    let children = match content {
        None if node.content.required() => return Err(format!("{path}: `content` is missing")),
        None => return Ok(()),
        Some(_) if matches!(node.content, Content::Unchecked) => return Ok(()),
        Some(Value::Array(children)) => children,
        Some(_) => return Err(format!("{path}: `content` must be an array")),
    };
    let (min, max) = node.content.bounds();
    if !(min..=max).contains(&children.len()) {
        return Err(format!("{path}: has {} children, which is not allowed", children.len()));
    }
    match node.content {
        Content::None | Content::Unchecked => Ok(()),
        Content::Each { of, .. } => {
            let allowed = grammar::specs(of);
            children.iter().enumerate().try_for_each(|(i, child)| check_node(child, &allowed, &at(i, child)))
        }
        Content::Positions { of, .. } => children
            .iter()
            .zip(of)
            .enumerate()
            .try_for_each(|(i, (child, of))| check_node(child, &grammar::specs(of), &at(i, child))),
    }
}

/// The text of a document as Jira's text search sees it: blocks on lines of their own, marks gone.
#[must_use]
pub fn plain_text(doc: &Value) -> String {
    let mut text = String::new();
    collect_text(doc, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn collect_text(node: &Value, out: &mut String) {
    let attr = |name: &str| node["attrs"][name].as_str().unwrap_or_default();
    match node["type"].as_str().unwrap_or_default() {
        "text" => out.push_str(node["text"].as_str().unwrap_or_default()),
        "hardBreak" => out.push('\n'),
        "emoji" if attr("text").is_empty() => out.push_str(attr("shortName")),
        "mention" | "status" | "placeholder" | "emoji" => out.push_str(attr("text")),
        "inlineCard" | "blockCard" | "embedCard" => out.push_str(attr("url")),
        "expand" | "nestedExpand" => {
            out.push_str(attr("title"));
            out.push('\n');
        }
        _ => {}
    }
    let children = node["content"].as_array().map_or(&[][..], Vec::as_slice);
    for child in children {
        collect_text(child, out);
    }
    if children.first().and_then(|child| child["type"].as_str()).is_some_and(grammar::is_inline) {
        out.push('\n');
    }
}

/// Brings a valid document into the form that Jira keeps and gives back: neighbouring texts with the same marks
/// become one, empty `marks` go, and block nodes get a `localId` (the same for the same document).
pub fn normalise(doc: &mut Value) {
    let mut next_id = 0;
    normalise_node(doc, &mut next_id);
}

/// Blocks that Jira's storage gives an id.
const GETS_LOCAL_ID: [&str; 6] = ["paragraph", "heading", "codeBlock", "panel", "expand", "table"];

fn normalise_node(node: &mut Value, next_id: &mut u32) {
    let Some(object) = node.as_object_mut() else { return };
    if object.get("marks").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        object.remove("marks");
    }
    if object.get("type").and_then(Value::as_str).is_some_and(|kind| GETS_LOCAL_ID.contains(&kind)) {
        *next_id += 1;
        if !object.contains_key("attrs") {
            object.shift_insert(1, "attrs".into(), json!({}));
        }
        let attrs = &mut object["attrs"];
        if attrs.get("localId").is_none() {
            attrs["localId"] = format!("{:012x}", u64::from(*next_id) * 0x9e37_79b9).into();
        }
    }
    let Some(children) = object.get_mut("content").and_then(Value::as_array_mut) else { return };
    for child in children.iter_mut() {
        normalise_node(child, next_id);
    }
    children.dedup_by(|next, kept| {
        let same = next["type"] == "text" && kept["type"] == "text" && next.get("marks") == kept.get("marks");
        if let (true, Some(head), Some(tail)) = (same, kept["text"].as_str(), next["text"].as_str()) {
            kept["text"] = format!("{head}{tail}").into();
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(content: &Value) -> Value {
        json!({ "version": 1, "type": "doc", "content": content })
    }

    fn refusal(content: &Value) -> String {
        validate(&doc(content)).expect_err("a refusal")
    }

    #[test]
    fn accepts_what_an_editor_writes() {
        let panel = json!({"type": "panel", "attrs": {"panelType": "info"}, "content": [
            {"type": "bulletList", "content": [{"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [{"type": "code"}]}]}]}]}]});
        assert_eq!(validate(&doc(&json!([panel]))), Ok(()));
        assert_eq!(validate(&doc(&json!([]))), Ok(()));
    }

    #[test]
    fn says_where_and_why_it_refuses() {
        let text = |text: &str| json!({"type": "text", "text": text});
        assert_eq!(refusal(&json!([text("x")])), "doc/text[0]: `text` is not allowed here");
        assert_eq!(
            refusal(&json!([{"type": "paragraph", "content": [text("")]}])),
            "doc/paragraph[0]/text[0]: `text` has a value that is not allowed"
        );
        assert_eq!(
            refusal(&json!([{"type": "heading", "attrs": {"level": 7}}])),
            "doc/heading[0]: `level` has a value that is not allowed"
        );
        assert_eq!(
            refusal(&json!([{"type": "bulletList", "content": []}])),
            "doc/bulletList[0]: has 0 children, which is not allowed"
        );
        let both = json!({"type": "text", "text": "x", "marks": [{"type": "code"}, {"type": "strong"}]});
        assert_eq!(
            refusal(&json!([{"type": "paragraph", "content": [both]}])),
            "doc/paragraph[0]/text[0]: mark `strong` is not allowed here"
        );
    }

    #[test]
    fn tells_a_plain_string_from_an_invalid_document() {
        assert_eq!(check(&json!("words")), Err(Refusal::NotADocument));
        assert_eq!(check(&json!({"type": "paragraph"})), Err(Refusal::NotADocument));
        assert!(matches!(
            check(&json!({"type": "doc", "version": 2, "content": []})),
            Err(Refusal::Invalid(_))
        ));
    }

    #[test]
    fn flattens_to_searchable_lines() {
        let content = json!([
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Cart"}]},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [
                {"type": "text", "text": "ask "}, {"type": "mention", "attrs": {"id": "1", "text": "@Ada"}}]}]}]},
        ]);
        assert_eq!(plain_text(&doc(&content)), "Cart\nask @Ada");
    }

    #[test]
    fn normalising_merges_equal_texts_and_stays_valid() {
        let mut value = doc(&json!([{"type": "paragraph", "content": [
            {"type": "text", "text": "a"}, {"type": "text", "text": "b", "marks": []},
            {"type": "text", "text": "c", "marks": [{"type": "em"}]}]}]));
        normalise(&mut value);
        assert_eq!(value["content"][0]["content"][0]["text"], "ab");
        assert_eq!(value["content"][0]["content"][1]["text"], "c");
        assert_eq!(validate(&value), Ok(()));
        let once = value.clone();
        normalise(&mut value);
        assert_eq!(value, once);
    }
}
