//! The routes of a server, and what is done around all of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};

use super::keep_alive::{KEEP_ALIVE_INTERVAL, with_keep_alive};
use super::metrics::Gauges;
use super::refusal::{Reason, Refusal};
use super::sse_sessions::MESSAGES_PATH;
use super::state::HttpState;
use super::{admission, sse};

/// All routes, with or without those of the older transport.
pub(super) fn router(state: &Arc<HttpState>, with_sse: bool) -> Router {
    let mut mcp_routes = Router::new().route("/mcp", any(mcp));
    if with_sse {
        mcp_routes = mcp_routes.route("/sse", get(sse::stream)).route(MESSAGES_PATH, post(sse::message));
    }
    mcp_routes
        // Where there is nothing, nobody is asked who they are: clients look for metadata of authorization.
        .route_layer(from_fn_with_state(Arc::clone(state), admission::admit))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(async || (StatusCode::NOT_FOUND, "There is nothing here: MCP is at /mcp.\n"))
        .layer(from_fn_with_state(Arc::clone(state), check_and_record))
        .with_state(Arc::clone(state))
}

/// Checks the host and origin of every request, and counts it.
async fn check_and_record(State(state): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = match state.hosts.check(request.version(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let reason = response.extensions().get::<Reason>().copied();
    let status = response.status().as_u16();
    if let Some(reason) = reason {
        tracing::info!(path, status, reason = reason.name(), "refused a request");
    }
    state.metrics.record_response(&path, status, reason);
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The endpoint `/mcp`: Streamable HTTP, with and without sessions.
async fn mcp(State(state): State<Arc<HttpState>>, request: Request) -> Response {
    let json = request.headers().get(header::CONTENT_TYPE).is_some_and(is_json);
    let ends_session = request.method() == Method::DELETE;
    let response = with_keep_alive(state.mcp.streamable_http(request), KEEP_ALIVE_INTERVAL).await;
    if json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // It was JSON, and no message.
        return Refusal::json_rpc_error(-32600, "This is no message of MCP").into_response();
    }
    if ends_session && response.status() == StatusCode::ACCEPTED {
        // It has ended by now, and the MCP project's package for Python takes 202 for a failure.
        return StatusCode::NO_CONTENT.into_response();
    }
    response
}

fn is_json(content_type: &HeaderValue) -> bool {
    let essence = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// The endpoint `/readyz`, which tells whether new requests are welcome.
async fn ready(State(state): State<Arc<HttpState>>) -> Response {
    if state.shutdown.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else {
        "ready\n".into_response()
    }
}

/// The endpoint `/metrics`, for Prometheus.
async fn metrics(State(state): State<Arc<HttpState>>) -> Response {
    let gauges = Gauges {
        connections: state.shutdown.connections(),
        calls: state.shutdown.calls(),
        sessions: state.sessions.count().await,
        sse_sessions: state.sse_sessions.count(),
        identities: state.authenticator.verified(),
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.metrics.render(&gauges)).into_response()
}
