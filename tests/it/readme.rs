//! The promises of README.md and of the examples.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use mcp_server_jira::config::{VARIABLES, Variable};
use serde_json::{Value, json};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

fn configurations() -> Vec<PathBuf> {
    let folder = fs::read_dir(repository().join("examples/configurations")).unwrap();
    let files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    files
}

#[test]
fn the_readme_shows_each_configuration_as_its_file_has_it() {
    let readme = readme();
    for file in configurations() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(readme.contains(&format!("```json\n{text}```")), "README.md lacks {}", file.display());
    }
}

#[test]
fn the_readme_has_every_variable() {
    let readme = readme();
    for Variable { name, alias, about } in VARIABLES {
        let alias = alias.map(|alias| format!(" (also `{alias}`)")).unwrap_or_default();
        let row = format!("| `{name}`{alias} | {about} |");
        assert!(readme.contains(&row), "README.md lacks the row\n{row}");
    }
}

#[test]
fn each_configuration_starts_a_server_that_answers() {
    for file in configurations() {
        let configuration: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let servers = configuration.get("mcpServers").or_else(|| configuration.get("servers"));
        for (name, server) in servers.and_then(Value::as_object).unwrap() {
            assert!(server["command"].as_str().unwrap().ends_with("mcp-server-jira"), "{name}");
            let mut command = Command::cargo_bin(env!("CARGO_PKG_NAME")).unwrap();
            command.args(server["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
            for (variable, value) in server["env"].as_object().into_iter().flatten() {
                assert!(VARIABLES.iter().any(|known| known.name == variable), "{name}: {variable}");
                command.env(variable, value.as_str().unwrap());
            }
            let initialize = json!({
                "jsonrpc": "2.0", "id": 1, "method": "initialize",
                "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
            });
            let output = command.write_stdin(format!("{initialize}\n")).assert().success();
            let reply: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
            assert_eq!(reply["result"]["serverInfo"]["name"], env!("CARGO_PKG_NAME"), "{reply}");
        }
    }
}
