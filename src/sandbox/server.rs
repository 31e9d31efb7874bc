//! The HTTP server: takes requests in, finds out who calls, lets faults strike, and puts Jira's headers on replies.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body as HttpBody, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde_json::json;

use super::{
    Info, Options, control,
    exchange::{self, Exchange, Ring},
    faults::{Faults, Trouble},
    identity::{Caller, Door, Tokens},
    index::Index,
    limits::{Limits, too_many},
    reply::{Body, Reply},
    routes::{self, Found, Route},
    wire::Wire,
    world::World,
};
use crate::sandbox::call::Call;

/// Larger bodies are refused; Jira's own limit for attachments is far above what tests send.
const BODY_LIMIT: usize = 64 << 20;

/// Everything that a running sandbox holds.
pub(super) struct Site {
    pub(super) info: Info,
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

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("url", &self.info.url).finish_non_exhaustive()
    }
}

impl Site {
    pub(super) fn new(info: Info, media: String, options: &Options, inner: Inner) -> Arc<Self> {
        let (latency, short_pages) = (options.latency, options.short_pages);
        Arc::new(Self { info, media, latency, short_pages, state: Mutex::new(inner) })
    }

    /// The state; a handler that panicked leaves it as it is.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request taken apart.
struct Asked {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What is done with a reply on its way out.
#[derive(Default)]
struct Fate {
    /// The reply is not Jira's: a fault made it.
    made: bool,
    cut: bool,
    delay: Duration,
}

/// Serves every path.
pub(super) async fn serve(
    State(site): State<Arc<Site>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response<HttpBody> {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method.as_str().into(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or_default().into(),
        headers: parts.headers,
        body: to_bytes(body, BODY_LIMIT).await.map(Into::into).unwrap_or_default(),
    };
    if asked.path.starts_with("/__sandbox/") {
        let reply = control::answer(&site, &asked.method, &asked.path, &asked.body);
        return into_http(reply);
    }
    let (mut reply, fate) = answer(&site, &asked);
    let delay = site.latency + fate.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if fate.cut {
        wire.cut();
        reply.status = 0;
    }
    record(&site, &asked, &reply, fate.made);
    if fate.cut {
        reply.status = 500;
    }
    into_http(reply)
}

fn answer(site: &Site, asked: &Asked) -> (Reply, Fate) {
    let gateway = format!("/ex/jira/{}", site.info.cloud_id);
    let (door, path) = match asked.path.strip_prefix(&gateway) {
        Some(rest) if rest.starts_with('/') => (Door::Gateway, rest),
        _ => (Door::Site, asked.path.as_str()),
    };
    let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
    let found = routes::find(&asked.method, &segments);
    let template = match &found {
        Found::Route(route, _) => Some(route.path),
        _ => None,
    };
    let mut fate = Fate::default();
    let mut inner = site.lock();
    let inner = &mut *inner;
    let now = inner.world.clock.now();
    let mut expired = false;
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
            return (reply, fate);
        }
        Some(Trouble::Answer { status, body, content_type, retry_after }) => {
            let mime = content_type.as_deref().unwrap_or("application/json;charset=UTF-8");
            let reply = Reply::text(status, mime, &body);
            let reply = match retry_after {
                Some(seconds) => reply.with("retry-after", seconds.to_string()),
                None => reply,
            };
            fate.made = true;
            return (reply, fate);
        }
        Some(Trouble::CutBefore) => {
            fate.cut = true;
            return (Reply::text(500, "text/plain", ""), fate);
        }
        Some(Trouble::CutAfter) => fate.cut = true,
        Some(Trouble::Latency { ms }) => fate.delay = Duration::from_millis(ms),
        Some(Trouble::ExpiredToken) => expired = true,
    }
    if asked.method == "GET" && path == "/_edge/tenant_info" && door == Door::Site {
        return (Reply::json(200, json!({ "cloudId": site.info.cloud_id })), fate);
    }
    let authorization = asked.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let caller = match inner.tokens.identify(authorization, door, &inner.world, expired) {
        Ok(caller) => caller,
        Err(reply) => return (reply, fate),
    };
    let base = match door {
        Door::Site => site.info.url.clone(),
        Door::Gateway => format!("{}{gateway}", site.info.api_url),
    };
    let reply = match found {
        Found::Route(route, named) => run(site, inner, asked, route, named, (&caller, base)),
        Found::WrongMethod => {
            Reply::json(405, json!({ "message": "HTTP 405 Method Not Allowed", "status-code": 405 }))
        }
        Found::Nothing => {
            Reply::json(404, json!({ "message": format!("null for uri: {base}{path}"), "status-code": 404 }))
        }
    };
    inner.replies += 1;
    (dress(reply, &caller, inner.replies, now.as_second(), &asked.method), fate)
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
        site: &site.info.url,
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

fn record(site: &Site, asked: &Asked, reply: &Reply, made: bool) {
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
        request_body: exchange::body(&asked.body),
        status: reply.status,
        made,
        response_headers: media
            .chain(headers)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        response_body: match &reply.body {
            Body::Empty => serde_json::Value::Null,
            Body::Json(body) => body.clone(),
            Body::Other(_, bytes) => exchange::body(bytes),
        },
    };
    site.lock().exchanges.push(exchange);
}

fn into_http(reply: Reply) -> Response<HttpBody> {
    let media = reply.body.media().map(|media| ("content-type", media.to_owned()));
    let bytes = match reply.body {
        Body::Empty => Vec::new(),
        Body::Json(body) => body.to_string().into_bytes(),
        Body::Other(_, bytes) => bytes,
    };
    let mut response = Response::new(HttpBody::from(bytes));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in media.into_iter().chain(reply.headers) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// A path segment without its percent signs.
fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = segment.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The parameters of a query.
fn form(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}
