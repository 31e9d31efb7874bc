//! Jira Cloud as typed calls: one file per resource, one private `send` below them all.
//!
//! Knows Jira's REST API and nothing of MCP. Each file holds its resource's wire types and
//! endpoints. What concerns every request has one home here: `request` builds paths, `retry`
//! decides on repeating, `reply` reads answers and refusals, `cache` keeps metadata, `allow_list`
//! holds the project allow-list.

pub mod agile;
mod allow_list;
pub mod platform;
pub mod transport;
mod values;
mod write;

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header;

pub use agile::{Board, Sprint};
pub use allow_list::{AllowedIssue, IssueRef};
pub use platform::*;
pub use transport::*;
pub use values::*;
pub use write::{Applied, CopiedFields, FieldChanges, IssueWrite, Target};

use crate::auth::{Access, Account, Identity, Session};
use crate::error::{Error, Result, SignInProblem};
use platform::recent_writes::RecentWrites;
use transport::cache::MetadataCache;
use transport::reply::Reply;
use transport::request::{Effect, Request};
use transport::retry::{self, AttemptsSoFar, Decision, Outcome};

/// What the operator, or a request, limits on top of what the account may do.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// No request that writes leaves the process.
    pub read_only: bool,
    /// Keys of the only projects that exist, in upper case.
    pub projects: Option<Arc<[String]>>,
}

/// Jira, as one account and within some limits. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    site: Arc<Site>,
    limits: Limits,
    listener: ProgressListener,
}

/// What all calls of one account on one site share.
#[derive(Debug)]
struct Site {
    http: reqwest::Client,
    session: Session,
    meta: Metadata,
    recent_writes: RecentWrites,
}

/// What Jira says of itself, kept for a while.
#[derive(Debug, Default)]
struct Metadata {
    fields: MetadataCache<(), Fields>,
    /// Present keys, by what was given.
    project_keys: MetadataCache<String, String>,
    /// By project.
    issue_types: MetadataCache<String, Vec<IssueType>>,
    /// By project and issue type.
    create_screens: MetadataCache<(String, String), Screen>,
    /// By issue.
    edit_screens: MetadataCache<String, Screen>,
    /// By project.
    sprints: MetadataCache<String, Vec<Sprint>>,
    status_names: MetadataCache<(), BTreeMap<String, String>>,
    link_types: MetadataCache<(), Vec<LinkType>>,
    working_time: MetadataCache<(), WorkingTime>,
    /// By where to look, and what was given.
    people: MetadataCache<(String, String), Person>,
}

impl Client {
    /// A client that signs in at its first request.
    ///
    /// # Errors
    /// [`Error::Internal`] where this machine's TLS set-up cannot be used.
    pub fn new(account: Result<Account>, limits: Limits) -> Result<Self> {
        Self::in_pool(account, limits, &Pool::default())
    }

    /// As [`Client::new`], with the connections of others.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn in_pool(account: Result<Account>, limits: Limits, pool: &Pool) -> Result<Self> {
        let direct = account.as_ref().is_ok_and(Account::stays_here);
        let http = pool.connect(direct)?;
        let session = Session::new(account, http.clone());
        Ok(Self {
            site: Arc::new(Site {
                http,
                session,
                meta: Metadata::default(),
                recent_writes: RecentWrites::default(),
            }),
            limits,
            listener: ProgressListener::default(),
        })
    }

    /// Who calls.
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

    /// The same account on the same site, within these limits on top of its own.
    ///
    /// # Errors
    /// [`Error::Refused`] where no project is left.
    pub fn narrowed(&self, by: &Limits) -> Result<Self> {
        let projects = match (&self.limits.projects, &by.projects) {
            (Some(own), Some(by)) => {
                let both: Arc<[String]> = own.iter().filter(|key| by.contains(key)).cloned().collect();
                if both.is_empty() {
                    return Err(self.not_allowed(&by.join(", ")));
                }
                Some(both)
            }
            (own, by) => own.as_ref().or(by.as_ref()).cloned(),
        };
        let limits = Limits { read_only: self.limits.read_only || by.read_only, projects };
        Ok(Self { site: Arc::clone(&self.site), limits, listener: self.listener.clone() })
    }

    /// The same, telling `listener` what it waits for.
    #[must_use]
    pub fn with_listener(&self, listener: ProgressListener) -> Self {
        Self { listener, ..self.clone() }
    }

    /// The key that seals what clients carry for this account, for one purpose.
    ///
    /// # Errors
    /// [`Error::NotConfigured`].
    pub async fn seal_key(&self, purpose: &str) -> Result<[u8; 32]> {
        self.site.session.seal_key(purpose).await
    }

    /// Sends one request, signed in, repeated where that is safe and sensible.
    ///
    /// Dropping the future cancels it, also while it waits.
    async fn send(&self, request: Request) -> Result<Reply> {
        if self.limits.read_only && request.effect == Effect::Write {
            return Err(Error::Refused {
                problem: "This server is read-only".into(),
                hint: "Tell the user what you would have changed.".into(),
            });
        }
        let start = Instant::now();
        let mut attempts = 0;
        let mut reauthorized = false;
        loop {
            attempts += 1;
            let (outcome, error) = match self.attempt(&request, &mut reauthorized).await {
                Ok(Attempt::Done(reply)) => return Ok(reply),
                Ok(Attempt::Repeat) => {
                    attempts -= 1;
                    continue;
                }
                Ok(Attempt::Failed(outcome, error)) => (outcome, error),
                Err(error) => return Err(error),
            };
            let spent = AttemptsSoFar { attempts, waited: start.elapsed() };
            match retry::decide(request.effect, &outcome, spent, jitter(attempts)) {
                Decision::Again(wait) => {
                    tracing::debug!(wait_ms = wait.as_millis(), attempts, "waiting to send a request again");
                    self.listener.tell(|| waiting(&error, wait));
                    tokio::time::sleep(wait).await;
                    self.listener.tell(|| "Asking Jira again".into());
                }
                Decision::GiveUp | Decision::Unknown => return Err(error),
            }
        }
    }

    async fn attempt(&self, request: &Request, reauthorized: &mut bool) -> Result<Attempt> {
        let access = match self.site.session.authorize().await {
            Ok(access) => access,
            // Nothing of the request itself has gone out.
            Err(error @ Error::RateLimited { retry_after, .. }) => {
                return Ok(Attempt::Failed(
                    Outcome::Status(StatusCode::TOO_MANY_REQUESTS, retry_after),
                    error,
                ));
            }
            Err(error) => return Err(error),
        };
        let reply = match self.exchange(request, &access).await? {
            Ok(reply) => reply,
            Err(error) => return Ok(broken(request, &error)),
        };
        let anonymous = crate::auth::login_failed(&reply.headers);
        if anonymous && request.effect == Effect::Write && !reply.status.is_client_error() {
            return Err(Error::OutcomeUnknown {
                problem: format!(
                    "Jira no longer takes the credentials, and answered {} as to an anonymous visitor",
                    reply.status
                ),
                check: None,
            });
        }
        if anonymous || reply.status == StatusCode::UNAUTHORIZED {
            if !anonymous && String::from_utf8_lossy(&reply.body).contains("scope does not match") {
                let scopes = scopes::needed(request.method.as_str(), request.path.template());
                return Err(self.site.session.lacks_scope(scopes).await?);
            }
            if *reauthorized {
                return Err(SignInProblem::RefusedForRequest.into());
            }
            // Either this says why the credentials are refused, or they are good after all.
            self.site.session.rejected(&access).await?;
            *reauthorized = true;
            return Ok(Attempt::Repeat);
        }
        if reply.status.is_success() || request.leads && reply.status.is_redirection() {
            return Ok(Attempt::Done(reply));
        }
        let asked = retry::asked_wait(&reply.headers, std::time::SystemTime::now());
        let mut reply = reply;
        access.conceal(&mut reply.body);
        Ok(Attempt::Failed(Outcome::Status(reply.status, asked), reply.into_error()))
    }

    /// One exchange on the wire; the outer error is one of the request itself.
    async fn exchange(
        &self,
        request: &Request,
        access: &Access,
    ) -> Result<std::result::Result<Reply, reqwest::Error>> {
        let mut url = request.path.under(&access.base)?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let mut builder = self
            .site
            .http
            .request(request.method.clone(), url)
            .header(header::AUTHORIZATION, access.header.clone())
            .header(header::ACCEPT, "application/json");
        if let Some(body) = &request.body {
            builder = builder.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        let start = Instant::now();
        let result = async {
            let response = builder.send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok(Reply { effect: request.effect, status, headers, body: response.bytes().await?.to_vec() })
        }
        .await;
        let status = result.as_ref().map_or(0, |reply: &Reply| reply.status.as_u16());
        let ms = start.elapsed().as_millis();
        tracing::info!(method = %request.method, path = request.path.template(), status, ms, "exchange with Jira");
        Ok(result)
    }
}

enum Attempt {
    Done(Reply),
    Failed(Outcome, Error),
    /// The credentials were renewed: the same attempt once more.
    Repeat,
}

fn broken(request: &Request, error: &reqwest::Error) -> Attempt {
    let problem = if error.is_timeout() {
        "it gave no answer in time".to_owned()
    } else {
        format!("the connection failed ({})", crate::error::root(error))
    };
    if error.is_connect() {
        return Attempt::Failed(Outcome::NotSent, Error::Unavailable { problem });
    }
    let error = match request.effect {
        Effect::Read => Error::Unavailable { problem },
        Effect::Write => Error::OutcomeUnknown { problem, check: None },
    };
    Attempt::Failed(Outcome::Broken, error)
}

/// Why a request is sent again, and when.
fn waiting(error: &Error, wait: Duration) -> String {
    let reason = match error {
        Error::RateLimited { .. } => "Jira limits the rate of requests",
        _ => "Jira does not answer",
    };
    format!("{reason}; trying again in {} s", wait.as_secs_f64().ceil())
}

/// A number between 0 and 1 that differs between processes and attempts.
fn jitter(attempt: u32) -> f64 {
    let hash = std::hash::RandomState::new().hash_one(attempt);
    f64::from(u32::try_from(hash >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
