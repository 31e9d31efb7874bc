//! Access tokens that end and are renewed, without a race.
//!
//! Atlassian's refresh tokens work once. Many processes share one sign-in, any may be killed at
//! any time, and nobody may be signed out by it. So: one renewal at a time in a process, on a task
//! of its own that the end of a call does not stop; one lock over all processes; under it the
//! stored tokens are read again, and used where another process has renewed them; a new pair is
//! kept before it is used. A process killed between Atlassian's answer and the store leaves the
//! old pair, which Atlassian takes once more for ten minutes.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

use super::credentials::{App, bearer_header};
use super::oauth::{AuthServer, NoTokens};
use super::profile::{Grant, OAuthGrant, Profile, ProfileName, Tokens};
use super::store::{Held, PATIENCE, Store};
use crate::error::{Error, Result};

/// How long before its end a token is renewed, where it lasts an hour.
const AHEAD: Duration = Duration::from_secs(300);
/// After a renewal that failed, how long a token that still works is used before the next try.
const PAUSE: Duration = Duration::from_secs(30);
/// How long to wait for other processes while the token at hand still works.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);
/// How far clocks of one machine may seem to go back without having been set.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Where new tokens come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A stored profile of somebody who signed in.
    Profile {
        store: Store,
        name: ProfileName,
        /// Whose it is: another account's tokens are not taken in mid-session.
        account_id: String,
    },
    /// A service account.
    App(App),
}

/// A header that works now.
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) header: HeaderValue,
    /// Which token it shows, for [`Rotation::rejected`].
    pub(super) token: SecretString,
}

/// One sign-in's tokens in this process. Cheap to clone.
#[derive(Clone)]
pub(super) struct Rotation(Arc<Shared>);

struct Shared {
    source: Source,
    http: reqwest::Client,
    auth_url: Url,
    api_url: Url,
    current: RwLock<Option<Current>>,
    /// Held by who renews; the latest failure, for those who waited for it.
    flight: Mutex<Option<(Instant, Error)>>,
}

/// A token in memory.
#[derive(Clone)]
struct Current {
    tokens: Tokens,
    /// When it came into this process, and how long it then had: this clock is never set.
    since: Instant,
    left: Duration,
    /// No renewal ahead of its end before this.
    pause: Option<Instant>,
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rotation").field(&self.0.source).finish()
    }
}

impl Rotation {
    pub(super) fn new(
        source: Source,
        tokens: Option<Tokens>,
        http: reqwest::Client,
        auth_url: Url,
        api_url: Url,
    ) -> Self {
        let current = RwLock::new(tokens.map(Current::new));
        Self(Arc::new(Shared { source, http, auth_url, api_url, current, flight: Mutex::default() }))
    }

    /// A header with a token that is not about to end.
    ///
    /// # Errors
    /// [`Error::SignIn`] where the sign-in has ended, [`Error::RateLimited`] and [`Error::Unavailable`]
    /// where it can only not be renewed now.
    pub(super) async fn proof(&self) -> Result<Proof> {
        match self.0.current().filter(Current::is_good) {
            Some(current) => current.proof(),
            None => self.renew(None).await,
        }
    }

    /// Renews a token that Jira did not take, unless that has happened already.
    ///
    /// # Errors
    /// As [`Rotation::proof`].
    pub(super) async fn rejected(&self, token: &SecretString) -> Result<()> {
        self.renew(Some(token.clone())).await.map(drop)
    }

    async fn renew(&self, refused: Option<SecretString>) -> Result<Proof> {
        let (shared, called) = (Arc::clone(&self.0), Instant::now());
        // Whoever asks may go away; a renewal that has begun goes on until its pair is kept.
        tokio::spawn(async move { shared.renew(refused.as_ref(), called).await })
            .await
            .map_err(|_| Error::Internal("renewing the sign-in broke off".into()))?
    }
}

impl Shared {
    fn current(&self) -> Option<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take(&self, current: Current) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(current);
    }

    async fn renew(&self, refused: Option<&SecretString>, called: Instant) -> Result<Proof> {
        let mut failed = self.flight.lock().await;
        let known = self.current();
        if let Some(current) = known.as_ref().filter(|current| current.is_good() && !current.shows(refused)) {
            return current.proof();
        }
        if let Some((_, error)) = failed.as_ref().filter(|(at, _)| *at >= called) {
            return Err(error.clone());
        }
        let works = known.filter(|current| current.is_alive() && !current.shows(refused));
        let patience = if works.is_some() { SHORT_PATIENCE } else { PATIENCE };
        let error = match self.fetch(refused, patience).await {
            Ok(tokens) => {
                let current = Current::new(tokens);
                let proof = current.proof();
                self.take(current);
                return proof;
            }
            Err(error) => error,
        };
        // An outage ends nothing: a token that Jira still takes is used for as long as it lasts.
        let is_outage = matches!(error, Error::Unavailable { .. } | Error::RateLimited { .. });
        if is_outage && let Some(mut current) = works.filter(Current::is_alive) {
            tracing::warn!("the sign-in cannot be renewed now, and is used as it is: {error}");
            current.pause = Some(Instant::now() + PAUSE);
            let proof = current.proof();
            self.take(current);
            return proof;
        }
        *failed = Some((Instant::now(), error.clone()));
        Err(error)
    }

    async fn fetch(&self, refused: Option<&SecretString>, patience: Duration) -> Result<Tokens> {
        let server = AuthServer::new(&self.http, &self.auth_url, &self.api_url);
        match &self.source {
            Source::App(app) => server.client_credentials(app).await.map_err(|failure| match failure {
                NoTokens::Failed(error) => error,
                NoTokens::Ended => Error::SignIn {
                    problem: "Atlassian does not take the service account's client id and secret".into(),
                    fix: "Make new credentials for it in https://admin.atlassian.com.".into(),
                },
            }),
            Source::Profile { store, name, account_id } => {
                let held = store.hold_within(name, patience).await?;
                renew_stored(&server, store, &held, name, account_id, refused).await
            }
        }
    }
}

/// The stored tokens where another process has renewed them, else the next pair, kept.
async fn renew_stored(
    server: &AuthServer<'_>,
    store: &Store,
    held: &Held,
    name: &ProfileName,
    account_id: &str,
    refused: Option<&SecretString>,
) -> Result<Tokens> {
    let mut shown: Option<SecretString> = None;
    loop {
        let Some(mut profile) = store.load(name).await? else { return Err(nobody(name)) };
        let changed = || Error::SignIn {
            problem: format!("`{name}` now belongs to another sign-in"),
            fix: "Restart this server to use it.".into(),
        };
        if profile.person.account_id != account_id {
            return Err(changed());
        }
        let Grant::OAuth(grant) = &mut profile.grant else { return Err(changed()) };
        let Some(tokens) = &grant.tokens else { return Err(ended(name, grant)) };
        let current = Current::new(tokens.clone());
        if current.is_good() && !current.shows(refused) {
            return Ok(current.tokens);
        }
        let Some(refresh) = tokens.refresh.clone() else { return Err(ended(name, grant)) };
        if shown.as_ref().is_some_and(|shown| same(shown, &refresh)) {
            // Atlassian has said so, and nobody has stored a newer pair.
            let error = ended(name, grant);
            grant.tokens = None;
            store.update(held, &profile).await?;
            return Err(error);
        }
        match server.refresh(&grant.app, &refresh).await {
            Ok(mut renewed) => {
                if renewed.scopes.is_empty() {
                    renewed.scopes.clone_from(&tokens.scopes);
                }
                grant.tokens = Some(renewed.clone());
                store.update(held, &profile).await?;
                tracing::info!(profile = %name, "renewed the sign-in");
                return Ok(renewed);
            }
            // Read once more: who signed in anew meanwhile, or elsewhere, has not ended.
            Err(NoTokens::Ended) => shown = Some(refresh),
            Err(NoTokens::Failed(error)) => return Err(error),
        }
    }
}

/// Said where a profile is not there any more.
pub(super) fn nobody(name: &ProfileName) -> Error {
    Error::SignIn {
        problem: format!("Nobody is signed in as `{name}`"),
        fix: format!("Run: mcp-server-jira auth login --profile {name}"),
    }
}

/// Says that a grant is over, and why as far as its dates tell.
pub(super) fn ended(name: &ProfileName, grant: &OAuthGrant) -> Error {
    const DAY: i64 = 24 * 3600;
    let age = |since: Timestamp| Timestamp::now().duration_since(since).as_secs() / DAY;
    let unused = grant.tokens.as_ref().map(|tokens| age(tokens.obtained_at));
    let why = if age(grant.signed_in_at) >= 365 {
        "365 days have passed since then"
    } else if unused.is_some_and(|days| days >= 90) {
        "it was not used for 90 days"
    } else {
        "it was revoked, or the account's password was changed"
    };
    Error::SignIn {
        problem: format!(
            "Atlassian has ended the sign-in `{name}` of {}: {why}",
            grant.signed_in_at.strftime("%F")
        ),
        fix: format!("Sign in again: mcp-server-jira auth login --profile {name}"),
    }
}

impl Current {
    fn new(tokens: Tokens) -> Self {
        let now = Timestamp::now();
        let left = if tokens.obtained_at > now.saturating_add(TOLERANCE).unwrap_or(now) {
            // Made in the future: the clock was set back, and nothing tells how long it lasts.
            Duration::ZERO
        } else {
            Duration::try_from(tokens.expires_at.duration_since(now)).unwrap_or_default()
        };
        Self { tokens, since: Instant::now(), left, pause: None }
    }

    /// True while Jira should take it: both clocks must say so, as the one does not run while the
    /// machine sleeps and the other may be set.
    fn is_alive(&self) -> bool {
        Timestamp::now() < self.tokens.expires_at && self.since.elapsed() < self.left
    }

    /// True while there is no need to renew it.
    fn is_good(&self) -> bool {
        let lifetime = self.tokens.expires_at.duration_since(self.tokens.obtained_at);
        let ahead = AHEAD.min(Duration::try_from(lifetime).unwrap_or_default() / 10);
        let until =
            self.tokens.expires_at.saturating_sub(SignedDuration::try_from(ahead).unwrap_or_default());
        let early =
            until.is_ok_and(|until| Timestamp::now() >= until) || self.since.elapsed() + ahead >= self.left;
        let paused = self.pause.is_some_and(|pause| Instant::now() < pause);
        self.is_alive() && (!early || paused)
    }

    fn shows(&self, token: Option<&SecretString>) -> bool {
        token.is_some_and(|token| same(token, &self.tokens.access))
    }

    fn proof(&self) -> Result<Proof> {
        Ok(Proof { header: bearer_header(&self.tokens.access)?, token: self.tokens.access.clone() })
    }
}

/// Compares this process's own secrets with each other: no stranger learns from the time it takes.
fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

/// True where a stored profile is one that [`Source::Profile`] renews.
pub(super) fn tokens(profile: &Profile) -> Option<&Tokens> {
    match &profile.grant {
        Grant::OAuth(grant) => grant.tokens.as_ref(),
        _ => None,
    }
}
