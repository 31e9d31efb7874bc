//! The limits on how much is watched, for one client and in the whole process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rmcp::ErrorData;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

use crate::server::identity::Caller;

/// Resources that one client may watch at a time.
pub(super) const MAX_WATCHED_PER_CLIENT: usize = 32;
/// Resources that are watched in the whole process.
pub(crate) const MAX_WATCHED: usize = 512;

/// The places for watched resources in this process.
#[derive(Debug)]
pub(in crate::server) struct Watches(Arc<Semaphore>);

impl Default for Watches {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_WATCHED)))
    }
}

impl Watches {
    /// Places for this many more, of the caller's own and of the process's.
    pub(super) fn places(
        &self,
        caller: &Caller,
        count: usize,
    ) -> Result<Vec<OwnedSemaphorePermit>, ErrorData> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let limits = caller.watches().into_iter().chain([&self.0]);
        limits.map(|limit| Arc::clone(limit).try_acquire_many_owned(count).map_err(|_| too_many())).collect()
    }
}

/// The resources that one client watches by `resources/subscribe`; they end with the connection.
#[derive(Debug, Default)]
pub(in crate::server) struct Connection(pub(super) Mutex<HashMap<String, Watch>>);

/// A task that is stopped with this.
#[derive(Debug)]
pub(super) struct Watch(pub(super) AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The refusal of more.
pub(super) fn too_many() -> ErrorData {
    ErrorData::invalid_request(
        format!(
            "too much is watched already; one client may watch {MAX_WATCHED_PER_CLIENT} resources at a time"
        ),
        None,
    )
}
