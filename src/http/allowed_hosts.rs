//! The check of the host and origin that a request names, which comes before anybody looks at whose it is.
//!
//! A page in a browser can be made to send requests here under a name of its own (DNS rebinding), but only under a
//! name, and only with its origin told.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Version, header};
use url::Host;

use super::refusal::{Reason, Refusal};
use crate::error::{Error, Result};

/// The names under which clients reach this server. IP addresses are good always, as nobody can make one lead here.
#[derive(Debug)]
pub(super) struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// The list of these names and those of this machine.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for what is no bare name, as no request could ever name it.
    pub(super) fn new(names: &[String]) -> Result<Self> {
        let mut hosts = Vec::new();
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            let host = Host::parse(name).map_err(|_| {
                Error::at_start(
                    format!("--hosts takes names such as jira-mcp.example.com, not `{name}`"),
                    "Leave out https://, the port and the path.",
                )
            })?;
            hosts.push(host.to_string());
        }
        Ok(Self(hosts))
    }

    /// Refuses a request that names another host, or comes from a page of another origin.
    pub(super) fn check(&self, version: Version, headers: &HeaderMap) -> std::result::Result<(), Refusal> {
        // Balancers probe like this, and no browser.
        if version == Version::HTTP_10
            && !headers.contains_key(header::HOST)
            && !headers.contains_key(header::ORIGIN)
        {
            return Ok(());
        }
        let host = single_value(headers, header::HOST)
            .and_then(|host| host.parse::<Authority>().ok())
            .filter(|host| !host.as_str().contains('@'))
            .ok_or_else(|| {
                Refusal::new(
                    StatusCode::BAD_REQUEST,
                    Reason::Host,
                    "The `Host` header is missing or damaged.",
                )
            })?;
        if !self.contains(host.host()) {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                Reason::Host,
                "This server does not serve the host that the request names; the operator can add it with --hosts.",
            ));
        }
        if headers.contains_key(header::ORIGIN)
            && !single_value(headers, header::ORIGIN).is_some_and(|origin| is_own(origin, &host))
        {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                Reason::Origin,
                "This server takes no requests from pages of other origins.",
            ));
        }
        Ok(())
    }

    fn contains(&self, host: &str) -> bool {
        match Host::parse(host) {
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            Ok(Host::Domain(name)) => name == "localhost" || self.0.contains(&name),
            Err(_) => false,
        }
    }
}

/// True for an origin that is this server itself.
fn is_own(origin: &str, host: &Authority) -> bool {
    let bare = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    bare.is_some_and(|bare| bare.eq_ignore_ascii_case(host.as_str()))
}

/// The value of a header that stands once.
fn single_value(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pairs: &[(&'static str, &'static str)]) -> u16 {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let hosts = AllowedHosts::new(&["Jira-MCP.example.com".into()]).unwrap();
        match hosts.check(Version::HTTP_11, &headers) {
            Ok(()) => 200,
            Err(refusal) => axum::response::IntoResponse::into_response(refusal).status().as_u16(),
        }
    }

    #[test]
    fn only_names_that_the_operator_gave_and_pages_of_its_own() {
        for (expected, headers) in [
            (200, &[("host", "localhost:8080")][..]),
            (200, &[("host", "127.0.0.1:8080")]),
            (200, &[("host", "[::1]:8080")]),
            (200, &[("host", "10.1.2.3:8080")]),
            (200, &[("host", "jira-mcp.EXAMPLE.com")]),
            (403, &[("host", "evil.example.com")]),
            (403, &[("host", "localhost.evil.example.com:8080")]),
            (403, &[("host", "jira-mcp.example.com.evil.net")]),
            (400, &[("host", "localhost@evil.example.com")]),
            (400, &[("host", "local host")]),
            (400, &[]),
            (400, &[("host", "localhost"), ("host", "evil.example.com")]),
            (200, &[("host", "localhost:8080"), ("origin", "http://localhost:8080")]),
            (200, &[("host", "jira-mcp.example.com"), ("origin", "https://jira-mcp.example.com")]),
            (403, &[("host", "localhost:8080"), ("origin", "http://localhost:3000")]),
            (403, &[("host", "localhost:8080"), ("origin", "http://evil.example.com")]),
            (403, &[("host", "localhost:8080"), ("origin", "null")]),
            (403, &[("host", "localhost:8080"), ("origin", "http://localhost:8080"), ("origin", "null")]),
        ] {
            assert_eq!(status(headers), expected, "{headers:?}");
        }
    }
}
