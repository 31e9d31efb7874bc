//! Characters that a person does not see, shown: `⟦U+202E⟧`.
//!
//! Bidirectional controls, zero-width characters and tags can make a text read otherwise than it
//! is, or carry words that only a model reads. They are shown in what models read, and turned
//! back in what they write, so that no text changes by being read and written.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use unicode_general_category::{GeneralCategory, get_general_category};

const BRACKET: char = '⟦';
const OPEN: &str = "⟦U+";
const CLOSE: char = '⟧';

/// Shows the invisible characters in every string of a result.
#[must_use]
pub fn escape_invisible(value: Value) -> Value {
    map(value, &|text| {
        if text.contains(OPEN) || text.chars().any(is_invisible) { show(&text) } else { text }
    })
}

/// Turns the shown characters back in every string of a call's arguments.
#[must_use]
pub fn unescape_invisible(arguments: Map<String, Value>) -> Map<String, Value> {
    match map(Value::Object(arguments), &|text| if text.contains(OPEN) { hide(&text) } else { text }) {
        Value::Object(arguments) => arguments,
        _ => Map::new(),
    }
}

fn map(value: Value, change: &impl Fn(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.into_iter().map(|item| map(item, change)).collect(),
        Value::Object(object) => {
            Value::Object(object.into_iter().map(|(key, value)| (change(key), map(value, change))).collect())
        }
        other => other,
    }
}

fn show(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        // What looks like our own form but is the text's must come back as it is.
        let looks_like_ours = c == BRACKET && next == Some('U');
        if looks_like_ours || (is_invisible(c) && !joins(previous, c, next)) {
            let _ = write!(shown, "{OPEN}{:04X}{CLOSE}", u32::from(c));
        } else {
            shown.push(c);
        }
        previous = Some(c);
    }
    shown
}

fn hide(text: &str) -> String {
    let mut parts = text.split(OPEN);
    let mut hidden = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let found = part.split_once(CLOSE).and_then(|(code, rest)| {
            let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
            (is_invisible(c) || c == BRACKET).then_some((c, rest))
        });
        match found {
            Some((c, rest)) => {
                hidden.push(c);
                hidden.push_str(rest);
            }
            None => {
                hidden.push_str(OPEN);
                hidden.push_str(part);
            }
        }
    }
    hidden
}

pub(super) fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' | '\r' => false,
        '\u{FE00}'..='\u{FE0E}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{3164}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{FFA0}'
        | '\u{034F}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2065}'
        | '\u{2800}'
        | '\u{FFF0}'..='\u{FFF8}'
        | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => matches!(get_general_category(c), GeneralCategory::Format | GeneralCategory::Control),
    }
}

/// True for a zero-width joiner or non-joiner where scripts and emoji need one.
fn joins(previous: Option<char>, c: char, next: Option<char>) -> bool {
    let wordlike =
        |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !c.is_whitespace() && !is_invisible(c));
    matches!(c, '\u{200C}' | '\u{200D}') && wordlike(previous) && wordlike(next)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn invisible_characters_are_shown_and_come_back() {
        let text = "a\u{202E}b\u{200B}c\u{E0041}\u{FEFF}";
        let shown = escape_invisible(json!({ "x": [text] }));
        assert_eq!(shown["x"][0], "a⟦U+202E⟧b⟦U+200B⟧c⟦U+E0041⟧⟦U+FEFF⟧");
        let Value::Object(arguments) = shown else { unreachable!() };
        assert_eq!(unescape_invisible(arguments)["x"][0], text);
    }

    #[test]
    fn a_text_that_looks_like_our_form_comes_back_as_it_is() {
        for text in ["the form ⟦U+202E⟧ is shown", "⟦U+41⟧", "⟦U+", "⟦Us⟧ \u{202E}⟦U+27E6⟧"]
        {
            let shown = escape_invisible(json!({ "x": text }));
            let Value::Object(arguments) = shown else { unreachable!() };
            assert_eq!(unescape_invisible(arguments)["x"], text);
        }
    }

    #[test]
    fn what_scripts_and_emoji_need_stays() {
        for text in ["👩\u{200D}💻 ok", "می\u{200C}خواهم", "❤\u{FE0F}", "line\n\ttab"] {
            assert_eq!(escape_invisible(json!(text)), text);
        }
        let literal: Value = json!({"x": "⟦U+0041⟧ ⟦U+zz⟧ ⟦U+"});
        let Value::Object(arguments) = literal.clone() else { unreachable!() };
        assert_eq!(Value::Object(unescape_invisible(arguments)), literal);
    }
}
