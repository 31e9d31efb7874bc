//! The state of Atlassian's sign-in: the apps, and the grants given to them.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    app::App,
    grant::{AccessGrant, Grants},
};
use crate::info::Info;

/// All that sign-in knows.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(super) app: App,
    service_account: App,
    pub(super) grants: Grants,
}

impl Authority {
    /// The app that users can give access, and the service account's credential, with no grant yet.
    pub(crate) fn new(info: &Info, access_ttl: Duration, reuse_leeway: Duration) -> Self {
        let owner = info.users.first().map_or("", |user| user.account_id.as_str());
        Self {
            app: App::three_legged(&info.oauth, owner),
            service_account: App::service_account(&info.service_account),
            grants: Grants::new(access_ttl, reuse_leeway),
        }
    }

    /// The app with this id.
    pub(super) fn app(&self, client_id: &str) -> Option<&App> {
        [&self.app, &self.service_account].into_iter().find(|app| app.client_id == client_id)
    }

    /// The access that a bearer token opens; nothing when it is unknown, revoked or over.
    pub(crate) fn access_grant(&self, token: &str, now: Timestamp) -> Option<AccessGrant<'_>> {
        self.grants.access_grant(token, now)
    }

    /// Lets an access token run out.
    pub(crate) fn end_access(&mut self, token: &str) {
        self.grants.end_access(token);
    }
}
