//! The direction of knowledge, held over the source tree: `tools -> jira -> auth -> error`, never back, and an
//! embedded Jira that shares nothing with the client that is tested on it.

use std::fs;
use std::path::{Path, PathBuf};

/// A module, what it must not name (`!` before a path makes an exception), and why.
const RULES: &[(&str, &[&str], &str)] = &[
    ("crate::sandbox", &["crate", "!crate::sandbox"], "both sides of a test would share one mistake"),
    ("crate::tools", &["reqwest", "crate::sandbox"], "a tool knows MCP and not HTTP"),
    (
        "crate::jira",
        &["rmcp", "crate::tools", "crate::server", "crate::render", "crate::sandbox"],
        "a resource knows Jira and not MCP",
    ),
    (
        "crate::auth",
        &["rmcp", "crate::jira", "crate::tools", "crate::server", "crate::render", "crate::sandbox"],
        "signing in knows neither Jira's resources nor MCP",
    ),
    (
        "crate::error",
        &["rmcp", "crate::auth", "crate::jira", "crate::tools", "crate::server", "crate::sandbox"],
        "errors are at the bottom",
    ),
    ("crate::jira::adf", &["crate", "!crate::jira::adf"], "rich text stands alone"),
];

#[test]
fn knowledge_flows_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    list_files(&root, &mut files);
    let (mut faults, mut seen) = (Vec::new(), 0);
    for file in files {
        let relative = file.strip_prefix(&root).unwrap().with_extension("");
        let names = relative.iter().map(|part| part.to_str().unwrap().to_owned());
        let module: Vec<String> = std::iter::once("crate".to_owned()).chain(names).collect();
        let source = fs::read_to_string(&file).unwrap();
        for (line, path) in paths(&source, &module) {
            seen += 1;
            for (place, forbidden, why) in RULES {
                if within(&module.join("::"), place) && named(&path, forbidden) {
                    faults.push(format!("{}:{line} names {path}: {why}", file.display()));
                }
            }
        }
    }
    assert!(seen > 1_000, "only {seen} paths were read");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
    let found: Vec<String> = paths(source, &module).into_iter().map(|(_, path)| path).collect();
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

fn list_files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list_files(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
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

/// All paths of more than one segment in a file, from the crate's root where they lead into the crate, each with
/// its line; names alone only from `use`.
fn paths(source: &str, module: &[String]) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let text = |at: usize| tokens.get(at).map_or("", |(_, token)| token.as_str());
    let (mut found, mut inline, mut depth, mut at) = (Vec::new(), Vec::<(usize, String)>::new(), 0, 0);
    while at < tokens.len() {
        let here: Vec<String> = module.iter().chain(inline.iter().map(|(_, name)| name)).cloned().collect();
        let line = tokens[at].0;
        match text(at) {
            "mod" if text(at + 2) == "{" => {
                inline.push((depth, text(at + 1).to_owned()));
                at += 2;
                continue;
            }
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if inline.last().is_some_and(|(opened, _)| *opened == depth) {
                    inline.pop();
                }
            }
            // Not the `use<'a>` of a captured lifetime.
            "use" if text(at + 1) != "<" => {
                let end = (at..tokens.len()).find(|at| text(*at) == ";").unwrap_or(tokens.len());
                let tree: Vec<&str> = (at + 1..end).map(text).collect();
                let mut leaves = Vec::new();
                expand(&tree, &mut 0, "", &mut leaves);
                found.extend(leaves.iter().map(|leaf| (line, resolve(leaf, &here))));
                at = end;
            }
            word if is_name(word) && text(at + 1) == "::" => {
                let mut path = word.to_owned();
                while text(at + 1) == "::" && is_name(text(at + 2)) {
                    path = format!("{path}::{}", text(at + 2));
                    at += 2;
                }
                found.push((line, resolve(&path, &here)));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Expands the tree of a `use` into its leaves.
fn expand(tree: &[&str], at: &mut usize, prefix: &str, out: &mut Vec<String>) {
    let mut path = prefix.to_owned();
    while let Some(token) = tree.get(*at) {
        *at += 1;
        match *token {
            "{" => {
                expand(tree, at, &path, out);
                path.clear();
            }
            "}" | "," => {
                if path != prefix && !path.is_empty() {
                    out.push(std::mem::take(&mut path));
                }
                if *token == "}" {
                    return;
                }
                prefix.clone_into(&mut path);
            }
            "as" => *at += 1,
            "::" | "*" => {}
            "self" if !prefix.is_empty() => {
                out.push(prefix.to_owned());
            }
            name if path.is_empty() => name.clone_into(&mut path),
            name => path = format!("{path}::{name}"),
        }
    }
    if !path.is_empty() {
        out.push(path);
    }
}

fn resolve(path: &str, module: &[String]) -> String {
    let mut base: Option<Vec<&str>> = None;
    let mut rest = Vec::new();
    for segment in path.split("::") {
        match segment {
            "crate" | "mcp_server_jira" if base.is_none() => base = Some(vec!["crate"]),
            "self" => base = Some(module.iter().map(String::as_str).collect()),
            "super" => {
                let from = base.get_or_insert_with(|| module.iter().map(String::as_str).collect());
                from.pop();
            }
            name => rest.push(name),
        }
    }
    let mut whole = base.unwrap_or_default();
    whole.extend(rest);
    whole.join("::")
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, each with its line; comments, texts and characters are left out.
fn tokens(source: &str) -> Vec<(usize, String)> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest) {
            length
        } else if is_name(rest) {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push((line, rest[..length].to_owned()));
            length
        } else if rest.starts_with("::") {
            tokens.push((line, "::".into()));
            2
        } else {
            if !first.is_whitespace() {
                tokens.push((line, first.into()));
            }
            first.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of the text or character that stands at the start, if one does.
fn literal(rest: &str) -> Option<usize> {
    let body = rest.trim_start_matches(['b', 'c']);
    let body = if rest.len() - body.len() > 1 { rest } else { body };
    if let Some(raw) = body.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(rest.len() - inner.len() + inner.find(&close)? + close.len());
    }
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(rest.len() - body.len() + at + 1),
            // A lifetime such as `'a` has no second quote right after its first character.
            _ if quote == '\'' && at > 1 && !body.starts_with("'\\") => return None,
            _ => {}
        }
    }
    None
}
