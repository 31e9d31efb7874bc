//! Clients of both eras at one address.

use serde_json::json;

use super::Team;

#[tokio::test]
async fn a_client_of_2026_07_28_needs_no_session() {
    let team = Team::of_one_account().await;
    let discovered = team.ask().modern("server/discover", json!({})).send().await;
    assert!(discovered.message()["result"]["supportedVersions"].to_string().contains("2026-07-28"));
    let listed = team.ask().modern("tools/list", json!({})).send().await;
    assert!(listed.tools().contains(&"search_issues".to_owned()));
    assert_eq!(listed.message()["result"]["cacheScope"], "private");
    let called = team.ask().call("count_issues", json!({"jql": "project = DEMO"})).send().await;
    assert!(called.data()["count"].as_u64().unwrap() > 0);
    assert!(called.headers.get("mcp-session-id").is_none());
}

#[tokio::test]
async fn older_clients_have_a_session_until_they_end_it() {
    let team = Team::of_one_account().await;
    let id = team.ask().initialize().await;
    let in_session = || team.ask().session(&id);
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
    assert_eq!(in_session().body(ready).send().await.status, 202);
    assert!(in_session().legacy("tools/list", json!({})).send().await.tools().len() > 10);
    let call = json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}});
    assert!(in_session().legacy("tools/call", call).send().await.data()["count"].as_u64().unwrap() > 0);
    let stream = in_session().method("GET").begin().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(in_session().method("DELETE").send().await.status, 204);
    assert_eq!(in_session().legacy("tools/list", json!({})).send().await.status, 404);
}

#[tokio::test]
async fn metrics_and_probes_tell_what_happens_and_of_nobody() {
    let team = Team::of_many().await;
    let account = team.account("Ana");
    team.ask_as("Ana").call("get_myself", json!({})).send().await.data();
    team.ask().call("get_myself", json!({})).send().await;
    let get = |path: &'static str| team.ask().method("GET").path(path);
    assert_eq!(get("/healthz").send().await.text, "ok\n");
    assert_eq!(get("/readyz").send().await.text, "ready\n");
    let metrics = get("/metrics").send().await;
    assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "mcp_http_requests_total{endpoint=\"/mcp\",status=\"2xx\"} 1",
        "mcp_http_refused_total{reason=\"identity\"} 1",
        "mcp_tool_calls_total{tool=\"get_myself\",outcome=\"ok\"} 1",
        "mcp_identities 1",
        "mcp_requests_in_flight 0",
    ] {
        assert!(metrics.text.lines().any(|found| found == line), "no {line} in\n{}", metrics.text);
    }
    for private in [&account.email, &account.account_id, &account.api_token, &account.name] {
        assert!(!metrics.text.contains(private.as_str()), "{}", metrics.text);
    }
}
