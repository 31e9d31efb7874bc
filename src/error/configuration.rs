//! Causes of unusable settings, as data: `words` says them to whoever reads.

use super::sign_in::Method;

/// A setting that is missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigurationProblem {
    /// Nobody has signed in, and the environment names no account.
    NoAccount,
    /// Variables that belong together, of which these are not set.
    MissingVariables(Vec<&'static str>),
    /// A variable whose value makes no sense.
    InvalidVariable {
        /// Its name.
        name: &'static str,
        /// The problem, as the rest of a sentence that begins with the name.
        problem: String,
    },
    /// The name of a profile that none can have.
    InvalidProfileName(String),
    /// A profile signs in otherwise than `JIRA_AUTH` allows.
    OtherMethod {
        /// The way to sign in that `JIRA_AUTH` allows.
        allowed: Method,
        /// The profile.
        profile: String,
        /// The way in which the profile signs in.
        stored: Method,
    },
    /// `JIRA_CLOUD_ID` is not that of the site for which a profile's API token is stored.
    OtherCloudId {
        /// The profile.
        profile: String,
        /// The address of its site.
        site: String,
    },
    /// An API token without the address of its site.
    NoSite,
    /// The site of an API token is named otherwise than by an address.
    SiteWithoutAddress,
    /// The address of a site cannot be used.
    InvalidSite(SiteAddressProblem),
    /// A stored profile cannot be read.
    UnreadableProfile(String),
    /// A stored profile was written by a newer build.
    NewerProfile(String),
    /// A token with characters that no token has.
    InvalidToken,
    /// Another program has the port of the callback URL.
    PortTaken {
        /// The port.
        port: u16,
        /// The error that the system reports.
        error: String,
        /// The path of the callback URL.
        path: &'static str,
    },
    /// A flag or a file that stops the start: whoever starts the server reads these words, and nobody else.
    Start {
        /// The problem, without the final stop.
        problem: String,
        /// Advice on what to do.
        fix: String,
    },
}

/// Fault of a site's address. What may hold a password is not quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteAddressProblem {
    /// There is none.
    Empty,
    /// It cannot be parsed, for this reason.
    Unparsable(String),
    /// It names no host.
    NoHost,
    /// It is plain http beyond this machine.
    Unencrypted,
    /// Its scheme is none of the web.
    NotWeb,
    /// Its host, which is none of Jira Cloud.
    NotCloud(String),
}
