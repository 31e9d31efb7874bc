//! The end of a server in order: no new requests, then no more calls, then no more streams.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How far a server is on its way to its end. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    asked: CancellationToken,
    ended: CancellationToken,
    calls: TaskTracker,
    connections: TaskTracker,
}

impl Stop {
    /// Asks the server to end.
    pub(super) fn ask(&self) {
        self.asked.cancel();
    }

    /// True once the server takes no new requests.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_cancelled()
    }

    /// Comes when the server takes no new requests.
    pub(super) fn asked(&self) -> CancellationToken {
        self.asked.clone()
    }

    /// Comes when every stream must end.
    pub(super) fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// To be kept as long as a call is worked on.
    pub(super) fn call(&self) -> TaskTrackerToken {
        self.calls.token()
    }

    /// How many calls are worked on.
    pub(super) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Runs a connection that the end waits for.
    pub(super) fn spawn(&self, connection: impl Future<Output = ()> + Send + 'static) {
        self.connections.spawn(connection);
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Waits until everything has ended: calls for as long as `drain`, then connections for as long as `close`.
    pub(super) async fn finish(&self, drain: Duration, close: Duration) {
        self.asked.cancelled().await;
        self.calls.close();
        if tokio::time::timeout(drain, self.calls.wait()).await.is_err() {
            tracing::warn!(calls = self.calls.len(), "calls are cut off: they took too long to end");
        }
        self.ended.cancel();
        self.connections.close();
        let _ = tokio::time::timeout(close, self.connections.wait()).await;
    }
}
