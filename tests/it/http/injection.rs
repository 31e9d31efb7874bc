//! Injection: text that a client writes into arguments ends up in no other request to Jira than the one it is for.

use serde_json::{Value, json};

use super::Team;

const HOSTILE: [&str; 12] = [
    "DEMO-1/../../myself",
    "DEMO-1?expand=renderedFields",
    "DEMO-1#fragment",
    "DEMO-1%0d%0aX-Evil: 1",
    "DEMO-1\r\nX-Evil: 1",
    "../../../rest/api/3/myself",
    "..",
    ".",
    "%2e%2e",
    "DEMO-1;jsessionid=1",
    "//evil.example.com/x",
    "https://evil.example.com/browse/DEMO-1",
];

/// Something that makes sense for an argument with this name.
fn usual(name: &str) -> Value {
    match name {
        "issue" => json!("DEMO-1"),
        "other" | "to" | "parent" => json!("DEMO-3"),
        "project" => json!("DEMO"),
        "jql" => json!("project = DEMO"),
        "type" => json!("Task"),
        "status" => json!("Done"),
        "url" => json!("https://example.com/"),
        _ => json!("1"),
    }
}

#[tokio::test]
async fn no_argument_leaves_its_place_in_a_request() {
    let team = Team::of_one_account().await;
    let listed = team.ask().modern("tools/list", json!({})).send().await.message();
    for tool in listed["result"]["tools"].as_array().unwrap() {
        let schema = &tool["inputSchema"];
        let texts = schema["properties"].as_object().unwrap().iter();
        let texts = texts.filter(|(_, property)| property["type"] == "string" && property["enum"].is_null());
        for (name, _) in texts {
            for hostile in HOSTILE {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let mut arguments: Value = required.map(|name| (name.to_owned(), usual(name))).collect();
                arguments[name] = hostile.into();
                let tool = tool["name"].as_str().unwrap();
                let reply = team.ask().call(tool, arguments.clone()).send().await;
                assert_eq!(reply.status, 200, "{tool} {arguments}: {}", reply.text);
                for asked in team.jira.sandbox.exchanges() {
                    let names = asked.request_headers.iter().map(|(name, _)| name.as_str());
                    assert!(!names.into_iter().any(|name| name == "x-evil"), "{tool} {arguments}: {asked:?}");
                    let dots = |part: &str| matches!(part.replace("%2E", ".").as_str(), "." | "..");
                    assert!(!asked.path.split('/').any(dots), "{tool} {arguments}: {}", asked.path);
                }
                // Each path is one that our side knows of, which no other argument's slashes could make.
                team.jira.requests();
            }
        }
    }
}
