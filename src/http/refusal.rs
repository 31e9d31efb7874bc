//! Refusals: replies to requests that go no further than this layer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The kinds of refusal, as metrics count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Host,
    Origin,
    Identity,
    Header,
    Body,
    Session,
    Busy,
    Stopping,
}

impl Reason {
    pub(super) const ALL: [Self; 8] = [
        Self::Host,
        Self::Origin,
        Self::Identity,
        Self::Header,
        Self::Body,
        Self::Session,
        Self::Busy,
        Self::Stopping,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Origin => "origin",
            Self::Identity => "identity",
            Self::Header => "header",
            Self::Body => "body",
            Self::Session => "session",
            Self::Busy => "busy",
            Self::Stopping => "stopping",
        }
    }
}

/// A refusal, with a sentence for the person who reads the client's log.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: Reason,
    text: String,
    /// The value of `WWW-Authenticate`.
    challenge: Option<&'static str>,
    /// The JSON-RPC error with which the text is answered.
    code: Option<i32>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: Reason, text: impl Into<String>) -> Self {
        Self { status, reason, text: text.into(), challenge: None, code: None }
    }

    /// A refusal to answer with the way to sign in.
    pub(super) fn challenging(mut self, challenge: &'static str) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// A session that there is not for this principal, whether it never was or is somebody else's.
    pub(super) fn no_session() -> Self {
        Self::new(StatusCode::NOT_FOUND, Reason::Session, "There is no such session: initialize again.")
    }

    /// A message that cannot be served, answered with an error of JSON-RPC.
    pub(super) fn json_rpc_error(code: i32, problem: &str) -> Self {
        Self { code: Some(code), ..Self::new(StatusCode::BAD_REQUEST, Reason::Body, problem) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = match self.code {
            None => (self.status, self.text).into_response(),
            Some(code) => {
                let error = serde_json::json!({"code": code, "message": self.text});
                let reply = serde_json::json!({"jsonrpc": "2.0", "id": null, "error": error});
                (self.status, Json(reply)).into_response()
            }
        };
        response.extensions_mut().insert(self.reason);
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
