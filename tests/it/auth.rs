//! Signing in with e-mail and token: which way in they open, and what is said when they open none.

use jira_sandbox::{Fault, Trouble};
use serde_json::json;

use crate::support::Jira;

const SEARCH: &str = "search_issues";

fn query() -> serde_json::Value {
    json!({"jql": "project = DEMO", "limit": 1})
}

#[tokio::test]
async fn a_classic_token_works_on_the_site_and_signs_in_once() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok(SEARCH, query()).await;
    agent.ok(SEARCH, query()).await;
    let requests = jira.requests();
    assert_eq!(
        requests,
        ["GET /rest/api/3/myself", "POST /rest/api/3/search/jql", "POST /rest/api/3/search/jql"]
    );
}

#[tokio::test]
async fn a_scoped_token_goes_through_the_gateway_and_asks_for_the_cloud_id_once() {
    let jira = Jira::start().await;
    let token = jira.info().scoped_api_token.clone();
    let cloud_id = jira.info().cloud_id.clone();
    let agent = jira.agent_with(&[("JIRA_API_TOKEN", &token)]).await;
    agent.ok(SEARCH, query()).await;
    agent.ok(SEARCH, query()).await;
    let requests = jira.requests();
    assert_eq!(
        requests,
        [
            "GET /rest/api/3/myself".to_owned(),
            "GET /_edge/tenant_info".to_owned(),
            format!("GET /ex/jira/{cloud_id}/rest/api/3/myself"),
            format!("POST /ex/jira/{cloud_id}/rest/api/3/search/jql"),
            format!("POST /ex/jira/{cloud_id}/rest/api/3/search/jql"),
        ]
    );
    // Links are for people: they lead to the site, not to the gateway.
    let issue = agent.ok("get_issue", json!({"issue": "DEMO-1"})).await;
    assert_eq!(issue.data["url"], format!("{}/browse/DEMO-1", jira.info().url));
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_sign_in() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    tokio::join!(agent.ok(SEARCH, query()), agent.ok(SEARCH, query()), agent.ok(SEARCH, query()));
    let sign_ins = jira.requests().iter().filter(|request| request.ends_with("/myself")).count();
    assert_eq!(sign_ins, 1);
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_refusal() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_API_TOKEN", "wrong")]).await;
    tokio::join!(
        agent.refused(SEARCH, query()),
        agent.refused(SEARCH, query()),
        agent.refused(SEARCH, query())
    );
    // The site, the cloudId, the gateway.
    assert_eq!(jira.requests().len(), 3);
}

#[tokio::test]
async fn an_endpoint_that_refuses_good_credentials_is_asked_twice_and_told() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok(SEARCH, query()).await;
    jira.requests();
    let refused = Trouble::Answer {
        status: 401,
        body: "Unauthorized".into(),
        content_type: Some("text/plain".into()),
        retry_after: None,
    };
    jira.sandbox.fail(Fault::new("POST", "/rest/api/3/search/jql", refused).times(9));
    let text = agent.refused(SEARCH, query()).await;
    assert!(text.contains("for this request (401)"), "{text}");
    let search = "POST /rest/api/3/search/jql";
    let exchanges = jira.sandbox.exchanges();
    let asked: Vec<String> = exchanges.iter().map(|e| format!("{} {}", e.method, e.path)).collect();
    assert_eq!(asked, [search, "GET /rest/api/3/myself", search]);
    jira.sandbox.forget_exchanges();
}

#[tokio::test]
async fn without_credentials_the_tools_are_listed_and_each_call_says_what_to_set() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_EMAIL", ""), ("JIRA_API_TOKEN", "")]).await;
    assert!(!agent.client.list_all_tools().await.unwrap().is_empty());
    let text = agent.refused(SEARCH, query()).await;
    assert!(text.contains("JIRA_EMAIL, JIRA_API_TOKEN are not set"), "{text}");
    assert!(text.contains("--sandbox"), "{text}");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn wrong_credentials_are_an_error_and_never_an_empty_list() {
    let jira = Jira::start().await;
    for settings in [[("JIRA_API_TOKEN", "wrong")], [("JIRA_EMAIL", "nobody@example.com")]] {
        let text = jira.agent_with(&settings).await.refused(SEARCH, query()).await;
        assert!(text.contains("refuses the e-mail and API token"), "{text}");
        assert!(text.contains("JIRA_EMAIL") && text.contains("api-tokens"), "{text}");
        assert!(!text.contains("wrong\""), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_ends_during_the_session_is_told_apart_from_a_wrong_one() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok(SEARCH, query()).await;
    jira.sandbox.expire_token(&jira.info().api_token);
    let text = agent.refused(SEARCH, query()).await;
    assert!(text.contains("took this API token earlier and refuses it now"), "{text}");
}

#[tokio::test]
async fn an_anonymous_reply_to_a_token_that_jira_once_did_not_take_is_asked_again() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok(SEARCH, query()).await;
    jira.sandbox.fail(Fault::new("POST", "/rest/api/3/search/jql", Trouble::ExpiredToken));
    let answer = agent.ok(SEARCH, query()).await;
    assert_eq!(answer.data["issues"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_no_jira_is_told_apart_from_wrong_credentials() {
    let other = wiremock::MockServer::start().await;
    let jira = Jira::start().await;
    let text = jira.agent_with(&[("JIRA_URL", &other.uri())]).await.refused(SEARCH, query()).await;
    assert!(text.contains("is not a Jira Cloud site"), "{text}");
    assert!(text.contains("JIRA_URL"), "{text}");

    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let text = jira.agent_with(&[("JIRA_URL", &gone)]).await.refused(SEARCH, query()).await;
    assert!(text.contains("cannot be reached") && text.contains("JIRA_URL"), "{text}");
}
