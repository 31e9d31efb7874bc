//! The MCP service behind the routes: they know no more of it than [`McpService`].

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use rmcp::ServerHandler;
use rmcp::service::serve_server_with_ct;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::CancellationToken;

use super::keep_alive::KEEP_ALIVE_INTERVAL;
use super::limits::MAX_BODY_BYTES;
use super::resumable_sessions::ResumableSessionManager;
use super::sessions::Sessions;
use super::shutdown::Shutdown;
use super::sse_transport::SseTransport;

/// A server of MCP, by the transports on which it is reached.
pub(super) trait McpService: Send + Sync {
    /// Serves one request of Streamable HTTP.
    fn streamable_http(&self, request: Request) -> BoxFuture<'static, Response>;

    /// Serves one session of the older transport, to its end.
    fn sse_session(&self, transport: SseTransport, end: CancellationToken) -> BoxFuture<'static, ()>;
}

/// An rmcp handler, and rmcp's service around it.
pub(super) struct RmcpService<S> {
    handler: S,
    streamable_http: StreamableHttpService<S, ResumableSessionManager>,
}

impl<S: ServerHandler + Clone> RmcpService<S> {
    pub(super) fn new(handler: S, sessions: &Sessions, shutdown: &Shutdown) -> Self {
        let config = StreamableHttpServerConfig::default()
            // Hosts and origins are checked for every path, in `allowed_hosts`.
            .disable_allowed_hosts()
            .with_json_response(true)
            .with_sse_keep_alive(Some(KEEP_ALIVE_INTERVAL))
            .with_max_request_body_bytes(MAX_BODY_BYTES)
            .with_cancellation_token(shutdown.streams_end());
        let each = handler.clone();
        let streamable_http =
            StreamableHttpService::new(move || Ok(each.clone()), sessions.manager(), config);
        Self { handler, streamable_http }
    }
}

impl<S: ServerHandler + Clone> McpService for RmcpService<S> {
    fn streamable_http(&self, request: Request) -> BoxFuture<'static, Response> {
        let service = self.streamable_http.clone();
        Box::pin(async move { service.handle(request).await.map(Body::new) })
    }

    fn sse_session(&self, transport: SseTransport, end: CancellationToken) -> BoxFuture<'static, ()> {
        let handler = self.handler.clone();
        Box::pin(async move {
            if let Ok(running) = serve_server_with_ct(handler, transport, end).await {
                let _ = running.waiting().await;
            }
        })
    }
}
