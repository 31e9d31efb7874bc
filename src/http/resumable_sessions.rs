//! Resumable sessions: replies that come while their client is away are kept for when it comes back.
//!
//! Up to 2025-11-25 a client that lost its connection may go on with the id of the last event that it saw. rmcp leads
//! what is still to come to the new connection; what came in between, and so was sent to nobody, is kept here.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt as _};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::WorkerTransport;
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError, LocalSessionWorker,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};
use tokio::runtime::Handle;

use super::limits::{MAX_MISSED_REPLIES, MAX_MISSED_REPLIES_PER_SESSION};

/// The time for which a reply waits for its client.
const MISSED_REPLY_TTL: Duration = Duration::from_secs(60);

/// rmcp's sessions, with a memory for what their clients missed.
#[derive(Debug, Default)]
pub(super) struct ResumableSessionManager {
    pub(super) local: LocalSessionManager,
    missed: Arc<MissedReplies>,
}

type EventStream = Pin<Box<dyn Stream<Item = ServerSseMessage> + Send + Sync>>;

/// The missed events of replies, by session and by what rmcp calls the request that they answer.
#[derive(Debug, Default)]
struct MissedReplies(Mutex<HashMap<(SessionId, String), Vec<ServerSseMessage>>>);

impl MissedReplies {
    fn keep(&self, key: &(SessionId, String), events: Vec<ServerSseMessage>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.keys().filter(|(session, _)| *session == key.0).count();
        let room = own < MAX_MISSED_REPLIES_PER_SESSION && all.len() < MAX_MISSED_REPLIES;
        if room {
            all.insert(key.clone(), events);
        }
        room
    }

    fn take(&self, key: &(SessionId, String)) -> Option<Vec<ServerSseMessage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key)
    }
}

/// The stream of the events that answer one request.
struct ReplyStream {
    /// The events to come; `None` once all have been sent.
    events: Option<EventStream>,
    session: SessionId,
    /// The name of the request, which the id of the first event tells.
    request: Option<String>,
    missed: Arc<MissedReplies>,
}

impl Stream for ReplyStream {
    type Item = ServerSseMessage;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(events) = self.events.as_mut() else { return Poll::Ready(None) };
        let event = ready!(events.as_mut().poll_next(context));
        match &event {
            Some(event) if self.request.is_none() => {
                self.request = event.event_id.as_deref().and_then(request_of).map(str::to_owned);
            }
            Some(_) => {}
            None => self.events = None,
        }
        Poll::Ready(event)
    }
}

impl Drop for ReplyStream {
    fn drop(&mut self) {
        let (Some(events), Some(request)) = (self.events.take(), self.request.take()) else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        let (key, missed) = ((Arc::clone(&self.session), request), Arc::clone(&self.missed));
        runtime.spawn(async move {
            let events: Vec<_> = events.collect().await;
            // Without its end, it went on elsewhere: the client has come back, or the session is over.
            if events.iter().any(is_reply) && missed.keep(&key, events) {
                tokio::time::sleep(MISSED_REPLY_TTL).await;
                missed.take(&key);
            }
        });
    }
}

/// The part of an event's id that is the same for all events of a reply; streams that answer nothing have none.
fn request_of(event: &str) -> Option<&str> {
    event.split_once('/').map(|(_, request)| request)
}

fn is_reply(event: &ServerSseMessage) -> bool {
    matches!(
        event.message.as_deref(),
        Some(ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_))
    )
}

impl ResumableSessionManager {
    fn reply_stream(
        &self,
        events: impl Stream<Item = ServerSseMessage> + Send + Sync + 'static,
        session: &SessionId,
        request: Option<&str>,
    ) -> ReplyStream {
        ReplyStream {
            events: Some(Box::pin(events)),
            session: Arc::clone(session),
            request: request.map(str::to_owned),
            missed: Arc::clone(&self.missed),
        }
    }
}

type SessionResult<T> = Result<T, LocalSessionManagerError>;

impl SessionManager for ResumableSessionManager {
    type Error = LocalSessionManagerError;
    type Transport = WorkerTransport<LocalSessionWorker>;

    async fn create_session(&self) -> SessionResult<(SessionId, Self::Transport)> {
        self.local.create_session().await
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> SessionResult<ServerJsonRpcMessage> {
        self.local.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> SessionResult<bool> {
        self.local.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> SessionResult<()> {
        self.local.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> SessionResult<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        Ok(self.reply_stream(self.local.create_stream(id, message).await?, id, None))
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> SessionResult<()> {
        self.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> SessionResult<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        self.local.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> SessionResult<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        let request = request_of(&last_event_id).map(str::to_owned);
        let missed = request.clone().and_then(|request| self.missed.take(&(Arc::clone(id), request)));
        let events = match missed {
            Some(events) => stream::iter(events).left_stream(),
            None => self.local.resume(id, last_event_id).await?.right_stream(),
        };
        Ok(self.reply_stream(events, id, request.as_deref()))
    }
}
