//! One account's sign-in, shared by all its calls.

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

use super::account::{Account, Identity};
use super::credential_types::AuthHeader;
use super::oauth::AuthServer;
use super::probe::{OpenedSite, ProbeResult, SiteProbe};
use super::profile::CloudSite;
use super::sign_in::SignIn;
use crate::error::{Error, Result};

/// Access for one request: its base address and its header.
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
    /// Takes its secrets out of a reply that tells them again, as pages of proxies may: their words come through to people.
    pub(crate) fn redact(&self, body: &mut Vec<u8>) {
        let header = self.header.to_str().ok().and_then(|header| header.split_once(' '));
        let Some((_, credentials)) = header else { return };
        let pair = base64::engine::general_purpose::STANDARD
            .decode(credentials)
            .map(Zeroizing::new)
            .unwrap_or_default();
        let token = pair.iter().position(|byte| *byte == b':').map(|colon| &pair[colon + 1..]);
        for secret in
            [Some(credentials.as_bytes()), token].into_iter().flatten().filter(|secret| !secret.is_empty())
        {
            while let Some(at) = body.windows(secret.len()).position(|part| part == secret) {
                body.splice(at..at + secret.len(), *b"...");
            }
        }
    }
}

/// One account's sign-in, shared by all its calls.
pub struct Session {
    account: std::result::Result<Account, Error>,
    http: reqwest::Client,
    /// The way to sign in, read at the first call: no keyring is asked before.
    sign_in: OnceCell<SignIn>,
    state: RwLock<SessionState>,
}

#[derive(Default)]
struct SessionState {
    /// The site that the latest probe opened. It stays when Jira refuses the credentials later: whose they
    /// are is the same, and the answer to a write that was done must not depend on them.
    opened: Option<OpenedSite>,
    /// True from a probe that went well until Jira refuses the credentials.
    is_open: bool,
    /// Counts how often the session was opened, so that a refusal of an older access is known.
    generation: u64,
    /// The time and the error of the latest failed probe, for those who waited for it.
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
        let AuthHeader { value, token } = self.sign_in().await?.header().await?;
        Ok(Access { base: opened.base, header: value, token, generation })
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

    /// The error where Jira wants a scope that the credentials lack; `scopes` are those that the request needs.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn missing_scope(&self, scopes: &[&str]) -> Result<Error> {
        Ok(self.sign_in().await?.missing_scope(scopes).into())
    }

    /// The account behind the credentials.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn identity(&self) -> Result<Identity> {
        Ok(self.opened_site().await?.identity)
    }

    /// The site's address for people, ending in a slash: `https://acme.atlassian.net/`.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn browse_url(&self) -> Result<Url> {
        Ok(self.opened_site().await?.browse)
    }

    /// The Jira sites that the sign-in opens.
    ///
    /// # Errors
    /// As [`Session::authorize`]; [`Error::Refused`] for API tokens, which do not tell.
    pub async fn sites(&self) -> Result<Vec<CloudSite>> {
        let account = self.account()?;
        let token = self.sign_in().await?.header().await?.token.ok_or_else(|| Error::Refused {
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
        let mut mac = Hmac::<Sha256>::new_from_slice(sign_in.lasting_secret.expose_secret().as_bytes())
            .map_err(|_| Error::Internal("no key from the credentials".into()))?;
        mac.update(purpose.as_bytes());
        if let Some(site) = self.account()?.site.as_ref() {
            mac.update(site.origin.as_str().as_bytes());
        }
        mac.update(sign_in.account_key.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    fn account(&self) -> Result<&Account> {
        self.account.as_ref().map_err(Clone::clone)
    }

    async fn sign_in(&self) -> Result<&SignIn> {
        let account = self.account()?;
        self.sign_in.get_or_try_init(|| SignIn::new(account, &self.http)).await
    }

    /// The account and the site as they are known, whether or not the credentials are still good.
    async fn opened_site(&self) -> Result<OpenedSite> {
        if let Some(opened) = &self.state.read().await.opened {
            return Ok(opened.clone());
        }
        Ok(self.open(false).await?.0)
    }

    /// Opens the session once; callers at the same time wait for the one who does it, and share
    /// what comes of it. `renewed` tells that a token was renewed for it just now.
    async fn open(&self, renewed: bool) -> Result<(OpenedSite, u64)> {
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
        let found = match self.probe(account, state.opened.as_ref(), renewed).await {
            Ok(found) => found,
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                return Err(error);
            }
        };
        state.opened = Some(found.clone());
        state.is_open = true;
        state.generation += 1;
        Ok((found, state.generation))
    }

    async fn probe(
        &self,
        account: &Account,
        before: Option<&OpenedSite>,
        mut renewed: bool,
    ) -> Result<OpenedSite> {
        let sign_in = self.sign_in().await?;
        loop {
            let header = sign_in.header().await?;
            let probe = SiteProbe { http: &self.http, account, sign_in, header: &header, before };
            match probe.run().await? {
                ProbeResult::Opened(site) => return Ok(*site),
                ProbeResult::Refused(error) => {
                    if renewed || !sign_in.renew(header.token.as_ref()).await? {
                        return Err(error);
                    }
                    renewed = true;
                }
            }
        }
    }
}

impl SessionState {
    fn open(&self) -> Option<(OpenedSite, u64)> {
        self.opened.clone().filter(|_| self.is_open).map(|opened| (opened, self.generation))
    }
}
