//! A Jira client in Rust: starts the server as a child process, lists its tools and works with two of them.
//!
//! ```text
//! cargo run -p mcp-server-jira-examples --bin client -- mcp-server-jira --sandbox
//! ```

use std::error::Error;

use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use tokio::process::Command;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut line = std::env::args().skip(1);
    let program = line.next().unwrap_or_else(|| "mcp-server-jira".into());
    let arguments: Vec<String> = line.collect();
    // A server may speak the protocol of today, which has no handshake, or the older one.
    let eras = [
        ("2025-11-25", ClientLifecycleMode::Initialize),
        (
            "2026-07-28",
            ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
        ),
    ];
    for (era, lifecycle) in eras {
        let mut command = Command::new(&program);
        command.args(&arguments);
        let client = ().serve_with_lifecycle(TokioChildProcess::new(command)?, lifecycle).await?;
        println!("Protocol {era}:");
        work(&client).await?;
        client.cancel().await?;
    }
    Ok(())
}

/// Looks at the tools, finds an issue and reads it.
async fn work(client: &RunningService<RoleClient, ()>) -> Outcome<()> {
    let tools = client.list_all_tools().await?;
    println!("  {} tools, the first is {}", tools.len(), tools[0].name);

    let found =
        call(client, "search_issues", json!({"jql": "project = DEMO ORDER BY key", "limit": 1})).await?;
    let key = found["issues"][0]["key"].as_str().ok_or("the search found nothing")?;
    println!("  found {key}");

    let issue = call(client, "get_issue", json!({"issue": key})).await?;
    let summary = issue["summary"].as_str().ok_or("the issue has no summary")?;
    println!("  read {key}: {summary}");

    // What goes wrong comes back as words for the model, not as a broken connection.
    let wrong = call(client, "get_issue", json!({"issue": "DEMO-99999"})).await.unwrap_err();
    println!("  refused: {wrong}");
    Ok(())
}

/// Calls a tool; its structured content, or the text of its error.
async fn call(
    client: &RunningService<RoleClient, ()>,
    tool: &'static str,
    arguments: Value,
) -> Outcome<Value> {
    let Value::Object(arguments) = arguments else { return Err("arguments are an object".into()) };
    let result = client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await?;
    if result.is_error == Some(true) {
        return Err(text(&result).into());
    }
    result.structured_content.ok_or_else(|| format!("{tool} answered without structured content").into())
}

fn text(result: &CallToolResult) -> String {
    result.content.iter().filter_map(|block| block.as_text()).map(|text| text.text.as_str()).collect()
}
