//! Credentials as a request's headers carry them.

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::refusal::{Reason, Refusal};
use crate::auth::Credentials;

/// The Jira credentials that a request brought.
pub(super) struct RequestCredential {
    /// A text that tells it from all others; never kept or shown.
    pub(super) fingerprint: String,
    pub(super) credentials: Credentials,
}

impl RequestCredential {
    /// Reads what `Authorization` says of a Jira account: e-mail and API token, or an access token of OAuth 2.0.
    pub(super) fn parse(authorization: &str) -> Option<Self> {
        let fits = |part: &str| !part.is_empty() && !part.chars().any(char::is_control);
        if let Some(token) = bearer_token(authorization) {
            let credentials = Credentials::Bearer { token: token.to_owned().into() };
            return Some(Self { fingerprint: token.to_owned(), credentials });
        }
        let text = String::from_utf8(STANDARD.decode(after_scheme(authorization, "basic")?).ok()?).ok()?;
        let (email, token) = text.split_once(':')?;
        (fits(email) && fits(token)).then(|| Self {
            fingerprint: text.clone(),
            credentials: Credentials::Basic { email: email.to_owned(), token: token.to_owned().into() },
        })
    }
}

/// The token of an `Authorization: Bearer`.
pub(super) fn bearer_token(authorization: &str) -> Option<&str> {
    after_scheme(authorization, "bearer")
}

fn after_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (name, rest) = value.split_once(' ')?;
    Some(rest.trim()).filter(|rest| name.eq_ignore_ascii_case(scheme) && !rest.is_empty())
}

/// The value of `Authorization`.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    single_header(headers, header::AUTHORIZATION.as_str())
}

/// A header that may stand once; two could mean two different things to two readers.
pub(super) fn single_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
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
