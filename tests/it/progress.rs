//! Progress of a call that takes long, as a client hears of it, and the end that a client puts to one.

use jira_sandbox::{Fault, Trouble};
use serde_json::{Value, json};

use crate::support::Jira;
use crate::support::wire::{ERAS, Era, Wire, text};

const ISSUE: &str = "/rest/api/3/issue";

fn limited(seconds: i64) -> Trouble {
    Trouble::RateLimited { retry_after: Some(seconds), reason: None, failure_category: None }
}

async fn open(jira: &Jira, era: Era) -> Wire {
    let mut wire = Wire::open(jira.config(&[]), era, json!({})).await;
    // What is asked once in a session is asked here, so that trouble hits the call it is made for.
    wire.call("search_issues", json!({"jql": "project = DEMO", "limit": 1})).await;
    wire
}

fn call(tool: &str, arguments: Value, token: &str) -> Value {
    json!({"name": tool, "arguments": arguments, "_meta": {"progressToken": token}})
}

#[tokio::test]
async fn a_call_that_waits_says_for_what() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, era).await;
        jira.sandbox.fail(Fault::new("POST", "/search/jql", limited(2)));
        let search = json!({"jql": "project = DEMO", "limit": 1});
        let reply = wire.ask("tools/call", call("search_issues", search.clone(), "slow")).await;
        assert_eq!(reply["result"]["isError"], false, "{reply}");
        let told: Vec<&Value> = wire.others.iter().map(|message| &message["params"]).collect();
        assert!(!told.is_empty(), "{era:?}");
        assert!(told.iter().all(|params| params["progressToken"] == "slow"), "{told:?}");
        let steps: Vec<f64> = told.iter().map(|params| params["progress"].as_f64().unwrap()).collect();
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
        assert!(told[0]["message"].as_str().unwrap().contains("limits the rate"), "{told:?}");

        // Who does not ask for it hears nothing.
        wire.others.clear();
        jira.sandbox.fail(Fault::new("POST", "/search/jql", limited(2)));
        assert_eq!(wire.call("search_issues", search).await["isError"], false);
        assert!(wire.others.is_empty(), "{:?}", wire.others);
    }
}

#[tokio::test]
async fn a_call_that_is_cancelled_while_it_waits_does_nothing_more() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, era).await;
        let new = json!({"project": "DEMO", "type": "Task", "summary": "Never to be"});
        jira.sandbox.fail(Fault::new("POST", ISSUE, limited(3)));
        let id = wire.send("tools/call", call("create_issue", new, "doomed")).await;
        wire.next("notifications/progress").await;
        wire.notify("notifications/cancelled", json!({"requestId": id, "reason": "no longer wanted"})).await;
        // A wait that begins later and takes longer: by its end the first call would have gone on.
        jira.sandbox.fail(Fault::new("GET", ISSUE, limited(4)));
        let other = wire.call("get_issue", json!({"issue": "DEMO-1"})).await;
        assert_eq!(other["isError"], false, "{}", text(&other));
        let created = jira.requests().iter().filter(|request| *request == "POST /rest/api/3/issue").count();
        assert_eq!(created, 1, "only the attempt that was refused");
        assert!(wire.others.iter().all(|message| message["id"] != id), "a cancelled request has no reply");
    }
}

#[tokio::test]
async fn a_call_that_waits_for_the_user_says_so() {
    let jira = Jira::start().await;
    let config = jira.config(&[("JIRA_CONFIRM", "true")]);
    let mut wire = Wire::open(config, Era::Handshake, json!({"elicitation": {}})).await;
    let id = wire.send("tools/call", call("delete_issue", json!({"issue": "DEMO-2"}), "asked")).await;
    let question = wire.next("elicitation/create").await;
    let told = wire.next("notifications/progress").await;
    assert!(told["params"]["message"].as_str().unwrap().contains("the user's answer"), "{told}");
    wire.answer(&question, json!({"action": "decline"})).await;
    assert_eq!(wire.reply(id).await["result"]["isError"], true);
}
