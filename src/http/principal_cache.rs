//! Cache of the principals that requests bring, each verified with Jira once and remembered for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use super::credential::RequestCredential;
use super::limits::{MAX_CONCURRENT_VERIFICATIONS, MAX_PRINCIPALS};
use super::principal::{Principal, Quota};
use super::refusal::{Reason, Refusal};
use super::timeouts::Timeouts;
use crate::auth::{Account, Credentials, SiteAddress};
use crate::error::{Error, Reader, Result};
use crate::jira::{Client, Limits, Pool};
use crate::server::{hex, keyed_hash};

/// The time for which refused credentials are refused without asking again.
const REFUSAL_TTL: Duration = Duration::from_secs(10);

const CHALLENGE: &str = "Basic realm=\"Jira: e-mail address and API token\", charset=\"UTF-8\"";

/// The principals that were verified lately, and the credentials that were refused lately.
pub(super) struct PrincipalCache {
    /// The sites where an account may be. A request chooses among these, and nothing else.
    sites: Vec<SiteAddress>,
    api_url: Url,
    limits: Limits,
    pool: Pool,
    key: [u8; 32],
    timeouts: Timeouts,
    entries: Mutex<HashMap<[u8; 32], CacheEntry>>,
    /// The quotas of principals, for longer than they count as verified: streams may last.
    quotas: Mutex<HashMap<Arc<str>, Arc<Quota>>>,
    verifying: Semaphore,
}

impl std::fmt::Debug for PrincipalCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrincipalCache").field("sites", &self.sites).finish_non_exhaustive()
    }
}

/// One set of credentials.
struct CacheEntry {
    since: Instant,
    outcome: Arc<OnceCell<Result<Arc<Principal>>>>,
}

impl CacheEntry {
    fn is_valid(&self, verification_ttl: Duration) -> bool {
        let ttl = match self.outcome.get() {
            Some(Err(_)) => REFUSAL_TTL,
            _ => verification_ttl,
        };
        self.since.elapsed() < ttl
    }

    /// Orders entries by what to evict first.
    fn eviction_order(&self) -> (bool, Instant) {
        (matches!(self.outcome.get(), Some(Ok(_))), self.since)
    }
}

impl PrincipalCache {
    /// A cache for these sites, within the operator's limits; `key` is nobody else's.
    pub(super) fn new(
        sites: Vec<SiteAddress>,
        api_url: Url,
        limits: Limits,
        key: [u8; 32],
        timeouts: Timeouts,
    ) -> Self {
        Self {
            sites,
            api_url,
            limits,
            pool: Pool::default(),
            key,
            timeouts,
            entries: Mutex::default(),
            quotas: Mutex::default(),
            verifying: Semaphore::new(MAX_CONCURRENT_VERIFICATIONS),
        }
    }

    /// The site and the credentials that a request names.
    pub(super) fn requested_account(
        &self,
        site: Option<&str>,
        authorization: Option<&str>,
    ) -> std::result::Result<(SiteAddress, RequestCredential), Refusal> {
        let credential = authorization.and_then(RequestCredential::parse).ok_or_else(|| {
            let text = "Send your Jira account: `Authorization: Basic ...` of its e-mail address and an API token, or \
                `Authorization: Bearer ...` with an access token.";
            Refusal::new(StatusCode::UNAUTHORIZED, Reason::Identity, text).challenging(CHALLENGE)
        })?;
        let site = match (site, &self.sites[..]) {
            (None, [only]) => only,
            (None, _) => {
                let text = "Name your Jira site in the header `Jira-Site`: this server has more than one.";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, Reason::Header, text));
            }
            (Some(named), sites) => SiteAddress::parse(named, &self.api_url)
                .ok()
                .and_then(|named| sites.iter().find(|site| **site == named))
                .ok_or_else(|| {
                    let text = "The header `Jira-Site` names no site of this server; the operator can add it with --sites.";
                    Refusal::new(StatusCode::FORBIDDEN, Reason::Identity, text)
                })?,
        };
        Ok((site.clone(), credential))
    }

    /// The principal of these credentials. Single-flight: requests at the same time share one question to Jira.
    pub(super) async fn verify(
        &self,
        site: &SiteAddress,
        credential: RequestCredential,
    ) -> std::result::Result<Arc<Principal>, Refusal> {
        let key = keyed_hash(&self.key, &[site.origin.as_str(), &credential.fingerprint]);
        let outcome = self.entry(key);
        let verified = outcome.get_or_init(|| self.ask_jira(site, credential.credentials)).await;
        match verified {
            Ok(principal) => Ok(Arc::clone(principal)),
            Err(error) => {
                if !matches!(error, Error::SignIn(_) | Error::Forbidden { .. }) {
                    // Not about the credentials: the next request asks again.
                    self.forget(key, &outcome);
                }
                Err(refusal_for(error))
            }
        }
    }

    /// The number of principals that count as verified at this moment.
    pub(super) fn verified(&self) -> usize {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let ttl = self.timeouts.verification;
        entries.values().filter(|entry| entry.is_valid(ttl) && entry.eviction_order().0).count()
    }

    fn entry(&self, key: [u8; 32]) -> Arc<OnceCell<Result<Arc<Principal>>>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&key).filter(|entry| entry.is_valid(self.timeouts.verification)) {
            return Arc::clone(&entry.outcome);
        }
        if entries.len() >= MAX_PRINCIPALS {
            entries.retain(|_, entry| entry.is_valid(self.timeouts.verification));
        }
        if entries.len() >= MAX_PRINCIPALS {
            // Credentials that nobody could use go first, so that guessing drives nobody out.
            let first = entries.iter().min_by_key(|(_, entry)| entry.eviction_order()).map(|(key, _)| *key);
            first.map(|key| entries.remove(&key));
        }
        let entry = CacheEntry { since: Instant::now(), outcome: Arc::default() };
        let outcome = Arc::clone(&entry.outcome);
        entries.insert(key, entry);
        outcome
    }

    fn forget(&self, key: [u8; 32], outcome: &Arc<OnceCell<Result<Arc<Principal>>>>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.get(&key).is_some_and(|entry| Arc::ptr_eq(&entry.outcome, outcome)) {
            entries.remove(&key);
        }
    }

    async fn ask_jira(&self, site: &SiteAddress, credentials: Credentials) -> Result<Arc<Principal>> {
        let account = Account::on_site(site.clone(), credentials, self.api_url.clone());
        let client = Client::in_pool(Ok(account), self.limits.clone(), &self.pool)?;
        let Ok(_permit) = tokio::time::timeout(self.timeouts.admission, self.verifying.acquire()).await
        else {
            return Err(Error::Refused {
                problem: "Too many accounts are being verified at this moment".into(),
                hint: "Try again in a second.".into(),
            });
        };
        let identity = client.identity().await?;
        let hash =
            Sha256::new_with_prefix(site.origin.as_str()).chain_update(&identity.account_id).finalize();
        let name: Arc<str> = hex(&hash[..8]).into();
        let quota = self.quota_of(&name);
        tracing::info!(identity = %name, "verified an identity");
        Ok(Arc::new(Principal { name, client: Ok(client), quota }))
    }

    /// The quota of the account, whichever its token is and however often it is verified.
    fn quota_of(&self, name: &Arc<str>) -> Arc<Quota> {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        if quotas.len() >= MAX_PRINCIPALS && !quotas.contains_key(name) {
            quotas.retain(|_, quota| Arc::strong_count(quota) > 1 || !quota.is_idle());
        }
        Arc::clone(quotas.entry(Arc::clone(name)).or_insert_with(|| Arc::new(Quota::of_one_account())))
    }
}

fn refusal_for(error: &Error) -> Refusal {
    let text = error.text_for(Reader::Http { own_account: true });
    match error {
        Error::SignIn(_) => {
            Refusal::new(StatusCode::UNAUTHORIZED, Reason::Identity, text).challenging(CHALLENGE)
        }
        Error::Forbidden { .. } => Refusal::new(StatusCode::FORBIDDEN, Reason::Identity, text),
        _ => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Identity, text),
    }
}
