//! One stored sign-in, as a document.
//!
//! A profile is kept whole, as one JSON document with a version, so that a new pair of tokens and
//! what belongs to it are replaced at once. Its secrets are zeroised when it goes.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use url::Url;

use super::credential_types::App;
use crate::error::{ConfigurationProblem, Error, Method, Result};

/// The version of the document that this build writes, and the newest that it reads.
const DOCUMENT_VERSION: u32 = 1;

/// Capacity for a document, so that it does not grow by copies that nothing zeroises.
const DOCUMENT_CAPACITY: usize = 32 * 1024;

/// The name of a profile: lower-case letters, digits, `-`, `_`, `.`; at most 40 of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

impl ProfileName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ProfileName {
    fn default() -> Self {
        Self("default".into())
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProfileName {
    type Err = Error;

    /// Reads a name in any case; names of files know none on some systems.
    fn from_str(text: &str) -> Result<Self> {
        let name = text.trim().to_lowercase();
        let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.len() <= 40
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !fits {
            return Err(ConfigurationProblem::InvalidProfileName(text.to_owned()).into());
        }
        Ok(Self(name))
    }
}

/// One stored sign-in.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Its credentials.
    pub grant: Grant,
    /// The site that it is for.
    pub site: CloudSite,
    /// The person that it belongs to.
    pub person: StoredPerson,
}

/// Credentials of a stored profile.
#[derive(Debug, Clone)]
pub enum Grant {
    /// With e-mail and API token.
    ApiToken {
        /// The account's e-mail address.
        email: String,
        /// The token.
        token: SecretString,
    },
    /// With the consent that a person gave to an app.
    OAuth(OAuthGrant),
    /// With the client id and secret of a service account.
    ClientCredentials(App),
}

impl Grant {
    /// The way in which it signs in.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Self::ApiToken { .. } => Method::Basic,
            Self::OAuth(_) => Method::OAuth,
            Self::ClientCredentials(_) => Method::ClientCredentials,
        }
    }
}

/// Access that a person gave an app.
#[derive(Debug, Clone)]
pub struct OAuthGrant {
    /// The app.
    pub app: App,
    /// The address to which consent leads back, as registered with the app.
    pub redirect_uri: Url,
    /// The time of consent: the grant ends 365 days later at the latest.
    pub signed_in_at: Timestamp,
    /// The present tokens; `None` once Atlassian has ended the grant.
    pub tokens: Option<Tokens>,
}

/// An access token, and what renews it.
#[derive(Clone)]
pub struct Tokens {
    /// The access token, which is shown to Jira.
    pub access: SecretString,
    /// The refresh token, which makes the next pair, once; `None` for service accounts, and without `offline_access`.
    pub refresh: Option<SecretString>,
    /// The time at which the pair was made, by this machine's clock.
    pub obtained_at: Timestamp,
    /// The time at which the access token ends, by this machine's clock.
    pub expires_at: Timestamp,
    /// The scopes that the person granted.
    pub scopes: Vec<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("obtained_at", &self.obtained_at)
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A Jira Cloud site, as Atlassian's gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudSite {
    /// Its cloudId.
    pub cloud_id: String,
    /// Its name.
    pub name: String,
    /// Its address for people, such as `https://acme.atlassian.net`.
    pub url: Url,
}

/// The person of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPerson {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// E-mail address, where Jira shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Profile {
    /// The document, secrets included: for a store, and nothing else.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(DOCUMENT_CAPACITY));
        serde_json::to_writer(&mut *bytes, &document::Document::of(self))
            .map_err(|_| Error::Internal("a profile has no JSON form".into()))?;
        Ok(bytes)
    }

    /// Reads a document; its errors quote nothing of it.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for what is no profile, or one of a newer build.
    pub(super) fn from_json(name: &ProfileName, bytes: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let unreadable = || ConfigurationProblem::UnreadableProfile(name.to_string());
        match serde_json::from_slice::<Versioned>(bytes) {
            Ok(Versioned { version }) if version > DOCUMENT_VERSION => {
                return Err(ConfigurationProblem::NewerProfile(name.to_string()).into());
            }
            Ok(_) => {}
            Err(_) => return Err(unreadable().into()),
        }
        let document: document::Document = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
        Ok(document.into_profile(name.clone()))
    }
}

/// The form on disk and in keyrings.
mod document {
    use secrecy::ExposeSecret as _;

    use super::{
        App, CloudSite, DOCUMENT_VERSION, Deserialize, Grant, OAuthGrant, Profile, ProfileName, SecretString,
        Serialize, StoredPerson, Timestamp, Tokens, Url,
    };

    /// A secret on its way into a document or out of one.
    struct Exposed(SecretString);

    impl Serialize for Exposed {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(self.0.expose_secret())
        }
    }

    impl<'de> Deserialize<'de> for Exposed {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer).map(|text| Self(text.into()))
        }
    }

    #[derive(Serialize, Deserialize)]
    pub(super) struct Document {
        version: u32,
        site: CloudSite,
        person: StoredPerson,
        grant: GrantDocument,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "method", rename_all = "kebab-case")]
    enum GrantDocument {
        Basic {
            email: String,
            token: Exposed,
        },
        #[serde(rename = "oauth")]
        OAuth {
            client_id: String,
            client_secret: Exposed,
            redirect_uri: Url,
            signed_in_at: i64,
            tokens: Option<TokensDocument>,
        },
        ClientCredentials {
            client_id: String,
            client_secret: Exposed,
        },
    }

    #[derive(Serialize, Deserialize)]
    struct TokensDocument {
        access: Exposed,
        refresh: Option<Exposed>,
        /// The time in milliseconds since 1970, as is `expires_at`.
        obtained_at: i64,
        expires_at: i64,
        scopes: Vec<String>,
    }

    impl Document {
        pub(super) fn of(profile: &Profile) -> Self {
            let exposed = |secret: &SecretString| Exposed(secret.clone());
            let grant = match &profile.grant {
                Grant::ApiToken { email, token } => {
                    GrantDocument::Basic { email: email.clone(), token: exposed(token) }
                }
                Grant::ClientCredentials(app) => GrantDocument::ClientCredentials {
                    client_id: app.client_id.clone(),
                    client_secret: exposed(&app.client_secret),
                },
                Grant::OAuth(oauth) => GrantDocument::OAuth {
                    client_id: oauth.app.client_id.clone(),
                    client_secret: exposed(&oauth.app.client_secret),
                    redirect_uri: oauth.redirect_uri.clone(),
                    signed_in_at: oauth.signed_in_at.as_millisecond(),
                    tokens: oauth.tokens.as_ref().map(|tokens| TokensDocument {
                        access: exposed(&tokens.access),
                        refresh: tokens.refresh.as_ref().map(exposed),
                        obtained_at: tokens.obtained_at.as_millisecond(),
                        expires_at: tokens.expires_at.as_millisecond(),
                        scopes: tokens.scopes.clone(),
                    }),
                },
            };
            Self {
                version: DOCUMENT_VERSION,
                site: profile.site.clone(),
                person: profile.person.clone(),
                grant,
            }
        }

        pub(super) fn into_profile(self, name: ProfileName) -> Profile {
            let app = |client_id, client_secret: Exposed| App { client_id, client_secret: client_secret.0 };
            let grant = match self.grant {
                GrantDocument::Basic { email, token } => Grant::ApiToken { email, token: token.0 },
                GrantDocument::ClientCredentials { client_id, client_secret } => {
                    Grant::ClientCredentials(app(client_id, client_secret))
                }
                GrantDocument::OAuth { client_id, client_secret, redirect_uri, signed_in_at, tokens } => {
                    Grant::OAuth(OAuthGrant {
                        app: app(client_id, client_secret),
                        redirect_uri,
                        signed_in_at: time(signed_in_at),
                        tokens: tokens.map(|tokens| Tokens {
                            access: tokens.access.0,
                            refresh: tokens.refresh.map(|secret| secret.0),
                            obtained_at: time(tokens.obtained_at),
                            expires_at: time(tokens.expires_at),
                            scopes: tokens.scopes,
                        }),
                    })
                }
            };
            Profile { name, grant, site: self.site, person: self.person }
        }
    }

    fn time(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap_or_default()
    }
}
