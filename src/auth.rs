//! Who calls, and where to: the only place that knows hosts and secrets.
//!
//! [`Session::authorize`] gives each request its base URL and its `Authorization` header. On its
//! first call it finds out what the credentials are good for (a classic API token works on the
//! site itself, a scoped one only through Atlassian's gateway, which wants the cloudId), and keeps
//! that, with who the account is, for the whole session. It knows nothing of tools or of Jira
//! beyond the two addresses that tell this.

pub mod callback;
mod credentials;
mod lock;
pub mod login;
mod oauth;
pub mod page;
mod probe;
mod profile;
mod rotation;
mod sign_in;
mod site;
mod store;

use std::fmt;
use std::time::Instant;

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tokio::sync::{OnceCell, RwLock};
use url::Url;

pub use credentials::{App, Credentials};
pub use oauth::{AuthServer, ConsentRequest, NoTokens, OFFLINE_ACCESS};
pub(crate) use probe::login_failed;
pub use profile::{CloudSite, Grant, OAuthGrant, Profile, ProfileName, StoredPerson, Tokens};
pub(crate) use rotation::renewals_ended;
use sign_in::SignIn;
pub use site::{SiteAddress, choose, is_private, stays_here};
pub use store::{Held, Place, Store, Stored};

pub use crate::error::Method;
use crate::error::{Error, Result};

/// Where to sign in, and with what.
#[derive(Debug, Clone)]
pub struct Account {
    /// The site's address, where the operator gave it: API tokens need it, other ways to sign in know their sites.
    pub site: Option<SiteAddress>,
    /// The site that the operator picked where there are several: by name, address or cloudId.
    pub pick: Option<String>,
    /// What proves who calls.
    pub credentials: Credentials,
    /// Atlassian's gateway: `https://api.atlassian.com`, another host in tests and other clouds.
    pub api_url: Url,
    /// Atlassian's sign-in: `https://auth.atlassian.com`, another host in tests and other clouds.
    pub auth_url: Url,
    /// The cloudId, where the operator gave it; else it is asked for when needed.
    pub cloud_id: Option<String>,
}

impl Account {
    /// Credentials that nothing renews, on one site.
    #[must_use]
    pub fn on_site(site: SiteAddress, credentials: Credentials, api_url: Url) -> Self {
        // The sign-in server only renews, and is not asked.
        let auth_url = api_url.clone();
        Self { site: Some(site), pick: None, credentials, api_url, auth_url, cloud_id: None }
    }

    /// True where all that is said to Jira stays on this machine, so that no proxy may see it.
    #[must_use]
    pub fn stays_here(&self) -> bool {
        self.site.as_ref().is_some_and(|site| stays_here(&site.origin)) || stays_here(&self.api_url)
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
    /// The token in it, where it is one that is renewed.
    token: Option<SecretString>,
    generation: u64,
}

impl Access {
    /// Takes what it shows out of a reply that tells it again, as pages of proxies may: their words come through to people.
    pub(crate) fn conceal(&self, body: &mut Vec<u8>) {
        let shown = self.header.to_str().ok().and_then(|header| header.split_once(' '));
        let Some((_, proof)) = shown else { return };
        let pair =
            base64::engine::general_purpose::STANDARD.decode(proof).map(Zeroizing::new).unwrap_or_default();
        let token = pair.iter().position(|byte| *byte == b':').map(|colon| &pair[colon + 1..]);
        for secret in
            [Some(proof.as_bytes()), token].into_iter().flatten().filter(|secret| !secret.is_empty())
        {
            while let Some(at) = body.windows(secret.len()).position(|part| part == secret) {
                body.splice(at..at + secret.len(), *b"...");
            }
        }
    }
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
    /// Read at the first call: no keyring is asked before.
    sign_in: OnceCell<SignIn>,
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
        Self { account, http, sign_in: OnceCell::new(), state: RwLock::default() }
    }

    /// The base URL and header for one attempt at one request.
    ///
    /// # Errors
    /// [`Error::NotConfigured`], [`Error::SignIn`], [`Error::RateLimited`], [`Error::Unavailable`].
    pub async fn authorize(&self) -> Result<Access> {
        let (opened, generation) = self.open(false).await?;
        let (header, token) = self.sign_in().await?.proof().await?;
        Ok(Access { base: opened.base, header, token, generation })
    }

    /// Tells that Jira refused `access`, and says what is wrong now; `Ok` where the credentials
    /// are good after all, or were renewed, so that the request may be sent once more.
    ///
    /// # Errors
    /// [`Error::SignIn`] where Jira no longer takes the credentials; as [`Session::authorize`].
    pub async fn rejected(&self, access: &Access) -> Result<()> {
        let renewed = self.sign_in().await?.renew(access.token.as_ref()).await?;
        {
            let mut state = self.state.write().await;
            if state.generation == access.generation {
                state.is_open = false;
            }
        }
        self.open(renewed).await.map(drop)
    }

    /// What to say where Jira wants a scope that the credentials lack; `scopes` are those that the request needs.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn lacks_scope(&self, scopes: &[&str]) -> Result<Error> {
        Ok(self.sign_in().await?.missing_scope(scopes).into())
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

    /// The Jira sites that the sign-in opens.
    ///
    /// # Errors
    /// As [`Session::authorize`]; [`Error::Refused`] for API tokens, which do not tell.
    pub async fn sites(&self) -> Result<Vec<CloudSite>> {
        let account = self.account()?;
        let (_, token) = self.sign_in().await?.proof().await?;
        let token = token.ok_or_else(|| Error::Refused {
            problem: "This way to sign in does not tell which sites it opens".into(),
            hint: "Name the site.".into(),
        })?;
        AuthServer::new(&self.http, &account.auth_url, &account.api_url).sites(&token).await
    }

    /// A key that only this account has, for sealing what a client carries for it. It stays the
    /// same when tokens are renewed.
    ///
    /// # Errors
    /// [`Error::NotConfigured`], [`Error::SignIn`].
    pub async fn seal_key(&self, purpose: &str) -> Result<[u8; 32]> {
        let sign_in = self.sign_in().await?;
        let mut mac = Hmac::<Sha256>::new_from_slice(sign_in.lasting.expose_secret().as_bytes())
            .map_err(|_| Error::Internal("no key from the credentials".into()))?;
        mac.update(purpose.as_bytes());
        if let Some(site) = self.account()?.site.as_ref() {
            mac.update(site.origin.as_str().as_bytes());
        }
        mac.update(sign_in.holder.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().map_err(Clone::clone)
    }

    async fn sign_in(&self) -> Result<&SignIn> {
        let account = self.account()?;
        self.sign_in.get_or_try_init(|| SignIn::new(account, &self.http)).await
    }

    /// What is known of the account and the site, whether or not the credentials are still good.
    async fn found(&self) -> Result<Opened> {
        if let Some(found) = &self.state.read().await.found {
            return Ok(found.clone());
        }
        Ok(self.open(false).await?.0)
    }

    /// Opens the session once; callers at the same time wait for the one who does it, and share
    /// what comes of it. `renewed` tells that a token was renewed for it just now.
    async fn open(&self, renewed: bool) -> Result<(Opened, u64)> {
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
        let found = match self.look(account, state.found.as_ref(), renewed).await {
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

    async fn look(&self, account: &Account, before: Option<&Opened>, mut renewed: bool) -> Result<Opened> {
        let sign_in = self.sign_in().await?;
        loop {
            let (header, token) = sign_in.proof().await?;
            let visit =
                probe::Visit { http: &self.http, account, sign_in, header, token: token.as_ref(), before };
            match visit.open().await? {
                probe::Look::Opened(found) => return Ok(*found),
                probe::Look::Refused(error) => {
                    if renewed || !sign_in.renew(token.as_ref()).await? {
                        return Err(error);
                    }
                    renewed = true;
                }
            }
        }
    }
}

impl State {
    fn open(&self) -> Option<(Opened, u64)> {
        self.found.clone().filter(|_| self.is_open).map(|found| (found, self.generation))
    }
}
