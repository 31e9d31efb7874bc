//! The sessions of protocols up to 2025-11-25: each one belongs to who opened it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::RequestId;
use rmcp::transport::streamable_http_server::session::SessionManager as _;

use super::identity::Person;
use super::refusal::Refusal;
use super::resume::Resuming;

/// How many sessions there are at most, over everybody.
pub(super) const MOST: usize = 10_000;
/// How long a session may rest.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// How many owners of ended sessions are kept before they are looked for.
const SLACK: usize = 64;

/// The open sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    manager: Arc<Resuming>,
    owners: Mutex<HashMap<Arc<str>, Owner>>,
    asked: Arc<Mutex<HashSet<(String, RequestId)>>>,
}

#[derive(Debug)]
struct Owner {
    name: Arc<str>,
    used: Instant,
}

/// A request of a session that has no answer yet. Answers find their way by its id alone, so that no other request may
/// have the same one meanwhile.
#[derive(Debug)]
pub(super) struct Claim {
    asked: Arc<Mutex<HashSet<(String, RequestId)>>>,
    of: (String, RequestId),
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.of);
    }
}

impl Sessions {
    pub(super) fn new() -> Self {
        let mut manager = Resuming::default();
        manager.local.session_config.keep_alive = Some(IDLE);
        Self { manager: Arc::new(manager), owners: Mutex::default(), asked: Arc::default() }
    }

    /// Where the sessions live.
    pub(super) fn manager(&self) -> Arc<Resuming> {
        Arc::clone(&self.manager)
    }

    /// True where this person opened the session.
    pub(super) fn is_of(&self, id: &str, person: &Person) -> bool {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let own = owners.get_mut(id).filter(|owner| owner.name == person.name);
        own.map(|owner| owner.used = Instant::now()).is_some()
    }

    /// Lets a request of a session be answered, where no other one with its id waits for that.
    pub(super) fn claim(&self, session: &str, id: RequestId) -> Result<Claim, Refusal> {
        let of = (session.to_owned(), id);
        if !self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(of.clone()) {
            let problem = "A request with this id is not answered yet; each request needs an id of its own";
            return Err(Refusal::not_json_rpc(-32600, problem));
        }
        Ok(Claim { asked: Arc::clone(&self.asked), of })
    }

    /// Notes who opened a session, and closes the one that rested longest where this person, or everybody, has too many.
    pub(super) async fn opened(&self, id: &str, person: &Person) {
        let alive = self.manager.local.sessions.read().await;
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(id.into(), Owner { name: Arc::clone(&person.name), used: Instant::now() });
        if owners.len() > alive.len() + SLACK {
            owners.retain(|id, _| alive.contains_key(id));
        }
        let full = owners.len() > MOST;
        let own = owners.values().filter(|owner| owner.name == person.name).count();
        if !full && own <= person.quota.sessions {
            return;
        }
        let resting = owners.iter().filter(|(_, owner)| full || owner.name == person.name);
        let longest = resting.min_by_key(|(_, owner)| owner.used).map(|(id, _)| Arc::clone(id));
        let Some(longest) = longest else { return };
        owners.remove(&longest);
        // One whose client reads nothing may take long to close.
        let manager = self.manager();
        tokio::spawn(async move { manager.close_session(&longest).await });
    }

    /// How many there are.
    pub(super) async fn count(&self) -> usize {
        self.manager.local.sessions.read().await.len()
    }
}
