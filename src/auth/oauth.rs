//! Atlassian's OAuth 2.0: the request for consent, tokens, and the sites that a token opens.
//!
//! Atlassian documents JSON bodies for its token endpoint and nothing else, so the forms that the
//! protocol's crate makes are sent as JSON.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use reqwest::{StatusCode, header};
use secrecy::zeroize::{Zeroize as _, Zeroizing};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::credential_types::{App, bearer_header};
use super::outage;
use super::profile::{CloudSite, Tokens};
use crate::error::{Error, Result, SignInProblem};

/// The scope that makes Atlassian give a refresh token.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Time for one exchange of tokens.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(20);

/// Fields that an answer must not tell again: its words come through to people.
const SECRET_FIELDS: [&str; 4] = ["client_secret", "code", "code_verifier", "refresh_token"];

/// Capacity for a request, so that it does not grow by copies that nothing zeroises.
const REQUEST_CAPACITY: usize = 16 * 1024;

/// Lifetime of an access token where Atlassian does not say.
const DEFAULT_TOKEN_LIFETIME: Duration = Duration::from_secs(3_600);

/// Atlassian's servers that give tokens and tell what they open.
#[derive(Debug, Clone, Copy)]
pub struct AuthServer<'a> {
    http: &'a reqwest::Client,
    auth_url: &'a Url,
    api_url: &'a Url,
}

/// A request for consent, which a person opens in a browser.
#[derive(Clone)]
pub struct ConsentRequest {
    /// The page to open.
    pub url: Url,
    /// The value that the redirect must bring back: compare it in constant time, take it once.
    pub state: SecretString,
    /// The PKCE verifier with which [`AuthServer::exchange_code`] proves that it asked.
    pub verifier: SecretString,
}

impl fmt::Debug for ConsentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentRequest").finish_non_exhaustive()
    }
}

/// The reason why a token could not be had.
#[derive(Debug, Clone)]
pub enum TokenError {
    /// Atlassian does not know the code or refresh token any more: only a new sign-in helps.
    Ended,
    /// Any other failure: the sign-in may be as good as ever.
    Failed(Error),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl ConsentRequest {
    /// Asks for these scopes, and for a refresh token.
    ///
    /// # Errors
    /// [`Error::Internal`] for a redirect address that is none.
    pub fn new<'s>(
        auth_url: &Url,
        client_id: &str,
        redirect_uri: &Url,
        scopes: impl IntoIterator<Item = &'s str>,
    ) -> Result<Self> {
        let page = auth_url.join("authorize").map_err(|error| invalid_address(&error))?;
        let client = oauth2::basic::BasicClient::new(ClientId::new(client_id.to_owned()))
            .set_auth_uri(AuthUrl::from_url(page))
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(|| CsrfToken::new_random_len(32))
            .add_extra_param("audience", "api.atlassian.com")
            .add_extra_param("prompt", "consent")
            .set_pkce_challenge(challenge);
        for scope in scopes.into_iter().filter(|scope| *scope != OFFLINE_ACCESS) {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        let (mut url, state) = request.add_scope(Scope::new(OFFLINE_ACCESS.into())).url();
        // A plus sign is a space in forms; Atlassian documents the other way to write one, which is a space everywhere.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        Ok(Self {
            url,
            state: SecretString::from(state.into_secret()),
            verifier: SecretString::from(verifier.into_secret()),
        })
    }
}

impl<'a> AuthServer<'a> {
    /// The servers at these addresses, over these connections.
    #[must_use]
    pub fn new(http: &'a reqwest::Client, auth_url: &'a Url, api_url: &'a Url) -> Self {
        Self { http, auth_url, api_url }
    }

    /// Exchanges the code that a redirect brought for tokens.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn exchange_code(
        &self,
        app: &App,
        redirect_uri: &Url,
        code: &SecretString,
        verifier: &SecretString,
    ) -> std::result::Result<Tokens, TokenError> {
        let answer = self
            .client(app)?
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()))
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request_async(self)
            .await;
        tokens_from(answer, None)
    }

    /// The next pair of tokens. The old refresh token ends with it, but for ten minutes of grace.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn refresh(
        &self,
        app: &App,
        refresh: &SecretString,
    ) -> std::result::Result<Tokens, TokenError> {
        let token = RefreshToken::new(refresh.expose_secret().to_owned());
        let answer = self.client(app)?.exchange_refresh_token(&token).request_async(self).await;
        tokens_from(answer, Some(refresh))
    }

    /// A service account's access token.
    ///
    /// # Errors
    /// [`TokenError::Failed`].
    pub async fn client_credentials(&self, app: &App) -> std::result::Result<Tokens, TokenError> {
        let answer = self.client(app)?.exchange_client_credentials().request_async(self).await;
        tokens_from(answer, None)
    }

    /// The Jira sites that an access token opens, each once.
    ///
    /// # Errors
    /// [`Error::SignIn`] where the token is not taken, [`Error::RateLimited`], [`Error::Unavailable`].
    pub async fn sites(&self, access: &SecretString) -> Result<Vec<CloudSite>> {
        #[derive(Deserialize)]
        struct Resource {
            id: String,
            #[serde(default)]
            name: String,
            url: Url,
            #[serde(default)]
            scopes: Vec<String>,
        }
        let url =
            self.api_url.join("oauth/token/accessible-resources").map_err(|error| invalid_address(&error))?;
        let reply = self
            .http
            .get(url)
            .header(header::AUTHORIZATION, bearer_header(access)?)
            .header(header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| unreachable_server(self.api_url, &error))?;
        let status = reply.status();
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            return Err(SignInProblem::AccessTokenRefused { status: status.as_u16() }.into());
        }
        if let Some(error) = outage::of(status, reply.headers(), self.api_url) {
            return Err(error);
        }
        let resources: Vec<Resource> =
            reply.json().await.map_err(|error| unreachable_server(self.api_url, &error))?;
        let mut sites: Vec<CloudSite> = Vec::new();
        for resource in resources {
            // A site with Confluence and Jira is listed once for each; only Jira's entry has Jira's scopes.
            let is_jira = resource.scopes.iter().any(|scope| scope.contains("jira"));
            if is_jira && sites.iter().all(|site| site.cloud_id != resource.id) {
                sites.push(CloudSite { cloud_id: resource.id, name: resource.name, url: resource.url });
            }
        }
        Ok(sites)
    }

    fn client(
        &self,
        app: &App,
    ) -> Result<
        oauth2::basic::BasicClient<
            EndpointNotSet,
            EndpointNotSet,
            EndpointNotSet,
            EndpointNotSet,
            EndpointSet,
        >,
    > {
        let url = self.auth_url.join("oauth/token").map_err(|error| invalid_address(&error))?;
        Ok(oauth2::basic::BasicClient::new(ClientId::new(app.client_id.clone()))
            .set_client_secret(ClientSecret::new(app.client_secret.expose_secret().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(url)))
    }

    /// Sends a request for tokens, its form as JSON. What passes through here is zeroised; what the libraries for OAuth
    /// and HTTP copy meanwhile is not ours to.
    async fn post(&self, request: HttpRequest) -> std::result::Result<HttpResponse, RequestFailure> {
        let url = request.uri().to_string();
        let form = Zeroizing::new(request.into_body());
        let mut fields: Members = url::form_urlencoded::parse(&form)
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        let mut json = Zeroizing::new(Vec::with_capacity(REQUEST_CAPACITY));
        serde_json::to_writer(&mut *json, &fields)
            .map_err(|_| RequestFailure(Error::Internal("a request for tokens has no JSON form".into())))?;
        let sent = async {
            let post = self
                .http
                .post(url)
                .timeout(EXCHANGE_TIMEOUT)
                .header(header::CONTENT_TYPE, "application/json");
            let reply = post.body(Bytes::from_owner(json)).send().await?;
            let (status, headers) = (reply.status(), reply.headers().clone());
            Ok((status, headers, Zeroizing::new(reply.bytes().await?.to_vec())))
        };
        let (status, headers, body) = sent
            .await
            .map_err(|error: reqwest::Error| RequestFailure(unreachable_server(self.auth_url, &error)))?;
        if let Some(error) = outage::of(status, &headers, self.auth_url) {
            return Err(RequestFailure(error));
        }
        let Ok(serde_json::Value::Object(mut answer)) = serde_json::from_slice(&body) else {
            return Err(RequestFailure(Error::Unavailable {
                problem: format!(
                    "{} answers {status} to a request for tokens, but not as Atlassian does",
                    host(self.auth_url)
                ),
            }));
        };
        // Left out in Atlassian's documents; there is only one.
        answer.entry("token_type").or_insert_with(|| "Bearer".into());
        if let Some(serde_json::Value::String(said)) = answer.get_mut("error_description") {
            for secret in SECRET_FIELDS.iter().filter_map(|name| fields.get(*name)?.as_str()) {
                *said = said.replace(secret, "...");
            }
        }
        let body = serde_json::to_vec(&answer).unwrap_or_default();
        zeroize_members(&mut fields);
        zeroize_members(&mut answer);
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for AuthServer<'_> {
    type Error = RequestFailure;
    type Future =
        Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, RequestFailure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.post(request))
    }
}

/// The members of a document that holds secrets.
type Members = serde_json::Map<String, serde_json::Value>;

fn zeroize_members(members: &mut Members) {
    for (_, value) in members {
        if let serde_json::Value::String(text) = value {
            text.zeroize();
        }
    }
}

/// The failure of [`AuthServer::post`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RequestFailure(Error);

/// Reads an answer; `before` is the refresh token that was shown, which stays where no new one comes.
fn tokens_from(
    answer: std::result::Result<BasicTokenResponse, RequestTokenError<RequestFailure, BasicErrorResponse>>,
    before: Option<&SecretString>,
) -> std::result::Result<Tokens, TokenError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(RequestTokenError::Request(RequestFailure(error))) => return Err(TokenError::Failed(error)),
        Err(RequestTokenError::ServerResponse(refusal)) => return Err(token_error(&refusal)),
        // What cannot be read may hold a token: it is not quoted.
        Err(RequestTokenError::Parse(..) | RequestTokenError::Other(_)) => {
            return Err(TokenError::Failed(Error::Unavailable {
                problem: "Atlassian's answer to a request for tokens cannot be read".into(),
            }));
        }
    };
    let obtained_at = Timestamp::now();
    let lasts =
        SignedDuration::try_from(answer.expires_in().unwrap_or(DEFAULT_TOKEN_LIFETIME)).unwrap_or_default();
    Ok(Tokens {
        access: SecretString::from(answer.access_token().secret().as_str()),
        refresh: answer
            .refresh_token()
            .map(|token| SecretString::from(token.secret().as_str()))
            .or_else(|| before.cloned()),
        obtained_at,
        expires_at: obtained_at.saturating_add(lasts).unwrap_or(obtained_at),
        scopes: answer
            .scopes()
            .map(|scopes| scopes.iter().map(|scope| scope.as_str().to_owned()).collect())
            .unwrap_or_default(),
    })
}

fn token_error(refusal: &BasicErrorResponse) -> TokenError {
    let said = refusal.error_description().map_or("", String::as_str);
    match refusal.error() {
        BasicErrorResponseType::InvalidGrant => TokenError::Ended,
        // The same in the words of an older part of Atlassian's server.
        BasicErrorResponseType::UnauthorizedClient if said.contains("refresh_token is invalid") => {
            TokenError::Ended
        }
        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => app_refused(),
        // Atlassian's server has this for a wrong client secret.
        BasicErrorResponseType::Extension(code) if code == "access_denied" => app_refused(),
        other => {
            let code = other.as_ref();
            let said = if said.is_empty() { code.to_owned() } else { format!("{code}: {said}") };
            TokenError::Failed(SignInProblem::TokensRefused { said }.into())
        }
    }
}

fn app_refused() -> TokenError {
    TokenError::Failed(SignInProblem::AppRefused.into())
}

fn unreachable_server(server: &Url, error: &reqwest::Error) -> Error {
    Error::Unavailable {
        problem: format!("{} cannot be reached ({})", host(server), crate::error::root(error)),
    }
}

fn host(server: &Url) -> &str {
    server.host_str().unwrap_or_default()
}

fn invalid_address(error: &dyn fmt::Display) -> Error {
    Error::Internal(format!("no address of Atlassian's: {error}"))
}
