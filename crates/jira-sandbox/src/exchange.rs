//! Requests and replies, kept for tests and for people who want to see what a client sends.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value as Json;

use super::request::parse_form;

/// Path of the token endpoint.
const TOKEN_PATH: &str = "/oauth/token";

/// Exchanges that are kept; older ones are dropped.
const MAX_EXCHANGES: usize = 2000;

/// One request and its reply.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// The method, such as `GET`.
    pub method: String,
    /// The path as on the wire, still percent-encoded, without the query.
    pub path: String,
    /// The query as on the wire, without the question mark; empty when there is none.
    pub query: String,
    /// The request's headers, names in lower case; of `authorization` only the scheme.
    pub request_headers: Vec<(String, String)>,
    /// The request's body: JSON, else text; null when there is none. Fields with codes and tokens in them say `...`.
    pub request_body: Json,
    /// The HTTP status; 0 when the connection was cut instead.
    pub status: u16,
    /// True where the reply is a fault's and not Jira's.
    pub made: bool,
    /// The reply's headers, names in lower case.
    pub response_headers: Vec<(String, String)>,
    /// The reply's body, parsed when it is JSON, else text; null when there is none.
    pub response_body: Json,
}

/// The latest exchanges. Their bodies are read when somebody looks at them, which is seldom.
#[derive(Default)]
pub(super) struct ExchangeLog(VecDeque<LoggedExchange>);

struct LoggedExchange {
    exchange: Exchange,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl ExchangeLog {
    /// Keeps an exchange, which has no bodies yet.
    pub(super) fn push(&mut self, exchange: Exchange, request: Vec<u8>, response: Vec<u8>) {
        if self.0.len() == MAX_EXCHANGES {
            self.0.pop_front();
        }
        self.0.push_back(LoggedExchange { exchange, request, response });
    }

    pub(super) fn all(&self) -> Vec<Exchange> {
        let read = |kept: &LoggedExchange| {
            let (path, mut exchange) = (&kept.exchange.path, kept.exchange.clone());
            exchange.request_body = parse_body(path, &kept.request);
            exchange.response_body = parse_body(path, &kept.response);
            exchange
        };
        self.0.iter().map(read).collect()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A body for the record: JSON when it is, else text.
fn parse_body(path: &str, bytes: &[u8]) -> Json {
    if bytes.is_empty() {
        return Json::Null;
    }
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let parse_body = serde_json::from_slice(bytes).unwrap_or_else(|_| match path {
        TOKEN_PATH => {
            parse_form(&text()).into_iter().map(|(name, value)| (name, Json::from(value))).collect()
        }
        _ => text().into(),
    });
    hide_secrets(path, parse_body)
}

/// Leaves only the names of what is secret in an exchange about tokens.
fn hide_secrets(path: &str, mut parse_body: Json) -> Json {
    if path == TOKEN_PATH
        && let Some(parse_body) = parse_body.as_object_mut()
    {
        let secret = ["client_secret", "code", "code_verifier", "refresh_token", "access_token"];
        parse_body
            .iter_mut()
            .filter(|(name, _)| secret.contains(&name.as_str()))
            .for_each(|(_, value)| *value = "...".into());
    }
    parse_body
}
