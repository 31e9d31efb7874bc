//! The settings: the only reader of the environment.
//!
//! Each variable is a documented constant, listed by `--help`. Flags win over variables, and our
//! names over those that users of mcp-atlassian already have in their configuration.

mod account;
mod flags;
mod sign_in;
mod variable;

use std::fmt::Write as _;
use std::time::Duration;

use url::Url;

use crate::auth::Account;
use crate::error::{Reader, Result};
use account::{account, api_url};
pub use flags::Flags;
pub use sign_in::{SECRET_VARIABLES, SignInSettings};
use variable::Env;
pub use variable::*;

/// Everything that the server is told at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// The account to sign in with, or the reason why there is none: the server starts all the same.
    pub account: Result<Account>,
    /// Settings for signing in anew; `None` where the settings leave no way.
    pub sign_in: Option<SignInSettings>,
    /// Atlassian's gateway, for accounts that come from elsewhere.
    pub api_url: Result<Url>,
    /// The operator's limits on tools and projects.
    pub gates: Gates,
    /// The user is asked before each call of a tool that may destroy something.
    pub confirm: bool,
    /// The reader of errors of the server's own account.
    pub reader: Reader,
    /// The form of the text block of a result.
    pub text: TextFormat,
    /// The upper bound on one result, in tokens.
    pub max_tokens: usize,
    /// The time between two looks at a resource that clients watch.
    pub poll: Duration,
}

/// The operator's limits, as written; `server::policy` makes it effective.
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

/// Form of the text block of a result.
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

/// The time between two looks at a resource that clients watch.
const RESOURCE_POLL_INTERVAL: Duration = Duration::from_secs(60);

/// The process's environment, as [`Config::load`] takes it.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Config {
    /// Reads the settings; `env` looks up one variable.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a value that makes no sense, except for those that tell where
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
            Some([]) => return Err(JIRA_PROJECTS.invalid("names no project")),
            Some(keys) => {
                if let Some(key) = keys.iter().find(|key| !is_project_key(key)) {
                    return Err(
                        JIRA_PROJECTS.invalid(&format!("takes project keys such as DEMO, not `{key}`"))
                    );
                }
            }
            None => {}
        }
        let confirm = flags.confirm || env.switch(JIRA_CONFIRM)?;
        let text = match env.get(JIRA_TEXT).as_deref() {
            None | Some("lean") => TextFormat::Lean,
            Some("json") => TextFormat::Json,
            Some(_) => return Err(JIRA_TEXT.invalid("takes json or lean")),
        };
        let max_tokens = match env.get(JIRA_MAX_TOKENS) {
            None => DEFAULT_MAX_TOKENS,
            Some(text) => text
                .parse()
                .ok()
                .filter(|tokens| *tokens >= 500)
                .ok_or_else(|| JIRA_MAX_TOKENS.invalid("takes a number of tokens, at least 500"))?,
        };
        Ok(Self {
            account: account(&env, flags),
            sign_in: SignInSettings::load(flags, env.0).ok(),
            api_url: api_url(&env),
            gates,
            confirm,
            reader: Reader::default(),
            text,
            max_tokens,
            poll: RESOURCE_POLL_INTERVAL,
        })
    }
}

/// The level that is logged on stderr.
///
/// # Errors
/// [`crate::error::Error::NotConfigured`] for an unknown level.
pub fn log_level(env: impl Fn(&str) -> Option<String>) -> Result<tracing::level_filters::LevelFilter> {
    match Env(&env).get(JIRA_LOG) {
        None => Ok(tracing::level_filters::LevelFilter::WARN),
        Some(level) => {
            level.parse().map_err(|_| JIRA_LOG.invalid("takes off, error, warn, info, debug or trace"))
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

/// True for what has the form of a project's key.
pub(crate) fn is_project_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A comma-separated list, without empty entries.
pub(crate) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Credentials, Method};

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

    fn method_of(flags: &Flags, pairs: &[(&str, &str)]) -> String {
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
        assert_eq!(method_of(&none, &all), "bearer");
        assert_eq!(method_of(&none, &all[..3]), "a@example.com");
        assert_eq!(method_of(&none, &all[4..]), "work any");
        assert_eq!(method_of(&none, &[]), "default any");
        let named = Flags { profile: Some("other".into()), ..Flags::default() };
        assert_eq!(method_of(&named, &all), "other any");
        for (auth, expected) in [
            ("basic", "a@example.com"),
            ("bearer", "bearer"),
            ("client-credentials", "robot"),
            ("OAuth", "work oauth"),
        ] {
            assert_eq!(method_of(&none, &[&all[..], &[("JIRA_AUTH", auth)]].concat()), expected);
        }
        assert_eq!(method_of(&none, &[("JIRA_AUTH", "basic")]), "default basic");
        assert_eq!(method_of(&none, &[("JIRA_AUTH", "client-credentials")]), "default client-credentials");
    }

    #[test]
    fn what_is_half_set_is_named() {
        for (pairs, unset) in [
            (&[("JIRA_URL", "acme"), ("JIRA_EMAIL", "a@example.com")][..], "JIRA_API_TOKEN is"),
            // The address alone is none of our business.
            (&[("JIRA_EMAIL", "a@example.com")], "default any"),
            (&[("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "t")], "JIRA_URL is"),
            (&[("JIRA_AUTH", "bearer")], "JIRA_ACCESS_TOKEN is"),
            (
                &[("JIRA_AUTH", "client-credentials"), ("JIRA_OAUTH_CLIENT_ID", "id")],
                "JIRA_OAUTH_CLIENT_SECRET is",
            ),
            (&[("JIRA_AUTH", "magic")], "JIRA_AUTH takes basic, oauth, client-credentials or bearer"),
            (&[("JIRA_PROFILE", "../../etc")], "is no name for a profile"),
        ] {
            let said = method_of(&Flags::default(), pairs);
            assert!(said.contains(unset), "{said}");
        }
    }

    #[test]
    fn flags_name_the_site_whatever_is_left_in_the_environment() {
        let left = [
            ("JIRA_URL", "left"),
            ("JIRA_CLOUD_ID", "left"),
            ("JIRA_EMAIL", "a@example.com"),
            ("JIRA_API_TOKEN", "t"),
            ("JIRA_CONFIG_DIR", "/nowhere"),
        ];
        let account = |flags: Flags| {
            let env =
                |name: &str| left.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            Config::load(&flags, env).unwrap().account
        };
        let site = |site: &str| Flags { site: Some(site.into()), ..Flags::default() };
        let named = account(site("acme")).unwrap();
        assert_eq!(named.site.unwrap().origin.as_str(), "https://acme.atlassian.net/");
        assert_eq!(named.cloud_id, None);
        for unknown in ["11111111-2222-3333-4444-555555555555", "Our site"] {
            let error = account(site(unknown)).unwrap_err().text_for(Reader::Stdio);
            assert!(error.contains("--site"), "{error}");
        }
        let work = account(Flags { profile: Some("work".into()), ..Flags::default() }).unwrap();
        assert_eq!((work.site, work.cloud_id), (None, None));
    }

    #[test]
    fn secrets_are_not_in_debug() {
        let config =
            load(&[("JIRA_URL", "acme"), ("JIRA_EMAIL", "a@example.com"), ("JIRA_API_TOKEN", "s3cret")])
                .unwrap();
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}
