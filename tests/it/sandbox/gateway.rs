//! The gateway: the requests that it lets through, and for whom.

use jira_sandbox::{OAuthChange, Options, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Site};
use crate::support::oauth::{SCOPES, sign_in, sign_in_as};

impl Site {
    /// A request through the gateway to a site by its cloudId.
    async fn through(
        &self,
        cloud_id: &str,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<Value>,
    ) -> Answer {
        let url = format!("{}/ex/jira/{cloud_id}{path}", self.sandbox.info().api_url);
        let mut request = self.http.request(method, url).bearer_auth(bearer);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn peek(&self, path: &str, bearer: &str) -> Answer {
        self.through(&self.sandbox.info().cloud_id, Method::GET, path, bearer, None).await
    }

    async fn bearer(&self, scopes: &str) -> String {
        let tokens = sign_in(&self.http, self.sandbox.info(), scopes).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

fn scope_refused(answer: Answer) {
    let refusal = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    assert_eq!(answer.refused(401), refusal);
}

#[tokio::test]
async fn each_operation_needs_its_scopes() {
    let site = Site::start().await;
    let info = site.sandbox.info();
    let reader = site.bearer("read:jira-work").await;
    let issue = site.peek("/rest/api/3/issue/DEMO-1", &reader).await.ok();
    assert!(
        issue["self"].as_str().unwrap().starts_with(&format!("{}/ex/jira/{}/", info.api_url, info.cloud_id))
    );
    scope_refused(site.peek("/rest/api/3/myself", &reader).await);
    let count = json!({ "jql": "project = DEMO" });
    let path = "/rest/api/3/search/approximate-count";
    site.through(&info.cloud_id, Method::POST, path, &reader, Some(count)).await.ok();
    let fields = json!({ "fields": { "summary": "Other" } });
    let path = "/rest/api/3/issue/DEMO-1";
    scope_refused(site.through(&info.cloud_id, Method::PUT, path, &reader, Some(fields.clone())).await);
    let writer = site.bearer("write:jira-work").await;
    site.through(&info.cloud_id, Method::PUT, path, &writer, Some(fields)).await.ok();
    scope_refused(site.peek(path, &writer).await);
    // What is nowhere has no scope either.
    scope_refused(site.peek("/rest/api/3/nowhere", &reader).await);
}

#[tokio::test]
async fn boards_and_sprints_need_the_granular_scopes() {
    let site = Site::start().await;
    let classic = site.bearer("read:jira-work write:jira-work read:jira-user").await;
    scope_refused(site.peek("/rest/agile/1.0/board", &classic).await);
    // Each of the two is needed.
    let half = site.bearer("read:board-scope:jira-software").await;
    scope_refused(site.peek("/rest/agile/1.0/board", &half).await);
    let agile =
        site.bearer("read:board-scope:jira-software read:project:jira read:sprint:jira-software").await;
    site.peek("/rest/agile/1.0/board", &agile).await.ok();
    site.peek("/rest/agile/1.0/board/1/sprint", &agile).await.ok();

    let info = site.sandbox.info();
    let url = format!("{}/ex/jira/{}/rest/agile/1.0/board", info.api_url, info.cloud_id);
    let scoped = site.http.get(url).basic_auth(&info.email, Some(&info.scoped_api_token));
    scope_refused(Answer::of(scoped.send().await.unwrap()).await);
}

#[tokio::test]
async fn a_bearer_opens_its_own_sites_through_the_gateway_alone() {
    let site = Site::with(Options { sites: 2, ..Options::default() }).await;
    let info = site.sandbox.info().clone();
    let bearer = site.bearer(SCOPES).await;
    let refused = site.peek("/rest/api/3/myself", "unknown").await.refused(401);
    assert_eq!(refused, json!({ "code": 401, "message": "Unauthorized" }));
    let at =
        async |cloud_id: &str, path: &str| site.through(cloud_id, Method::GET, path, &bearer, None).await;
    at("00000000-0000-0000-0000-000000000000", "/rest/api/3/myself").await.refused(404);
    let second = &info.sites[1];
    let refused = at(&second.cloud_id, "/rest/api/3/myself").await.refused(403);
    assert_eq!(refused["message"], "The app is not installed on this instance");
    let on_site = site.request(Method::GET, "/rest/api/3/myself").bearer_auth(&bearer).send().await.unwrap();
    assert_eq!(on_site.status(), 401);

    sign_in_as(&site.http, &info, SCOPES, &info.users[0].account_id, &second.cloud_id).await;
    let lab = at(&second.cloud_id, "/rest/api/3/issue/LAB-1").await.ok();
    assert!(lab["self"].as_str().unwrap().contains(&second.cloud_id));
    at(&info.cloud_id, "/rest/api/3/issue/LAB-1").await.refused(404);
    let tenant = site.http.get(format!("{}/_edge/tenant_info", second.url)).send().await.unwrap();
    assert_eq!(Answer::of(tenant).await.ok()["cloudId"], second.cloud_id);
}

#[tokio::test]
async fn whoever_loses_access_to_jira_is_told_so() {
    let site = Site::start().await;
    let bearer = site.bearer(SCOPES).await;
    let ana = site.user("Ana").account_id.clone();
    site.sandbox.change_oauth(OAuthChange::RemoveJira(ana.clone()));
    let refused = site.peek("/rest/api/3/myself", &bearer).await.refused(403);
    assert_eq!(refused["errorMessages"], json!(["Current user not permitted to use Jira"]));
    let url = format!("{}/oauth/token/accessible-resources", site.sandbox.info().api_url);
    let sites = Answer::of(site.http.get(url).bearer_auth(&bearer).send().await.unwrap()).await.ok();
    assert_eq!(sites, json!([]));
    site.sandbox.change_oauth(OAuthChange::RestoreJira(ana));
    site.peek("/rest/api/3/myself", &bearer).await.ok();
}

#[tokio::test]
async fn a_user_of_an_app_may_no_more_than_without_it() {
    let site = Site::start().await;
    site.sandbox.change_oauth(OAuthChange::Share(true));
    let info = site.sandbox.info();
    let omar = &site.user("Omar").account_id;
    let tokens = sign_in_as(&site.http, info, SCOPES, omar, &info.cloud_id).await;
    let bearer = tokens["access_token"].as_str().unwrap();
    site.peek("/rest/api/3/issue/OPS-1", bearer).await.refused(404);
    site.peek("/rest/api/3/issue/BIZ-1", bearer).await.ok();
}

#[test]
fn every_operation_says_its_scopes() {
    let unscoped: Vec<_> =
        Sandbox::scopes().filter(|(.., scopes)| scopes.is_empty()).map(|(_, path, _)| path).collect();
    assert_eq!(unscoped, ["/rest/api/3/serverInfo", "/__media/file/{id}"]);
}

#[cfg(feature = "contract")]
#[test]
fn the_scopes_are_those_of_the_documents() {
    let file = crate::support::openapi::contract_dir().join("scopes.tsv");
    let facts = std::fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = facts.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    for (method, path, scopes) in Sandbox::scopes().filter(|(_, path, _)| path.starts_with("/rest/")) {
        let row = rows.iter().find(|row| (row[1], row[2]) == (method, path));
        let row = row.unwrap_or_else(|| panic!("{method} {path} is not documented"));
        assert_eq!(scopes.join(","), row[6], "{method} {path}");
    }
}
