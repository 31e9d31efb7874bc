//! Credentials in the forms in which an operator or a stored profile gives them.

use std::fmt;

use secrecy::SecretString;

use super::credential_types::App;
use super::profile::ProfileName;
use super::store::Store;
use crate::error::Method;

/// Proof of who calls.
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
        /// The store that keeps it.
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
