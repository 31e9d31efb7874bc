//! With `--confirm`, nothing that may destroy is done without the user's word.

use serde_json::{Value, json};

use crate::support::Jira;
use crate::support::wire::{ERAS, Era, Wire, text};

const DELETE: &str = "delete_issue";

async fn open(jira: &Jira, era: Era) -> Wire {
    Wire::open(jira.config(&[("JIRA_CONFIRM", "true")]), era, json!({"elicitation": {"form": {}}})).await
}

fn victim() -> Value {
    json!({"issue": "DEMO-2"})
}

/// Calls `delete_issue`; the user answers with this. Gives what the user saw, and the result.
async fn delete(wire: &mut Wire, answer: Value) -> (String, Value) {
    let request = json!({"name": DELETE, "arguments": victim()});
    match wire.era {
        Era::Handshake => {
            let id = wire.send("tools/call", request).await;
            let question = wire.next("elicitation/create").await;
            wire.answer(&question, answer).await;
            let result = wire.reply(id).await["result"].clone();
            (question["params"]["message"].as_str().unwrap().to_owned(), result)
        }
        Era::Stateless => {
            let asked = wire.ask("tools/call", request.clone()).await["result"].clone();
            assert_eq!(asked["resultType"], "input_required", "{asked}");
            let result = wire.ask("tools/call", again(&request, &asked, answer)).await["result"].clone();
            let question = &asked["inputRequests"]["confirm"]["params"];
            (question["message"].as_str().unwrap().to_owned(), result)
        }
    }
}

/// The same request once more, with the user's answer.
fn again(request: &Value, asked: &Value, answer: Value) -> Value {
    let mut request = request.clone();
    request["requestState"] = asked["requestState"].clone();
    request["inputResponses"] = json!({"confirm": answer});
    request
}

fn yes() -> Value {
    json!({"action": "accept", "content": {"confirm": true}})
}

fn deletions(jira: &Jira) -> usize {
    jira.requests().iter().filter(|request| request.starts_with("DELETE ")).count()
}

#[tokio::test]
async fn the_user_sees_what_is_meant_and_decides() {
    for era in ERAS {
        let jira = Jira::start().await;
        let summary = jira.agent().await.ok("get_issue", victim()).await.data["summary"].clone();
        let mut wire = open(&jira, era).await;
        for no in [
            json!({"action": "decline"}),
            json!({"action": "cancel"}),
            json!({"action": "accept", "content": {"confirm": false}}),
            json!({"action": "accept"}),
        ] {
            let (_, result) = delete(&mut wire, no).await;
            assert_eq!(result["isError"], true);
            assert!(text(&result).contains("did not confirm"), "{}", text(&result));
        }
        assert_eq!(deletions(&jira), 0);
        let (question, result) = delete(&mut wire, yes()).await;
        assert!(question.contains("Delete issue") && question.contains("DEMO-2"), "{question}");
        assert!(question.contains(summary.as_str().unwrap()), "{question}");
        assert_eq!(result["isError"], false, "{result}");
        assert_eq!(deletions(&jira), 1);
    }
}

#[tokio::test]
async fn what_destroys_nothing_and_what_cannot_be_is_not_asked_about() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, era).await;
        let read = wire.call("get_issue", victim()).await;
        assert_eq!(read["isError"], false);
        let comment = wire.call("add_comment", json!({"issue": "DEMO-2", "body": "Hello"})).await;
        assert_eq!(comment["isError"], false, "{comment}");
        let none = wire.call(DELETE, json!({"issue": "DEMO-99999"})).await;
        assert!(text(&none).contains("does not exist"), "{none}");
        let unknown = wire.call(DELETE, json!({"isue": "DEMO-2"})).await;
        assert!(text(&unknown).contains("`isue`"), "{unknown}");
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_refused_with_what_the_user_can_do() {
    for era in ERAS {
        for unable in [json!({}), json!({"elicitation": {"url": {}}})] {
            let jira = Jira::start().await;
            let mut wire = Wire::open(jira.config(&[("JIRA_CONFIRM", "true")]), era, unable).await;
            let result = wire.call(DELETE, victim()).await;
            assert_eq!(result["isError"], true);
            let told = text(&result);
            assert!(told.contains("Nothing was done"), "{told}");
            assert!(told.contains(r#"mcp-server-jira call delete_issue '{"issue":"DEMO-2"}'"#), "{told}");
            assert_eq!(deletions(&jira), 0);
        }
    }
}

#[tokio::test]
async fn without_the_wish_nothing_is_asked() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = Wire::open(jira.config(&[]), era, json!({"elicitation": {}})).await;
        assert_eq!(wire.call(DELETE, victim()).await["isError"], false);
        assert_eq!(deletions(&jira), 1);
    }
}

#[tokio::test]
async fn a_yes_counts_for_one_call_of_one_caller() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, Era::Stateless).await;
    let update = json!({"name": "update_issue", "arguments": {"issue": "DEMO-2", "summary": "Once"}});
    let asked = wire.ask("tools/call", update.clone()).await["result"].clone();

    // Not for other arguments, another tool, or another account.
    let mut other = again(&update, &asked, yes());
    other["arguments"]["summary"] = json!("Something else");
    assert_eq!(wire.ask("tools/call", other).await["error"]["code"], -32602);
    let mut other = again(&json!({"name": DELETE, "arguments": victim()}), &asked, yes());
    other["name"] = json!(DELETE);
    assert_eq!(wire.ask("tools/call", other).await["error"]["code"], -32602);
    let account = &jira.info().users[1];
    let config = jira.config(&[
        ("JIRA_CONFIRM", "true"),
        ("JIRA_EMAIL", account.email.as_str()),
        ("JIRA_API_TOKEN", account.api_token.as_str()),
    ]);
    let mut stranger = Wire::open(config, Era::Stateless, json!({"elicitation": {}})).await;
    let reply = stranger.ask("tools/call", again(&update, &asked, yes())).await;
    assert_eq!(reply["error"]["code"], -32602, "{reply}");

    // Not without the state, and not with one that somebody made up.
    let mut bare = again(&update, &asked, yes());
    bare.as_object_mut().unwrap().remove("requestState");
    assert_eq!(wire.ask("tools/call", bare).await["result"]["resultType"], "input_required");
    let mut forged = again(&update, &asked, yes());
    forged["requestState"] = json!("bm90aGluZw");
    assert_eq!(wire.ask("tools/call", forged).await["error"]["code"], -32602);

    // Without an answer, or with one that is none, it is asked again.
    for nothing in [json!(null), json!("yes")] {
        let reply = wire.ask("tools/call", again(&update, &asked, nothing)).await;
        assert_eq!(reply["result"]["resultType"], "input_required", "{reply}");
    }

    assert_eq!(wire.ask("tools/call", again(&update, &asked, yes())).await["result"]["isError"], false);
    let replayed = wire.ask("tools/call", again(&update, &asked, yes())).await;
    assert_eq!(replayed["result"]["resultType"], "input_required", "{replayed}");
}
