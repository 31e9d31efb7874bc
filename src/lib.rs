//! Jira for AI agents, as well-made MCP tools.
//!
//! Knowledge flows one way: `tools` know MCP and call [`jira`], which knows Jira's REST API and
//! asks [`auth`] where to send a request and with which header; all speak [`error`]. [`config`] is
//! the only reader of the environment, [`server`] the only place where calls are gated, `render`
//! the only one where results become text. [`jira_sandbox`] is an embedded Jira that shares nothing
//! with them but the wire.

pub mod auth;
pub mod cli;
pub mod config;
pub mod docs;
pub mod error;
pub mod http;
pub mod jira;
pub mod nearest;
pub mod render;
mod retry_after;
pub mod server;
pub mod tools;
