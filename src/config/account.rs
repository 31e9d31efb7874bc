//! The account that the settings come to, by one order of precedence.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::flags::Flags;
use super::variable::{
    ATLASSIAN_API_URL, ATLASSIAN_AUTH_URL, Env, JIRA_ACCESS_TOKEN, JIRA_API_TOKEN, JIRA_AUTH, JIRA_CLOUD_ID,
    JIRA_CONFIG_DIR, JIRA_EMAIL, JIRA_OAUTH_CLIENT_ID, JIRA_OAUTH_CLIENT_SECRET, JIRA_PROFILE, JIRA_SITE,
    JIRA_URL, Variable,
};
use crate::auth::{
    Account, App, Credentials, Method, ProfileName, SiteAddress, Store, is_encrypted_or_local,
};
use crate::error::{ConfigurationProblem, Error, Result};

pub(super) fn account(env: &Env<'_>, flags: &Flags) -> Result<Account> {
    let (api_url, auth_url) = (api_url(env)?, auth_url(env)?);
    let pick = flags.site.clone().or_else(|| env.get(JIRA_SITE));
    let credentials = credentials(env, flags)?;
    let basic = matches!(credentials, Credentials::Basic { .. });
    // What a flag names is not led elsewhere by what is left in the environment.
    let elsewhere = flags.profile.is_some() || flags.site.is_some();
    let environment = |variable| env.get(variable).filter(|_| !elsewhere);
    let site = match (&pick, environment(JIRA_URL)) {
        // Only who knows several sites knows them by name.
        (Some(pick), _) if basic => Some(SiteAddress::for_api_token(pick, &api_url)?),
        (None, Some(url)) => Some(SiteAddress::parse(&url, &api_url)?),
        (_, None) | (Some(_), Some(_)) => None,
    };
    if site.is_none() && basic {
        return Err(incomplete(&[JIRA_URL]));
    }
    let cloud_id = environment(JIRA_CLOUD_ID).filter(|_| basic || pick.is_none());
    Ok(Account { site, pick, credentials, api_url, auth_url, cloud_id })
}

/// The credentials: a profile that a flag names; else what the environment holds, where it is
/// ambiguous as `JIRA_AUTH` says; else the stored profile.
pub(super) fn credentials(env: &Env<'_>, flags: &Flags) -> Result<Credentials> {
    let only = match env.get(JIRA_AUTH) {
        None => None,
        Some(text) => Some(
            text.parse::<Method>()
                .map_err(|()| JIRA_AUTH.invalid("takes basic, oauth, client-credentials or bearer"))?,
        ),
    };
    let stored = || -> Result<Credentials> {
        let name = flags.profile.clone().or_else(|| env.get(JIRA_PROFILE));
        let name = name.map_or_else(|| Ok(ProfileName::default()), |name| name.parse())?;
        Ok(Credentials::Stored { store: store(env)?, name, only })
    };
    if flags.profile.is_some() {
        return stored();
    }
    let wants = |method| only.is_none_or(|only| only == method);
    if let Some(token) = env.get(JIRA_ACCESS_TOKEN).filter(|_| wants(Method::Bearer)) {
        return Ok(Credentials::Bearer { token: SecretString::from(token) });
    }
    if only == Some(Method::Bearer) {
        return Err(incomplete(&[JIRA_ACCESS_TOKEN]));
    }
    if wants(Method::Basic) {
        match (env.get(JIRA_EMAIL), env.get(JIRA_API_TOKEN)) {
            (Some(email), Some(token)) => {
                return Ok(Credentials::Basic { email, token: SecretString::from(token) });
            }
            (None, None) => {}
            // An address by itself may be there for other programs.
            (Some(_), None) if env.get(JIRA_URL).is_none() => {}
            _ => return Err(missing(env, &[JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN])),
        }
    }
    if only == Some(Method::ClientCredentials) {
        match (env.get(JIRA_OAUTH_CLIENT_ID), env.get(JIRA_OAUTH_CLIENT_SECRET)) {
            (Some(client_id), Some(secret)) => {
                let client_secret = SecretString::from(secret);
                return Ok(Credentials::ClientCredentials(App { client_id, client_secret }));
            }
            (None, None) => {}
            _ => return Err(missing(env, &[JIRA_OAUTH_CLIENT_ID, JIRA_OAUTH_CLIENT_SECRET])),
        }
    }
    stored()
}

/// The stored profiles.
pub(super) fn store(env: &Env<'_>) -> Result<Store> {
    let folder = match env.get(JIRA_CONFIG_DIR) {
        Some(folder) => PathBuf::from(folder),
        None => configuration_folder(env)?.join("mcp-server-jira"),
    };
    Ok(Store::new(folder))
}

/// The folder in which this system keeps a user's configuration.
fn configuration_folder(env: &Env<'_>) -> Result<PathBuf> {
    let named = |name: &str| (env.0)(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = if cfg!(windows) {
        named("APPDATA")
    } else if cfg!(target_os = "macos") {
        named("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        named("XDG_CONFIG_HOME").or_else(|| named("HOME").map(|home| home.join(".config")))
    };
    folder.ok_or_else(|| missing(env, &[JIRA_CONFIG_DIR, JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN]))
}

pub(super) fn api_url(env: &Env<'_>) -> Result<Url> {
    server(env, ATLASSIAN_API_URL, "https://api.atlassian.com")
}

pub(super) fn auth_url(env: &Env<'_>) -> Result<Url> {
    server(env, ATLASSIAN_AUTH_URL, "https://auth.atlassian.com")
}

/// The address of one of Atlassian's servers.
fn server(env: &Env<'_>, variable: Variable, usual: &str) -> Result<Url> {
    let text = env.get(variable);
    let url = Url::parse(text.as_deref().unwrap_or(usual))
        .map_err(|error| variable.invalid(&format!("is no address ({error})")))?;
    if !is_encrypted_or_local(&url) {
        return Err(variable.invalid("would send your token unencrypted: it must begin with https"));
    }
    Ok(url)
}

/// Names those of `variables` that are not set.
fn missing(env: &Env<'_>, variables: &[Variable]) -> Error {
    let unset: Vec<Variable> =
        variables.iter().copied().filter(|variable| env.get(*variable).is_none()).collect();
    incomplete(&unset)
}

fn incomplete(unset: &[Variable]) -> Error {
    ConfigurationProblem::MissingVariables(unset.iter().map(|variable| variable.name).collect()).into()
}
