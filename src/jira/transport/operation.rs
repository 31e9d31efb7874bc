//! Operations: the endpoints of Jira that are used here, as constants.
//!
//! Each is declared once, beside the code that sends it, and requests are built from it. What else depends on an
//! endpoint is derived: the scopes of toolsets and sign-ins, whether a tool reads or writes, logs, and the contract.

use std::fmt;
use std::time::Duration;

use reqwest::Method;

/// The time that an exchange may take where its operation says nothing else.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// One endpoint of Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    method: Method,
    api: Api,
    path: &'static str,
    effect: Effect,
    classic: &'static [&'static str],
    granular: &'static str,
    scopes_to_ask: &'static [&'static str],
    source: Source,
    timeout: Timeout,
}

/// A part of Jira's REST API, with a base path of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Issues, projects, users and most else.
    Platform,
    /// Boards, sprints, backlogs.
    Agile,
    /// Issues of boards, with cursors.
    Software,
    /// Service desks, requests, queues, approvals.
    ServiceDesk,
    /// Forms on requests.
    Forms,
    /// Objects of Assets.
    Assets,
    /// Teams of an organisation.
    Teams,
    /// Branches, commits, pull requests and builds. Atlassian documents none of it.
    DevStatus,
}

/// The base paths of the APIs, below a site or its gateway.
const BASES: &[(Api, &str)] = &[
    (Api::Platform, "/rest/api/3/"),
    (Api::Agile, "/rest/agile/1.0/"),
    (Api::Software, "/rest/software/1.0/"),
    (Api::ServiceDesk, "/rest/servicedeskapi/"),
    (Api::Forms, "/forms/"),
    (Api::Assets, "/jsm/assets/workspace/{workspace}/v1/"),
    (Api::Teams, "/gateway/api/public/teams/v1/"),
    (Api::DevStatus, "/rest/dev-status/1.0/"),
];

/// An operation's effect on Jira. Reads may be repeated, others only when Jira certainly did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It changes nothing.
    Read,
    /// It adds something.
    Write,
    /// It changes or removes what was there.
    Destroy,
}

/// The place that documents an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Atlassian's OpenAPI document of its API.
    OpenApi,
    /// This page.
    Page(&'static str),
}

/// The time that an exchange may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// From the request to the end of its reply.
    Total(Duration),
    /// Between two pieces of the reply: for transfers that may be large.
    Idle(Duration),
}

impl Operation {
    const fn new(method: Method, effect: Effect, api: Api, path: &'static str) -> Self {
        Self {
            method,
            api,
            path,
            effect,
            classic: &[],
            granular: "",
            scopes_to_ask: &[],
            source: Source::OpenApi,
            timeout: Timeout::Total(EXCHANGE_TIMEOUT),
        }
    }

    /// A GET of `path`, which lies below the API's base: `issue/{issue}`.
    #[must_use]
    pub const fn get(api: Api, path: &'static str) -> Self {
        Self::new(Method::GET, Effect::Read, api, path)
    }

    /// A POST that changes nothing, as searches send it.
    #[must_use]
    pub const fn query(api: Api, path: &'static str) -> Self {
        Self::new(Method::POST, Effect::Read, api, path)
    }

    /// A POST, which adds something.
    #[must_use]
    pub const fn post(api: Api, path: &'static str) -> Self {
        Self::new(Method::POST, Effect::Write, api, path)
    }

    /// A PUT, which replaces what was there.
    #[must_use]
    pub const fn put(api: Api, path: &'static str) -> Self {
        Self::new(Method::PUT, Effect::Destroy, api, path)
    }

    /// A DELETE.
    #[must_use]
    pub const fn delete(api: Api, path: &'static str) -> Self {
        Self::new(Method::DELETE, Effect::Destroy, api, path)
    }

    /// The same operation with the scopes that a token must have, all of them: `classic` ones as Atlassian recommends,
    /// and `granular` ones in their place, separated by spaces. Some APIs have granular scopes only.
    #[must_use]
    pub const fn scopes(mut self, classic: &'static [&'static str], granular: &'static str) -> Self {
        self.classic = classic;
        self.granular = granular;
        self
    }

    /// The same operation for an API with granular scopes only: where a token lacks one, all of these are asked for, as
    /// one operation leads to the next, and people should not have to sign in again for each.
    #[must_use]
    pub const fn asks_for(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes_to_ask = scopes;
        self
    }

    /// The same operation, documented elsewhere than in Atlassian's OpenAPI documents.
    #[must_use]
    pub const fn documented_at(mut self, page: &'static str) -> Self {
        self.source = Source::Page(page);
        self
    }

    /// The same operation for a transfer that may be large: its timeout is between two pieces of it.
    #[must_use]
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Timeout::Idle(timeout);
        self
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The API that it belongs to.
    #[must_use]
    pub fn api(&self) -> Api {
        self.api
    }

    /// The whole path with its variables: `/rest/api/3/issue/{issue}`. Logs may show it.
    #[must_use]
    pub fn template(&self) -> String {
        format!("{}{}", self.api.base(), self.path)
    }

    /// The effect on Jira.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The scopes that a token must have, all of them: classic ones where there are any.
    #[must_use]
    pub fn required_scopes(&self) -> Vec<&'static str> {
        if self.classic.is_empty() { self.granular_scopes() } else { self.classic.to_vec() }
    }

    /// The granular scopes that a token may have instead.
    #[must_use]
    pub fn granular_scopes(&self) -> Vec<&'static str> {
        self.granular.split_whitespace().collect()
    }

    /// The scopes to ask for where a token lacks one.
    #[must_use]
    pub fn scopes_to_ask(&self) -> Vec<&'static str> {
        if self.scopes_to_ask.is_empty() { self.required_scopes() } else { self.scopes_to_ask.to_vec() }
    }

    /// The place of its documentation.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The time that an exchange may take.
    #[must_use]
    pub fn timeout(&self) -> Timeout {
        self.timeout
    }
}

/// The method and path, `GET /rest/api/3/issue/{issue}`: they tell one operation from all others.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template())
    }
}

impl Api {
    /// The path of the API below a site, or below the site's gateway, with slashes around it.
    #[must_use]
    pub fn base(self) -> &'static str {
        BASES.iter().find(|(api, _)| *api == self).map_or("/", |(_, base)| base)
    }
}

/// Declares the operations of a file, and `OPERATIONS`, the list of them.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $operation:expr;)+) => {
        $($(#[$doc])* pub static $name: $crate::jira::transport::operation::Operation = $operation;)+

        /// The operations of this file.
        pub(in crate::jira) const OPERATIONS: &[&$crate::jira::transport::operation::Operation] = &[$(&$name),+];
    };
}
pub(in crate::jira) use operations;

/// Classic scopes for reading issues and what belongs to them.
pub(in crate::jira) const READ_WORK: &[&str] = &["read:jira-work"];
/// Classic scopes for writing issues and what belongs to them.
pub(in crate::jira) const WRITE_WORK: &[&str] = &["write:jira-work"];
/// Classic scopes for reading about people.
pub(in crate::jira) const READ_USERS: &[&str] = &["read:jira-user"];
