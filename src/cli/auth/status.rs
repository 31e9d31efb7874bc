//! `auth status`: who is signed in where, how, and whether all is well.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::context::Context;
use super::login;
use crate::auth::{CloudSite, Grant, Profile, ProfileName, StoredPerson};
use crate::cli::output::print;
use crate::cli::report::{Finding, in_colour, lines};
use crate::cli::scopes;
use crate::error::{Error, Result};

/// The time after consent at which Atlassian ends a sign-in, however it is used.
const MAX_GRANT_AGE: SignedDuration = SignedDuration::from_hours(365 * 24);

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One profile as it stands.
#[derive(Debug, Serialize)]
struct Status {
    profile: String,
    /// True for the profile that a server started like this uses.
    in_use: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
    /// The check, live, and what it found besides.
    findings: Vec<Finding>,
}

/// A profile without its secrets.
#[derive(Debug, Serialize)]
struct Details {
    person: StoredPerson,
    site: CloudSite,
    /// The name of the way to sign in, as `JIRA_AUTH` has it.
    method: &'static str,
    stored_in: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth: Option<OAuthDetails>,
}

#[derive(Debug, Serialize)]
struct OAuthDetails {
    client_id: String,
    signed_in_at: Timestamp,
    /// The sign-in ends then at the latest.
    ends_at: Timestamp,
    scopes: Vec<String>,
    /// The time at which the present access token ends; another follows by itself.
    access_token_ends_at: Option<Timestamp>,
}

/// Prints every profile; fails where one does not work, or where there is none.
pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<ExitCode> {
    let mut all = Vec::new();
    for name in context.settings.store.list().await? {
        all.push(check(name, context).await);
    }
    let overridden_by = context.settings.overridden_by;
    if arguments.json {
        let document = serde_json::json!({ "profiles": all, "overridden_by": overridden_by });
        print(&serde_json::to_string_pretty(&document).unwrap_or_default());
    } else {
        if all.is_empty() {
            print("Nobody is signed in. To change that: mcp-server-jira auth login");
        }
        for status in &all {
            print(&status_text(status));
        }
        if let Some(variable) = overridden_by {
            print(&format!(
                "{variable} is set: a server started here signs in with the environment, not with a profile."
            ));
        }
    }
    let works = |status: &Status| status.findings.iter().all(|finding| !finding.is_problem());
    Ok(if !all.is_empty() && all.iter().all(works) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn check(name: ProfileName, context: &Context) -> Status {
    let store = &context.settings.store;
    // First, as an access token that has ended is renewed by it.
    let live = context.session(&name).identity().await;
    let in_use = context.settings.overridden_by.is_none() && name == context.settings.profile;
    let mut status = Status { profile: name.to_string(), in_use, details: None, findings: Vec::new() };
    match store.load(&name).await {
        Ok(Some(profile)) => {
            status.findings.push(match &live {
                Ok(identity) => Finding::ok("Jira", format!("answers as {}", identity.name)),
                Err(error) => Finding::problem("Jira", error),
            });
            status.findings.extend(granted(&profile, context));
            let location = store.location(&name).await.ok().flatten().map(|location| location.to_string());
            status.details = Some(details(profile, location.unwrap_or_default()));
        }
        Ok(None) => {
            let error = live.err().unwrap_or_else(|| Error::Internal(format!("`{name}` is gone")));
            status.findings.push(Finding::problem("Profile", &error));
        }
        Err(error) => status.findings.push(Finding::problem("Profile", &error)),
    }
    status
}

fn details(profile: Profile, stored_in: String) -> Details {
    let method = profile.grant.method().name();
    let oauth = match profile.grant {
        Grant::OAuth(grant) => Some(OAuthDetails {
            client_id: grant.app.client_id,
            signed_in_at: grant.signed_in_at,
            ends_at: grant.signed_in_at.saturating_add(MAX_GRANT_AGE).unwrap_or(grant.signed_in_at),
            access_token_ends_at: grant.tokens.as_ref().map(|tokens| tokens.expires_at),
            scopes: grant.tokens.map(|tokens| tokens.scopes).unwrap_or_default(),
        }),
        Grant::ApiToken { .. } | Grant::ClientCredentials(_) => None,
    };
    Details { person: profile.person, site: profile.site, method, stored_in, oauth }
}

/// A status as a person reads it.
fn status_text(status: &Status) -> String {
    let in_use = if status.in_use { "  (in use)" } else { "" };
    let mut text = format!("{}{in_use}\n", status.profile);
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<8}  {value}");
    };
    if let Some(Details { person, site, method, stored_in, oauth }) = &status.details {
        let email = person.email.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
        line("Who", &format!("{}{email}", person.name));
        line("Site", &login::label(site));
        match oauth {
            Some(oauth) => {
                line("How", &format!("OAuth 2.0, with your app {}", oauth.client_id));
                line(
                    "Until",
                    &format!(
                        "{} at the latest, or 90 days without use; signed in on {}",
                        day(oauth.ends_at),
                        day(oauth.signed_in_at)
                    ),
                );
                if let Some(ends) = oauth.access_token_ends_at {
                    line("Token", &format!("this one ends at {}, the next comes by itself", minute(ends)));
                }
                line("Scopes", &oauth.scopes.join(", "));
            }
            None => line(
                "How",
                match *method {
                    "basic" => "API token",
                    _ => "service account, with client id and secret",
                },
            ),
        }
        line("Kept in", stored_in);
    }
    for finding in lines(&status.findings, in_colour()).lines() {
        let _ = writeln!(text, "  {finding}");
    }
    text
}

fn day(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime("%F").to_string()
}

fn minute(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime("%F %H:%M").to_string()
}

/// Checks whether an OAuth sign-in was granted what the enabled toolsets need.
fn granted(profile: &Profile, context: &Context) -> Option<Finding> {
    let Grant::OAuth(grant) = &profile.grant else { return None };
    Some(scopes::compared(&grant.tokens.as_ref()?.scopes, &context.server, &profile.name))
}
