//! Words for failed sign-ins, by who reads them.

use super::sign_in::{ConsentProblem, GrantEnd, KeyringFault, Method, SignInProblem, SiteFault, SiteTarget};
use super::words::{Reader, TOKEN_PAGE, Words, login, words};

/// The page with an app's permissions.
const CONSOLE: &str = "https://developer.atlassian.com/console/myapps/";
/// The site on which service accounts and access to products are administered.
const ADMIN: &str = "https://admin.atlassian.com";

/// The usual reason why people do not get past Atlassian's page, which says no more than that something went wrong.
pub const APP_SHARING_NOTE: &str = "An app that is not shared (Distribution > Sharing, in Atlassian's developer console) lets in only its owner.";

/// The words for a failed sign-in.
pub(super) fn for_reader(cause: &SignInProblem, reader: Reader) -> Words {
    if let SignInProblem::SprintLookup { sprint, cause } = cause {
        let Words { problem, fix } = for_reader(cause, reader);
        return words(
            format!("The sprint `{sprint}` cannot be looked up by its name. {problem}"),
            format!("Give its id, which a read of an issue in it shows. Or: {fix}"),
        );
    }
    let mut said = local_sign_in(cause);
    match reader {
        Reader::Stdio => {}
        Reader::Shell => {
            if matches!(cause, SignInProblem::ProfileReplaced { .. }) {
                said.fix = "Run the command again to use it.".into();
            }
        }
        Reader::Http { own_account: true } => said.fix = own_account_fix(cause, said.fix),
        Reader::Http { own_account: false } => {
            said.fix = match cause {
                SignInProblem::MissingScope { .. } => {
                    "Ask the operator of this server to let its sign-in have them.".into()
                }
                _ => "Ask the operator of this server to mend its sign-in to Jira.".into(),
            };
        }
    }
    said
}

/// The remedy where people's own requests carry the account in `Authorization`.
fn own_account_fix(cause: &SignInProblem, local: String) -> String {
    match cause {
        SignInProblem::Refused { method: Method::Basic, .. } => format!(
            "Send the account's e-mail and an API token that is still good in `Authorization`; tokens are made at \
             {TOKEN_PAGE}."
        ),
        SignInProblem::PasswordUsed => {
            format!("Make a token at {TOKEN_PAGE} and send that in `Authorization`.")
        }
        SignInProblem::Refused { .. } | SignInProblem::AccessTokenRefused { .. } => {
            "Get a new access token where this one came from, and send that in `Authorization`.".into()
        }
        SignInProblem::MissingScope { method: Method::Basic, .. } => {
            format!("Make a token that has them at {TOKEN_PAGE} and send that in `Authorization`.")
        }
        SignInProblem::MissingScope { .. } => {
            "Get an access token with them where this one came from, and send that in `Authorization`.".into()
        }
        SignInProblem::RefusedForRequest => {
            "Check that the scopes of the token that you send in `Authorization` cover it.".into()
        }
        // Administrators and headers are within everybody's reach.
        SignInProblem::NoAccess { .. } | SignInProblem::NoAccountInRequest => local,
        _ => "Send an account of this server's site in `Authorization`, or ask the operator of this server."
            .into(),
    }
}

/// The words for who has the server, its variables and its commands at hand.
fn local_sign_in(cause: &SignInProblem) -> Words {
    match cause {
        SignInProblem::Refused { method, site, profile, accepted_before } => {
            refused(*method, site, profile.as_deref(), *accepted_before)
        }
        SignInProblem::PasswordUsed => words(
            "This is a password, and Jira takes API tokens only",
            format!("Make a token at {TOKEN_PAGE} and use that (JIRA_API_TOKEN)."),
        ),
        SignInProblem::NoAccess { method } => {
            let rule = if *method == Method::Basic { "API tokens" } else { "connected apps" };
            words(
                "Jira knows the account but does not let it in (403)",
                format!(
                    "Ask an administrator for access to Jira on this site, or for your organisation's rule on {rule}."
                ),
            )
        }
        SignInProblem::MissingScope { method, profile, scopes } => {
            missing_scope(*method, profile.as_deref(), scopes)
        }
        SignInProblem::RefusedForRequest => words(
            "Jira takes the credentials but refuses them for this request (401)",
            "Check that their scopes cover it: mcp-server-jira doctor",
        ),
        SignInProblem::WrongSite { target, fault } => wrong_site(target, *fault),
        SignInProblem::NoSites => words(
            "The sign-in opens no Jira site: the account has no access to Jira where access was given",
            "Ask an administrator for access to Jira, or sign in again and choose a site that has it: \
             mcp-server-jira auth login",
        ),
        SignInProblem::SeveralSites { sites } => words(
            format!(
                "The sign-in opens several sites, and nothing was stored, as none is named: {}",
                sites.join("; ")
            ),
            "Run `mcp-server-jira auth login --site SITE` in a terminal with one of them, or set JIRA_SITE.",
        ),
        SignInProblem::AccessTokenRefused { status } => words(
            format!("Atlassian does not take the access token ({status})"),
            "It has expired or was revoked: sign in again, or get a new one where it came from.",
        ),
        SignInProblem::AppRefused => words(
            "Atlassian does not take the app's client id and secret: the secret was replaced, or the app was deleted",
            format!(
                "Copy both again from the app's Settings in {CONSOLE} (of a service account: from its credentials in \
                 {ADMIN}), then run: mcp-server-jira auth login"
            ),
        ),
        SignInProblem::ServiceAccountRefused => words(
            "Atlassian does not take the service account's client id and secret",
            format!("Make new credentials for it in {ADMIN}."),
        ),
        SignInProblem::TokensRefused { said } => words(
            format!("Atlassian gives no tokens ({said})"),
            format!("Check the app in {CONSOLE}, then run: mcp-server-jira auth login"),
        ),
        SignInProblem::NoProfile { profile } => {
            words(format!("Nobody is signed in as `{profile}`"), format!("Run: {}", login(Some(profile))))
        }
        SignInProblem::ProfileReplaced { profile } => {
            words(format!("`{profile}` now belongs to another sign-in"), "Restart this server to use it.")
        }
        SignInProblem::GrantEnded { profile, since, end } => {
            let why = match end {
                GrantEnd::Expired => "365 days have passed since then",
                GrantEnd::Unused => "it was not used for 90 days",
                GrantEnd::Other => {
                    "it was revoked, the account's password was changed, or a renewal was interrupted"
                }
            };
            words(
                format!("Atlassian has ended the sign-in `{profile}` of {since}: {why}"),
                format!("Sign in again: {}", login(Some(profile))),
            )
        }
        SignInProblem::Keyring { keyring, profile, fault } => keyring_fault(keyring, profile, fault),
        SignInProblem::Consent(problem) => consent(problem),
        SignInProblem::Declined => words(
            "The sign-in was declined",
            "Try again to get another, or run `mcp-server-jira auth login` in a terminal.",
        ),
        SignInProblem::NoAccountInRequest => {
            words("The request brought no Jira account", "Send one in the header `Authorization`.")
        }
        // Said by `for_reader`, for every reader.
        SignInProblem::SprintLookup { cause, .. } => local_sign_in(cause),
    }
}

fn consent(problem: &ConsentProblem) -> Words {
    match problem {
        ConsentProblem::Denied => words(
            "Access was not granted on Atlassian's page, and nothing was stored",
            "Run mcp-server-jira auth login again to change that.",
        ),
        ConsentProblem::Timeout { minutes } => words(
            format!("Nobody answered on Atlassian's page within {minutes} minutes"),
            format!(
                "Run mcp-server-jira auth login again; with --no-browser where the browser is on another machine. \
                 {APP_SHARING_NOTE}"
            ),
        ),
        ConsentProblem::Failed { said, redirect_uri } => words(
            format!("Atlassian broke the sign-in off ({said})"),
            format!(
                "Compare the app's callback URL ({redirect_uri}) and permissions, then run mcp-server-jira auth login \
                 again."
            ),
        ),
        ConsentProblem::CodeRefused => words(
            "Atlassian does not take the code that the browser brought: it was used, or is too old",
            "Run mcp-server-jira auth login again.",
        ),
        ConsentProblem::WithoutSite => words(
            "This sign-in opens no Jira site: the account has none, or another was chosen on Atlassian's page",
            "Run mcp-server-jira auth login again with an account that uses Jira, and choose its site there.",
        ),
    }
}

fn refused(method: Method, site: &str, profile: Option<&str>, accepted_before: bool) -> Words {
    match method {
        Method::Basic if profile.is_some() => words(
            format!("{site} refuses the stored API token: it has expired or was revoked"),
            format!("Make a new one at {TOKEN_PAGE} and store it: {}", login(profile)),
        ),
        Method::Basic if accepted_before => words(
            format!("{site} took this API token earlier and refuses it now: it has expired or was revoked"),
            format!("Make a new token at {TOKEN_PAGE} and restart with it as JIRA_API_TOKEN."),
        ),
        Method::Basic => words(
            format!(
                "{site} refuses the e-mail and API token: one of them is wrong, or the token has expired or was revoked"
            ),
            format!(
                "Check the e-mail, which is the account's (JIRA_EMAIL), and the token (JIRA_API_TOKEN); tokens and their \
                 ends are listed at {TOKEN_PAGE}."
            ),
        ),
        Method::Bearer => words(
            format!("{site} refuses the access token: it has expired or was revoked, or is for another site"),
            "Get a new access token where this one came from; `mcp-server-jira auth login` makes a sign-in that renews itself.",
        ),
        Method::OAuth => words(
            format!(
                "{site} refuses a token that Atlassian has just made: the sign-in is not for this site, or the account's \
                 access to Jira was taken away"
            ),
            format!("Pick a site with `mcp-server-jira auth switch`, or sign in again: {}", login(profile)),
        ),
        Method::ClientCredentials => words(
            format!("{site} refuses the service account: it has no access to this site"),
            format!("Give the service account access to Jira in {ADMIN}, or name its site with JIRA_URL."),
        ),
    }
}

fn missing_scope(method: Method, profile: Option<&str>, scopes: &[String]) -> Words {
    let (what, fix) = match method {
        Method::Basic => ("API token", format!("Make a token that has them at {TOKEN_PAGE}.")),
        Method::Bearer => {
            ("access token", "Get an access token with them where this one came from.".to_owned())
        }
        Method::OAuth => (
            "sign-in",
            format!(
                "Tick them under Permissions of the app in {CONSOLE}, then sign in again: {} --scopes {}",
                login(profile),
                scopes.join(",")
            ),
        ),
        Method::ClientCredentials => (
            "service account's client",
            format!("Make credentials with them for the service account in {ADMIN}."),
        ),
    };
    words(format!("The {what} lacks a scope that this needs, of: {}", scopes.join(", ")), fix)
}

fn wrong_site(target: &SiteTarget, fault: SiteFault) -> Words {
    let why = match fault {
        SiteFault::NotJiraCloud => "it answers, but not as Jira Cloud does",
        SiteFault::NoJira => "there is no Jira under this address",
        SiteFault::NotGranted => "access was given for another one",
        SiteFault::NoAddress => "it does not tell its own address",
        SiteFault::NoCloudId => "it names no cloudId",
    };
    match target {
        SiteTarget::Consent { address, profile } => words(
            format!("The sign-in does not cover {address}: {why}"),
            format!(
                "Choose that site on Atlassian's page: {}; or correct JIRA_URL.",
                login(profile.as_deref())
            ),
        ),
        SiteTarget::Address(address) => words(
            format!("{address} is not a Jira Cloud site: {why}"),
            "Check the site's address (JIRA_URL) against the one in your browser.",
        ),
        SiteTarget::Known(site) => words(
            format!("The sign-in does not open {site}: {why}"),
            "Pick another site with `mcp-server-jira auth switch`, --site or JIRA_CLOUD_ID.",
        ),
    }
}

fn keyring_fault(keyring: &str, profile: &str, fault: &KeyringFault) -> Words {
    match fault {
        KeyringFault::Lost => words(
            format!("{keyring} no longer holds the sign-in `{profile}`"),
            format!("Sign in again: {}", login(Some(profile))),
        ),
        KeyringFault::Unreadable(why) => words(
            format!("The sign-in `{profile}` is in {keyring}, but {why}"),
            format!("Unlock the keyring and try again, or sign in anew: {}", login(Some(profile))),
        ),
        KeyringFault::Undeletable(why) => words(
            format!("{keyring} still holds the sign-in `{profile}`: {why}"),
            "Unlock the keyring and try again.",
        ),
    }
}
