//! The limits of one person at one time, and that others have theirs all the same.

use std::time::Duration;

use mcp_server_jira::config::Flags;
use mcp_server_jira::http::{IdentityFrom, Settings};
use serde_json::{Value, json};

use super::shutdown::{searches, slow_search};
use super::{Ask, Team, until};
use crate::support::Jira;

async fn many(change: impl FnOnce(&mut Settings)) -> Team {
    Team::with(Jira::start().await, |settings| {
        settings.identity = IdentityFrom::Request;
        change(settings);
    })
    .await
}

fn count() -> Value {
    json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}})
}

async fn gauge(team: &Team, name: &str) -> usize {
    let metrics = team.ask().method("GET").path("/metrics").send().await.text;
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn streams_count_for_as_long_as_they_are_open() {
    // Each request is verified anew, as it is after a quarter of an hour.
    let team = many(|settings| {
        settings.timeouts.verification = Duration::ZERO;
        settings.sse = true;
    })
    .await;
    let stream = team.ask_as("Ana").path("/sse").method("GET");
    let mut open = Vec::new();
    for _ in 0..64 {
        let stream = stream.begin().await;
        assert_eq!(stream.status(), 200);
        open.push(stream);
    }
    assert_eq!(stream.begin().await.status(), 429);
    assert_eq!(team.ask_as("Lars").path("/sse").method("GET").begin().await.status(), 200);
    drop(open);
    for attempt in 0.. {
        if stream.begin().await.status() == 200 {
            break;
        }
        assert!(attempt < 1_000, "places are not given back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn no_header_makes_a_call_count_as_something_else() {
    let team = Team::of_one_account().await;
    let id = team.ask().session_of().await;
    slow_search(&team);
    let call =
        team.ask().session(&id).header("mcp-method", "subscriptions/listen").legacy("tools/call", count());
    let (in_flight, reply) = tokio::join!(
        async {
            until("the call is under way", || searches(&team.jira) == 1).await;
            gauge(&team, "mcp_requests_in_flight ").await
        },
        call.send(),
    );
    assert_eq!(in_flight, 1);
    reply.data();
}

#[tokio::test]
async fn one_person_has_so_many_calls_in_flight() {
    let team = many(|settings| settings.timeouts.admission = Duration::from_millis(100)).await;
    team.ask_as("Lars").call("count_issues", count()["arguments"].clone()).send().await.data();
    for _ in 0..32 {
        slow_search(&team);
    }
    let call = || team.ask_as("Ana").modern("tools/call", count());
    let calls: Vec<_> = (0..32).map(|_| call()).collect();
    let calls = futures_util::future::join_all(calls.iter().map(Ask::send));
    let (busy, other, replies) = tokio::join!(
        async {
            until("all are under way", || searches(&team.jira) >= 32).await;
            call().send().await
        },
        async {
            until("all are under way", || searches(&team.jira) >= 32).await;
            team.ask_as("Lars").call("get_myself", json!({})).send().await
        },
        calls,
    );
    assert_eq!(busy.status, 429, "{}", busy.text);
    assert!(busy.headers.contains_key("retry-after"));
    assert!(other.data()["name"].as_str().unwrap().starts_with("Lars"));
    assert!(replies.iter().all(|reply| reply.data()["count"].as_u64() > Some(0)));
    call().send().await.data();
}

#[tokio::test]
async fn one_person_has_so_many_sessions_and_keeps_those_in_use() {
    let team = many(|_| {}).await;
    let first = team.ask_as("Ana").session_of().await;
    let lars = team.ask_as("Lars").session_of().await;
    let list = |name: &str, id: &str| team.ask_as(name).session(id).legacy("tools/list", json!({}));
    let second = team.ask_as("Ana").session_of().await;
    for _ in 2..64 {
        team.ask_as("Ana").initialize().await;
    }
    assert_eq!(list("Ana", &first).send().await.status, 200);
    team.ask_as("Ana").initialize().await;
    assert_eq!(list("Ana", &second).send().await.status, 404, "the one that rested longest goes");
    assert_eq!(list("Ana", &first).send().await.status, 200);
    assert_eq!(list("Lars", &lars).send().await.status, 200);
}

#[tokio::test]
async fn nobody_takes_all_that_can_be_watched() {
    let flags = Flags::default();
    let team = Team::with_flags(Jira::start().await, &flags, |settings| {
        settings.identity = IdentityFrom::Request;
    })
    .await;
    let uris: Vec<String> = (1..=32).map(|number| format!("jira://issue/DEMO-{number}")).collect();
    let listen = |name: &str| {
        let wanted = json!({"notifications": {"resourceSubscriptions": uris}});
        team.ask_as(name).modern("subscriptions/listen", wanted)
    };
    let mut open = Vec::new();
    for allowed in [true, true, false] {
        let mut stream = listen("Ana").begin().await;
        let mut said = String::new();
        // Only so that a stream which goes on against all limits ends the test with words.
        let next = async |stream: &mut reqwest::Response| {
            tokio::time::timeout(Duration::from_secs(30), stream.chunk()).await.ok()?.unwrap()
        };
        while let Some(part) = next(&mut stream).await {
            said.push_str(std::str::from_utf8(&part).unwrap());
            if said.contains("acknowledged") && allowed || said.contains("too much is watched") {
                break;
            }
        }
        assert_eq!(said.contains("too much is watched"), !allowed, "{said}");
        open.push(stream);
    }
}
