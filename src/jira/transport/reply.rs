//! Replies of Jira: bodies read with tolerance, refusals turned into the one error type.

use hyper::body::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::operation::Effect;
use crate::auth::Access;
use crate::error::{Error, Result};
use crate::retry_after::requested_wait;

/// The most characters of a body that an error may quote.
const MAX_QUOTED_CHARACTERS: usize = 300;

/// A reply, read whole, and what the request was for.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) effect: Effect,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// Reads the body as `T`; an empty one as JSON null.
    ///
    /// # Errors
    /// [`Error::Reply`] for a page or JSON of another shape; [`Error::OutcomeUnknown`] where the
    /// request was a write, so that nobody takes it for undone.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let body: &[u8] = if self.body.is_empty() { b"null" } else { &self.body };
        serde_json::from_slice(body).map_err(|error| {
            let problem = if self.is_page() {
                "it is a web page, as a login page or a proxy shows".to_owned()
            } else {
                error.to_string()
            };
            match self.effect {
                Effect::Read => Error::Reply { problem },
                _ => Error::OutcomeUnknown {
                    problem: format!("its reply cannot be read ({problem})"),
                    check: None,
                },
            }
        })
    }

    fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The error that a status which is no success stands for, without what `access` showed.
    pub(crate) fn into_error(mut self, access: &Access) -> Error {
        let mut body = self.body.to_vec();
        access.redact(&mut body);
        self.body = body.into();
        self.refusal()
    }

    fn refusal(&self) -> Error {
        let (messages, fields) = self.messages();
        match self.status {
            StatusCode::FORBIDDEN => Error::Forbidden { messages: joined(messages, fields) },
            StatusCode::NOT_FOUND => Error::NotFound { messages: joined(messages, fields) },
            StatusCode::CONFLICT => Error::Conflict { messages: joined(messages, fields) },
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited {
                retry_after: requested_wait(&self.headers, std::time::SystemTime::now()),
                reason: header(&self.headers, "ratelimit-reason"),
            },
            status if status.is_server_error() => {
                let problem = format!("it answers {status}");
                match self.effect {
                    Effect::Read => Error::Unavailable { problem },
                    _ => Error::OutcomeUnknown { problem, check: None },
                }
            }
            status if status.is_redirection() => {
                // The address itself may hold a secret.
                let host = header(&self.headers, "location")
                    .and_then(|address| Some(url::Url::parse(&address).ok()?.host_str()?.to_owned()));
                let place = host.map_or_else(|| "elsewhere".to_owned(), |host| format!("to {host}"));
                Error::Reply {
                    problem: format!("it leads {place} ({status}), as a login page or a proxy does"),
                }
            }
            status if messages.is_empty() && fields.is_empty() => {
                Error::Invalid { messages: vec![format!("it answers {status}.")], fields, hint: None }
            }
            _ => Error::Invalid { messages, fields, hint: None },
        }
    }

    /// Jira's messages in every shape it has for them: general ones, and by field.
    fn messages(&self) -> (Vec<String>, Vec<(String, String)>) {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            let text = String::from_utf8_lossy(&self.body);
            let text = if self.is_page() { title(&text) } else { text.trim().to_owned() };
            return (if text.is_empty() { vec![] } else { vec![quote(&text)] }, vec![]);
        };
        let mut messages: Vec<String> = ["errorMessages", "warningMessages"]
            .into_iter()
            .filter_map(|key| body.get(key)?.as_array())
            .flatten()
            .filter_map(|message| message.as_str().map(quote))
            .collect();
        for key in ["message", "errorMessage", "error_description", "error"] {
            if messages.is_empty() {
                messages.extend(body.get(key).and_then(Value::as_str).map(quote));
            }
        }
        let fields = match body.get("errors") {
            Some(Value::Object(errors)) => {
                errors.iter().map(|(field, text)| (field.clone(), quote(&plain(text)))).collect()
            }
            Some(Value::Array(errors)) => {
                messages
                    .extend(errors.iter().map(|error| quote(&plain(error.get("message").unwrap_or(error)))));
                vec![]
            }
            _ => vec![],
        };
        (messages, fields)
    }
}

/// One header as text.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn joined(mut messages: Vec<String>, fields: Vec<(String, String)>) -> Vec<String> {
    messages.extend(fields.into_iter().map(|(field, message)| format!("{field}: {message}")));
    messages
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn quote(text: &str) -> String {
    if text.chars().count() <= MAX_QUOTED_CHARACTERS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_QUOTED_CHARACTERS).collect();
    short.push('…');
    short
}

/// The title of a web page: all that is worth telling of it.
fn title(page: &str) -> String {
    let inner = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    inner.map_or_else(|| "it answers with a web page.".to_owned(), |(title, _)| format!("{}.", title.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(effect: Effect, status: u16, body: &str) -> Reply {
        Reply {
            effect,
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec().into(),
        }
    }

    fn error(status: u16, body: &str) -> Error {
        reply(Effect::Read, status, body).refusal()
    }

    #[test]
    fn a_write_whose_reply_cannot_be_read_may_have_been_done() {
        let read = |effect| reply(effect, 200, "<html>Sign in</html>").json::<Value>().unwrap_err();
        assert!(matches!(read(Effect::Read), Error::Reply { .. }));
        assert!(matches!(read(Effect::Write), Error::OutcomeUnknown { .. }));
    }

    #[test]
    fn a_redirect_is_told_by_its_host_alone() {
        let mut reply = reply(Effect::Read, 302, "");
        reply.headers.insert("location", "https://id.example.com/login?token=s3cret".parse().unwrap());
        let text = reply.refusal().to_string();
        assert!(text.contains("to id.example.com (302 Found)") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn jiras_own_words_always_come_through() {
        let table = [
            (
                400,
                r#"{"errorMessages":[],"errors":{"project":"Specify a valid project ID or key"}}"#,
                "project: Specify a valid",
            ),
            (
                400,
                r#"{"errorMessages":["The value 'key' does not exist."],"warningMessages":[]}"#,
                "The value 'key'",
            ),
            (
                404,
                r#"{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}"#,
                "Issue does not exist",
            ),
            (403, "plain words", "plain words"),
            (400, "<html><head><title>Oops</title></head></html>", "Oops"),
            (400, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#, "scope does not match"),
            (413, "", "413"),
        ];
        for (status, body, expected) in table {
            let text = error(status, body).to_string();
            assert!(text.contains(expected), "{status} {body} -> {text}");
        }
    }
}
