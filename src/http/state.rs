//! The state that all requests of a server share.

use std::sync::Arc;

use super::allowed_hosts::AllowedHosts;
use super::authentication::Authenticator;
use super::mcp_service::McpService;
use super::metrics::Metrics;
use super::sessions::Sessions;
use super::shutdown::Shutdown;
use super::sse_sessions::SseSessions;
use super::timeouts::Timeouts;
use crate::server::{JiraServer, StateKeys};

/// The state that all requests of a server share.
pub(super) struct HttpState {
    pub(super) server: JiraServer,
    pub(super) mcp: Box<dyn McpService>,
    pub(super) hosts: AllowedHosts,
    pub(super) authenticator: Authenticator,
    pub(super) keys: StateKeys,
    pub(super) metrics: Arc<Metrics>,
    pub(super) sessions: Sessions,
    pub(super) sse_sessions: SseSessions,
    pub(super) shutdown: Shutdown,
    pub(super) timeouts: Timeouts,
}
