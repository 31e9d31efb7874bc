//! Holds what goes over the wire against Atlassian's own OpenAPI documents.
//!
//! The documents are read from `../shared/jira` beside the checkout, or from `JIRA_CONTRACT_DIR`. Each request and each
//! reply is looked up by method, path and status, and every difference comes back as a [`Fault`]. Where recorded replies
//! of the real Jira differ from the documents, [`departures`] says so, one by one.

mod adf;
mod departures;
mod documents;
mod issue;
mod reply;
mod request;
mod schema;

use std::fmt;
use std::sync::LazyLock;

use jira_sandbox::Exchange;
use serde_json::Value;

pub(crate) use departures::DEPARTURES;
pub(crate) use documents::contract_dir;

use documents::Documents;
use schema::Schemas;

/// One request and the reply to it, as it went over the wire.
pub(crate) struct Call {
    /// Upper-case method.
    pub(crate) method: String,
    /// The path as sent (still percent-encoded), with or without the gateway's `/ex/jira/{cloudId}`.
    pub(crate) path: String,
    /// Decoded pairs of the query, in order.
    pub(crate) query: Vec<(String, String)>,
    /// The body that was sent.
    pub(crate) sent: Body,
    /// Status of the reply; 0 where none came that was Jira's.
    pub(crate) status: u16,
    /// The body that came back.
    pub(crate) got: Body,
}

impl Call {
    /// A call from the embedded Jira's record; none where there is nothing of Jira's API in it.
    pub(crate) fn of(exchange: &Exchange) -> Option<Self> {
        // Not Jira's API: where a site tells its cloud id, signing in, and what stands for the media host.
        let other = ["/_edge/tenant_info", "/__media/", "/authorize", "/oauth/token"];
        if other.iter().any(|start| exchange.path.starts_with(start)) {
            return None;
        }
        let label = |headers: &[(String, String)]| {
            headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone())
        };
        let pairs = url::form_urlencoded::parse(exchange.query.as_bytes());
        Some(Self {
            method: exchange.method.clone(),
            path: exchange.path.clone(),
            query: pairs.into_owned().collect(),
            sent: Body::new(label(&exchange.request_headers).as_deref(), &exchange.request_body),
            status: if exchange.made || refused_at_the_door(exchange) { 0 } else { exchange.status },
            got: Body::new(label(&exchange.response_headers).as_deref(), &exchange.response_body),
        })
    }
}

/// True where a layer before Jira refused the caller in a way that no operation documents, as its limits do; 401 alone,
/// for a token that is not known, most do.
fn refused_at_the_door(exchange: &Exchange) -> bool {
    let body = &exchange.response_body;
    let gateway = exchange.path.starts_with("/ex/jira/") && body["code"] == exchange.status;
    exchange.status == 429
        || gateway && body["message"] != "Unauthorized"
        || body["errorMessages"][0] == "Current user not permitted to use Jira"
}

/// A body by how it was labelled.
#[derive(Debug)]
pub(crate) enum Body {
    /// No body at all.
    Empty,
    /// `application/json` or a `+json` type.
    Json(Value),
    /// Any other media type, without its parameters.
    Other(String),
}

impl Body {
    /// Sorts a body by its `Content-Type`; null and an empty text are no body.
    pub(crate) fn new(content_type: Option<&str>, body: &Value) -> Self {
        if body.is_null() || *body == "" {
            return Self::Empty;
        }
        let media = content_type
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if media == "application/json" || media.ends_with("+json") {
            return Self::Json(body.clone());
        }
        Self::Other(media)
    }
}

/// The half of an exchange that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Reply,
}

/// One difference between an exchange and the documents.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// Method and path template (`GET /rest/api/3/issue/{issueIdOrKey}`), or the path as sent when it is unknown.
    pub(crate) operation: String,
    pub(crate) side: Side,
    /// Status of the reply.
    pub(crate) status: u16,
    /// JSON pointer into the body; `?name` for a query parameter; empty for the whole.
    pub(crate) pointer: String,
    /// The broken rule: a JSON Schema keyword, `adf`, `status`, `media type`, `path` or `query`.
    pub(crate) rule: String,
    pub(crate) detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Request => "request",
            Side::Reply => "reply",
        };
        let Self { operation, status, pointer, rule, detail, .. } = self;
        write!(f, "{operation} ({status}), {side} at {pointer:?}: {rule}: {detail}")
    }
}

/// The documents and all that is compiled from them so far.
pub(crate) struct Contract {
    documents: Documents,
    schemas: Schemas,
    adf: adf::Adf,
}

/// One contract for the whole test binary: parsing the documents takes longer than most tests.
pub(crate) static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::load);

impl Contract {
    fn load() -> Self {
        let documents = Documents::load(&contract_dir());
        Self { documents, schemas: Schemas::default(), adf: adf::Adf::load(&contract_dir()) }
    }

    /// The operation that a call means, as `GET /rest/api/3/issue/{issueIdOrKey}`.
    pub(crate) fn operation(&self, call: &Call) -> String {
        let operation = self.documents.find(&call.method, &call.path);
        operation.map_or_else(|unknown| unknown, |operation| operation.name())
    }

    /// Every difference between one exchange and the documents, known departures included.
    pub(crate) fn differences(&self, call: &Call) -> Vec<Fault> {
        let mut faults = self.request_differences(call);
        faults.extend(self.reply_differences(call));
        faults
    }

    /// The faults of the request: unknown path or parameter, wrong type, missing or unknown field, invalid ADF.
    pub(crate) fn request_differences(&self, call: &Call) -> Vec<Fault> {
        let mut found = Findings::new(call, Side::Request);
        match self.documents.find(&call.method, &call.path) {
            Ok(operation) => {
                found.operation = operation.name();
                request::check(self, &operation, call, &mut found);
            }
            Err(detail) => found.add("", "path", detail),
        }
        found.faults
    }

    /// The faults of the reply: undocumented status, wrong media type, body that breaks its schema, invalid ADF.
    pub(crate) fn reply_differences(&self, call: &Call) -> Vec<Fault> {
        let mut found = Findings::new(call, Side::Reply);
        let operation = self.documents.find(&call.method, &call.path);
        if let Some(operation) = operation.ok().filter(|_| call.status != 0) {
            found.operation = operation.name();
            reply::check(self, &operation, call, &mut found);
        }
        found.faults
    }
}

/// The faults that no known departure excuses.
pub(crate) fn unexcused(faults: Vec<Fault>) -> Vec<Fault> {
    faults.into_iter().filter(|fault| !DEPARTURES.iter().any(|known| known.excuses(fault))).collect()
}

/// One line for each fault.
pub(crate) fn report(faults: &[Fault]) -> String {
    faults.iter().fold(String::new(), |text, fault| text + "\n  " + &fault.to_string())
}

/// Collects the faults of one side of one exchange.
struct Findings {
    operation: String,
    side: Side,
    status: u16,
    faults: Vec<Fault>,
}

impl Findings {
    fn new(call: &Call, side: Side) -> Self {
        let operation = format!("{} {}", call.method, call.path);
        Self { operation, side, status: call.status, faults: Vec::new() }
    }

    fn add(&mut self, pointer: impl Into<String>, rule: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(Fault {
            operation: self.operation.clone(),
            side: self.side,
            status: self.status,
            pointer: pointer.into(),
            rule: rule.into(),
            detail: detail.into(),
        });
    }
}
