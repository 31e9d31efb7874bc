//! The user's word, carried by a client over HTTP: good for one call of one person, at any replica, once.

use mcp_server_jira::config::Flags;
use mcp_server_jira::http::{IdentityFrom, Running};
use serde_json::{Value, json};

use super::{Ask, Reply, Team, file, serve};
use crate::support::{Jira, http};

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

/// One of several processes that ask before anything is destroyed.
async fn replica(jira: &Jira) -> Running {
    let (_kept, path) = file(KEY);
    let flags = Flags { confirm: true, ..Flags::default() };
    serve(jira, &flags, |settings| {
        settings.identity = IdentityFrom::Request;
        settings.state_key_file = Some(path);
    })
    .await
    .unwrap()
}

async fn team() -> Team {
    let jira = Jira::start().await;
    Team { running: replica(&jira).await, jira, http: http() }
}

fn update(summary: &str) -> Value {
    json!({"name": "update_issue", "arguments": {"issue": "DEMO-2", "summary": summary}})
}

/// The call, with the user's yes where the state of a question is given.
async fn call(ask: Ask<'_>, mut request: Value, state: Option<&str>) -> Reply {
    if let Some(state) = state {
        request["requestState"] = state.into();
        request["inputResponses"] = json!({"confirm": {"action": "accept", "content": {"confirm": true}}});
    }
    ask.capable(json!({"elicitation": {"form": {}}}), "tools/call", request).send().await
}

/// The state that the server gives a client to carry, where it asks.
fn state(reply: &Reply) -> String {
    let message = reply.message();
    assert_eq!(message["result"]["resultType"], "input_required", "{message}");
    message["result"]["requestState"].as_str().unwrap().to_owned()
}

fn refused(reply: &Reply) {
    assert_eq!(reply.message()["error"]["code"], -32602, "{}", reply.text);
}

#[tokio::test]
async fn a_yes_is_no_good_for_another_person_tool_or_text() {
    let team = team().await;
    let asked = state(&call(team.ask_as("Ana"), update("One"), None).await);
    refused(&call(team.ask_as("Lars"), update("One"), Some(&asked)).await);
    refused(&call(team.ask_as("Ana"), update("Another"), Some(&asked)).await);
    let delete = json!({"name": "delete_issue", "arguments": {"issue": "DEMO-2"}});
    refused(&call(team.ask_as("Ana"), delete, Some(&asked)).await);
    // Whatever is changed in it, it is no longer one of ours.
    for at in [0, asked.len() / 2, asked.len() - 5] {
        let mut changed = asked.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        refused(&call(team.ask_as("Ana"), update("One"), Some(&changed)).await);
    }
    for made_up in ["", ".", "bm90aGluZw", &"A".repeat(100_000)] {
        refused(&call(team.ask_as("Ana"), update("One"), Some(made_up)).await);
    }
    let summary = team.ask_as("Ana").call("get_issue", json!({"issue": "DEMO-2"})).send().await.data();
    assert_ne!(summary["summary"], "One");
    // After all that it still is good for what it was made for, once.
    assert_eq!(call(team.ask_as("Ana"), update("One"), Some(&asked)).await.data()["key"], "DEMO-2");
    state(&call(team.ask_as("Ana"), update("One"), Some(&asked)).await);
}

#[tokio::test]
async fn a_yes_is_taken_at_any_replica_and_once_among_all() {
    let mut team = team().await;
    let asked = state(&call(team.ask_as("Ana"), update("One"), None).await);
    team.running = replica(&team.jira).await;
    assert_eq!(call(team.ask_as("Ana"), update("One"), Some(&asked)).await.data()["key"], "DEMO-2");
    // A third one that has heard of nothing asks anew, as the issue is not as the user saw it.
    team.running = replica(&team.jira).await;
    state(&call(team.ask_as("Ana"), update("One"), Some(&asked)).await);
}

#[tokio::test]
async fn an_issue_that_changed_since_the_question_is_asked_about_anew() {
    let team = team().await;
    let delete = || json!({"name": "delete_issue", "arguments": {"issue": "DEMO-2"}});
    let asked = state(&call(team.ask_as("Ana"), delete(), None).await);
    let comment = json!({"issue": "DEMO-2", "body": "Do not delete this, it is the evidence."});
    team.ask_as("Lars").call("add_comment", comment).send().await.data();
    let again = state(&call(team.ask_as("Ana"), delete(), Some(&asked)).await);
    call(team.ask_as("Ana"), delete(), Some(&again)).await.data();
}

#[tokio::test]
async fn nobody_uses_up_what_is_remembered_for_others() {
    let team = team().await;
    let no = json!({"action": "decline"});
    let asks = |name: &'static str| {
        let (team, no) = (&team, no.clone());
        async move {
            let asked = state(&call(team.ask_as(name), update("One"), None).await);
            let mut answer = update("One");
            answer["requestState"] = asked.into();
            answer["inputResponses"] = json!({"confirm": no});
            team.ask_as(name).capable(json!({"elicitation": {}}), "tools/call", answer).send().await
        }
    };
    for _ in 0..64 {
        let answers = futures_util::future::join_all((0..20).map(|_| asks("Lars"))).await;
        if answers.iter().any(|answer| answer.message()["result"]["resultType"] == "input_required") {
            break;
        }
    }
    let asked = state(&call(team.ask_as("Ana"), update("One"), None).await);
    assert_eq!(call(team.ask_as("Ana"), update("One"), Some(&asked)).await.data()["key"], "DEMO-2");
}
