//! Laws over every tool, and what the catalogue costs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mcp_server_jira::config::{Config, Flags};
use mcp_server_jira::docs;
use mcp_server_jira::server::{JiraServer, ToolEntry};
use mcp_server_jira::tools;
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use crate::figures::{figure, tokens};

/// The most tokens that `tools/list` of the default toolsets may cost.
const BUDGET: usize = 3_100;
/// The most tokens that one tool may cost.
const TOOL_BUDGET: usize = 350;
/// Tools whose many parameters save calls, and what they may cost.
const WIDE_TOOLS: [&str; 2] = ["create_issue", "update_issue"];
const WIDE_TOOL_BUDGET: usize = 420;
/// The verbs that a name may start with.
const VERBS: [&str; 18] = [
    "get",
    "list",
    "search",
    "count",
    "check",
    "create",
    "update",
    "delete",
    "add",
    "link",
    "unlink",
    "transition",
    "schedule",
    "move",
    "clone",
    "archive",
    "answer",
    "request",
];

static SERVER: LazyLock<JiraServer> = LazyLock::new(server);

/// A server without any settings: the catalogue needs none.
fn server() -> JiraServer {
    tools::server(Config::load(&Flags::default(), |_| None).unwrap()).unwrap()
}

/// The declaration of each tool, on or off.
pub(crate) fn every_entry() -> impl Iterator<Item = &'static ToolEntry> {
    SERVER.all_tools().map(|(entry, _)| entry)
}

/// Every tool there is, on or off.
fn every_tool() -> impl Iterator<Item = &'static Tool> {
    SERVER.all_tools().map(|(_, tool)| tool)
}

fn hints(tool: &Tool) -> &ToolAnnotations {
    tool.annotations.as_ref().unwrap_or_else(|| panic!("{} has no annotations", tool.name))
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a generated file with the committed one, or writes it where `UPDATE=1` asks for that.
fn is_current(file: &Path, generated: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, generated).unwrap();
        return Ok(());
    }
    let committed = fs::read_to_string(file).unwrap_or_default();
    (committed == generated).then_some(()).ok_or_else(|| file.display().to_string())
}

#[test]
fn no_tool_hides_another() {
    let declared: usize = sources(&repository().join("src/tools"))
        .iter()
        .map(|file| {
            fs::read_to_string(file)
                .unwrap()
                .lines()
                .filter(|line| line.trim_start().starts_with("#[tool("))
                .count()
        })
        .sum();
    let names: BTreeSet<&str> = every_tool().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(names.len(), every_tool().count(), "two tools of one name");
    assert_eq!(names.len(), declared, "a tool is declared that is not listed");
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let (dirs, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(dirs.iter().flat_map(|dir| sources(dir))).collect()
}

#[test]
fn each_tool_says_what_it_is() {
    for tool in every_tool() {
        let name = tool.name.as_ref();
        assert!(name.len() <= 32 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        let verb = name.split('_').next().unwrap_or_default();
        assert!(VERBS.contains(&verb), "{name}: `{verb}` is not one of our verbs");
        assert!(tool.title.as_ref().is_some_and(|title| !title.is_empty()), "{name} has no title");
        assert!(tool.description.as_ref().is_some_and(|text| !text.is_empty()), "{name} has no description");
        let ToolAnnotations { read_only_hint, destructive_hint, idempotent_hint, open_world_hint, .. } =
            hints(tool);
        for hint in [read_only_hint, destructive_hint, idempotent_hint, open_world_hint] {
            assert!(hint.is_some(), "{name} lacks one of the four hints");
        }
        let output = tool.output_schema.as_ref().unwrap_or_else(|| panic!("{name} has no output schema"));
        assert_eq!(output["type"], "object", "{name}: the output is not an object");
    }
}

#[test]
fn what_only_reads_destroys_nothing() {
    for tool in every_tool() {
        let hints = hints(tool);
        if hints.read_only_hint == Some(true) {
            assert_eq!(
                (hints.destructive_hint, hints.idempotent_hint),
                (Some(false), Some(true)),
                "{}",
                tool.name
            );
        }
    }
}

#[test]
fn input_schemas_are_what_every_provider_takes() {
    let mut faults = Vec::new();
    for tool in every_tool() {
        let schema = Value::Object(tool.input_schema.as_ref().clone());
        let at = tool.name.to_string();
        if schema["type"] != "object"
            || schema["additionalProperties"] != false
            || !schema["properties"].is_object()
        {
            faults.push(format!("{at}: not a closed object with properties"));
        }
        let root = schema.as_object().unwrap();
        unknown_keywords(&at, root, &["type", "properties", "required", "additionalProperties"], &mut faults);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            check_property(&format!("{at}.{name}"), name, property, &mut faults);
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn unknown_keywords(at: &str, schema: &Map<String, Value>, known: &[&str], faults: &mut Vec<String>) {
    for keyword in schema.keys().filter(|keyword| !known.contains(&keyword.as_str())) {
        faults.push(format!("{at}: `{keyword}` is outside the subset"));
    }
}

/// One property: a described scalar, a list of scalars or of small closed objects, or the open object of a write's
/// `fields`.
fn check_property(at: &str, name: &str, property: &Value, faults: &mut Vec<String>) {
    const SCALARS: [&str; 4] = ["string", "integer", "number", "boolean"];
    let Some(object) = property.as_object() else {
        return faults.push(format!("{at}: not an object"));
    };
    if name.is_empty()
        || name.len() > 64
        || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        faults.push(format!("{at}: not a portable name"));
    }
    if property["description"].as_str().is_none_or(str::is_empty) {
        faults.push(format!("{at}: no description"));
    }
    let kind = property["type"].as_str().unwrap_or_default();
    match kind {
        "array" => {
            unknown_keywords(at, object, &["type", "description", "items"], faults);
            let item = property["items"]["type"].as_str().unwrap_or_default();
            let items = property["items"].as_object().cloned().unwrap_or_default();
            if name == "edits" {
                return check_edits(at, &items, faults);
            }
            if item == "object" && items.get("additionalProperties") == Some(&false.into()) {
                for (name, member) in items["properties"].as_object().into_iter().flatten() {
                    let is_scalar = SCALARS.contains(&member["type"].as_str().unwrap_or_default());
                    if !is_scalar {
                        faults.push(format!("{at}[].{name}: not a scalar"));
                    }
                    check_property(&format!("{at}[].{name}"), name, member, faults);
                }
                return;
            }
            unknown_keywords(&format!("{at}[]"), &items, &["type", "enum"], faults);
            if !SCALARS.contains(&item) {
                faults.push(format!("{at}: its items are not scalars"));
            }
        }
        "object" if name == "fields" => {
            unknown_keywords(at, object, &["type", "description", "additionalProperties"], faults);
        }
        _ if SCALARS.contains(&kind) => {
            unknown_keywords(at, object, &["type", "description", "enum"], faults);
        }
        _ => faults.push(format!("{at}: type {} is outside the subset", property["type"])),
    }
}

/// The one list of objects: pieces of a text and what stands in their place.
fn check_edits(at: &str, items: &Map<String, Value>, faults: &mut Vec<String>) {
    unknown_keywords(&format!("{at}[]"), items, &["type", "properties", "required"], faults);
    let members = items["properties"].as_object().cloned().unwrap_or_default();
    if members.len() != 2 || members.values().any(|member| member["type"] != "string") {
        faults.push(format!("{at}: its items are not two texts"));
    }
}

#[test]
fn the_catalogue_is_the_same_at_every_start() {
    let list = |server: &JiraServer| serde_json::to_string(&server.tools().collect::<Vec<_>>()).unwrap();
    assert_eq!(list(&SERVER), list(&server()));
}

/// Tools that the table of all tools lacks, as others are to do their work: sections of `get_issue`, and members of
/// `get_project` and `list_values`.
#[cfg(feature = "contract")]
const LEAVING: [&str; 4] = ["list_transitions", "list_remote_links", "list_link_types", "list_issue_types"];

/// The table of all tools: each of ours is in the toolset that it has there, and the toolsets come in that order. Not
/// all of them need be there.
#[cfg(feature = "contract")]
#[test]
fn tools_are_in_the_agreed_toolsets() {
    let file = crate::support::openapi::contract_dir().join("../catalogue.tsv");
    let table = fs::read_to_string(&file).unwrap();
    let agreed: Vec<(&str, &str)> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .collect();
    for entry in every_entry() {
        let name = entry.name.as_str();
        match agreed.iter().find(|(_, tool)| *tool == name) {
            Some((toolset, _)) => assert_eq!(entry.toolset, *toolset, "{name}"),
            None => assert!(LEAVING.contains(&name), "{name} is not in the table"),
        }
    }
    let place = |toolset: &str| agreed.iter().position(|(agreed, _)| *agreed == toolset);
    let ours: Vec<_> = SERVER.catalogue().toolsets.iter().map(|toolset| place(toolset.name)).collect();
    assert!(ours.is_sorted(), "toolsets are in another order than in the table");
}

/// A tool's example gives all that its input requires, and nothing else than it takes.
#[test]
fn examples_are_arguments_of_their_tools() {
    for (entry, tool) in SERVER.all_tools() {
        let properties = tool.input_schema["properties"].as_object().unwrap();
        let given = entry.example.as_object().unwrap();
        assert!(given.keys().all(|name| properties.contains_key(name)), "{}: {}", entry.name, entry.example);
        let required = tool.input_schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            assert!(given.contains_key(name), "the example of {} lacks `{name}`", entry.name);
        }
    }
}

#[test]
fn figures_of_the_catalogue() {
    // What a model sees of a tool: the name, the description and the input schema.
    let cost = |tool: &Tool| {
        let seen =
            json!({ "name": tool.name, "description": tool.description, "input_schema": tool.input_schema });
        tokens(&seen.to_string())
    };
    for tool in every_tool() {
        let limit = if WIDE_TOOLS.contains(&tool.name.as_ref()) { WIDE_TOOL_BUDGET } else { TOOL_BUDGET };
        assert!(cost(tool) <= limit, "{} costs {} tokens of {limit}", tool.name, cost(tool));
    }
    let tools: Vec<&Tool> = SERVER.tools().collect();
    let all = tools.iter().map(|tool| cost(tool)).sum();
    figure(&format!("tools/list of the {} default tools, tokens", tools.len()), all, BUDGET);
}

#[test]
fn the_reference_is_current() {
    let stale = is_current(&repository().join("tools.md"), &docs::reference(&SERVER));
    assert_eq!(stale, Ok(()), "run with UPDATE=1");
}

#[test]
fn snapshots_are_current() {
    let dir = repository().join("tests/snapshots");
    let mut stale = Vec::new();
    for tool in every_tool() {
        let generated = serde_json::to_string_pretty(tool).unwrap() + "\n";
        stale.extend(is_current(&dir.join(format!("{}.json", tool.name)), &generated).err());
    }
    for entry in fs::read_dir(&dir).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if !every_tool().any(|tool| tool.name == name) {
            stale.push(format!("{} (no such tool)", file.display()));
        }
    }
    assert!(stale.is_empty(), "run with UPDATE=1 and read the difference: {stale:#?}");
}
