//! Replies, with Jira's forms of error.

use serde_json::{Map, Value as Json, json};

/// A reply before its common headers are put on.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

/// A reply's body.
#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Json(Json),
    /// Anything else, with its media type.
    Other(String, Vec<u8>),
}

impl Body {
    /// The value of `Content-Type`.
    pub(super) fn media(&self) -> Option<&str> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some("application/json;charset=UTF-8"),
            Self::Other(media, _) => Some(media),
        }
    }

    /// The bytes of the body, which are taken out.
    pub(super) fn write(&mut self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Json(body) => body.to_string().into_bytes(),
            Self::Other(_, bytes) => std::mem::take(bytes),
        }
    }
}

/// A handler's outcome; an error is a reply too.
pub(super) type Outcome = Result<Reply, Reply>;

impl Reply {
    pub(super) fn json(status: u16, body: Json) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    #[expect(clippy::unnecessary_wraps, reason = "a handler ends with it")]
    pub(super) fn ok(body: Json) -> Outcome {
        Ok(Self::json(200, body))
    }

    #[expect(clippy::unnecessary_wraps, reason = "a handler ends with it")]
    pub(super) fn no_content() -> Outcome {
        Ok(Self { status: 204, headers: Vec::new(), body: Body::Empty })
    }

    pub(super) fn text(status: u16, mime: &str, text: &str) -> Self {
        Self { status, headers: Vec::new(), body: Body::Other(mime.into(), text.as_bytes().to_vec()) }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Jira's usual error: one message.
    pub(super) fn error(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, json!({ "errorMessages": [message.into()], "errors": {} }))
    }

    /// Jira's error about a query: all that is wrong with it.
    #[expect(clippy::needless_pass_by_value, reason = "a step of `map_err`")]
    pub(super) fn bad_query(messages: Vec<String>) -> Self {
        Self::json(400, json!({ "errorMessages": messages, "errors": {} }))
    }

    /// Jira's error about fields.
    pub(super) fn field_errors(errors: impl IntoIterator<Item = (String, String)>) -> Self {
        let errors: Map<_, _> = errors.into_iter().map(|(field, message)| (field, message.into())).collect();
        Self::json(400, json!({ "errorMessages": [], "errors": errors }))
    }

    pub(super) fn field_error(field: &str, message: impl Into<String>) -> Self {
        Self::field_errors([(field.to_owned(), message.into())])
    }

    /// Jira could not read the body.
    pub(super) fn bad_payload() -> Self {
        Self::error(400, "Invalid request payload. Refer to the REST API documentation and try again.")
    }

    pub(super) fn no_issue() -> Self {
        Self::error(404, "Issue does not exist or you do not have permission to see it.")
    }

    /// The caller must sign in.
    pub(super) fn unauthorized() -> Self {
        Self::text(401, "text/plain;charset=UTF-8", "Client must be authenticated to access this resource.")
    }

    /// The gateway's refusal of a token.
    pub(super) fn bad_token() -> Self {
        Self::json(401, json!({ "code": 401, "message": "Unauthorized" }))
    }
}
