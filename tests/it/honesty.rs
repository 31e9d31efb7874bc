//! A tool that says it only reads sends nothing but reads.

use serde_json::{Map, Value, json};

use crate::support::Jira;

/// Requests that change nothing although they are no GET: the query goes in the body.
const READS: [&str; 7] = [
    "POST /rest/api/3/search/jql",
    "POST /rest/api/3/search/approximate-count",
    "POST /rest/api/3/issue/bulkfetch",
    "POST /rest/api/3/changelog/bulkfetch",
    "POST /rest/api/3/comment/list",
    "POST /rest/api/3/jql/parse",
    "POST /rest/api/3/permissions/check",
];

/// A value that fits the required parameter of this name, in the seeded world.
pub(crate) fn plausible(tool: &str, parameter: &str) -> Value {
    match parameter {
        "issue" => json!("DEMO-1"),
        "project" => json!("DEMO"),
        "jql" => json!("project = DEMO"),
        "query" => json!("a"),
        "user" => json!("me"),
        "type" => json!("Task"),
        "field" => json!("Priority"),
        _ => panic!("{tool}: say in this test what `{parameter}` may be"),
    }
}

#[tokio::test]
async fn tools_that_only_read_send_only_reads() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "all")]).await;
    let tools = agent.client.list_all_tools().await.unwrap();
    for tool in &tools {
        if tool.annotations.as_ref().and_then(|hints| hints.read_only_hint) != Some(true) {
            continue;
        }
        let required = tool.input_schema.get("required").and_then(Value::as_array).into_iter().flatten();
        // One of several is needed where nothing is required.
        let query = tool.input_schema["properties"].get("query").map(|_| "query");
        let arguments: Map<String, Value> = required
            .filter_map(Value::as_str)
            .chain(query)
            .map(|name| (name.to_owned(), plausible(&tool.name, name)))
            .collect();
        agent.ok(&tool.name, Value::Object(arguments)).await;
        for request in jira.requests() {
            let reads = request.starts_with("GET ") || READS.contains(&request.as_str());
            assert!(reads, "{} only reads, but sent {request}", tool.name);
        }
    }
}
