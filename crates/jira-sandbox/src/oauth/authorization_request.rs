//! An app's request for consent, and the people who can decide on it.

/// An app's request for consent, found to be in order.
pub(super) struct AuthorizationRequest {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) state: String,
    pub(super) challenge: Option<String>,
}

/// Somebody who can decide.
pub(super) struct Person {
    pub(super) account_id: String,
    pub(super) name: String,
    /// cloudIds of the sites whose Jira the person may use.
    pub(super) sites: Vec<String>,
}
