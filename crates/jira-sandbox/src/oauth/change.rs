//! The state of sign-ins and its controls, for tests and people outside: `/__sandbox/oauth`.

use serde::{Deserialize, Serialize};

use super::{authority::Authority, grant::EndReason};
use crate::cloud::Cloud;

/// Something that happens to a sign-in from outside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OAuthChange {
    /// The app's owner turns its distribution on or off. A private app is for its owner only.
    Share(bool),
    /// The app's owner ticks these scopes, and no others.
    Tick(Vec<String>),
    /// A user, by account id, takes back what the app was granted.
    Revoke(String),
    /// A user, by account id, gets a new password, which ends the refresh tokens.
    ChangePassword(String),
    /// All access tokens so far run out.
    ExpireAccess,
    /// An administrator takes Jira away from a user, by account id.
    RemoveJira(String),
    /// An administrator gives Jira back to a user, by account id.
    RestoreJira(String),
}

/// The state of all sign-ins so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OAuthState {
    /// Access tokens that still open something.
    pub access_tokens: usize,
    /// One for each sign-in that got a refresh token, oldest first.
    pub families: Vec<FamilyState>,
}

/// The state of the refresh tokens of one sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FamilyState {
    /// The app.
    pub client_id: String,
    /// The account that signed in.
    pub account_id: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// The number of exchanges of a new refresh token.
    pub refreshes: u32,
    /// The number of exchanges of a used refresh token, within the leeway.
    pub reuses: u32,
    /// The reason why the family is over; none while it lives.
    pub ended: Option<EndReason>,
}

/// The present state of sign-ins.
pub(crate) fn state(cloud: &Cloud) -> OAuthState {
    let now = cloud.now();
    let Authority { grants, .. } = &*cloud.authority();
    let families = grants.families.iter().map(|family| FamilyState {
        client_id: family.client_id.clone(),
        account_id: family.account_id.clone(),
        scopes: family.scopes.clone(),
        refreshes: family.refreshes,
        reuses: family.reuses,
        ended: family.ended,
    });
    OAuthState { access_tokens: grants.live_access(now), families: families.collect() }
}

/// Makes a change to sign-ins.
pub(crate) fn change(cloud: &Cloud, change: OAuthChange) {
    let mut authority = cloud.authority();
    match change {
        OAuthChange::Share(shared) => authority.app.shared = shared,
        OAuthChange::Tick(scopes) => authority.app.enabled_scopes = scopes,
        OAuthChange::Revoke(account_id) => authority.grants.revoke(&account_id),
        OAuthChange::ChangePassword(account_id) => {
            authority.grants.end_families(&account_id, EndReason::Password);
        }
        OAuthChange::ExpireAccess => authority.grants.end_all_access(),
        OAuthChange::RemoveJira(account_id) => {
            drop(authority);
            cloud.sites.iter().for_each(|site| site.lock().world.set_jira_access(&account_id, false));
        }
        OAuthChange::RestoreJira(account_id) => {
            drop(authority);
            cloud.sites.iter().for_each(|site| site.lock().world.set_jira_access(&account_id, true));
        }
    }
}
