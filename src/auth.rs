//! Who calls, and where to: the only place that knows hosts and secrets.
//!
//! [`Session::authorize`] gives each request its base URL and its `Authorization` header. On its
//! first call it finds out what the credentials are good for (a classic API token works on the
//! site itself, a scoped one only through Atlassian's gateway, which wants the cloudId), and keeps
//! that, with who the account is, for the whole session. It knows nothing of tools or of Jira
//! beyond the two addresses that tell this.

pub mod callback;
pub mod page;
mod probe;
mod site;

use std::fmt;
use std::time::Instant;

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tokio::sync::RwLock;
use url::Url;

pub(crate) use probe::login_failed;
pub use site::{SiteAddress, is_private, stays_here};

use crate::error::{Error, Result};

/// Where to sign in, and with what.
#[derive(Debug, Clone)]
pub struct Account {
    /// The site.
    pub site: SiteAddress,
    /// What proves who calls.
    pub credentials: Credentials,
    /// Atlassian's gateway: `https://api.atlassian.com`, another host in tests and other clouds.
    pub api_url: Url,
    /// The cloudId, where the operator gave it; else it is asked for when needed.
    pub cloud_id: Option<String>,
}

/// What proves who calls. Other ways to sign in become variants here.
#[derive(Clone)]
pub enum Credentials {
    /// E-mail and API token, classic or scoped.
    Basic {
        /// The account's e-mail address.
        email: String,
        /// The API token.
        token: SecretString,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { email, .. } => {
                f.debug_struct("Basic").field("email", email).finish_non_exhaustive()
            }
        }
    }
}

impl Credentials {
    fn header(&self) -> Result<HeaderValue> {
        let Self::Basic { email, token } = self;
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("{email}:{}", token.expose_secret()));
        let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
            .map_err(|_| Error::Internal("the credentials do not fit a header".into()))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn secret(&self) -> &SecretString {
        let Self::Basic { token, .. } = self;
        token
    }
}

/// The person or service account that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail address, where Jira shows it.
    pub email: Option<String>,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// Locale, such as `de_DE`: what translated names are in.
    pub locale: Option<String>,
}

/// What one request needs: where it goes and what it shows.
#[derive(Clone)]
pub struct Access {
    /// The address under which `rest/...` lives, ending in a slash.
    pub base: Url,
    /// The `Authorization` header, marked sensitive.
    pub header: HeaderValue,
    generation: u64,
}

/// What the first look at the site found.
#[derive(Debug, Clone)]
struct Opened {
    base: Url,
    browse: Url,
    identity: Identity,
}

/// One account's sign-in, shared by all its calls.
pub struct Session {
    account: std::result::Result<Account, Error>,
    http: reqwest::Client,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    /// What the latest look found. It stays when Jira refuses the credentials later: whose they
    /// are is the same, and the answer to a write that was done must not depend on them.
    found: Option<Opened>,
    /// True from a look that went well until Jira refuses the credentials.
    is_open: bool,
    /// Counts how often the session was opened, so that a refusal of an older access is known.
    generation: u64,
    /// When the latest look failed, and why: for those who waited for it.
    failed: Option<(Instant, Error)>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Session {
    /// A session that signs in at its first use. An `account` that could not be read from the
    /// settings is kept as its error, so that the server starts and each call says what to set.
    #[must_use]
    pub fn new(account: std::result::Result<Account, Error>, http: reqwest::Client) -> Self {
        Self { account, http, state: RwLock::default() }
    }

    /// The base URL and header for one attempt at one request.
    ///
    /// # Errors
    /// [`Error::NotConfigured`], [`Error::SignIn`], [`Error::RateLimited`], [`Error::Unavailable`].
    pub async fn authorize(&self) -> Result<Access> {
        let account = self.account()?;
        let (opened, generation) = self.open().await?;
        Ok(Access { base: opened.base, header: account.credentials.header()?, generation })
    }

    /// Tells that Jira refused `access`, and says what is wrong now; `Ok` where the credentials
    /// are good after all, so that the request may be sent once more.
    ///
    /// # Errors
    /// [`Error::SignIn`] where Jira no longer takes the credentials.
    pub async fn rejected(&self, access: &Access) -> Result<()> {
        {
            let mut state = self.state.write().await;
            if state.generation == access.generation {
                state.is_open = false;
            }
        }
        self.open().await.map(drop)
    }

    /// The account behind the credentials.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn identity(&self) -> Result<Identity> {
        Ok(self.found().await?.identity)
    }

    /// The site's address for people, ending in a slash: `https://acme.atlassian.net/`.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn browse_url(&self) -> Result<Url> {
        Ok(self.found().await?.browse)
    }

    /// A key that only this account has, for sealing what a client carries for it.
    ///
    /// # Errors
    /// [`Error::NotConfigured`].
    pub fn seal_key(&self, purpose: &str) -> Result<[u8; 32]> {
        let account = self.account()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(account.credentials.secret().expose_secret().as_bytes())
            .map_err(|_| Error::Internal("no key from the credentials".into()))?;
        mac.update(purpose.as_bytes());
        mac.update(account.site.origin.as_str().as_bytes());
        let Credentials::Basic { email, .. } = &account.credentials;
        mac.update(email.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().map_err(Clone::clone)
    }

    /// What is known of the account and the site, whether or not the credentials are still good.
    async fn found(&self) -> Result<Opened> {
        if let Some(found) = &self.state.read().await.found {
            return Ok(found.clone());
        }
        Ok(self.open().await?.0)
    }

    /// Opens the session once; callers at the same time wait for the one who does it, and share
    /// what comes of it.
    async fn open(&self) -> Result<(Opened, u64)> {
        let account = self.account()?;
        let called = Instant::now();
        if let Some(open) = self.state.read().await.open() {
            return Ok(open);
        }
        let mut state = self.state.write().await;
        if let Some(open) = state.open() {
            return Ok(open);
        }
        if let Some((_, error)) = state.failed.as_ref().filter(|(at, _)| *at >= called) {
            return Err(error.clone());
        }
        // Credentials that were taken once and are not any more have ended.
        let found = match probe::open(&self.http, account, state.found.is_some()).await {
            Ok(found) => found,
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                return Err(error);
            }
        };
        state.found = Some(found.clone());
        state.is_open = true;
        state.generation += 1;
        Ok((found, state.generation))
    }
}

impl State {
    fn open(&self) -> Option<(Opened, u64)> {
        self.found.clone().filter(|_| self.is_open).map(|found| (found, self.generation))
    }
}
