//! Jira for AI agents, as well-made MCP tools.
#![cfg_attr(test, allow(missing_docs))]

#[cfg(feature = "sandbox")]
pub mod sandbox;
