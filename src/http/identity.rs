//! Who sends a request: the door that each one passes.
//!
//! [`Door`] is the place for further ways: what comes out of each is a [`Person`], and nothing behind the door knows
//! which way it was. A server with OAuth tokens of its own would be a third variant, beside its own metadata routes.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;

use super::people::{Credential, People};
use super::refusal::{Reason, Refusal};
use super::tokens::Tokens;
use crate::auth::Credentials;
use crate::error::Result;
use crate::jira::Client;
use crate::server::MAX_WATCHED;

/// The header that names the site, where there is more than one.
pub(super) const SITE: &str = "jira-site";

/// Somebody on whose behalf requests are answered.
#[derive(Debug)]
pub(super) struct Person {
    /// A name that is the same for the same account and tells nothing of it.
    pub(super) name: Arc<str>,
    /// Jira, as this account.
    pub(super) client: Result<Client>,
    /// What this person may have at the same time.
    pub(super) quota: Arc<Quota>,
}

/// How much one person may have at the same time.
#[derive(Debug)]
pub(super) struct Quota {
    /// Requests in flight.
    pub(super) calls: Arc<Semaphore>,
    /// Bodies that are being read or wait for a turn, each of which takes memory.
    pub(super) bodies: Arc<Semaphore>,
    /// Streams without a call.
    pub(super) streams: Arc<Semaphore>,
    /// Resources that are watched.
    pub(super) watches: Arc<Semaphore>,
    /// Sessions of older protocols.
    pub(super) sessions: usize,
    /// Places in all, where nothing is held.
    places: usize,
}

impl Quota {
    /// For one of many people.
    pub(super) fn of_one() -> Self {
        Self::new(32, 64, 64, 64)
    }

    /// For the one account that everybody uses.
    fn of_all() -> Self {
        Self::new(512, 8_192, MAX_WATCHED, super::sessions::MOST)
    }

    fn new(calls: usize, streams: usize, watches: usize, sessions: usize) -> Self {
        let [calls, bodies, streams, watches] =
            [calls, 2 * calls, streams, watches].map(|count| Arc::new(Semaphore::new(count)));
        let mut quota = Self { calls, bodies, streams, watches, sessions, places: 0 };
        quota.places = quota.free();
        quota
    }

    /// True where nothing is held.
    pub(super) fn is_idle(&self) -> bool {
        self.free() == self.places
    }

    fn free(&self) -> usize {
        let places = [&self.calls, &self.bodies, &self.streams, &self.watches];
        places.iter().map(|places| places.available_permits()).sum()
    }
}

/// How the server finds out who sends a request.
#[derive(Debug)]
pub(super) enum Door {
    /// Everybody is the settings' account; with tokens, who has one of them.
    Server { tokens: Option<Tokens>, person: Arc<Person> },
    /// Each request brings its own account.
    Request(Box<People>),
}

impl Door {
    /// Everybody as one account.
    pub(super) fn server(client: Result<Client>, tokens: Option<Tokens>) -> Self {
        let person = Person { name: "server".into(), client, quota: Arc::new(Quota::of_all()) };
        Self::Server { tokens, person: Arc::new(person) }
    }

    /// Finds out who sends a request with these headers.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> std::result::Result<Arc<Person>, Refusal> {
        match self {
            Self::Server { tokens: None, person } => Ok(Arc::clone(person)),
            Self::Server { tokens: Some(tokens), person } => {
                let given = authorization(headers)?.and_then(|value| after_scheme(value, "bearer"));
                if given.is_some_and(|token| tokens.have(token)) {
                    return Ok(Arc::clone(person));
                }
                let text = "Send one of this server's tokens as `Authorization: Bearer ...`.";
                Err(Refusal::new(StatusCode::UNAUTHORIZED, Reason::Identity, text).challenging("Bearer"))
            }
            Self::Request(people) => {
                let (site, credential) = people.read(only(headers, SITE)?, authorization(headers)?)?;
                people.verify(&site, credential).await
            }
        }
    }

    /// How many identities are known at this moment.
    pub(super) fn known(&self) -> usize {
        match self {
            Self::Server { .. } => 1,
            Self::Request(people) => people.known(),
        }
    }
}

/// Reads what `Authorization` says of a Jira account: e-mail and API token, or an access token of OAuth 2.0.
pub(super) fn credential(value: &str) -> Option<Credential> {
    let fits = |part: &str| !part.is_empty() && !part.chars().any(char::is_control);
    if let Some(token) = after_scheme(value, "bearer") {
        let credentials = Credentials::Bearer { token: token.to_owned().into() };
        return Some(Credential { fingerprint: token.to_owned(), credentials });
    }
    let text = String::from_utf8(STANDARD.decode(after_scheme(value, "basic")?).ok()?).ok()?;
    let (email, token) = text.split_once(':')?;
    (fits(email) && fits(token)).then(|| Credential {
        fingerprint: text.clone(),
        credentials: Credentials::Basic { email: email.to_owned(), token: token.to_owned().into() },
    })
}

fn after_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = value.split_once(' ')?;
    Some(rest.trim()).filter(|rest| name.eq_ignore_ascii_case(scheme) && !rest.is_empty())
}

fn authorization(headers: &HeaderMap) -> std::result::Result<Option<&str>, Refusal> {
    only(headers, header::AUTHORIZATION.as_str())
}

/// A header that may stand once; two could mean two different things to two readers.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> std::result::Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    match (first.to_str(), values.next()) {
        (Ok(value), None) => Ok(Some(value.trim())),
        _ => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            Reason::Header,
            format!("The header `{name}` stands more than once or is damaged."),
        )),
    }
}
