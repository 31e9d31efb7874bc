//! The settings: the only reader of the environment.
//!
//! Each variable is a documented constant, listed by `--help`. Flags win over variables, and our
//! names over those that users of mcp-atlassian already have in their configuration.

use std::fmt::Write as _;

use secrecy::SecretString;
use url::Url;

use crate::auth::{Account, Credentials, SiteAddress, is_private};
use crate::error::{Error, Result};

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

/// Every variable, in the order of `--help`.
pub const VARIABLES: &[Variable] = &[
    JIRA_URL,
    JIRA_EMAIL,
    JIRA_API_TOKEN,
    JIRA_CLOUD_ID,
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
}

/// Everything that the server is told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to sign in, or why that cannot be known: the server starts all the same.
    pub account: Result<Account>,
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
        Ok(Self { account: account(&env), api_url: api_url(&env), gates, confirm, text, max_tokens })
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
    text.push_str("  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE are honoured.");
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

fn api_url(env: &Env<'_>) -> Result<Url> {
    let api_url = match env.get(ATLASSIAN_API_URL) {
        None => Url::parse("https://api.atlassian.com"),
        Some(text) => Url::parse(&text),
    }
    .map_err(|error| bad(ATLASSIAN_API_URL, &format!("is no address ({error})")))?;
    if !is_private(&api_url) {
        return Err(bad(ATLASSIAN_API_URL, "would send your token unencrypted: it must begin with https"));
    }
    Ok(api_url)
}

fn account(env: &Env<'_>) -> Result<Account> {
    let api_url = api_url(env)?;
    let missing: Vec<&str> = [JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN]
        .into_iter()
        .filter(|variable| env.get(*variable).is_none())
        .map(|variable| variable.name)
        .collect();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        return Err(Error::NotConfigured {
            problem: format!("Jira is not set up: {} {verb} not set", missing.join(", ")),
            fix: "Set JIRA_URL (your site), JIRA_EMAIL and JIRA_API_TOKEN (made at \
                  https://id.atlassian.com/manage-profile/security/api-tokens) in this server's environment, \
                  or start it with --sandbox to try it without an account."
                .into(),
        });
    }
    let get = |variable| env.get(variable).unwrap_or_default();
    Ok(Account {
        site: SiteAddress::parse(&get(JIRA_URL), &api_url)?,
        credentials: Credentials::Basic {
            email: get(JIRA_EMAIL),
            token: SecretString::from(get(JIRA_API_TOKEN)),
        },
        api_url,
        cloud_id: env.get(JIRA_CLOUD_ID),
    })
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

    #[test]
    fn secrets_are_not_in_debug() {
        let config =
            load(&[("JIRA_URL", "acme"), ("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "s3cret")])
                .unwrap();
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}
