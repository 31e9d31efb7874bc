//! The settings: the only reader of the environment.
//!
//! Each variable is a documented constant, listed by `--help`. Flags win over variables, and our
//! names over those that users of mcp-atlassian already have in their configuration.

mod sign_in;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::auth::{Account, App, Credentials, Method, ProfileName, SiteAddress, Store, is_private};
use crate::error::{Error, Result};
pub use sign_in::{SECRET_VARIABLES, SignInSettings};

/// One environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The name that mcp-atlassian has for it, which works too.
    pub alias: Option<&'static str>,
    /// What it sets, for `--help`.
    pub about: &'static str,
}

const fn variable(name: &'static str, about: &'static str) -> Variable {
    Variable { name, alias: None, about }
}

const fn aliased(name: &'static str, alias: &'static str, about: &'static str) -> Variable {
    Variable { name, alias: Some(alias), about }
}

/// Your site: `acme`, `acme.atlassian.net`, or any address copied from a browser.
pub const JIRA_URL: Variable =
    variable("JIRA_URL", "Your site: acme, acme.atlassian.net, or any address of it");
/// The account's e-mail address.
pub const JIRA_EMAIL: Variable = aliased("JIRA_EMAIL", "JIRA_USERNAME", "E-mail address of the account");
/// API token, classic or scoped.
pub const JIRA_API_TOKEN: Variable = variable("JIRA_API_TOKEN", "API token, classic or scoped");
/// The cloudId, where asking the site for it is not possible.
pub const JIRA_CLOUD_ID: Variable =
    aliased("JIRA_CLOUD_ID", "ATLASSIAN_OAUTH_CLOUD_ID", "cloudId of the site; asked for when not set");
/// The site, where a sign-in opens several.
pub const JIRA_SITE: Variable =
    variable("JIRA_SITE", "Site by name, address or cloudId, where the sign-in opens several");
/// An access token that somebody else renews.
pub const JIRA_ACCESS_TOKEN: Variable =
    variable("JIRA_ACCESS_TOKEN", "Access token that you bring and renew, instead of e-mail and API token");
/// The client id of an app or of a service account.
pub const JIRA_OAUTH_CLIENT_ID: Variable = aliased(
    "JIRA_OAUTH_CLIENT_ID",
    "ATLASSIAN_OAUTH_CLIENT_ID",
    "Client id for auth login, or of a service account",
);
/// The secret that goes with it.
pub const JIRA_OAUTH_CLIENT_SECRET: Variable =
    aliased("JIRA_OAUTH_CLIENT_SECRET", "ATLASSIAN_OAUTH_CLIENT_SECRET", "Client secret that goes with it");
/// The port that the redirect of a sign-in comes to.
pub const JIRA_OAUTH_CALLBACK_PORT: Variable =
    variable("JIRA_OAUTH_CALLBACK_PORT", "Port of the callback URL, as registered with the app; 8976");
/// Which way to sign in.
pub const JIRA_AUTH: Variable = variable(
    "JIRA_AUTH",
    "basic, oauth, client-credentials or bearer; by default by what is set, then the stored profile",
);
/// The stored profile.
pub const JIRA_PROFILE: Variable = variable("JIRA_PROFILE", "Stored profile to sign in with; default");
/// The folder for what is stored.
pub const JIRA_CONFIG_DIR: Variable =
    variable("JIRA_CONFIG_DIR", "Folder for stored profiles; the user's configuration folder");
/// Only tools that read.
pub const JIRA_READ_ONLY: Variable =
    aliased("JIRA_READ_ONLY", "READ_ONLY_MODE", "true: only tools that read");
/// Toolsets by name.
pub const JIRA_TOOLSETS: Variable =
    aliased("JIRA_TOOLSETS", "TOOLSETS", "Toolsets, comma-separated; default, all");
/// Single tools added.
pub const JIRA_TOOLS: Variable =
    aliased("JIRA_TOOLS", "ENABLED_TOOLS", "Single tools to add; alone, the whole list");
/// Single tools taken away.
pub const JIRA_EXCLUDE_TOOLS: Variable = variable("JIRA_EXCLUDE_TOOLS", "Tools to take away");
/// The only projects that exist for the client.
pub const JIRA_PROJECTS: Variable =
    aliased("JIRA_PROJECTS", "JIRA_PROJECTS_FILTER", "Keys of the only projects to be seen or changed");
/// What the text block of a result holds.
pub const JIRA_TEXT: Variable =
    variable("JIRA_TEXT", "json: results as JSON text, for frameworks that parse it");
/// Confirmation of what may destroy.
pub const JIRA_CONFIRM: Variable =
    variable("JIRA_CONFIRM", "true: the user confirms each call that may destroy something");
/// The upper bound on one result.
pub const JIRA_MAX_TOKENS: Variable =
    variable("JIRA_MAX_TOKENS", "Upper bound on one result, in tokens; 12000");
/// How much is logged on stderr.
pub const JIRA_LOG: Variable =
    variable("JIRA_LOG", "Log on stderr: off, error, warn, info, debug, trace; warn");
/// Atlassian's API gateway.
pub const ATLASSIAN_API_URL: Variable =
    variable("ATLASSIAN_API_URL", "API gateway, for tests and other clouds; https://api.atlassian.com");

/// Atlassian's sign-in.
pub const ATLASSIAN_AUTH_URL: Variable =
    variable("ATLASSIAN_AUTH_URL", "Sign-in server, for tests and other clouds; https://auth.atlassian.com");

/// Every variable, in the order of `--help`.
pub const VARIABLES: &[Variable] = &[
    JIRA_URL,
    JIRA_EMAIL,
    JIRA_API_TOKEN,
    JIRA_CLOUD_ID,
    JIRA_SITE,
    JIRA_ACCESS_TOKEN,
    JIRA_OAUTH_CLIENT_ID,
    JIRA_OAUTH_CLIENT_SECRET,
    JIRA_OAUTH_CALLBACK_PORT,
    JIRA_AUTH,
    JIRA_PROFILE,
    JIRA_CONFIG_DIR,
    JIRA_READ_ONLY,
    JIRA_TOOLSETS,
    JIRA_TOOLS,
    JIRA_EXCLUDE_TOOLS,
    JIRA_PROJECTS,
    JIRA_CONFIRM,
    JIRA_TEXT,
    JIRA_MAX_TOKENS,
    JIRA_LOG,
    ATLASSIAN_API_URL,
    ATLASSIAN_AUTH_URL,
];

/// The settings that flags and variables share, as the flags give them.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--read-only`.
    pub read_only: bool,
    /// `--toolsets`.
    pub toolsets: Option<String>,
    /// `--tools`.
    pub tools: Option<String>,
    /// `--exclude-tools`.
    pub exclude_tools: Option<String>,
    /// `--projects`.
    pub projects: Option<String>,
    /// `--confirm`.
    pub confirm: bool,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--site`.
    pub site: Option<String>,
}

/// Everything that the server is told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to sign in, or why that cannot be known: the server starts all the same.
    pub account: Result<Account>,
    /// How somebody could sign in; `None` where the settings leave no way.
    pub sign_in: Option<SignInSettings>,
    /// Atlassian's gateway, for accounts that come from elsewhere.
    pub api_url: Result<Url>,
    /// Which tools and projects there are.
    pub gates: Gates,
    /// The user is asked before each call of a tool that may destroy something.
    pub confirm: bool,
    /// What the text block of a result holds.
    pub text: TextFormat,
    /// The upper bound on one result, in tokens.
    pub max_tokens: usize,
    /// How long a resource that clients watch is left alone between two looks at it.
    pub poll: Duration,
}

/// What the operator allows, as written; `server::policy` makes it effective.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    /// Only tools that read.
    pub read_only: bool,
    /// Toolsets by name; `None` where nothing was said.
    pub toolsets: Option<Vec<String>>,
    /// Single tools; `None` where nothing was said.
    pub tools: Option<Vec<String>>,
    /// Tools taken away.
    pub exclude_tools: Vec<String>,
    /// The only projects, in upper case; `None` for all.
    pub projects: Option<Vec<String>>,
    /// True where toolsets or tools come from variables of mcp-atlassian: names that only it has
    /// are then passed over with a warning.
    pub foreign: bool,
}

impl Gates {
    /// True where tools or toolsets are named, which may be ones that there are not.
    #[must_use]
    pub fn name_tools(&self) -> bool {
        self.toolsets.is_some() || self.tools.is_some() || !self.exclude_tools.is_empty()
    }
}

/// What the text block of a result holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextFormat {
    /// The lean text that a model reads.
    #[default]
    Lean,
    /// The structured content, serialized.
    Json,
}

/// Bound on one result unless the operator says otherwise, in tokens.
const DEFAULT_MAX_TOKENS: usize = 12_000;

/// Between two looks at a resource that clients watch.
const POLL: Duration = Duration::from_secs(60);

/// The process's environment, as [`Config::load`] takes it.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Config {
    /// Reads the settings; `env` looks up one variable.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a value that makes no sense, except for those that tell where
    /// and how to sign in: they are kept in `account`, so that the server can start and say so.
    pub fn load(flags: &Flags, env: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let env = Env(&env);
        let gates = Gates {
            read_only: flags.read_only || env.switch(JIRA_READ_ONLY)?,
            toolsets: flags.toolsets.clone().or_else(|| env.get(JIRA_TOOLSETS)).map(|t| list(&t)),
            tools: flags.tools.clone().or_else(|| env.get(JIRA_TOOLS)).map(|t| list(&t)),
            exclude_tools: flags
                .exclude_tools
                .clone()
                .or_else(|| env.get(JIRA_EXCLUDE_TOOLS))
                .map(|t| list(&t))
                .unwrap_or_default(),
            projects: flags
                .projects
                .clone()
                .or_else(|| env.get(JIRA_PROJECTS))
                .map(|t| list(&t).iter().map(|key| key.to_uppercase()).collect()),
            foreign: flags.toolsets.is_none()
                && flags.tools.is_none()
                && [JIRA_TOOLSETS, JIRA_TOOLS].iter().any(|variable| env.is_alias(*variable)),
        };
        match gates.projects.as_deref() {
            Some([]) => return Err(bad(JIRA_PROJECTS, "names no project")),
            Some(keys) => {
                if let Some(key) = keys.iter().find(|key| !is_project_key(key)) {
                    return Err(bad(JIRA_PROJECTS, &format!("takes project keys such as DEMO, not `{key}`")));
                }
            }
            None => {}
        }
        let confirm = flags.confirm || env.switch(JIRA_CONFIRM)?;
        let text = match env.get(JIRA_TEXT).as_deref() {
            None | Some("lean") => TextFormat::Lean,
            Some("json") => TextFormat::Json,
            Some(_) => return Err(bad(JIRA_TEXT, "takes json or lean")),
        };
        let max_tokens = match env.get(JIRA_MAX_TOKENS) {
            None => DEFAULT_MAX_TOKENS,
            Some(text) => text
                .parse()
                .ok()
                .filter(|tokens| *tokens >= 500)
                .ok_or_else(|| bad(JIRA_MAX_TOKENS, "takes a number of tokens, at least 500"))?,
        };
        Ok(Self {
            account: account(&env, flags),
            sign_in: SignInSettings::load(flags, env.0).ok(),
            api_url: api_url(&env),
            gates,
            confirm,
            text,
            max_tokens,
            poll: POLL,
        })
    }
}

/// The level that is logged on stderr.
///
/// # Errors
/// [`Error::NotConfigured`] for an unknown level.
pub fn log_level(env: impl Fn(&str) -> Option<String>) -> Result<tracing::level_filters::LevelFilter> {
    match Env(&env).get(JIRA_LOG) {
        None => Ok(tracing::level_filters::LevelFilter::WARN),
        Some(level) => {
            level.parse().map_err(|_| bad(JIRA_LOG, "takes off, error, warn, info, debug or trace"))
        }
    }
}

/// The variables as `--help` shows them.
#[must_use]
pub fn help() -> String {
    let mut text = String::from("Environment (flags win):\n");
    for Variable { name, alias, about } in VARIABLES {
        let alias = alias.map(|alias| format!(" (also {alias})")).unwrap_or_default();
        let _ = writeln!(text, "  {name:<20} {about}{alias}");
    }
    text.push_str(
        "  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE are honoured.\n\n\
         Signs in with the first of: the profile of --profile; JIRA_ACCESS_TOKEN; JIRA_EMAIL and JIRA_API_TOKEN;\n\
         the stored profile (JIRA_PROFILE, or default). JIRA_AUTH leaves only one way; a service account needs it.",
    );
    text
}

struct Env<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Env<'_> {
    /// The value without surrounding space; an empty one counts as not set.
    fn get(&self, variable: Variable) -> Option<String> {
        [Some(variable.name), variable.alias].into_iter().flatten().find_map(|name| {
            (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        })
    }

    /// True where the value is set under the alias alone.
    fn is_alias(&self, variable: Variable) -> bool {
        (self.0)(variable.name).is_none_or(|value| value.trim().is_empty()) && self.get(variable).is_some()
    }

    fn switch(&self, variable: Variable) -> Result<bool> {
        match self.get(variable).map(|value| value.to_lowercase()).as_deref() {
            None | Some("0" | "false" | "no" | "off") => Ok(false),
            Some("1" | "true" | "yes" | "on") => Ok(true),
            // A read-only mode that a typo turns off would be no protection.
            Some(_) => Err(bad(variable, "takes true or false")),
        }
    }
}

fn account(env: &Env<'_>, flags: &Flags) -> Result<Account> {
    let (api_url, auth_url) = (api_url(env)?, auth_url(env)?);
    let pick = flags.site.clone().or_else(|| env.get(JIRA_SITE));
    let credentials = credentials(env, flags)?;
    let site = match (env.get(JIRA_URL), &pick) {
        (Some(url), _) => Some(SiteAddress::parse(&url, &api_url)?),
        // Only who knows several sites knows them by name.
        (None, Some(pick)) if matches!(credentials, Credentials::Basic { .. }) => {
            Some(SiteAddress::parse(pick, &api_url)?)
        }
        (None, _) => None,
    };
    if site.is_none() && matches!(credentials, Credentials::Basic { .. }) {
        return Err(incomplete(&[JIRA_URL]));
    }
    Ok(Account { site, pick, credentials, api_url, auth_url, cloud_id: env.get(JIRA_CLOUD_ID) })
}

/// What proves who calls: a profile that a flag names; else what the environment holds, where it is
/// ambiguous as `JIRA_AUTH` says; else the stored profile.
fn credentials(env: &Env<'_>, flags: &Flags) -> Result<Credentials> {
    let only = match env.get(JIRA_AUTH) {
        None => None,
        Some(text) => Some(
            text.parse::<Method>()
                .map_err(|()| bad(JIRA_AUTH, "takes basic, oauth, client-credentials or bearer"))?,
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
fn store(env: &Env<'_>) -> Result<Store> {
    let folder = match env.get(JIRA_CONFIG_DIR) {
        Some(folder) => PathBuf::from(folder),
        None => configuration_folder(env)?.join("mcp-server-jira"),
    };
    Ok(Store::new(folder))
}

/// Where this system keeps a user's configuration.
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

fn api_url(env: &Env<'_>) -> Result<Url> {
    server(env, ATLASSIAN_API_URL, "https://api.atlassian.com")
}

fn auth_url(env: &Env<'_>) -> Result<Url> {
    server(env, ATLASSIAN_AUTH_URL, "https://auth.atlassian.com")
}

/// The address of one of Atlassian's servers.
fn server(env: &Env<'_>, variable: Variable, usual: &str) -> Result<Url> {
    let text = env.get(variable);
    let url = Url::parse(text.as_deref().unwrap_or(usual))
        .map_err(|error| bad(variable, &format!("is no address ({error})")))?;
    if !is_private(&url) {
        return Err(bad(variable, "would send your token unencrypted: it must begin with https"));
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
    let names: Vec<&str> = unset.iter().map(|variable| variable.name).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    Error::NotConfigured {
        problem: format!("Jira is not set up: {} {verb} not set", names.join(", ")),
        fix: "Set JIRA_URL (your site), JIRA_EMAIL and JIRA_API_TOKEN (made at \
              https://id.atlassian.com/manage-profile/security/api-tokens) in this server's environment; or remove them \
              and run `mcp-server-jira auth login` in a terminal; or start it with --sandbox to try it without an account."
            .into(),
    }
}

/// True for what has the form of a project's key.
pub(crate) fn is_project_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A comma-separated list, without empty entries.
pub(crate) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn bad(variable: Variable, problem: &str) -> Error {
    Error::NotConfigured {
        problem: format!("{} {problem}", variable.name),
        fix: format!("Correct {} or remove it.", variable.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config> {
        Config::load(&Flags::default(), |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_missing_is_named_and_the_rest_still_loads() {
        let config = load(&[("JIRA_URL", "acme"), ("JIRA_EMAIL", " ")]).unwrap();
        let error = config.account.unwrap_err();
        assert!(error.to_string().contains("JIRA_EMAIL, JIRA_API_TOKEN are not set"), "{error}");
        assert!(!error.to_string().contains("JIRA_URL,"), "{error}");
    }

    #[test]
    fn the_names_of_mcp_atlassian_work_and_ours_win() {
        let config = load(&[
            ("JIRA_URL", "acme"),
            ("JIRA_USERNAME", "ana@example.com"),
            ("JIRA_API_TOKEN", "t"),
            ("READ_ONLY_MODE", "true"),
            ("JIRA_PROJECTS_FILTER", "demo, ops"),
            ("JIRA_PROJECTS", "biz"),
        ])
        .unwrap();
        assert!(config.account.is_ok());
        assert!(config.gates.read_only);
        assert_eq!(config.gates.projects, Some(vec!["BIZ".to_owned()]));
    }

    #[test]
    fn a_typo_in_what_protects_is_refused() {
        for (name, value) in [
            ("JIRA_READ_ONLY", "ture"),
            ("JIRA_PROJECTS", ","),
            ("JIRA_PROJECTS", "DEMO, Our project"),
            ("JIRA_PROJECTS", "DEMO\") OR (\"x"),
        ] {
            assert!(load(&[(name, value)]).is_err(), "{name}={value}");
        }
        let account = [("JIRA_URL", "acme"), ("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "t")];
        let plain = [&account[..], &[("ATLASSIAN_API_URL", "http://api.example.com")]].concat();
        assert!(load(&plain).unwrap().account.unwrap_err().to_string().contains("unencrypted"));
    }

    fn way(flags: &Flags, pairs: &[(&str, &str)]) -> String {
        let folder = ("JIRA_CONFIG_DIR", "/nowhere");
        let env = |name: &str| {
            pairs.iter().chain([&folder]).find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        match Config::load(flags, env).unwrap().account {
            Ok(Account { credentials: Credentials::Basic { email, .. }, .. }) => email,
            Ok(Account { credentials: Credentials::Bearer { .. }, .. }) => "bearer".into(),
            Ok(Account { credentials: Credentials::ClientCredentials(app), .. }) => app.client_id,
            Ok(Account { credentials: Credentials::Stored { name, only, .. }, .. }) => {
                format!("{name} {}", only.map_or("any", Method::name))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_environment_goes_before_the_stored_profile_and_a_named_profile_before_both() {
        let all = [
            ("JIRA_URL", "acme"),
            ("JIRA_EMAIL", "a@example.com"),
            ("JIRA_API_TOKEN", "t"),
            ("JIRA_ACCESS_TOKEN", "b"),
            ("ATLASSIAN_OAUTH_CLIENT_ID", "robot"),
            ("JIRA_OAUTH_CLIENT_SECRET", "s"),
            ("JIRA_PROFILE", "Work"),
        ];
        let none = Flags::default();
        assert_eq!(way(&none, &all), "bearer");
        assert_eq!(way(&none, &all[..3]), "a@example.com");
        assert_eq!(way(&none, &all[4..]), "work any");
        assert_eq!(way(&none, &[]), "default any");
        let named = Flags { profile: Some("other".into()), ..Flags::default() };
        assert_eq!(way(&named, &all), "other any");
        for (auth, expected) in [
            ("basic", "a@example.com"),
            ("bearer", "bearer"),
            ("client-credentials", "robot"),
            ("OAuth", "work oauth"),
        ] {
            assert_eq!(way(&none, &[&all[..], &[("JIRA_AUTH", auth)]].concat()), expected);
        }
        assert_eq!(way(&none, &[("JIRA_AUTH", "basic")]), "default basic");
        assert_eq!(way(&none, &[("JIRA_AUTH", "client-credentials")]), "default client-credentials");
    }

    #[test]
    fn what_is_half_set_is_named() {
        for (pairs, unset) in [
            (&[("JIRA_EMAIL", "a@example.com")][..], "JIRA_URL, JIRA_API_TOKEN are"),
            (&[("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "t")], "JIRA_URL is"),
            (&[("JIRA_AUTH", "bearer")], "JIRA_ACCESS_TOKEN is"),
            (
                &[("JIRA_AUTH", "client-credentials"), ("JIRA_OAUTH_CLIENT_ID", "id")],
                "JIRA_OAUTH_CLIENT_SECRET is",
            ),
            (&[("JIRA_AUTH", "magic")], "JIRA_AUTH takes basic, oauth, client-credentials or bearer"),
            (&[("JIRA_PROFILE", "../../etc")], "is no name for a profile"),
        ] {
            let said = way(&Flags::default(), pairs);
            assert!(said.contains(unset), "{said}");
        }
    }

    #[test]
    fn secrets_are_not_in_debug() {
        let config =
            load(&[("JIRA_URL", "acme"), ("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "s3cret")])
                .unwrap();
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}
