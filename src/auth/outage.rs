//! Replies that say nothing about a sign-in: rate limits and outages.

use std::time::SystemTime;

use reqwest::{StatusCode, header};
use url::Url;

use crate::error::{Error, Result};
use crate::retry_after::requested_wait;

/// The error of a reply with this status and these headers from `server`; `None` where the server is well.
pub(super) fn of(status: StatusCode, headers: &header::HeaderMap, server: &Url) -> Option<Error> {
    if status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = requested_wait(headers, SystemTime::now());
        return Some(Error::RateLimited { retry_after, reason: None });
    }
    let host = server.host_str().unwrap_or_default();
    status.is_server_error().then(|| Error::Unavailable { problem: format!("{host} answers {status}") })
}

/// Fails where the reply is one of those.
pub(super) fn check(reply: &reqwest::Response) -> Result<()> {
    of(reply.status(), reply.headers(), reply.url()).map_or(Ok(()), Err)
}
