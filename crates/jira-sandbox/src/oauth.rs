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
    asked::Asked,
    cloud::Cloud,
    identity::{Caller, Visitor},
    reply::Reply,
};

pub use change::{FamilyState, OAuthChange, OAuthState};
pub(super) use change::{change, state};
pub use grant::End;

use app::App;
use grant::{Grants, Pass};

/// All that sign-in knows.
#[derive(Debug)]
pub(super) struct Authority {
    app: App,
    robot: App,
    grants: Grants,
}

impl Authority {
    /// The app that users can give access, and the service account's credential, with no grant yet.
    pub(super) fn new(info: &super::Info, access_ttl: Duration, reuse_leeway: Duration) -> Self {
        let owner = info.users.first().map_or("", |user| user.account_id.as_str());
        Self {
            app: App::three_legged(&info.oauth, owner),
            robot: App::service_account(&info.service_account),
            grants: Grants::new(access_ttl, reuse_leeway),
        }
    }

    /// The app with this id.
    fn app(&self, client_id: &str) -> Option<&App> {
        [&self.app, &self.robot].into_iter().find(|app| app.client_id == client_id)
    }

    /// What a bearer token opens; nothing when it is unknown, revoked or over.
    pub(super) fn pass(&self, token: &str, now: Timestamp) -> Option<Pass<'_>> {
        self.grants.pass(token, now)
    }

    /// Lets an access token run out.
    pub(super) fn end_access(&mut self, token: &str) {
        self.grants.end_access(token);
    }
}

/// Answers what is asked of Atlassian's sign-in; nothing when the path is not one of its own.
pub(super) fn answer(cloud: &Cloud, asked: &Asked, expired: bool) -> Option<Reply> {
    let reply = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/authorize") => authorize::show(cloud, asked),
        ("POST", "/authorize") => authorize::decide(cloud, asked),
        ("POST", "/oauth/token") => token::answer(cloud, asked),
        ("GET", "/oauth/token/accessible-resources") => sites::list(cloud, asked, expired),
        (_, "/authorize" | "/oauth/token" | "/oauth/token/accessible-resources") => {
            Reply::json(405, json!({ "code": 405, "message": "Method Not Allowed" }))
        }
        _ => return None,
    };
    Some(reply.with("cache-control", "no-store"))
}

/// Whom a token lets through the gateway to a site.
pub(super) fn visitor(cloud: &Cloud, token: &str, cloud_id: &str, expired: bool) -> Result<Visitor, Reply> {
    let now = cloud.now();
    let authority = cloud.authority();
    let pass = authority.pass(token, now).filter(|_| !expired).ok_or_else(unauthorized)?;
    if cloud.site(cloud_id).is_none() {
        return Err(no_such_site());
    }
    if !pass.opens(cloud_id) {
        let refusal = json!({ "code": 403, "message": "The app is not installed on this instance" });
        return Err(Reply::json(403, refusal));
    }
    Ok(Visitor { caller: Caller::User(pass.account_id.to_owned()), scopes: Some(pass.scopes.to_vec()) })
}

/// How the gateway answers for a cloudId that nobody has.
pub(super) fn no_such_site() -> Reply {
    Reply::json(404, json!({ "code": 404, "message": "Not Found" }))
}

/// How the gateway refuses a token.
pub(super) fn unauthorized() -> Reply {
    Reply::json(401, json!({ "code": 401, "message": "Unauthorized" }))
}
