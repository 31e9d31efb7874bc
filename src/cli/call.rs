//! `call`: one tool call from a shell, through the real MCP stack.

use std::io::Read as _;
use std::process::ExitCode;

use clap::Args;
use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, CallToolResult, JsonObject};
use serde_json::Value;

use super::output::{print, usage};
use crate::error::{Error, Result, UsageProblem};
use crate::server::JiraServer;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name of the tool
    tool: String,
    /// Its arguments as a JSON object; `-` reads them from stdin
    #[arg(default_value = "{}", value_name = "ARGUMENTS")]
    input: String,
    /// Print the whole result as JSON
    #[arg(long)]
    json: bool,
}

/// Calls the tool: 0 with its text on stdout, 1 with it on stderr, 2 where the call itself is wrong.
pub(super) async fn run(arguments: Arguments, server: JiraServer) -> ExitCode {
    let input = match object(&arguments.input) {
        Ok(input) => input,
        Err(error) => return usage(&error),
    };
    let result = match call(server, arguments.tool, input).await {
        Ok(result) => result,
        Err(error) => return usage(&error),
    };
    let failed = result.is_error == Some(true);
    let text = if arguments.json {
        serde_json::to_string(&result).unwrap_or_default()
    } else {
        result
            .content
            .iter()
            .filter_map(|block| block.as_text())
            .map(|text| text.text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    };
    match (failed, arguments.json) {
        (true, false) => {
            complain_in_words(&text);
            ExitCode::FAILURE
        }
        (true, true) => {
            print(&text);
            ExitCode::FAILURE
        }
        (false, _) => {
            print(&text);
            ExitCode::SUCCESS
        }
    }
}

fn object(text: &str) -> Result<JsonObject> {
    let mut read = String::new();
    let text = if text == "-" {
        std::io::stdin()
            .read_to_string(&mut read)
            .map_err(|error| UsageProblem::UnreadableStdin { error: error.to_string() })?;
        &read
    } else {
        text
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(UsageProblem::NoJsonObject.into()),
        Err(error) => Err(UsageProblem::NoJson { error: error.to_string() }.into()),
    }
}

/// Client and server in this process, over a transport in memory.
async fn call(server: JiraServer, tool: String, arguments: JsonObject) -> Result<CallToolResult> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let serving = tokio::spawn(async move {
        if let Ok(running) = server.serve(theirs).await {
            let _ = running.waiting().await;
        }
    });
    let client =
        ().serve(ours)
            .await
            .map_err(|error| Error::Internal(format!("the MCP handshake failed: {error}")))?;
    let result =
        client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.map_err(|error| {
            match error {
                rmcp::ServiceError::McpError(error) => {
                    UsageProblem::CallRejected { code: error.code.0, message: error.message.into_owned() }
                        .into()
                }
                other => Error::Internal(other.to_string()),
            }
        });
    // The result is there: what is left of either side's farewell does not matter.
    let _ = client.cancel().await;
    serving.abort();
    result
}

#[expect(clippy::print_stderr, reason = "a failed call leaves stdout empty, so that pipes notice")]
fn complain_in_words(text: &str) {
    eprintln!("{text}");
}
