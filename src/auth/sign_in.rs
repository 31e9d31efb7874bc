//! What the settings, or the profile that they name, come to: what is shown to Jira, and where.

use reqwest::header::HeaderValue;
use secrecy::SecretString;

use super::Account;
use super::credentials::{Credentials, basic_header, bearer_header};
use super::profile::{CloudSite, Grant, Profile, ProfileName};
use super::rotation::{self, Proof, Rotation, Source};
use super::site::{self, SiteAddress};
use super::store::Store;
use crate::error::{ConfigurationProblem, Error, Method, Result, SignInProblem};

/// One way to sign in, ready for use.
#[derive(Debug)]
pub(super) struct SignIn {
    pub(super) method: Method,
    /// The profile that it comes from, where it is a stored one.
    pub(super) profile: Option<ProfileName>,
    pub(super) door: Door,
    prover: Prover,
    /// A secret that stays when tokens are renewed.
    pub(super) lasting: SecretString,
    /// What tells this account from others that share the secret.
    pub(super) holder: String,
}

/// Which way requests go.
#[derive(Debug, Clone)]
pub(super) enum Door {
    /// To the site itself; where it refuses, through the gateway, as scoped API tokens need it.
    Site(SiteAddress),
    /// Through the gateway, to this site.
    Cloud(CloudSite),
    /// Through the gateway, to the site with this address or id, or to one of those that the token opens.
    Search { address: Option<SiteAddress>, pick: Option<String> },
}

#[derive(Debug)]
enum Prover {
    /// The same header always. It is marked sensitive.
    Fixed(HeaderValue),
    Renewed(Rotation),
}

impl SignIn {
    /// Reads the profile where the account is a stored one.
    pub(super) async fn new(account: &Account, http: &reqwest::Client) -> Result<Self> {
        let search = || Door::Search { address: account.site.clone(), pick: account.pick.clone() };
        match &account.credentials {
            Credentials::Basic { email, token } => Ok(Self {
                method: Method::Basic,
                profile: None,
                door: Door::Site(account.site.clone().ok_or(ConfigurationProblem::NoSite)?),
                prover: Prover::Fixed(basic_header(email, token)?),
                lasting: token.clone(),
                holder: email.clone(),
            }),
            Credentials::Bearer { token } => Ok(Self {
                method: Method::Bearer,
                profile: None,
                door: search(),
                prover: Prover::Fixed(bearer_header(token)?),
                lasting: token.clone(),
                holder: String::new(),
            }),
            Credentials::ClientCredentials(app) => Ok(Self {
                method: Method::ClientCredentials,
                profile: None,
                door: search(),
                prover: Prover::Renewed(rotation(account, http, Source::App(app.clone()), None)),
                lasting: app.client_secret.clone(),
                holder: app.client_id.clone(),
            }),
            Credentials::Stored { store, name, only } => {
                let profile = store.load(name).await?.ok_or_else(|| nobody(name))?;
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
            Door::Cloud(profile.site.clone())
        } else {
            Door::Search { address: account.site.clone(), pick: account.pick.clone() }
        };
        let tokens = rotation::tokens(&profile).cloned();
        let (door, prover, lasting) = match profile.grant {
            Grant::ApiToken { email, token } => {
                let address = match (&account.site, &account.pick) {
                    (Some(address), _) => address.clone(),
                    (None, _) if same_site => {
                        SiteAddress::parse(profile.site.url.as_str(), &account.api_url)?
                    }
                    (None, Some(pick)) => SiteAddress::of_token(pick, &account.api_url)?,
                    (None, None) => return Err(another_site(&profile.name, &profile.site)),
                };
                (Door::Site(address), Prover::Fixed(basic_header(&email, &token)?), token)
            }
            Grant::ClientCredentials(app) => {
                let secret = app.client_secret.clone();
                (cloud, Prover::Renewed(rotation(account, http, Source::App(app), None)), secret)
            }
            Grant::OAuth(grant) => {
                if grant.tokens.is_none() {
                    return Err(rotation::ended(&profile.name, &grant));
                }
                let source = Source::Profile {
                    store: store.clone(),
                    name: profile.name.clone(),
                    account_id: profile.person.account_id.clone(),
                };
                (cloud, Prover::Renewed(rotation(account, http, source, tokens)), grant.app.client_secret)
            }
        };
        Ok(Self {
            method,
            profile: Some(profile.name),
            door,
            prover,
            lasting,
            holder: format!("{} {}", profile.site.cloud_id, profile.person.account_id),
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

    /// What to show now.
    pub(super) async fn proof(&self) -> Result<(HeaderValue, Option<SecretString>)> {
        match &self.prover {
            Prover::Fixed(header) => Ok((header.clone(), None)),
            Prover::Renewed(rotation) => {
                let Proof { header, token } = rotation.proof().await?;
                Ok((header, Some(token)))
            }
        }
    }

    /// Renews a token that Jira did not take; false where there is nothing to renew.
    pub(super) async fn renew(&self, token: Option<&SecretString>) -> Result<bool> {
        match (&self.prover, token) {
            (Prover::Renewed(rotation), Some(token)) => rotation.rejected(token).await.map(|()| true),
            _ => Ok(false),
        }
    }
}

fn rotation(
    account: &Account,
    http: &reqwest::Client,
    source: Source,
    tokens: Option<super::Tokens>,
) -> Rotation {
    Rotation::new(source, tokens, http.clone(), account.auth_url.clone(), account.api_url.clone())
}

fn nobody(name: &ProfileName) -> Error {
    if *name != ProfileName::default() {
        return rotation::nobody(name);
    }
    ConfigurationProblem::NoAccount.into()
}

fn another_site(name: &ProfileName, site: &CloudSite) -> Error {
    ConfigurationProblem::OtherCloudId { profile: name.to_string(), site: site.url.to_string() }.into()
}
