//! `auth`: signing in, seeing who is signed in, signing out, and picking a site.

mod browser;
mod context;
mod guide;
mod login;
mod logout;
mod status;
mod switch;

use std::process::ExitCode;

use clap::Subcommand;

use super::output::{complain, usage};
use super::shutdown::shutdown_requested;
use super::terminal::tell;
use crate::config::{Config, SignInSettings};
use crate::error::Error;
use context::Context;

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
            Err(error @ Error::Usage(_)) => usage(&error),
            Err(error) => {
                complain(&error);
                ExitCode::FAILURE
            }
        },
        () = shutdown_requested() => {
            context.terminal.restored().await;
            tell("\nEnded; what was stored before is as it was.");
            ExitCode::from(130)
        }
    }
}
