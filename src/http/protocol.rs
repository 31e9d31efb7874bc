//! What is served: the transports know no more of it than this.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::{Sink, Stream};
use rmcp::ServerHandler;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::serve_server_with_ct;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::resume::Resuming;
use super::sessions::Sessions;
use super::stop::Stop;
use super::{admit, patience};

/// Both ends of a session of the older transport.
pub(super) type Ends = (Said, Mail);

/// What the server says in a session. It never waits, as rmcp lets answers that wait pile up without an end: a session
/// whose client takes nothing is over.
pub(super) struct Said {
    pub(super) outbox: mpsc::Sender<ServerJsonRpcMessage>,
    pub(super) end: CancellationToken,
}

impl Sink<ServerJsonRpcMessage> for Said {
    type Error = io::Error;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, message: ServerJsonRpcMessage) -> io::Result<()> {
        self.outbox.try_send(message).map_err(|_| {
            self.end.cancel();
            io::Error::other("the client takes nothing")
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What a client says in a session.
pub(super) struct Mail(pub(super) mpsc::Receiver<ClientJsonRpcMessage>);

impl Stream for Mail {
    type Item = ClientJsonRpcMessage;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// A server of MCP, by the ways to reach it.
pub(super) trait Protocol: Send + Sync {
    /// One request of Streamable HTTP.
    fn streamable(&self, request: Request) -> BoxFuture<'static, Response>;

    /// One session of the older transport, to its end.
    fn session(&self, ends: Ends, end: CancellationToken) -> BoxFuture<'static, ()>;
}

/// A handler of rmcp's, and rmcp's service around it.
pub(super) struct Handled<S> {
    handler: S,
    service: StreamableHttpService<S, Resuming>,
}

impl<S: ServerHandler + Clone> Handled<S> {
    pub(super) fn new(handler: S, sessions: &Sessions, stop: &Stop) -> Self {
        let config = StreamableHttpServerConfig::default()
            // Hosts and origins are checked for every path, in `guard`.
            .disable_allowed_hosts()
            .with_json_response(true)
            .with_sse_keep_alive(Some(patience::SILENCE))
            .with_max_request_body_bytes(admit::BODY)
            .with_cancellation_token(stop.ended());
        let each = handler.clone();
        let service = StreamableHttpService::new(move || Ok(each.clone()), sessions.manager(), config);
        Self { handler, service }
    }
}

impl<S: ServerHandler + Clone> Protocol for Handled<S> {
    fn streamable(&self, request: Request) -> BoxFuture<'static, Response> {
        let service = self.service.clone();
        Box::pin(async move { service.handle(request).await.map(Body::new) })
    }

    fn session(&self, ends: Ends, end: CancellationToken) -> BoxFuture<'static, ()> {
        let handler = self.handler.clone();
        Box::pin(async move {
            if let Ok(running) = serve_server_with_ct(handler, ends, end).await {
                let _ = running.waiting().await;
            }
        })
    }
}
