//! `sandbox`: the embedded Jira as a server, and the account that `--sandbox` uses.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use url::Url;

use super::output::{print, usage};
use crate::auth::{Account, Credentials, SiteAddress};
use crate::error::{Error, Result};
use jira_sandbox::{Options, Sandbox};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Start with users only: no project, no issue
    #[arg(long)]
    empty: bool,
    /// What time it is on the site, such as 2026-03-02T09:00:00Z; the seed is laid relative to it
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
    /// How long search does not know what was written
    #[arg(long, default_value_t = 0, value_name = "MILLISECONDS")]
    search_lag: u64,
    /// How long each reply takes at least
    #[arg(long, default_value_t = 0, value_name = "MILLISECONDS")]
    latency: u64,
    /// Let pages of search hold fewer issues than asked for, as Jira's may
    #[arg(long)]
    short_pages: bool,
    /// How many sites there are
    #[arg(long, default_value_t = 1, value_name = "N")]
    sites: usize,
    /// How long an access token of an app works
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    access_token_ttl: u64,
    /// How long a used refresh token can be used again
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    refresh_reuse_leeway: u64,
    /// The callback address that is registered for the app
    #[arg(long, default_value = "http://localhost:8976/callback", value_name = "URL")]
    redirect_uri: String,
}

/// Serves the embedded Jira until it is stopped; its first line on stdout tells how to reach it.
pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let options = Options {
        port: arguments.port,
        now: arguments.now,
        seed: !arguments.empty,
        search_lag: Duration::from_millis(arguments.search_lag),
        short_pages: arguments.short_pages,
        latency: Duration::from_millis(arguments.latency),
        sites: arguments.sites,
        access_token_ttl: Duration::from_secs(arguments.access_token_ttl),
        refresh_reuse_leeway: Duration::from_secs(arguments.refresh_reuse_leeway),
        redirect_uri: arguments.redirect_uri,
    };
    let jira = match Sandbox::start(options).await {
        Ok(jira) => jira,
        Err(error) => return usage(&no_start(&error)),
    };
    print(&serde_json::to_string(jira.info()).unwrap_or_default());
    let _ = tokio::signal::ctrl_c().await;
    ExitCode::SUCCESS
}

/// Starts the embedded Jira, with the account that signs in to it.
pub(super) async fn embed() -> Result<(Account, Sandbox)> {
    let jira = Sandbox::start(Options::default()).await.map_err(|error| no_start(&error))?;
    let info = jira.info();
    let api_url = Url::parse(&info.api_url).map_err(|error| no_start(&error))?;
    let credentials =
        Credentials::Basic { email: info.email.clone(), token: SecretString::from(info.api_token.clone()) };
    let account = Account::on_site(SiteAddress::parse(&info.url, &api_url)?, credentials, api_url);
    Ok((account, jira))
}

fn no_start(error: &dyn std::error::Error) -> Error {
    Error::at_start(
        format!("the embedded Jira cannot start ({error})"),
        "Choose another --port, or 0 for any.",
    )
}
