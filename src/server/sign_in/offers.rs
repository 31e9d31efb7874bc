//! The sign-in that a process has offered, and the calls that want it.

use std::sync::{Arc, OnceLock, Weak};

use tokio::sync::{Mutex, oneshot, watch};
use url::Url;

use crate::error::{Error, Result};
use crate::server::seal::StateKeys;

/// Sign-in that a process offers to its client.
#[derive(Debug, Default)]
pub(in crate::server) struct SignInOffers {
    /// The keys that seal the question: there is no account yet that could.
    keys: OnceLock<StateKeys>,
    pub(super) latest: Mutex<Option<Offer>>,
}

/// A handle of each call that wants the sign-in: without any, nobody listens for the browser.
pub(super) type Interest = Arc<oneshot::Sender<()>>;

/// A sign-in that was offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) pending: Pending,
    /// The handles of calls that ended with the question and will come back, and of users who agreed: they may be on
    /// the page still when their client gives the call up.
    pub(super) kept: Vec<Interest>,
}

/// A sign-in that waits for the browser; calls at the same time share it.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// The address of Atlassian's page.
    pub(super) url: Url,
    /// Its result, once there is one.
    pub(super) done: watch::Receiver<Option<Result<()>>>,
    pub(super) interest: Weak<oneshot::Sender<()>>,
}

impl SignInOffers {
    /// The keys that seal the question.
    pub(super) fn keys(&self) -> Result<StateKeys> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys.clone());
        }
        let keys = StateKeys::random()?;
        Ok(self.keys.get_or_init(|| keys).clone())
    }

    /// Lets the sign-in wait on after the call.
    pub(super) async fn keep(&self, interest: Option<Interest>) {
        if let Some(offer) = self.latest.lock().await.as_mut() {
            offer.kept.extend(interest);
        }
    }
}

impl Pending {
    /// Waits for the end of the sign-in.
    pub(super) async fn finished(mut self) -> Result<()> {
        match self.done.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(result)) => result.clone(),
            _ => Err(Error::Internal("the sign-in broke off".into())),
        }
    }

    /// Ends the sign-in where no other call wants it; nothing listens any more then.
    pub(super) async fn declined(mut self, interest: Option<Interest>) {
        drop(interest);
        if self.interest.strong_count() == 0 {
            let _ = self.done.wait_for(Option::is_some).await;
        }
    }
}
