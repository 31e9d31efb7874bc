//! Words for settings that are missing or cannot be used, by who reads them.

use super::configuration::{ConfigurationProblem, SiteAddressProblem};
use super::words::{Reader, TOKEN_PAGE, Words, login, words};

/// The words for a setting that is missing or cannot be used.
pub(super) fn for_reader(cause: &ConfigurationProblem, reader: Reader) -> Words {
    match (cause, reader) {
        (ConfigurationProblem::Start { .. }, _)
        | (ConfigurationProblem::InvalidToken, Reader::Http { own_account: true })
        | (_, Reader::Stdio | Reader::Shell) => local_configuration(cause),
        (
            ConfigurationProblem::NoAccount | ConfigurationProblem::MissingVariables(_),
            Reader::Http { .. },
        ) => words(
            "This server has no Jira account yet",
            "Ask its operator to set one up: `mcp-server-jira doctor` says there what is missing.",
        ),
        (_, Reader::Http { .. }) => words(
            "This server's settings for Jira cannot be used",
            "Ask its operator to correct them: `mcp-server-jira doctor` says there what is wrong.",
        ),
    }
}

fn local_configuration(cause: &ConfigurationProblem) -> Words {
    match cause {
        ConfigurationProblem::NoAccount => words(
            "Jira is not set up: nobody has signed in, and JIRA_EMAIL, JIRA_API_TOKEN are not set",
            format!(
                "Run `mcp-server-jira auth login` in a terminal; or set JIRA_URL (your site), JIRA_EMAIL and \
                 JIRA_API_TOKEN (made at {TOKEN_PAGE}) in this server's environment; or start it with --sandbox to try \
                 it without an account."
            ),
        ),
        ConfigurationProblem::MissingVariables(names) => words(
            format!(
                "Jira is not set up: {} {} not set",
                names.join(", "),
                if names.len() == 1 { "is" } else { "are" }
            ),
            format!(
                "Set JIRA_URL (your site), JIRA_EMAIL and JIRA_API_TOKEN (made at {TOKEN_PAGE}) in this server's \
                 environment; or remove them and run `mcp-server-jira auth login` in a terminal; or start it with \
                 --sandbox to try it without an account."
            ),
        ),
        ConfigurationProblem::InvalidVariable { name, problem } => {
            words(format!("{name} {problem}"), format!("Correct {name} or remove it."))
        }
        ConfigurationProblem::InvalidProfileName(name) => words(
            format!("{name:?} is no name for a profile"),
            "Use up to 40 letters, digits, `-`, `_` and `.`, with a letter or digit first.",
        ),
        ConfigurationProblem::OtherMethod { allowed, profile, stored } => words(
            format!(
                "JIRA_AUTH is {}, but the profile `{profile}` signs in with {}",
                allowed.name(),
                stored.name()
            ),
            "Remove JIRA_AUTH, set what it needs, or name another profile with --profile.",
        ),
        ConfigurationProblem::OtherCloudId { profile, site } => words(
            format!(
                "JIRA_CLOUD_ID is not the cloudId of {site}, for which the API token of the profile `{profile}` is stored"
            ),
            "Remove JIRA_CLOUD_ID, or name the site by its address with JIRA_URL or --site.",
        ),
        ConfigurationProblem::NoSite => words(
            "API tokens belong to a site, and JIRA_URL is not set",
            "Set JIRA_URL to your site, such as https://your-site.atlassian.net.",
        ),
        ConfigurationProblem::SiteWithoutAddress => words(
            "An API token does not tell its sites, so that none is found by name or cloudId",
            "Give --site (JIRA_SITE) the site's address, such as https://your-site.atlassian.net.",
        ),
        ConfigurationProblem::InvalidSite(problem) => words(
            site_address(problem),
            "Give your site's address (JIRA_URL), such as https://your-site.atlassian.net.",
        ),
        ConfigurationProblem::UnreadableProfile(profile) => words(
            format!("The stored profile `{profile}` cannot be read"),
            format!("Sign in again: {}", login(Some(profile))),
        ),
        ConfigurationProblem::NewerProfile(profile) => words(
            format!("The stored profile `{profile}` was written by a newer mcp-server-jira"),
            "Update this one.",
        ),
        ConfigurationProblem::InvalidToken => {
            words("The token holds characters that no token has", "Copy it again, whole and alone.")
        }
        ConfigurationProblem::PortTaken { port, error, path } => words(
            format!(
                "Port {port} on this machine, where Atlassian sends the browser back to, is not free ({error})"
            ),
            format!(
                "Another sign-in may be waiting: end it; or, with another program there, set JIRA_OAUTH_CALLBACK_PORT and \
                 register http://localhost:THAT_PORT{path} as the app's callback URL."
            ),
        ),
        ConfigurationProblem::Start { problem, fix } => words(problem, fix),
    }
}

fn site_address(problem: &SiteAddressProblem) -> String {
    match problem {
        SiteAddressProblem::Empty => "The site's address is empty".into(),
        SiteAddressProblem::Unparsable(error) => format!("The site's address is none ({error})"),
        SiteAddressProblem::NoHost => "The site's address names no host".into(),
        SiteAddressProblem::Unencrypted => {
            "The site's address starts with http, which would send your token unencrypted".into()
        }
        SiteAddressProblem::NotWeb => "The site's address is none of the web".into(),
        SiteAddressProblem::NotCloud(host) => {
            format!("`{host}` is not a Jira Cloud site, and Jira Data Center is not supported yet")
        }
    }
}
