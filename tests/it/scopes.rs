//! Least privilege: the scopes that a toolset names serve all of its tools, and what lacks one is told which.

use std::collections::BTreeSet;

use mcp_server_jira::jira::{Api, api_scopes, operations};
use mcp_server_jira::server::{IDENTITY, ToolEntry};
use mcp_server_jira::tools::{self, CATALOGUE};
use rmcp::model::ReadResourceRequestParams;
use serde_json::json;

use crate::catalog::every_entry;
use crate::support::Agent;
use crate::support::signed_in::SignedIn;

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

/// The tools of a toolset, or those of them that only read.
fn tools_of(toolset: &str, read_only: bool) -> impl Iterator<Item = &'static ToolEntry> {
    every_entry().filter(move |entry| entry.toolset == toolset && (entry.reads() || !read_only))
}

#[tokio::test]
async fn a_token_with_the_scopes_of_a_toolset_serves_all_of_its_tools() {
    for toolset in CATALOGUE.toolsets {
        for read_only in [true, false] {
            let signed_in = SignedIn::start().await;
            let scopes = asked(&signed_in, toolset.name, &read_only.to_string());
            let agent = agent(&signed_in, toolset.name, &scopes, read_only).await;
            for entry in tools_of(toolset.name, read_only) {
                agent.ok(&entry.name, entry.example.clone()).await;
            }
        }
    }
}

#[tokio::test]
async fn no_scope_is_asked_for_that_could_be_missing() {
    let signed_in = SignedIn::start().await;
    let mut each = BTreeSet::new();
    for toolset in CATALOGUE.toolsets {
        for read_only in [true, false] {
            let asked = asked(&signed_in, toolset.name, &read_only.to_string());
            each.extend(asked.clone());
            let writes = tools_of(toolset.name, read_only).any(|entry| !entry.reads());
            assert_eq!(asked.contains(&"write:jira-work"), writes, "{}", toolset.name);
            for missing in &asked {
                let rest: Vec<&str> = asked.iter().copied().filter(|scope| scope != missing).collect();
                signed_in.sign_in(&rest).await;
                let read_only = read_only.to_string();
                let settings = [("JIRA_TOOLSETS", toolset.name), ("JIRA_READ_ONLY", read_only.as_str())];
                let agent = signed_in.agent_with(&settings).await;
                // Whom one is needs the identity's scope before any call.
                let needs = |entry: &&ToolEntry| {
                    let scopes = entry.required.iter().flat_map(|operation| operation.required_scopes());
                    *missing == IDENTITY || scopes.into_iter().any(|scope| scope == *missing)
                };
                let entry = tools_of(toolset.name, read_only == "true").find(needs).unwrap();
                let text = agent.refused(&entry.name, entry.example.clone()).await;
                assert!(text.contains("lacks a scope") && text.contains(missing), "{}: {text}", entry.name);
                // What lacks one is told all that its API needs, so that one sign-in is enough.
                let (_, offered) = text.split_once("--scopes ").unwrap();
                assert!(offered.split(',').any(|scope| scope == *missing), "{text}");
            }
        }
    }
    // All of them ask for no more than each does.
    let all = tools::server(signed_in.jira.config(&[("JIRA_TOOLSETS", "all")])).unwrap().scopes();
    assert_eq!(BTreeSet::from_iter(all), each);
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

#[test]
fn an_api_with_granular_scopes_only_is_asked_for_as_a_whole() {
    for operation in operations() {
        let asked = operation.scopes_to_ask();
        if operation.required_scopes() == operation.granular_scopes() {
            assert_eq!(asked, api_scopes(operation.api()), "{operation}");
        } else {
            assert_eq!(asked, operation.required_scopes(), "{operation}");
        }
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
            let example = row[2].replace(['{', '}'], "");
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
