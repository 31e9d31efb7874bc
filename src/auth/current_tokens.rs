//! The tokens in memory, and the time for which they are good.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::credential_types::AuthHeader;
use super::profile::Tokens;
use crate::error::Result;

/// Time before its end at which a token is renewed, where it lasts an hour.
const RENEWAL_MARGIN: Duration = Duration::from_secs(300);
/// Time by which clocks of one machine may seem to go back without having been set.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// A pair of tokens in memory.
#[derive(Clone)]
pub(super) struct CurrentTokens {
    pub(super) tokens: Tokens,
    /// The time at which it came into this process, by a clock that is never set, and the time that it then had left.
    since: Instant,
    left: Duration,
    /// The time before which the token is not renewed ahead of its end.
    pub(super) renew_after: Option<Instant>,
}

impl CurrentTokens {
    pub(super) fn new(tokens: Tokens) -> Self {
        let now = Timestamp::now();
        let left = if tokens.obtained_at > now.saturating_add(CLOCK_TOLERANCE).unwrap_or(now) {
            // Made in the future: the clock was set back, and nothing tells how long it lasts.
            Duration::ZERO
        } else {
            Duration::try_from(tokens.expires_at.duration_since(now)).unwrap_or_default()
        };
        Self { tokens, since: Instant::now(), left, renew_after: None }
    }

    /// True while Jira should take it: both clocks must say so, as the one does not run while the
    /// machine sleeps and the other may be set.
    pub(super) fn is_alive(&self) -> bool {
        Timestamp::now() < self.tokens.expires_at && self.since.elapsed() < self.left
    }

    /// True while there is no need to renew it.
    pub(super) fn is_fresh(&self) -> bool {
        let lifetime = self.tokens.expires_at.duration_since(self.tokens.obtained_at);
        let ahead = RENEWAL_MARGIN.min(Duration::try_from(lifetime).unwrap_or_default() / 10);
        let until =
            self.tokens.expires_at.saturating_sub(SignedDuration::try_from(ahead).unwrap_or_default());
        let early =
            until.is_ok_and(|until| Timestamp::now() >= until) || self.since.elapsed() + ahead >= self.left;
        let paused = self.renew_after.is_some_and(|time| Instant::now() < time);
        self.is_alive() && (!early || paused)
    }

    /// True where its access token is this one.
    pub(super) fn shows(&self, token: Option<&SecretString>) -> bool {
        token.is_some_and(|token| same_secret(token, &self.tokens.access))
    }

    /// The header that shows its access token.
    pub(super) fn header(&self) -> Result<AuthHeader> {
        AuthHeader::renewed(&self.tokens.access)
    }
}

/// Compares this process's own secrets with each other: no stranger learns from the time it takes.
pub(super) fn same_secret(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
