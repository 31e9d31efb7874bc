//! The HTTP+SSE transport of 2024-11-05, deprecated: one long stream for what the server says, a path to post to.
//!
//! rmcp has no server side of it, so that a pair of channels stands between it and the two routes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

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

use super::Shared;
use super::identity::Person;
use super::patience::SILENCE;
use super::protocol::{Mail, Said};
use super::refusal::{Reason, Refusal};
use crate::server::{hex, random_bytes};

/// How many messages wait for the server, and for the client.
const WAITING: (usize, usize) = (64, 256);
/// How many sessions there are at most.
const MOST: usize = 2_000;

/// Where clients post to; the query names the session.
pub(super) const POST: &str = "/messages";

/// The open sessions.
#[derive(Debug, Default)]
pub(super) struct SseSessions(Mutex<HashMap<String, Open>>);

#[derive(Debug, Clone)]
struct Open {
    owner: Arc<str>,
    inbox: mpsc::Sender<ClientJsonRpcMessage>,
}

impl SseSessions {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Opens one, where there is room.
    fn open(&self, id: &str, open: Open) -> bool {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = sessions.len() < MOST;
        if room {
            sessions.insert(id.to_owned(), open);
        }
        room
    }

    fn of(&self, id: &str, person: &Person) -> Option<Open> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(id).filter(|open| open.owner == person.name).cloned()
    }

    fn close(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// Ends the session with its stream.
struct Ending {
    shared: Arc<Shared>,
    id: String,
    end: CancellationToken,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.end.cancel();
        self.shared.sse.close(&self.id);
    }
}

/// `GET /sse`: a session, as long as its stream.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    Extension(person): Extension<Arc<Person>>,
) -> Response {
    let Ok(id) = random_bytes() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let id = hex(&id[..16]);
    let (inbox, mail) = mpsc::channel::<ClientJsonRpcMessage>(WAITING.0);
    let (outbox, said) = mpsc::channel::<ServerJsonRpcMessage>(WAITING.1);
    if !shared.sse.open(&id, Open { owner: Arc::clone(&person.name), inbox }) {
        let text = "There are too many sessions at this moment.";
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Busy, text).into_response();
    }
    let end = shared.stop.ended().child_token();
    let ending = Ending { shared: Arc::clone(&shared), id, end: end.clone() };
    let first = Event::default().event("endpoint").data(format!("{POST}?session_id={}", ending.id));
    let said_to = Said { outbox, end: end.clone() };
    let session = shared.protocol.session((said_to, Mail(mail)), end.clone());
    tokio::spawn(async move {
        session.await;
        end.cancel();
    });
    let said = stream::unfold((said, ending), |(mut said, ending)| async {
        let message = tokio::select! {
            message = said.recv() => message?,
            () = ending.end.cancelled() => return None,
        };
        let event = Event::default().event("message").data(serde_json::to_string(&message).ok()?);
        Some((event, (said, ending)))
    });
    let events = stream::once(async { first }).chain(said).map(Ok::<_, Infallible>);
    Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE)).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    session_id: String,
}

/// `POST /messages`: one message into a session; its answer comes on the session's stream.
pub(super) async fn message(
    State(shared): State<Arc<Shared>>,
    Extension(person): Extension<Arc<Person>>,
    Query(which): Query<Which>,
    request: Request,
) -> Response {
    let Some(open) = shared.sse.of(&which.session_id, &person) else {
        return Refusal::no_session().into_response();
    };
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, super::admit::BODY).await.unwrap_or_default();
    let Ok(mut message) = serde_json::from_slice::<ClientJsonRpcMessage>(&body) else {
        return Refusal::not_json_rpc(-32600, "This is no message of MCP").into_response();
    };
    message.insert_extension(parts);
    match open.inbox.send(message).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(_) => Refusal::no_session().into_response(),
    }
}
