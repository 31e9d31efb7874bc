//! A server with all that the MCP project's conformance suite wants to find on one, served by the product's own HTTP stack.
//!
//! No product has such tools; they show that connections, eras, sessions and streams do what the protocol says.

#![expect(deprecated, reason = "the suite asks for sampling and logging as long as the protocol has them")]

mod fixtures;
mod questions;

use std::error::Error;

use mcp_server_jira::config::{Config, Flags};
use mcp_server_jira::http::{Settings, start_with};
use mcp_server_jira::tools::CATALOGUE;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "who starts it wants the address")]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings { address: "0".into(), ..Settings::default() };
    let config = Config::load(&Flags::default(), |_| None)?;
    let running = start_with(config, &CATALOGUE, &settings, |_| fixtures::Fixtures).await?;
    eprintln!("serving MCP at http://{}/mcp", running.address);
    std::future::pending::<()>().await;
    Ok(())
}
