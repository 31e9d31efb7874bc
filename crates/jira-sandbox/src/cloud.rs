//! The cloud of one sandbox: its sites, and the sign-in that they share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{info::Info, oauth::Authority, site::Site};

/// Atlassian's part of the cloud, and the sites on it.
pub(super) struct Cloud {
    pub(super) info: Info,
    /// The first is the site that most have alone.
    pub(super) sites: Vec<Site>,
    authority: Mutex<Authority>,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cloud").field("url", &self.info.url).finish_non_exhaustive()
    }
}

impl Cloud {
    pub(super) fn new(info: Info, sites: Vec<Site>, authority: Authority) -> Self {
        Self { info, sites, authority: Mutex::new(authority) }
    }

    /// The first site.
    pub(super) fn first_site(&self) -> &Site {
        &self.sites[0]
    }

    /// A site by its cloudId.
    pub(super) fn site(&self, cloud_id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.cloud_id == cloud_id)
    }

    /// The sign-ins of apps. Never taken while a site is locked.
    pub(super) fn authority(&self) -> MutexGuard<'_, Authority> {
        self.authority.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time: the first site's clock is everybody's for what runs out.
    pub(super) fn now(&self) -> Timestamp {
        self.first_site().lock().world.clock.now()
    }

    /// Lets a token of any kind run out; an API token can work again.
    pub(super) fn expire(&self, token: &str, expired: bool) {
        for site in &self.sites {
            site.lock().tokens.set_expired(token, expired);
        }
        if expired {
            self.authority().end_access(token);
        }
    }

    /// Moves the clocks of all sites forward.
    pub(super) fn advance(&self, by: SignedDuration) {
        for site in &self.sites {
            site.lock().world.clock.advance(by);
        }
    }
}
