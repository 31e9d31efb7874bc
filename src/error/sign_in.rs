//! Causes of a failed sign-in, as data: `words` says them to whoever reads.

/// A way to sign in, as `JIRA_AUTH` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `basic`: e-mail and API token.
    Basic,
    /// `oauth`: a person who signed in with `auth login`.
    OAuth,
    /// `client-credentials`: a service account's client id and secret.
    ClientCredentials,
    /// `bearer`: an access token that somebody else made and renews.
    Bearer,
}

impl Method {
    /// Its name in `JIRA_AUTH`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::OAuth => "oauth",
            Self::ClientCredentials => "client-credentials",
            Self::Bearer => "bearer",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Basic, Self::OAuth, Self::ClientCredentials, Self::Bearer]
            .into_iter()
            .find(|method| method.name().eq_ignore_ascii_case(text))
            .ok_or(())
    }
}

/// The reason why Jira or Atlassian does not let an account in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInProblem {
    /// The site refuses the credentials.
    Refused {
        /// The way in which they sign in.
        method: Method,
        /// The site, as people call it.
        site: String,
        /// The profile that they are stored in.
        profile: Option<String>,
        /// True where the same credentials were taken earlier.
        accepted_before: bool,
    },
    /// An account's password stands where an API token belongs.
    PasswordUsed,
    /// Jira knows the account and does not let it in.
    NoAccess {
        /// The way in which it signs in.
        method: Method,
    },
    /// The credentials lack a scope.
    MissingScope {
        /// The way in which they sign in.
        method: Method,
        /// The profile that they are stored in.
        profile: Option<String>,
        /// Scopes of which the request needs some.
        scopes: Vec<String>,
    },
    /// Jira takes the credentials, but for this request it does not.
    RefusedForRequest,
    /// The site behind the address is not one that the sign-in opens.
    WrongSite {
        /// The site that was asked for.
        target: SiteTarget,
        /// The fault that tells that it is the wrong one.
        fault: SiteFault,
    },
    /// The account may use no Jira site.
    NoSites,
    /// Several sites are open to the account, and none is named.
    SeveralSites {
        /// Name and address of each.
        sites: Vec<String>,
    },
    /// Atlassian does not take an access token.
    AccessTokenRefused {
        /// The HTTP status of its answer.
        status: u16,
    },
    /// Atlassian does not take the app's client id and secret.
    AppRefused,
    /// Atlassian does not take the client id and secret of a service account.
    ServiceAccountRefused,
    /// Atlassian gives no tokens for another reason.
    TokensRefused {
        /// Its error code, with its words where it has some.
        said: String,
    },
    /// There is no stored profile of this name.
    NoProfile {
        /// The profile.
        profile: String,
    },
    /// A profile has been replaced by somebody else's sign-in while it was in use.
    ProfileReplaced {
        /// The profile.
        profile: String,
    },
    /// Atlassian has ended the grant of a profile.
    GrantEnded {
        /// The profile.
        profile: String,
        /// The day of consent, as `2026-03-02`.
        since: String,
        /// The reason why it ended, as far as dates tell.
        end: GrantEnd,
    },
    /// The keyring cannot give or forget a profile.
    Keyring {
        /// The name of this system's keyring.
        keyring: &'static str,
        /// The profile.
        profile: String,
        /// The fault of the keyring.
        fault: KeyringFault,
    },
    /// Atlassian's consent page led to no sign-in.
    Consent(ConsentProblem),
    /// The user declined the sign-in that the client offered.
    Declined,
    /// A request over HTTP brought no account.
    NoAccountInRequest,
    /// A sprint cannot be looked up by its name, as the credentials do not reach boards.
    SprintLookup {
        /// The sprint's name.
        sprint: String,
        /// The reason why the credentials do not reach boards.
        cause: Box<SignInProblem>,
    },
}

/// Reason why consent led to no sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentProblem {
    /// The person said no on Atlassian's page.
    Denied,
    /// Nobody answered on Atlassian's page in time.
    Timeout {
        /// The time that the server waited, in minutes.
        minutes: u64,
    },
    /// Atlassian's page ended with an error.
    Failed {
        /// Its error code and words.
        said: String,
        /// The callback URL that the app must have.
        redirect_uri: String,
    },
    /// The code that the browser brought is used or too old.
    CodeRefused,
    /// Consent was given, and opens no Jira site.
    WithoutSite,
}

/// Site that a sign-in was to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteTarget {
    /// An address.
    Address(String),
    /// An address that the consent of a profile may not cover.
    Consent {
        /// The address.
        address: String,
        /// The profile.
        profile: Option<String>,
    },
    /// A site that the sign-in itself knows, as people call it.
    Known(String),
}

/// Sign that a site is the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteFault {
    /// Its answers are not those of Jira Cloud.
    NotJiraCloud,
    /// Nothing of Jira's is under its address.
    NoJira,
    /// Access was given for another one.
    NotGranted,
    /// It does not tell its own address.
    NoAddress,
    /// It tells no cloudId.
    NoCloudId,
}

/// The reason why Atlassian ended a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantEnd {
    /// 365 days have passed.
    Expired,
    /// It was not used for 90 days.
    Unused,
    /// Revoked, a changed password, or an interrupted renewal.
    Other,
}

/// Fault of a keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringFault {
    /// It has lost the entry.
    Lost,
    /// It does not give the entry, for this reason.
    Unreadable(String),
    /// It does not let the entry go, for this reason.
    Undeletable(String),
}
