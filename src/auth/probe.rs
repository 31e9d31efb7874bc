//! The probe of a site before the first call: the route that the credentials open, and the account behind them.

use reqwest::header::HeaderValue;
use reqwest::{StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::account::{Account, Identity};
use super::credential_types::AuthHeader;
use super::oauth::AuthServer;
use super::outage;
use super::sign_in::{SignIn, SiteRoute};
use super::site::choose_site;
use crate::error::{Error, Method, Result, SignInProblem, SiteFault, SiteTarget};

/// True where Atlassian did not take the credentials and the reply, which may look like success,
/// is an anonymous visitor's. Known persons who may not do something get another reason.
pub(crate) fn login_failed(headers: &header::HeaderMap) -> bool {
    headers
        .get_all("x-seraph-loginreason")
        .iter()
        .filter_map(|reason| reason.to_str().ok())
        .any(|reason| reason.contains("AUTHENTICATED_FAILED") || reason.contains("AUTHENTICATION_DENIED"))
}

/// A site that the credentials open.
#[derive(Debug, Clone)]
pub(super) struct OpenedSite {
    pub(super) base: Url,
    pub(super) browse: Url,
    pub(super) identity: Identity,
}

/// One look at a site before the first call.
pub(super) struct SiteProbe<'a> {
    pub(super) http: &'a reqwest::Client,
    pub(super) account: &'a Account,
    pub(super) sign_in: &'a SignIn,
    pub(super) header: &'a AuthHeader,
    /// The site that an earlier probe opened: credentials that were taken then and are not any more have ended.
    pub(super) before: Option<&'a OpenedSite>,
}

/// Result of a probe.
pub(super) enum ProbeResult {
    Opened(Box<OpenedSite>),
    /// The credentials are not taken, as they are now.
    Refused(Error),
}

/// Jira's answer to who the account is.
enum IdentityReply {
    Accepted(Identity),
    MissingScope,
    Refused(String),
}

/// A site behind the gateway.
struct GatewaySite {
    cloud_id: String,
    /// Its address for people, where it is known.
    browse: Option<Url>,
}

impl SiteProbe<'_> {
    /// Signs in at the site; where that is refused, through the gateway, as scoped tokens need it.
    pub(super) async fn run(&self) -> Result<ProbeResult> {
        if let SiteRoute::Site(address) = &self.sign_in.route
            && address.cloud_id.is_none()
            && let IdentityReply::Accepted(identity) = self.ask_identity(&address.origin).await?
        {
            let base = address.origin.clone();
            return Ok(ProbeResult::Opened(Box::new(OpenedSite { browse: base.clone(), base, identity })));
        }
        if let Some(OpenedSite { base, browse, .. }) = self.before {
            // The site is the same for as long as the session lasts.
            return self.open_gateway(base.clone(), Some(browse.clone())).await;
        }
        match self.find_site().await? {
            Ok(site) => self.open_gateway(gateway(&self.account.api_url, &site.cloud_id)?, site.browse).await,
            Err(refused) => Ok(ProbeResult::Refused(refused)),
        }
    }

    async fn open_gateway(&self, base: Url, browse: Option<Url>) -> Result<ProbeResult> {
        match self.ask_identity(&base).await? {
            IdentityReply::Accepted(identity) => {
                let browse = match browse {
                    Some(url) => join(&url, "/")?,
                    None => self.server_url(&base).await?,
                };
                Ok(ProbeResult::Opened(Box::new(OpenedSite { base, browse, identity })))
            }
            IdentityReply::MissingScope => Err(self.sign_in.missing_scope(&["read:jira-user"]).into()),
            IdentityReply::Refused(text) => Ok(ProbeResult::Refused(self.refused(&text))),
        }
    }

    fn refused(&self, text: &str) -> Error {
        let method = self.sign_in.method;
        if method == Method::Basic && text.contains("passwords is deprecated") {
            return SignInProblem::PasswordUsed.into();
        }
        let profile = self.sign_in.profile_name();
        let accepted_before = self.before.is_some();
        SignInProblem::Refused { method, site: self.site_name(), profile, accepted_before }.into()
    }

    /// Finds the site; the inner error is a refusal of the token.
    async fn find_site(&self) -> Result<std::result::Result<GatewaySite, Error>> {
        let (address, pick) = match &self.sign_in.route {
            SiteRoute::Cloud(site) => {
                return Ok(Ok(GatewaySite {
                    cloud_id: site.cloud_id.clone(),
                    browse: Some(site.url.clone()),
                }));
            }
            SiteRoute::Site(address) => (Some(address), None),
            SiteRoute::Search { address, pick } => (address.as_ref(), pick.as_deref()),
        };
        // An address of the gateway names no site that people could open.
        let origin =
            address.filter(|address| address.cloud_id.is_none()).map(|address| address.origin.clone());
        let known_id = self.account.cloud_id.clone().or_else(|| address.and_then(|a| a.cloud_id.clone()));
        if let Some(cloud_id) = known_id {
            return Ok(Ok(GatewaySite { cloud_id, browse: origin }));
        }
        if let (Some(origin), None) = (&origin, pick) {
            return Ok(Ok(GatewaySite {
                cloud_id: cloud_id_of(self.http, origin).await?,
                browse: Some(origin.clone()),
            }));
        }
        let token = self.header.token.clone().or_else(|| bearer(&self.header.value));
        let Some(token) = token else {
            return Err(Error::Internal("a site is searched for without a token".into()));
        };
        match AuthServer::new(self.http, &self.account.auth_url, &self.account.api_url).sites(&token).await {
            Ok(sites) => {
                let site = choose_site(&sites, pick)?;
                Ok(Ok(GatewaySite { cloud_id: site.cloud_id, browse: Some(site.url) }))
            }
            Err(Error::SignIn(_)) => Ok(Err(self.refused(""))),
            Err(error) => Err(error),
        }
    }

    async fn ask_identity(&self, base: &Url) -> Result<IdentityReply> {
        let url = join(base, "rest/api/3/myself")?;
        let reply = self
            .http
            .get(url)
            .header(header::AUTHORIZATION, self.header.value.clone())
            .header(header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = reply.status();
        let failed_login = login_failed(reply.headers());
        outage::check(&reply)?;
        let text = reply.text().await.map_err(|error| self.unreachable(&error))?;
        if status.is_success() && !failed_login {
            if let Ok(me) = serde_json::from_str::<Myself>(&text) {
                return Ok(IdentityReply::Accepted(Identity {
                    name: me.display_name.unwrap_or_else(|| me.account_id.clone()),
                    account_id: me.account_id,
                    email: me.email_address.filter(|email| !email.is_empty()),
                    time_zone: me.time_zone,
                    locale: me.locale,
                }));
            }
            return Err(self.wrong_site(SiteFault::NotJiraCloud));
        }
        match status {
            StatusCode::UNAUTHORIZED if text.contains("scope") => Ok(IdentityReply::MissingScope),
            StatusCode::FORBIDDEN if text.contains("not installed") => {
                Err(self.wrong_site(SiteFault::NotGranted))
            }
            StatusCode::FORBIDDEN => Err(SignInProblem::NoAccess { method: self.sign_in.method }.into()),
            StatusCode::NOT_FOUND if !failed_login && !text.contains("errorMessages") => {
                Err(self.wrong_site(SiteFault::NoJira))
            }
            _ => Ok(IdentityReply::Refused(text)),
        }
    }

    /// The site's own address, where the settings gave only the gateway's.
    async fn server_url(&self, base: &Url) -> Result<Url> {
        let unknown = || self.wrong_site(SiteFault::NoAddress);
        let reply = self
            .http
            .get(join(base, "rest/api/3/serverInfo")?)
            .header(header::AUTHORIZATION, self.header.value.clone())
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let info: ServerInfo = reply.json().await.map_err(|_| unknown())?;
        Url::parse(&info.base_url).map_err(|_| unknown()).and_then(|url| join(&url, "/"))
    }

    /// The site as people call it.
    fn site_name(&self) -> String {
        match &self.sign_in.route {
            SiteRoute::Cloud(site) => site.url.host_str().unwrap_or_default().to_owned(),
            SiteRoute::Site(address) | SiteRoute::Search { address: Some(address), .. } => {
                address.origin.host_str().unwrap_or_default().to_owned()
            }
            SiteRoute::Search { address: None, pick: Some(pick) } => pick.clone(),
            SiteRoute::Search { address: None, pick: None } => match &self.account.cloud_id {
                Some(cloud_id) => format!("the site {cloud_id}"),
                None => self.account.api_url.host_str().unwrap_or_default().to_owned(),
            },
        }
    }

    fn wrong_site(&self, fault: SiteFault) -> Error {
        let target = match &self.sign_in.route {
            // That it is a site is known by its cloudId.
            SiteRoute::Search { address: Some(address), .. } if self.sign_in.method == Method::OAuth => {
                SiteTarget::Consent {
                    address: address.origin.to_string(),
                    profile: self.sign_in.profile_name(),
                }
            }
            SiteRoute::Site(address) | SiteRoute::Search { address: Some(address), .. } => {
                SiteTarget::Address(address.origin.to_string())
            }
            _ => SiteTarget::Known(self.site_name()),
        };
        SignInProblem::WrongSite { target, fault }.into()
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        Error::Unreachable { site: self.site_name(), cause: crate::error::root(error) }
    }
}

/// A site's cloudId, which anyone may ask for.
pub(super) async fn cloud_id_of(http: &reqwest::Client, origin: &Url) -> Result<String> {
    let unreachable = |error: reqwest::Error| Error::Unreachable {
        site: origin.host_str().unwrap_or_default().to_owned(),
        cause: crate::error::root(&error),
    };
    let reply = http.get(join(origin, "_edge/tenant_info")?).send().await.map_err(unreachable)?;
    outage::check(&reply)?;
    match reply.json::<Tenant>().await {
        Ok(tenant) if !tenant.cloud_id.is_empty() => Ok(tenant.cloud_id),
        _ => {
            let target = SiteTarget::Address(origin.to_string());
            Err(SignInProblem::WrongSite { target, fault: SiteFault::NoCloudId }.into())
        }
    }
}

/// The token in a header that shows one.
fn bearer(header: &HeaderValue) -> Option<SecretString> {
    header.to_str().ok()?.strip_prefix("Bearer ").map(SecretString::from)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    account_id: String,
    display_name: Option<String>,
    email_address: Option<String>,
    time_zone: Option<String>,
    locale: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfo {
    base_url: String,
}

fn gateway(api_url: &Url, cloud_id: &str) -> Result<Url> {
    let mut base = api_url.clone();
    base.path_segments_mut()
        .map_err(|()| Error::Internal("the gateway's address cannot have a path".into()))?
        .pop_if_empty()
        .extend(["ex", "jira", cloud_id, ""]);
    Ok(base)
}

fn join(base: &Url, path: &str) -> Result<Url> {
    base.join(path).map_err(|error| Error::Internal(format!("no address from {base}: {error}")))
}
