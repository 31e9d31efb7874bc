//! Problems with a command, its answers or its stdin, which another command line mends.

/// A command that cannot be run as it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageProblem {
    /// Stdin, which shall hold a call's arguments, cannot be read.
    #[error("the arguments cannot be read from stdin: {error}")]
    UnreadableStdin {
        /// The error that the system reports.
        error: String,
    },
    /// The arguments of a call are JSON, and no object.
    #[error("the arguments are no JSON object, such as '{{\"issue\": \"DEMO-1\"}}'")]
    NoJsonObject,
    /// The arguments of a call are no JSON.
    #[error("the arguments are no JSON ({error})")]
    NoJson {
        /// The fault, as the JSON parser says it.
        error: String,
    },
    /// The server takes no such call.
    #[error("{message}")]
    CallRejected {
        /// The code of the protocol's error.
        code: i32,
        /// Its message.
        message: String,
    },
    /// Stdin ended before an answer.
    #[error("stdin ended before the answer to: {question}")]
    NoAnswer {
        /// The question.
        question: String,
    },
    /// An answer cannot be read.
    #[error("the answer to `{question}` cannot be read ({error})")]
    UnreadableAnswer {
        /// The question.
        question: String,
        /// The error that the system reports.
        error: String,
    },
    /// The address that was pasted is no redirect of this sign-in.
    #[error(
        "That is not where this sign-in led to: the address begins with {redirect_uri}?, and one of an earlier sign-in \
         does not work."
    )]
    OtherRedirect {
        /// The address that this sign-in redirects to.
        redirect_uri: String,
    },
    /// The way to sign in is not given, and nobody can be asked.
    #[error("Nobody is there to ask how to sign in: say --oauth, --token or --with-token.")]
    NoMethod,
    /// The app to sign in with is not given, and nobody can be asked.
    #[error(
        "No app is known to sign in with: name it with --client-id, or set JIRA_OAUTH_CLIENT_ID and \
         JIRA_OAUTH_CLIENT_SECRET."
    )]
    NoApp,
    /// The sign-in opens several sites, none is named, and nobody can be asked.
    #[error("There are {} sites: name one with --site: {}.", sites.len(), sites.join("; "))]
    SeveralSites {
        /// The sites.
        sites: Vec<String>,
    },
    /// An API token on stdin without its site.
    #[error("The API token alone tells neither where nor who: add --site, or set JIRA_URL.")]
    TokenWithoutSite,
    /// An API token on stdin without the e-mail address of its account.
    #[error("The API token alone tells neither where nor who: add --email, or set JIRA_EMAIL.")]
    TokenWithoutEmail,
    /// Another site for an API token, which is not named.
    #[error("An API token does not tell its sites: name one, such as acme.atlassian.net.")]
    NoOtherSite,
    /// A profile to forget that nobody has signed in to.
    #[error("Nobody is signed in as `{profile}`; name another with --profile: {}.", known.join(", "))]
    UnknownProfile {
        /// The profile.
        profile: String,
        /// The profiles that there are.
        known: Vec<String>,
    },
}
