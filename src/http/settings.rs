//! The settings of a server over HTTP.

use std::path::PathBuf;

use super::timeouts::Timeouts;

/// Settings of a server over HTTP.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The address to listen on: `8080`, `127.0.0.1:8080`, `[::]:8080`.
    pub address: String,
    /// True for serving `/sse` and `/messages` too.
    pub sse: bool,
    /// The account that requests use.
    pub identity: IdentityFrom,
    /// A file of tokens, one in each line, of which clients must send one.
    pub token_file: Option<PathBuf>,
    /// The sites that requests may name; without any, the settings' own.
    pub sites: Vec<String>,
    /// A file of secrets, one in each line, that all replicas share.
    pub state_key_file: Option<PathBuf>,
    /// Names under which clients reach this server, besides its addresses.
    pub hosts: Vec<String>,
    /// Timeouts of connections, requests and the shutdown.
    pub timeouts: Timeouts,
}

/// The account that requests use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentityFrom {
    /// The server's own.
    #[default]
    Server,
    /// The one that each request brings.
    Request,
}
