//! Grants of users, and the codes and tokens that came of them.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::secret;

/// A code is of no use after this.
const CODE_TTL: SignedDuration = SignedDuration::from_mins(5);
/// A refresh token that is not used for so long is over.
const REFRESH_TOKEN_IDLE_TTL: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A family of refresh tokens is over after this, however much it was used.
const REFRESH_TOKEN_TTL: SignedDuration = SignedDuration::from_hours(365 * 24);

/// An authorization code: what consent gave, until the code is exchanged.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) account_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    /// The S256 challenge, where one was sent.
    pub(super) challenge: Option<String>,
    issued: Timestamp,
}

/// An app's access to one account: the sites add up with each consent.
#[derive(Debug)]
struct Grant {
    client_id: String,
    account_id: String,
    sites: BTreeSet<String>,
}

/// The refresh tokens that descend from one code.
#[derive(Debug)]
pub(super) struct TokenFamily {
    pub(super) client_id: String,
    pub(super) account_id: String,
    pub(super) scopes: Vec<String>,
    /// Exchanges of a refresh token that was new.
    pub(super) refreshes: u32,
    /// Exchanges of a refresh token that had been used, within the leeway.
    pub(super) reuses: u32,
    /// The reason why none of its tokens is worth anything any more.
    pub(super) ended: Option<EndReason>,
    began: Timestamp,
}

/// The reason why refresh tokens are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// Not used for 90 days, or 365 days old.
    Expired,
    /// A used one came again after the leeway.
    Reused,
    /// The user took back what was granted.
    Revoked,
    /// The user has a new password.
    Password,
}

#[derive(Debug)]
struct Refresh {
    family: usize,
    issued: Timestamp,
    first_used: Option<Timestamp>,
}

#[derive(Debug)]
struct Access {
    client_id: String,
    account_id: String,
    scopes: Vec<String>,
    ends: Timestamp,
}

/// The account, scopes and sites that an access token opens.
pub(crate) struct AccessGrant<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) scopes: &'a [String],
    sites: Option<&'a BTreeSet<String>>,
}

impl AccessGrant<'_> {
    /// True where the grant opens a site.
    pub(crate) fn opens(&self, cloud_id: &str) -> bool {
        self.sites.is_none_or(|sites| sites.contains(cloud_id))
    }
}

/// A reply of the token endpoint.
pub(super) struct Issued {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) expires_in: u64,
    pub(super) scopes: Vec<String>,
}

/// All codes, grants and tokens.
#[derive(Debug)]
pub(super) struct Grants {
    access_ttl: Duration,
    reuse_leeway: Duration,
    codes: HashMap<String, Code>,
    given: Vec<Grant>,
    pub(super) families: Vec<TokenFamily>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
}

impl Grants {
    pub(super) fn new(access_ttl: Duration, reuse_leeway: Duration) -> Self {
        Self {
            access_ttl,
            reuse_leeway,
            codes: HashMap::new(),
            given: Vec::new(),
            families: Vec::new(),
            refresh: HashMap::new(),
            access: HashMap::new(),
        }
    }

    /// A user gives an app access to sites; answers with the code.
    pub(super) fn consent(
        &mut self,
        (client_id, redirect_uri): (&str, &str),
        account_id: &str,
        sites: impl IntoIterator<Item = String>,
        scopes: Vec<String>,
        challenge: Option<String>,
        now: Timestamp,
    ) -> String {
        match self.given.iter_mut().find(|g| g.client_id == client_id && g.account_id == account_id) {
            Some(grant) => grant.sites.extend(sites),
            None => self.given.push(Grant {
                client_id: client_id.into(),
                account_id: account_id.into(),
                sites: sites.into_iter().collect(),
            }),
        }
        let code = secret::random();
        let granted = Code {
            client_id: client_id.into(),
            account_id: account_id.into(),
            redirect_uri: redirect_uri.into(),
            scopes,
            challenge,
            issued: now,
        };
        self.codes.insert(code.clone(), granted);
        code
    }

    /// Takes a code, which is then used up, whatever comes of it.
    pub(super) fn take_code(&mut self, code: &str, now: Timestamp) -> Option<Code> {
        self.codes.remove(code).filter(|code| now.duration_since(code.issued) < CODE_TTL)
    }

    /// The first tokens after consent; a refresh token only where it was asked for.
    pub(super) fn begin(&mut self, code: Code, now: Timestamp) -> Issued {
        let Code { client_id, account_id, scopes, .. } = code;
        if !scopes.iter().any(|scope| scope == "offline_access") {
            return self.issue(&client_id, &account_id, scopes, now);
        }
        let family = self.families.len();
        self.families.push(TokenFamily {
            client_id,
            account_id,
            scopes,
            refreshes: 0,
            reuses: 0,
            ended: None,
            began: now,
        });
        self.issue_pair(family, now)
    }

    /// Exchanges a refresh token, or tells why it is over, where that is known. One that was used longer ago than the
    /// leeway ends its whole family.
    pub(super) fn refresh(
        &mut self,
        client_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Issued, Option<EndReason>> {
        let known = self.refresh.get_mut(token).ok_or(None)?;
        let index = known.family;
        let family = &mut self.families[index];
        if family.client_id != client_id {
            return Err(None);
        }
        if family.ended.is_some() {
            return Err(family.ended);
        }
        if now.duration_since(family.began) >= REFRESH_TOKEN_TTL
            || now.duration_since(known.issued) >= REFRESH_TOKEN_IDLE_TTL
        {
            family.ended = Some(EndReason::Expired);
            return Err(family.ended);
        }
        let leeway = SignedDuration::try_from(self.reuse_leeway).unwrap_or(SignedDuration::MAX);
        match known.first_used {
            None => {
                known.first_used = Some(now);
                family.refreshes += 1;
            }
            Some(first) if now.duration_since(first) <= leeway => family.reuses += 1,
            Some(_) => {
                family.ended = Some(EndReason::Reused);
                return Err(family.ended);
            }
        }
        Ok(self.issue_pair(index, now))
    }

    fn issue_pair(&mut self, family: usize, now: Timestamp) -> Issued {
        let TokenFamily { client_id, account_id, scopes, .. } = &self.families[family];
        let (client_id, account_id, scopes) = (client_id.clone(), account_id.clone(), scopes.clone());
        let token = secret::token("REFRESH_TOKEN", &account_id, &scopes, now);
        self.refresh.insert(token.clone(), Refresh { family, issued: now, first_used: None });
        let issued = self.issue(&client_id, &account_id, scopes, now);
        Issued { refresh_token: Some(token), ..issued }
    }

    /// An access token alone.
    pub(super) fn issue(
        &mut self,
        client_id: &str,
        account_id: &str,
        scopes: Vec<String>,
        now: Timestamp,
    ) -> Issued {
        let access_token = secret::token("ACCESS_TOKEN", account_id, &scopes, now);
        let ttl = SignedDuration::try_from(self.access_ttl).unwrap_or(SignedDuration::MAX);
        let access = Access {
            client_id: client_id.into(),
            account_id: account_id.into(),
            scopes: scopes.clone(),
            ends: now.checked_add(ttl).unwrap_or(Timestamp::MAX),
        };
        self.access.insert(access_token.clone(), access);
        Issued { access_token, refresh_token: None, expires_in: self.access_ttl.as_secs(), scopes }
    }

    /// The access that a token opens at this moment.
    pub(super) fn access_grant(&self, token: &str, now: Timestamp) -> Option<AccessGrant<'_>> {
        let access = self.access.get(token).filter(|access| now < access.ends)?;
        let grant =
            |grant: &&Grant| grant.client_id == access.client_id && grant.account_id == access.account_id;
        Some(AccessGrant {
            account_id: &access.account_id,
            scopes: &access.scopes,
            sites: self.given.iter().find(grant).map(|grant| &grant.sites),
        })
    }

    /// Lets an access token run out.
    pub(super) fn end_access(&mut self, token: &str) {
        self.access.remove(token);
    }

    /// Lets all access tokens run out.
    pub(super) fn end_all_access(&mut self) {
        self.access.clear();
    }

    /// The number of access tokens that still open something.
    pub(super) fn live_access(&self, now: Timestamp) -> usize {
        self.access.values().filter(|access| now < access.ends).count()
    }

    /// A user takes back what was granted: all tokens end, and the sites are forgotten.
    pub(super) fn revoke(&mut self, account_id: &str) {
        self.end_families(account_id, EndReason::Revoked);
        self.given.retain(|grant| grant.account_id != account_id);
        self.access.retain(|_, access| access.account_id != account_id);
        self.codes.retain(|_, code| code.account_id != account_id);
    }

    /// Ends all refresh tokens of an account.
    pub(super) fn end_families(&mut self, account_id: &str, why: EndReason) {
        for family in self.families.iter_mut().filter(|family| family.account_id == account_id) {
            family.ended.get_or_insert(why);
        }
    }
}
