//! Readers of errors, and what words for them consist of.
//!
//! Whoever runs the server on their own machine is told which variable to set and which command to run. Whoever
//! reaches it over HTTP has neither: they are told what to send, or to turn to the operator.

/// The page on which a person makes and renews API tokens.
pub(super) const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

/// Reader of an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reader {
    /// A model or a person whose client runs this server on their machine.
    #[default]
    Stdio,
    /// A person in a shell, who runs a command.
    Shell,
    /// A model or a person elsewhere, whose client reaches this server over HTTP.
    Http {
        /// True where their requests carry their own Jira account, false where the server's is used.
        own_account: bool,
    },
}

/// Words for a cause: what happened, without the final stop, and what to do next.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) problem: String,
    pub(super) fix: String,
}

/// Words with this problem and this fix.
pub(super) fn words(problem: impl Into<String>, fix: impl Into<String>) -> Words {
    Words { problem: problem.into(), fix: fix.into() }
}

/// The command that signs in anew.
pub(super) fn login(profile: Option<&str>) -> String {
    match profile {
        Some(name) => format!("mcp-server-jira auth login --profile {name}"),
        None => "mcp-server-jira auth login".into(),
    }
}
