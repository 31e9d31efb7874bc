//! Signing in: the only place that knows hosts and secrets.
//!
//! [`Session::authorize`] gives each request its base URL and its `Authorization` header. On its
//! first call it finds out what the credentials are good for (a classic API token works on the
//! site itself, a scoped one only through Atlassian's gateway, which wants the cloudId), and keeps
//! that, with who the account is, for the whole session. It knows nothing of tools or of Jira
//! beyond the two addresses that tell this.

mod account;
pub mod callback;
mod credential_types;
mod credentials;
mod current_tokens;
mod fs;
mod lock;
pub mod login;
mod oauth;
mod outage;
pub mod page;
mod probe;
mod profile;
mod rotation;
mod session;
mod sign_in;
mod site;
mod store;

pub use account::{Account, Identity};
pub use credential_types::App;
pub use credentials::Credentials;
pub use oauth::{AuthServer, ConsentRequest, OFFLINE_ACCESS, TokenError};
pub(crate) use probe::login_failed;
pub use profile::{CloudSite, Grant, OAuthGrant, Profile, ProfileName, StoredPerson, Tokens};
pub(crate) use rotation::wait_for_renewals;
pub use session::{Access, Session};
pub use site::{SiteAddress, choose_site, is_encrypted_or_local, is_local};
pub use store::{LockedProfile, SaveOutcome, StorageLocation, Store};

pub use crate::error::Method;
