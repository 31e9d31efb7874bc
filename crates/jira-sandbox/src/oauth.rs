//! Atlassian's sign-in as apps see it: what stands for `https://auth.atlassian.com`, and the list of sites at
//! `https://api.atlassian.com`.
//!
//! There is no login: the consent page lets one choose who to be. All else is as strict as Atlassian is.

mod app;
mod authority;
mod authorization_request;
mod authorize;
mod change;
mod consent;
mod grant;
mod secret;
mod sites;
mod token;

use serde_json::json;

use super::{
    cloud::Cloud,
    identity::{Authentication, Caller},
    reply::Reply,
    request::HttpRequest,
};

pub(super) use authority::Authority;
pub use change::{FamilyState, OAuthChange, OAuthState};
pub(super) use change::{change, state};
pub use grant::EndReason;

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
    let access_grant =
        authority.access_grant(token, now).filter(|_| !expired).ok_or_else(Reply::bad_token)?;
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
