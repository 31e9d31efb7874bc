//! The identities that requests bring, verified with Jira once and remembered for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use super::identity::{Person, Quota, credential};
use super::refusal::{Reason, Refusal};
use super::times::Times;
use crate::auth::{Account, Credentials, SiteAddress};
use crate::error::{Error, Reader, Result};
use crate::jira::{Client, Limits, Pool};
use crate::server::{hex, keyed_hash};

/// How long refused credentials are refused without asking again.
const REFUSED: Duration = Duration::from_secs(10);
/// How many are remembered.
const MOST: usize = 1_024;
/// How many are verified at the same time.
const AT_ONCE: usize = 16;

const CHALLENGE: &str = "Basic realm=\"Jira: e-mail address and API token\", charset=\"UTF-8\"";

/// What a request brought.
pub(super) struct Credential {
    /// What makes it this one; never kept or shown.
    pub(super) fingerprint: String,
    pub(super) credentials: Credentials,
}

/// Everybody whom this server knows at this moment.
pub(super) struct People {
    /// Where an account may be. A request chooses among these, and nothing else.
    sites: Vec<SiteAddress>,
    api_url: Url,
    limits: Limits,
    pool: Pool,
    key: [u8; 32],
    times: Times,
    slots: Mutex<HashMap<[u8; 32], Slot>>,
    /// What each person may have at the same time, for longer than they count as verified: streams may last.
    quotas: Mutex<HashMap<Arc<str>, Arc<Quota>>>,
    verifying: Semaphore,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("People").field("sites", &self.sites).finish_non_exhaustive()
    }
}

/// One set of credentials.
struct Slot {
    since: Instant,
    verdict: Arc<OnceCell<Result<Arc<Person>>>>,
}

impl Slot {
    fn is_fresh(&self, verified: Duration) -> bool {
        let life = match self.verdict.get() {
            Some(Err(_)) => REFUSED,
            _ => verified,
        };
        self.since.elapsed() < life
    }

    /// What to keep longest comes last.
    fn worth(&self) -> (bool, Instant) {
        (matches!(self.verdict.get(), Some(Ok(_))), self.since)
    }
}

impl People {
    /// People of these sites, within the operator's limits; `key` is nobody else's.
    pub(super) fn new(
        sites: Vec<SiteAddress>,
        api_url: Url,
        limits: Limits,
        key: [u8; 32],
        times: Times,
    ) -> Self {
        Self {
            sites,
            api_url,
            limits,
            pool: Pool::default(),
            key,
            times,
            slots: Mutex::default(),
            quotas: Mutex::default(),
            verifying: Semaphore::new(AT_ONCE),
        }
    }

    /// Reads which site and which account a request means.
    pub(super) fn read(
        &self,
        site: Option<&str>,
        authorization: Option<&str>,
    ) -> std::result::Result<(SiteAddress, Credential), Refusal> {
        let credential = authorization.and_then(credential).ok_or_else(|| {
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

    /// Finds out whose credentials these are. Requests at the same time share one question to Jira.
    pub(super) async fn verify(
        &self,
        site: &SiteAddress,
        credential: Credential,
    ) -> std::result::Result<Arc<Person>, Refusal> {
        let key = keyed_hash(&self.key, &[site.origin.as_str(), &credential.fingerprint]);
        let verdict = self.slot(key);
        let known = verdict.get_or_init(|| self.ask(site, credential.credentials)).await;
        match known {
            Ok(person) => Ok(Arc::clone(person)),
            Err(error) => {
                if !matches!(error, Error::SignIn(_) | Error::Forbidden { .. }) {
                    // Not about the credentials: the next request asks again.
                    self.forget(key, &verdict);
                }
                Err(refused(error))
            }
        }
    }

    /// How many are verified at this moment.
    pub(super) fn known(&self) -> usize {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().filter(|slot| slot.is_fresh(self.times.verified) && slot.worth().0).count()
    }

    fn slot(&self, key: [u8; 32]) -> Arc<OnceCell<Result<Arc<Person>>>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&key).filter(|slot| slot.is_fresh(self.times.verified)) {
            return Arc::clone(&slot.verdict);
        }
        if slots.len() >= MOST {
            slots.retain(|_, slot| slot.is_fresh(self.times.verified));
        }
        if slots.len() >= MOST {
            // Credentials that nobody could use go first, so that guessing drives nobody out.
            let least = slots.iter().min_by_key(|(_, slot)| slot.worth()).map(|(key, _)| *key);
            least.map(|key| slots.remove(&key));
        }
        let slot = Slot { since: Instant::now(), verdict: Arc::default() };
        let verdict = Arc::clone(&slot.verdict);
        slots.insert(key, slot);
        verdict
    }

    fn forget(&self, key: [u8; 32], verdict: &Arc<OnceCell<Result<Arc<Person>>>>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(&key).is_some_and(|slot| Arc::ptr_eq(&slot.verdict, verdict)) {
            slots.remove(&key);
        }
    }

    async fn ask(&self, site: &SiteAddress, credentials: Credentials) -> Result<Arc<Person>> {
        let account = Account::on_site(site.clone(), credentials, self.api_url.clone());
        let client = Client::in_pool(Ok(account), self.limits.clone(), &self.pool)?;
        let Ok(_turn) = tokio::time::timeout(self.times.turn, self.verifying.acquire()).await else {
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
        Ok(Arc::new(Person { name, client: Ok(client), quota }))
    }

    /// The one of the account, whichever its token is and however often it is verified.
    fn quota_of(&self, name: &Arc<str>) -> Arc<Quota> {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        if quotas.len() >= MOST && !quotas.contains_key(name) {
            quotas.retain(|_, quota| Arc::strong_count(quota) > 1 || !quota.is_idle());
        }
        Arc::clone(quotas.entry(Arc::clone(name)).or_insert_with(|| Arc::new(Quota::of_one())))
    }
}

fn refused(error: &Error) -> Refusal {
    let text = error.text_for(Reader::Http { own_account: true });
    match error {
        Error::SignIn(_) => {
            Refusal::new(StatusCode::UNAUTHORIZED, Reason::Identity, text).challenging(CHALLENGE)
        }
        Error::Forbidden { .. } => Refusal::new(StatusCode::FORBIDDEN, Reason::Identity, text),
        _ => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Reason::Identity, text),
    }
}
