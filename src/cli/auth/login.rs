//! `auth login`: signing in, with questions where there is somebody to answer them.

use clap::Args;
use secrecy::SecretString;
use url::Url;

use super::context::Context;
use super::{browser, guide};
use crate::auth::callback::{Callback, ConsentOutcome, ReceivedRedirect, WaitingBrowser};
use crate::auth::login::{Login, person_of_api_token, redirect_uri};
use crate::auth::page::Page;
use crate::auth::{App, CloudSite, Grant, Profile, ProfileName, SaveOutcome, choose_site};
use crate::cli::terminal::{Terminal, tell};
use crate::error::{APP_SHARING_NOTE, Result, UsageProblem};

/// The page on which a person makes API tokens.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Arguments {
    /// Sign in with OAuth 2.0, in the browser; stays signed in
    #[arg(long, conflicts_with_all = ["token", "with_token"])]
    oauth: bool,
    /// Sign in with e-mail and API token
    #[arg(long)]
    token: bool,
    /// Sign in with the API token that stdin holds
    #[arg(long)]
    with_token: bool,
    /// Open no browser here: print the address, and take the one that it leads to, for --oauth
    #[arg(long, conflicts_with_all = ["token", "with_token"])]
    no_browser: bool,
    /// Client ID of your app, for --oauth; its secret is asked for, or the next line of stdin
    #[arg(long, value_name = "ID", conflicts_with_all = ["token", "with_token"])]
    client_id: Option<String>,
    /// Scopes to ask for besides those that the enabled toolsets need, comma-separated, for --oauth
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with_all = ["token", "with_token"])]
    scopes: Vec<String>,
    /// E-mail address of the account, for --token
    #[arg(long, value_name = "ADDRESS", conflicts_with = "oauth")]
    email: Option<String>,
}

/// Signs in and keeps that.
pub(super) async fn run(arguments: Arguments, context: &Context) -> Result<()> {
    let by_token = arguments.with_token || arguments.token || arguments.email.is_some();
    let by_oauth = arguments.oauth
        || arguments.no_browser
        || arguments.client_id.is_some()
        || !arguments.scopes.is_empty();
    let (profile, saved) = if by_oauth || (!by_token && asks_for_oauth(&context.terminal).await?) {
        with_oauth(&arguments, context).await?
    } else {
        keep(with_token(&arguments, context).await?, context).await?
    };
    report(&profile, &saved, context);
    Ok(())
}

async fn keep(profile: Profile, context: &Context) -> Result<(Profile, SaveOutcome)> {
    let store = &context.settings.store;
    let locked = store.lock(&profile.name).await?;
    let saved = store.save(&locked, &profile).await?;
    Ok((profile, saved))
}

/// Prints what was done, and how to go on.
fn report(profile: &Profile, saved: &SaveOutcome, context: &Context) {
    let Profile { name, person, site, .. } = profile;
    let email = person.email.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
    let reason = saved.fallback_reason.as_ref().map(|reason| format!(", as {reason}")).unwrap_or_default();
    tell(format_args!("\nYou are signed in to {} as {}{email}.", label(site), person.name));
    tell(format_args!("Profile `{name}` is kept in {}{reason}.", saved.location));
    if let Some(variable) = context.settings.overridden_by {
        tell(format_args!(
            "But {variable} is set here, and the environment comes before profiles: remove it, or start the server with \
             --profile {name}."
        ));
    }
    let flag = if *name == ProfileName::default() { String::new() } else { format!(" --profile {name}") };
    tell(format_args!(
        "\nTry it:            mcp-server-jira{flag} call search_issues '{{\"jql\":\"assignee = currentUser()\"}}'\n\
         In your AI client: the command mcp-server-jira{}, without any of JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN.",
        if flag.is_empty() { String::new() } else { format!(" with the arguments{flag}") }
    ));
}

async fn asks_for_oauth(terminal: &Terminal) -> Result<bool> {
    if !Terminal::is_interactive() {
        return Err(UsageProblem::NoMethod.into());
    }
    tell("How do you want to sign in to Jira?");
    let ways = [
        "OAuth 2.0: in the browser, and it stays. Needs an app of your own at Atlassian, registered once"
            .to_owned(),
        "API token: made on a page of your account in a minute. Ends after a year at most".to_owned(),
    ];
    Ok(terminal.choose("Your choice", &ways).await? == 0)
}

async fn with_oauth(arguments: &Arguments, context: &Context) -> Result<(Profile, SaveOutcome)> {
    let redirect_uri = redirect_uri(context.settings.callback_port)?;
    let mut scopes = context.server.scopes();
    for more in arguments.scopes.iter().map(|scope| scope.trim()) {
        if !more.is_empty() && !scopes.contains(&more) {
            scopes.push(more);
        }
    }
    let app = app(arguments, context, &redirect_uri, &scopes).await?;
    let login = Login::begin(context.atlassian.clone(), app, redirect_uri, &scopes)?;
    if arguments.no_browser {
        let outcome = by_paste(&login, &context.terminal).await?;
        return settle(login, outcome, &mut None, context).await;
    }
    let ReceivedRedirect { outcome, browser } = by_browser(&login, context).await?;
    let denied = matches!(outcome, ConsentOutcome::Denied);
    let mut browser = Some(browser);
    let result = settle(login, outcome, &mut browser, context).await;
    if let Some(browser) = browser {
        browser.show(&Page::for_result(result.as_ref().map(|(profile, _)| profile), denied)).await;
    }
    result
}

/// Makes a stored profile of what Atlassian's page led to. Takes the browser where the person has to go on here.
async fn settle(
    login: Login,
    outcome: ConsentOutcome,
    browser: &mut Option<WaitingBrowser>,
    context: &Context,
) -> Result<(Profile, SaveOutcome)> {
    let granted = login.finish(outcome).await?;
    let settings = &context.settings;
    let is_asked = settings.site.is_none() && granted.sites.len() > 1 && Terminal::is_interactive();
    if is_asked && let Some(browser) = browser.take() {
        browser.show(&Page::Choose).await;
    }
    let site = pick(&granted.sites, settings.site.as_deref(), context).await?;
    let profile = granted.profile(settings.profile.clone(), site).await?;
    keep(profile, context).await
}

/// The app to sign in with: the one that is named, else one that is known, else a new one.
async fn app(arguments: &Arguments, context: &Context, redirect_uri: &Url, scopes: &[&str]) -> Result<App> {
    let terminal = &context.terminal;
    if let Some(client_id) = &arguments.client_id {
        let client_secret = terminal.ask_secret("Secret").await?;
        return Ok(App { client_id: client_id.clone(), client_secret });
    }
    if let Some(app) = &context.settings.app {
        return Ok(app.clone());
    }
    if let Some((owner, app)) = context.known_app().await {
        let question = format!("Use your app {}, as profile `{owner}` does? (y/n)", app.client_id);
        let agreed = !Terminal::is_interactive()
            || terminal.ask(&question, Some("y")).await?.to_lowercase().starts_with('y');
        if agreed {
            return Ok(app);
        }
    }
    tell(guide::registration(redirect_uri.as_str(), scopes));
    if !Terminal::is_interactive() {
        return Err(UsageProblem::NoApp.into());
    }
    let client_id = terminal.ask("Client ID", None).await?;
    let client_secret = terminal.ask_secret("Secret").await?;
    Ok(App { client_id, client_secret })
}

async fn by_browser(login: &Login, context: &Context) -> Result<ReceivedRedirect> {
    // Before the page opens: a port that is taken must not be found out after consent.
    let callback = Callback::bind(context.settings.callback_port).await?;
    if browser::open(&login.start_url()) {
        tell("Atlassian's page opens in your browser. If it does not, go there:");
    } else {
        tell("Open this page in a browser on this machine (with --no-browser, it may be on another one):");
    }
    tell(format_args!(
        "\n  {}\n\nWaiting for your answer there. Ctrl-C ends the sign-in.\n{APP_SHARING_NOTE}",
        login.url()
    ));
    login.wait_for_redirect(callback).await
}

async fn by_paste(login: &Login, terminal: &Terminal) -> Result<ConsentOutcome> {
    tell(format_args!(
        "Open this page in any browser:\n\n  {}\n\nWhen you have accepted, the browser goes to an address on localhost, where it \
         probably finds nothing.\nThat is as it should be: copy that address out of the browser.\n{APP_SHARING_NOTE}",
        login.url()
    ));
    loop {
        let address = terminal.ask("The address", None).await?;
        match login.parse_pasted(&address) {
            Ok(outcome) => return Ok(outcome),
            Err(error) if Terminal::is_interactive() => tell(error),
            Err(error) => return Err(error),
        }
    }
}

/// The site that this profile is for.
pub(super) async fn pick(sites: &[CloudSite], wanted: Option<&str>, context: &Context) -> Result<CloudSite> {
    if wanted.is_some() {
        return choose_site(sites, wanted);
    }
    if let [only] = sites {
        return Ok(only.clone());
    }
    let names: Vec<String> = sites.iter().map(label).collect();
    if !Terminal::is_interactive() {
        return Err(UsageProblem::SeveralSites { sites: names }.into());
    }
    tell("The sign-in opens more than one site, and a profile is for one of them:");
    let place = context.terminal.choose("The site", &names).await?;
    Ok(sites[place].clone())
}

/// A site as people know it: its name and its address.
pub(super) fn label(site: &CloudSite) -> String {
    format!("{} ({})", site.name, site.url.as_str().trim_end_matches('/'))
}

async fn with_token(arguments: &Arguments, context: &Context) -> Result<Profile> {
    let (settings, terminal) = (&context.settings, &context.terminal);
    let site = match &settings.token_site {
        Some(site) => site.clone(),
        None if arguments.with_token => return Err(UsageProblem::TokenWithoutSite.into()),
        None => terminal.ask("Your site, such as acme.atlassian.net", None).await?,
    };
    let email = match arguments.email.as_ref().or(settings.email.as_ref()) {
        Some(email) => email.clone(),
        None if arguments.with_token => return Err(UsageProblem::TokenWithoutEmail.into()),
        None => terminal.ask("E-mail address of your account", None).await?,
    };
    if !arguments.with_token {
        tell(format_args!(
            "Make a token at {TOKEN_PAGE}\nEither kind will do; one with scopes needs {}.",
            context.server.scopes().join(", ")
        ));
    }
    let token = terminal.ask_secret("API token").await?;
    check_token(&site, email, token, context).await
}

/// Sees what an API token opens on a site.
pub(super) async fn check_token(
    site: &str,
    email: String,
    token: SecretString,
    context: &Context,
) -> Result<Profile> {
    let (site, person) = person_of_api_token(&context.atlassian, site, &email, &token).await?;
    let name = context.settings.profile.clone();
    Ok(Profile { name, grant: Grant::ApiToken { email, token }, site, person })
}
