//! The account that signs in, and who it turns out to be.

use url::Url;

use super::credentials::Credentials;
use super::site::{SiteAddress, is_local};

/// An account of Jira's: where to sign in, and with which credentials.
#[derive(Debug, Clone)]
pub struct Account {
    /// The site's address, where the operator gave it: API tokens need it, other ways to sign in know their sites.
    pub site: Option<SiteAddress>,
    /// The site that the operator picked where there are several: by name, address or cloudId.
    pub pick: Option<String>,
    /// Proof of who calls.
    pub credentials: Credentials,
    /// Atlassian's gateway: `https://api.atlassian.com`, another host in tests and other clouds.
    pub api_url: Url,
    /// Atlassian's sign-in: `https://auth.atlassian.com`, another host in tests and other clouds.
    pub auth_url: Url,
    /// The cloudId, where the operator gave it; else it is asked for when needed.
    pub cloud_id: Option<String>,
}

impl Account {
    /// Credentials that nothing renews, on one site.
    #[must_use]
    pub fn on_site(site: SiteAddress, credentials: Credentials, api_url: Url) -> Self {
        // The sign-in server only renews, and is not asked.
        let auth_url = api_url.clone();
        Self { site: Some(site), pick: None, credentials, api_url, auth_url, cloud_id: None }
    }

    /// True where all that is said to Jira stays on this machine, so that no proxy may see it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.site.as_ref().is_some_and(|site| is_local(&site.origin)) || is_local(&self.api_url)
    }
}

/// The person or service account that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail address, where Jira shows it.
    pub email: Option<String>,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// Locale, such as `de_DE`: what translated names are in.
    pub locale: Option<String>,
}
