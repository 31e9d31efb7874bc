//! Sending of requests: signed in, repeated where that is safe and sensible, read within bounds.

use std::hash::BuildHasher as _;
use std::time::{Duration, Instant, SystemTime};

use hyper::body::Bytes;
use reqwest::{Response, StatusCode, header};

use super::operation::{Effect, Timeout};
use super::reply::Reply;
use super::request::Request;
use super::retry::{self, AttemptsSoFar, Decision, Outcome};
use crate::auth::Access;
use crate::error::{Error, Result, SignInProblem};
use crate::jira::Client;
use crate::retry_after::requested_wait;

/// The most bytes that a reply may have, unpacked: more than any listing of Jira's.
const MAX_REPLY_BYTES: usize = 32 << 20;
/// The most bytes of a refusal that are read: its messages are among the first.
const MAX_REFUSAL_BYTES: usize = 64 << 10;
/// The longest time that a transfer with an idle timeout may take in all.
const MAX_TRANSFER_TIMEOUT: Duration = Duration::from_secs(600);

/// The result of one attempt.
enum Attempt {
    Done(Reply),
    Failed(Outcome, Error),
    /// The credentials were renewed: the same attempt is made once more.
    Repeat,
}

/// The reason why a reply could not be had.
enum Broken {
    Connection(reqwest::Error),
    TooSlow,
    TooLarge,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TooSlow } else { Self::Connection(error) }
    }
}

impl Client {
    /// Sends one request, signed in, repeated where that is safe and sensible.
    ///
    /// Dropping the future cancels it, also while it waits.
    pub(in crate::jira) async fn send(&self, request: Request) -> Result<Reply> {
        if self.limits.read_only && !request.only_reads() {
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
            let (outcome, error) = match self.attempt(&request, &mut reauthorized).await? {
                Attempt::Done(reply) => return Ok(reply),
                Attempt::Repeat => {
                    attempts -= 1;
                    continue;
                }
                Attempt::Failed(outcome, error) => (outcome, error),
            };
            let so_far = AttemptsSoFar { attempts, waited: start.elapsed() };
            match retry::decide(request.operation.effect(), &outcome, so_far, jitter(attempts)) {
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
            Err(broken) => return Ok(failed(request, &broken)),
        };
        let anonymous = crate::auth::login_failed(&reply.headers);
        if anonymous && !request.only_reads() && !reply.status.is_client_error() {
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
                return Err(self.site.session.missing_scope(&request.operation.scopes_to_ask()).await?);
            }
            if *reauthorized {
                return Err(SignInProblem::RefusedForRequest.into());
            }
            // Either this says why the credentials are refused, or they are good after all.
            self.site.session.rejected(&access).await?;
            *reauthorized = true;
            return Ok(Attempt::Repeat);
        }
        if reply.status.is_success() || request.expects_redirect && reply.status.is_redirection() {
            return Ok(Attempt::Done(reply));
        }
        let asked = requested_wait(&reply.headers, SystemTime::now());
        let status = reply.status;
        Ok(Attempt::Failed(Outcome::Status(status, asked), reply.into_error(&access)))
    }

    /// One exchange on the wire; the outer error is one of the request itself.
    async fn exchange(
        &self,
        request: &Request,
        access: &Access,
    ) -> Result<std::result::Result<Reply, Broken>> {
        let operation = request.operation;
        let url = request.url(&access.base)?;
        let (total, idle) = match operation.timeout() {
            Timeout::Total(total) => (total, total),
            Timeout::Idle(idle) => (MAX_TRANSFER_TIMEOUT, idle),
        };
        let builder = self
            .site
            .http
            .request(operation.method().clone(), url)
            .timeout(total)
            .header(header::AUTHORIZATION, access.header.clone())
            .header(header::ACCEPT, "application/json");
        let builder = request.with_body(builder)?;
        let start = Instant::now();
        let result = async {
            let response = builder.send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            let max = if status.is_success() { MAX_REPLY_BYTES } else { MAX_REFUSAL_BYTES };
            let body = match read(response, max, idle).await? {
                Whole(body) => body,
                // The beginning of a refusal says enough.
                Beginning(body) if !status.is_success() => body,
                Beginning(_) => return Err(Broken::TooLarge),
            };
            Ok(Reply { effect: operation.effect(), status, headers, body })
        }
        .await;
        let status = result.as_ref().map_or(0, |reply: &Reply| reply.status.as_u16());
        let ms = start.elapsed().as_millis();
        tracing::info!(
            method = %operation.method(), path = operation.template(), status, ms, "exchange with Jira"
        );
        Ok(result)
    }
}

/// A body that was read, whole or up to a bound.
enum Read {
    Whole(Bytes),
    Beginning(Bytes),
}
use Read::{Beginning, Whole};

/// Reads a body in chunks up to `max` bytes, unpacked.
async fn read(mut response: Response, max: usize, idle: Duration) -> std::result::Result<Read, Broken> {
    let mut body = Vec::new();
    let mut chunk = Bytes::new();
    while let Some(next) =
        tokio::time::timeout(idle, response.chunk()).await.map_err(|_| Broken::TooSlow)??
    {
        // A body that comes in one piece is not copied.
        body.extend_from_slice(&chunk);
        chunk = next;
        if body.len() + chunk.len() > max {
            body.extend_from_slice(&chunk[..max - body.len()]);
            return Ok(Beginning(body.into()));
        }
    }
    if body.is_empty() {
        return Ok(Whole(chunk));
    }
    body.extend_from_slice(&chunk);
    Ok(Whole(body.into()))
}

fn failed(request: &Request, broken: &Broken) -> Attempt {
    let problem = match broken {
        Broken::TooSlow => "it gave no answer in time".to_owned(),
        Broken::TooLarge => {
            let problem = format!("it is larger than {} MiB", MAX_REPLY_BYTES >> 20);
            let error = match request.operation.effect() {
                Effect::Read => Error::Reply { problem },
                _ => Error::OutcomeUnknown {
                    problem: format!("its reply cannot be read ({problem})"),
                    check: None,
                },
            };
            return Attempt::Failed(Outcome::Unreadable, error);
        }
        Broken::Connection(error) => format!("the connection failed ({})", crate::error::root(error)),
    };
    if matches!(broken, Broken::Connection(error) if error.is_connect()) {
        return Attempt::Failed(Outcome::NotSent, Error::Unavailable { problem });
    }
    let error = match request.operation.effect() {
        Effect::Read => Error::Unavailable { problem },
        _ => Error::OutcomeUnknown { problem, check: None },
    };
    Attempt::Failed(Outcome::Broken, error)
}

/// The message that a request is sent again: the reason, and the wait.
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
