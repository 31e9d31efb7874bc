//! The upper bound on a result: the last resort, behind what each tool leaves out by itself.

use serde_json::Value;

use super::invisible::is_invisible;
use super::tokens;

/// A text is cut to no fewer tokens than these.
const MIN_TEXT_TOKENS: usize = 100;

/// The most tokens that the notice on a text that was cut costs.
const NOTICE_TOKENS: usize = 25;

/// Shortens the longest texts of a result so that all of it fits into `max` tokens, and says in
/// each how much of it is missing.
#[must_use]
pub fn bounded(mut value: Value, max: usize) -> Value {
    let excess = tokens(&value.to_string()).saturating_sub(max);
    if excess == 0 {
        return value;
    }
    let size = |text: &str| tokens(&Value::from(text).to_string());
    let mut sizes = Vec::new();
    each_text(&mut value, &mut |text| sizes.push(size(text)));
    let saved = |cap: usize| sizes.iter().map(|size| size.saturating_sub(cap + NOTICE_TOKENS)).sum::<usize>();
    let (mut least, mut most) = (MIN_TEXT_TOKENS, max.max(MIN_TEXT_TOKENS));
    while least < most {
        let cap = least + (most - least).div_ceil(2);
        if saved(cap) >= excess { least = cap } else { most = cap - 1 }
    }
    each_text(&mut value, &mut |text| {
        if size(text) > least + NOTICE_TOKENS
            && let Some(short) = shortened(text, least)
        {
            *text = short;
        }
    });
    value
}

/// A text cut to so many tokens, which says at its end how much of it is missing; `None` where it
/// fits.
#[must_use]
pub fn shortened(text: &str, most: usize) -> Option<String> {
    let (end, _) = text.char_indices().nth(reach(text, most))?;
    let all = text.chars().count();
    let head = text[..end].rfind('\n').filter(|at| *at > end / 2).map_or(&text[..end], |at| &text[..at]);
    Some(format!("{head}\n\n[cut: {} of {all} characters are not shown]", all - head.chars().count()))
}

/// The number of characters of a text that so many tokens pay for, with what JSON adds to them.
#[must_use]
pub fn reach(text: &str, tokens: usize) -> usize {
    let mut left = tokens.saturating_mul(3);
    let paid = |c: &char| {
        let cost = match c {
            '\n' | '\r' | '\t' | '"' | '\\' => 2,
            // It will be shown by its number.
            c if is_invisible(*c) => 12,
            c if c.is_ascii() => 1,
            _ => 3,
        };
        let fits = left >= cost;
        left = left.saturating_sub(cost);
        fits
    };
    text.chars().take_while(paid).count()
}

fn each_text(value: &mut Value, act: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => act(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, act)),
        // Raw ADF is whole or of no use.
        Value::Object(object) if object.get("type").is_some_and(|kind| kind == "doc") => {}
        Value::Object(object) => object.values_mut().for_each(|value| each_text(value, act)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_texts_are_cut_and_say_so_and_short_ones_stay() {
        let long = "漢字の行\n".repeat(5_000);
        let value = json!({"key": "A-1", "bodies": [long, "short", "word ".repeat(3_000)]});
        let bound = bounded(value.clone(), 2_000);
        assert!(tokens(&bound.to_string()) <= 2_000, "{}", tokens(&bound.to_string()));
        assert_eq!((&bound["key"], &bound["bodies"][1]), (&json!("A-1"), &json!("short")));
        for cut in [&bound["bodies"][0], &bound["bodies"][2]] {
            assert!(cut.as_str().unwrap().ends_with("characters are not shown]"), "{cut}");
        }
        assert_eq!(bounded(value.clone(), 100_000), value);
    }
}
