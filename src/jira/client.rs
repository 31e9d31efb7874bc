//! The client: one account on one site, within limits. What it can ask stands with each resource.

use std::sync::Arc;

use crate::auth::{Account, Identity, Session};
use crate::error::Result;
use crate::jira::allow_list::ProjectAllowList;
use crate::jira::recent_writes::RecentWrites;
use crate::jira::transport::cache::MetadataCaches;
use crate::jira::transport::{Pool, ProgressListener};

/// The limits that the operator, or a request, sets on top of what the account may do.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// True where no request that writes may leave the process.
    pub read_only: bool,
    /// The only projects that exist for the client; `None` for all.
    pub projects: Option<ProjectAllowList>,
}

/// A client of Jira, as one account and within some limits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    pub(in crate::jira) site: Arc<Site>,
    pub(in crate::jira) limits: Limits,
    pub(in crate::jira) listener: ProgressListener,
}

/// The state that all calls of one account on one site share.
#[derive(Debug)]
pub(in crate::jira) struct Site {
    pub(in crate::jira) http: reqwest::Client,
    pub(in crate::jira) session: Session,
    pub(in crate::jira) caches: MetadataCaches,
    pub(in crate::jira) recent_writes: RecentWrites,
}

impl Client {
    /// A client that signs in at its first request.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] where this machine's TLS set-up cannot be used.
    pub fn new(account: Result<Account>, limits: Limits) -> Result<Self> {
        Self::in_pool(account, limits, &Pool::default())
    }

    /// A client as [`Client::new`] makes it, with the connections of `pool`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn in_pool(account: Result<Account>, limits: Limits, pool: &Pool) -> Result<Self> {
        let direct = account.as_ref().is_ok_and(Account::is_local);
        let http = pool.connect(direct)?;
        let session = Session::new(account, http.clone());
        Ok(Self {
            site: Arc::new(Site {
                http,
                session,
                caches: MetadataCaches::default(),
                recent_writes: RecentWrites::default(),
            }),
            limits,
            listener: ProgressListener::default(),
        })
    }

    /// The identity of the account.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn identity(&self) -> Result<Identity> {
        self.site.session.identity().await
    }

    /// The address of an issue, for people.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn browse(&self, key: &str) -> Result<String> {
        Ok(format!("{}browse/{key}", self.site_url().await?))
    }

    /// The address of the site, for people, ending in a slash.
    ///
    /// # Errors
    /// As [`Session::authorize`].
    pub async fn site_url(&self) -> Result<String> {
        Ok(self.site.session.browse_url().await?.into())
    }

    /// A client of the same account on the same site, within these limits on top of its own.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] where no project is left.
    pub fn narrowed(&self, by: &Limits) -> Result<Self> {
        let projects = match (&self.limits.projects, &by.projects) {
            (Some(own), Some(by)) => {
                let both = own.narrowed(by).ok_or_else(|| self.not_allowed(&by.keys().join(", ")))?;
                Some(both)
            }
            (own, by) => own.as_ref().or(by.as_ref()).cloned(),
        };
        let limits = Limits { read_only: self.limits.read_only || by.read_only, projects };
        Ok(Self { site: Arc::clone(&self.site), limits, listener: self.listener.clone() })
    }

    /// The same client, telling `listener` what it waits for.
    #[must_use]
    pub fn with_listener(&self, listener: ProgressListener) -> Self {
        Self { listener, ..self.clone() }
    }

    /// The key that seals what callers carry for this account, for one purpose.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`].
    pub async fn seal_key(&self, purpose: &str) -> Result<[u8; 32]> {
        self.site.session.seal_key(purpose).await
    }
}
