//! Least privilege: the scopes that a toolset names serve all of its tools, and what lacks one is told which.

use std::collections::BTreeSet;

use mcp_server_jira::jira::scopes::OPERATIONS;
use mcp_server_jira::tools::{GROUPS, IDENTITY};
use serde_json::{Map, Value, json};

use crate::honesty::plausible;
use crate::support::Agent;
use crate::support::signed_in::SignedIn;

/// Calls of tools that write, in an order in which each finds what it needs.
fn writes(group: &str) -> Vec<(&'static str, Value)> {
    match group {
        "issues" => vec![
            ("create_issue", json!({"project": "DEMO", "type": "Task", "summary": "Sweep the floor"})),
            ("update_issue", json!({"issue": "DEMO-1", "summary": "Sweep the floor"})),
            ("clone_issue", json!({"issue": "DEMO-1"})),
            ("transition_issue", json!({"issue": "DEMO-2", "to": "To Do"})),
            ("delete_issue", json!({"issue": "DEMO-3", "subtasks": true})),
        ],
        "comments" => vec![
            ("add_comment", json!({"issue": "DEMO-1", "body": "Swept"})),
            ("update_comment", json!({"issue": "DEMO-1", "comment": "last", "body": "Swept twice"})),
            ("delete_comment", json!({"issue": "DEMO-1", "comment": "last"})),
        ],
        "links" => vec![
            ("link_issues", json!({"issue": "DEMO-1", "relation": "blocks", "targets": ["OPS-1"]})),
            ("unlink_issues", json!({"issue": "DEMO-1", "targets": ["OPS-1"]})),
            ("add_remote_link", json!({"issue": "DEMO-1", "url": "https://example.com/", "title": "Broom"})),
            ("delete_remote_link", json!({"issue": "DEMO-1", "link": "https://example.com/"})),
        ],
        _ => vec![],
    }
}

async fn agent(signed_in: &SignedIn, group: &str, scopes: &[&str], read_only: bool) -> Agent {
    let mut scopes = scopes.to_vec();
    scopes.push(IDENTITY);
    signed_in.sign_in(&scopes).await;
    let read_only = if read_only { "true" } else { "false" };
    signed_in.agent_with(&[("JIRA_TOOLSETS", group), ("JIRA_READ_ONLY", read_only)]).await
}

#[tokio::test]
async fn a_token_with_the_scopes_of_a_toolset_serves_all_of_its_tools() {
    let signed_in = SignedIn::start().await;
    for group in GROUPS {
        let reading = agent(&signed_in, group.name, group.scopes.read, true).await;
        let mut served = BTreeSet::new();
        for tool in reading.client.list_all_tools().await.unwrap() {
            let required = tool.input_schema.get("required").and_then(Value::as_array).into_iter().flatten();
            let query = tool.input_schema["properties"].get("query").map(|_| "query");
            let arguments: Map<String, Value> = required
                .filter_map(Value::as_str)
                .chain(query)
                .map(|name| (name.to_owned(), plausible(&tool.name, name)))
                .collect();
            reading.ok(&tool.name, Value::Object(arguments)).await;
            served.insert(tool.name.to_string());
        }
        let scopes = [group.scopes.read, group.scopes.write].concat();
        let writing = agent(&signed_in, group.name, &scopes, false).await;
        let mut comment = Value::Null;
        for (tool, mut arguments) in writes(group.name) {
            if arguments["comment"] == "last" {
                arguments["comment"] = comment.clone();
            }
            let answer = writing.ok(tool, arguments).await;
            if tool == "add_comment" {
                comment = answer.data["id"].clone();
            }
            served.insert(tool.to_owned());
        }
        let all: BTreeSet<String> =
            writing.client.list_all_tools().await.unwrap().iter().map(|tool| tool.name.to_string()).collect();
        assert_eq!(served, all, "{}", group.name);
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_with_the_way_to_add_it() {
    let signed_in = SignedIn::start().await;
    let agent = agent(&signed_in, "default", &["read:jira-work"], false).await;
    let text = agent.refused("update_issue", json!({"issue": "DEMO-1", "summary": "Sweep"})).await;
    assert!(text.contains("lacks a scope") && text.contains("write:jira-work"), "{text}");
    assert!(text.contains("Permissions") && text.contains("auth login"), "{text}");
    // A lack of scopes is nothing that a renewal mends.
    assert_eq!(signed_in.renewals(), (0, 0));
}

#[test]
fn each_operation_stands_once() {
    let mut seen = BTreeSet::new();
    for (method, path, scopes) in OPERATIONS {
        assert!(seen.insert((method, path)), "{method} {path}");
        assert!(!scopes.is_empty(), "{method} {path}");
    }
}

/// Of the documents, in their own form.
#[cfg(feature = "contract")]
#[test]
fn the_scopes_of_operations_are_those_of_the_documents() {
    let table = std::fs::read_to_string(crate::support::openapi::contract_dir().join("scopes.tsv")).unwrap();
    let documented = |method: &str, path: &str| {
        table.lines().map(|line| line.split('\t').collect::<Vec<_>>()).find_map(|row| {
            let template: String = row[2]
                .split('/')
                .map(|part| if part.starts_with('{') { "{}" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            (row[1] == method && template == path).then(|| row[6].to_owned())
        })
    };
    for (method, path, scopes) in OPERATIONS {
        let documented =
            documented(method, path).unwrap_or_else(|| panic!("{method} {path} is not documented"));
        let documented: BTreeSet<&str> = documented.split(',').collect();
        assert_eq!(scopes.iter().copied().collect::<BTreeSet<_>>(), documented, "{method} {path}");
    }
}
