//! Admission of requests for MCP: whose they are, what they restrict, how large they are, and how many there are at the
//! same time.

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

use super::authentication::Authenticator;
use super::limits::MAX_BODY_BYTES;
use super::principal::Principal;
use super::refusal::{Reason, Refusal};
use super::restrictions;
use super::sessions::PendingRequest;
use super::sse_sessions::MESSAGES_PATH;
use super::state::HttpState;
use crate::error::Reader;
use crate::server::Caller;

const SESSION_ID_HEADER: &str = "mcp-session-id";
const PROTOCOL_VERSION_HEADER: &str = "mcp-protocol-version";
const FIRST_VERSION_WITHOUT_SESSIONS: &str = "2026-07-28";

/// Lets a request through on behalf of a principal, or answers why not.
pub(super) async fn admit(State(state): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    match admitted(&state, request).await {
        Ok(AdmittedRequest { request, principal, slot, may_open_session }) => {
            let response = next.run(request).await;
            if may_open_session
                && let Some(id) = response.headers().get(SESSION_ID_HEADER).and_then(|id| id.to_str().ok())
            {
                state.sessions.record_owner(id, &principal).await;
            }
            hold_while_streaming(response, slot)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// A request that may be worked on.
struct AdmittedRequest {
    request: Request,
    principal: Arc<Principal>,
    slot: Option<Arc<RequestSlot>>,
    may_open_session: bool,
}

/// A request's share of its principal's quota, held until it is no longer worked on and its reply has been sent.
struct RequestSlot {
    _permit: OwnedSemaphorePermit,
    /// The shutdown waits for calls, and not for streams.
    _call: Option<TaskTrackerToken>,
    _pending: Option<PendingRequest>,
}

/// The part of a message that tells what kind it is.
#[derive(Deserialize)]
struct Envelope {
    method: Option<String>,
    id: Option<RequestId>,
}

async fn admitted(state: &HttpState, request: Request) -> Result<AdmittedRequest, Refusal> {
    if state.shutdown.has_begun() {
        let text = "This server is about to stop.";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Stopping, text));
    }
    let principal = state.authenticator.authenticate(request.headers()).await?;
    let access = restrictions::restrict(&state.server, &principal, request.headers())?;
    let (mut parts, body) = request.into_parts();
    // Nothing behind this needs the secret, nor a way to reach another's session.
    parts.headers.remove(header::AUTHORIZATION);
    let session = own_session(state, &principal, &mut parts.headers)?;
    let (body, body_permit, kind) = match parts.method {
        Method::POST => {
            let (body, permit) = read_body(state, body, &principal).await?;
            let kind = RequestKind::of(&body)?;
            (Body::from(body), Some(permit), kind)
        }
        Method::GET => (Body::empty(), None, RequestKind::Stream),
        _ => (Body::empty(), None, RequestKind::Notification),
    };
    let id_scope = match &session {
        None if parts.uri.path() == MESSAGES_PATH => parts.uri.query(),
        session => session.as_deref(),
    };
    let slot = acquire_slot(state, &principal, id_scope, kind).await?.map(Arc::new);
    // Whoever waits does so with a body.
    drop(body_permit);
    let mut caller = Caller::new(access.client)
        .read_by(Reader::Http { own_account: matches!(state.authenticator, Authenticator::Request(_)) })
        .within(access.policy)
        .sealed_with(state.keys.clone(), Arc::clone(&principal.name))
        .observed(state.metrics.clone())
        .watching(Arc::clone(&principal.quota.watches));
    if let Some(slot) = &slot {
        caller = caller.holding(Arc::clone(slot) as Arc<dyn Any + Send + Sync>);
    }
    parts.extensions.insert(caller);
    parts.extensions.insert(Arc::clone(&principal));
    let request = Request::from_parts(parts, body);
    Ok(AdmittedRequest { request, principal, slot, may_open_session: session.is_none() })
}

/// The session that a request names, which must be this principal's own; `None` where it names none and may open one.
fn own_session(
    state: &HttpState,
    principal: &Principal,
    headers: &mut HeaderMap,
) -> Result<Option<String>, Refusal> {
    let stateless = headers
        .get_all(PROTOCOL_VERSION_HEADER)
        .iter()
        .any(|version| version.to_str().is_ok_and(|version| version >= FIRST_VERSION_WITHOUT_SESSIONS));
    let mut ids = headers.get_all(SESSION_ID_HEADER).iter();
    let Some(id) = ids.next() else { return Ok(None) };
    if stateless {
        // There are no sessions there: what names one is not looked at.
        headers.remove(SESSION_ID_HEADER);
        return Ok(None);
    }
    match id.to_str() {
        Ok(id) if ids.next().is_none() && state.sessions.is_owner(id, principal) => Ok(Some(id.to_owned())),
        _ => Err(Refusal::no_session()),
    }
}

/// The kind of a request, by what it takes of a quota.
#[derive(Debug)]
enum RequestKind {
    /// A request that the server works on.
    Call(RequestId),
    /// A stream that may last.
    Stream,
    /// A notification or a reply: never kept waiting, as calls in flight may wait for it.
    Notification,
}

impl RequestKind {
    fn of(body: &[u8]) -> Result<Self, Refusal> {
        let envelope: Envelope = match serde_json::from_slice(body) {
            Ok(envelope) => envelope,
            Err(error) if error.is_data() => {
                return Err(Refusal::json_rpc_error(-32600, "This is no JSON-RPC message"));
            }
            Err(_) => return Err(Refusal::json_rpc_error(-32700, "This is no JSON")),
        };
        Ok(match (envelope.method.as_deref(), envelope.id) {
            (Some("subscriptions/listen"), Some(_)) => Self::Stream,
            (Some(_), Some(id)) => Self::Call(id),
            _ => Self::Notification,
        })
    }
}

/// Reads a body that may be neither too large nor too slow; with its permit among this principal's bodies.
async fn read_body(
    state: &HttpState,
    body: Body,
    principal: &Principal,
) -> Result<(Bytes, OwnedSemaphorePermit), Refusal> {
    let refusal = |status, text: &str| Refusal::new(status, Reason::Body, text);
    let too_large =
        || refusal(StatusCode::PAYLOAD_TOO_LARGE, &format!("A request has at most {MAX_BODY_BYTES} bytes."));
    let permit = Semaphore::acquire_owned(Arc::clone(&principal.quota.bodies));
    let Ok(Ok(permit)) = tokio::time::timeout(state.timeouts.admission, permit).await else {
        return Err(busy());
    };
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    let whole = async {
        let (mut whole, mut parts) = (Vec::new(), body.into_data_stream());
        while let Some(part) = parts.next().await {
            whole.extend_from_slice(
                &part.map_err(|_| refusal(StatusCode::BAD_REQUEST, "The request's body is damaged."))?,
            );
            if whole.len() > MAX_BODY_BYTES {
                return Err(too_large());
            }
        }
        Ok((Bytes::from(whole), permit))
    };
    tokio::time::timeout(state.timeouts.body, whole).await.unwrap_or_else(|_| {
        Err(refusal(StatusCode::REQUEST_TIMEOUT, "The request's body did not come in time."))
    })
}

/// Takes a request's share of its principal's quota, and waits for it where the request is work.
async fn acquire_slot(
    state: &HttpState,
    principal: &Principal,
    id_scope: Option<&str>,
    kind: RequestKind,
) -> Result<Option<RequestSlot>, Refusal> {
    let slot = |permit, call, pending| RequestSlot { _permit: permit, _call: call, _pending: pending };
    match kind {
        RequestKind::Notification => Ok(None),
        RequestKind::Stream => {
            let permit = Semaphore::try_acquire_owned(Arc::clone(&principal.quota.streams));
            Ok(Some(slot(permit.map_err(|_| busy())?, None, None)))
        }
        RequestKind::Call(id) => {
            let pending = id_scope.map(|scope| state.sessions.register_request(scope, id)).transpose()?;
            let permit = Semaphore::acquire_owned(Arc::clone(&principal.quota.calls));
            match tokio::time::timeout(state.timeouts.admission, permit).await {
                Ok(Ok(permit)) => Ok(Some(slot(permit, Some(state.shutdown.call_token()), pending))),
                _ => Err(busy()),
            }
        }
    }
}

fn busy() -> Refusal {
    let text = "You have too many requests or streams open at the same time.";
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, Reason::Busy, text)
}

/// Keeps a request's slot until its reply has been sent.
fn hold_while_streaming(response: Response, slot: Option<Arc<RequestSlot>>) -> Response {
    let streams =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    match slot {
        Some(slot) if streams => response.map(|body| {
            Body::from_stream(body.into_data_stream().inspect(move |_| {
                let _held = &slot;
            }))
        }),
        _ => response,
    }
}
