//! What is said where Jira does not take a sign-in: each cause in its own words, each with its way out.

use super::credentials::Method;
use super::sign_in::SignIn;
use crate::error::Error;

/// Where a person makes and renews API tokens.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";
/// Where an app's permissions are.
const CONSOLE: &str = "https://developer.atlassian.com/console/myapps/";

/// Says that `place` does not take what it was shown; `accepted` tells that it once did, `text` is its answer.
pub(super) fn refused(sign_in: &SignIn, place: &str, accepted: bool, text: &str) -> Error {
    let (problem, fix) = match sign_in.method {
        Method::Basic if text.contains("passwords is deprecated") => (
            "This is a password, and Jira takes API tokens only".to_owned(),
            format!("Make a token at {TOKEN_PAGE} and use that (JIRA_API_TOKEN)."),
        ),
        Method::Basic if sign_in.profile.is_some() => (
            format!("{place} refuses the stored API token: it has expired or was revoked"),
            format!("Make a new one at {TOKEN_PAGE} and store it: {}", login(sign_in)),
        ),
        Method::Basic if accepted => (
            format!("{place} took this API token earlier and refuses it now: it has expired or was revoked"),
            format!("Make a new token at {TOKEN_PAGE} and restart with it as JIRA_API_TOKEN."),
        ),
        Method::Basic => (
            format!("{place} refuses the e-mail and API token: one of them is wrong, or the token has expired or was revoked"),
            format!(
                "Check the e-mail, which is the account's (JIRA_EMAIL), and the token (JIRA_API_TOKEN); tokens and their \
                 ends are listed at {TOKEN_PAGE}."
            ),
        ),
        Method::Bearer => (
            format!("{place} refuses the access token: it has expired or was revoked, or is for another site"),
            "Get a new access token where this one came from; `mcp-server-jira auth login` makes a sign-in that renews itself."
                .to_owned(),
        ),
        Method::OAuth => (
            format!(
                "{place} refuses a token that Atlassian has just made: the sign-in is not for this site, or the account's \
                 access to Jira was taken away"
            ),
            format!("Pick a site with `mcp-server-jira auth switch`, or sign in again: {}", login(sign_in)),
        ),
        Method::ClientCredentials => (
            format!("{place} refuses the service account: it has no access to this site"),
            "Give the service account access to Jira in https://admin.atlassian.com, or name its site with JIRA_URL.".to_owned(),
        ),
    };
    Error::SignIn { problem, fix }
}

/// Says that Jira knows the account and does not let it in.
pub(super) fn no_access(sign_in: &SignIn) -> Error {
    let fix = match sign_in.method {
        Method::Basic => {
            "Ask an administrator for access to Jira on this site, or for your organisation's rule on API tokens."
        }
        Method::OAuth | Method::Bearer | Method::ClientCredentials => {
            "Ask an administrator for access to Jira on this site, or for your organisation's rule on connected apps."
        }
    };
    Error::SignIn { problem: "Jira knows the account but does not let it in (403)".into(), fix: fix.into() }
}

/// Says which scopes a request needs, and how to add them.
pub(super) fn lacks_scope(sign_in: &SignIn, scopes: &[&str]) -> Error {
    let (names, scopes) = (scopes.join(","), scopes.join(", "));
    let (what, fix) = match sign_in.method {
        Method::Basic => ("API token", format!("Make a token that has them at {TOKEN_PAGE}.")),
        Method::Bearer => {
            ("access token", "Get an access token with them where this one came from.".to_owned())
        }
        Method::OAuth => (
            "sign-in",
            format!(
                "Tick them under Permissions of the app in {CONSOLE}, then sign in again: {} --scopes {names}",
                login(sign_in)
            ),
        ),
        Method::ClientCredentials => (
            "service account's client",
            "Make credentials with them for the service account in https://admin.atlassian.com.".to_owned(),
        ),
    };
    Error::SignIn { problem: format!("The {what} lacks a scope that this needs, of: {scopes}"), fix }
}

/// The command that signs in anew.
pub(super) fn login(sign_in: &SignIn) -> String {
    match &sign_in.profile {
        Some(name) => format!("mcp-server-jira auth login --profile {name}"),
        None => "mcp-server-jira auth login".into(),
    }
}
