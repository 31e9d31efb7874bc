//! The one pool of connections.

use std::time::Duration;

use crate::error::{Error, Result};

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(10);
/// How long one exchange may take.
const EXCHANGE: Duration = Duration::from_secs(30);

/// Makes the pool. Proxies and the machine's certificate store are used as the environment names
/// them; `direct` goes past proxies, for a Jira on this machine.
///
/// # Errors
/// [`Error::Internal`] where the certificate store cannot be read.
pub(super) fn connect(direct: bool) -> Result<reqwest::Client> {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("mcp-server-jira/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(EXCHANGE)
        .tcp_nodelay(true)
        // Jira's redirects lead to other hosts, which must not see the credentials.
        .redirect(reqwest::redirect::Policy::none());
    if direct {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| Error::Internal(format!("TLS cannot be set up: {}", crate::error::root(&error))))
}
