//! What a sign-in was granted, beside what the enabled toolsets need.

use super::report::Finding;
use crate::auth::ProfileName;
use crate::server::IDENTITY;
use crate::server::JiraServer;

/// Compares the granted scopes with those that each enabled toolset needs.
pub(super) fn compared(granted: &[String], server: &JiraServer, name: &ProfileName) -> Finding {
    let mut lacking = Vec::new();
    for toolset in server.catalogue().toolsets {
        let enabled: Vec<bool> = server
            .all_tools()
            .filter(|(entry, tool)| {
                entry.toolset == toolset.name && server.tools().any(|on| on.name == tool.name)
            })
            .map(|(entry, _)| entry.reads)
            .collect();
        if enabled.is_empty() {
            continue;
        }
        let writes = if enabled.contains(&false) { toolset.scopes.write } else { &[] };
        let mut missing: Vec<&str> =
            toolset.scopes.read.iter().chain(writes).chain([&IDENTITY]).copied().collect();
        missing.retain(|scope| granted.iter().all(|granted| granted != scope));
        if !missing.is_empty() {
            lacking.push(format!("{} lacks {}", toolset.name, missing.join(", ")));
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
