//! `auth`: signing in, seeing who is signed in, signing out, and picking a site.

mod browser;
mod guide;
mod login;
mod logout;
mod status;
mod switch;

use std::process::ExitCode;

use clap::Subcommand;

use super::serve::asked_to_end;
use super::terminal::{Terminal, tell};
use super::{complain, usage};
use crate::auth::login::Atlassian;
use crate::auth::{Account, App, Credentials, Grant, ProfileName, Session};
use crate::config::{Config, SignInSettings};
use crate::error::{Error, Result};
use crate::server::JiraServer;
use crate::tools;

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// Sign in and stay signed in
    Login(login::Arguments),
    /// Who is signed in where, and whether all is well
    Status(status::Arguments),
    /// Forget a sign-in
    Logout(logout::Arguments),
    /// Pick another of the sites that the sign-in opens
    Switch(switch::Arguments),
}

/// What each of the commands works with.
struct Context {
    settings: SignInSettings,
    atlassian: Atlassian,
    server: JiraServer,
    terminal: Terminal,
}

/// Runs one of the commands; Ctrl-C and SIGTERM end it at any point.
pub(super) async fn run(arguments: Arguments, settings: SignInSettings, config: Config) -> ExitCode {
    let context = match Context::new(settings, config) {
        Ok(context) => context,
        Err(error) => return usage(&error),
    };
    let work = async {
        match arguments {
            Arguments::Login(arguments) => login::run(arguments, &context).await.map(|()| ExitCode::SUCCESS),
            Arguments::Status(arguments) => status::run(&arguments, &context).await,
            Arguments::Logout(arguments) => {
                logout::run(&arguments, &context).await.map(|()| ExitCode::SUCCESS)
            }
            Arguments::Switch(arguments) => {
                switch::run(&arguments, &context).await.map(|()| ExitCode::SUCCESS)
            }
        }
    };
    tokio::select! {
        done = work => match done {
            Ok(code) => code,
            Err(error @ Error::Argument(_)) => usage(&error),
            Err(error) => {
                complain(&error);
                ExitCode::FAILURE
            }
        },
        () = asked_to_end() => {
            context.terminal.restored().await;
            tell("\nEnded; what was stored before is as it was.");
            ExitCode::from(130)
        }
    }
}

impl Context {
    fn new(settings: SignInSettings, config: Config) -> Result<Self> {
        let (auth_url, api_url) = (settings.auth_url.clone(), settings.api_url.clone());
        let http = crate::jira::Pool::default().connect(crate::auth::stays_here(&api_url))?;
        let atlassian = Atlassian { http, auth_url, api_url };
        Ok(Self { settings, atlassian, server: tools::server(config)?, terminal: Terminal::default() })
    }

    /// A stored profile's sign-in, as a server would use it.
    fn session(&self, name: &ProfileName) -> Session {
        let account = Account {
            site: None,
            pick: None,
            credentials: Credentials::Stored {
                store: self.settings.store.clone(),
                name: name.clone(),
                only: None,
            },
            api_url: self.atlassian.api_url.clone(),
            auth_url: self.atlassian.auth_url.clone(),
            cloud_id: None,
        };
        Session::new(Ok(account), self.atlassian.http.clone())
    }

    /// The app of a stored profile, of the one to sign in to before others, with that profile's name.
    async fn known_app(&self) -> Option<(ProfileName, App)> {
        let store = &self.settings.store;
        let mut names = vec![self.settings.profile.clone()];
        names.extend(store.list().await.unwrap_or_default());
        for name in names {
            // One that cannot be read has no app to offer.
            if let Ok(Some(profile)) = store.load(&name).await
                && let Grant::OAuth(grant) = profile.grant
            {
                return Some((name, grant.app));
            }
        }
        None
    }
}
