//! The one pool of connections.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::error::{Error, Result};

/// The time that a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The time that one exchange may take.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// A pool of connections that clients of all identities share.
#[derive(Debug, Clone, Default)]
pub struct Pool(Arc<Connections>);

#[derive(Debug, Default)]
struct Connections {
    /// The connections that go past proxies, for a Jira on this machine.
    direct: OnceLock<reqwest::Client>,
    usual: OnceLock<reqwest::Client>,
}

impl Pool {
    /// The connections, set up at first use.
    ///
    /// # Errors
    /// [`Error::Internal`] where the certificate store cannot be read.
    pub(crate) fn connect(&self, direct: bool) -> Result<reqwest::Client> {
        let place = if direct { &self.0.direct } else { &self.0.usual };
        if let Some(http) = place.get() {
            return Ok(http.clone());
        }
        let http = open(direct)?;
        Ok(place.get_or_init(|| http).clone())
    }
}

/// Sets connections up. Proxies and the machine's certificate store are used as the environment names them; `direct`
/// goes past proxies.
fn open(direct: bool) -> Result<reqwest::Client> {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("mcp-server-jira/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(EXCHANGE_TIMEOUT)
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
