//! The apps that are registered in the developer console.

use crate::info::{OAuthApp, ServiceAccount};

/// Scopes that the app's owner has ticked, beside `offline_access`, which needs no tick.
const DEFAULT_SCOPES: &[&str] = &[
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
    "manage:jira-project",
    "manage:jira-configuration",
    "read:project:jira",
    "read:issue-details:jira",
    "read:jql:jira",
    "read:board-scope:jira-software",
    "write:board-scope:jira-software",
    "read:board-scope.admin:jira-software",
    "read:sprint:jira-software",
    "write:sprint:jira-software",
    "delete:sprint:jira-software",
    "read:epic:jira-software",
    "write:epic:jira-software",
    "read:issue:jira-software",
    "write:issue:jira-software",
    "search:confluence",
    "read:page:confluence",
];

/// Scopes of a service account's credential.
const SERVICE_ACCOUNT_SCOPES: &[&str] = &["read:jira-work", "write:jira-work", "read:jira-user"];

/// An app.
#[derive(Debug)]
pub(super) struct App {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// The one registered address; none for a service account's credential.
    pub(super) redirect_uri: Option<String>,
    /// The scopes that may be asked for.
    pub(super) enabled_scopes: Vec<String>,
    /// Account id of the developer, or of the service account.
    pub(super) owner: String,
    /// True where others than its owner may give it access.
    pub(super) shared: bool,
}

impl App {
    /// An app for users, private to its owner, as each starts.
    pub(super) fn three_legged(app: &OAuthApp, owner: &str) -> Self {
        Self {
            client_id: app.client_id.clone(),
            client_secret: app.client_secret.clone(),
            redirect_uri: Some(app.redirect_uri.clone()),
            enabled_scopes: DEFAULT_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            owner: owner.into(),
            shared: false,
        }
    }

    /// The credential of a service account.
    pub(super) fn service_account(account: &ServiceAccount) -> Self {
        Self {
            client_id: account.client_id.clone(),
            client_secret: account.client_secret.clone(),
            redirect_uri: None,
            enabled_scopes: SERVICE_ACCOUNT_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            owner: account.account_id.clone(),
            shared: false,
        }
    }

    /// True where the app may ask for a scope.
    pub(super) fn may_ask(&self, scope: &str) -> bool {
        scope == "offline_access" || self.enabled_scopes.iter().any(|enabled_scopes| enabled_scopes == scope)
    }
}
