//! The one error type: what happened, and what to do next.
//!
//! Each variant is a different thing to do. [`Error`]'s `Display` says what happened in a
//! sentence; [`Error::hint`] says the next step in another. A model reads both. Jira's own
//! messages always come through, and no variant can hold a secret. What is wrong with an argument,
//! a sign-in or a setting is data. The words for the latter two depend on the [`Reader`]: an edge that is
//! not stdio says which one it has, as in [`Error::text_for`].

mod argument;
mod argument_words;
mod configuration;
mod configuration_words;
mod sign_in;
mod sign_in_words;
mod usage;
mod words;

use std::time::Duration;

pub use argument::{
    Alternative, ArgumentName, ArgumentProblem, Expected, FieldProblem, FieldWriter, Given, InvalidArgument,
    JqlFault, NotAnIssue, TextProblem,
};
pub use configuration::{ConfigurationProblem, SiteAddressProblem};
pub use sign_in::{ConsentProblem, GrantEnd, KeyringFault, Method, SignInProblem, SiteFault, SiteTarget};
pub use sign_in_words::APP_SHARING_NOTE;
pub use usage::UsageProblem;
pub use words::Reader;

/// Candidates that an error names at most.
const MAX_CANDIDATES: usize = 40;

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// An error, by what the caller can do about it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Nothing to sign in with, or a setting that cannot be used.
    #[error("{}.", configuration_words::for_reader(.0, Reader::Stdio).problem)]
    NotConfigured(ConfigurationProblem),

    /// Jira or Atlassian does not let the account in.
    #[error("{}.", sign_in_words::for_reader(.0, Reader::Stdio).problem)]
    SignIn(SignInProblem),

    /// The account is known but may not do this.
    #[error("Jira does not permit this: {}", sentence(messages))]
    Forbidden {
        /// Jira's messages.
        messages: Vec<String>,
    },

    /// Jira has no such thing, or hides it from this account.
    #[error("{}", sentence(messages))]
    NotFound {
        /// Jira's messages.
        messages: Vec<String>,
    },

    /// Jira read the request and refused what it says.
    #[error("Jira refused this: {}", refusal(messages, fields))]
    Invalid {
        /// Jira's general messages.
        messages: Vec<String>,
        /// Jira's messages per field: field (id until a tool names it), message.
        fields: Vec<(String, String)>,
        /// Advice on what to do, when the layer that knows can say more than Jira.
        hint: Option<String>,
    },

    /// An argument of the call cannot be used; nothing was changed.
    #[error("{0}")]
    InvalidArgument(Box<InvalidArgument>),

    /// Several arguments of the call cannot be used, each for a reason of its own.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Several(Vec<Self>),

    /// The arguments of the call fit its schema, and one of them cannot be read all the same.
    #[error("{error}")]
    UnreadableArguments {
        /// The fault, as the deserializer says it.
        error: String,
    },

    /// A command line, its answers or its stdin cannot be used.
    #[error("{0}")]
    Usage(UsageProblem),

    /// There can be no resource at this address.
    #[error("There is no resource at this address.")]
    NoResource,

    /// The site has no link type that says what this server links by.
    #[error("this site has no link type that says `{phrase}`.")]
    NoLinkType {
        /// The phrase that the link type would have.
        phrase: &'static str,
    },

    /// The account may not list sprints, so that none is found by its name.
    #[error(
        "The sprint `{sprint}` cannot be looked up with these credentials; give its id, which a read of an issue in it \
         shows."
    )]
    SprintsHidden {
        /// The sprint, as the caller wrote it.
        sprint: String,
    },

    /// A name that fits nothing, or more than one thing.
    #[error("{}", unresolved(kind, given, candidates, *ambiguous))]
    Unresolved {
        /// The kind of thing: `user`, `field`, `status`.
        kind: &'static str,
        /// The text that the caller wrote.
        given: String,
        /// The things that it could have been, as the caller may write them.
        candidates: Vec<String>,
        /// True where several things fit, false where none does.
        ambiguous: bool,
    },

    /// Somebody else changed the same thing at the same time.
    #[error("Jira reports a conflict: {}", sentence(messages))]
    Conflict {
        /// Jira's messages.
        messages: Vec<String>,
    },

    /// Jira limits the rate, and waiting as long as it asks is not sensible within one call.
    #[error("Jira limits the rate of requests{}.", reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default())]
    RateLimited {
        /// The time that Jira asks to wait, where it says.
        retry_after: Option<Duration>,
        /// Jira's `RateLimit-Reason`.
        reason: Option<String>,
    },

    /// There is no way to a site: its address, the network or the proxy is wrong.
    #[error(
        "Jira did not answer: {site} cannot be reached ({cause}); check JIRA_URL and the network or proxy."
    )]
    Unreachable {
        /// The site, as people call it.
        site: String,
        /// The failure.
        cause: String,
    },

    /// Jira cannot be reached or fails, and the request certainly changed nothing.
    #[error("Jira did not answer: {problem}.")]
    Unavailable {
        /// The failure, without the final stop.
        problem: String,
    },

    /// A write went out, and nothing tells whether Jira did it.
    #[error("It is unknown whether Jira did this: {problem}.")]
    OutcomeUnknown {
        /// The failure, without the final stop.
        problem: String,
        /// The read that tells.
        check: Option<String>,
    },

    /// Jira's reply cannot be read.
    #[error("Jira's reply cannot be read: {problem}.")]
    Reply {
        /// The fault of the reply, without the final stop.
        problem: String,
    },

    /// The operator's settings forbid this.
    #[error("{problem}.")]
    Refused {
        /// The refusal, without the final stop.
        problem: String,
        /// Advice on what the caller can do instead.
        hint: String,
    },

    /// A fault of this server.
    #[error("This server failed: {0}.")]
    Internal(String),
}

impl From<InvalidArgument> for Error {
    fn from(cause: InvalidArgument) -> Self {
        Self::InvalidArgument(Box::new(cause))
    }
}

impl From<Vec<InvalidArgument>> for Error {
    fn from(mut causes: Vec<InvalidArgument>) -> Self {
        match (causes.pop(), causes.is_empty()) {
            (Some(only), true) => only.into(),
            (last, _) => Self::Several(causes.into_iter().chain(last).map(Self::from).collect()),
        }
    }
}

impl From<UsageProblem> for Error {
    fn from(cause: UsageProblem) -> Self {
        Self::Usage(cause)
    }
}

impl From<SignInProblem> for Error {
    fn from(cause: SignInProblem) -> Self {
        Self::SignIn(cause)
    }
}

impl From<ConsentProblem> for Error {
    fn from(cause: ConsentProblem) -> Self {
        SignInProblem::Consent(cause).into()
    }
}

impl From<ConfigurationProblem> for Error {
    fn from(cause: ConfigurationProblem) -> Self {
        Self::NotConfigured(cause)
    }
}

impl Error {
    /// A flag or a file that stops the start, in words for whoever starts the server: what is wrong, without the final
    /// stop, and what to do.
    #[must_use]
    pub fn at_start(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        ConfigurationProblem::Start { problem: problem.into(), fix: fix.into() }.into()
    }

    /// All problems of a call as one error; one that is more than a matter of the arguments goes first.
    #[must_use]
    pub fn combined(mut problems: Vec<Self>) -> Option<Self> {
        if let Some(at) = problems.iter().position(|problem| !problem.concerns_arguments()) {
            return Some(problems.swap_remove(at));
        }
        if problems.len() <= 1 { problems.pop() } else { Some(Self::Several(problems)) }
    }

    /// True where other arguments are all that it takes.
    #[must_use]
    pub fn concerns_arguments(&self) -> bool {
        matches!(
            self,
            Self::InvalidArgument(_)
                | Self::Several(_)
                | Self::UnreadableArguments { .. }
                | Self::NoResource
                | Self::SprintsHidden { .. }
                | Self::Unresolved { .. }
        )
    }

    /// Names the field whose text cannot be used; other errors stay.
    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        if let Self::InvalidArgument(argument) = &mut self
            && let ArgumentName::Text(of @ None) = &mut argument.name
        {
            *of = Some(field.to_owned());
        }
        self
    }

    /// The next step, in one sentence; `None` where the message says it already.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.hint_for(Reader::Stdio)
    }

    /// The next step as [`Error::hint`] gives it, for this reader.
    #[must_use]
    pub fn hint_for(&self, reader: Reader) -> Option<String> {
        match self {
            Self::NotConfigured(cause) => Some(configuration_words::for_reader(cause, reader).fix),
            Self::SignIn(cause) => Some(sign_in_words::for_reader(cause, reader).fix),
            Self::Forbidden { .. } => {
                Some("Ask a Jira administrator for the permission, or use an account that has it.".into())
            }
            Self::Invalid { hint, .. } => hint.clone(),
            Self::Conflict { .. } => Some("Read it again, then repeat the change.".into()),
            Self::RateLimited { retry_after, .. } => Some(match retry_after {
                Some(wait) => format!("Nothing was done; try again in {} s.", wait.as_secs().max(1)),
                None => "Nothing was done; try again in a minute.".into(),
            }),
            Self::Unreachable { .. } | Self::Unavailable { .. } => {
                Some("Nothing was changed; try again later.".into())
            }
            Self::OutcomeUnknown { check, .. } => Some(match check {
                Some(check) => format!("Do not repeat it before you have looked: {check}."),
                None => "Do not repeat it before you have read what is there now.".into(),
            }),
            Self::Refused { hint, .. } => Some(hint.clone()),
            Self::NotFound { .. }
            | Self::InvalidArgument(_)
            | Self::Several(_)
            | Self::UnreadableArguments { .. }
            | Self::Usage(_)
            | Self::NoResource
            | Self::NoLinkType { .. }
            | Self::SprintsHidden { .. }
            | Self::Unresolved { .. }
            | Self::Reply { .. }
            | Self::Internal(_) => None,
        }
    }

    /// The problem, in one sentence for this reader.
    #[must_use]
    pub fn problem_for(&self, reader: Reader) -> String {
        match (self, reader) {
            (Self::NotConfigured(cause), _) => {
                format!("{}.", configuration_words::for_reader(cause, reader).problem)
            }
            (Self::SignIn(cause), _) => format!("{}.", sign_in_words::for_reader(cause, reader).problem),
            (Self::Unreachable { site, cause }, Reader::Shell) => format!(
                "Jira did not answer: {site} cannot be reached ({cause}); check the site's address and the network or \
                 proxy."
            ),
            (Self::Unreachable { site, cause }, Reader::Http { .. }) => {
                format!("Jira did not answer: {site} cannot be reached from this server ({cause}).")
            }
            _ => self.to_string(),
        }
    }

    /// The problem and the next step, in one text for this reader.
    #[must_use]
    pub fn text_for(&self, reader: Reader) -> String {
        match self.hint_for(reader) {
            Some(hint) => format!("{} {hint}", self.problem_for(reader)),
            None => self.problem_for(reader),
        }
    }

    /// Names the read that tells whether a write of unknown outcome happened; other errors stay.
    #[must_use]
    pub fn check_with(self, read: impl Into<String>) -> Self {
        match self {
            Self::OutcomeUnknown { problem, check: None } => {
                Self::OutcomeUnknown { problem, check: Some(read.into()) }
            }
            other => other,
        }
    }
}

/// Jira's messages as one run of sentences.
fn sentence(messages: &[String]) -> String {
    if messages.is_empty() { "it gives no reason.".into() } else { messages.join(" ") }
}

fn refusal(messages: &[String], fields: &[(String, String)]) -> String {
    let mut parts = messages.to_vec();
    parts.extend(fields.iter().map(|(field, message)| format!("{field}: {message}")));
    sentence(&parts)
}

fn unresolved(kind: &str, given: &str, candidates: &[String], ambiguous: bool) -> String {
    let (start, end) = if ambiguous {
        (format!("Several {kind}s fit `{given}`"), "name one")
    } else {
        (format!("No {kind} fits `{given}`"), "use one")
    };
    if candidates.is_empty() {
        format!("{start}.")
    } else {
        let offered: Vec<&str> = candidates.iter().take(MAX_CANDIDATES).map(String::as_str).collect();
        let more = candidates.len() - offered.len();
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("{start}; {end} of: {}{more}.", offered.join("; "))
    }
}

/// The innermost cause of an error: the part that says something, such as `connection refused`.
pub(crate) fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_candidates_are_counted_after_the_first() {
        let candidates = (0..100).map(|n| format!("Field {n}")).collect();
        let error = Error::Unresolved { kind: "field", given: "x".into(), candidates, ambiguous: false };
        let text = error.to_string();
        assert!(text.starts_with("No field fits `x`; use one of: Field 0; "), "{text}");
        assert!(text.ends_with("; Field 39; and 60 more."), "{text}");
    }
}
