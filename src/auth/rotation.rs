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

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;
use url::Url;

use super::credential_types::{App, AuthHeader};
use super::current_tokens::{CurrentTokens, same_secret};
use super::oauth::{AuthServer, TokenError};
use super::profile::{Grant, OAuthGrant, Profile, ProfileName, Tokens};
use super::store::{LOCK_TIMEOUT, LockedProfile, Store};
use crate::error::{Error, GrantEnd, Result, SignInProblem};

/// Time for which a token that still works is used after a renewal that failed, before the next try.
const RENEWAL_RETRY_INTERVAL: Duration = Duration::from_secs(30);
/// Time to wait for other processes while the token at hand still works.
const OPTIONAL_LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for which the end of the process waits for renewals: longer than one exchange and its storing.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(25);

/// The renewals of this process that have begun.
static RENEWALS: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Waits for the renewals that have begun: Atlassian may have given a pair that is not kept yet.
pub(crate) async fn wait_for_renewals() {
    RENEWALS.close();
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, RENEWALS.wait()).await;
}

/// The source of new tokens.
#[derive(Debug, Clone)]
pub(super) enum TokenSource {
    /// A stored profile of somebody who signed in.
    Profile {
        store: Store,
        name: ProfileName,
        /// The account that it belongs to: another account's tokens are not taken in mid-session.
        account_id: String,
    },
    /// A service account.
    App(App),
}

/// One sign-in's tokens in this process. Cheap to clone.
#[derive(Clone)]
pub(super) struct Rotation(Arc<Shared>);

struct Shared {
    source: TokenSource,
    http: reqwest::Client,
    auth_url: Url,
    api_url: Url,
    current: RwLock<Option<CurrentTokens>>,
    /// The state of renewals, held by the one that renews.
    renewal: Mutex<RenewalState>,
}

/// State that one renewal leaves for the next.
#[derive(Default)]
struct RenewalState {
    /// The latest failure, for those who waited for it.
    failed: Option<(Instant, Error)>,
    unsaved: Option<UnsavedTokens>,
}

/// A pair that could not be stored yet: the one that is stored ends soon.
struct UnsavedTokens {
    /// The refresh token that it was made with, and the sign-in that this belongs to.
    before: SecretString,
    signed_in_at: Timestamp,
    tokens: Tokens,
}

/// The reason why there is no new token.
enum RenewalError {
    /// The sign-in has ended, or is not this one any more: none of its tokens is used.
    Final(Error),
    /// The renewal failed for a cause that may pass, and a token that still works is used meanwhile.
    Temporary(Error),
}

impl From<Error> for RenewalError {
    fn from(error: Error) -> Self {
        Self::Temporary(error)
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rotation").field(&self.0.source).finish()
    }
}

impl Rotation {
    pub(super) fn new(
        source: TokenSource,
        tokens: Option<Tokens>,
        http: reqwest::Client,
        auth_url: Url,
        api_url: Url,
    ) -> Self {
        let current = RwLock::new(tokens.map(CurrentTokens::new));
        Self(Arc::new(Shared { source, http, auth_url, api_url, current, renewal: Mutex::default() }))
    }

    /// A header with a token that is not about to end.
    ///
    /// # Errors
    /// [`Error::SignIn`] where the sign-in has ended, [`Error::RateLimited`] and [`Error::Unavailable`]
    /// where it can only not be renewed now.
    pub(super) async fn header(&self) -> Result<AuthHeader> {
        match self.0.current().filter(CurrentTokens::is_fresh) {
            Some(current) => current.header(),
            None => self.renew(None).await,
        }
    }

    /// Renews a token that Jira did not take, unless that has happened already.
    ///
    /// # Errors
    /// As [`Rotation::header`].
    pub(super) async fn rejected(&self, token: &SecretString) -> Result<()> {
        self.renew(Some(token.clone())).await.map(drop)
    }

    async fn renew(&self, refused: Option<SecretString>) -> Result<AuthHeader> {
        let (shared, called) = (Arc::clone(&self.0), Instant::now());
        // Whoever asks may go away; a renewal that has begun goes on until its pair is kept.
        RENEWALS
            .spawn(async move { shared.renew(refused.as_ref(), called).await })
            .await
            .map_err(|_| Error::Internal("renewing the sign-in broke off".into()))?
    }
}

impl Shared {
    fn current(&self) -> Option<CurrentTokens> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_current(&self, current: CurrentTokens) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(current);
    }

    async fn renew(&self, refused: Option<&SecretString>, called: Instant) -> Result<AuthHeader> {
        let mut renewal = self.renewal.lock().await;
        let known = self.current();
        if let Some(current) = known.as_ref().filter(|current| current.is_fresh() && !current.shows(refused))
        {
            return current.header();
        }
        if let Some((_, error)) = renewal.failed.as_ref().filter(|(at, _)| *at >= called) {
            return Err(error.clone());
        }
        let works = known.filter(|current| current.is_alive() && !current.shows(refused));
        let lock_timeout = if works.is_some() { OPTIONAL_LOCK_TIMEOUT } else { LOCK_TIMEOUT };
        let error = match self.fetch_tokens(refused, lock_timeout, &mut renewal.unsaved).await {
            Ok(tokens) => {
                let current = CurrentTokens::new(tokens);
                let header = current.header();
                self.set_current(current);
                return header;
            }
            Err(RenewalError::Temporary(error)) => {
                if let Some(mut current) = works.filter(CurrentTokens::is_alive) {
                    tracing::warn!("the sign-in cannot be renewed now, and is used as it is: {error}");
                    current.renew_after = Some(Instant::now() + RENEWAL_RETRY_INTERVAL);
                    let header = current.header();
                    self.set_current(current);
                    return header;
                }
                error
            }
            Err(RenewalError::Final(error)) => error,
        };
        renewal.failed = Some((Instant::now(), error.clone()));
        Err(error)
    }

    async fn fetch_tokens(
        &self,
        refused: Option<&SecretString>,
        lock_timeout: Duration,
        unsaved: &mut Option<UnsavedTokens>,
    ) -> std::result::Result<Tokens, RenewalError> {
        let server = AuthServer::new(&self.http, &self.auth_url, &self.api_url);
        match &self.source {
            TokenSource::App(app) => server.client_credentials(app).await.map_err(|failure| match failure {
                TokenError::Failed(error) => RenewalError::Temporary(error),
                TokenError::Ended => RenewalError::Final(SignInProblem::ServiceAccountRefused.into()),
            }),
            TokenSource::Profile { store, name, account_id } => {
                let locked = store.lock_within(name, lock_timeout).await?;
                let renewal = LockedRenewal { server, store, locked: &locked, name, account_id };
                renewal.renew(refused, unsaved).await
            }
        }
    }
}

/// A profile whose lock is held.
struct LockedRenewal<'a> {
    server: AuthServer<'a>,
    store: &'a Store,
    locked: &'a LockedProfile,
    name: &'a ProfileName,
    account_id: &'a str,
}

impl LockedRenewal<'_> {
    /// The stored tokens where another process has renewed them, else the next pair, kept.
    async fn renew(
        &self,
        refused: Option<&SecretString>,
        unsaved: &mut Option<UnsavedTokens>,
    ) -> std::result::Result<Tokens, RenewalError> {
        let mut shown: Option<SecretString> = None;
        loop {
            let Some(mut profile) = self.store.load(self.name).await? else {
                return Err(RenewalError::Final(not_signed_in(self.name)));
            };
            let grant = match &mut profile.grant {
                Grant::OAuth(grant) if profile.person.account_id == self.account_id => grant,
                _ => return Err(RenewalError::Final(self.replaced())),
            };
            // Ours is of no use where another process has stored a newer pair, or somebody has signed in anew.
            let waiting = unsaved.take().filter(|pair| pair.follows(grant));
            let was_unsaved = waiting.is_some();
            let pair = match waiting {
                Some(pair) => pair,
                None => {
                    let over = || RenewalError::Final(grant_ended(self.name, grant));
                    let tokens = grant.tokens.as_ref().ok_or_else(over)?;
                    let current = CurrentTokens::new(tokens.clone());
                    if current.is_fresh() && !current.shows(refused) {
                        return Ok(current.tokens);
                    }
                    let before = tokens.refresh.clone().ok_or_else(over)?;
                    if shown.as_ref().is_some_and(|shown| same_secret(shown, &before)) {
                        // Atlassian has said so, and nobody has stored a newer pair.
                        let over = over();
                        grant.tokens = None;
                        self.store.update(self.locked, &profile).await?;
                        return Err(over);
                    }
                    match self.server.refresh(&grant.app, &before).await {
                        Ok(mut renewed) => {
                            if renewed.scopes.is_empty() {
                                renewed.scopes.clone_from(&tokens.scopes);
                            }
                            UnsavedTokens { before, signed_in_at: grant.signed_in_at, tokens: renewed }
                        }
                        // Read once more: who signed in anew meanwhile, or elsewhere, has not ended.
                        Err(TokenError::Ended) => {
                            shown = Some(before);
                            continue;
                        }
                        Err(TokenError::Failed(error)) => return Err(error.into()),
                    }
                }
            };
            let tokens = pair.tokens.clone();
            grant.tokens = Some(tokens.clone());
            *unsaved = Some(pair);
            self.store.update(self.locked, &profile).await?;
            *unsaved = None;
            tracing::info!(profile = %self.name, "renewed the sign-in");
            // One that has waited may have ended meanwhile.
            if !was_unsaved {
                return Ok(tokens);
            }
        }
    }

    fn replaced(&self) -> Error {
        SignInProblem::ProfileReplaced { profile: self.name.to_string() }.into()
    }
}

impl UnsavedTokens {
    /// True where it is the next pair of this grant, whatever others have heard of the old one meanwhile.
    fn follows(&self, grant: &OAuthGrant) -> bool {
        let is_next = |tokens: &Tokens| {
            tokens.refresh.as_ref().is_some_and(|refresh| same_secret(refresh, &self.before))
        };
        grant.signed_in_at == self.signed_in_at && grant.tokens.as_ref().is_none_or(is_next)
    }
}

/// The error of a profile that is not there any more.
pub(super) fn not_signed_in(name: &ProfileName) -> Error {
    SignInProblem::NoProfile { profile: name.to_string() }.into()
}

/// The error of a grant that is over, with the reason as far as its dates tell.
pub(super) fn grant_ended(name: &ProfileName, grant: &OAuthGrant) -> Error {
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

/// The tokens of a stored profile, where [`TokenSource::Profile`] renews it.
pub(super) fn oauth_tokens(profile: &Profile) -> Option<&Tokens> {
    match &profile.grant {
        Grant::OAuth(grant) => grant.tokens.as_ref(),
        _ => None,
    }
}
