//! Trouble on demand, and the limits that always hold.

use std::time::Duration;

use jira_sandbox::{Fault, Trouble};
use reqwest::Method;
use serde_json::json;

use super::{Answer, Site, paragraph};

const MYSELF: &str = "/rest/api/3/myself";

#[tokio::test]
async fn a_rate_limit_has_jiras_headers_and_ends() {
    let site = Site::start().await;
    let limited = Trouble::RateLimited { retry_after: Some(7), reason: None, failure_category: None };
    site.sandbox.fail(Fault::new("GET", MYSELF, limited).times(2));
    for _ in 0..2 {
        let answer = site.get(MYSELF).await;
        assert_eq!(
            (answer.header("retry-after"), answer.header("ratelimit-reason")),
            (Some("7"), Some("jira-burst-based"))
        );
        assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
        assert_eq!(answer.message(429), "The request has been rate-limited. Please try again later.");
    }
    site.get(MYSELF).await.ok();
}

#[tokio::test]
async fn trouble_can_be_ordered_over_http_for_a_template() {
    let site = Site::start().await;
    let fault = json!({
        "method": "GET", "path": "/rest/api/3/issue/{issueIdOrKey}", "skip": 1,
        "trouble": { "answer": { "status": 503, "body": "<html>Down</html>", "content_type": "text/html" } },
    });
    let control = async |method: Method, path: &str| {
        let request = site.request(method, path).json(&fault);
        Answer::of(request.send().await.unwrap()).await
    };
    control(Method::POST, "/__sandbox/faults").await.ok();
    site.get("/rest/api/3/issue/DEMO-1").await.ok();
    assert_eq!(site.get("/rest/api/3/issue/DEMO-2").await.refused(503), "<html>Down</html>");
    site.get("/rest/api/3/issue/DEMO-2").await.ok();
    let seen = control(Method::GET, "/__sandbox/requests").await.ok();
    let last = seen.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["path"], &last["status"]), (&json!("/rest/api/3/issue/DEMO-2"), &json!(200)));
    assert!(!last.to_string().contains(&site.sandbox.info().api_token), "tokens are not recorded");
}

#[tokio::test]
async fn a_cut_connection_leaves_the_write_done_or_not_done() {
    let site = Site::start().await;
    let key = site.task("Cut").await;
    let path = format!("/rest/api/3/issue/{key}/comment");
    let user = site.user("Ana").clone();
    let send = async || {
        let request = site.request(Method::POST, &path).basic_auth(&user.email, Some(&user.api_token));
        request.json(&json!({ "body": paragraph("Hello?") })).send().await
    };
    for (trouble, written) in [(Trouble::CutBefore, 0), (Trouble::CutAfter, 1)] {
        site.sandbox.fail(Fault::new("POST", "/comment", trouble));
        assert!(send().await.is_err());
        assert_eq!(site.get(&path).await.ok()["total"], written);
    }
}

#[tokio::test]
async fn one_issue_takes_so_many_writes_and_then_waits() {
    let site = Site::start().await;
    site.freeze();
    let key = site.task("Busy").await;
    let path = format!("/rest/api/3/issue/{key}/properties/count");
    let mut refused = None;
    for count in 0..=20 {
        let answer = site.put(&path, json!(count)).await;
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.header("ratelimit-reason"), Some("jira-per-issue-on-write"));
    let wait = refused.header("retry-after").unwrap().parse().unwrap();
    site.sandbox.advance_clock(Duration::from_secs(wait));
    site.put(&path, json!("again")).await.ok();
}

#[tokio::test]
async fn the_clock_is_told_and_asked_over_http() {
    let site = Site::start().await;
    let turn = async |body: serde_json::Value| {
        Answer::of(site.request(Method::POST, "/__sandbox/clock").json(&body).send().await.unwrap()).await
    };
    let frozen = turn(json!({ "freeze": "2027-01-01T00:00:00Z" })).await.ok();
    assert_eq!(frozen["now"], "2027-01-01T00:00:00Z");
    assert_eq!(turn(json!({ "advance": 90 })).await.ok()["now"], "2027-01-01T00:01:30Z");
    let key = site.task("New year").await;
    assert_eq!(site.fields(&key, "created").await["created"].as_str().unwrap()[..10], *"2027-01-01");
    turn(json!({ "advance": "a bit" })).await.refused(400);
}
