//! The caller of a request, and the caller's limits, which a transport finds out before the server sees the request.
//!
//! On stdio that is the settings' own account. Over HTTP each request carries its [`Caller`] among the extensions of
//! its head, where everything that acts for somebody takes it from.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::Extensions;
use tokio::sync::Semaphore;

use super::policy::Policy;
use super::seal::StateKeys;
use crate::error::{Reader, Result};
use crate::jira::Client;

/// The caller: the account for which a request is made, with its limits.
#[derive(Debug, Clone)]
pub struct Caller {
    client: Result<Client>,
    sealed: Option<Sealed>,
    policy: Option<Arc<Policy>>,
    observer: Option<Arc<dyn Observer>>,
    watches: Option<Arc<Semaphore>>,
    reader: Reader,
    hold: Hold,
}

/// The keys that seal what this caller carries, and the name to which they are bound.
#[derive(Debug, Clone)]
struct Sealed {
    keys: StateKeys,
    identity: Arc<str>,
}

/// A value that lives as long as a request is worked on.
#[derive(Clone, Default)]
struct Hold(Option<Arc<dyn Any + Send + Sync>>);

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hold").field(&self.0.is_some()).finish()
    }
}

/// An observer that is told of every call.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A call of `tool`, which there is, has been answered.
    fn called(&self, tool: &str, is_error: bool, duration: Duration);
}

impl Caller {
    /// The settings' own account, or why there is none.
    #[must_use]
    pub fn new(client: Result<Client>) -> Self {
        Self {
            client,
            sealed: None,
            policy: None,
            observer: None,
            watches: None,
            reader: Reader::default(),
            hold: Hold::default(),
        }
    }

    /// The caller over HTTP, where the request tells.
    pub(super) fn of(extensions: &Extensions) -> Option<&Self> {
        let of_request = || extensions.get::<axum::http::request::Parts>()?.extensions.get();
        extensions.get().or_else(of_request)
    }

    /// The same caller beyond the request, for what goes on after it.
    pub(super) fn detached(self) -> Self {
        Self { hold: Hold::default(), ..self }
    }

    /// Seals with the keys of all replicas, bound to `identity`.
    #[must_use]
    pub fn sealed_with(mut self, keys: StateKeys, identity: Arc<str>) -> Self {
        self.sealed = Some(Sealed { keys, identity });
        self
    }

    /// Lets through only what `policy` does.
    #[must_use]
    pub fn within(mut self, policy: Option<Policy>) -> Self {
        self.policy = policy.map(Arc::new);
        self
    }

    /// Tells `observer` of each call.
    #[must_use]
    pub fn observed(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Watches no more resources at a time than there are places.
    #[must_use]
    pub fn watching(mut self, places: Arc<Semaphore>) -> Self {
        self.watches = Some(places);
        self
    }

    /// Tells it what is wrong in the words for this reader.
    #[must_use]
    pub fn read_by(mut self, reader: Reader) -> Self {
        self.reader = reader;
        self
    }

    /// The reader of what the caller is told.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader
    }

    /// Keeps `held` as long as the request is worked on, also where its client has gone away.
    #[must_use]
    pub fn holding(mut self, held: Arc<dyn Any + Send + Sync>) -> Self {
        self.hold = Hold(Some(held));
        self
    }

    /// Jira, as this caller.
    ///
    /// # Errors
    /// The error that keeps this server from having a client at all.
    pub fn jira(&self) -> Result<&Client> {
        self.client.as_ref().map_err(Clone::clone)
    }

    /// The keys for what this caller carries for `purpose`: the first one seals, each one opens.
    ///
    /// # Errors
    /// As [`Client::seal_key`].
    pub async fn seal_keys(&self, purpose: &str) -> Result<Vec<[u8; 32]>> {
        match &self.sealed {
            Some(sealed) => Ok(sealed.keys.derive(purpose, &sealed.identity)),
            None => Ok(vec![self.jira()?.seal_key(purpose).await?]),
        }
    }

    /// The caller's name in logs, which is stable and says nothing of the account.
    pub(super) fn name(&self) -> Option<&str> {
        self.sealed.as_ref().map(|sealed| &*sealed.identity)
    }

    /// The policy that narrows the tools for this caller, where there is one.
    pub(super) fn policy(&self) -> Option<&Policy> {
        self.policy.as_deref()
    }

    /// The limit on how much this caller watches, beside the limit of the process.
    pub(super) fn watches(&self) -> Option<&Arc<Semaphore>> {
        self.watches.as_ref()
    }

    pub(super) fn called(&self, tool: &str, is_error: bool, duration: Duration) {
        if let Some(observer) = &self.observer {
            observer.called(tool, is_error, duration);
        }
    }
}
