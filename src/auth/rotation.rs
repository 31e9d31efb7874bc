//! Access tokens that end and are renewed, without a race.
//!
//! Atlassian's refresh tokens work once. Many processes share one sign-in, any may be killed at
//! any time, and nobody may be signed out by it. So: one renewal at a time in a process, on a task
//! of its own that the end of a call does not stop; one lock over all processes; under it the
//! stored tokens are read again, and used where another process has renewed them; a new pair is
//! kept before it is used, and one that cannot be kept now is not forgotten. A process killed
//! between Atlassian's answer and the store leaves the old pair, which Atlassian takes once more
//! for ten minutes; an ordinary end of the process waits for renewals.

use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;
use url::Url;

use super::credentials::{App, bearer_header};
use super::oauth::{AuthServer, NoTokens};
use super::profile::{Grant, OAuthGrant, Profile, ProfileName, Tokens};
use super::store::{Held, PATIENCE, Store};
use crate::error::{Error, GrantEnd, Result, SignInProblem};

/// How long before its end a token is renewed, where it lasts an hour.
const AHEAD: Duration = Duration::from_secs(300);
/// After a renewal that failed, how long a token that still works is used before the next try.
const PAUSE: Duration = Duration::from_secs(30);
/// How long to wait for other processes while the token at hand still works.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);
/// How far clocks of one machine may seem to go back without having been set.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
/// How long the end of the process waits for renewals: longer than one exchange and its storing.
const LAST_PATIENCE: Duration = Duration::from_secs(25);

/// The renewals of this process that have begun.
static RENEWALS: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Waits for renewals that have begun: Atlassian may have given a pair that is not kept yet.
pub(crate) async fn renewals_ended() {
    RENEWALS.close();
    let _ = tokio::time::timeout(LAST_PATIENCE, RENEWALS.wait()).await;
}

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
    /// Held by who renews.
    flight: Mutex<Flight>,
}

/// What renewals leave for the next.
#[derive(Default)]
struct Flight {
    /// The latest failure, for those who waited for it.
    failed: Option<(Instant, Error)>,
    unsaved: Option<Unsaved>,
}

/// A pair that could not be stored yet: the one that is stored ends soon.
struct Unsaved {
    /// The refresh token that it was made with, and the sign-in that this belongs to.
    before: SecretString,
    signed_in_at: Timestamp,
    tokens: Tokens,
}

/// Why there is no new token.
enum Failure {
    /// The sign-in has ended, or is not this one any more: none of its tokens is used.
    Over(Error),
    /// It may pass, and a token that still works is used meanwhile.
    Passing(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Passing(error)
    }
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
        RENEWALS
            .spawn(async move { shared.renew(refused.as_ref(), called).await })
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
        let mut flight = self.flight.lock().await;
        let known = self.current();
        if let Some(current) = known.as_ref().filter(|current| current.is_good() && !current.shows(refused)) {
            return current.proof();
        }
        if let Some((_, error)) = flight.failed.as_ref().filter(|(at, _)| *at >= called) {
            return Err(error.clone());
        }
        let works = known.filter(|current| current.is_alive() && !current.shows(refused));
        let patience = if works.is_some() { SHORT_PATIENCE } else { PATIENCE };
        let error = match self.fetch(refused, patience, &mut flight.unsaved).await {
            Ok(tokens) => {
                let current = Current::new(tokens);
                let proof = current.proof();
                self.take(current);
                return proof;
            }
            Err(Failure::Passing(error)) => {
                if let Some(mut current) = works.filter(Current::is_alive) {
                    tracing::warn!("the sign-in cannot be renewed now, and is used as it is: {error}");
                    current.pause = Some(Instant::now() + PAUSE);
                    let proof = current.proof();
                    self.take(current);
                    return proof;
                }
                error
            }
            Err(Failure::Over(error)) => error,
        };
        flight.failed = Some((Instant::now(), error.clone()));
        Err(error)
    }

    async fn fetch(
        &self,
        refused: Option<&SecretString>,
        patience: Duration,
        unsaved: &mut Option<Unsaved>,
    ) -> std::result::Result<Tokens, Failure> {
        let server = AuthServer::new(&self.http, &self.auth_url, &self.api_url);
        match &self.source {
            Source::App(app) => server.client_credentials(app).await.map_err(|failure| match failure {
                NoTokens::Failed(error) => Failure::Passing(error),
                NoTokens::Ended => Failure::Over(SignInProblem::ServiceAccountRefused.into()),
            }),
            Source::Profile { store, name, account_id } => {
                let held = store.hold_within(name, patience).await?;
                let stored = Stored { server, store, held: &held, name, account_id };
                stored.renew(refused, unsaved).await
            }
        }
    }
}

/// A profile whose lock is held.
struct Stored<'a> {
    server: AuthServer<'a>,
    store: &'a Store,
    held: &'a Held,
    name: &'a ProfileName,
    account_id: &'a str,
}

impl Stored<'_> {
    /// The stored tokens where another process has renewed them, else the next pair, kept.
    async fn renew(
        &self,
        refused: Option<&SecretString>,
        unsaved: &mut Option<Unsaved>,
    ) -> std::result::Result<Tokens, Failure> {
        let mut shown: Option<SecretString> = None;
        loop {
            let Some(mut profile) = self.store.load(self.name).await? else {
                return Err(Failure::Over(nobody(self.name)));
            };
            let grant = match &mut profile.grant {
                Grant::OAuth(grant) if profile.person.account_id == self.account_id => grant,
                _ => return Err(Failure::Over(self.changed())),
            };
            // Ours is of no use where another process has stored a newer pair, or somebody has signed in anew.
            let waiting = unsaved.take().filter(|pair| pair.follows(grant));
            let has_waited = waiting.is_some();
            let pair = match waiting {
                Some(pair) => pair,
                None => {
                    let over = || Failure::Over(ended(self.name, grant));
                    let tokens = grant.tokens.as_ref().ok_or_else(over)?;
                    let current = Current::new(tokens.clone());
                    if current.is_good() && !current.shows(refused) {
                        return Ok(current.tokens);
                    }
                    let before = tokens.refresh.clone().ok_or_else(over)?;
                    if shown.as_ref().is_some_and(|shown| same(shown, &before)) {
                        // Atlassian has said so, and nobody has stored a newer pair.
                        let over = over();
                        grant.tokens = None;
                        self.store.update(self.held, &profile).await?;
                        return Err(over);
                    }
                    match self.server.refresh(&grant.app, &before).await {
                        Ok(mut renewed) => {
                            if renewed.scopes.is_empty() {
                                renewed.scopes.clone_from(&tokens.scopes);
                            }
                            Unsaved { before, signed_in_at: grant.signed_in_at, tokens: renewed }
                        }
                        // Read once more: who signed in anew meanwhile, or elsewhere, has not ended.
                        Err(NoTokens::Ended) => {
                            shown = Some(before);
                            continue;
                        }
                        Err(NoTokens::Failed(error)) => return Err(error.into()),
                    }
                }
            };
            let tokens = pair.tokens.clone();
            grant.tokens = Some(tokens.clone());
            *unsaved = Some(pair);
            self.store.update(self.held, &profile).await?;
            *unsaved = None;
            tracing::info!(profile = %self.name, "renewed the sign-in");
            // One that has waited may have ended meanwhile.
            if !has_waited {
                return Ok(tokens);
            }
        }
    }

    fn changed(&self) -> Error {
        SignInProblem::ProfileReplaced { profile: self.name.to_string() }.into()
    }
}

impl Unsaved {
    /// True where it is the next pair of this grant, whatever others have heard of the old one meanwhile.
    fn follows(&self, grant: &OAuthGrant) -> bool {
        let is_next =
            |tokens: &Tokens| tokens.refresh.as_ref().is_some_and(|refresh| same(refresh, &self.before));
        grant.signed_in_at == self.signed_in_at && grant.tokens.as_ref().is_none_or(is_next)
    }
}

/// Said where a profile is not there any more.
pub(super) fn nobody(name: &ProfileName) -> Error {
    SignInProblem::NoProfile { profile: name.to_string() }.into()
}

/// Says that a grant is over, and why as far as its dates tell.
pub(super) fn ended(name: &ProfileName, grant: &OAuthGrant) -> Error {
    const DAY: i64 = 24 * 3600;
    let age = |since: Timestamp| Timestamp::now().duration_since(since).as_secs() / DAY;
    let unused = grant.tokens.as_ref().map(|tokens| age(tokens.obtained_at));
    let end = if age(grant.signed_in_at) >= 365 {
        GrantEnd::Expired
    } else if unused.is_some_and(|days| days >= 90) {
        GrantEnd::Unused
    } else {
        GrantEnd::Other
    };
    let since = grant.signed_in_at.strftime("%F").to_string();
    SignInProblem::GrantEnded { profile: name.to_string(), since, end }.into()
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
