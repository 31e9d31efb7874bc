//! The way to sign in that the settings come to: the route of requests, and the source of their header.

use reqwest::header::HeaderValue;
use secrecy::SecretString;

use super::account::Account;
use super::credential_types::{AuthHeader, basic_header, bearer_header};
use super::credentials::Credentials;
use super::profile::{CloudSite, Grant, Profile, ProfileName, Tokens};
use super::rotation::{self, Rotation, TokenSource};
use super::site::{self, SiteAddress};
use super::store::Store;
use crate::error::{ConfigurationProblem, Error, Method, Result, SignInProblem};

/// One way to sign in, ready for use.
#[derive(Debug)]
pub(super) struct SignIn {
    pub(super) method: Method,
    /// The profile that it comes from, where it is a stored one.
    pub(super) profile: Option<ProfileName>,
    pub(super) route: SiteRoute,
    header_source: HeaderSource,
    /// A secret that stays when tokens are renewed.
    pub(super) lasting_secret: SecretString,
    /// Distinguishes this account from others that share the secret.
    pub(super) account_key: String,
}

/// Route of requests to a site.
#[derive(Debug, Clone)]
pub(super) enum SiteRoute {
    /// To the site itself; where it refuses, through the gateway, as scoped API tokens need it.
    Site(SiteAddress),
    /// Through the gateway, to this site.
    Cloud(CloudSite),
    /// Through the gateway, to the site with this address or id, or to one of those that the token opens.
    Search { address: Option<SiteAddress>, pick: Option<String> },
}

/// Source of the header that requests carry.
#[derive(Debug)]
enum HeaderSource {
    /// The same header always. It is marked sensitive.
    Fixed(HeaderValue),
    Renewed(Rotation),
}

impl SignIn {
    /// Reads the profile where the account is a stored one.
    pub(super) async fn new(account: &Account, http: &reqwest::Client) -> Result<Self> {
        let search = || SiteRoute::Search { address: account.site.clone(), pick: account.pick.clone() };
        match &account.credentials {
            Credentials::Basic { email, token } => Ok(Self {
                method: Method::Basic,
                profile: None,
                route: SiteRoute::Site(account.site.clone().ok_or(ConfigurationProblem::NoSite)?),
                header_source: HeaderSource::Fixed(basic_header(email, token)?),
                lasting_secret: token.clone(),
                account_key: email.clone(),
            }),
            Credentials::Bearer { token } => Ok(Self {
                method: Method::Bearer,
                profile: None,
                route: search(),
                header_source: HeaderSource::Fixed(bearer_header(token)?),
                lasting_secret: token.clone(),
                account_key: String::new(),
            }),
            Credentials::ClientCredentials(app) => Ok(Self {
                method: Method::ClientCredentials,
                profile: None,
                route: search(),
                header_source: HeaderSource::Renewed(rotation(
                    account,
                    http,
                    TokenSource::App(app.clone()),
                    None,
                )),
                lasting_secret: app.client_secret.clone(),
                account_key: app.client_id.clone(),
            }),
            Credentials::Stored { store, name, only } => {
                let profile = store.load(name).await?.ok_or_else(|| no_profile(name))?;
                if let Some(only) = only.filter(|only| *only != profile.grant.method()) {
                    return Err(ConfigurationProblem::OtherMethod {
                        allowed: only,
                        profile: name.to_string(),
                        stored: profile.grant.method(),
                    }
                    .into());
                }
                Self::stored(account, http, store, profile)
            }
        }
    }

    fn stored(account: &Account, http: &reqwest::Client, store: &Store, profile: Profile) -> Result<Self> {
        let method = profile.grant.method();
        let address = account.site.as_ref();
        let wanted = account
            .pick
            .clone()
            .or_else(|| account.cloud_id.clone())
            .or_else(|| address.and_then(|address| address.cloud_id.clone()))
            .or_else(|| address.map(|address| address.origin.to_string()));
        let same_site = wanted.is_none_or(|wanted| site::is_named(&profile.site, &wanted));
        let cloud = if same_site {
            SiteRoute::Cloud(profile.site.clone())
        } else {
            SiteRoute::Search { address: account.site.clone(), pick: account.pick.clone() }
        };
        let tokens = rotation::oauth_tokens(&profile).cloned();
        let (route, header_source, lasting_secret) = match profile.grant {
            Grant::ApiToken { email, token } => {
                let address = match (&account.site, &account.pick) {
                    (Some(address), _) => address.clone(),
                    (None, _) if same_site => {
                        SiteAddress::parse(profile.site.url.as_str(), &account.api_url)?
                    }
                    (None, Some(pick)) => SiteAddress::for_api_token(pick, &account.api_url)?,
                    (None, None) => return Err(other_cloud_id(&profile.name, &profile.site)),
                };
                (SiteRoute::Site(address), HeaderSource::Fixed(basic_header(&email, &token)?), token)
            }
            Grant::ClientCredentials(app) => {
                let secret = app.client_secret.clone();
                (cloud, HeaderSource::Renewed(rotation(account, http, TokenSource::App(app), None)), secret)
            }
            Grant::OAuth(grant) => {
                if grant.tokens.is_none() {
                    return Err(rotation::grant_ended(&profile.name, &grant));
                }
                let source = TokenSource::Profile {
                    store: store.clone(),
                    name: profile.name.clone(),
                    account_id: profile.person.account_id.clone(),
                };
                (
                    cloud,
                    HeaderSource::Renewed(rotation(account, http, source, tokens)),
                    grant.app.client_secret,
                )
            }
        };
        Ok(Self {
            method,
            profile: Some(profile.name),
            route,
            header_source,
            lasting_secret,
            account_key: format!("{} {}", profile.site.cloud_id, profile.person.account_id),
        })
    }

    /// The cause of a request that needs one of these scopes, which the credentials lack.
    pub(super) fn missing_scope(&self, scopes: &[&str]) -> SignInProblem {
        SignInProblem::MissingScope {
            method: self.method,
            profile: self.profile_name(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }

    /// The profile's name, for a cause.
    pub(super) fn profile_name(&self) -> Option<String> {
        self.profile.as_ref().map(ToString::to_string)
    }

    /// The header to send now.
    pub(super) async fn header(&self) -> Result<AuthHeader> {
        match &self.header_source {
            HeaderSource::Fixed(value) => Ok(AuthHeader { value: value.clone(), token: None }),
            HeaderSource::Renewed(rotation) => rotation.header().await,
        }
    }

    /// Renews a token that Jira did not take; false where there is nothing to renew.
    pub(super) async fn renew(&self, token: Option<&SecretString>) -> Result<bool> {
        match (&self.header_source, token) {
            (HeaderSource::Renewed(rotation), Some(token)) => rotation.rejected(token).await.map(|()| true),
            _ => Ok(false),
        }
    }
}

fn rotation(
    account: &Account,
    http: &reqwest::Client,
    source: TokenSource,
    tokens: Option<Tokens>,
) -> Rotation {
    Rotation::new(source, tokens, http.clone(), account.auth_url.clone(), account.api_url.clone())
}

fn no_profile(name: &ProfileName) -> Error {
    if *name != ProfileName::default() {
        return rotation::not_signed_in(name);
    }
    ConfigurationProblem::NoAccount.into()
}

fn other_cloud_id(name: &ProfileName, site: &CloudSite) -> Error {
    ConfigurationProblem::OtherCloudId { profile: name.to_string(), site: site.url.to_string() }.into()
}
