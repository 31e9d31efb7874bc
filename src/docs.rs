//! `tools.md` and the list for a terminal, from the registry.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::Value;

use crate::server::{JiraServer, ToolEntry};
use jira_adf::{self as adf, Document};

/// The tools that are on, a line each.
#[must_use]
pub fn overview(server: &JiraServer) -> String {
    let mut text = String::new();
    for tool in server.tools() {
        let _ = writeln!(text, "{:<24} {}", tool.name, first_line(tool));
    }
    text
}

/// The reference of every tool, as Markdown: `tools.md`.
#[must_use]
pub fn reference(server: &JiraServer) -> String {
    let mut text = String::from(
        "# Tools\n\nGenerated from the code: `UPDATE=1 cargo test` writes it anew.\n\n\
         | Toolset | On by default | Tools |\n| --- | --- | --- |\n",
    );
    let of = |name: &str| -> Vec<(&ToolEntry, &Tool)> {
        server.all_tools().filter(|(entry, _)| entry.toolset == name).collect()
    };
    for toolset in server.catalogue().toolsets {
        let tools: Vec<String> =
            of(toolset.name).iter().map(|(entry, _)| format!("[{0}](#{0})", entry.name)).collect();
        let on = if toolset.default { "yes" } else { "no" };
        let _ = writeln!(text, "| {} | {on} | {} |", toolset.name, tools.join(", "));
    }
    for toolset in server.catalogue().toolsets {
        let _ = writeln!(text, "\n## Toolset {}\n\n{}.", toolset.name, toolset.purpose);
        for (entry, tool) in of(toolset.name) {
            tool_section(&mut text, entry, tool);
        }
    }
    prompts(&mut text, server);
    resources(&mut text, server);
    text.push_str(&rich_text());
    text
}

/// The section on rich text: the Markdown of a document as a model reads it, and writes it to store the same.
fn rich_text() -> String {
    let document: Document =
        serde_json::from_str(include_str!("docs/rich_text.json")).expect("the example is a document");
    format!(
        "\n## Rich text\n\nDescriptions, comments and other long texts are Markdown both ways: {}\n\n\
         A description as a model reads and writes it:\n\n````markdown\n{}\n````\n",
        adf::GUIDE,
        adf::to_markdown(&document).trim_end()
    )
}

fn prompts(text: &mut String, server: &JiraServer) {
    text.push_str("\n## Prompts\n\nEach is there where the tools that it cannot do without are on.\n");
    for prompt in server.catalogue().prompts {
        let _ = writeln!(text, "\n### {}\n\n{}.\n", prompt.name, prompt.about);
        text.push_str("| Argument | |\n| --- | --- |\n");
        for argument in prompt.arguments {
            let needed = if argument.required { " (required)" } else { "" };
            let _ = writeln!(text, "| `{}`{needed} | {} |", argument.name, argument.about);
        }
    }
}

fn resources(text: &mut String, server: &JiraServer) {
    text.push_str(
        "\n## Resources\n\nEach is there where the tool that gives the same is on. Clients can watch them: a change is told \
         within about a minute.\n\n| Address | |\n| --- | --- |\n",
    );
    for kind in server.catalogue().resources {
        let _ = writeln!(text, "| `{}` | {} |", kind.template, kind.about);
    }
}

fn tool_section(text: &mut String, entry: &ToolEntry, tool: &Tool) {
    let hints = tool.annotations.as_ref();
    let access = match (entry.reads(), hints.and_then(|hints| hints.destructive_hint)) {
        (true, _) => "reads",
        (false, Some(true)) => "writes, may destroy",
        (false, _) => "writes",
    };
    let description = tool.description.as_deref().unwrap_or_default();
    let _ = writeln!(text, "\n### {}\n\n{description}\n\n*{access}*", entry.name);
    let required: Vec<&str> = strings(tool.input_schema.get("required"));
    let properties = tool.input_schema.get("properties").and_then(Value::as_object);
    if let Some(properties) = properties.filter(|properties| !properties.is_empty()) {
        text.push_str("\n| Argument | Type | |\n| --- | --- | --- |\n");
        for (name, property) in properties {
            let needed = if required.contains(&name.as_str()) { " (required)" } else { "" };
            let about = property.get("description").and_then(Value::as_str).unwrap_or_default();
            let _ =
                writeln!(text, "| `{name}`{needed} | {} | {} |", kind(property), about.replace('|', "\\|"));
        }
    }
    let results =
        tool.output_schema.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    if let Some(results) = results {
        let names: Vec<String> = results.keys().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "\nResult: {}.", names.join(", "));
    }
}

fn kind(property: &Value) -> String {
    let kind = property.get("type").and_then(Value::as_str).unwrap_or("any");
    if let Some(items) = property.get("items") {
        return format!("list of {}", self::kind(items));
    }
    match strings(property.get("enum")).as_slice() {
        [] => kind.to_owned(),
        choices => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn first_line(tool: &Tool) -> &str {
    tool.description.as_deref().unwrap_or_default().lines().next().unwrap_or_default()
}
