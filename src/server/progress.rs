//! Progress with words, for calls that take longer than a second.
//!
//! Whoever works on a call says what it is at; a [`Reporter`] tells the client, where the client wants to know, at a
//! rate that neither floods it nor lets it think that the call is dead.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use rmcp::{Peer, RoleServer};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::jira::ProgressListener;

/// The time before the first message: of calls that are done by then nothing is told.
const FIRST_MESSAGE_DELAY: Duration = Duration::from_secs(1);
/// The shortest time between two messages.
const MIN_MESSAGE_INTERVAL: Duration = Duration::from_millis(500);
/// The longest time between two messages: clients take a longer silence for a fault.
const MAX_MESSAGE_INTERVAL: Duration = Duration::from_secs(5);

/// The message of a call's progress where nothing sets another.
const WAITING: &str = "Waiting for Jira";

/// The progress of one call, in words.
#[derive(Debug, Clone)]
pub struct Progress(Arc<watch::Sender<String>>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(WAITING.into())))
    }
}

impl Progress {
    /// Says what the call is at now; only the latest words are kept.
    pub fn say(&self, words: impl Into<String>) {
        self.0.send_replace(words.into());
    }

    /// Says what the call is at as long as some work goes on.
    pub(super) async fn during<T>(&self, words: &str, work: impl Future<Output = T>) -> T {
        self.say(words);
        let outcome = work.await;
        self.say(WAITING);
        outcome
    }

    /// Lets Jira's client say what it waits for.
    pub(crate) fn listener(&self) -> ProgressListener {
        let progress = self.clone();
        ProgressListener::new(move |words| progress.say(words))
    }

    /// The reporter that tells the client of this progress, where the client asked for it.
    pub(super) fn reporter(&self, context: &RequestContext<RoleServer>) -> Reporter {
        let token = context.meta.get_progress_token();
        Reporter { progress: self.clone(), client: token.map(|token| (token, context.peer.clone())) }
    }
}

/// Tells a client of the progress of one call, as long as it is polled.
pub(super) struct Reporter {
    progress: Progress,
    client: Option<(ProgressToken, Peer<RoleServer>)>,
}

impl Reporter {
    /// Never ends: it is dropped with the call, so that nothing is told after the result.
    pub(super) async fn run(self) -> Infallible {
        let Some((token, peer)) = self.client else { return std::future::pending().await };
        let start = Instant::now();
        let mut news = self.progress.0.subscribe();
        let mut steps = 0_u32;
        sleep(FIRST_MESSAGE_DELAY).await;
        loop {
            steps += 1;
            let words = format!("{} ({} s so far)", *news.borrow_and_update(), start.elapsed().as_secs());
            let message = ProgressNotificationParam::new(token.clone(), steps.into()).with_message(words);
            if peer.notify_progress(message).await.is_err() {
                return std::future::pending().await;
            }
            sleep(MIN_MESSAGE_INTERVAL).await;
            // Either there are news, or it is time for a sign of life.
            let _ = timeout(MAX_MESSAGE_INTERVAL, news.changed()).await;
        }
    }
}
