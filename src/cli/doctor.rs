//! `doctor`: everything that a server needs, looked at once, each with what mends it.

mod network;

use std::process::ExitCode;

use clap::Args;
use url::Url;

use super::print;
use super::report::{Finding, in_colour, lines};
use crate::auth::{Account, Credentials, Grant, Place, Session};
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
    let findings = look(config, settings).await;
    if arguments.json {
        let document = serde_json::json!({ "findings": findings });
        print(&serde_json::to_string_pretty(&document).unwrap_or_default());
    } else {
        print(lines(&findings, in_colour()).trim_end());
    }
    if findings.iter().any(Finding::is_problem) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn look(config: Result<Config>, settings: Result<SignInSettings>) -> Vec<Finding> {
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
    let direct = account.as_ref().is_ok_and(Account::stays_here);
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
            findings.push(Finding::ok("Sign-in", format!("{}{email}, {}", identity.name, way(&account))));
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
    let door = access.as_ref().map_or_else(|| entrance(&account, &settings), |access| access.base.clone());
    findings.extend(network::look(&http, &door, access.as_ref()).await);
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

/// Whether new sign-ins can be kept in the keyring, and the one that is there be read.
async fn keyring(settings: &SignInSettings) -> Finding {
    const CHECK: &str = "Keyring";
    let SignInSettings { store, profile, .. } = settings;
    match (store.keyring_takes().await, store.place(profile).await) {
        (Ok(()), Ok(Some(Place::File(_)))) => Finding::warning(
            CHECK,
            format!("takes new sign-ins; `{profile}` is in a file that only you can read"),
            format!(
                "To move it into the keyring, sign in again: mcp-server-jira auth login --profile {profile}"
            ),
        ),
        (Ok(()), _) => Finding::ok(CHECK, "takes and keeps sign-ins"),
        (Err(trouble), Ok(Some(Place::Keyring))) if settings.overridden_by.is_none() => Finding::failed(
            CHECK,
            format!("{trouble}, and it holds the sign-in `{profile}`"),
            format!(
                "Unlock it; or sign in again, into a file that only you can read: mcp-server-jira auth login --profile \
                 {profile}"
            ),
        ),
        (Err(trouble), _) => Finding::warning(
            CHECK,
            format!("{trouble}; new sign-ins go into files that only you can read"),
            "To keep them in a keyring, unlock it, on Linux install a Secret Service such as gnome-keyring, and sign in again.",
        ),
    }
}

/// How the account signs in, in a few words.
fn way(account: &Result<Account>) -> String {
    match account.as_ref().map(|account| &account.credentials) {
        Ok(Credentials::Stored { name, .. }) => format!("as profile `{name}`"),
        Ok(Credentials::Basic { .. }) => "by JIRA_EMAIL and JIRA_API_TOKEN".into(),
        Ok(Credentials::Bearer { .. }) => "by JIRA_ACCESS_TOKEN".into(),
        Ok(Credentials::ClientCredentials(_)) => "by JIRA_OAUTH_CLIENT_ID and its secret".into(),
        Err(_) => String::new(),
    }
}

/// Whether what was granted is enough for the enabled tools.
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

/// Where requests would go first, as far as is known without a sign-in.
fn entrance(account: &Result<Account>, settings: &SignInSettings) -> Url {
    match account {
        Ok(Account { site: Some(site), .. }) => site.origin.clone(),
        _ => settings.api_url.clone(),
    }
}
