//! Values that are converted without asking Jira: texts, numbers, days.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Number, Value};

use crate::jira::values::time::{self, TimeInput};

/// The members of an object of Jira's form that may name the thing that it stands for.
const NAMES: [&str; 6] = ["accountId", "id", "value", "name", "key", "displayName"];

/// A value as one text: text as it is, a number in digits, one of Jira's objects by what names it.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(object) => NAMES.iter().find_map(|name| match object.get(*name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }),
        _ => None,
    }
}

/// All texts in a value.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        _ => vec![],
    }
}

/// A number, also one that was written as text.
pub(super) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| Number::from_f64(text.parse().ok()?))
        }
        _ => None,
    }
}

/// A day, such as `2026-11-20`.
pub(super) fn day(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten().map(|day| day.to_string())
}

/// A date and time in Jira's form; without an offset it is one of `zone`.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Option<String> {
    Some(time::wire(TimeInput::read(text)?.start(zone)?, zone))
}

/// The two levels of a cascade: `EMEA > Germany`, `["EMEA", "Germany"]`, or an object of Jira's
/// form.
pub(super) fn levels(value: &Value) -> Option<(String, Option<String>)> {
    match value {
        Value::Array(items) => match items.as_slice() {
            [parent] => Some((word(parent)?, None)),
            [parent, child] => Some((word(parent)?, Some(word(child)?))),
            _ => None,
        },
        Value::Object(object) => Some((word(value)?, object.get("child").and_then(word))),
        _ => {
            let text = word(value)?;
            Some(match text.split_once(" > ").or_else(|| text.split_once('>')) {
                Some((parent, child)) => (parent.trim().to_owned(), Some(child.trim().to_owned())),
                None => (text, None),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_a_person_writes_them() {
        assert_eq!(number(&json!("2.5")).unwrap().to_string(), "2.5");
        assert_eq!(number(&json!("8")).unwrap().to_string(), "8");
        assert_eq!(number(&json!("many")), None);
        assert_eq!(day("2026-02-28").as_deref(), Some("2026-02-28"));
        for bad in ["2026-02-30", "28/02/2026", "tomorrow", "2026-2-8"] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_one_of_the_accounts_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (text, expected) in [
            ("2026-11-20T10:15", Some("2026-11-20T10:15:00.000+0200")),
            ("2026-11-20 10:15", Some("2026-11-20T10:15:00.000+0200")),
            ("2026-11-20T10:15Z", Some("2026-11-20T12:15:00.000+0200")),
            ("2026-11-20T10:15+01:00", Some("2026-11-20T11:15:00.000+0200")),
            ("2026-11-20T10:15:30.000-0500", Some("2026-11-20T17:15:30.000+0200")),
            ("at noon", None),
        ] {
            assert_eq!(moment(text, &zone).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn cascades_have_two_levels_in_every_form() {
        let both = Some(("EMEA".to_owned(), Some("Germany".to_owned())));
        for value in [
            json!("EMEA > Germany"),
            json!("EMEA>Germany"),
            json!(["EMEA", "Germany"]),
            json!({"value": "EMEA", "child": {"value": "Germany"}}),
        ] {
            assert_eq!(levels(&value), both, "{value}");
        }
        assert_eq!(levels(&json!("EMEA")), Some(("EMEA".to_owned(), None)));
    }
}
