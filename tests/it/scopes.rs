//! Least privilege: the scopes that a toolset names serve all of its tools, and what lacks one is told which.

use std::collections::BTreeSet;

use mcp_server_jira::jira::{Api, api_scopes, operations};
use mcp_server_jira::server::IDENTITY;
use mcp_server_jira::tools::{self, CATALOGUE};
use rmcp::model::ReadResourceRequestParams;
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
        "worklogs" => vec![
            ("add_worklog", json!({"issue": "DEMO-1", "spent": "1h", "comment": "Swept"})),
            ("update_worklog", json!({"issue": "DEMO-1", "worklog": "last", "comment": "Swept twice"})),
            ("delete_worklog", json!({"issue": "DEMO-1", "worklog": "last"})),
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

/// The scopes that a toolset asks for.
fn asked(signed_in: &SignedIn, toolset: &str, read_only: &str) -> Vec<&'static str> {
    let settings = [("JIRA_TOOLSETS", toolset), ("JIRA_READ_ONLY", read_only)];
    tools::server(signed_in.jira.config(&settings)).unwrap().scopes()
}

async fn agent(signed_in: &SignedIn, group: &str, scopes: &[&str], read_only: bool) -> Agent {
    let scopes: BTreeSet<&str> = scopes.iter().copied().chain([IDENTITY]).collect();
    signed_in.sign_in(&Vec::from_iter(scopes)).await;
    let read_only = if read_only { "true" } else { "false" };
    signed_in.agent_with(&[("JIRA_TOOLSETS", group), ("JIRA_READ_ONLY", read_only)]).await
}

#[tokio::test]
async fn a_token_with_the_scopes_of_a_toolset_serves_all_of_its_tools() {
    let signed_in = SignedIn::start().await;
    for group in CATALOGUE.toolsets {
        let reading = agent(&signed_in, group.name, &asked(&signed_in, group.name, "true"), true).await;
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
        let writing = agent(&signed_in, group.name, &asked(&signed_in, group.name, "false"), false).await;
        let mut added = Value::Null;
        for (tool, mut arguments) in writes(group.name) {
            for argument in ["comment", "worklog"] {
                if arguments[argument] == "last" {
                    arguments[argument] = added.clone();
                }
            }
            let answer = writing.ok(tool, arguments).await;
            if let Some(id) = answer.data.get("id") {
                added = id.clone();
            }
            served.insert(tool.to_owned());
        }
        let all: BTreeSet<String> =
            writing.client.list_all_tools().await.unwrap().iter().map(|tool| tool.name.to_string()).collect();
        assert_eq!(served, all, "{}", group.name);
    }
}

/// What shows that a toolset needs a scope: a call that Jira does not take without it. Whom one is needs
/// [`IDENTITY`] before any call.
fn proof(group: &str, scope: &str) -> (&'static str, Value) {
    match (group, scope) {
        ("issues", "read:jira-work") => ("search_issues", json!({"jql": "project = DEMO"})),
        ("issues", "write:jira-work") => ("update_issue", json!({"issue": "DEMO-1", "summary": "Sweep"})),
        ("comments", "read:jira-work") => ("list_comments", json!({"issue": "DEMO-1"})),
        ("comments", "write:jira-work") => ("add_comment", json!({"issue": "DEMO-1", "body": "Swept"})),
        ("worklogs", "read:jira-work") => ("list_worklogs", json!({"issue": "DEMO-1"})),
        ("worklogs", "write:jira-work") => ("add_worklog", json!({"issue": "DEMO-1", "spent": "1h"})),
        ("projects", "read:jira-work") => ("list_projects", json!({})),
        // Where nobody is found, Jira is asked whether the account may see people at all.
        ("users", "read:jira-work") => ("search_users", json!({"query": "nobody has this name"})),
        ("links", "read:jira-work") => ("list_remote_links", json!({"issue": "DEMO-1"})),
        ("links", "write:jira-work") => {
            ("link_issues", json!({"issue": "DEMO-1", "relation": "blocks", "targets": ["OPS-1"]}))
        }
        _ => panic!("say in this test what {group} needs {scope} for"),
    }
}

#[tokio::test]
async fn no_scope_is_asked_for_that_could_be_missing() {
    let signed_in = SignedIn::start().await;
    for group in CATALOGUE.toolsets {
        for read_only in ["true", "false"] {
            let settings = [("JIRA_TOOLSETS", group.name), ("JIRA_READ_ONLY", read_only)];
            let asked = asked(&signed_in, group.name, read_only);
            assert_eq!(
                asked.contains(&"write:jira-work"),
                read_only == "false" && !writes(group.name).is_empty()
            );
            for missing in &asked {
                let rest: Vec<&str> = asked.iter().copied().filter(|scope| scope != missing).collect();
                signed_in.sign_in(&rest).await;
                let agent = signed_in.agent_with(&settings).await;
                let (tool, arguments) = match *missing {
                    IDENTITY => proof(group.name, "read:jira-work"),
                    missing => proof(group.name, missing),
                };
                let text = agent.refused(tool, arguments).await;
                assert!(text.contains("lacks a scope") && text.contains(missing), "{}: {text}", group.name);
                assert!(text.contains(&format!("--scopes {missing}")), "{text}");
            }
        }
    }
    // All of them ask for no more than each does.
    let all = tools::server(signed_in.jira.config(&[("JIRA_TOOLSETS", "all")])).unwrap().scopes();
    assert_eq!(all, ["read:jira-work", "write:jira-work", IDENTITY]);
}

#[tokio::test]
async fn boards_and_sprints_are_asked_for_by_whoever_wants_them() {
    let signed_in = SignedIn::start().await;
    let (board, sprint) = signed_in.jira.sandbox.with_world(|world| {
        let sprint = world.sprints.values().find(|sprint| format!("{:?}", sprint.state) == "Active").unwrap();
        (sprint.board, sprint.name.clone())
    });
    let named = || json!({"issue": "DEMO-1", "fields": {"Sprint": sprint}});
    let resource = || ReadResourceRequestParams::new(format!("jira://board/{board}/sprint"));
    let agent = signed_in.agent().await;
    let told = agent.refused("update_issue", named()).await;
    assert!(told.contains("Give its id"), "{told}");
    let unread = agent.client.read_resource(resource()).await.unwrap_err().to_string();
    for text in [told, unread] {
        assert!(text.contains(&format!("--scopes {}", api_scopes(Api::Agile).join(","))), "{text}");
    }
    signed_in
        .sign_in(
            &[&["read:jira-work", "write:jira-work", IDENTITY][..], &api_scopes(Api::Agile)[..]].concat(),
        )
        .await;
    let agent = signed_in.agent().await;
    agent.ok("update_issue", named()).await;
    agent.client.read_resource(resource()).await.unwrap();
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
    for operation in operations() {
        assert!(seen.insert(operation.to_string()), "{operation}");
        assert!(!operation.required_scopes().is_empty(), "{operation}");
    }
}

/// Of the documents, in their own form.
#[cfg(feature = "contract")]
#[test]
fn the_scopes_of_operations_are_those_of_the_documents() {
    use mcp_server_jira::jira::{Operation, Source};

    let table = std::fs::read_to_string(crate::support::openapi::contract_dir().join("scopes.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let row = |operation: &Operation| {
        let found = rows.iter().find(|row| {
            let example = row[2].replace('{', "").replace('}', "");
            crate::support::is_of(operation, row[1], &example)
                && row[2].matches('{').count() == operation.template().matches('{').count()
        });
        found.unwrap_or_else(|| panic!("{operation} is not documented"))
    };
    for operation in operations().filter(|operation| operation.source() == Source::OpenApi) {
        let documented = |column: usize| -> BTreeSet<&str> {
            row(operation)[column].split(',').filter(|scope| !scope.is_empty()).collect()
        };
        let required: BTreeSet<&str> = operation.required_scopes().into_iter().collect();
        assert_eq!(required, documented(6), "{operation}");
        if !documented(7).is_empty() {
            let granular: BTreeSet<&str> = operation.granular_scopes().into_iter().collect();
            assert_eq!(granular, documented(7), "{operation}");
        }
    }
}
