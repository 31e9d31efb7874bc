//! `GET /oauth/token/accessible-resources`: the sites that a token opens.

use serde_json::{Value as Json, json};

use crate::{cloud::Cloud, reply::Reply, request::HttpRequest};

/// A site of the same company that has Confluence and no Jira.
pub(super) const WIKI: (&str, &str, &str) =
    ("7d3c91a4-0b6e-4f52-8a17-c5e2604d9b38", "sandbox-wiki", "https://sandbox-wiki.example.com");

pub(super) fn list(cloud: &Cloud, request: &HttpRequest, expired: bool) -> Reply {
    let now = cloud.now();
    let authority = cloud.authority();
    let access_grant =
        request.bearer().filter(|_| !expired).and_then(|token| authority.access_grant(token, now));
    let Some(access_grant) = access_grant else { return Reply::bad_token() };
    let account_id = access_grant.account_id.to_owned();
    let scopes = access_grant.scopes.iter().filter(|scope| *scope != "offline_access").cloned();
    let (confluence, jira): (Vec<_>, Vec<_>) = scopes.partition(|scope| scope.contains("confluence"));
    let granted: Vec<_> = cloud.sites.iter().filter(|site| access_grant.opens(&site.cloud_id)).collect();
    let wiki = access_grant.opens(WIKI.0).then_some(WIKI);
    drop(authority);
    let entry = |(id, name, url): (&str, &str, &str), scopes: &[String]| {
        let avatar = format!("{}/avatars/240/site.png", cloud.info.api_url);
        json!({ "id": id, "url": url, "name": name, "scopes": scopes, "avatarUrl": avatar })
    };
    let usable = granted.into_iter().filter(|site| site.lock().world.may_use_jira(&account_id));
    let places: Vec<_> = usable.map(|site| (&*site.cloud_id, &*site.name, &*site.url)).collect();
    let mut all: Vec<Json> = Vec::new();
    if !jira.is_empty() {
        all.extend(places.iter().map(|place| entry(*place, &jira)));
    }
    if !confluence.is_empty() {
        // The id of a site with both products stands twice in the list.
        all.extend(places.iter().copied().chain(wiki).map(|place| entry(place, &confluence)));
    }
    Reply::json(200, all.into())
}
