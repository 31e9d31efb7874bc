//! Field values as a person reads them: names instead of objects, Markdown instead of ADF.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::jira::values::field::Field;
use crate::jira::values::issue_ref::is_key;
use crate::jira::values::time;
use crate::jira::{Client, RichText};

/// The text that stands for an issue outside the allowed projects.
const HIDDEN_ISSUE: &str = "(an issue outside the allowed projects)";

/// A formatter of values for one account: in its time zone, within its allow-list.
#[derive(Debug, Clone)]
pub struct ValueFormatter {
    zone: TimeZone,
    client: Client,
    me: String,
    raw: bool,
}

impl Client {
    /// A formatter of values for this account.
    ///
    /// # Errors
    /// As every request.
    pub async fn formatter(&self) -> Result<ValueFormatter> {
        let me = self.identity().await?.account_id;
        Ok(ValueFormatter { zone: self.zone().await?, client: self.clone(), me, raw: false })
    }

    /// The account's time zone; UTC where Jira does not tell it.
    pub(crate) async fn zone(&self) -> Result<TimeZone> {
        let zone = self.identity().await?.time_zone.and_then(|name| TimeZone::get(&name).ok());
        Ok(zone.unwrap_or(TimeZone::UTC))
    }
}

impl ValueFormatter {
    /// The same formatter, which gives rich text as raw ADF where `raw` says so.
    #[must_use]
    pub fn with_raw_text(self, raw: bool) -> Self {
        Self { raw, ..self }
    }

    /// Rich text: Markdown, or ADF as it is; `None` where it is empty.
    #[must_use]
    pub fn rich_text(&self, text: &RichText) -> Option<Value> {
        if self.raw {
            (!text.is_null()).then(|| text.source().clone())
        } else {
            text.markdown().map(Value::from)
        }
    }

    /// A date and time with its offset, in the account's zone.
    #[must_use]
    pub fn date_time(&self, text: &str) -> String {
        time::local(text, &self.zone)
    }

    /// The day of a date and time, in the account's zone.
    #[must_use]
    pub fn day(&self, text: &str) -> String {
        time::day(text, &self.zone)
    }

    /// A person's name; `None` where there is nobody.
    #[must_use]
    pub fn person(&self, user: &Value) -> Option<String> {
        self.value(None, user).and_then(|name| name.as_str().map(str::to_owned))
    }

    /// True where `user`, in Jira's form, is this account.
    #[must_use]
    pub fn is_me(&self, user: &Value) -> bool {
        user["accountId"] == *self.me
    }

    /// True where there is an allow-list, so that only some projects may be seen.
    #[must_use]
    pub fn has_allow_list(&self) -> bool {
        self.client.projects().is_some()
    }

    /// A text of Jira's own that may name issues: those outside the allow-list are not named.
    #[must_use]
    pub fn without_hidden_issues(&self, text: &str) -> String {
        let outside = |word: &str| {
            self.client.names_hidden_issue(word.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        };
        text.split(' ')
            .map(|word| if word.split_whitespace().any(outside) { "(an issue outside)" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A value as a person reads it; `None` where there is none.
    #[must_use]
    pub fn value(&self, field: Option<&Field>, value: &Value) -> Option<Value> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(value.clone()),
            Value::Number(number) => Some(whole(number)),
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => {
                let kind =
                    field.and_then(|field| field.schema.as_ref()).map_or("", |schema| schema.kind.as_str());
                Some(match kind {
                    "datetime" => self.date_time(text).into(),
                    // As the epic of older projects is.
                    "any" if self.client.names_hidden_issue(text) => HIDDEN_ISSUE.into(),
                    _ => text.clone().into(),
                })
            }
            Value::Array(items) => {
                let items: Vec<Value> = items.iter().filter_map(|item| self.value(field, item)).collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            Value::Object(object) => self.object(object),
        }
    }

    fn object(&self, object: &Map<String, Value>) -> Option<Value> {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        if text("type") == Some("doc") {
            return self.rich_text(&Value::Object(object.clone()).into());
        }
        if object.contains_key("accountId") {
            return text("displayName").or_else(|| text("accountId")).map(Value::from);
        }
        if let Some(key) = text("key").filter(|key| is_key(key)) {
            return Some(self.issue(key, object).into());
        }
        if let Some(value) = text("value") {
            let child = object.get("child").and_then(|child| child.get("value")).and_then(Value::as_str);
            return Some(child.map_or_else(|| value.to_owned(), |child| format!("{value} > {child}")).into());
        }
        if let (Some(name), Some(state)) =
            (text("name"), text("state").filter(|_| object.contains_key("boardId")))
        {
            return Some(format!("{name} ({state})").into());
        }
        if text("projectTypeKey").is_some() {
            return text("key").map(Value::from);
        }
        if let Some(name) = text("name").or_else(|| text("displayName")).or_else(|| text("title")) {
            return Some(name.into());
        }
        if object.contains_key("timeSpent")
            || object.contains_key("originalEstimate")
            || object.contains_key("remainingEstimate")
        {
            let parts: Vec<String> = [
                ("originalEstimate", "estimated"),
                ("timeSpent", "spent"),
                ("remainingEstimate", "remaining"),
            ]
            .into_iter()
            .filter_map(|(key, word)| text(key).map(|duration| format!("{duration} {word}")))
            .collect();
            return (!parts.is_empty()).then(|| parts.join(", ").into());
        }
        for count in ["votes", "watchCount"] {
            if let Some(Value::Number(number)) = object.get(count) {
                return (number.as_u64() != Some(0)).then(|| Value::Number(number.clone()));
            }
        }
        if let (Some(_), Some(total)) = (object.get("progress"), object.get("total").and_then(Value::as_u64))
        {
            let percent = object.get("percent").and_then(Value::as_u64);
            return (total > 0).then(|| percent.map_or_else(|| "0%".into(), |p| format!("{p}%").into()));
        }
        // What is unknown stays, but for addresses of Jira's own.
        let rest: Map<String, Value> = object
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "self" | "avatarUrls" | "iconUrl"))
            .filter_map(|(key, value)| Some((key.clone(), self.value(None, value)?)))
            .collect();
        (!rest.is_empty()).then_some(Value::Object(rest))
    }

    /// Another issue in words: its key and summary, or that it lies outside.
    fn issue(&self, key: &str, object: &Map<String, Value>) -> String {
        if self.client.names_hidden_issue(key) {
            return HIDDEN_ISSUE.into();
        }
        let summary = |of: &Map<String, Value>| of.get("summary").and_then(Value::as_str).map(str::to_owned);
        match object.get("fields").and_then(Value::as_object).map_or_else(|| summary(object), summary) {
            Some(summary) => format!("{key} {summary}"),
            None => key.to_owned(),
        }
    }
}

/// A number without needless decimals: `3` for Jira's `3.0`.
fn whole(number: &serde_json::Number) -> Value {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
            let whole = float as i64;
            whole.into()
        }
        _ => Value::Number(number.clone()),
    }
}

#[cfg(test)]
mod tests {

    use serde_json::json;

    use super::*;
    use crate::error::Error;
    use crate::jira::Limits;

    fn formatter(projects: Option<&[&str]>) -> ValueFormatter {
        let projects =
            projects.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>().into());
        let nobody = Err(Error::Internal("no account".into()));
        let client = Client::new(nobody, Limits { read_only: false, projects }).unwrap();
        ValueFormatter { zone: TimeZone::UTC, client, me: "me".into(), raw: false }
    }

    #[test]
    fn issues_outside_the_wall_are_named_in_no_form() {
        let epic: Field = serde_json::from_value(json!({"id": "customfield_1", "name": "Epic Link",
            "schema": {"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link"}}))
        .unwrap();
        let table = [
            (None, json!({"key": "OPS-1", "fields": {"summary": "s"}}), "OPS-1 s"),
            (None, json!({"id": 1, "key": "OPS-1", "summary": "s"}), "OPS-1 s"),
            (Some(&epic), json!("OPS-1"), "OPS-1"),
        ];
        for (field, value, shown) in table {
            assert_eq!(formatter(None).value(field, &value), Some(shown.into()), "{value}");
            assert_eq!(formatter(Some(&["DEMO"])).value(field, &value), Some(HIDDEN_ISSUE.into()), "{value}");
            assert_eq!(formatter(Some(&["OPS"])).value(field, &value), Some(shown.into()), "{value}");
        }
        let nested = json!({"showField": true, "data": {"id": 1, "key": "OPS-1", "summary": "s"}});
        let shown = formatter(Some(&["DEMO"])).value(None, &nested).unwrap().to_string();
        assert!(!shown.contains("OPS-1"), "{shown}");
        // A key of something else is none of an issue, and a text is as it was written.
        let application = json!({"key": "jira-software", "name": "Jira Software"});
        assert_eq!(formatter(Some(&["DEMO"])).value(None, &application), Some("Jira Software".into()));
        assert_eq!(formatter(Some(&["DEMO"])).value(None, &json!("UTF-8")), Some("UTF-8".into()));
    }
}
