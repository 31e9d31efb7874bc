//! Requests that are no message, or not the one that their head says.

use std::time::Duration;

use serde_json::{Value, json};

use super::shutdown::{searches, slow_search};
use super::{Team, until};

type Headers = Vec<(String, String)>;

#[tokio::test]
async fn what_is_no_message_is_told_so() {
    let team = Team::of_one_account().await;
    let id = team.ask().initialize().await;
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("\u{0}\u{1}", -32700),
        ("{\"jsonrpc\":\"2.0\"", -32700),
        ("[]", -32600),
        ("7", -32600),
        ("\"tools/list\"", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#, -32600),
        (r#"{"id":1,"method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{"a":1},"method":"tools/list"}"#, -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":true,"method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1e999,"method":"tools/list"}"#, -32700),
        (r#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, -32700),
        // Two readers could each take another one of the two.
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}"#, -32600),
        (&*nested("params"), -32600),
        (&*nested("id"), -32700),
    ] {
        for ask in [team.ask(), team.ask().session(&id)] {
            let reply = ask.body(body).send().await;
            assert_eq!(reply.status, 400, "{body}: {}", reply.text);
            assert_eq!(reply.message()["error"]["code"], code, "{body}: {}", reply.text);
        }
    }
    // The session lives on.
    assert!(!team.ask().session(&id).legacy("tools/list", json!({})).send().await.tools().is_empty());
    for bytes in [&b"\xff\xfe"[..], b"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"tools/list\"}"] {
        assert_eq!(team.ask().body(bytes).send().await.status, 400);
    }
    // What is long is no fault.
    let id = "x".repeat(100_000);
    let mut long: Value = serde_json::from_slice(&team.ask().modern("tools/list", json!({})).body).unwrap();
    long["id"] = id.as_str().into();
    let reply = team.ask().modern("tools/list", json!({})).body(long.to_string()).send().await;
    assert_eq!(reply.message()["id"], id);
}

/// A request in which something lies deeper than any reader follows.
fn nested(name: &str) -> String {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let other = if name == "id" { "" } else { r#""id":1,"# };
    format!(r#"{{"jsonrpc":"2.0",{other}"method":"tools/list","{name}":{deep}}}"#)
}

#[tokio::test]
async fn a_head_that_does_not_fit_its_body_is_refused() {
    let team = Team::of_one_account().await;
    let modern = |change: &dyn Fn(&mut Headers)| {
        let mut ask = team.ask().call("count_issues", json!({"jql": "project = DEMO"}));
        change(&mut ask.headers);
        ask
    };
    let set = |name: &'static str, value: &'static str| {
        move |headers: &mut Headers| {
            headers.retain(|(known, _)| known != name);
            if !value.is_empty() {
                headers.push((name.into(), value.into()));
            }
        }
    };
    assert_eq!(modern(&|_| {}).send().await.status, 200);
    for (name, value, status, code) in [
        ("mcp-method", "tools/list", 400, Some(-32020)),
        ("mcp-method", "", 400, Some(-32020)),
        ("mcp-name", "delete_issue", 400, Some(-32020)),
        ("mcp-name", "", 400, Some(-32020)),
        ("mcp-protocol-version", "2025-11-25", 400, Some(-32020)),
        ("mcp-protocol-version", "", 400, Some(-32020)),
        ("accept", "application/json", 406, None),
        ("accept", "", 406, None),
        ("content-type", "text/plain", 415, None),
        ("content-type", "", 415, None),
    ] {
        let reply = modern(&set(name, value)).send().await;
        assert_eq!(reply.status, status, "{name}: {value}: {}", reply.text);
        if let Some(code) = code {
            assert_eq!(reply.message()["error"]["code"], code, "{name}: {value}: {}", reply.text);
        }
    }
    let version = json!({"_meta": {
        "io.modelcontextprotocol/protocolVersion": "2099-01-01", "io.modelcontextprotocol/clientCapabilities": {},
    }});
    let unknown = team
        .ask()
        .header("mcp-protocol-version", "2099-01-01")
        .header("mcp-method", "tools/list")
        .legacy("tools/list", version)
        .send()
        .await;
    assert_eq!((unknown.status.as_u16(), unknown.message()["error"]["code"].as_i64()), (400, Some(-32022)));
    let method = team.ask().modern("tools/everything", json!({})).send().await;
    assert_eq!((method.status.as_u16(), method.message()["error"]["code"].as_i64()), (404, Some(-32601)));
    let bare = team.ask().legacy("tools/list", json!({})).header("mcp-protocol-version", "1999-01-01");
    assert_eq!(bare.send().await.status, 400);
    assert_eq!(team.ask().legacy("tools/list", json!({})).send().await.status, 400);
    assert_eq!(
        team.ask().session("no-such-session").legacy("tools/list", json!({})).send().await.status,
        404
    );
    assert_eq!(team.ask().method("PUT").send().await.status, 405);
}

#[tokio::test]
async fn ids_that_stand_twice_are_each_answered() {
    let team = Team::of_one_account().await;
    let id = team.ask().initialize().await;
    let count = |project: &str| {
        let call = json!({"name": "count_issues", "arguments": {"jql": format!("project = {project}")}});
        team.ask().session(&id).legacy("tools/call", call)
    };
    let (demo, ops) = (count("DEMO"), count("OPS"));
    let alone = [demo.send().await.data(), ops.send().await.data()];
    let (one, other) = (
        team.ask().call("count_issues", json!({"jql": "project = DEMO"})),
        team.ask().call("count_issues", json!({"jql": "project = OPS"})),
    );
    let (one, other) = tokio::join!(one.send(), other.send());
    let together: [Value; 2] = [one.data(), other.data()];
    assert_eq!(together, alone);
}

#[tokio::test]
async fn an_id_is_for_one_request_of_a_session_at_a_time() {
    let team = Team::of_one_account().await;
    let id = team.ask().session_of().await;
    let count = json!({"name": "count_issues", "arguments": {"jql": "project = DEMO"}});
    let call = team.ask().session(&id).legacy("tools/call", count.clone());
    let elsewhere = team.ask().session_of().await;
    let elsewhere = team.ask().session(&elsewhere).legacy("tools/call", count);
    slow_search(&team);
    let asked = async {
        let again = async {
            until("the call is under way", || searches(&team.jira) == 1).await;
            (call.send().await, elsewhere.send().await)
        };
        tokio::join!(again, call.send())
    };
    let answered = tokio::time::timeout(Duration::from_secs(60), asked).await;
    let ((second, other_session), first) = answered.expect("one of them is never answered");
    assert_eq!((second.status.as_u16(), second.message()["error"]["code"].as_i64()), (400, Some(-32600)));
    let expected = first.data();
    assert_eq!(other_session.data(), expected);
    // With the answer the id is free again.
    assert_eq!(call.send().await.data(), expected);
}

#[tokio::test]
async fn a_version_that_there_is_not_is_answered_with_one_that_there_is() {
    let team = Team::of_one_account().await;
    for (asked, answered) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-06-18", "2025-06-18"),
        ("1999-01-01", "2025-11-25"),
        ("2099-01-01", "2025-11-25"),
        ("nonsense", "2025-11-25"),
    ] {
        let about = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let reply = team.ask().legacy("initialize", about).send().await;
        assert_eq!(reply.message()["result"]["protocolVersion"], answered, "{asked}: {}", reply.text);
    }
    // A head that says otherwise than the body.
    let about = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let torn = team.ask().header("mcp-protocol-version", "2025-06-18").legacy("initialize", about.clone());
    assert_eq!(torn.send().await.status, 400);
    let twice =
        team.ask().header("mcp-protocol-version", "2025-11-25").header("mcp-protocol-version", "2026-07-28");
    assert_ne!(twice.modern("tools/list", json!({})).send().await.status, 500);
    for params in [json!({}), json!({"protocolVersion": 7}), json!([]), json!(null)] {
        let reply = team.ask().legacy("initialize", params.clone()).send().await;
        assert!(reply.status.is_client_error(), "{params}: {reply:?}");
    }
}
