//! Clients that lose their connection and come back, as their version of the protocol lets them.

use serde_json::{Value, json};

use super::shutdown::{searches, slow_search};
use super::{Team, until};

fn count() -> Value {
    json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}})
}

/// Begins a slow call in a session and loses the connection once Jira has been asked; gives the id of the last event.
async fn lost(team: &Team, id: &str) -> String {
    slow_search(team);
    let mut stream = team.ask().session(id).legacy("tools/call", count()).begin().await;
    let mut said = String::new();
    while !said.contains("\n\n") {
        said.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    until("the call is under way", || searches(&team.jira) > 0).await;
    said.lines().find_map(|line| line.strip_prefix("id: ").or(line.strip_prefix("id:"))).unwrap().to_owned()
}

/// Comes back with the id of an event, and reads to the end of the stream.
async fn back(team: &Team, id: &str, event: &str) -> super::Reply {
    team.ask().session(id).method("GET").header("last-event-id", event).send().await
}

/// Waits until no call is worked on.
async fn ended(team: &Team) {
    for attempt in 0.. {
        let metrics = team.ask().method("GET").path("/metrics").send().await.text;
        if metrics.lines().any(|line| line == "mcp_requests_in_flight 0") {
            return;
        }
        assert!(attempt < 1_000, "the call never ends");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_client_of_a_session_comes_back_to_its_call() {
    let team = Team::of_one_account().await;
    let id = team.ask().session_of().await;
    let event = lost(&team, &id).await;
    let reply = back(&team, &id, &event).await;
    assert!(reply.data()["count"].as_u64() > Some(0));
    assert_eq!(searches(&team.jira), 2, "it is asked again only because Jira told it to wait");
}

#[tokio::test]
async fn an_answer_that_came_meanwhile_waits_for_its_client() {
    let team = Team::of_one_account().await;
    let id = team.ask().session_of().await;
    let other = team.ask().session_of().await;
    let event = lost(&team, &id).await;
    ended(&team).await;
    // It is the answer to that request in that session, and given once.
    for event in ["", "x", "0/999", "0/99999999999999999999999", "0/x", "/"] {
        assert!(!back(&team, &id, event).await.text.contains("structuredContent"), "{event}");
    }
    assert!(!back(&team, &other, &event).await.text.contains("structuredContent"));
    assert!(back(&team, &id, &event).await.data()["count"].as_u64() > Some(0));
    assert!(!back(&team, &id, &event).await.text.contains("structuredContent"));
    let modern =
        team.ask().method("GET").header("mcp-protocol-version", "2026-07-28").header("last-event-id", &event);
    assert_eq!(modern.send().await.status, 405);
}
