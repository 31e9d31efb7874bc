//! Several processes behind one address share what they seal with.

use mcp_server_jira::config::Flags;
use mcp_server_jira::http::{IdentityFrom, Running, Settings};
use serde_json::{Value, json};

use super::{Team, file, serve};
use crate::support::{Jira, http};

const OLD: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210fedcba9876543210";

async fn replica(jira: &Jira, keys: Option<&str>) -> Running {
    let kept = keys.map(file);
    let edit = |settings: &mut Settings| {
        settings.identity = IdentityFrom::Request;
        settings.state_key_file = kept.as_ref().map(|(_, path)| path.clone());
    };
    serve(jira, &Flags::default(), edit).await.unwrap()
}

/// The second page of a search, asked of one server with the cursor of another.
async fn turns_the_page(jira: Jira, first: Running, second: Running) -> (bool, Jira) {
    let search = |cursor: Value| {
        let mut arguments = json!({"jql": "project = DEMO ORDER BY key", "limit": 2});
        if !cursor.is_null() {
            arguments["cursor"] = cursor;
        }
        arguments
    };
    let mut team = Team { jira, running: first, http: http() };
    let page = team.ask_as("Ana").call("search_issues", search(Value::Null)).send().await.data();
    team.running = second;
    let next = team.ask_as("Ana").call("search_issues", search(page["next_cursor"].clone())).send().await;
    (next.message()["result"]["isError"] == false, team.jira)
}

#[tokio::test]
async fn a_cursor_is_good_at_every_replica_that_has_its_key() {
    let both = format!("{NEW}\n{OLD}\n");
    let mut jira = Jira::start().await;
    for (first, second, expected) in [
        (Some(OLD), Some(OLD), true),
        // While keys rotate, each replica opens what the other has sealed.
        (Some(OLD), Some(&*both), true),
        (Some(&*both), Some(NEW), true),
        (Some(OLD), Some(NEW), false),
        (None, None, false),
    ] {
        let (one, two) = (replica(&jira, first).await, replica(&jira, second).await);
        let (went_on, same) = turns_the_page(jira, one, two).await;
        assert_eq!(went_on, expected, "{first:?} {second:?}");
        jira = same;
    }
}
