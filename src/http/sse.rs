//! The routes of the HTTP+SSE transport of 2024-11-05, deprecated: one long stream for the server's messages, a path to
//! post to.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, StreamExt as _};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::keep_alive::KEEP_ALIVE_INTERVAL;
use super::limits::{MAX_BODY_BYTES, MAX_QUEUED_CLIENT_MESSAGES, MAX_QUEUED_SERVER_MESSAGES};
use super::principal::Principal;
use super::refusal::{Reason, Refusal};
use super::sse_sessions::MESSAGES_PATH;
use super::sse_transport::{ClientMessageStream, ServerMessageSink};
use super::state::HttpState;
use crate::server::{hex, random_bytes};

/// Ends the session with its stream.
struct EndOnDrop {
    state: Arc<HttpState>,
    id: String,
    end: CancellationToken,
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.end.cancel();
        self.state.sse_sessions.close(&self.id);
    }
}

/// `GET /sse`: a session, as long as its stream.
pub(super) async fn stream(
    State(state): State<Arc<HttpState>>,
    Extension(principal): Extension<Arc<Principal>>,
) -> Response {
    let Ok(id) = random_bytes() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let id = hex(&id[..16]);
    let (client_sender, client_messages) = mpsc::channel::<ClientJsonRpcMessage>(MAX_QUEUED_CLIENT_MESSAGES);
    let (server_sender, server_messages) = mpsc::channel::<ServerJsonRpcMessage>(MAX_QUEUED_SERVER_MESSAGES);
    if !state.sse_sessions.open(&id, &principal, client_sender) {
        let text = "There are too many sessions at this moment.";
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Busy, text).into_response();
    }
    let end = state.shutdown.streams_end().child_token();
    let session = EndOnDrop { state: Arc::clone(&state), id, end: end.clone() };
    let first = Event::default().event("endpoint").data(format!("{MESSAGES_PATH}?session_id={}", session.id));
    let sink = ServerMessageSink { queue: server_sender, end: end.clone() };
    let serving = state.mcp.sse_session((sink, ClientMessageStream(client_messages)), end.clone());
    tokio::spawn(async move {
        serving.await;
        end.cancel();
    });
    let messages = stream::unfold((server_messages, session), |(mut messages, session)| async {
        let message = tokio::select! {
            message = messages.recv() => message?,
            () = session.end.cancelled() => return None,
        };
        let event = Event::default().event("message").data(serde_json::to_string(&message).ok()?);
        Some((event, (messages, session)))
    });
    let events = stream::once(async { first }).chain(messages).map(Ok::<_, Infallible>);
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE_INTERVAL)).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct MessageQuery {
    session_id: String,
}

/// `POST /messages`: one message into a session; its answer comes on the session's stream.
pub(super) async fn message(
    State(state): State<Arc<HttpState>>,
    Extension(principal): Extension<Arc<Principal>>,
    Query(query): Query<MessageQuery>,
    request: Request,
) -> Response {
    let Some(queue) = state.sse_sessions.client_messages(&query.session_id, &principal) else {
        return Refusal::no_session().into_response();
    };
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await.unwrap_or_default();
    let Ok(mut message) = serde_json::from_slice::<ClientJsonRpcMessage>(&body) else {
        return Refusal::json_rpc_error(-32600, "This is no message of MCP").into_response();
    };
    message.insert_extension(parts);
    match queue.send(message).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(_) => Refusal::no_session().into_response(),
    }
}
