//! An app's credentials, and the `Authorization` headers that credentials make.

use std::fmt;

use base64::Engine as _;
use hyper::body::Bytes;
use reqwest::header::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{ConfigurationProblem, Result};

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

/// An `Authorization` header.
#[derive(Clone)]
pub(super) struct AuthHeader {
    /// Its value, marked sensitive.
    pub(super) value: HeaderValue,
    /// The access token in it, where it is one that is renewed.
    pub(super) token: Option<SecretString>,
}

impl AuthHeader {
    /// The header for an access token that is renewed.
    pub(super) fn renewed(token: &SecretString) -> Result<Self> {
        Ok(Self { value: bearer_header(token)?, token: Some(token.clone()) })
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
