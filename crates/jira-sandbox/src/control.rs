//! The sandbox's own controls, outside of Jira's paths: `/__sandbox/faults`, `/__sandbox/clock`, `/__sandbox/requests`,
//! `/__sandbox/tokens` and `/__sandbox/oauth`.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{cloud::Cloud, faults::Fault, oauth, reply::Reply, site::Site, world::Clock};

/// The body of `POST /__sandbox/clock`: one of the three.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ClockCommand {
    /// Seconds by which to go forward.
    Advance(i64),
    /// A moment to stand still at.
    Freeze(Instant),
    /// A moment to run on from.
    Run(Instant),
}

/// A moment such as `2026-03-02T09:00:00Z`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Instant(Timestamp);

impl TryFrom<String> for Instant {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

/// The body of `POST /__sandbox/tokens`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenState {
    token: String,
    expired: bool,
}

pub(super) fn answer(cloud: &Cloud, site: &Site, method: &str, path: &str, body: &[u8]) -> Reply {
    let done = match (method, path) {
        ("GET", "/__sandbox/oauth") => Ok(json!(oauth::state(cloud))),
        ("POST", "/__sandbox/oauth") => read(body).map(|change| {
            oauth::change(cloud, change);
            Json::Null
        }),
        ("POST", "/__sandbox/tokens") => read::<TokenState>(body).map(|state| {
            cloud.expire(&state.token, state.expired);
            Json::Null
        }),
        _ => of_site(site, method, path, body),
    };
    match done {
        Ok(Json::Null) => Reply { status: 204, headers: Vec::new(), body: super::reply::Body::Empty },
        Ok(body) => Reply::json(200, body),
        Err(reply) => reply,
    }
}

/// The controls that each site has for itself.
fn of_site(site: &Site, method: &str, path: &str, body: &[u8]) -> Result<Json, Reply> {
    let mut state = site.lock();
    match (method, path) {
        ("GET", "/__sandbox/faults") => Ok(json!(state.faults.all())),
        ("POST", "/__sandbox/faults") => read::<Fault>(body).map(|fault| {
            state.faults.push(fault);
            Json::Null
        }),
        ("DELETE", "/__sandbox/faults") => {
            state.faults.clear();
            Ok(Json::Null)
        }
        ("GET", "/__sandbox/clock") => Ok(json!({ "now": state.world.clock.now().to_string() })),
        ("POST", "/__sandbox/clock") => read::<ClockCommand>(body).map(|command| {
            let clock = &mut state.world.clock;
            match command {
                ClockCommand::Advance(seconds) => clock.advance(SignedDuration::from_secs(seconds)),
                ClockCommand::Freeze(at) => *clock = Clock::Fixed(at.0),
                ClockCommand::Run(from) => *clock = Clock::running_from(Some(from.0)),
            }
            json!({ "now": clock.now().to_string() })
        }),
        ("GET", "/__sandbox/requests") => Ok(json!(state.exchanges.all())),
        ("DELETE", "/__sandbox/requests") => {
            state.exchanges.clear();
            Ok(Json::Null)
        }
        _ => Err(Reply::error(404, format!("The sandbox has no control {method} {path}."))),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|error| Reply::error(400, error.to_string()))
}
