//! The HTTP server: takes requests in, finds out who calls, lets faults strike, and puts Jira's headers on replies.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body as HttpBody, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde_json::json;

use super::{
    Options, SiteInfo,
    asked::{Asked, decode, form},
    cloud::Cloud,
    control,
    exchange::{Exchange, Ring},
    faults::{Faults, Trouble},
    identity::{Caller, Door, Tokens},
    index::Index,
    limits::{Limits, too_many},
    oauth,
    reply::Reply,
    routes::{self, Found, Route},
    wire::Wire,
    world::World,
};
use crate::call::Call;

/// Larger bodies are refused; Jira's own limit for attachments is far above what tests send.
const BODY_LIMIT: usize = 64 << 20;
/// What those get to hear who have an account and no access to Jira.
const NO_JIRA: &str = "Current user not permitted to use Jira";

/// One Jira.
pub(super) struct Site {
    pub(super) cloud_id: String,
    /// The name that the list of an app's sites shows.
    pub(super) name: String,
    pub(super) url: String,
    /// Address of the media store.
    pub(super) media: String,
    pub(super) latency: Duration,
    pub(super) short_pages: bool,
    state: Mutex<Inner>,
}

/// What changes.
pub(super) struct Inner {
    pub(super) world: World,
    pub(super) index: Index,
    pub(super) tokens: Tokens,
    pub(super) faults: Faults,
    pub(super) meanwhile: Vec<Meanwhile>,
    pub(super) limits: Limits,
    pub(super) exchanges: Ring,
    /// Counts replies, for ids that differ.
    pub(super) replies: u64,
}

/// A change by somebody else that comes right before a request.
pub(super) struct Meanwhile {
    /// Of the request.
    pub(super) method: String,
    /// A part of the request's path.
    pub(super) path: String,
    pub(super) change: Box<dyn FnOnce(&mut World) + Send>,
}

impl Inner {
    pub(super) fn new(world: World, index: Index, tokens: Tokens) -> Self {
        Self {
            world,
            index,
            tokens,
            faults: Faults::default(),
            meanwhile: Vec::new(),
            limits: Limits::default(),
            exchanges: Ring::default(),
            replies: 0,
        }
    }
}

impl Site {
    pub(super) fn new(place: &SiteInfo, media: String, options: &Options, inner: Inner) -> Self {
        let SiteInfo { cloud_id, name, url } = place.clone();
        let (latency, short_pages) = (options.latency, options.short_pages);
        Self { cloud_id, name, url, media, latency, short_pages, state: Mutex::new(inner) }
    }

    /// The state; a handler that panicked leaves it as it is.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is done with a reply on its way out.
#[derive(Default)]
struct Fate {
    /// The reply is not Jira's: a fault made it.
    made: bool,
    cut: bool,
    delay: Duration,
}

/// A listener's part of the cloud: all of it, with one site at its front.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) cloud: Arc<Cloud>,
    pub(super) site: usize,
}

/// Serves every path.
pub(super) async fn serve(
    State(front): State<Front>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response<HttpBody> {
    let (cloud, site) = (&*front.cloud, &front.cloud.sites[front.site]);
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method.as_str().into(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or_default().into(),
        headers: parts.headers,
        body: to_bytes(body, BODY_LIMIT).await.map(Into::into).unwrap_or_default(),
    };
    if asked.path.starts_with("/__sandbox/") {
        let mut reply = control::answer(cloud, site, &asked.method, &asked.path, &asked.body);
        let body = reply.body.write();
        return into_http(reply, body);
    }
    let (mut reply, fate) = answer(cloud, site, &asked);
    let delay = site.latency + fate.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if fate.cut {
        wire.cut();
        reply.status = 0;
    }
    let body = reply.body.write();
    record(site, &asked, &reply, &body, fate.made);
    if fate.cut {
        reply.status = 500;
    }
    into_http(reply, body)
}

/// Where a path leads: through the gateway, whose paths name the site, or to the site itself.
fn open_door<'a>(front: &'a Site, path: &'a str) -> (Door, &'a str, &'a str) {
    let through = path.strip_prefix("/ex/jira/").and_then(|rest| rest.split_at_checked(rest.find('/')?));
    match through {
        Some((cloud_id, rest)) => (Door::Gateway, cloud_id, rest),
        None => (Door::Site, &front.cloud_id, path),
    }
}

fn answer(cloud: &Cloud, front: &Site, asked: &Asked) -> (Reply, Fate) {
    let (door, cloud_id, path) = open_door(front, &asked.path);
    let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
    let found = routes::find(&asked.method, &segments);
    let template = match &found {
        Found::Route(route, _) => Some(route.path),
        _ => None,
    };
    let mut fate = Fate::default();
    let expired = match strike(front, asked, template, &mut fate) {
        Ok(expired) => expired,
        Err(made) => return (made, fate),
    };
    let reply = if let Some(reply) = oauth::answer(cloud, asked, expired) {
        reply
    } else if asked.method == "GET" && path == "/_edge/tenant_info" && door == Door::Site {
        Reply::json(200, json!({ "cloudId": front.cloud_id }))
    } else {
        jira(cloud, (door, cloud_id, path), asked, found, expired).unwrap_or_else(|refusal| refusal)
    };
    (reply, fate)
}

/// Lets trouble happen: a reply that nothing has caused, or whether the token is taken for an expired one.
fn strike(site: &Site, asked: &Asked, template: Option<&str>, fate: &mut Fate) -> Result<bool, Reply> {
    let mut inner = site.lock();
    let now = inner.world.clock.now();
    match inner.faults.strike(&asked.method, &asked.path, template) {
        None => {}
        Some(Trouble::RateLimited { retry_after, reason, failure_category }) => {
            let mut reply =
                too_many(reason.as_deref().unwrap_or("jira-burst-based"), 100, retry_after.unwrap_or(1), now);
            if retry_after.is_none() {
                reply.headers.retain(|(name, _)| *name != "retry-after");
            }
            let reply = match failure_category {
                Some(category) => reply.with("x-failure-category", category),
                None => reply,
            };
            fate.made = true;
            return Err(reply);
        }
        Some(Trouble::Answer { status, body, content_type, retry_after }) => {
            let mime = content_type.as_deref().unwrap_or("application/json;charset=UTF-8");
            let reply = Reply::text(status, mime, &body);
            let reply = match retry_after {
                Some(seconds) => reply.with("retry-after", seconds.to_string()),
                None => reply,
            };
            fate.made = true;
            return Err(reply);
        }
        Some(Trouble::CutBefore) => {
            fate.cut = true;
            return Err(Reply::text(500, "text/plain", ""));
        }
        Some(Trouble::CutAfter) => fate.cut = true,
        Some(Trouble::Latency { ms }) => fate.delay = Duration::from_millis(ms),
        Some(Trouble::ExpiredToken) => return Ok(true),
    }
    Ok(false)
}

/// Answers what is asked of a Jira. The gateway's own refusals are errors: they have none of Jira's headers.
fn jira(
    cloud: &Cloud,
    (door, cloud_id, path): (Door, &str, &str),
    asked: &Asked,
    found: Found,
    expired: bool,
) -> Result<Reply, Reply> {
    let app = match (door, asked.bearer()) {
        (Door::Gateway, Some(token)) => Some(oauth::visitor(cloud, token, cloud_id, expired)?),
        _ => None,
    };
    let site = cloud.site(cloud_id).ok_or_else(oauth::no_such_site)?;
    let mut inner = site.lock();
    let inner = &mut *inner;
    let visitor = match app {
        Some(visitor) => visitor,
        None => inner.tokens.identify(asked.header(header::AUTHORIZATION), door, &inner.world, expired)?,
    };
    visitor.check_scopes(&found)?;
    let base = match door {
        Door::Site => site.url.clone(),
        Door::Gateway => format!("{}/ex/jira/{cloud_id}", cloud.info.api_url),
    };
    let caller = visitor.caller;
    let reply = match found {
        _ if !caller.may_use_jira(&inner.world) => Reply::json(403, json!({ "errorMessages": [NO_JIRA] })),
        Found::Route(route, named) => run(site, inner, asked, route, named, (&caller, base)),
        Found::WrongMethod => {
            Reply::json(405, json!({ "message": "HTTP 405 Method Not Allowed", "status-code": 405 }))
        }
        Found::Nothing => {
            Reply::json(404, json!({ "message": format!("null for uri: {base}{path}"), "status-code": 404 }))
        }
    };
    inner.replies += 1;
    let now = inner.world.clock.now();
    Ok(dress(reply, &caller, inner.replies, now.as_second(), &asked.method))
}

/// Runs an operation, within what Jira allows to be written to one issue.
fn run(
    site: &Site,
    inner: &mut Inner,
    asked: &Asked,
    route: &Route,
    named: Vec<(&'static str, String)>,
    (caller, base): (&Caller, String),
) -> Reply {
    let who = match caller {
        Caller::User(account_id) => Some(account_id.clone()),
        Caller::Anonymous { .. } if !route.anonymous => return Reply::unauthorized(),
        Caller::Anonymous { .. } => None,
    };
    if !asked.body.is_empty() && !route.takes(asked.headers.get(header::CONTENT_TYPE)) {
        return Reply::json(415, json!({ "message": "HTTP 415 Unsupported Media Type", "status-code": 415 }));
    }
    if route.method != "GET" {
        let issue = named
            .iter()
            .find(|(name, _)| *name == "issueIdOrKey")
            .and_then(|(_, key)| inner.world.issue(key));
        if let Some(issue) = issue
            && let Err(refusal) = inner.limits.write(issue.id, inner.world.clock.now())
        {
            return refusal;
        }
    }
    let due = |meanwhile: &Meanwhile| {
        asked.method.eq_ignore_ascii_case(&meanwhile.method) && asked.path.contains(&meanwhile.path)
    };
    if let Some(at) = inner.meanwhile.iter().position(due) {
        (inner.meanwhile.remove(at).change)(&mut inner.world);
    }
    let mut call = Call {
        world: &mut inner.world,
        index: &mut inner.index,
        who,
        base,
        site: &site.url,
        media: &site.media,
        path: named,
        query: form(&asked.query),
        headers: &asked.headers,
        body: &asked.body,
        short_pages: site.short_pages,
    };
    let reply = (route.run)(&mut call).unwrap_or_else(|refusal| refusal);
    inner.index.note(&mut inner.world);
    reply
}

/// Puts on the headers that Jira's replies have.
fn dress(reply: Reply, caller: &Caller, count: u64, second: i64, method: &str) -> Reply {
    let limit = if method == "GET" { 350 } else { 200 };
    let trace = format!("{:032x}", u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let limited = reply.headers.iter().any(|(name, _)| *name == "x-ratelimit-limit");
    let mut reply = reply.with("x-arequestid", trace.clone()).with("atl-traceid", trace);
    if !limited {
        reply = reply
            .with("x-ratelimit-limit", limit.to_string())
            .with("x-ratelimit-remaining", (limit - 1).to_string())
            .with("x-ratelimit-reset", second.to_string());
    }
    match caller {
        Caller::User(account_id) => reply.with("x-aaccountid", account_id.replace(':', "%3A")),
        Caller::Anonymous { failed: true } => reply.with("x-seraph-loginreason", "AUTHENTICATED_FAILED"),
        Caller::Anonymous { failed: false } => reply,
    }
}

fn record(site: &Site, asked: &Asked, reply: &Reply, body: &[u8], made: bool) {
    let request_headers = asked.headers.iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        let value =
            if name == header::AUTHORIZATION { value.split(' ').next().unwrap_or_default() } else { value };
        (name.as_str().to_owned(), value.to_owned())
    });
    let media = reply.body.media().into_iter().map(|media| ("content-type", media));
    let headers = reply.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let exchange = Exchange {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        request_headers: request_headers.collect(),
        request_body: serde_json::Value::Null,
        status: reply.status,
        made,
        response_headers: media
            .chain(headers)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        response_body: serde_json::Value::Null,
    };
    site.lock().exchanges.push(exchange, asked.body.clone(), body.to_vec());
}

fn into_http(reply: Reply, body: Vec<u8>) -> Response<HttpBody> {
    let media = reply.body.media().map(|media| ("content-type", media.to_owned()));
    let mut response = Response::new(HttpBody::from(body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in media.into_iter().chain(reply.headers) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
