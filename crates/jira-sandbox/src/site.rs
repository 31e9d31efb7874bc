//! One Jira site: what it is, and all of it that changes.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    exchange::ExchangeLog, faults::Faults, identity::ApiTokens, index::Index, info::SiteInfo,
    limits::WriteLimits, options::Options, world::World,
};

/// One Jira.
pub(super) struct Site {
    pub(super) cloud_id: String,
    /// The name that the list of an app's sites shows.
    pub(super) name: String,
    pub(super) url: String,
    /// Address of the media store.
    pub(super) media: String,
    pub(super) latency: Duration,
    pub(super) short_pages: bool,
    state: Mutex<SiteState>,
}

/// The part of a site that changes.
pub(super) struct SiteState {
    pub(super) world: World,
    pub(super) index: Index,
    pub(super) tokens: ApiTokens,
    pub(super) faults: Faults,
    pub(super) meanwhile: Vec<ScheduledChange>,
    pub(super) limits: WriteLimits,
    pub(super) exchanges: ExchangeLog,
    /// Counts replies, for ids that differ.
    pub(super) replies: u64,
}

/// A change by somebody else that comes right before a request.
pub(super) struct ScheduledChange {
    /// The method of the request.
    pub(super) method: String,
    /// A part of the request's path.
    pub(super) path: String,
    pub(super) change: Box<dyn FnOnce(&mut World) + Send>,
}

impl SiteState {
    pub(super) fn new(world: World, index: Index, tokens: ApiTokens) -> Self {
        Self {
            world,
            index,
            tokens,
            faults: Faults::default(),
            meanwhile: Vec::new(),
            limits: WriteLimits::default(),
            exchanges: ExchangeLog::default(),
            replies: 0,
        }
    }
}

impl Site {
    pub(super) fn new(place: &SiteInfo, media: String, options: &Options, state: SiteState) -> Self {
        let SiteInfo { cloud_id, name, url } = place.clone();
        let (latency, short_pages) = (options.latency, options.short_pages);
        Self { cloud_id, name, url, media, latency, short_pages, state: Mutex::new(state) }
    }

    /// The state; a handler that panicked leaves it as it is.
    pub(super) fn lock(&self) -> MutexGuard<'_, SiteState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
