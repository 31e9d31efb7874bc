//! Granted scopes, beside those that the enabled toolsets need.

use super::report::Finding;
use crate::auth::ProfileName;
use crate::jira::Operation;
use crate::server::{IDENTITY, JiraServer, ToolEntry};

/// Compares the granted scopes with those that each enabled toolset needs.
pub(super) fn compared(granted: &[String], server: &JiraServer, name: &ProfileName) -> Finding {
    let lacks = |scopes: Vec<&'static str>| -> Vec<&'static str> {
        let mut missing: Vec<&str> =
            scopes.into_iter().filter(|scope| granted.iter().all(|granted| granted != scope)).collect();
        missing.dedup();
        missing
    };
    let enabled: Vec<&ToolEntry> = server
        .all_tools()
        .filter(|(_, tool)| server.tools().any(|on| on.name == tool.name))
        .map(|(entry, _)| entry)
        .collect();
    let mut lacking = Vec::new();
    for toolset in server.catalogue().toolsets {
        let tools: Vec<&&ToolEntry> = enabled.iter().filter(|entry| entry.toolset == toolset.name).collect();
        if tools.is_empty() {
            continue;
        }
        let mut needed: Vec<&str> = scopes(tools.iter().flat_map(|entry| &entry.required));
        needed.push(IDENTITY);
        let missing = lacks(needed);
        if !missing.is_empty() {
            lacking.push(format!("{} lacks {}", toolset.name, missing.join(", ")));
        }
    }
    if lacking.is_empty() {
        let mut found = "enough for every enabled toolset".to_owned();
        let missing = lacks(scopes(enabled.iter().flat_map(|entry| &entry.optional)));
        if !missing.is_empty() {
            found += "; sprints by name, and boards, take those of auth login --scopes ";
            found += &missing.join(",");
        }
        return Finding::ok("Scopes", found);
    }
    Finding::warning(
        "Scopes",
        lacking.join("; "),
        format!(
            "Tick what is lacking under Permissions of your app in https://developer.atlassian.com/console/myapps/, then \
             run: mcp-server-jira auth login --profile {name}; or switch these toolsets or writing off"
        ),
    )
}

/// The scopes of these operations, each once; of an API without classic scopes, those of all its operations.
fn scopes<'a>(operations: impl Iterator<Item = &'a &'static Operation>) -> Vec<&'static str> {
    let mut scopes = Vec::new();
    for scope in operations.flat_map(|operation| operation.scopes_to_ask()) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}
