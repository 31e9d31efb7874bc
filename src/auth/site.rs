//! Addresses of Jira sites, in every form that people paste, and the choice among several.

use url::{Host, Url};

use super::profile::CloudSite;
use crate::error::{ConfigurationProblem, Error, Result, SignInProblem, SiteAddressProblem};

/// Hosts under which Atlassian serves Jira Cloud.
const CLOUD_DOMAINS: [&str; 3] = [".atlassian.net", ".jira.com", ".atlassian-us-gov-mod.net"];

/// Address of a Jira Cloud site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteAddress {
    /// Scheme and host (and port on loopback), with an empty path: `https://acme.atlassian.net/`.
    pub origin: Url,
    /// The cloudId, where the address already was one of the API gateway.
    pub cloud_id: Option<String>,
}

impl SiteAddress {
    /// Reads `acme`, `acme.atlassian.net`, or any address copied from a browser of that site, and
    /// the gateway's own `https://api.atlassian.com/ex/jira/{cloudId}`.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for plain http beyond loopback, for Jira Data Center, and for what
    /// is no address at all.
    pub fn parse(text: &str, api_url: &Url) -> Result<Self> {
        let text = text.trim();
        let bare = !text.contains(['.', ':', '/']);
        let full = match text {
            "" => return Err(invalid(SiteAddressProblem::Empty)),
            "localhost" => format!("http://{text}"),
            _ if bare => format!("https://{text}.atlassian.net"),
            _ if text.contains("://") => text.to_owned(),
            _ => format!("https://{text}"),
        };
        // What cannot be read is not quoted: it may hold a password.
        let url =
            Url::parse(&full).map_err(|error| invalid(SiteAddressProblem::Unparsable(error.to_string())))?;
        let host = url.host().ok_or_else(|| invalid(SiteAddressProblem::NoHost))?;
        let loopback = is_loopback(&host);
        if !is_encrypted_or_local(&url) {
            return Err(invalid(match url.scheme() {
                "http" => SiteAddressProblem::Unencrypted,
                _ => SiteAddressProblem::NotWeb,
            }));
        }
        let same_as_api = url.origin() == api_url.origin();
        if let Some(cloud_id) = gateway_cloud_id(&url).filter(|_| same_as_api) {
            return Ok(Self { origin: origin(&url), cloud_id: Some(cloud_id) });
        }
        let name = url.host_str().unwrap_or_default();
        if !loopback && !same_as_api && !CLOUD_DOMAINS.iter().any(|domain| name.ends_with(domain)) {
            return Err(invalid(SiteAddressProblem::NotCloud(name.to_owned())));
        }
        Ok(Self { origin: origin(&url), cloud_id: None })
    }

    /// Reads the site that `--site` or `JIRA_SITE` names for an API token, which does not tell its sites: an address.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a cloudId or a name of several words, and as [`SiteAddress::parse`].
    pub fn for_api_token(text: &str, api_url: &Url) -> Result<Self> {
        let text = text.trim();
        let is_cloud_id = text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if is_cloud_id || text.contains(char::is_whitespace) {
            return Err(ConfigurationProblem::SiteWithoutAddress.into());
        }
        Self::parse(text, api_url)
    }
}

/// The one of these sites that `pick` names: by name, address or cloudId. Without a `pick`, the only one.
///
/// # Errors
/// [`Error::SignIn`] where there is none at all, [`Error::Unresolved`] where none or several fit.
pub fn choose_site(sites: &[CloudSite], pick: Option<&str>) -> Result<CloudSite> {
    if sites.is_empty() {
        return Err(SignInProblem::NoSites.into());
    }
    let fitting: Vec<&CloudSite> =
        sites.iter().filter(|site| pick.is_none_or(|pick| is_named(site, pick))).collect();
    match fitting.as_slice() {
        [site] => Ok((*site).clone()),
        fitting => Err(Error::Unresolved {
            kind: "site",
            given: pick.unwrap_or("--site not given").to_owned(),
            candidates: (if fitting.is_empty() { sites.iter().collect() } else { fitting.to_vec() })
                .iter()
                .map(|site| format!("{} ({})", site.url, site.name))
                .collect(),
            ambiguous: !fitting.is_empty(),
        }),
    }
}

/// True where `text` is the site's name, an address of it, or its cloudId.
pub(super) fn is_named(site: &CloudSite, text: &str) -> bool {
    let text = text.trim();
    let same_host = || {
        SiteAddress::parse(text, &site.url).is_ok_and(|address| {
            (address.origin.host_str(), address.origin.port()) == (site.url.host_str(), site.url.port())
        })
    };
    site.cloud_id.eq_ignore_ascii_case(text) || site.name.eq_ignore_ascii_case(text) || same_host()
}

/// True for the host names and addresses that never leave this machine.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// True where requests to `url` stay on this machine, so that no proxy may see them.
#[must_use]
pub fn is_local(url: &Url) -> bool {
    url.host().is_some_and(|host| is_loopback(&host))
}

/// True where what is sent to `url` is encrypted, or never leaves this machine.
#[must_use]
pub fn is_encrypted_or_local(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_local(url))
}

fn gateway_cloud_id(url: &Url) -> Option<String> {
    let mut segments = url.path_segments()?;
    match (segments.next(), segments.next(), segments.next()) {
        (Some("ex"), Some("jira"), Some(id)) if !id.is_empty() => Some(id.to_owned()),
        _ => None,
    }
}

/// Scheme, host and port alone: whatever else stood in the address, user names included, goes.
fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin.set_fragment(None);
    // Both only fail for addresses without a host, which `parse` refused.
    let _ = origin.set_username("");
    let _ = origin.set_password(None);
    origin
}

fn invalid(problem: SiteAddressProblem) -> Error {
    ConfigurationProblem::InvalidSite(problem).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SiteAddress> {
        SiteAddress::parse(text, &Url::parse("https://api.atlassian.com").unwrap())
    }

    #[test]
    fn a_site_is_found_in_whatever_was_pasted() {
        for text in [
            "acme",
            " acme.atlassian.net ",
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/browse/PROJ-1?focusedId=2#x",
            "https://acme.atlassian.net/jira/software/c/projects/PROJ/boards/1",
            "acme.atlassian.net/jira",
            "https://user:secret@acme.atlassian.net/",
        ] {
            assert_eq!(parse(text).unwrap().origin.as_str(), "https://acme.atlassian.net/", "{text}");
        }
    }

    #[test]
    fn the_gateway_address_carries_the_cloud_id() {
        let site = parse("https://api.atlassian.com/ex/jira/11111111-aaaa/rest/api/3/myself").unwrap();
        assert_eq!(site.cloud_id.as_deref(), Some("11111111-aaaa"));
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(parse("http://127.0.0.1:8080").is_ok());
        assert!(parse("http://[::1]:8080/x").is_ok());
        assert!(parse("http://localhost:8080").is_ok());
        let error = parse("http://acme.atlassian.net").unwrap_err();
        assert!(error.to_string().contains("unencrypted"), "{error}");
        assert!(parse("http://127.0.0.1.evil.example").is_err());
        assert!(parse("ftp://localhost").is_err());
    }

    #[test]
    fn what_may_hold_a_password_is_not_quoted() {
        for text in [
            "https://ana:s3cret@",
            "https://ana:s3cret@a b/",
            "s3cret://ana:s3cret@acme.atlassian.net",
            "http://ana:s3cret@acme.atlassian.net",
            "https://ana:s3cret@jira.example.com",
        ] {
            let error = parse(text).unwrap_err().text_for(crate::error::Reader::Stdio);
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn data_center_is_refused_in_a_sentence() {
        let error = parse("https://jira.example.com").unwrap_err();
        assert!(error.to_string().contains("Data Center is not supported"), "{error}");
        assert!(parse("https://evilatlassian.net").is_err());
    }
}
