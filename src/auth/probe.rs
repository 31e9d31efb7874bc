//! The first look at a site: which way in the credentials open, and whose they are.

use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::oauth::AuthServer;
use super::sign_in::{Door, SignIn};
use super::{Account, Identity, Opened, site};
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

/// One look at a site.
pub(super) struct Visit<'a> {
    pub(super) http: &'a reqwest::Client,
    pub(super) account: &'a Account,
    pub(super) sign_in: &'a SignIn,
    pub(super) header: HeaderValue,
    pub(super) token: Option<&'a SecretString>,
    /// What an earlier look found: credentials that were taken then and are not any more have ended.
    pub(super) before: Option<&'a Opened>,
}

/// What a look comes to.
pub(super) enum Look {
    Opened(Box<Opened>),
    /// The credentials are not taken, as they are now.
    Refused(Error),
}

enum Answer {
    Accepted(Identity),
    Scope,
    Refused(String),
}

/// A site behind the gateway.
struct Place {
    cloud_id: String,
    /// Its address for people, where it is known.
    browse: Option<Url>,
}

impl Visit<'_> {
    /// Signs in at the site; where that is refused, through the gateway, as scoped tokens need it.
    pub(super) async fn open(&self) -> Result<Look> {
        if let Door::Site(address) = &self.sign_in.door
            && address.cloud_id.is_none()
            && let Answer::Accepted(identity) = self.ask(&address.origin).await?
        {
            let base = address.origin.clone();
            return Ok(Look::Opened(Box::new(Opened { browse: base.clone(), base, identity })));
        }
        if let Some(Opened { base, browse, .. }) = self.before {
            // The site is the same for as long as the session lasts.
            return self.enter(base.clone(), Some(browse.clone())).await;
        }
        match self.place().await? {
            Ok(place) => self.enter(gateway(&self.account.api_url, &place.cloud_id)?, place.browse).await,
            Err(refused) => Ok(Look::Refused(refused)),
        }
    }

    async fn enter(&self, base: Url, browse: Option<Url>) -> Result<Look> {
        match self.ask(&base).await? {
            Answer::Accepted(identity) => {
                let browse = match browse {
                    Some(url) => join(&url, "/")?,
                    None => self.server_url(&base).await?,
                };
                Ok(Look::Opened(Box::new(Opened { base, browse, identity })))
            }
            Answer::Scope => Err(self.sign_in.missing_scope(&["read:jira-user"]).into()),
            Answer::Refused(text) => Ok(Look::Refused(self.refused(&text))),
        }
    }

    fn refused(&self, text: &str) -> Error {
        let method = self.sign_in.method;
        if method == Method::Basic && text.contains("passwords is deprecated") {
            return SignInProblem::PasswordUsed.into();
        }
        let profile = self.sign_in.profile_name();
        let accepted_before = self.before.is_some();
        SignInProblem::Refused { method, site: self.place_name(), profile, accepted_before }.into()
    }

    /// Which site it is; the inner error is a refusal of the token.
    async fn place(&self) -> Result<std::result::Result<Place, Error>> {
        let (address, pick) = match &self.sign_in.door {
            Door::Cloud(site) => {
                return Ok(Ok(Place { cloud_id: site.cloud_id.clone(), browse: Some(site.url.clone()) }));
            }
            Door::Site(address) => (Some(address), None),
            Door::Search { address, pick } => (address.as_ref(), pick.as_deref()),
        };
        // An address of the gateway names no site that people could open.
        let origin =
            address.filter(|address| address.cloud_id.is_none()).map(|address| address.origin.clone());
        let known_id = self.account.cloud_id.clone().or_else(|| address.and_then(|a| a.cloud_id.clone()));
        if let Some(cloud_id) = known_id {
            return Ok(Ok(Place { cloud_id, browse: origin }));
        }
        if let (Some(origin), None) = (&origin, pick) {
            return Ok(Ok(Place {
                cloud_id: tenant(self.http, origin).await?,
                browse: Some(origin.clone()),
            }));
        }
        let token = self.token.cloned().or_else(|| bearer(&self.header));
        let Some(token) = token else {
            return Err(Error::Internal("a site is searched for without a token".into()));
        };
        match AuthServer::new(self.http, &self.account.auth_url, &self.account.api_url).sites(&token).await {
            Ok(sites) => {
                let site = site::choose(&sites, pick)?;
                Ok(Ok(Place { cloud_id: site.cloud_id, browse: Some(site.url) }))
            }
            Err(Error::SignIn(_)) => Ok(Err(self.refused(""))),
            Err(error) => Err(error),
        }
    }

    async fn ask(&self, base: &Url) -> Result<Answer> {
        let url = join(base, "rest/api/3/myself")?;
        let reply = self
            .http
            .get(url)
            .header(header::AUTHORIZATION, self.header.clone())
            .header(header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = reply.status();
        let failed_login = login_failed(reply.headers());
        check_available(&reply)?;
        let text = reply.text().await.map_err(|error| self.unreachable(&error))?;
        if status.is_success() && !failed_login {
            if let Ok(me) = serde_json::from_str::<Myself>(&text) {
                return Ok(Answer::Accepted(Identity {
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
            StatusCode::UNAUTHORIZED if text.contains("scope") => Ok(Answer::Scope),
            StatusCode::FORBIDDEN if text.contains("not installed") => {
                Err(self.wrong_site(SiteFault::NotGranted))
            }
            StatusCode::FORBIDDEN => Err(SignInProblem::NoAccess { method: self.sign_in.method }.into()),
            StatusCode::NOT_FOUND if !failed_login && !text.contains("errorMessages") => {
                Err(self.wrong_site(SiteFault::NoJira))
            }
            _ => Ok(Answer::Refused(text)),
        }
    }

    /// The site's own address, where the settings gave only the gateway's.
    async fn server_url(&self, base: &Url) -> Result<Url> {
        let unknown = || self.wrong_site(SiteFault::NoAddress);
        let reply = self
            .http
            .get(join(base, "rest/api/3/serverInfo")?)
            .header(header::AUTHORIZATION, self.header.clone())
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let info: ServerInfo = reply.json().await.map_err(|_| unknown())?;
        Url::parse(&info.base_url).map_err(|_| unknown()).and_then(|url| join(&url, "/"))
    }

    /// What people call the place.
    fn place_name(&self) -> String {
        match &self.sign_in.door {
            Door::Cloud(site) => site.url.host_str().unwrap_or_default().to_owned(),
            Door::Site(address) | Door::Search { address: Some(address), .. } => {
                address.origin.host_str().unwrap_or_default().to_owned()
            }
            Door::Search { address: None, pick: Some(pick) } => pick.clone(),
            Door::Search { address: None, pick: None } => match &self.account.cloud_id {
                Some(cloud_id) => format!("the site {cloud_id}"),
                None => self.account.api_url.host_str().unwrap_or_default().to_owned(),
            },
        }
    }

    fn wrong_site(&self, fault: SiteFault) -> Error {
        let target = match &self.sign_in.door {
            // That it is a site is known by its cloudId.
            Door::Search { address: Some(address), .. } if self.sign_in.method == Method::OAuth => {
                SiteTarget::Consent {
                    address: address.origin.to_string(),
                    profile: self.sign_in.profile_name(),
                }
            }
            Door::Site(address) | Door::Search { address: Some(address), .. } => {
                SiteTarget::Address(address.origin.to_string())
            }
            _ => SiteTarget::Known(self.place_name()),
        };
        SignInProblem::WrongSite { target, fault }.into()
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        Error::Unreachable { site: self.place_name(), cause: crate::error::root(error) }
    }
}

/// A site's cloudId, which anyone may ask for.
pub(super) async fn tenant(http: &reqwest::Client, origin: &Url) -> Result<String> {
    let unreachable = |error: reqwest::Error| Error::Unreachable {
        site: origin.host_str().unwrap_or_default().to_owned(),
        cause: crate::error::root(&error),
    };
    let reply = http.get(join(origin, "_edge/tenant_info")?).send().await.map_err(unreachable)?;
    check_available(&reply)?;
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

/// Rate limits and outages are not about the credentials.
fn check_available(reply: &reqwest::Response) -> Result<()> {
    let status = reply.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Error::RateLimited { retry_after: retry_after(reply.headers()), reason: None });
    }
    if status.is_server_error() {
        return Err(Error::Unavailable { problem: format!("the site answers {status} to a sign-in") });
    }
    Ok(())
}

/// How long Atlassian asks to wait.
pub(super) fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
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
