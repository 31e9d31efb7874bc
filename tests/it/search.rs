//! Finding issues by JQL.

use std::collections::BTreeSet;

use jira_sandbox::Options;
use serde_json::{Value, json};

use crate::support::Jira;

fn keys(data: &Value) -> Vec<String> {
    data["issues"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_lead_to_every_issue_once_also_where_jira_gives_short_ones() {
    let jira = Jira::with(Options { short_pages: true, ..Options::default() }).await;
    let agent = jira.agent().await;
    let jql = "project = DEMO ORDER BY key";
    let mut found = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut arguments = json!({"jql": jql, "limit": 30});
        if !cursor.is_null() {
            arguments["cursor"] = cursor;
        }
        let page = agent.ok("search_issues", arguments).await.data;
        found.extend(keys(&page));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let counted = agent.ok("count_issues", json!({"jql": jql})).await.data["count"].clone();
    assert_eq!(counted, found.len());
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len());
}

#[tokio::test]
async fn columns_are_added_by_the_names_on_the_screen() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let arguments = json!({"jql": "\"Story Points\" = 8", "fields": ["story points", "labels"]});
    let found = agent.ok("search_issues", arguments).await;
    assert!(
        found.data["issues"].as_array().unwrap().iter().all(|row| row["Story Points"] == 8),
        "{}",
        found.text
    );
    let text =
        agent.refused("search_issues", json!({"jql": "key = DEMO-1", "fields": ["Story Pionts"]})).await;
    assert!(text.contains("Story Points"), "{text}");
}

#[tokio::test]
async fn a_query_that_names_something_wrongly_is_answered_with_what_there_is() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    for (jql, instead) in [
        ("project = DEMO AND status = Finished", "`status` takes"),
        ("project = DEMO AND priority = Urgent", "Highest; High; Medium"),
        ("project = DMO", "Demo Shop (DEMO)"),
        ("project = DEMO AND stauts = Done", "Nearest fields: Status"),
        ("ORDER BY created", "`updated >= -30d`"),
    ] {
        for tool in ["search_issues", "count_issues"] {
            let text = agent.refused(tool, json!({"jql": jql})).await;
            assert!(text.contains(instead), "{jql}: {text}");
        }
    }
    let walled = jira.agent_with(&[("JIRA_PROJECTS", "OPS")]).await;
    let text = walled.refused("search_issues", json!({"jql": "project = DMO"})).await;
    assert!(text.contains("OPS") && !text.contains("DEMO"), "{text}");
}
