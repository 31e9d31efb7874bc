//! Resources that clients watch.
//!
//! Jira tells a server like this one nothing by itself, so what is watched is looked at from time to time: seldom, one
//! resource after the other, less often where Jira is short of breath, and only as long as its client is there.

pub(super) mod watches;

use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::PoisonError;
use std::time::Duration;

use rmcp::model::{Extensions, RequestId, ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, Peer, RoleServer};

use super::JiraServer;
use super::guard::CallError;
use super::resources::{ResourceAddress, unreadable};
use crate::error::Error;
use watches::{Connection, MAX_WATCHED_PER_CLIENT, Watch, too_many};

/// The pause between two looks is never longer, whatever happens.
const MAX_PAUSE: Duration = Duration::from_secs(900);

/// A watched resource, and the hash of its text when it was last read.
struct Watched {
    server: JiraServer,
    uri: String,
    address: ResourceAddress,
    peer: Peer<RoleServer>,
    extensions: Extensions,
    seen: u64,
}

impl JiraServer {
    /// Begins to watch a resource for a client with a session.
    pub(super) async fn watch(
        &self,
        uri: String,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let known = |connection: &Connection| {
            let watched = connection.0.lock().unwrap_or_else(PoisonError::into_inner);
            (watched.contains_key(&uri), watched.len())
        };
        let permit = match known(&self.connection) {
            (true, _) => return Ok(()),
            (false, MAX_WATCHED_PER_CLIENT..) => return Err(too_many()),
            _ => self.shared.watches.places(&self.caller(&context.extensions), 1)?,
        };
        let reader = self.reader(&context.extensions);
        let mut watched = self.watched(&uri, &context)?;
        watched.seen = watched.look().await.map_err(|error| unreadable(&uri, error, reader))?;
        let peer = context.peer.clone();
        let task = tokio::spawn(async move {
            let _permit = permit;
            loop {
                let uri = watched.change().await;
                let update = ResourceUpdatedNotificationParam::new(uri);
                if peer.notify_resource_updated(update).await.is_err() {
                    return;
                }
            }
        });
        let mut all = self.connection.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(uri, Watch(task.abort_handle()));
        Ok(())
    }

    /// Stops the watch of a resource.
    pub(super) fn unwatch(&self, uri: &str) {
        self.connection.0.lock().unwrap_or_else(PoisonError::into_inner).remove(uri);
    }

    /// The part of a wish to listen that can be granted: resources that there can be, as many as one client may watch.
    pub(super) fn watchable(&self, requested: &SubscriptionFilter) -> SubscriptionFilter {
        let uris = requested.resource_subscriptions.iter().flatten();
        let fitting: Vec<String> = uris
            .filter(|uri| self.resource_at(uri).is_some())
            .take(MAX_WATCHED_PER_CLIENT)
            .cloned()
            .collect();
        let mut filter = SubscriptionFilter::new();
        filter.resource_subscriptions = Some(fitting);
        filter
    }

    /// Watches resources until the client of the stateless era ends its request.
    pub(super) async fn listen_to(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        let caller = self.caller(&context.request_context().extensions);
        let _permits = self.shared.watches.places(&caller, uris.len())?;
        let reader = caller.reader();
        let watches = uris.iter().map(|uri| async {
            let mut watched = self.watched(uri, context.request_context())?;
            watched.seen = watched.look().await.map_err(|error| unreadable(uri, error, reader))?;
            loop {
                let uri = watched.change().await;
                if context.sink().notify_resource_updated(uri).await.is_err() {
                    return Ok(());
                }
            }
        });
        let all = futures_util::future::try_join_all(watches);
        tokio::select! {
            ended = all => ended.map(|_: Vec<()>| ()),
            () = context.cancelled() => Ok(()),
        }
    }

    fn watched(&self, uri: &str, context: &RequestContext<RoleServer>) -> Result<Watched, ErrorData> {
        let address = self
            .resource_at(uri)
            .ok_or_else(|| unreadable(uri, Error::NoResource.into(), self.reader(&context.extensions)))?;
        let mut extensions = Extensions::new();
        extensions.insert(self.caller(&context.extensions).detached());
        Ok(Watched {
            server: self.clone(),
            uri: uri.to_owned(),
            address,
            peer: context.peer.clone(),
            extensions,
            seen: 0,
        })
    }
}

impl Watched {
    /// A hash of the resource's text, which changes where the resource does.
    async fn look(&self) -> Result<u64, CallError> {
        let mut context = RequestContext::new(RequestId::Number(0), self.peer.clone());
        context.extensions = self.extensions.clone();
        let text = self.server.text_of(&self.address, context).await?;
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Ok(hasher.finish())
    }

    /// Waits until the resource is other than it was, and gives its address.
    async fn change(&mut self) -> String {
        let usual = self.server.shared.config.poll;
        let mut pause = usual;
        loop {
            tokio::time::sleep(spread(pause)).await;
            match self.look().await {
                Ok(seen) if seen != self.seen => {
                    self.seen = seen;
                    return self.uri.clone();
                }
                Ok(_) => pause = usual,
                // It is gone or hidden: the client finds that out when it reads.
                Err(CallError::Failed(Error::NotFound { .. } | Error::Refused { .. })) if self.seen != 0 => {
                    self.seen = 0;
                    return self.uri.clone();
                }
                Err(_) => pause = (pause * 2).min(MAX_PAUSE.max(usual)),
            }
        }
    }
}

/// A pause up to a quarter longer, so that clients that began together do not ask together.
fn spread(pause: Duration) -> Duration {
    let quarter = u64::try_from(pause.as_millis() / 4).unwrap_or(u64::MAX).max(1);
    pause + Duration::from_millis(std::hash::RandomState::new().hash_one(0) % quarter)
}
