//! What a sign-in was granted, beside what the enabled toolsets need.

use super::report::Finding;
use crate::auth::ProfileName;
use crate::server::JiraServer;
use crate::tools::{GROUPS, IDENTITY};

/// Compares the granted scopes with those that each enabled toolset needs.
pub(super) fn compared(granted: &[String], server: &JiraServer, name: &ProfileName) -> Finding {
    let mut lacking = Vec::new();
    for group in GROUPS {
        let enabled: Vec<bool> = server
            .catalogue()
            .filter(|(gated, tool)| {
                gated.group == group.name && server.tools().any(|on| on.name == tool.name)
            })
            .map(|(gated, _)| gated.reads)
            .collect();
        if enabled.is_empty() {
            continue;
        }
        let writes = if enabled.contains(&false) { group.scopes.write } else { &[] };
        let mut missing: Vec<&str> =
            group.scopes.read.iter().chain(writes).chain([&IDENTITY]).copied().collect();
        missing.retain(|scope| granted.iter().all(|granted| granted != scope));
        if !missing.is_empty() {
            lacking.push(format!("{} lacks {}", group.name, missing.join(", ")));
        }
    }
    if lacking.is_empty() {
        return Finding::ok("Scopes", "enough for every enabled toolset");
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
