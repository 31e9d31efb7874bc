//! The sessions of protocols up to 2025-11-25: each one belongs to who opened it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::RequestId;
use rmcp::transport::streamable_http_server::session::SessionManager as _;

use super::limits::MAX_SESSIONS;
use super::principal::Principal;
use super::refusal::Refusal;
use super::resumable_sessions::ResumableSessionManager;

/// The longest time without a request of a session.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// Owners of ended sessions that are kept before they are looked for.
const MAX_STALE_OWNERS: usize = 64;

/// A request by its session and its id.
type PendingKey = (String, RequestId);

/// The open sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    manager: Arc<ResumableSessionManager>,
    owners: Mutex<HashMap<Arc<str>, Owner>>,
    pending: Arc<Mutex<HashSet<PendingKey>>>,
}

#[derive(Debug)]
struct Owner {
    principal: Arc<str>,
    last_used: Instant,
}

/// A request of a session that has no answer yet. Answers find their way by its id alone, so that no other request may
/// have the same one meanwhile.
#[derive(Debug)]
pub(super) struct PendingRequest {
    pending: Arc<Mutex<HashSet<PendingKey>>>,
    key: PendingKey,
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Sessions {
    pub(super) fn new() -> Self {
        let mut manager = ResumableSessionManager::default();
        manager.local.session_config.keep_alive = Some(IDLE_TIMEOUT);
        Self { manager: Arc::new(manager), owners: Mutex::default(), pending: Arc::default() }
    }

    /// rmcp's manager of the sessions.
    pub(super) fn manager(&self) -> Arc<ResumableSessionManager> {
        Arc::clone(&self.manager)
    }

    /// True where this principal opened the session, which counts as a use of it.
    pub(super) fn is_owner(&self, id: &str, principal: &Principal) -> bool {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let own = owners.get_mut(id).filter(|owner| owner.principal == principal.name);
        own.map(|owner| owner.last_used = Instant::now()).is_some()
    }

    /// Lets a request of a session be answered, where no other one with its id waits for that.
    pub(super) fn register_request(&self, session: &str, id: RequestId) -> Result<PendingRequest, Refusal> {
        let key = (session.to_owned(), id);
        if !self.pending.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            let problem = "A request with this id is not answered yet; each request needs an id of its own";
            return Err(Refusal::json_rpc_error(-32600, problem));
        }
        Ok(PendingRequest { pending: Arc::clone(&self.pending), key })
    }

    /// Records who opened a session, and closes the one that rested longest where this principal, or everybody, has too
    /// many.
    pub(super) async fn record_owner(&self, id: &str, principal: &Principal) {
        let alive = self.manager.local.sessions.read().await;
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(id.into(), Owner { principal: Arc::clone(&principal.name), last_used: Instant::now() });
        if owners.len() > alive.len() + MAX_STALE_OWNERS {
            owners.retain(|id, _| alive.contains_key(id));
        }
        let full = owners.len() > MAX_SESSIONS;
        let own = owners.values().filter(|owner| owner.principal == principal.name).count();
        if !full && own <= principal.quota.sessions {
            return;
        }
        let candidates = owners.iter().filter(|(_, owner)| full || owner.principal == principal.name);
        let oldest = candidates.min_by_key(|(_, owner)| owner.last_used).map(|(id, _)| Arc::clone(id));
        let Some(oldest) = oldest else { return };
        owners.remove(&oldest);
        // One whose client reads nothing may take long to close.
        let manager = self.manager();
        tokio::spawn(async move { manager.close_session(&oldest).await });
    }

    /// The number of open sessions.
    pub(super) async fn count(&self) -> usize {
        self.manager.local.sessions.read().await.len()
    }
}
