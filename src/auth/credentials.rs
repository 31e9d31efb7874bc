//! What proves who calls: the forms in which an operator or a stored profile gives it.

use std::fmt;

use base64::Engine as _;
use hyper::body::Bytes;
use reqwest::header::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::profile::ProfileName;
use super::store::Store;
use crate::error::{ConfigurationProblem, Method, Result};

/// An app of Atlassian's developer console, or the credentials of a service account.
#[derive(Clone)]
pub struct App {
    /// Its client id, which is no secret.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: SecretString,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What proves who calls.
#[derive(Clone)]
pub enum Credentials {
    /// E-mail and API token, classic or scoped.
    Basic {
        /// The account's e-mail address.
        email: String,
        /// The API token.
        token: SecretString,
    },
    /// An access token that the operator or a client brings and renews: of OAuth 2.0, or a service
    /// account's API token. It goes through Atlassian's gateway.
    Bearer {
        /// The token.
        token: SecretString,
    },
    /// A service account, which makes its own access tokens.
    ClientCredentials(App),
    /// Whatever is stored under a name, read at the first call.
    Stored {
        /// Where it is kept.
        store: Store,
        /// Its name.
        name: ProfileName,
        /// The only way to sign in that may be stored there, where the operator named one.
        only: Option<Method>,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { email, .. } => {
                f.debug_struct("Basic").field("email", email).finish_non_exhaustive()
            }
            Self::Bearer { .. } => f.debug_struct("Bearer").finish_non_exhaustive(),
            Self::ClientCredentials(app) => f.debug_tuple("ClientCredentials").field(app).finish(),
            Self::Stored { store, name, only } => f
                .debug_struct("Stored")
                .field("store", store)
                .field("name", name)
                .field("only", only)
                .finish(),
        }
    }
}

/// The `Authorization` header for e-mail and API token, marked sensitive.
pub(super) fn basic_header(email: &str, token: &SecretString) -> Result<HeaderValue> {
    let pair = Zeroizing::new(format!("{email}:{}", token.expose_secret()));
    let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(&*pair));
    sensitive(format!("Basic {}", *encoded))
}

/// The `Authorization` header for an access token, marked sensitive.
pub(super) fn bearer_header(token: &SecretString) -> Result<HeaderValue> {
    sensitive(format!("Bearer {}", token.expose_secret()))
}

/// A header that does not show in `Debug`, and is zeroised when its last copy goes.
fn sensitive(text: String) -> Result<HeaderValue> {
    let bytes = Bytes::from_owner(Zeroizing::new(text));
    let mut value = HeaderValue::from_maybe_shared(bytes).map_err(|_| ConfigurationProblem::InvalidToken)?;
    value.set_sensitive(true);
    Ok(value)
}
