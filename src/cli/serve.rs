//! `serve`: MCP on stdin and stdout.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;

use super::complain;
use crate::error::Error;
use crate::server::JiraServer;

/// Serves until stdin ends; calls in flight are finished first.
pub(super) async fn run(server: JiraServer) -> ExitCode {
    if std::io::stdin().is_terminal() {
        say_what_it_waits_for();
    }
    let running = match server.serve(stdio_pipes()).await {
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
