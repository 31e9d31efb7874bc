//! The HTTP server: takes requests in, finds out who calls, lets faults strike, and puts Jira's headers on replies.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body as HttpBody, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde_json::json;

use super::{
    call::Call,
    cloud::Cloud,
    connection::ConnectionCutter,
    control,
    exchange::Exchange,
    faults::Trouble,
    identity::{Caller, Host},
    limits::rate_limited,
    oauth,
    reply::Reply,
    request::{HttpRequest, parse_form, percent_decode},
    routes::{self, Route, RouteMatch},
    site::{ScheduledChange, Site, SiteState},
};

/// Larger bodies are refused; Jira's own limit for attachments is far above what tests send.
const MAX_BODY_BYTES: usize = 64 << 20;
/// Jira's refusal of users who have an account and no access to Jira.
const NO_JIRA_ACCESS: &str = "Current user not permitted to use Jira";

/// A fault's effect on a reply.
#[derive(Default)]
struct FaultEffect {
    /// The reply is not Jira's: a fault made it.
    made: bool,
    cut: bool,
    delay: Duration,
}

/// The state of one listener: the whole cloud, and the site that listens there.
#[derive(Clone)]
pub(super) struct ListenerState {
    pub(super) cloud: Arc<Cloud>,
    pub(super) site: usize,
}

/// Serves every path.
pub(super) async fn serve(
    State(listener): State<ListenerState>,
    ConnectInfo(connection): ConnectInfo<ConnectionCutter>,
    request: Request,
) -> Response<HttpBody> {
    let (cloud, site) = (&*listener.cloud, &listener.cloud.sites[listener.site]);
    let (parts, body) = request.into_parts();
    let request = HttpRequest {
        method: parts.method.as_str().into(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or_default().into(),
        headers: parts.headers,
        body: to_bytes(body, MAX_BODY_BYTES).await.map(Into::into).unwrap_or_default(),
    };
    if request.path.starts_with("/__sandbox/") {
        let mut reply = control::answer(cloud, site, &request.method, &request.path, &request.body);
        let body = reply.body.write();
        return into_http(reply, body);
    }
    let (mut reply, effect) = answer(cloud, site, &request);
    let delay = site.latency + effect.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if effect.cut {
        connection.cut();
        reply.status = 0;
    }
    let body = reply.body.write();
    record(site, &request, &reply, &body, effect.made);
    if effect.cut {
        reply.status = 500;
    }
    into_http(reply, body)
}

/// The host, site and rest of a path: through the gateway, whose paths name the site, or to the site itself.
fn split_host<'a>(site: &'a Site, path: &'a str) -> (Host, &'a str, &'a str) {
    let through = path.strip_prefix("/ex/jira/").and_then(|rest| rest.split_at_checked(rest.find('/')?));
    match through {
        Some((cloud_id, rest)) => (Host::Gateway, cloud_id, rest),
        None => (Host::Site, &site.cloud_id, path),
    }
}

fn answer(cloud: &Cloud, site: &Site, request: &HttpRequest) -> (Reply, FaultEffect) {
    let (host, cloud_id, path) = split_host(site, &request.path);
    let segments: Vec<String> = path.split('/').skip(1).map(percent_decode).collect();
    let found = routes::find(&request.method, &segments);
    let template = match &found {
        RouteMatch::Route(route, _) => Some(route.path),
        _ => None,
    };
    let mut effect = FaultEffect::default();
    let expired = match apply_fault(site, request, template, &mut effect) {
        Ok(expired) => expired,
        Err(made) => return (made, effect),
    };
    let reply = if let Some(reply) = oauth::answer(cloud, request, expired) {
        reply
    } else if request.method == "GET" && path == "/_edge/tenant_info" && host == Host::Site {
        Reply::json(200, json!({ "cloudId": site.cloud_id }))
    } else {
        answer_as_jira(cloud, (host, cloud_id, path), request, found, expired)
            .unwrap_or_else(|refusal| refusal)
    };
    (reply, effect)
}

/// Applies the fault that matches, if any: a reply that nothing has caused, or whether the token is taken for an
/// expired one.
fn apply_fault(
    site: &Site,
    request: &HttpRequest,
    template: Option<&str>,
    effect: &mut FaultEffect,
) -> Result<bool, Reply> {
    let mut state = site.lock();
    let now = state.world.clock.now();
    match state.faults.take_match(&request.method, &request.path, template) {
        None => {}
        Some(Trouble::RateLimited { retry_after, reason, failure_category }) => {
            let mut reply = rate_limited(
                reason.as_deref().unwrap_or("jira-burst-based"),
                100,
                retry_after.unwrap_or(1),
                now,
            );
            if retry_after.is_none() {
                reply.headers.retain(|(name, _)| *name != "retry-after");
            }
            let reply = match failure_category {
                Some(category) => reply.with("x-failure-category", category),
                None => reply,
            };
            effect.made = true;
            return Err(reply);
        }
        Some(Trouble::Answer { status, body, content_type, retry_after }) => {
            let mime = content_type.as_deref().unwrap_or("application/json;charset=UTF-8");
            let reply = Reply::text(status, mime, &body);
            let reply = match retry_after {
                Some(seconds) => reply.with("retry-after", seconds.to_string()),
                None => reply,
            };
            effect.made = true;
            return Err(reply);
        }
        Some(Trouble::CutBefore) => {
            effect.cut = true;
            return Err(Reply::text(500, "text/plain", ""));
        }
        Some(Trouble::CutAfter) => effect.cut = true,
        Some(Trouble::Latency { ms }) => effect.delay = Duration::from_millis(ms),
        Some(Trouble::ExpiredToken) => return Ok(true),
    }
    Ok(false)
}

/// Answers what is asked of a Jira. The gateway's own refusals are errors: they have none of Jira's headers.
fn answer_as_jira(
    cloud: &Cloud,
    (host, cloud_id, path): (Host, &str, &str),
    request: &HttpRequest,
    found: RouteMatch,
    expired: bool,
) -> Result<Reply, Reply> {
    let app = match (host, request.bearer()) {
        (Host::Gateway, Some(token)) => Some(oauth::authenticate(cloud, token, cloud_id, expired)?),
        _ => None,
    };
    let site = cloud.site(cloud_id).ok_or_else(oauth::no_such_site)?;
    let mut state = site.lock();
    let state = &mut *state;
    let authenticate = match app {
        Some(authenticate) => authenticate,
        None => state.tokens.identify(request.header(header::AUTHORIZATION), host, &state.world, expired)?,
    };
    authenticate.check_scopes(&found)?;
    let base = match host {
        Host::Site => site.url.clone(),
        Host::Gateway => format!("{}/ex/jira/{cloud_id}", cloud.info.api_url),
    };
    let caller = authenticate.caller;
    let reply = match found {
        _ if !caller.may_use_jira(&state.world) => {
            Reply::json(403, json!({ "errorMessages": [NO_JIRA_ACCESS] }))
        }
        RouteMatch::Route(route, named) => run_operation(site, state, request, route, named, (&caller, base)),
        RouteMatch::WrongMethod => {
            Reply::json(405, json!({ "message": "HTTP 405 Method Not Allowed", "status-code": 405 }))
        }
        RouteMatch::Nothing => {
            Reply::json(404, json!({ "message": format!("null for uri: {base}{path}"), "status-code": 404 }))
        }
    };
    state.replies += 1;
    let now = state.world.clock.now();
    Ok(add_jira_headers(reply, &caller, state.replies, now.as_second(), &request.method))
}

/// Runs an operation, within what Jira allows to be written to one issue.
fn run_operation(
    site: &Site,
    state: &mut SiteState,
    request: &HttpRequest,
    route: &Route,
    named: Vec<(&'static str, String)>,
    (caller, base): (&Caller, String),
) -> Reply {
    let who = match caller {
        Caller::User(account_id) => Some(account_id.clone()),
        Caller::Anonymous { .. } if !route.anonymous => return Reply::unauthorized(),
        Caller::Anonymous { .. } => None,
    };
    if !request.body.is_empty() && !route.takes(request.headers.get(header::CONTENT_TYPE)) {
        return Reply::json(415, json!({ "message": "HTTP 415 Unsupported Media Type", "status-code": 415 }));
    }
    if route.method != "GET" {
        let issue = named
            .iter()
            .find(|(name, _)| *name == "issueIdOrKey")
            .and_then(|(_, key)| state.world.issue(key));
        if let Some(issue) = issue
            && let Err(refusal) = state.limits.count_write(issue.id, state.world.clock.now())
        {
            return refusal;
        }
    }
    let due = |meanwhile: &ScheduledChange| {
        request.method.eq_ignore_ascii_case(&meanwhile.method) && request.path.contains(&meanwhile.path)
    };
    if let Some(at) = state.meanwhile.iter().position(due) {
        (state.meanwhile.remove(at).change)(&mut state.world);
    }
    let mut call = Call {
        world: &mut state.world,
        index: &mut state.index,
        who,
        base,
        site: &site.url,
        media: &site.media,
        path: named,
        query: parse_form(&request.query),
        headers: &request.headers,
        body: &request.body,
        short_pages: site.short_pages,
    };
    let reply = (route.run)(&mut call).unwrap_or_else(|refusal| refusal);
    state.index.record_changes(&mut state.world);
    reply
}

/// Adds the headers that Jira's replies have.
fn add_jira_headers(reply: Reply, caller: &Caller, count: u64, second: i64, method: &str) -> Reply {
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

fn record(site: &Site, request: &HttpRequest, reply: &Reply, body: &[u8], made: bool) {
    let request_headers = request.headers.iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        let value =
            if name == header::AUTHORIZATION { value.split(' ').next().unwrap_or_default() } else { value };
        (name.as_str().to_owned(), value.to_owned())
    });
    let media = reply.body.media().into_iter().map(|media| ("content-type", media));
    let headers = reply.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let exchange = Exchange {
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
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
    site.lock().exchanges.push(exchange, request.body.clone(), body.to_vec());
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
