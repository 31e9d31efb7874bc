//! The decision whether and when to send a request again: a pure function.

use std::time::Duration;

use reqwest::StatusCode;

use super::operation::Effect;

/// The number of times that a request is sent at most.
const MAX_ATTEMPTS: u32 = 4;
/// The longest wait of one call in all: clients give up after a minute.
const MAX_TOTAL_WAIT: Duration = Duration::from_secs(25);
/// The first wait where Jira names none; it doubles each time.
const BASE_WAIT: Duration = Duration::from_secs(1);
/// The longest wait where Jira names none.
const MAX_WAIT: Duration = Duration::from_secs(8);

/// The outcome of one attempt, as far as repeating is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Jira answered with a status that is no success, and perhaps with the wait it asks for.
    Status(StatusCode, Option<Duration>),
    /// No connection: Jira has seen nothing.
    NotSent,
    /// The connection broke after the request may have gone out.
    Broken,
    /// The reply came and is not one that can be read.
    Unreadable,
}

/// The attempts so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttemptsSoFar {
    /// The number of attempts, the present one included.
    pub(crate) attempts: u32,
    /// The time that they and the waits between them took.
    pub(crate) waited: Duration,
}

/// The decision after an attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// To send the request again after this wait.
    Again(Duration),
    /// To give up: Jira did nothing (or nothing that matters, for a read).
    GiveUp,
    /// To give up: Jira may have done what was asked.
    Unknown,
}

/// Decides what to do after an attempt. `jitter` is between 0 and 1; it spreads clients that were refused together.
pub(crate) fn decide(effect: Effect, outcome: &Outcome, spent: AttemptsSoFar, jitter: f64) -> Decision {
    let wait = match (effect, outcome) {
        (_, Outcome::Status(StatusCode::TOO_MANY_REQUESTS, asked)) => *asked,
        (_, Outcome::NotSent) => None,
        (Effect::Read, Outcome::Broken) => None,
        (Effect::Read, Outcome::Status(status, asked)) if is_passing(*status) => *asked,
        (Effect::Read, _) => return Decision::GiveUp,
        (_, Outcome::Broken | Outcome::Unreadable) => return Decision::Unknown,
        (_, Outcome::Status(status, _)) if status.is_server_error() => return Decision::Unknown,
        _ => return Decision::GiveUp,
    };
    let backoff = BASE_WAIT.saturating_mul(1 << spent.attempts.saturating_sub(1).min(8)).min(MAX_WAIT);
    // What Jira asks is a minimum: jitter only adds to it. A wait of our own is spread both ways.
    let wait = match wait {
        Some(asked) => asked.max(BASE_WAIT / 4).saturating_add(BASE_WAIT.mul_f64(jitter * 0.3)),
        None => backoff.mul_f64(0.7 + jitter * 0.6),
    };
    if spent.attempts >= MAX_ATTEMPTS || spent.waited.saturating_add(wait) > MAX_TOTAL_WAIT {
        return Decision::GiveUp;
    }
    Decision::Again(wait)
}

/// True for failures of servers and proxies that pass by themselves.
fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_EARLY
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::retry_after::requested_wait;

    const SECOND: Duration = Duration::from_secs(1);

    fn first() -> AttemptsSoFar {
        AttemptsSoFar { attempts: 1, waited: Duration::ZERO }
    }

    fn status(code: u16, asked: Option<u64>) -> Outcome {
        Outcome::Status(StatusCode::from_u16(code).unwrap(), asked.map(Duration::from_secs))
    }

    #[test]
    fn what_is_repeated_and_what_is_not() {
        use Effect::{Read, Write};
        let again = |millis| Decision::Again(Duration::from_millis(millis));
        let table = [
            (Read, status(429, Some(2)), again(2000)),
            (Read, status(429, Some(0)), again(250)),
            (Read, status(429, None), again(700)),
            (Read, status(503, Some(3)), again(3000)),
            (Read, status(500, None), again(700)),
            (Read, Outcome::NotSent, again(700)),
            (Read, Outcome::Broken, again(700)),
            (Read, status(400, None), Decision::GiveUp),
            (Read, status(404, None), Decision::GiveUp),
            (Read, status(429, Some(3600)), Decision::GiveUp),
            (Read, status(429, Some(u64::MAX)), Decision::GiveUp),
            (Write, status(429, Some(2)), again(2000)),
            (Write, Outcome::NotSent, again(700)),
            (Write, Outcome::Broken, Decision::Unknown),
            (Write, status(500, None), Decision::Unknown),
            (Write, status(502, None), Decision::Unknown),
            (Write, status(503, Some(1)), Decision::Unknown),
            (Write, status(504, None), Decision::Unknown),
            (Write, status(409, None), Decision::GiveUp),
            (Write, status(400, None), Decision::GiveUp),
        ];
        for (effect, outcome, expected) in table {
            assert_eq!(decide(effect, &outcome, first(), 0.0), expected, "{effect:?} {outcome:?}");
            decide(effect, &outcome, first(), 1.0);
        }
    }

    #[test]
    fn waiting_is_bounded_in_number_and_in_total() {
        let refused = status(429, Some(5));
        let mut spent = first();
        let mut waits = 0;
        while let Decision::Again(wait) = decide(Effect::Read, &refused, spent, 1.0) {
            assert!(wait >= 5 * SECOND, "Jira's own wait is a minimum");
            spent = AttemptsSoFar { attempts: spent.attempts + 1, waited: spent.waited + wait };
            waits += 1;
        }
        assert_eq!(waits, MAX_ATTEMPTS - 1);
        let patient = AttemptsSoFar { attempts: 1, waited: MAX_TOTAL_WAIT };
        assert_eq!(decide(Effect::Read, &refused, patient, 0.0), Decision::GiveUp);
    }

    #[test]
    fn a_wait_without_end_is_not_waited() {
        for huge in ["inf", "1e300"] {
            let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, huge.parse().unwrap())]);
            let wait = requested_wait(&headers, std::time::SystemTime::UNIX_EPOCH);
            let outcome = Outcome::Status(StatusCode::TOO_MANY_REQUESTS, wait);
            assert_eq!(decide(Effect::Read, &outcome, first(), 1.0), Decision::GiveUp);
        }
    }
}
