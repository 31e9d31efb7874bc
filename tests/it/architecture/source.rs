//! A reader of Rust source, just good enough to find the paths that a file names.

use std::collections::HashSet;

/// The names that a file mentions and defines.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) mentions: Vec<Mention>,
    /// Items that are defined in it, at any depth.
    pub(super) items: HashSet<String>,
    /// All words outside of `use`.
    pub(super) words: HashSet<String>,
}

/// A path of a file: those of more than one segment wherever they stand, names alone only from `use`.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) line: usize,
    /// From the crate's root, where it leads into the crate by `crate`, `self` or `super`.
    pub(super) path: String,
    pub(super) import: Option<Import>,
    pub(super) in_tests: bool,
}

/// A leaf of a `use`.
#[derive(Debug)]
pub(super) struct Import {
    /// The name that it has from then on; none for a glob.
    pub(super) name: Option<String>,
    /// True for `pub use`, however far it is visible.
    pub(super) reexport: bool,
}

impl Source {
    /// Reads the source of this module; the first segment of a module's path is its crate.
    pub(super) fn read(text: &str, module: &[String]) -> Self {
        let tokens = tokens(text);
        let word = |at: usize| tokens.get(at).map_or("", |(_, token)| token.as_str());
        let (mut source, mut inline, mut depth, mut at) =
            (Self::default(), Vec::<(usize, String)>::new(), 0, 0);
        while at < tokens.len() {
            let here: Vec<String> =
                module.iter().chain(inline.iter().map(|(_, name)| name)).cloned().collect();
            let in_tests = inline.iter().any(|(_, name)| name == "tests");
            let line = tokens[at].0;
            match word(at) {
                "mod" if word(at + 2) == "{" => {
                    inline.push((depth, word(at + 1).to_owned()));
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
                "use" if word(at + 1) != "<" => {
                    let reexport = at > 0 && matches!(word(at - 1), "pub" | ")");
                    let end = (at..tokens.len()).find(|at| word(*at) == ";").unwrap_or(tokens.len());
                    let tree: Vec<&str> = (at + 1..end).map(word).collect();
                    let mut leaves = Vec::new();
                    expand(&tree, &mut 0, "", &mut leaves);
                    source.mentions.extend(leaves.into_iter().map(|(path, name)| {
                        let import = Some(Import { name, reexport });
                        Mention { line, path: resolve(&path, &here), import, in_tests }
                    }));
                    at = end;
                }
                "struct" | "enum" | "fn" | "const" | "static" | "trait" | "type" => {
                    source.items.insert(word(at + 1).to_owned());
                }
                name if is_name(name) && word(at + 1) == "::" => {
                    let mut path = name.to_owned();
                    while word(at + 1) == "::" && is_name(word(at + 2)) {
                        source.words.insert(word(at).to_owned());
                        path = format!("{path}::{}", word(at + 2));
                        at += 2;
                    }
                    source.mentions.push(Mention {
                        line,
                        path: resolve(&path, &here),
                        import: None,
                        in_tests,
                    });
                }
                _ => {}
            }
            source.words.insert(word(at).to_owned());
            at += 1;
        }
        source
    }
}

/// Expands the tree of a `use` into its leaves: each path, and the name that it has from then on.
fn expand(tree: &[&str], at: &mut usize, prefix: &str, out: &mut Vec<(String, Option<String>)>) {
    while *at < tree.len() {
        let (mut path, mut name, mut is_leaf, mut is_last) = (prefix.to_owned(), None, false, true);
        while let Some(token) = tree.get(*at) {
            *at += 1;
            match *token {
                "::" => {}
                "{" => {
                    expand(tree, at, &path, out);
                    is_leaf = false;
                }
                "*" => (name, is_leaf) = (None, true),
                "as" => {
                    name = tree.get(*at).map(|alias| (*alias).to_owned());
                    *at += 1;
                }
                "," | "}" => {
                    is_last = *token == "}";
                    break;
                }
                "self" if !prefix.is_empty() => {
                    (name, is_leaf) = (prefix.rsplit("::").next().map(str::to_owned), true);
                }
                segment => {
                    path = if path.is_empty() { segment.to_owned() } else { format!("{path}::{segment}") };
                    (name, is_leaf) = (Some(segment.to_owned()), true);
                }
            }
        }
        if is_leaf {
            out.push((path, name));
        }
        if is_last {
            return;
        }
    }
}

fn resolve(path: &str, module: &[String]) -> String {
    let mut base: Option<Vec<&str>> = None;
    let mut rest = Vec::new();
    for segment in path.split("::") {
        match segment {
            "crate" if base.is_none() => base = Some(vec![module[0].as_str()]),
            "mcp_server_jira" if base.is_none() => base = Some(vec!["crate"]),
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
