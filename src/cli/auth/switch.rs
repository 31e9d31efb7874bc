//! `auth switch`: another of the sites that a sign-in opens.

use clap::Args;

use super::context::Context;
use super::login;
use crate::auth::{Grant, Profile};
use crate::cli::output::print;
use crate::error::{Result, SignInProblem, UsageProblem};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The site, by name, address or cloudId; asked for when not given
    #[arg(value_name = "SITE")]
    to: Option<String>,
}

/// Makes the profile one for another site.
pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<()> {
    let (store, name) = (&context.settings.store, &context.settings.profile);
    let not_signed_in = || SignInProblem::NoProfile { profile: name.to_string() };
    let profile = store.load(name).await?.ok_or_else(not_signed_in)?;
    let (site, token_site) = (context.settings.site.as_deref(), context.settings.token_site.as_deref());
    let changed = match &profile.grant {
        Grant::ApiToken { email, token } => {
            let wanted = arguments.to.as_deref().or(token_site).ok_or(UsageProblem::NoOtherSite)?;
            login::check_token(wanted, email.clone(), token.clone(), context).await?
        }
        Grant::OAuth(_) | Grant::ClientCredentials(_) => {
            let wanted = arguments.to.as_deref().or(site);
            let sites = context.session(name).sites().await?;
            if let ([only], None) = (sites.as_slice(), wanted) {
                print(&format!(
                    "The sign-in `{name}` opens one site, {}.\nTo add another, sign in again and choose it on Atlassian's \
                     page: mcp-server-jira auth login --profile {name}",
                    login::label(only)
                ));
                return Ok(());
            }
            let site = login::pick(&sites, wanted, context).await?;
            Profile { site, ..profile.clone() }
        }
    };
    let locked = store.lock(name).await?;
    // The tokens may have been renewed meanwhile: only what was picked is changed.
    let mut present = store.load(name).await?.ok_or_else(not_signed_in)?;
    present.site = changed.site;
    present.person = changed.person;
    store.update(&locked, &present).await?;
    print(&format!(
        "`{name}` is for {} now. Servers that run already stay where they are.",
        login::label(&present.site)
    ));
    Ok(())
}
