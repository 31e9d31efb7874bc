//! The real binary on stdio: what a client gets, and how it ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn binary() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mcp-server-jira"));
    // What is set on the machine of whoever runs the tests is no part of them.
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("JIRA_") || name.starts_with("ATLASSIAN_"))
    {
        command.env_remove(name);
    }
    command
}

/// The binary with its stdio in our hands; it is stopped when this goes out of scope.
struct Served {
    child: Child,
    replies: BufReader<std::process::ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut child = binary()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let replies = BufReader::new(child.stdout.take().unwrap());
        Self { child, replies }
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.replies.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        self.receive()
    }

    fn initialize(&mut self, version: &str) -> Value {
        let reply = self.ask(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}));
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        reply
    }
}

/// A request as the stateless era wants it.
fn modern(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[test]
fn every_version_with_a_handshake_is_spoken() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut served = Served::start(&[]);
        let reply = served.initialize(version);
        assert_eq!(reply["result"]["protocolVersion"], version);
        assert_eq!(reply["result"]["serverInfo"]["name"], "mcp-server-jira");
        assert!(reply["result"]["serverInfo"]["icons"][0]["src"].is_string());
        assert!(reply["result"]["instructions"].as_str().unwrap().split_whitespace().count() <= 120);
        let list = served.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
        assert!(
            list["result"]["tools"].as_array().unwrap().iter().any(|tool| tool["name"] == "search_issues")
        );
        assert!(list["result"].get("ttlMs").is_none(), "{version} knows no cache hints");
    }
}

#[test]
fn the_stateless_era_is_spoken_with_cache_hints_that_help() {
    let mut served = Served::start(&["--sandbox"]);
    let discovered = served.ask(&modern(1, "server/discover", json!({})));
    assert!(discovered["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")));
    assert!(discovered["result"]["ttlMs"].as_u64().unwrap() > 0);
    let list = served.ask(&modern(2, "tools/list", json!({})));
    assert!(list["result"]["ttlMs"].as_u64().unwrap() > 0);
    assert_eq!(list["result"]["cacheScope"], "public");
    let found = served.ask(&modern(
        3,
        "tools/call",
        json!({"name": "search_issues", "arguments": {"jql": "project = DEMO", "limit": 1}}),
    ));
    assert_eq!(found["result"]["structuredContent"]["issues"].as_array().unwrap().len(), 1);
}

#[test]
fn the_list_is_the_same_bytes_at_every_start_and_from_the_command_line() {
    let list = || {
        let mut served = Served::start(&[]);
        served.initialize("2025-11-25");
        served.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))["result"].to_string()
    };
    let first = list();
    assert_eq!(first, list());
    let printed = binary().args(["tools", "--json"]).output().unwrap();
    assert_eq!(String::from_utf8(printed.stdout).unwrap().trim(), first);
}

#[test]
fn the_end_of_stdin_finishes_calls_and_exits_with_success() {
    let mut served = Served::start(&["--sandbox"]);
    served.initialize("2025-11-25");
    served.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "search_issues", "arguments": {"jql": "project = DEMO", "limit": 1}}}));
    drop(served.child.stdin.take());
    assert_eq!(served.receive()["result"]["isError"], false);
    assert!(served.child.wait().unwrap().success());
}

#[test]
fn a_client_that_leaves_at_once_is_no_failure() {
    let output = binary().stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    assert!(output.stdout.is_empty());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut served = Served::start(&[]);
    served.ask(&modern(1, "server/discover", json!({})));
    drop(served.child.stdin.take());
    assert!(served.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_request_to_end_ends_it_at_once_though_stdin_is_open() {
    let mut served = Served::start(&["--sandbox"]);
    served.initialize("2025-11-25");
    let killed = Command::new("kill").args(["-TERM", &served.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(served.child.wait().unwrap().success());
}

#[test]
fn an_unknown_tool_answers_with_the_nearest_names() {
    let mut served = Served::start(&[]);
    served.initialize("2025-11-25");
    let reply = served
        .ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_search"}}));
    assert_eq!(reply["error"]["code"], -32602);
    assert!(reply["error"]["message"].as_str().unwrap().contains("search_issues"), "{reply}");
}

#[test]
fn call_prints_results_on_stdout_and_failures_on_stderr() {
    let good = binary()
        .args(["--sandbox", "call", "search_issues", r#"{"jql":"project = DEMO","limit":1}"#])
        .output()
        .unwrap();
    assert_eq!(good.status.code(), Some(0));
    assert!(String::from_utf8(good.stdout).unwrap().contains("DEMO-"));
    let bad = binary()
        .args(["call", "get_issue", r#"{"issue":"DEMO-1"}"#, "--sandbox", "--json"])
        .output()
        .unwrap();
    assert_eq!(bad.status.code(), Some(0));
    let none =
        binary().args(["--sandbox", "call", "get_issue", r#"{"issue":"DEMO-999999"}"#]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(none.stdout.is_empty());
    assert!(String::from_utf8(none.stderr).unwrap().contains("Issue does not exist"));
    let unknown = binary().args(["--sandbox", "call", "search_issue"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    let no_json = binary().args(["--sandbox", "call", "search_issues", "project = DEMO"]).output().unwrap();
    assert_eq!(no_json.status.code(), Some(2));
}

#[test]
fn an_unknown_name_in_the_settings_stops_the_start_and_names_the_nearest() {
    let output = binary().args(["--toolsets", "isues"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("`isues`") && text.contains("issues"), "{text}");
}

#[test]
fn the_highest_log_level_shows_exchanges_but_no_secret_and_no_ticket() {
    let output = binary()
        .args(["--sandbox", "call", "search_issues", r#"{"jql":"project = DEMO","limit":3}"#])
        .env("JIRA_LOG", "trace")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("/rest/api/3/search/jql"), "{log}");
    for secret in ["ATATT", "Basic ", "project = DEMO"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
