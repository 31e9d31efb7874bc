//! What every request for MCP passes: who sends it, what is narrowed, how large it is, and how much at the same time.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::Semaphore;

use super::Shared;
use super::identity::Person;
use super::narrow;
use super::refusal::{Reason, Refusal};
use crate::server::Caller;

/// The largest body of a request, in bytes.
pub(super) const BODY: usize = 4 << 20;
/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How long a request waits until its sender has fewer in flight.
const TURN: Duration = Duration::from_secs(10);

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// The first version without sessions.
const STATELESS: &str = "2026-07-28";

/// Lets a request through as somebody's, or answers why not.
pub(super) async fn admit(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match prepare(&shared, request).await {
        Ok(Admitted { request, person, held, opens }) => {
            let response = next.run(request).await;
            if opens && let Some(id) = response.headers().get(SESSION).and_then(|id| id.to_str().ok()) {
                shared.sessions.opened(id, &person).await;
            }
            hold(response, held)
        }
        Err(refusal) => refusal.into_response(),
    }
}

struct Admitted {
    request: Request,
    person: Arc<Person>,
    held: Option<Arc<dyn Any + Send + Sync>>,
    /// True where this may open a session.
    opens: bool,
}

/// As much of a message as tells what kind it is.
#[derive(Deserialize)]
struct Envelope {
    method: Option<IgnoredAny>,
    id: Option<IgnoredAny>,
}

async fn prepare(shared: &Arc<Shared>, request: Request) -> Result<Admitted, Refusal> {
    if shared.stop.is_asked() {
        let text = "This server is about to stop.";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Stopping, text));
    }
    let person = shared.door.admit(request.headers()).await?;
    let narrowed = narrow::narrow(&shared.server, &person, request.headers())?;
    let (mut parts, body) = request.into_parts();
    // Nothing behind this needs the secret, nor a way to reach another's session.
    parts.headers.remove(header::AUTHORIZATION);
    let opens = session(shared, &person, &mut parts.headers)?;
    let (body, kind) = match parts.method {
        Method::POST => {
            let body = read(body, &person).await?;
            let kind = Kind::of(&parts.headers, &body)?;
            (Body::from(body), kind)
        }
        Method::GET => (Body::empty(), Kind::Stream),
        _ => (Body::empty(), Kind::Notice),
    };
    let held = turn(shared, &person, kind).await?;
    let mut caller = Caller::new(narrowed.client)
        .within(narrowed.policy)
        .sealed_with(shared.keys.clone(), Arc::clone(&person.name))
        .observed(shared.metrics.clone());
    if let Some(held) = &held {
        caller = caller.holding(Arc::clone(held));
    }
    parts.extensions.insert(caller);
    parts.extensions.insert(Arc::clone(&person));
    Ok(Admitted { request: Request::from_parts(parts, body), person, held, opens })
}

/// Lets a request into this person's own sessions only; true where it names none and may open one.
fn session(shared: &Shared, person: &Person, headers: &mut HeaderMap) -> Result<bool, Refusal> {
    let stateless = headers
        .get_all(VERSION)
        .iter()
        .any(|version| version.to_str().is_ok_and(|version| version >= STATELESS));
    let mut ids = headers.get_all(SESSION).iter();
    let Some(id) = ids.next() else { return Ok(true) };
    if stateless {
        // There are no sessions there: what names one is not looked at.
        headers.remove(SESSION);
        return Ok(true);
    }
    let own = ids.next().is_none() && id.to_str().is_ok_and(|id| shared.sessions.is_of(id, person));
    if own { Ok(false) } else { Err(Refusal::no_session()) }
}

/// What a request needs a turn for.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Work.
    Call,
    /// A stream that may last.
    Stream,
    /// A notification or a reply: never kept waiting, as calls in flight may wait for it.
    Notice,
}

impl Kind {
    fn of(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let envelope: Envelope = match serde_json::from_slice(body) {
            Ok(envelope) => envelope,
            Err(error) if error.is_data() => {
                return Err(Refusal::not_json_rpc(-32600, "This is no JSON-RPC message"));
            }
            Err(_) => return Err(Refusal::not_json_rpc(-32700, "This is no JSON")),
        };
        let listens = headers.get("mcp-method").is_some_and(|method| method == "subscriptions/listen");
        Ok(match (envelope.method, envelope.id) {
            (Some(_), Some(_)) if listens => Self::Stream,
            (Some(_), Some(_)) => Self::Call,
            _ => Self::Notice,
        })
    }
}

/// Reads a body that may be neither too large nor too slow.
async fn read(body: Body, person: &Person) -> Result<Bytes, Refusal> {
    let Ok(Ok(_place)) = tokio::time::timeout(TURN, person.quota.bodies.acquire()).await else {
        return Err(busy());
    };
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, BODY)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => {
            let text = format!("A request has at most {BODY} bytes.");
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, Reason::Body, text))
        }
        Err(_) => {
            let text = "The request's body did not come in time.";
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, Reason::Body, text))
        }
    }
}

/// Waits for this person's turn.
async fn turn(
    shared: &Shared,
    person: &Person,
    kind: Kind,
) -> Result<Option<Arc<dyn Any + Send + Sync>>, Refusal> {
    match kind {
        Kind::Notice => Ok(None),
        Kind::Stream => {
            let place = Semaphore::try_acquire_owned(Arc::clone(&person.quota.streams));
            Ok(Some(Arc::new(place.map_err(|_| busy())?)))
        }
        Kind::Call => {
            let place = Semaphore::acquire_owned(Arc::clone(&person.quota.calls));
            match tokio::time::timeout(TURN, place).await {
                Ok(Ok(place)) => Ok(Some(Arc::new((place, shared.stop.call())))),
                _ => Err(busy()),
            }
        }
    }
}

fn busy() -> Refusal {
    let text = "You have too many requests or streams open at the same time.";
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, Reason::Busy, text)
}

/// Keeps what a request holds until its reply has been sent.
fn hold(response: Response, held: Option<Arc<dyn Any + Send + Sync>>) -> Response {
    let streams =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    match held {
        Some(held) if streams => response.map(|body| {
            Body::from_stream(body.into_data_stream().inspect(move |_| {
                let _held = &held;
            }))
        }),
        _ => response,
    }
}
