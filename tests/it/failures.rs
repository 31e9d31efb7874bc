//! Failures of Jira or of the way to it: reads are repeated, writes only where Jira certainly did nothing.

use std::time::Duration;

use jira_sandbox::{Fault, Options, Trouble};
use serde_json::{Value, json};

use crate::support::{Agent, Jira};

const SEARCH_PATH: &str = "/rest/api/3/search/jql";
const COMMENT_PATH: &str = "/rest/api/3/issue/{issueIdOrKey}/comment";

fn limited(retry_after: Option<i64>) -> Trouble {
    Trouble::RateLimited { retry_after, reason: None, failure_category: None }
}

fn answer(status: u16) -> Trouble {
    Trouble::Answer { status, body: String::new(), content_type: None, retry_after: None }
}

async fn search(agent: &Agent) -> Value {
    agent.ok("search_issues", json!({"jql": "project = DEMO"})).await.data["issues"].clone()
}

fn sent(jira: &Jira, what: &str) -> usize {
    jira.requests().iter().filter(|request| request.contains(what)).count()
}

#[tokio::test]
async fn a_read_outlives_what_passes() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let calm = search(&agent).await;
    for trouble in [limited(Some(0)), answer(502), answer(503), Trouble::CutBefore, Trouble::CutAfter] {
        jira.requests();
        jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, trouble.clone()));
        assert_eq!(search(&agent).await, calm, "{trouble:?}");
        assert_eq!(sent(&jira, "search/jql"), 2, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_for_a_call_is_told_and_not_waited_for() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    jira.requests();
    jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, limited(Some(3600))).times(9));
    let text = agent.refused("search_issues", json!({"jql": "project = DEMO"})).await;
    assert!(text.contains("limits the rate") && text.contains("3600 s"), "{text}");
    assert_eq!(sent(&jira, "search/jql"), 1);
}

#[tokio::test]
async fn a_limit_that_never_ends_ends_the_call() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    jira.requests();
    jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, limited(Some(0))).times(99));
    let text = agent.refused("search_issues", json!({"jql": "project = DEMO"})).await;
    assert!(text.contains("Nothing was done"), "{text}");
    assert_eq!(sent(&jira, "search/jql"), 4);
}

async fn comments(agent: &Agent) -> usize {
    let list = agent.ok("list_comments", json!({"issue": "DEMO-1", "limit": 100})).await;
    list.data["comments"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_write_is_repeated_only_where_jira_certainly_did_nothing() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let before = comments(&agent).await;
    jira.requests();
    jira.sandbox.fail(Fault::new("POST", COMMENT_PATH, limited(Some(0))));
    agent.ok("add_comment", json!({"issue": "DEMO-1", "body": "once"})).await;
    assert_eq!(sent(&jira, "/comment"), 2);
    assert_eq!(comments(&agent).await, before + 1);
}

#[tokio::test]
async fn a_write_of_unknown_outcome_says_so_and_names_the_read_that_tells() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    for (trouble, done) in
        [(Trouble::CutAfter, 1), (Trouble::CutBefore, 0), (answer(500), 0), (answer(504), 0)]
    {
        let before = comments(&agent).await;
        jira.requests();
        jira.sandbox.fail(Fault::new("POST", COMMENT_PATH, trouble.clone()));
        let text = agent.refused("add_comment", json!({"issue": "DEMO-1", "body": "twice?"})).await;
        assert!(text.contains("unknown whether") && text.contains("list_comments"), "{trouble:?}: {text}");
        assert_eq!(sent(&jira, "/comment"), 1, "{trouble:?}");
        assert_eq!(comments(&agent).await, before + done, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_page_where_json_belongs_is_told_as_such() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    let page = Trouble::Answer {
        status: 200,
        body: "<html><title>Sign in to the proxy</title></html>".into(),
        content_type: Some("text/html".into()),
        retry_after: None,
    };
    jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, page));
    let text = agent.refused("search_issues", json!({"jql": "project = DEMO"})).await;
    assert!(text.contains("web page"), "{text}");
    jira.requests();
}

#[tokio::test]
async fn a_reply_without_its_list_is_no_empty_list() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    let strange = |body: &str| Trouble::Answer {
        status: 200,
        body: body.into(),
        content_type: None,
        retry_after: None,
    };
    jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, strange(r#"{"isLast": true}"#)));
    let text = agent.refused("search_issues", json!({"jql": "project = DEMO"})).await;
    assert!(text.contains("cannot be read") && text.contains("issues"), "{text}");
    let comments = json!({"issue": "DEMO-1"});
    jira.sandbox.fail(Fault::new("GET", COMMENT_PATH, strange(r#"{"total": 0}"#)));
    let text = agent.refused("list_comments", comments).await;
    assert!(text.contains("cannot be read") && text.contains("comments"), "{text}");
}

#[tokio::test]
async fn a_cancelled_call_stops_asking_jira() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    jira.requests();
    // The first attempt is refused with a wait; the call is cancelled while it waits.
    jira.sandbox.fail(Fault::new("POST", SEARCH_PATH, limited(Some(2))));
    let request = rmcp::model::CallToolRequestParams::new("search_issues")
        .with_arguments(json!({"jql": "project = DEMO"}).as_object().unwrap().clone());
    let call = agent.client.send_cancellable_request(
        rmcp::model::ClientRequest::CallToolRequest(rmcp::model::Request::new(request)),
        rmcp::service::PeerRequestOptions::no_options(),
    );
    let call = call.await.unwrap();
    while jira.sandbox.exchanges().is_empty() {
        tokio::task::yield_now().await;
    }
    call.cancel(Some("changed my mind".into())).await.unwrap();
    // The next call is served as ever, and only its own request reaches Jira.
    search(&agent).await;
    assert_eq!(sent(&jira, "search/jql"), 2);
}

#[tokio::test]
async fn what_a_search_does_not_see_yet_is_found_after_ones_own_write() {
    let jira = Jira::with(Options { search_lag: Duration::from_secs(3600), ..Options::default() }).await;
    let agent = jira.agent().await;
    let created =
        agent.ok("create_issue", json!({"project": "DEMO", "type": "Task", "summary": "Seen at once"})).await;
    let found =
        agent.ok("search_issues", json!({"jql": "project = DEMO ORDER BY created DESC", "limit": 1})).await;
    assert_eq!(found.data["issues"][0]["key"], created.data["key"]);
}

#[tokio::test]
async fn a_write_whose_reply_is_a_page_is_of_unknown_outcome() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    search(&agent).await;
    jira.requests();
    let page = Trouble::Answer {
        status: 200,
        body: "<html><title>Sign in to the proxy</title></html>".into(),
        content_type: Some("text/html".into()),
        retry_after: None,
    };
    jira.sandbox.fail(Fault::new("POST", COMMENT_PATH, page));
    let text = agent.refused("add_comment", json!({"issue": "DEMO-1", "body": "there?"})).await;
    assert!(text.contains("unknown whether") && text.contains("list_comments"), "{text}");
    jira.sandbox.forget_exchanges();
}

#[tokio::test]
async fn a_name_cannot_lead_a_write_to_another_address() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    for comment in ["..", ".\n.", "\t..", ".\r."] {
        agent.refused("delete_comment", json!({"issue": "DEMO-1", "comment": comment})).await;
    }
    agent.ok("get_issue", json!({"issue": "DEMO-1"})).await;
    assert!(!jira.requests().iter().any(|request| request.starts_with("DELETE")));
}

#[tokio::test]
async fn an_address_of_another_site_is_not_taken_for_this_ones() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let text =
        agent.refused("get_issue", json!({"issue": "https://other.atlassian.net/browse/DEMO-1"})).await;
    assert!(text.contains("other.atlassian.net") && text.contains("`DEMO-1`"), "{text}");
    agent.ok("get_issue", json!({"issue": format!("{}/browse/DEMO-1", jira.info().url)})).await;
}

#[tokio::test]
async fn every_row_comes_once_over_short_pages_and_changing_limits() {
    let jira = Jira::with(Options { short_pages: true, ..Options::default() }).await;
    // So little room that each page of Jira's is shown in parts.
    let agent = jira.agent_with(&[("JIRA_MAX_TOKENS", "500")]).await;
    let total =
        agent.ok("count_issues", json!({"jql": "project = DEMO"})).await.data["count"].as_u64().unwrap();
    let mut keys = Vec::new();
    let mut cursor = Value::Null;
    for limit in [50, 7, 30, 1].into_iter().cycle() {
        let page = agent
            .ok(
                "search_issues",
                json!({"jql": "project = DEMO ORDER BY key", "limit": limit, "cursor": cursor}),
            )
            .await
            .data;
        keys.extend(page["issues"].as_array().unwrap().iter().map(|issue| issue["key"].to_string()));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(keys.len() as u64 <= total, "rows come twice");
    }
    let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
    assert_eq!((keys.len() as u64, distinct.len() as u64), (total, total));
}

#[tokio::test]
async fn a_write_that_met_an_anonymous_reply_is_done_once() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let before = comments(&agent).await;
    jira.sandbox.fail(Fault::new("POST", COMMENT_PATH, Trouble::ExpiredToken));
    agent.ok("add_comment", json!({"issue": "DEMO-1", "body": "once"})).await;
    assert_eq!(comments(&agent).await, before + 1);
}
