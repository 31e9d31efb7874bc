//! The first look at a site: which way in the credentials open, and whose they are.

use std::time::Duration;

use reqwest::{StatusCode, header};
use serde::Deserialize;
use url::Url;

use super::{Account, Identity, Opened};
use crate::error::{Error, Result};

/// Where a person makes and renews API tokens.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

/// True where Atlassian did not take the credentials and the reply, which may look like success,
/// is an anonymous visitor's. Known persons who may not do something get another reason.
pub(crate) fn login_failed(headers: &header::HeaderMap) -> bool {
    headers
        .get_all("x-seraph-loginreason")
        .iter()
        .filter_map(|reason| reason.to_str().ok())
        .any(|reason| reason.contains("AUTHENTICATED_FAILED") || reason.contains("AUTHENTICATION_DENIED"))
}

/// Signs in at the site; where that is refused, through the gateway, as scoped tokens need it.
pub(super) async fn open(http: &reqwest::Client, account: &Account, accepted: bool) -> Result<Opened> {
    let known_id = account.cloud_id.clone().or_else(|| account.site.cloud_id.clone());
    if account.site.cloud_id.is_none() {
        let base = account.site.origin.clone();
        if let Answer::Accepted(identity) = ask(http, account, &base).await? {
            return Ok(Opened { browse: base.clone(), base, identity });
        }
    }
    let cloud_id = match known_id {
        Some(id) => id,
        None => tenant(http, account).await?,
    };
    let base = gateway(&account.api_url, &cloud_id)?;
    match ask(http, account, &base).await? {
        Answer::Accepted(identity) => {
            let browse = match &account.site.cloud_id {
                Some(_) => server_url(http, account, &base).await?,
                None => account.site.origin.clone(),
            };
            Ok(Opened { base, browse, identity })
        }
        Answer::Scope => Err(Error::SignIn {
            problem: "The API token lacks the scope read:jira-user, which tells who you are".into(),
            fix: format!(
                "Make a token with the scopes read:jira-work, write:jira-work and read:jira-user at {TOKEN_PAGE}."
            ),
        }),
        Answer::Refused(text) => Err(refused(account, accepted, &text)),
    }
}

enum Answer {
    Accepted(Identity),
    Scope,
    Refused(String),
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

async fn ask(http: &reqwest::Client, account: &Account, base: &Url) -> Result<Answer> {
    let url = join(base, "rest/api/3/myself")?;
    let reply = http
        .get(url)
        .header(header::AUTHORIZATION, account.credentials.header()?)
        .header(header::ACCEPT, "application/json")
        .send()
        .await
        .map_err(|error| unreachable_site(account, &error))?;
    let status = reply.status();
    let failed_login = login_failed(reply.headers());
    check_available(&reply)?;
    let text = reply.text().await.map_err(|error| unreachable_site(account, &error))?;
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
        return Err(wrong_site(account, "it answers, but not as Jira Cloud does"));
    }
    match status {
        StatusCode::UNAUTHORIZED if text.contains("scope") => Ok(Answer::Scope),
        StatusCode::FORBIDDEN => Err(Error::SignIn {
            problem: "Jira knows the account but does not let it in (403)".into(),
            fix: "Ask an administrator for access to Jira on this site, or for your organisation's rule on API tokens.".into(),
        }),
        StatusCode::NOT_FOUND if !failed_login && !text.contains("errorMessages") => {
            Err(wrong_site(account, "there is no Jira under this address"))
        }
        _ => Ok(Answer::Refused(text)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

/// The site's cloudId, which anyone may ask for.
async fn tenant(http: &reqwest::Client, account: &Account) -> Result<String> {
    let url = join(&account.site.origin, "_edge/tenant_info")?;
    let reply = http.get(url).send().await.map_err(|error| unreachable_site(account, &error))?;
    check_available(&reply)?;
    match reply.json::<Tenant>().await {
        Ok(tenant) if !tenant.cloud_id.is_empty() => Ok(tenant.cloud_id),
        _ => Err(wrong_site(account, "it names no cloudId")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfo {
    base_url: String,
}

/// The site's own address, where the settings gave only the gateway's.
async fn server_url(http: &reqwest::Client, account: &Account, base: &Url) -> Result<Url> {
    let reply = http
        .get(join(base, "rest/api/3/serverInfo")?)
        .header(header::AUTHORIZATION, account.credentials.header()?)
        .send()
        .await
        .map_err(|error| unreachable_site(account, &error))?;
    let info: ServerInfo =
        reply.json().await.map_err(|_| wrong_site(account, "it does not tell its own address"))?;
    Url::parse(&info.base_url)
        .map_err(|_| wrong_site(account, "it does not tell its own address"))
        .and_then(|url| join(&url, "/"))
}

/// Rate limits and outages are not about the credentials.
fn check_available(reply: &reqwest::Response) -> Result<()> {
    let status = reply.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let after =
            reply.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        return Err(Error::RateLimited { retry_after: after.map(Duration::from_secs), reason: None });
    }
    if status.is_server_error() {
        return Err(Error::Unavailable { problem: format!("the site answers {status} to a sign-in") });
    }
    Ok(())
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

fn refused(account: &Account, accepted: bool, text: &str) -> Error {
    let host = account.site.origin.host_str().unwrap_or_default();
    if text.contains("passwords is deprecated") {
        return Error::SignIn {
            problem: "JIRA_API_TOKEN holds a password, and Jira takes API tokens only".into(),
            fix: format!("Make a token at {TOKEN_PAGE} and set it as JIRA_API_TOKEN."),
        };
    }
    if accepted {
        return Error::SignIn {
            problem: format!(
                "{host} took this API token earlier and refuses it now: it has expired or was revoked"
            ),
            fix: format!("Make a new token at {TOKEN_PAGE} and restart with it as JIRA_API_TOKEN."),
        };
    }
    Error::SignIn {
        problem: format!(
            "{host} refuses the e-mail and API token: one of them is wrong, or the token has expired or was revoked"
        ),
        fix: format!(
            "Check JIRA_EMAIL (the account's address) and JIRA_API_TOKEN; tokens and their ends are listed at {TOKEN_PAGE}."
        ),
    }
}

fn wrong_site(account: &Account, problem: &str) -> Error {
    Error::SignIn {
        problem: format!("{} is not a Jira Cloud site: {problem}", account.site.origin),
        fix: "Check JIRA_URL against the address in your browser.".into(),
    }
}

fn unreachable_site(account: &Account, error: &reqwest::Error) -> Error {
    let host = account.site.origin.host_str().unwrap_or_default();
    Error::Unavailable {
        problem: format!(
            "{host} cannot be reached ({}); check JIRA_URL and the network or proxy",
            crate::error::root(error)
        ),
    }
}
