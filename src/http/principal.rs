//! The principal of a request: the account on whose behalf it is answered, and its quota.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::limits::MAX_SESSIONS;
use crate::error::Result;
use crate::jira::Client;
use crate::server::MAX_WATCHED;

/// The account on whose behalf requests are answered.
#[derive(Debug)]
pub(super) struct Principal {
    /// A name that is the same for the same account and tells nothing of it.
    pub(super) name: Arc<str>,
    /// The client for Jira, as this account.
    pub(super) client: Result<Client>,
    /// The limits of what it may have at the same time.
    pub(super) quota: Arc<Quota>,
}

/// The limits of what one principal may have at the same time.
#[derive(Debug)]
pub(super) struct Quota {
    /// The permits for requests in flight.
    pub(super) calls: Arc<Semaphore>,
    /// The permits for bodies that are being read or wait for a permit of `calls`, each of which takes memory.
    pub(super) bodies: Arc<Semaphore>,
    /// The permits for streams without a call.
    pub(super) streams: Arc<Semaphore>,
    /// The permits for resources that are watched.
    pub(super) watches: Arc<Semaphore>,
    /// The most sessions of older protocols.
    pub(super) sessions: usize,
    /// The number of permits in all, where nothing is held.
    total_permits: usize,
}

impl Quota {
    /// The quota of one account among many.
    pub(super) fn of_one_account() -> Self {
        Self::new(32, 64, 64, 64)
    }

    /// The quota of the one account that everybody uses.
    pub(super) fn of_shared_account() -> Self {
        Self::new(512, 8_192, MAX_WATCHED, MAX_SESSIONS)
    }

    fn new(calls: usize, streams: usize, watches: usize, sessions: usize) -> Self {
        let [calls, bodies, streams, watches] =
            [calls, 2 * calls, streams, watches].map(|count| Arc::new(Semaphore::new(count)));
        let mut quota = Self { calls, bodies, streams, watches, sessions, total_permits: 0 };
        quota.total_permits = quota.free_permits();
        quota
    }

    /// True where nothing is held.
    pub(super) fn is_idle(&self) -> bool {
        self.free_permits() == self.total_permits
    }

    fn free_permits(&self) -> usize {
        let semaphores = [&self.calls, &self.bodies, &self.streams, &self.watches];
        semaphores.iter().map(|semaphore| semaphore.available_permits()).sum()
    }
}
