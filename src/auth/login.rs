//! The steps of a sign-in without a terminal, which a command and a client's elicitation have in common.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::account::{Account, Identity};
use super::callback::{self, AwaitedConsent, Callback, ConsentOutcome, ReceivedRedirect};
use super::credential_types::App;
use super::credentials::Credentials;
use super::oauth::{AuthServer, ConsentRequest, TokenError};
use super::probe;
use super::profile::{CloudSite, Grant, OAuthGrant, Profile, ProfileName, StoredPerson};
use super::session::Session;
use super::site::SiteAddress;
use crate::error::{ConsentProblem, Error, Result, UsageProblem};

/// Time for a person to answer on Atlassian's page.
const CONSENT_TIMEOUT: Duration = Duration::from_secs(600);

/// Atlassian's addresses, and the way to them.
#[derive(Debug, Clone)]
pub struct Atlassian {
    /// The HTTP client.
    pub http: reqwest::Client,
    /// The address of the sign-in: `https://auth.atlassian.com`, another in tests and other clouds.
    pub auth_url: Url,
    /// The address of the gateway: `https://api.atlassian.com`, another in tests and other clouds.
    pub api_url: Url,
}

/// A sign-in with OAuth that waits for a person's consent.
#[derive(Debug)]
pub struct Login {
    atlassian: Atlassian,
    app: App,
    redirect_uri: Url,
    request: ConsentRequest,
    /// The path that leads to Atlassian's page, once.
    start: String,
}

/// A sign-in that Atlassian has granted, and that is not kept yet.
#[derive(Debug)]
pub struct GrantedAccess {
    atlassian: Atlassian,
    access: SecretString,
    grant: OAuthGrant,
    /// The Jira sites that it opens: one at least, each once.
    pub sites: Vec<CloudSite>,
}

impl GrantedAccess {
    /// The profile for one of the sites, with the person as that site knows them.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn profile(self, name: ProfileName, site: CloudSite) -> Result<Profile> {
        let person = person_of_access_token(&self.atlassian, &site, &self.access).await?;
        Ok(Profile { name, grant: Grant::OAuth(self.grant), site, person })
    }
}

/// The address that an app has to have as its callback URL.
///
/// # Errors
/// [`Error::Internal`], never in fact.
pub fn redirect_uri(port: u16) -> Result<Url> {
    // Atlassian takes plain http for this name, and for no address.
    Url::parse(&format!("http://localhost:{port}{}", callback::CALLBACK_PATH))
        .map_err(|error| Error::Internal(format!("no callback address: {error}")))
}

impl Login {
    /// Begins a sign-in; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn begin(atlassian: Atlassian, app: App, redirect_uri: Url, scopes: &[&str]) -> Result<Self> {
        let request =
            ConsentRequest::new(&atlassian.auth_url, &app.client_id, &redirect_uri, scopes.iter().copied())?;
        let start = format!("{}{}", callback::START_PATH, oauth2::CsrfToken::new_random_len(16).secret());
        Ok(Self { atlassian, app, redirect_uri, request, start })
    }

    /// Atlassian's page that asks for consent. Its address is for the person's eyes: it holds the state.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.request.url
    }

    /// An address on this machine that leads to that page, once, while [`Login::wait_for_redirect`] waits. Others may see it.
    #[must_use]
    pub fn start_url(&self) -> Url {
        let mut url = self.redirect_uri.clone();
        url.set_path(&self.start);
        url
    }

    /// Waits for the browser to come back from that page. It is to be shown then how the sign-in went.
    ///
    /// # Errors
    /// [`Error::SignIn`] where nobody comes back.
    pub async fn wait_for_redirect(&self, callback: Callback) -> Result<ReceivedRedirect> {
        let awaited = AwaitedConsent {
            state: self.request.state.clone(),
            start: self.start.clone(),
            page: SecretString::from(self.request.url.as_str()),
        };
        callback.receive_redirect(awaited, CONSENT_TIMEOUT).await
    }

    /// Reads the address that a person copied from the browser after consent.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is no redirect of this sign-in.
    pub fn parse_pasted(&self, address: &str) -> Result<ConsentOutcome> {
        ConsentOutcome::from_address(address, self.request.state.expose_secret())
            .ok_or_else(|| UsageProblem::OtherRedirect { redirect_uri: self.redirect_uri.to_string() }.into())
    }

    /// Ends the sign-in with what the redirect says: a code becomes tokens.
    ///
    /// # Errors
    /// [`Error::SignIn`] where consent was not given or opens nothing, [`Error::RateLimited`],
    /// [`Error::Unavailable`].
    pub async fn finish(self, outcome: ConsentOutcome) -> Result<GrantedAccess> {
        let Atlassian { http, auth_url, api_url } = &self.atlassian;
        let code = match outcome {
            ConsentOutcome::Code(code) => code,
            ConsentOutcome::Denied => return Err(ConsentProblem::Denied.into()),
            ConsentOutcome::Failed(said) => {
                let redirect_uri = self.redirect_uri.to_string();
                return Err(ConsentProblem::Failed { said, redirect_uri }.into());
            }
        };
        let server = AuthServer::new(http, auth_url, api_url);
        let tokens = server
            .exchange_code(&self.app, &self.redirect_uri, &code, &self.request.verifier)
            .await
            .map_err(|failure| match failure {
                TokenError::Failed(error) => error,
                TokenError::Ended => ConsentProblem::CodeRefused.into(),
            })?;
        let sites = server.sites(&tokens.access).await?;
        if sites.is_empty() {
            return Err(ConsentProblem::WithoutSite.into());
        }
        let access = tokens.access.clone();
        let grant = OAuthGrant {
            app: self.app,
            redirect_uri: self.redirect_uri,
            signed_in_at: tokens.obtained_at,
            tokens: Some(tokens),
        };
        Ok(GrantedAccess { atlassian: self.atlassian, access, grant, sites })
    }
}

/// The person behind an access token, as Jira on this site says.
async fn person_of_access_token(
    atlassian: &Atlassian,
    site: &CloudSite,
    access: &SecretString,
) -> Result<StoredPerson> {
    let account = Account {
        site: Some(SiteAddress { origin: site.url.clone(), cloud_id: None }),
        pick: None,
        credentials: Credentials::Bearer { token: access.clone() },
        api_url: atlassian.api_url.clone(),
        auth_url: atlassian.auth_url.clone(),
        cloud_id: Some(site.cloud_id.clone()),
    };
    stored_person(Session::new(Ok(account), atlassian.http.clone())).await
}

/// The person behind an API token, and the site that it was tried on.
///
/// # Errors
/// [`Error::NotConfigured`] for an address that is none of a site; as [`Session::authorize`].
pub async fn person_of_api_token(
    atlassian: &Atlassian,
    site: &str,
    email: &str,
    token: &SecretString,
) -> Result<(CloudSite, StoredPerson)> {
    let address = SiteAddress::parse(site, &atlassian.api_url)?;
    let cloud_id = match &address.cloud_id {
        Some(cloud_id) => cloud_id.clone(),
        None => probe::cloud_id_of(&atlassian.http, &address.origin).await?,
    };
    let account = Account {
        site: Some(address),
        pick: None,
        credentials: Credentials::Basic { email: email.to_owned(), token: token.clone() },
        api_url: atlassian.api_url.clone(),
        auth_url: atlassian.auth_url.clone(),
        cloud_id: Some(cloud_id.clone()),
    };
    let session = Session::new(Ok(account), atlassian.http.clone());
    let url = session.browse_url().await?;
    let host = url.host_str().unwrap_or_default();
    let name = host.split_once(".atlassian.net").map_or(host, |(name, _)| name).to_owned();
    Ok((CloudSite { cloud_id, name, url }, stored_person(session).await?))
}

async fn stored_person(session: Session) -> Result<StoredPerson> {
    let Identity { account_id, name, email, .. } = session.identity().await?;
    Ok(StoredPerson { account_id, name, email })
}
