//! The graph of source files: which file uses what another one defines.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{Mention, Source};

/// The crates of this repository that have rules: the name in paths, and the folder.
const CRATES: [(&str, &str); 3] =
    [("crate", "src"), ("jira_adf", "crates/jira-adf/src"), ("jira_sandbox", "crates/jira-sandbox/src")];

/// A module that has a file.
pub(super) struct Module {
    /// Its path, such as `crate::jira::platform`.
    pub(super) path: String,
    pub(super) file: PathBuf,
    pub(super) source: Source,
    /// The paths behind the names that it imports.
    imports: HashMap<String, String>,
    /// The modules all of whose names it imports.
    globs: Vec<String>,
}

/// All modules by their path.
pub(super) struct Modules(BTreeMap<String, Module>);

impl Modules {
    /// Reads the source of all crates.
    pub(super) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for (name, folder) in CRATES {
            list_files(&root.join(folder), &[name.to_owned()], &mut files);
        }
        Self::of(files.into_iter().map(|(path, file)| {
            let text = fs::read_to_string(&file).unwrap();
            (path, file, text)
        }))
    }

    /// These modules: path, file, text.
    pub(super) fn of(files: impl Iterator<Item = (Vec<String>, PathBuf, String)>) -> Self {
        let modules = files.map(|(segments, file, text)| {
            let source = Source::read(&text, &segments);
            let (path, mut imports, mut globs) = (segments.join("::"), HashMap::new(), Vec::new());
            for mention in source.mentions.iter().filter(|mention| !mention.in_tests) {
                match mention.import.as_ref().map(|import| &import.name) {
                    // A module inside of the file may import what the file imports or defines.
                    Some(Some(name)) if mention.path == join(&path, name) => {}
                    Some(Some(name)) => drop(imports.insert(name.clone(), mention.path.clone())),
                    Some(None) if mention.path == path => {}
                    Some(None) => globs.push(mention.path.clone()),
                    None => {}
                }
            }
            (path.clone(), Module { path, file, source, imports, globs })
        });
        Self(modules.collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Module> {
        self.0.values()
    }

    /// Sets of modules of which each one needs all the others; their tests may need what they like.
    pub(super) fn circles(&self) -> BTreeSet<BTreeSet<&str>> {
        let needs: BTreeMap<&str, BTreeSet<&str>> = self
            .iter()
            .filter(|module| !module.path.split("::").any(|segment| segment == "tests"))
            .map(|module| (module.path.as_str(), self.needs(module)))
            .collect();
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            needs.keys().map(|from| (*from, reachable(&needs, from))).collect();
        let circle = |from: &str| -> BTreeSet<&str> {
            let is_back = |to: &&&str| reached.get(**to).is_some_and(|back| back.contains(from));
            reached[from].iter().filter(is_back).copied().collect()
        };
        needs.keys().map(|from| circle(from)).filter(|circle| circle.len() > 1).collect()
    }

    /// The modules that define what this one uses.
    pub(super) fn needs(&self, module: &Module) -> BTreeSet<&str> {
        let used = module.source.mentions.iter().filter(|mention| !mention.in_tests);
        let found = used.filter_map(|mention| self.target(module, mention));
        found.map(|target| target.path.as_str()).filter(|path| *path != module.path).collect()
    }

    fn target(&self, module: &Module, mention: &Mention) -> Option<&Module> {
        let path = self.absolute(module, &mention.path, mention.import.is_some())?;
        let definition = self.definition(&path, 0)?;
        match &mention.import {
            Some(import) if import.name.is_none() => Some(definition).filter(|_| !import.reexport),
            // Whatever uses a module names something in it.
            _ if self.0.contains_key(&path) => None,
            Some(import) => {
                let words = &module.source.words;
                let used = import.name.as_ref().is_some_and(|name| words.contains(name));
                Some(definition).filter(|_| !import.reexport || used)
            }
            None => Some(definition),
        }
    }

    /// The path from a crate's root of what a module names; none for other crates.
    fn absolute(&self, module: &Module, path: &str, is_import: bool) -> Option<String> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        if CRATES.iter().any(|(name, _)| *name == first) {
            return Some(path.to_owned());
        }
        let child = format!("{}::{first}", module.path);
        if self.0.contains_key(&child) {
            return Some(join(&child, rest));
        }
        // An import may not name itself.
        let behind = module.imports.get(first).filter(|behind| !is_import || *behind != path)?;
        let (start, _) = behind.split_once("::").unwrap_or((behind, ""));
        if CRATES.iter().any(|(name, _)| *name == start) {
            return Some(join(behind, rest));
        }
        let child = format!("{}::{start}", module.path);
        self.0.contains_key(&child).then(|| join(&format!("{}::{behind}", module.path), rest))
    }

    /// The module that defines what is at a path, behind all re-exports.
    fn definition(&self, path: &str, depth: usize) -> Option<&Module> {
        assert!(depth < 32, "{path} is imported in a circle");
        let (module, rest) = self.longest(path)?;
        let (name, _) = rest.split_once("::").unwrap_or((rest, ""));
        if name.is_empty() || module.source.items.contains(name) {
            return Some(module);
        }
        if module.imports.contains_key(name) {
            let path = self.absolute(module, rest, false)?;
            return self.definition(&path, depth + 1);
        }
        let glob = module.globs.iter().find_map(|glob| {
            let behind = join(&self.absolute(module, glob, false)?, rest);
            let (module, rest) = self.longest(&behind)?;
            let (name, _) = rest.split_once("::").unwrap_or((rest, ""));
            let has = name.is_empty()
                || module.source.items.contains(name)
                || module.imports.contains_key(name)
                || !module.globs.is_empty();
            has.then(|| self.definition(&behind, depth + 1))?
        });
        Some(glob.unwrap_or(module))
    }

    /// The module that is the longest start of a path, and what is left of it.
    fn longest<'a>(&self, path: &'a str) -> Option<(&Module, &'a str)> {
        let mut end = path.len();
        loop {
            if let Some(module) = self.0.get(&path[..end]) {
                return Some((module, path[end..].trim_start_matches("::")));
            }
            end = path[..end].rfind("::")?;
        }
    }
}

fn join(start: &str, rest: &str) -> String {
    if rest.is_empty() { start.to_owned() } else { format!("{start}::{rest}") }
}

fn reachable<'a>(needs: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(at) = next.pop() {
        let found = needs.get(at).into_iter().flatten();
        next.extend(found.filter(|to| seen.insert(**to)).copied());
    }
    seen
}

fn list_files(folder: &Path, module: &[String], out: &mut Vec<(Vec<String>, PathBuf)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let mut path = module.to_vec();
        let name = file.file_stem().unwrap().to_str().unwrap();
        if name != "lib" {
            path.push(name.to_owned());
        }
        if file.is_dir() {
            list_files(&file, &path, out);
        } else if file.extension().is_some_and(|end| end == "rs") {
            out.push((path, file));
        }
    }
}
