//! Each tool keeps to what its item says of it, shown by the item's own example.

use std::collections::BTreeSet;

use mcp_server_jira::jira::platform::user;
use mcp_server_jira::jira::{Effect, operations};

use crate::catalog::every_entry;
use crate::support::{Jira, is_of};

#[tokio::test]
async fn tools_send_only_the_operations_that_they_declare() {
    let jira = Jira::start().await;
    let mut faults = BTreeSet::new();
    for entry in every_entry() {
        // A server of its own, as others keep what they have read already.
        let agent = jira.agent_with(&[("JIRA_TOOLSETS", "all")]).await;
        agent.ok(&entry.name, entry.example.clone()).await;
        for request in jira.requests() {
            let (method, path) = request.split_once(' ').unwrap();
            let Some(sent) = operations().find(|operation| is_of(operation, method, path)) else { continue };
            // Every session asks once who it is.
            if *sent != user::GET_MYSELF && !entry.declares(sent) {
                faults.insert(format!("{} does not declare {sent}", entry.name));
            }
            if entry.reads() && sent.effect() != Effect::Read {
                faults.insert(format!("{} only reads, but sent {sent}", entry.name));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
