//! MCP over HTTP: many people, each as their own Jira account, on one port.
//!
//! A request passes `allowed_hosts` (the host and origin that it names), `admission` (whose it is, what it restricts,
//! how much at the same time) and reaches rmcp's Streamable HTTP at `/mcp`, or with `--sse` the older transport in
//! `sse`. What it brings to a tool is a [`crate::server::Caller`] among the extensions of its head.

mod admission;
mod allowed_hosts;
mod authentication;
mod client_tokens;
mod credential;
mod keep_alive;
mod limits;
mod listen;
mod mcp_service;
mod metrics;
mod principal;
mod principal_cache;
mod refusal;
mod restrictions;
mod resumable_sessions;
mod router;
mod sessions;
mod settings;
mod shutdown;
mod sse;
mod sse_sessions;
mod sse_transport;
mod state;
mod timeouts;

use std::net::SocketAddr;
use std::sync::Arc;

use rmcp::ServerHandler;
use tokio::task::JoinHandle;

use crate::auth::SiteAddress;
use crate::config::Config;
use crate::error::{Error, Result, SignInProblem};
use crate::jira::Limits;
use crate::server::{Catalogue, JiraServer, StateKeys, random_bytes};
use allowed_hosts::AllowedHosts;
use authentication::Authenticator;
use client_tokens::ClientTokens;
use mcp_service::RmcpService;
use principal_cache::PrincipalCache;
use sessions::Sessions;
pub use settings::{IdentityFrom, Settings};
use shutdown::Shutdown;
use sse_sessions::SseSessions;
use state::HttpState;
pub use timeouts::Timeouts;

/// A server that runs. It goes on when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// The address on which it listens.
    pub address: SocketAddr,
    shutdown: Shutdown,
    timeouts: Timeouts,
    accepting: JoinHandle<()>,
}

impl Running {
    /// Begins the shutdown: new requests are refused, calls in flight are finished.
    pub fn shut_down(&self) {
        self.shutdown.begin();
    }

    /// Waits until the shutdown has ended.
    pub async fn ended(self) {
        self.shutdown.finish(self.timeouts.drain, self.timeouts.close).await;
        let _ = self.accepting.await;
    }
}

/// Starts to serve this catalogue.
///
/// # Errors
/// [`Error::NotConfigured`] for settings that make no sense or would let strangers in.
pub async fn start(config: Config, catalogue: &'static Catalogue, settings: &Settings) -> Result<Running> {
    start_with(config, catalogue, settings, |server| server).await
}

/// Starts as [`start`] does, with another handler around the server or in its place.
///
/// # Errors
/// As [`start`].
pub async fn start_with<S: ServerHandler + Clone>(
    mut config: Config,
    catalogue: &'static Catalogue,
    settings: &Settings,
    handler: impl FnOnce(JiraServer) -> S,
) -> Result<Running> {
    let address = listen::resolve(&settings.address).await?;
    let keys = match &settings.state_key_file {
        Some(path) => StateKeys::read(path)?,
        None => StateKeys::random()?,
    };
    let tokens = match &settings.token_file {
        Some(path) => Some(ClientTokens::read(path)?),
        None => None,
    };
    check_identity(settings, address)?;
    let (server, authenticator) = match settings.identity {
        IdentityFrom::Server => {
            let server = JiraServer::new(config, catalogue)?;
            let client = server.client();
            (server, Authenticator::server(client, tokens))
        }
        IdentityFrom::Request => {
            let principals = principal_cache(&config, settings)?;
            // Nothing falls back to an account of the server's own.
            config.account = Err(SignInProblem::NoAccountInRequest.into());
            (JiraServer::new(config, catalogue)?, Authenticator::Request(Box::new(principals)))
        }
    };
    let hosts = AllowedHosts::new(&settings.hosts)?;
    let listener = listen::bind(address).await?;
    let address = listener.local_addr().unwrap_or(address);
    let (shutdown, timeouts, sessions) = (Shutdown::default(), settings.timeouts, Sessions::new());
    let mcp = Box::new(RmcpService::new(handler(server.clone()), &sessions, &shutdown));
    let state = Arc::new(HttpState {
        server,
        mcp,
        hosts,
        authenticator,
        keys,
        metrics: Arc::default(),
        sessions,
        sse_sessions: SseSessions::default(),
        shutdown: shutdown.clone(),
        timeouts,
    });
    let router = router::router(&state, settings.sse);
    let accepting = tokio::spawn(listen::accept(listener, router, shutdown.clone(), timeouts));
    Ok(Running { address, shutdown, timeouts, accepting })
}

/// Refuses settings that do not go with whose account requests use, or would let strangers in.
fn check_identity(settings: &Settings, address: SocketAddr) -> Result<()> {
    let tokens = settings.token_file.is_some();
    let (problem, fix) = match settings.identity {
        IdentityFrom::Server if !tokens && !address.ip().is_loopback() => (
            format!("on {address} everybody who reaches it would act as this server's Jira account"),
            "Give --http-token-file, or --http-identity request, or listen on 127.0.0.1.",
        ),
        IdentityFrom::Server if !settings.sites.is_empty() => (
            "--sites is for --http-identity request: here JIRA_URL names the one site".into(),
            "Leave --sites out, or add --http-identity request.",
        ),
        IdentityFrom::Request if tokens => (
            "with --http-identity request, `Authorization` carries each person's own account".into(),
            "Leave --http-token-file out.",
        ),
        _ => return Ok(()),
    };
    Err(Error::at_start(problem, fix))
}

/// A cache for the principals of the sites that the operator names.
fn principal_cache(config: &Config, settings: &Settings) -> Result<PrincipalCache> {
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
    Ok(PrincipalCache::new(sites, api_url, limits, random_bytes()?, settings.timeouts))
}
