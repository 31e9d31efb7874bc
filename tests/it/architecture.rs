//! The direction of knowledge, held over the source tree: `tools -> jira -> auth -> error`, never back; no circles of
//! files; and an embedded Jira that shares nothing with the client that is tested on it.

mod graph;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use graph::Modules;
use source::Source;

/// A module, what it must not name (`!` before a path makes an exception), and why.
const RULES: &[(&str, &[&str], &str)] = &[
    (
        "crate::tools",
        &["reqwest", "axum", "jira_sandbox", "crate::auth", "crate::http", "crate::cli"],
        "a tool knows MCP and not HTTP",
    ),
    (
        "crate::jira",
        &[
            "rmcp",
            "axum",
            "jira_sandbox",
            "crate::tools",
            "crate::server",
            "crate::render",
            "crate::http",
            "crate::cli",
            "crate::config",
        ],
        "a resource knows Jira and not MCP",
    ),
    (
        "crate::jira::transport",
        &["crate::jira::platform", "crate::jira::agile", "crate::jira::write", "crate::jira::allow_list"],
        "what sends a request knows no resource",
    ),
    (
        "crate::jira::values",
        &["crate::jira::platform", "crate::jira::agile", "crate::jira::write"],
        "values are below the resources that have them",
    ),
    (
        "crate::auth",
        &[
            "rmcp",
            "axum",
            "jira_sandbox",
            "crate::jira",
            "crate::tools",
            "crate::server",
            "crate::render",
            "crate::http",
            "crate::cli",
            "crate::config",
        ],
        "signing in knows neither Jira's resources nor MCP",
    ),
    (
        "crate::error",
        &["rmcp", "axum", "reqwest", "jira_sandbox", "crate", "!crate::error"],
        "errors are at the bottom",
    ),
    (
        "crate::config",
        &["rmcp", "axum", "crate::jira", "crate::tools", "crate::server", "crate::http", "crate::cli"],
        "settings are read before there is anything that they are for",
    ),
    (
        "crate::render",
        &["rmcp", "axum", "reqwest", "crate", "!crate::render"],
        "a renderer knows structured values, and not whose they are",
    ),
    (
        "crate::server",
        &["reqwest", "jira_sandbox", "crate::tools", "crate::http", "crate::cli"],
        "the server names no tool, and not the transport on which it is reached",
    ),
    (
        "crate::http",
        &["jira_sandbox", "crate::tools", "crate::cli"],
        "the transport takes what it serves from its caller",
    ),
    (
        "jira_sandbox",
        &["crate", "jira_adf", "rmcp", "reqwest"],
        "both sides of a test would share one mistake",
    ),
    ("jira_adf", &["crate", "jira_sandbox", "tokio", "rmcp"], "rich text stands alone"),
];

/// The paths that only the tests inside a module may name beyond its rules.
const TESTS_MAY: &[(&str, &str)] = &[("crate::server", "crate::tools::server")];

/// The only modules that may name a crate.
const ONLY_USERS: &[(&str, &[&str])] =
    &[("axum", &["crate::http", "crate::server::identity", "jira_sandbox"])];

/// Circles that may be: the module that they lie in, its parts (`.` is itself, `*` any of them), and the reason. An
/// exact entry goes before one for any part.
const CIRCLES: &[(&str, &str, &str)] = &[
    (
        "crate::server",
        "jira_server registry toolset",
        "a toolset's router is of the type of the server that holds the registry",
    ),
    ("jira_adf::markdown_writer", "inline link", "text holds links, and a link holds text"),
    ("jira_adf", "content marks node", "a node holds content that holds nodes"),
    (
        "jira_adf::markdown_reader",
        ". blocks context ids inline inline_tag line link list scan",
        "a mark, link or tag holds text that may hold all of them",
    ),
    ("jira_adf::markdown_reader", "fit html html_table", "a table in a cell of a table"),
    ("jira_adf::markdown_writer", "block list", "a list in an item of a list"),
    ("jira_sandbox::jql", "compile order", "a grammar that is recursive"),
    ("jira_sandbox::jql", "lex message", "a grammar that is recursive"),
    ("jira_sandbox::jql", "issue_values names scope", "a grammar that is recursive"),
    (
        "jira_sandbox::world",
        ". field issue people project rank site",
        "a change of one part may need the others",
    ),
];

#[test]
fn knowledge_flows_one_way() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for module in Modules::read().iter() {
        for mention in &module.source.mentions {
            seen += 1;
            let mut fault = |why: &str| {
                faults.push(format!(
                    "{}:{} names {}: {why}",
                    module.file.display(),
                    mention.line,
                    mention.path
                ));
            };
            for (place, forbidden, why) in RULES {
                let is_test = mention.in_tests && TESTS_MAY.contains(&(place, mention.path.as_str()));
                if within(&module.path, place) && named(&mention.path, forbidden) && !is_test {
                    fault(why);
                }
            }
            for (name, users) in ONLY_USERS {
                if within(&mention.path, name) && !users.iter().any(|user| within(&module.path, user)) {
                    fault(&format!("only {} may", users.join(", ")));
                }
            }
        }
    }
    assert!(seen > 1_000, "only {seen} paths were read");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rules_are_about_what_there_is() {
    let modules = Modules::read();
    let is_there = |path: &str| modules.iter().any(|module| module.path == path);
    let places = RULES.iter().flat_map(|(place, names, _)| names.iter().chain([place]));
    for path in places.chain(ONLY_USERS.iter().flat_map(|(_, users)| *users)) {
        let path = path.trim_start_matches('!');
        let ours = path.starts_with("crate") || path.starts_with("jira_");
        assert!(!ours || is_there(path), "there is no module {path}");
    }
}

#[test]
fn no_files_need_each_other() {
    let modules = Modules::read();
    let (mut faults, mut unused) = (Vec::new(), CIRCLES.iter().collect::<Vec<_>>());
    for circle in modules.circles() {
        let (exact, any): (Vec<_>, Vec<_>) = CIRCLES.iter().partition(|(_, parts, _)| *parts != "*");
        let allowed = exact.into_iter().chain(any).find(|(place, parts, _)| fits(&circle, place, parts));
        if let Some(entry) = allowed {
            unused.retain(|other| (other.0, other.1) != (entry.0, entry.1));
            continue;
        }
        faults.push("these files need each other and are not listed:".to_owned());
        for module in modules.iter().filter(|module| circle.contains(module.path.as_str())) {
            let needs: Vec<&str> = modules.needs(module).intersection(&circle).copied().collect();
            faults.push(format!("  {} needs {}", module.path, needs.join(", ")));
        }
    }
    for (place, parts, _) in unused {
        faults.push(format!("this circle is no longer; take it from the list: {place} {parts}"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// True where these are the parts of the place.
fn fits(circle: &BTreeSet<&str>, place: &str, parts: &str) -> bool {
    if parts == "*" {
        return circle.iter().all(|module| within(module, place));
    }
    let path = |part| if part == "." { place.to_owned() } else { format!("{place}::{part}") };
    let listed: BTreeSet<String> = parts.split(' ').map(path).collect();
    circle.iter().copied().eq(listed.iter().map(String::as_str))
}

#[test]
fn reads_paths_however_they_are_written() {
    let source = r##"
        //! crate::tools in a comment, /* and */ "crate::tools" in a text are no paths.
        use crate::{auth::{self, Session as Who}, jira};
        use super::other::*;
        const TEXT: &str = r#"crate::tools "::" "#; const SIGN: char = '"'; fn of<'a>(it: &'a str) {}
        fn call() { ::rmcp::serve(); crate::error::Error::new(); let x: Vec::<u8>; }
        mod tests { use super::*; use super::super::deep; }
    "##;
    let module = ["crate", "jira", "page"].map(str::to_owned);
    let found: Vec<String> =
        Source::read(source, &module).mentions.into_iter().map(|mention| mention.path).collect();
    let expected = [
        "crate::auth",
        "crate::auth::Session",
        "crate::jira",
        "crate::jira::other",
        "rmcp::serve",
        "crate::error::Error::new",
        "Vec",
        "crate::jira::page",
        "crate::jira::deep",
    ];
    assert_eq!(found, expected);
}

#[test]
fn finds_circles_behind_reexports_and_no_others() {
    let files = [
        ("crate", "pub mod a; pub mod b; pub mod d;"),
        // A parent that hands on what its children define needs none of them; one that uses it does.
        ("crate::a", "mod one; mod two; pub use one::*; pub use two::Two; pub struct Own;"),
        ("crate::a::one", "use super::{Own, Two}; pub struct One(Two, Own);"),
        ("crate::a::two", "use crate::b; pub struct Two(b::B); mod tests { use crate::d::User; }"),
        ("crate::b", "use crate::a::One as First; pub struct B(Option<Box<First>>);"),
        ("crate::d", "mod child; pub use child::Child; pub struct User(Child);"),
        ("crate::d::child", "pub struct Child(Option<Box<super::User>>);"),
    ];
    let modules = Modules::of(files.into_iter().map(|(path, text)| {
        (path.split("::").map(str::to_owned).collect(), PathBuf::new(), text.to_owned())
    }));
    let found: Vec<Vec<&str>> =
        modules.circles().into_iter().map(|circle| circle.into_iter().collect()).collect();
    let expected: [&[&str]; 2] =
        [&["crate::a::one", "crate::a::two", "crate::b"], &["crate::d", "crate::d::child"]];
    assert_eq!(found, expected);
}

/// The manifest says it as well: what is no dependency can be named by no path.
#[test]
fn crates_of_their_own_depend_on_none_of_ours() {
    for name in ["jira-adf", "jira-sandbox"] {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(name).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        for ours in ["path = \"..", "mcp-server-jira =", "jira-adf =", "jira-sandbox ="] {
            assert!(!manifest.contains(ours), "{name} depends on a crate of this repository: {ours}");
        }
    }
}

fn within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn named(path: &str, forbidden: &[&str]) -> bool {
    let (exceptions, forbidden): (Vec<_>, Vec<_>) =
        forbidden.iter().copied().partition(|rule: &&str| rule.starts_with('!'));
    forbidden.iter().any(|place| within(path, place))
        && !exceptions.iter().any(|place| within(path, place.trim_start_matches('!')))
}
