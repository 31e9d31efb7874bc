//! Graceful shutdown of a server: no new requests, then no more calls, then no more streams.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The state of a server's shutdown. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Shutdown {
    begun: CancellationToken,
    streams_end: CancellationToken,
    calls: TaskTracker,
    connections: TaskTracker,
}

impl Shutdown {
    /// Begins the shutdown.
    pub(super) fn begin(&self) {
        self.begun.cancel();
    }

    /// True once the server takes no new requests.
    pub(super) fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// The token that is cancelled when the server takes no new requests.
    pub(super) fn begun(&self) -> CancellationToken {
        self.begun.clone()
    }

    /// The token that is cancelled when every stream must end.
    pub(super) fn streams_end(&self) -> CancellationToken {
        self.streams_end.clone()
    }

    /// A token to be kept as long as a call is worked on.
    pub(super) fn call_token(&self) -> TaskTrackerToken {
        self.calls.token()
    }

    /// The number of calls that are worked on.
    pub(super) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Runs a connection that the shutdown waits for.
    pub(super) fn spawn_connection(&self, connection: impl Future<Output = ()> + Send + 'static) {
        self.connections.spawn(connection);
    }

    /// The number of open connections.
    pub(super) fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Waits until everything has ended: calls for as long as `drain`, then connections for as long as `close`.
    pub(super) async fn finish(&self, drain: Duration, close: Duration) {
        self.begun.cancelled().await;
        self.calls.close();
        if tokio::time::timeout(drain, self.calls.wait()).await.is_err() {
            tracing::warn!(calls = self.calls.len(), "calls are cut off: they took too long to end");
        }
        self.streams_end.cancel();
        self.connections.close();
        let _ = tokio::time::timeout(close, self.connections.wait()).await;
    }
}
