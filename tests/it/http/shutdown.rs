//! Calls and streams end with their client, or in order with the server.

use std::time::Duration;

use jira_sandbox::{Fault, Trouble};
use serde_json::json;

use super::{Team, until};
use crate::support::Jira;

/// Makes Jira ask for a wait of a second before the first search is answered.
pub(super) fn slow_search(team: &Team) {
    let wait = Trouble::RateLimited { retry_after: Some(1), reason: None, failure_category: None };
    team.jira.sandbox.fail(Fault::new("POST", "approximate-count", wait));
}

pub(super) fn searches(jira: &Jira) -> usize {
    let exchanges = jira.sandbox.exchanges();
    exchanges.iter().filter(|exchange| exchange.path.contains("approximate-count")).count()
}

#[tokio::test]
async fn a_stop_lets_calls_end_and_ends_streams() {
    let team = Team::of_one_account().await;
    let id = team.ask().initialize().await;
    let mut stream = team.ask().session(&id).method("GET").begin().await;
    slow_search(&team);
    let call = team.ask().call("count_issues", json!({"jql": "project = DEMO"}));
    let ((), reply) = tokio::join!(
        async {
            until("the call is under way", || searches(&team.jira) == 1).await;
            team.running.shut_down();
        },
        call.send(),
    );
    assert!(reply.data()["count"].as_u64().unwrap() > 0);
    let address = team.running.address;
    team.running.ended().await;
    while let Ok(Some(_)) = stream.chunk().await {}
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the port is still open");
}

#[tokio::test]
async fn a_stop_ends_streams_of_every_kind_without_waiting_for_them() {
    let long = Duration::from_secs(600);
    let team = Team::with(Jira::start().await, |settings| {
        settings.sse = true;
        settings.timeouts.drain = long;
        settings.timeouts.close = long;
    })
    .await;
    let id = team.ask().session_of().await;
    let listen = json!({"notifications": {"resourceSubscriptions": ["jira://issue/DEMO-1"]}});
    let streams = [
        team.ask().session(&id).method("GET"),
        team.ask().method("GET").path("/sse"),
        team.ask().modern("subscriptions/listen", listen),
    ];
    let mut open = Vec::new();
    for stream in &streams {
        let stream = stream.begin().await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        open.push(stream);
    }
    team.running.shut_down();
    let ended = tokio::time::timeout(Duration::from_secs(60), team.running.ended()).await;
    ended.expect("streams keep it from its end");
    for stream in open {
        let _ = stream.text().await;
    }
}

#[tokio::test]
async fn a_stop_cuts_off_what_takes_too_long() {
    let short = Duration::from_millis(50);
    let team = Team::with(Jira::start().await, |settings| {
        settings.timeouts.drain = short;
        settings.timeouts.close = short;
    })
    .await;
    let wait = Trouble::RateLimited { retry_after: Some(20), reason: None, failure_category: None };
    team.jira.sandbox.fail(Fault::new("POST", "approximate-count", wait));
    let id = team.ask().session_of().await;
    let stream = team.ask().session(&id).method("GET").begin().await;
    let count = json!({"jql": "project = DEMO"});
    let in_session = json!({"name": "count_issues", "arguments": count});
    let begun = team.ask().session(&id).legacy("tools/call", in_session).begin().await;
    until("the call is under way", || searches(&team.jira) == 1).await;
    let (address, jira) = (team.running.address, team.jira);
    team.running.shut_down();
    team.running.ended().await;
    for stream in [stream, begun] {
        assert!(!stream.text().await.unwrap_or_default().contains("structuredContent"));
    }
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the port is still open");
    assert_eq!(searches(&jira), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_call_in_2026_07_28() {
    let team = Team::of_one_account().await;
    team.ask().call("get_myself", json!({})).send().await.data();
    slow_search(&team);
    {
        let call = team.ask().call("count_issues", json!({"jql": "project = DEMO"}));
        tokio::select! {
            reply = call.send() => panic!("{reply:?}"),
            () = until("the call is under way", || searches(&team.jira) == 1) => {}
        }
    }
    // The end waits for calls that go on.
    team.running.shut_down();
    team.running.ended().await;
    assert_eq!(searches(&team.jira), 1);
}

#[tokio::test]
async fn a_client_of_a_session_may_go_away_and_its_call_goes_on() {
    let team = Team::of_one_account().await;
    let id = team.ask().initialize().await;
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    team.ask().session(&id).body(ready).send().await;
    slow_search(&team);
    let count = json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}});
    let begun = team.ask().session(&id).legacy("tools/call", count).begin().await;
    until("the call is under way", || searches(&team.jira) == 1).await;
    drop(begun);
    tokio::time::timeout(Duration::from_secs(10), async {
        while searches(&team.jira) < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the call goes on");
    team.running.shut_down();
    team.running.ended().await;
}
