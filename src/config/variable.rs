//! The environment variables, each documented where it is named.

use secrecy::zeroize::Zeroizing;

use crate::error::{ConfigurationProblem, Error, Result};

/// One environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The name that mcp-atlassian has for it, which works too.
    pub alias: Option<&'static str>,
    /// Its meaning, for `--help`.
    pub about: &'static str,
}

impl Variable {
    /// The error of a value that makes no sense; `problem` goes on after the name.
    pub(super) fn invalid(self, problem: &str) -> Error {
        ConfigurationProblem::InvalidVariable { name: self.name, problem: problem.to_owned() }.into()
    }
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
pub const JIRA_CLOUD_ID: Variable = aliased(
    "JIRA_CLOUD_ID",
    "ATLASSIAN_OAUTH_CLOUD_ID",
    "cloudId of the site: picks it as JIRA_SITE does; asked for when not set",
);
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
/// The way to sign in.
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
/// The form of the text block of a result.
pub const JIRA_TEXT: Variable =
    variable("JIRA_TEXT", "json: results as JSON text, for frameworks that parse it");
/// Confirmation of what may destroy.
pub const JIRA_CONFIRM: Variable =
    variable("JIRA_CONFIRM", "true: the user confirms each call that may destroy something");
/// The upper bound on one result.
pub const JIRA_MAX_TOKENS: Variable =
    variable("JIRA_MAX_TOKENS", "Upper bound on one result, in tokens; 12000");
/// The level of the log on stderr.
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

/// The environment, as a function that looks up one variable.
pub(super) struct Env<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Env<'_> {
    /// The value without surrounding space; an empty one counts as not set. It may be a secret.
    pub(super) fn get(&self, variable: Variable) -> Option<String> {
        [Some(variable.name), variable.alias].into_iter().flatten().find_map(|name| {
            let value = Zeroizing::new((self.0)(name)?);
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        })
    }

    /// True where the value is set under the alias alone.
    pub(super) fn is_alias(&self, variable: Variable) -> bool {
        (self.0)(variable.name).is_none_or(|value| value.trim().is_empty()) && self.get(variable).is_some()
    }

    pub(super) fn switch(&self, variable: Variable) -> Result<bool> {
        match self.get(variable).map(|value| value.to_lowercase()).as_deref() {
            None | Some("0" | "false" | "no" | "off") => Ok(false),
            Some("1" | "true" | "yes" | "on") => Ok(true),
            // A read-only mode that a typo turns off would be no protection.
            Some(_) => Err(variable.invalid("takes true or false")),
        }
    }
}
