//! The command line: what there is to run, and what each command prints.

mod auth;
mod call;
mod catalogue;
mod doctor;
mod output;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod scopes;
mod serve;
mod shutdown;
mod terminal;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Flags, SignInSettings};
use crate::error::Reader;
use crate::tools;
use output::usage;

/// Jira for AI agents: an MCP server.
#[derive(Debug, Parser)]
#[command(name = "mcp-server-jira", version, about, after_help = config::help(), args_conflicts_with_subcommands = false)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    serve: serve::Arguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Which Jira, and how much of it")]
struct Global {
    /// Use the embedded Jira: no account needed, nothing leaves this machine
    #[arg(long, global = true)]
    sandbox: bool,
    /// Only tools that read
    #[arg(long, global = true)]
    read_only: bool,
    /// Toolsets, comma-separated; also default, all
    #[arg(long, global = true, value_name = "NAMES")]
    toolsets: Option<String>,
    /// Single tools to add; given alone, the whole list
    #[arg(long, global = true, value_name = "NAMES")]
    tools: Option<String>,
    /// Tools to take away
    #[arg(long, global = true, value_name = "NAMES")]
    exclude_tools: Option<String>,
    /// Keys of the only projects to be seen or changed
    #[arg(long, global = true, value_name = "KEYS")]
    projects: Option<String>,
    /// Let the user confirm each call that may destroy something (not from a shell: who types it has decided)
    #[arg(long, global = true)]
    confirm: bool,
    /// Stored profile to sign in with, over anything that the environment holds
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// Site by name, address or cloudId, where the sign-in opens several
    #[arg(long, global = true, value_name = "SITE")]
    site: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on stdin and stdout, or over HTTP (what is done without a command)
    Serve(serve::Arguments),
    /// Call one tool and print its result as a model reads it
    Call(call::Arguments),
    /// Sign in, see who is signed in, sign out, pick a site
    #[command(subcommand)]
    Auth(auth::Arguments),
    /// Check everything that a server needs, and say what mends it
    Doctor(doctor::Arguments),
    /// List the tools
    Tools(catalogue::Arguments),
    /// Run the embedded Jira as a server of its own
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Arguments),
}

impl Cli {
    /// Reads the arguments of this process.
    ///
    /// # Errors
    /// The exit code, where they make no sense or ask only for help: then all has been said.
    pub fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| {
            // Help and version are no errors, and go to stdout.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            ExitCode::from(code)
        })
    }

    /// True for serving over HTTP, where many people wait at the same time.
    #[must_use]
    pub fn serves_over_http(&self) -> bool {
        match &self.command {
            None => self.serve.http.is_some(),
            Some(Command::Serve(arguments)) => arguments.http.is_some(),
            Some(_) => false,
        }
    }
}

/// Runs the command that the arguments name, and lets renewals of the sign-in that it has begun end.
pub async fn run(cli: Cli) -> ExitCode {
    let code = command(cli).await;
    crate::auth::wait_for_renewals().await;
    code
}

async fn command(cli: Cli) -> ExitCode {
    match config::log_level(config::environment) {
        Ok(level) => log_to_stderr(level),
        Err(error) => return usage(&error),
    }
    match cli.command {
        #[cfg(feature = "sandbox")]
        Some(Command::Sandbox(arguments)) => sandbox::run(arguments).await,
        command => {
            let flags = Flags {
                read_only: cli.global.read_only,
                toolsets: cli.global.toolsets,
                tools: cli.global.tools,
                exclude_tools: cli.global.exclude_tools,
                projects: cli.global.projects,
                confirm: cli.global.confirm,
                profile: cli.global.profile,
                site: cli.global.site,
            };
            if let Some(Command::Doctor(arguments)) = &command {
                let config = Config::load(&flags, config::environment);
                let settings = SignInSettings::load(&flags, config::environment);
                return doctor::run(arguments, config, settings).await;
            }
            let mut config = match Config::load(&flags, config::environment) {
                Ok(config) => config,
                Err(error) => return usage(&error),
            };
            match command {
                Some(Command::Auth(arguments)) => match SignInSettings::load(&flags, config::environment) {
                    Ok(settings) => auth::run(arguments, settings, config).await,
                    Err(error) => usage(&error),
                },
                command => {
                    // Whoever types the call is the one who would be asked.
                    if matches!(command, Some(Command::Call(_))) {
                        config.confirm = false;
                        config.reader = Reader::Shell;
                    }
                    with_jira(command.unwrap_or(Command::Serve(cli.serve)), config, cli.global.sandbox).await
                }
            }
        }
    }
}

/// Runs a command that needs the server, with the embedded Jira beside it where that is asked for.
async fn with_jira(command: Command, config: Config, embedded: bool) -> ExitCode {
    let (config, _jira) = if embedded {
        match embed(config).await {
            Ok(both) => both,
            Err(error) => return usage(&error),
        }
    } else {
        (config, None)
    };
    if let Command::Serve(arguments) = &command
        && let Some(address) = &arguments.http
    {
        return serve::over_http(config, arguments.settings(address)).await;
    }
    let server = match tools::server(config) {
        Ok(server) => server,
        Err(error) => return usage(&error),
    };
    match command {
        Command::Call(arguments) => call::run(arguments, server).await,
        Command::Tools(arguments) => catalogue::run(arguments, &server),
        _ => serve::run(server).await,
    }
}

#[cfg(feature = "sandbox")]
async fn embed(mut config: Config) -> crate::error::Result<(Config, Option<jira_sandbox::Sandbox>)> {
    let (account, jira) = sandbox::embed().await?;
    config.api_url = Ok(account.api_url.clone());
    config.account = Ok(account);
    Ok((config, Some(jira)))
}

#[cfg(not(feature = "sandbox"))]
#[expect(clippy::unused_async, reason = "its twin with the embedded Jira awaits")]
async fn embed(_: Config) -> crate::error::Result<(Config, Option<()>)> {
    Err(crate::error::Error::at_start(
        "this build has no embedded Jira",
        "Build it with the default features.",
    ))
}

fn log_to_stderr(level: tracing::level_filters::LevelFilter) {
    use tracing_subscriber::prelude::*;
    // Other crates log what they send and receive, and a secret could be among it.
    let filter = tracing_subscriber::filter::Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .with_ansi(false)
                .with_filter(filter),
        )
        .init();
}
