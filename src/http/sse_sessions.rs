//! The open sessions of the HTTP+SSE transport of 2024-11-05: each one belongs to who opened it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::ClientJsonRpcMessage;
use tokio::sync::mpsc;

use super::limits::MAX_SSE_SESSIONS;
use super::principal::Principal;

/// The path to which clients post; the query names the session.
pub(super) const MESSAGES_PATH: &str = "/messages";

/// The open sessions, by their id.
#[derive(Debug, Default)]
pub(super) struct SseSessions(Mutex<HashMap<String, SseSession>>);

#[derive(Debug)]
struct SseSession {
    owner: Arc<str>,
    client_messages: mpsc::Sender<ClientJsonRpcMessage>,
}

impl SseSessions {
    /// The number of open sessions.
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Opens a session for this principal, where there is room.
    pub(super) fn open(
        &self,
        id: &str,
        owner: &Principal,
        client_messages: mpsc::Sender<ClientJsonRpcMessage>,
    ) -> bool {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = sessions.len() < MAX_SSE_SESSIONS;
        if room {
            let owner = Arc::clone(&owner.name);
            sessions.insert(id.to_owned(), SseSession { owner, client_messages });
        }
        room
    }

    /// The queue for a client's messages in a session that this principal opened.
    pub(super) fn client_messages(
        &self,
        id: &str,
        principal: &Principal,
    ) -> Option<mpsc::Sender<ClientJsonRpcMessage>> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = sessions.get(id).filter(|session| session.owner == principal.name);
        own.map(|session| session.client_messages.clone())
    }

    pub(super) fn close(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}
