//! Settings of the commands around signing in, whatever the server's own account is.

use secrecy::SecretString;
use url::Url;

use super::account::{api_url, auth_url, credentials, store};
use super::flags::Flags;
use super::variable::{
    Env, JIRA_ACCESS_TOKEN, JIRA_API_TOKEN, JIRA_AUTH, JIRA_CLOUD_ID, JIRA_EMAIL, JIRA_OAUTH_CALLBACK_PORT,
    JIRA_OAUTH_CLIENT_ID, JIRA_OAUTH_CLIENT_SECRET, JIRA_PROFILE, JIRA_SITE, JIRA_URL,
};
use crate::auth::{App, Credentials, Method, ProfileName, Store};
use crate::error::Result;

/// The port that an app's callback URL has unless the operator says otherwise.
const DEFAULT_CALLBACK_PORT: u16 = 8976;

/// Variables that no other program has any business with.
pub const SECRET_VARIABLES: &[&str] = &[
    JIRA_API_TOKEN.name,
    JIRA_ACCESS_TOKEN.name,
    JIRA_OAUTH_CLIENT_SECRET.name,
    "ATLASSIAN_OAUTH_CLIENT_SECRET",
];

/// Settings of the commands around signing in.
#[derive(Debug, Clone)]
pub struct SignInSettings {
    /// The store that keeps sign-ins.
    pub store: Store,
    /// The one that the command is about.
    pub profile: ProfileName,
    /// The address of the sign-in: `https://auth.atlassian.com`, another in tests and other clouds.
    pub auth_url: Url,
    /// The address of the gateway: `https://api.atlassian.com`, another in tests and other clouds.
    pub api_url: Url,
    /// The port that the browser comes back to.
    pub callback_port: u16,
    /// The app that the environment names.
    pub app: Option<App>,
    /// The site to pick of several: a name, an address or a cloudId.
    pub site: Option<String>,
    /// The site of an API token, which finds none by its cloudId.
    pub token_site: Option<String>,
    /// The account's e-mail address.
    pub email: Option<String>,
    /// The variable with which a server started like this signs in instead of the profile.
    pub overridden_by: Option<&'static str>,
}

impl SignInSettings {
    /// Reads the settings; `env` looks up one variable.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a value that makes no sense.
    pub fn load(flags: &Flags, env: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let env = Env(&env);
        let profile = match flags.profile.clone().or_else(|| env.get(JIRA_PROFILE)) {
            Some(name) => name.parse()?,
            None => ProfileName::default(),
        };
        let callback_port = match env.get(JIRA_OAUTH_CALLBACK_PORT) {
            None => DEFAULT_CALLBACK_PORT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| JIRA_OAUTH_CALLBACK_PORT.invalid("takes a port, 1 to 65535"))?,
        };
        let is_service_account =
            env.get(JIRA_AUTH).is_some_and(|method| method.parse() == Ok(Method::ClientCredentials));
        let app = match (env.get(JIRA_OAUTH_CLIENT_ID), env.get(JIRA_OAUTH_CLIENT_SECRET)) {
            (Some(client_id), Some(secret)) if !is_service_account => {
                Some(App { client_id, client_secret: SecretString::from(secret) })
            }
            _ => None,
        };
        let overridden_by = match credentials(&env, flags) {
            Ok(Credentials::Basic { .. }) => Some(JIRA_API_TOKEN.name),
            Ok(Credentials::Bearer { .. }) => Some(JIRA_ACCESS_TOKEN.name),
            Ok(Credentials::ClientCredentials(_)) => Some(JIRA_OAUTH_CLIENT_SECRET.name),
            Ok(Credentials::Stored { .. }) | Err(_) => None,
        };
        let named = flags.site.clone().or_else(|| env.get(JIRA_SITE));
        let address = env.get(JIRA_URL);
        Ok(Self {
            store: store(&env)?,
            profile,
            auth_url: auth_url(&env)?,
            api_url: api_url(&env)?,
            callback_port,
            app,
            site: named.clone().or_else(|| env.get(JIRA_CLOUD_ID)).or_else(|| address.clone()),
            token_site: named.or(address),
            email: env.get(JIRA_EMAIL),
            overridden_by,
        })
    }
}
