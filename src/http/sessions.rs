//! The sessions of protocols up to 2025-11-25: each one belongs to who opened it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use super::identity::Person;

/// How many sessions there are at most, over everybody.
pub(super) const MOST: usize = 10_000;
/// How long a session may rest.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// How many owners of ended sessions are kept before they are looked for.
const SLACK: usize = 64;

/// The open sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    manager: Arc<LocalSessionManager>,
    owners: Mutex<HashMap<Arc<str>, Owner>>,
}

#[derive(Debug)]
struct Owner {
    name: Arc<str>,
    since: Instant,
}

impl Sessions {
    pub(super) fn new() -> Self {
        let mut manager = LocalSessionManager::default();
        manager.session_config.keep_alive = Some(IDLE);
        Self { manager: Arc::new(manager), owners: Mutex::default() }
    }

    /// Where the sessions live.
    pub(super) fn manager(&self) -> Arc<LocalSessionManager> {
        Arc::clone(&self.manager)
    }

    /// True where this person opened the session.
    pub(super) fn is_of(&self, id: &str, person: &Person) -> bool {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.get(id).is_some_and(|owner| owner.name == person.name)
    }

    /// Notes who opened a session, and closes this person's oldest where there are too many.
    pub(super) async fn opened(&self, id: &str, person: &Person) {
        let mut closing = Vec::new();
        {
            let alive = self.manager.sessions.read().await;
            let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
            owners.insert(id.into(), Owner { name: Arc::clone(&person.name), since: Instant::now() });
            if owners.len() > alive.len() + SLACK {
                owners.retain(|id, _| alive.contains_key(id));
            }
            let mut own: Vec<_> = owners
                .iter()
                .filter(|(_, owner)| owner.name == person.name)
                .map(|(id, owner)| (owner.since, Arc::clone(id)))
                .collect();
            if own.len() > person.quota.sessions {
                own.sort();
                closing.extend(own.drain(..own.len() - person.quota.sessions).map(|(_, id)| id));
                for id in &closing {
                    owners.remove(id);
                }
            }
        }
        for id in closing {
            let _ = self.manager.close_session(&id).await;
        }
    }

    /// How many there are.
    pub(super) async fn count(&self) -> usize {
        self.manager.sessions.read().await.len()
    }
}
