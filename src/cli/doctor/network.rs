//! The way to Jira: proxy, TLS, clock, and how long an answer takes.

use std::time::{Duration, Instant, SystemTime};

use reqwest::{Response, header};
use url::Url;

use crate::auth::Access;
use crate::cli::report::Finding;
use crate::config;
use crate::error::root;

/// The number of requests that show how fast Jira answers.
const SPEED_SAMPLES: usize = 5;
/// The time above which an answer counts as slow.
const SLOW_RESPONSE_TIME: Duration = Duration::from_millis(1500);
/// The tolerance for a clock that is off: tokens are renewed minutes before their end.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// The proxy, as the environment names it.
pub(super) fn proxy(direct: bool) -> Finding {
    let named = |name: &str| {
        [name.to_owned(), name.to_lowercase()].iter().find_map(|name| {
            let value = config::environment(name)?;
            (!value.is_empty()).then(|| (name.clone(), value))
        })
    };
    let Some((name, value)) = named("HTTPS_PROXY").or_else(|| named("ALL_PROXY")) else {
        return Finding::ok("Proxy", "none in the environment");
    };
    // Its address may hold a password.
    let url = Url::parse(&value).or_else(|_| Url::parse(&format!("http://{value}"))).ok();
    let Some(host) = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)))
    else {
        return Finding::warning(
            "Proxy",
            format!("{name} is no address, and is not used"),
            format!("Set {name} to an address such as http://proxy.acme.com:3128, or remove it."),
        );
    };
    let past = named("NO_PROXY").map(|(_, list)| format!(", but not for {list}")).unwrap_or_default();
    let unused = if direct { "; not used, as Jira is on this machine" } else { "" };
    Finding::ok("Proxy", format!("{}:{} ({name}){past}{unused}", host.0, host.1))
}

/// Asks Jira, with the sign-in where there is one.
pub(super) async fn check(http: &reqwest::Client, base: &Url, access: Option<&Access>) -> Vec<Finding> {
    let host = base.host_str().unwrap_or_default();
    let url = match access {
        Some(access) => access.base.join("rest/api/3/myself"),
        None => base.join("_edge/tenant_info"),
    };
    let Ok(url) = url else { return Vec::new() };
    let mut findings = Vec::new();
    let mut times = Vec::new();
    for _ in 0..SPEED_SAMPLES {
        let mut request = http.get(url.clone());
        if let Some(access) = access {
            request = request.header(header::AUTHORIZATION, access.header.clone());
        }
        let asked = Instant::now();
        match request.send().await {
            Ok(reply) => {
                if times.is_empty() {
                    findings.push(encrypted(base));
                    findings.extend(clock(&reply));
                }
                // The connection is used again only where the body was read.
                let _ = reply.bytes().await;
                times.push(asked.elapsed());
            }
            Err(error) => {
                findings.push(unreachable_host(host, &error));
                return findings;
            }
        }
    }
    // The first one pays for the connection.
    findings.push(speed(host, &times[1..]));
    findings
}

fn encrypted(base: &Url) -> Finding {
    let own = config::environment("SSL_CERT_FILE").filter(|file| !file.is_empty());
    match (base.scheme(), own) {
        ("https", None) => Finding::ok("TLS", "the certificate is one that this machine trusts"),
        ("https", Some(file)) => Finding::ok("TLS", format!("the certificate is trusted, with {file}")),
        _ => Finding::ok("TLS", "not used, as Jira is on this machine"),
    }
}

fn unreachable_host(host: &str, error: &reqwest::Error) -> Finding {
    let cause = root(error);
    let certificate = cause.contains("certificate") || cause.contains("UnknownIssuer");
    let (check, problem, fix) = if certificate {
        (
            "TLS",
            format!("the certificate of {host} is not trusted here: {cause}"),
            "Set SSL_CERT_FILE to a PEM file with your company's certificate authority; and look at this machine's clock.",
        )
    } else {
        (
            "Network",
            format!("{host} cannot be reached: {cause}"),
            "Look at the network, the VPN and the proxy (HTTPS_PROXY), and at the site's address.",
        )
    };
    Finding::failed(check, problem, fix)
}

/// Difference between this machine's clock and Jira's.
fn clock(reply: &Response) -> Option<Finding> {
    let theirs = httpdate::parse_http_date(reply.headers().get(header::DATE)?.to_str().ok()?).ok()?;
    let ours = SystemTime::now();
    let (off, way) = match ours.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    Some(if off < CLOCK_TOLERANCE {
        Finding::ok("Clock", "as Jira's")
    } else {
        Finding::failed(
            "Clock",
            format!(
                "this machine's is {} s {way} Jira's: tokens seem to end at the wrong time",
                off.as_secs()
            ),
            "Set the clock, best by time synchronisation (NTP).",
        )
    })
}

fn speed(host: &str, times: &[Duration]) -> Finding {
    let mut times = times.to_vec();
    times.sort_unstable();
    let (Some(fastest), Some(slowest)) = (times.first(), times.last()) else {
        return Finding::ok("Speed", "not measured");
    };
    let median = times[times.len() / 2];
    let found = format!(
        "{host} answers in {} ms ({} to {} ms, {} times)",
        median.as_millis(),
        fastest.as_millis(),
        slowest.as_millis(),
        times.len()
    );
    if median < SLOW_RESPONSE_TIME {
        Finding::ok("Speed", found)
    } else {
        Finding::warning(
            "Speed",
            found,
            "Look at the network, the VPN or the proxy: each call waits at least that long.",
        )
    }
}
