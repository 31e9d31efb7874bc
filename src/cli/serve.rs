//! `serve`: MCP on stdin and stdout, or over HTTP.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;
use std::task::{Context, Poll};
use std::time::Duration;

use clap::{Args, ValueEnum};
use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::output::{complain, usage};
use super::shutdown::shutdown_requested;
use crate::config::Config;
use crate::error::Error;
use crate::http::{self, IdentityFrom, Settings};
use crate::server::JiraServer;
use crate::tools;

/// Time for calls in flight where the process is asked to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Serving over HTTP")]
pub(super) struct Arguments {
    /// Serve over HTTP here instead of stdin and stdout: 8080, 127.0.0.1:8080, [::]:8080
    #[arg(long, value_name = "ADDR")]
    pub(super) http: Option<String>,
    /// Also serve /sse and /messages, for clients of 2024-11-05 (deprecated)
    #[arg(long, requires = "http")]
    sse: bool,
    /// Whose Jira account requests use: the server's own, or one that each request brings
    #[arg(long, value_name = "WHOSE", value_enum, default_value_t, requires = "http")]
    http_identity: Identity,
    /// File of tokens, one in each line, of which clients must send one as bearer
    #[arg(long, value_name = "FILE", requires = "http")]
    http_token_file: Option<PathBuf>,
    /// Sites that requests may use with --http-identity request, comma-separated
    #[arg(long, value_name = "SITES", value_delimiter = ',', requires = "http")]
    sites: Vec<String>,
    /// Names under which clients reach this server, besides its addresses, comma-separated
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "http")]
    hosts: Vec<String>,
    /// File of secrets, one in each line, that all replicas share: the first seals, each opens
    #[arg(long, value_name = "FILE", requires = "http")]
    state_key_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Identity {
    #[default]
    Server,
    Request,
}

impl Arguments {
    /// The settings for serving over HTTP at this address.
    pub(super) fn settings(&self, address: &str) -> Settings {
        Settings {
            address: address.to_owned(),
            sse: self.sse,
            identity: match self.http_identity {
                Identity::Server => IdentityFrom::Server,
                Identity::Request => IdentityFrom::Request,
            },
            token_file: self.http_token_file.clone(),
            sites: self.sites.clone(),
            state_key_file: self.state_key_file.clone(),
            hosts: self.hosts.clone(),
            ..Settings::default()
        }
    }
}

/// Serves over HTTP until the process is asked to end; calls in flight are finished first.
pub(super) async fn over_http(config: Config, settings: Settings) -> ExitCode {
    let running = match http::start(config, &tools::CATALOGUE, &settings).await {
        Ok(running) => running,
        Err(error) => return usage(&error),
    };
    say_where(&running);
    shutdown_requested().await;
    running.shut_down();
    tokio::select! {
        () = running.ended() => {}
        // Asked twice, it goes at once.
        () = shutdown_requested() => {}
    }
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "who starts it by hand wants the address; stdout has no use here")]
fn say_where(running: &http::Running) {
    eprintln!("serving MCP at http://{}/mcp", running.address);
}

/// Serves until stdin ends or the process is asked to end; calls in flight are finished first. Asked twice, it goes.
pub(super) async fn run(server: JiraServer) -> ExitCode {
    if std::io::stdin().is_terminal() {
        say_what_it_waits_for();
    }
    let asked = CancellationToken::new();
    let (input, output) = stdio_pipes();
    let input = Input { input, asked: Box::pin(asked.clone().cancelled_owned()) };
    tokio::select! {
        code = over_stdio(server, input, output) => code,
        () = async {
            shutdown_requested().await;
            asked.cancel();
            let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, shutdown_requested()).await;
        } => ExitCode::SUCCESS,
    }
}

/// Stdin, which ends where the process is asked to.
struct Input<R> {
    input: R,
    asked: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Input<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self.asked.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Ok(())),
            Poll::Pending => Pin::new(&mut self.input).poll_read(context, buffer),
        }
    }
}

async fn over_stdio(
    server: JiraServer,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> ExitCode {
    let running = match Box::pin(server.serve((input, output))).await {
        Ok(running) => running,
        // A client that only looked, or went away before it spoke, is no failure.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            complain(&Error::Internal(format!("the MCP handshake failed: {error}")));
            return ExitCode::FAILURE;
        }
    };
    match running.waiting().await {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&Error::Internal(format!("serving ended: {error}")));
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a person at a terminal reads stderr; stdout belongs to the protocol"
)]
fn say_what_it_waits_for() {
    eprintln!(
        "mcp-server-jira waits for an MCP client on stdin. Clients start it themselves: see README.md for their \
         configuration.\nTo try it by hand: mcp-server-jira --sandbox call search_issues '{{\"jql\":\"project = DEMO\"}}'"
    );
}
