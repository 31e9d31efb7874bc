//! MCP over HTTP: many people, each as their own Jira account, on one port.
//!
//! A request passes `guard` (the host and origin that it names), `admit` (who sends it, what is narrowed, how much
//! at the same time) and reaches rmcp's Streamable HTTP at `/mcp`, or with `--sse` the older transport in `sse`.
//! What it brings to a tool is a [`crate::server::Caller`] among the extensions of its head.

mod admit;
mod guard;
mod identity;
mod listen;
mod metrics;
mod narrow;
mod patience;
mod people;
mod protocol;
mod refusal;
mod resume;
mod sessions;
mod sse;
mod stop;
mod times;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use rmcp::ServerHandler;
use tokio::task::JoinHandle;

use crate::auth::SiteAddress;
use crate::config::Config;
use crate::error::{Error, Result, SignInProblem};
use crate::jira::Limits;
use crate::server::{JiraServer, StateKeys, random_bytes};
use crate::tools;
use guard::Hosts;
use identity::Door;
use metrics::{Gauges, Metrics};
use people::People;
use protocol::{Handled, Protocol};
use refusal::{Reason, Refusal};
use sessions::Sessions;
use sse::SseSessions;
use stop::Stop;
pub use times::Times;
use tokens::Tokens;

/// How to serve over HTTP.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where to listen: `8080`, `127.0.0.1:8080`, `[::]:8080`.
    pub address: String,
    /// Whether `/sse` and `/messages` are served too.
    pub sse: bool,
    /// Whose account requests use.
    pub identity: IdentityFrom,
    /// A file of tokens, one in each line, of which clients must send one.
    pub token_file: Option<PathBuf>,
    /// The sites that requests may name; without any, the settings' own.
    pub sites: Vec<String>,
    /// A file of secrets, one in each line, that all replicas share.
    pub state_key_file: Option<PathBuf>,
    /// Names under which clients reach this server, besides its addresses.
    pub hosts: Vec<String>,
    /// How long things may take.
    pub times: Times,
}

/// Whose account requests use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentityFrom {
    /// The server's own.
    #[default]
    Server,
    /// The one that each request brings.
    Request,
}

/// What all requests share.
struct Shared {
    server: JiraServer,
    protocol: Box<dyn Protocol>,
    hosts: Hosts,
    door: Door,
    keys: StateKeys,
    metrics: Arc<Metrics>,
    sessions: Sessions,
    sse: SseSessions,
    stop: Stop,
    times: Times,
}

/// A server that runs. It goes on when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Stop,
    times: Times,
    accepting: JoinHandle<()>,
}

impl Running {
    /// Asks it to end: new requests are refused, calls in flight are finished.
    pub fn stop(&self) {
        self.stop.ask();
    }

    /// Waits until it has ended.
    pub async fn ended(self) {
        self.stop.finish(self.times.drain, self.times.close).await;
        let _ = self.accepting.await;
    }
}

/// Starts to serve.
///
/// # Errors
/// [`Error::NotConfigured`] for settings that make no sense or would let strangers in.
pub async fn start(config: Config, settings: &Settings) -> Result<Running> {
    start_with(config, settings, |server| server).await
}

/// As [`start`], with another handler around the server or in its place.
///
/// # Errors
/// As [`start`].
pub async fn start_with<S: ServerHandler + Clone>(
    mut config: Config,
    settings: &Settings,
    handler: impl FnOnce(JiraServer) -> S,
) -> Result<Running> {
    let address = listen::resolve(&settings.address).await?;
    let keys = match &settings.state_key_file {
        Some(path) => StateKeys::read(path)?,
        None => StateKeys::random()?,
    };
    let tokens = match &settings.token_file {
        Some(path) => Some(Tokens::read(path)?),
        None => None,
    };
    let (server, door) = match settings.identity {
        IdentityFrom::Server => {
            if tokens.is_none() && !address.ip().is_loopback() {
                return Err(Error::at_start(
                    format!("on {address} everybody who reaches it would act as this server's Jira account"),
                    "Give --http-token-file, or --http-identity request, or listen on 127.0.0.1.",
                ));
            }
            if !settings.sites.is_empty() {
                return Err(Error::at_start(
                    "--sites is for --http-identity request: here JIRA_URL names the one site",
                    "Leave --sites out, or add --http-identity request.",
                ));
            }
            let server = tools::server(config)?;
            let client = server.client();
            (server, Door::server(client, tokens))
        }
        IdentityFrom::Request => {
            if tokens.is_some() {
                return Err(Error::at_start(
                    "with --http-identity request, `Authorization` carries each person's own account",
                    "Leave --http-token-file out.",
                ));
            }
            let people = people(&config, settings)?;
            // Nothing falls back to an account of the server's own.
            config.account = Err(SignInProblem::NoAccountInRequest.into());
            (tools::server(config)?, Door::Request(Box::new(people)))
        }
    };
    let hosts = Hosts::new(&settings.hosts)?;
    let listener = listen::bind(address).await?;
    let address = listener.local_addr().unwrap_or(address);
    let stop = Stop::default();
    let sessions = Sessions::new();
    let protocol = Box::new(Handled::new(handler(server.clone()), &sessions, &stop));
    let shared = Arc::new(Shared {
        server,
        protocol,
        hosts,
        door,
        keys,
        metrics: Arc::default(),
        sessions,
        sse: SseSessions::default(),
        stop: stop.clone(),
        times: settings.times,
    });
    let router = router(&shared, settings.sse);
    let accepting = tokio::spawn(listen::accept(listener, router, stop.clone(), settings.times));
    Ok(Running { address, stop, times: settings.times, accepting })
}

/// The people of the sites that the operator names.
fn people(config: &Config, settings: &Settings) -> Result<People> {
    let api_url = config.api_url.clone()?;
    let mut sites = Vec::new();
    for site in &settings.sites {
        let site = SiteAddress::parse(site, &api_url).map_err(|error| {
            Error::at_start(
                format!("--sites: {}", error.to_string().trim_end_matches('.')),
                "Name sites such as acme.atlassian.net, comma-separated.",
            )
        })?;
        sites.push(site);
    }
    if let (true, Ok(account)) = (sites.is_empty(), &config.account) {
        sites.extend(account.site.clone());
    }
    if sites.is_empty() {
        return Err(Error::at_start(
            "--http-identity request needs to know which sites requests may use",
            "Name them with --sites acme.atlassian.net.",
        ));
    }
    let gates = &config.gates;
    let limits = Limits { read_only: gates.read_only, projects: gates.projects.clone().map(Into::into) };
    Ok(People::new(sites, api_url, limits, random_bytes()?, settings.times))
}

fn router(shared: &Arc<Shared>, with_sse: bool) -> Router {
    let mut protocol = Router::new().route("/mcp", any(mcp));
    if with_sse {
        protocol = protocol.route("/sse", get(sse::stream)).route(sse::POST, post(sse::message));
    }
    protocol
        // Where there is nothing, nobody is asked who they are: clients look for metadata of authorization.
        .route_layer(from_fn_with_state(Arc::clone(shared), admit::admit))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(async || (StatusCode::NOT_FOUND, "There is nothing here: MCP is at /mcp.\n"))
        .layer(from_fn_with_state(Arc::clone(shared), watch))
        .with_state(Arc::clone(shared))
}

/// Checks the host and origin of every request, and counts it.
async fn watch(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = match shared.hosts.check(request.version(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let reason = response.extensions().get::<Reason>().copied();
    let status = response.status().as_u16();
    if let Some(reason) = reason {
        tracing::info!(path, status, reason = reason.name(), "refused a request");
    }
    shared.metrics.answered(&path, status, reason);
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// `/mcp`: Streamable HTTP, with and without sessions.
async fn mcp(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let json = request.headers().get(header::CONTENT_TYPE).is_some_and(is_json);
    let ends_session = request.method() == Method::DELETE;
    let response = patience::patient(shared.protocol.streamable(request), patience::SILENCE).await;
    if json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // It was JSON, and no message.
        return Refusal::not_json_rpc(-32600, "This is no message of MCP").into_response();
    }
    if ends_session && response.status() == StatusCode::ACCEPTED {
        // It has ended by now, and the MCP project's package for Python takes 202 for a failure.
        return StatusCode::NO_CONTENT.into_response();
    }
    response
}

fn is_json(kind: &HeaderValue) -> bool {
    let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// `/readyz`: whether new requests are welcome.
async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if shared.stop.is_asked() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else {
        "ready\n".into_response()
    }
}

/// `/metrics`, for Prometheus.
async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let gauges = Gauges {
        connections: shared.stop.connections(),
        calls: shared.stop.calls(),
        sessions: shared.sessions.count().await,
        sse_sessions: shared.sse.count(),
        identities: shared.door.known(),
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], shared.metrics.render(&gauges)).into_response()
}
