//! Sign-in to the sandbox: who gets in, by which door, and what those see who do not.

use jira_sandbox::{Fault, Trouble};
use reqwest::Method;
use serde_json::json;

use super::{Answer, Site};

const REFUSED: &str = "Client must be authenticated to access this resource.";

#[tokio::test]
async fn a_token_of_the_site_opens_the_site() {
    let site = Site::start().await;
    let answer = site.get("/rest/api/3/myself").await;
    let account = site.user("Ana").account_id.clone();
    assert_eq!(answer.header("x-aaccountid"), Some(account.replace(':', "%3A").as_str()));
    assert_eq!(answer.ok()["accountId"], account);
}

#[tokio::test]
async fn a_wrong_token_is_refused_where_a_user_is_needed_and_anonymous_elsewhere() {
    let site = Site::start().await;
    let try_with = async |path: &str| {
        let request = site.request(Method::GET, path).basic_auth("ana.ribeiro@example.com", Some("wrong"));
        Answer::of(request.send().await.unwrap()).await
    };
    let refused = try_with("/rest/api/3/myself").await;
    assert_eq!((refused.status, refused.body.as_str()), (401, Some(REFUSED)));
    assert!(refused.header("content-type").unwrap().starts_with("text/plain"));

    let empty = try_with("/rest/api/3/search/jql?jql=created%20%3C%20now()").await;
    assert_eq!(empty.header("x-seraph-loginreason"), Some("AUTHENTICATED_FAILED"));
    assert_eq!(empty.header("x-aaccountid"), None);
    assert_eq!(empty.ok()["issues"], json!([]));

    let hidden = try_with("/rest/api/3/issue/DEMO-1").await;
    assert_eq!(hidden.header("x-seraph-loginreason"), Some("AUTHENTICATED_FAILED"));
    assert_eq!(hidden.message(404), "Issue does not exist or you do not have permission to see it.");
}

#[tokio::test]
async fn nobody_has_no_failed_login() {
    let site = Site::start().await;
    let answer =
        Answer::of(site.request(Method::GET, "/rest/api/3/project/search").send().await.unwrap()).await;
    assert_eq!(answer.header("x-seraph-loginreason"), None);
    assert_eq!(answer.ok()["total"], 0);
}

#[tokio::test]
async fn a_scoped_token_works_through_the_gateway_only_and_a_classic_one_does_not() {
    let site = Site::start().await;
    let info = site.sandbox.info().clone();
    let get = async |url: String, token: &str| {
        Answer::of(site.http.get(url).basic_auth(&info.email, Some(token)).send().await.unwrap()).await
    };
    let tenant = Answer::of(site.request(Method::GET, "/_edge/tenant_info").send().await.unwrap()).await.ok();
    let gateway = format!("{}/ex/jira/{}", info.api_url, tenant["cloudId"].as_str().unwrap());

    let me = get(format!("{gateway}/rest/api/3/myself"), &info.scoped_api_token).await.ok();
    assert!(me["self"].as_str().unwrap().starts_with(&gateway), "{me}");
    let refused = get(format!("{gateway}/rest/api/3/myself"), &info.api_token).await.refused(401);
    assert_eq!(refused, json!({ "code": 401, "message": "Unauthorized" }));
    let refused = get(format!("{}/rest/api/3/myself", info.url), &info.scoped_api_token).await.refused(401);
    assert_eq!(refused, REFUSED);
}

#[tokio::test]
async fn a_token_can_run_out() {
    let site = Site::start().await;
    site.sandbox.fail(Fault::new("GET", "/rest/api/3/myself", Trouble::ExpiredToken));
    site.get("/rest/api/3/myself").await.refused(401);
    site.get("/rest/api/3/myself").await.ok();
    site.sandbox.expire_token(&site.sandbox.info().api_token);
    site.get("/rest/api/3/myself").await.refused(401);
}

#[tokio::test]
async fn users_see_and_do_what_their_permissions_allow() {
    let site = Site::start().await;
    // An auditor reads everything and changes nothing.
    site.call_as("Dana", Method::GET, "/rest/api/3/issue/DEMO-1", None).await.ok();
    let body = json!({ "fields": { "summary": "Mine now" } });
    let refused =
        site.call_as("Dana", Method::PUT, "/rest/api/3/issue/DEMO-1", Some(body)).await.refused(400);
    assert_eq!(
        refused["errors"]["summary"],
        "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."
    );
    let transitions =
        site.call_as("Dana", Method::GET, "/rest/api/3/issue/DEMO-1/transitions", None).await.ok();
    assert_eq!(transitions["transitions"], json!([]));
    let deleted = site.call_as("Dana", Method::DELETE, "/rest/api/3/issue/DEMO-1", None).await;
    assert_eq!(deleted.message(403), "You do not have permission to delete issues in this project.");
    // Somebody of BIZ cannot even see OPS.
    let hidden = site.call_as("Omar", Method::GET, "/rest/api/3/issue/OPS-1", None).await;
    assert_eq!(hidden.message(404), "Issue does not exist or you do not have permission to see it.");
    let found = site.call_as("Omar", Method::GET, "/rest/api/3/project/search?keys=OPS", None).await.ok();
    assert_eq!(found["total"], 0);
}
