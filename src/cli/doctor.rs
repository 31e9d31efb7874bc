//! `doctor`: everything that a server needs, looked at once, each with what mends it.

mod network;

use std::process::ExitCode;

use clap::Args;
use url::Url;

use super::output::print;
use super::report::{Finding, in_colour, lines};
use crate::auth::{Account, Credentials, Grant, Session, StorageLocation};
use crate::config::{Config, SignInSettings};
use crate::error::Result;
use crate::jira::Pool;

use crate::server::JiraServer;
use crate::tools;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Looks at everything; fails where something does not work.
pub(super) async fn run(
    arguments: &Arguments,
    config: Result<Config>,
    settings: Result<SignInSettings>,
) -> ExitCode {
    let findings = check(config, settings).await;
    if arguments.json {
        let document = serde_json::json!({ "findings": findings });
        print(&serde_json::to_string_pretty(&document).unwrap_or_default());
    } else {
        print(lines(&findings, in_colour()).trim_end());
    }
    if findings.iter().any(Finding::is_problem) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn check(config: Result<Config>, settings: Result<SignInSettings>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (config, settings) = match (config, settings) {
        (Ok(config), Ok(settings)) => (config, settings),
        (Err(error), _) | (_, Err(error)) => return vec![Finding::problem("Configuration", &error)],
    };
    let server = match tools::server(config.clone()) {
        Ok(server) => server,
        Err(error) => return vec![Finding::problem("Configuration", &error)],
    };
    findings.push(configuration(&config, &server));
    findings.push(keyring(&settings).await);

    let account = config.account.clone();
    let direct = account.as_ref().is_ok_and(Account::is_local);
    let http = match Pool::default().connect(direct) {
        Ok(http) => http,
        Err(error) => {
            findings.push(Finding::problem("TLS", &error));
            return findings;
        }
    };
    let session = Session::new(account.clone(), http.clone());
    let identity = session.identity().await;
    match &identity {
        Ok(identity) => {
            let email = identity.email.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
            findings
                .push(Finding::ok("Sign-in", format!("{}{email}, {}", identity.name, method_text(&account))));
        }
        Err(error) => findings.push(Finding::problem("Sign-in", error)),
    }
    let (access, browse) = match &identity {
        Ok(_) => (session.authorize().await.ok(), session.browse_url().await.ok()),
        Err(_) => (None, None),
    };
    if let (Some(access), Some(browse)) = (&access, &browse) {
        // The gateway has many sites, and tells them apart by a path.
        let by = if access.base.path() == "/" { "directly" } else { "through Atlassian's gateway" };
        findings.push(Finding::ok("Site", format!("{}, {by}", browse.as_str().trim_end_matches('/'))));
        findings.push(scopes(&account, &server).await);
    }
    findings.push(network::proxy(direct));
    let base =
        access.as_ref().map_or_else(|| first_address(&account, &settings), |access| access.base.clone());
    findings.extend(network::check(&http, &base, access.as_ref()).await);
    findings
}

fn configuration(config: &Config, server: &JiraServer) -> Finding {
    let kind = if config.gates.read_only { "read only" } else { "reading and writing" };
    let projects = match &config.gates.projects {
        Some(projects) => format!("only in {}", projects.join(", ")),
        None => "in every project".to_owned(),
    };
    Finding::ok("Configuration", format!("{} tools, {kind}, {projects}", server.tools().count()))
}

/// Checks whether new sign-ins can be kept in the keyring, and the one that is there be read.
async fn keyring(settings: &SignInSettings) -> Finding {
    const CHECK: &str = "Keyring";
    let SignInSettings { store, profile, .. } = settings;
    match (store.check_keyring().await, store.location(profile).await) {
        (Ok(()), Ok(Some(StorageLocation::File(_)))) => Finding::warning(
            CHECK,
            format!("takes new sign-ins; `{profile}` is in a file that only you can read"),
            format!(
                "To move it into the keyring, sign in again: mcp-server-jira auth login --profile {profile}"
            ),
        ),
        (Ok(()), _) => Finding::ok(CHECK, "takes and keeps sign-ins"),
        (Err(error), Ok(Some(StorageLocation::Keyring))) if settings.overridden_by.is_none() => {
            Finding::failed(
                CHECK,
                format!("{error}, and it holds the sign-in `{profile}`"),
                format!(
                    "Unlock it; or sign in again, into a file that only you can read: mcp-server-jira auth login --profile \
                 {profile}"
                ),
            )
        }
        (Err(error), _) => Finding::warning(
            CHECK,
            format!("{error}; new sign-ins go into files that only you can read"),
            "To keep them in a keyring, unlock it, on Linux install a Secret Service such as gnome-keyring, and sign in again.",
        ),
    }
}

/// The account's way to sign in, in a few words.
fn method_text(account: &Result<Account>) -> String {
    match account.as_ref().map(|account| &account.credentials) {
        Ok(Credentials::Stored { name, .. }) => format!("as profile `{name}`"),
        Ok(Credentials::Basic { .. }) => "by JIRA_EMAIL and JIRA_API_TOKEN".into(),
        Ok(Credentials::Bearer { .. }) => "by JIRA_ACCESS_TOKEN".into(),
        Ok(Credentials::ClientCredentials(_)) => "by JIRA_OAUTH_CLIENT_ID and its secret".into(),
        Err(_) => String::new(),
    }
}

/// Checks whether what was granted is enough for the enabled tools.
async fn scopes(account: &Result<Account>, server: &JiraServer) -> Finding {
    let Ok(Account { credentials: Credentials::Stored { store, name, .. }, .. }) = account else {
        return Finding::ok(
            "Scopes",
            "this way to sign in does not tell them; a tool that lacks one says which",
        );
    };
    match store.load(name).await {
        Ok(Some(profile)) => match &profile.grant {
            Grant::OAuth(grant) => {
                let granted =
                    grant.tokens.as_ref().map(|tokens| tokens.scopes.as_slice()).unwrap_or_default();
                super::scopes::compared(granted, server, name)
            }
            Grant::ApiToken { .. } | Grant::ClientCredentials(_) => Finding::ok(
                "Scopes",
                "this way to sign in does not tell them; a tool that lacks one says which",
            ),
        },
        Ok(None) => Finding::ok("Scopes", "nobody is signed in"),
        Err(error) => Finding::problem("Scopes", &error),
    }
}

/// The address to which requests would go first, as far as is known without a sign-in.
fn first_address(account: &Result<Account>, settings: &SignInSettings) -> Url {
    match account {
        Ok(Account { site: Some(site), .. }) => site.origin.clone(),
        _ => settings.api_url.clone(),
    }
}
