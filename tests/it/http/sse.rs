//! The transport of 2024-11-05, which is on only where the operator wants it.

use mcp_server_jira::http::IdentityFrom;
use serde_json::{Value, json};

use super::shutdown::{searches, slow_search};
use super::{Team, until};
use crate::support::Jira;

/// A client of the old transport.
struct Old<'a> {
    team: &'a Team,
    who: &'a str,
    stream: reqwest::Response,
    read: String,
    endpoint: String,
}

impl<'a> Old<'a> {
    async fn connect(team: &'a Team, who: &'a str) -> Self {
        let stream = team.ask_as(who).method("GET").path("/sse").begin().await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let mut old = Self { team, who, stream, read: String::new(), endpoint: String::new() };
        let (event, endpoint) = old.event().await;
        assert_eq!(event, "endpoint");
        old.endpoint = endpoint;
        old
    }

    /// The next event's name and data.
    async fn event(&mut self) -> (String, String) {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = (field("event: "), field("data: "));
                self.read = rest.into();
                if let (Some(event), Some(data)) = found {
                    return (event, data);
                }
                continue;
            }
            let part = self.stream.chunk().await.unwrap().expect("the stream goes on");
            self.read.push_str(std::str::from_utf8(&part).unwrap());
        }
    }

    async fn say(&self, message: Value) -> u16 {
        let ask = self.team.ask_as(self.who).path(&self.endpoint).body(message.to_string());
        ask.send().await.status.as_u16()
    }

    async fn request(&mut self, method: &str, params: Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        assert_eq!(self.say(message).await, 202);
        let (event, data) = self.event().await;
        assert_eq!(event, "message");
        serde_json::from_str(&data).unwrap()
    }
}

async fn team() -> Team {
    Team::with(Jira::start().await, |settings| {
        settings.sse = true;
        settings.identity = IdentityFrom::Request;
    })
    .await
}

#[tokio::test]
async fn an_old_client_works_as_its_own_account() {
    let team = team().await;
    let mut old = Old::connect(&team, "Lars").await;
    let params = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    assert_eq!(old.request("initialize", params).await["result"]["protocolVersion"], "2024-11-05");
    assert_eq!(old.say(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await, 202);
    assert!(old.request("tools/list", json!({})).await["result"]["tools"].as_array().unwrap().len() > 10);
    let me = old.request("tools/call", json!({"name": "get_myself", "arguments": {}})).await;
    assert!(me["result"]["structuredContent"]["name"].as_str().unwrap().starts_with("Lars"), "{me}");
}

#[tokio::test]
async fn a_session_is_its_owners_and_ends_with_its_stream() {
    let team = team().await;
    let old = Old::connect(&team, "Ana").await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let post = |who: &str, path: &str| team.ask_as(who).path(path).body(list.clone());
    assert_eq!(post("Lars", &old.endpoint).send().await.status, 404);
    assert_eq!(post("Ana", "/messages?session_id=0123").send().await.status, 404);
    assert_eq!(post("Ana", "/messages").send().await.status, 400);
    assert_eq!(post("Ana", &old.endpoint).body("{}").send().await.status, 400);
    assert_eq!(team.ask().method("GET").path("/sse").send().await.status, 401);
    let endpoint = old.endpoint.clone();
    drop(old);
    // The server hears of the closed connection a moment later.
    for attempt in 0.. {
        if post("Ana", &endpoint).send().await.status == 404 {
            break;
        }
        assert!(attempt < 1_000, "the session outlives its stream");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_id_is_for_one_request_at_a_time_here_too() {
    let team = team().await;
    let mut old = Old::connect(&team, "Ana").await;
    let params = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    old.request("initialize", params).await;
    old.say(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    slow_search(&team);
    let count = json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}});
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": count});
    assert_eq!(old.say(message.clone()).await, 202);
    until("the call is under way", || searches(&team.jira) == 1).await;
    assert_eq!(old.say(message).await, 400);
    let (_, answer) = old.event().await;
    assert!(answer.contains(r#""id":7"#) && answer.contains("count"), "{answer}");
}
