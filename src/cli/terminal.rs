//! Questions to the person who runs a command, and their answers.
//!
//! Questions go to stderr, as stdout belongs to results. Where stdin is no terminal, each answer is
//! its next line, so that a script can give them.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use crate::error::{Error, Result, UsageProblem};

/// Capacity for a line, so that it does not grow by copies that nothing zeroises: longer than any token or address.
const LINE_CAPACITY: usize = 16 * 1024;

/// The person, or the script, that answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Terminal {
    /// Held while the terminal shows nothing of what is typed.
    hidden: Arc<Mutex<()>>,
}

impl Terminal {
    /// True where a person can answer.
    pub(super) fn is_interactive() -> bool {
        io::stdin().is_terminal()
    }

    /// Asks for a line; an empty one counts as `default`, and where there is none it is asked again.
    pub(super) async fn ask(&self, question: &str, default: Option<&str>) -> Result<String> {
        loop {
            if Self::is_interactive() {
                put(&match default {
                    Some(default) => format!("{question} [{default}]: "),
                    None => format!("{question}: "),
                });
            }
            let line = line(question).await?;
            match (line.trim(), default) {
                ("", Some(default)) => return Ok(default.to_owned()),
                ("", None) => tell("An answer is needed here; Ctrl-C ends the sign-in."),
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    /// Asks for what must not be seen: nothing of it is echoed.
    pub(super) async fn ask_secret(&self, question: &str) -> Result<SecretString> {
        loop {
            let secret = if Self::is_interactive() {
                put(&format!("{question} (not shown): "));
                let guard = self.hidden.clone().lock_owned().await;
                let typed = tokio::task::spawn_blocking(move || {
                    let typed = rpassword::read_password();
                    drop(guard);
                    typed
                });
                let typed = typed.await.map_err(|error| Error::Internal(error.to_string()))?;
                tell("");
                match typed {
                    Ok(typed) => SecretString::from(Zeroizing::new(typed).trim()),
                    // Ctrl-C: whoever waits for it ends the command.
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => std::future::pending().await,
                    Err(error) => return Err(unreadable(question, &error)),
                }
            } else {
                SecretString::from(line(question).await?.trim())
            };
            if secret.expose_secret().is_empty() {
                tell("An answer is needed here; Ctrl-C ends the sign-in.");
            } else {
                return Ok(secret);
            }
        }
    }

    /// Lets the person take one of several; gives its place.
    pub(super) async fn choose(&self, question: &str, options: &[String]) -> Result<usize> {
        for (place, option) in options.iter().enumerate() {
            tell(format_args!("  {}  {option}", place + 1));
        }
        loop {
            let answer = self.ask(question, Some("1")).await?;
            match answer.parse::<usize>() {
                Ok(place) if (1..=options.len()).contains(&place) => return Ok(place - 1),
                _ => tell(format_args!("Type a number from 1 to {}.", options.len())),
            }
        }
    }

    /// Lets the terminal echo again, where the command is asked to end.
    pub(super) async fn restored(&self) {
        // Ctrl-C ends the reading as well; after a signal from elsewhere it goes on as long as this process does.
        if tokio::time::timeout(Duration::from_secs(1), self.hidden.lock()).await.is_err() {
            #[cfg(unix)]
            let _ = std::process::Command::new("stty").args(["echo", "icanon", "isig"]).status();
        }
    }
}

/// Writes a line to the person.
#[expect(clippy::print_stderr, reason = "stderr is where people read; stdout belongs to results")]
pub(super) fn tell(text: impl Display) {
    eprintln!("{text}");
}

#[expect(clippy::print_stderr, reason = "stderr is where people read; stdout belongs to results")]
fn put(text: &str) {
    eprint!("{text}");
    let _ = io::stderr().flush();
}

/// The next line of stdin, read off the async threads. It may be a secret, or hold one.
async fn line(question: &str) -> Result<Zeroizing<String>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = Zeroizing::new(String::with_capacity(LINE_CAPACITY));
        io::stdin().read_line(&mut line).map(|length| (length, line))
    });
    match read.await.map_err(|error| Error::Internal(error.to_string()))? {
        Ok((0, _)) => Err(UsageProblem::NoAnswer { question: question.to_owned() }.into()),
        Ok((_, line)) => Ok(line),
        Err(error) => Err(unreadable(question, &error)),
    }
}

fn unreadable(question: &str, error: &io::Error) -> Error {
    UsageProblem::UnreadableAnswer { question: question.to_owned(), error: error.to_string() }.into()
}
