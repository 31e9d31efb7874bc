//! What every request for MCP passes: who sends it, what is narrowed, how large it is, and how much at the same time.

use std::any::Any;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use rmcp::model::RequestId;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::Shared;
use super::identity::{Door, Person};
use super::narrow;
use super::refusal::{Reason, Refusal};
use super::sessions::Claim;
use super::sse;
use crate::error::Reader;
use crate::server::Caller;

/// The largest body of a request, in bytes.
pub(super) const BODY: usize = 4 << 20;

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
    held: Option<Arc<Held>>,
    /// True where this may open a session.
    opens: bool,
}

/// What a request has, until it is no longer worked on and its reply has been sent.
struct Held {
    _place: OwnedSemaphorePermit,
    /// The end of the server waits for calls, and not for streams.
    _call: Option<TaskTrackerToken>,
    _id: Option<Claim>,
}

/// As much of a message as tells what kind it is.
#[derive(Deserialize)]
struct Envelope {
    method: Option<String>,
    id: Option<RequestId>,
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
    let session = session(shared, &person, &mut parts.headers)?;
    let (body, read, kind) = match parts.method {
        Method::POST => {
            let (body, place) = read(shared, body, &person).await?;
            let kind = Kind::of(&body)?;
            (Body::from(body), Some(place), kind)
        }
        Method::GET => (Body::empty(), None, Kind::Stream),
        _ => (Body::empty(), None, Kind::Notice),
    };
    let within = match &session {
        None if parts.uri.path() == sse::POST => parts.uri.query(),
        session => session.as_deref(),
    };
    let held = turn(shared, &person, within, kind).await?.map(Arc::new);
    // Whoever waits does so with a body.
    drop(read);
    let mut caller = Caller::new(narrowed.client)
        .read_by(Reader::Http { own_account: matches!(shared.door, Door::Request(_)) })
        .within(narrowed.policy)
        .sealed_with(shared.keys.clone(), Arc::clone(&person.name))
        .observed(shared.metrics.clone())
        .watching(Arc::clone(&person.quota.watches));
    if let Some(held) = &held {
        caller = caller.holding(Arc::clone(held) as Arc<dyn Any + Send + Sync>);
    }
    parts.extensions.insert(caller);
    parts.extensions.insert(Arc::clone(&person));
    Ok(Admitted { request: Request::from_parts(parts, body), person, held, opens: session.is_none() })
}

/// Lets a request into this person's own sessions only; `None` where it names none and may open one.
fn session(shared: &Shared, person: &Person, headers: &mut HeaderMap) -> Result<Option<String>, Refusal> {
    let stateless = headers
        .get_all(VERSION)
        .iter()
        .any(|version| version.to_str().is_ok_and(|version| version >= STATELESS));
    let mut ids = headers.get_all(SESSION).iter();
    let Some(id) = ids.next() else { return Ok(None) };
    if stateless {
        // There are no sessions there: what names one is not looked at.
        headers.remove(SESSION);
        return Ok(None);
    }
    match id.to_str() {
        Ok(id) if ids.next().is_none() && shared.sessions.is_of(id, person) => Ok(Some(id.to_owned())),
        _ => Err(Refusal::no_session()),
    }
}

/// What a request needs a turn for.
#[derive(Debug)]
enum Kind {
    /// Work.
    Call(RequestId),
    /// A stream that may last.
    Stream,
    /// A notification or a reply: never kept waiting, as calls in flight may wait for it.
    Notice,
}

impl Kind {
    fn of(body: &[u8]) -> Result<Self, Refusal> {
        let envelope: Envelope = match serde_json::from_slice(body) {
            Ok(envelope) => envelope,
            Err(error) if error.is_data() => {
                return Err(Refusal::not_json_rpc(-32600, "This is no JSON-RPC message"));
            }
            Err(_) => return Err(Refusal::not_json_rpc(-32700, "This is no JSON")),
        };
        Ok(match (envelope.method.as_deref(), envelope.id) {
            (Some("subscriptions/listen"), Some(_)) => Self::Stream,
            (Some(_), Some(id)) => Self::Call(id),
            _ => Self::Notice,
        })
    }
}

/// Reads a body that may be neither too large nor too slow; with the place that it takes among this person's bodies.
async fn read(
    shared: &Shared,
    body: Body,
    person: &Person,
) -> Result<(Bytes, OwnedSemaphorePermit), Refusal> {
    let refusal = |status, text: &str| Refusal::new(status, Reason::Body, text);
    let too_large =
        || refusal(StatusCode::PAYLOAD_TOO_LARGE, &format!("A request has at most {BODY} bytes."));
    let times = &shared.times;
    let place = Semaphore::acquire_owned(Arc::clone(&person.quota.bodies));
    let Ok(Ok(place)) = tokio::time::timeout(times.turn, place).await else { return Err(busy()) };
    if body.size_hint().lower() > BODY as u64 {
        return Err(too_large());
    }
    let whole = async {
        let (mut whole, mut parts) = (Vec::new(), body.into_data_stream());
        while let Some(part) = parts.next().await {
            whole.extend_from_slice(
                &part.map_err(|_| refusal(StatusCode::BAD_REQUEST, "The request's body is damaged."))?,
            );
            if whole.len() > BODY {
                return Err(too_large());
            }
        }
        Ok((Bytes::from(whole), place))
    };
    tokio::time::timeout(times.body, whole).await.unwrap_or_else(|_| {
        Err(refusal(StatusCode::REQUEST_TIMEOUT, "The request's body did not come in time."))
    })
}

/// Waits for this person's turn.
async fn turn(
    shared: &Shared,
    person: &Person,
    within: Option<&str>,
    kind: Kind,
) -> Result<Option<Held>, Refusal> {
    let held = |place, call, id| Held { _place: place, _call: call, _id: id };
    match kind {
        Kind::Notice => Ok(None),
        Kind::Stream => {
            let place = Semaphore::try_acquire_owned(Arc::clone(&person.quota.streams));
            Ok(Some(held(place.map_err(|_| busy())?, None, None)))
        }
        Kind::Call(id) => {
            let claim = within.map(|session| shared.sessions.claim(session, id)).transpose()?;
            let place = Semaphore::acquire_owned(Arc::clone(&person.quota.calls));
            match tokio::time::timeout(shared.times.turn, place).await {
                Ok(Ok(place)) => Ok(Some(held(place, Some(shared.stop.call()), claim))),
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
fn hold(response: Response, held: Option<Arc<Held>>) -> Response {
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
