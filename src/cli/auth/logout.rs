//! `auth logout`: forgetting a sign-in.

use clap::Args;

use super::context::Context;
use crate::auth::{Grant, ProfileName};
use crate::cli::output::print;
use crate::error::{Result, UsageProblem};

/// The page on which a person sees the apps that may act for them.
const CONNECTED_APPS: &str = "https://id.atlassian.com/manage-profile/apps";
/// The page on which a person sees and ends API tokens.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Forget every profile
    #[arg(long)]
    all: bool,
}

/// Forgets the profile, or all of them.
pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<()> {
    let store = &context.settings.store;
    let known = store.list().await?;
    let names = if arguments.all { known.clone() } else { vec![context.settings.profile.clone()] };
    if known.is_empty() {
        print("Nobody is signed in.");
        return Ok(());
    }
    for name in names {
        if !known.contains(&name) {
            let known = known.iter().map(ProfileName::to_string).collect();
            return Err(UsageProblem::UnknownProfile { profile: name.to_string(), known }.into());
        }
        forget(&name, context).await?;
    }
    Ok(())
}

async fn forget(name: &ProfileName, context: &Context) -> Result<()> {
    let store = &context.settings.store;
    let locked = store.lock(name).await?;
    // What cannot be read can be forgotten all the same.
    let profile = store.load(name).await.ok().flatten();
    store.remove(&locked).await?;
    let Some(profile) = profile else {
        print(&format!("Forgot the sign-in `{name}`."));
        return Ok(());
    };
    print(&format!("Forgot the sign-in `{name}` of {} on {}.", profile.person.name, profile.site.url));
    print(&match profile.grant {
        Grant::OAuth(_) => format!(
            "At Atlassian, your app may still act for you until you take that back: remove it at {CONNECTED_APPS}"
        ),
        Grant::ApiToken { .. } => format!("The API token itself still works until you revoke it at {TOKEN_PAGE}"),
        Grant::ClientCredentials(_) => {
            "The service account's credentials still work until they are revoked at https://admin.atlassian.com".into()
        }
    });
    Ok(())
}
