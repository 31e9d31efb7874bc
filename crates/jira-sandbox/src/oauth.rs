//! Atlassian's sign-in as apps see it: what stands for `https://auth.atlassian.com`, and the list of sites at
//! `https://api.atlassian.com`.
//!
//! There is no login: the consent page lets one choose who to be. All else is as strict as Atlassian is.

mod app;
mod authorize;
mod change;
mod consent;
mod grant;
mod secret;
mod sites;
mod token;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{
    cloud::Cloud,
    identity::{Authentication, Caller},
    reply::Reply,
    request::HttpRequest,
};

pub use change::{FamilyState, OAuthChange, OAuthState};
pub(super) use change::{change, state};
pub use grant::EndReason;

use app::App;
use grant::{AccessGrant, Grants};

/// All that sign-in knows.
#[derive(Debug)]
pub(super) struct Authority {
    app: App,
    service_account: App,
    grants: Grants,
}

impl Authority {
    /// The app that users can give access, and the service account's credential, with no grant yet.
    pub(super) fn new(info: &super::Info, access_ttl: Duration, reuse_leeway: Duration) -> Self {
        let owner = info.users.first().map_or("", |user| user.account_id.as_str());
        Self {
            app: App::three_legged(&info.oauth, owner),
            service_account: App::service_account(&info.service_account),
            grants: Grants::new(access_ttl, reuse_leeway),
        }
    }

    /// The app with this id.
    fn app(&self, client_id: &str) -> Option<&App> {
        [&self.app, &self.service_account].into_iter().find(|app| app.client_id == client_id)
    }

    /// The access that a bearer token opens; nothing when it is unknown, revoked or over.
    pub(super) fn access_grant(&self, token: &str, now: Timestamp) -> Option<AccessGrant<'_>> {
        self.grants.access_grant(token, now)
    }

    /// Lets an access token run out.
    pub(super) fn end_access(&mut self, token: &str) {
        self.grants.end_access(token);
    }
}

/// Answers a request to Atlassian's sign-in; nothing when the path is not one of its own.
pub(super) fn answer(cloud: &Cloud, request: &HttpRequest, expired: bool) -> Option<Reply> {
    let reply = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/authorize") => authorize::show(cloud, request),
        ("POST", "/authorize") => authorize::decide(cloud, request),
        ("POST", "/oauth/token") => token::answer(cloud, request),
        ("GET", "/oauth/token/accessible-resources") => sites::list(cloud, request, expired),
        (_, "/authorize" | "/oauth/token" | "/oauth/token/accessible-resources") => {
            Reply::json(405, json!({ "code": 405, "message": "Method Not Allowed" }))
        }
        _ => return None,
    };
    Some(reply.with("cache-control", "no-store"))
}

/// The caller behind a bearer token, for a site behind the gateway.
pub(super) fn authenticate(
    cloud: &Cloud,
    token: &str,
    cloud_id: &str,
    expired: bool,
) -> Result<Authentication, Reply> {
    let now = cloud.now();
    let authority = cloud.authority();
    let access_grant = authority.access_grant(token, now).filter(|_| !expired).ok_or_else(unauthorized)?;
    if cloud.site(cloud_id).is_none() {
        return Err(no_such_site());
    }
    if !access_grant.opens(cloud_id) {
        let refusal = json!({ "code": 403, "message": "The app is not installed on this instance" });
        return Err(Reply::json(403, refusal));
    }
    Ok(Authentication {
        caller: Caller::User(access_grant.account_id.to_owned()),
        scopes: Some(access_grant.scopes.to_vec()),
    })
}

/// The gateway's answer for a cloudId that nobody has.
pub(super) fn no_such_site() -> Reply {
    Reply::json(404, json!({ "code": 404, "message": "Not Found" }))
}

/// The gateway's refusal of a token.
pub(super) fn unauthorized() -> Reply {
    Reply::json(401, json!({ "code": 401, "message": "Unauthorized" }))
}
