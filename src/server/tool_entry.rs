//! A tool as the registry keeps it: what its item declares beside what clients see.

use rmcp::model::{MetaObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use crate::jira::{Effect, Operation, operations};

/// The key of `_meta` under which a tool's item carries its operations to the registry, which takes them out.
const OPERATIONS_KEY: &str = "operations";

/// One tool.
#[derive(Debug, Clone)]
pub struct ToolEntry {
    /// Its name.
    pub name: String,
    /// Its toolset.
    pub toolset: &'static str,
    /// True where it is on by default.
    pub default: bool,
    /// The most that it may do to Jira.
    pub access: Access,
    /// The operations that it cannot do without.
    pub required: Vec<&'static Operation>,
    /// The operations that it uses where its arguments, or what it finds, ask for it.
    pub optional: Vec<&'static Operation>,
    /// Arguments with which it can be called in the seeded sandbox.
    pub example: Value,
}

/// The most that a tool may do to Jira: the greatest effect of one of its operations.
pub type Access = Effect;

/// The operations of a tool, for its `#[tool(meta = uses(...))]`: those that it cannot do without, and those that it
/// uses where its arguments, or what it finds, ask for it.
#[must_use]
pub fn uses(required: &[&'static Operation], optional: &[&[&'static Operation]]) -> MetaObject {
    let names = |operations: &mut dyn Iterator<Item = &'static Operation>| -> Value {
        operations.map(|operation| Value::from(operation.to_string())).collect()
    };
    let required = names(&mut required.iter().copied());
    let optional = names(&mut optional.iter().flat_map(|group| group.iter().copied()));
    let mut meta = MetaObject::default();
    meta.insert(OPERATIONS_KEY.into(), json!([required, optional]));
    meta
}

impl ToolEntry {
    /// Takes out of a tool what only the registry needs, and fills in the title and hints that its item leaves to
    /// the defaults.
    pub(super) fn take_from(tool: &mut Tool, toolset: &'static str, default: bool) -> Self {
        let (required, optional) = take_operations(tool);
        let access = required.iter().chain(&optional).map(|operation| operation.effect()).max();
        let access = access.unwrap_or(Access::Destroy);
        let hints = tool.annotations.get_or_insert_with(ToolAnnotations::default);
        hints.read_only_hint.get_or_insert(access == Access::Read);
        hints.destructive_hint.get_or_insert(access == Access::Destroy);
        hints.idempotent_hint.get_or_insert(access != Access::Write);
        hints.open_world_hint.get_or_insert(true);
        if tool.title.is_none() {
            tool.title = Some(title(&tool.name));
        }
        let example = take_example(tool);
        Self { name: tool.name.to_string(), toolset, default, access, required, optional, example }
    }

    /// True where it changes nothing.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.access == Access::Read
    }

    /// True for an operation that it declares.
    #[must_use]
    pub fn declares(&self, operation: &Operation) -> bool {
        self.required.iter().chain(&self.optional).any(|declared| *declared == operation)
    }

    #[cfg(test)]
    pub(super) fn for_tests(name: &str, toolset: &'static str, default: bool, access: Access) -> Self {
        let (required, optional) = (Vec::new(), Vec::new());
        Self { name: name.to_owned(), toolset, default, access, required, optional, example: json!({}) }
    }
}

/// The operations that [`uses`] put into the tool's `_meta`.
fn take_operations(tool: &mut Tool) -> (Vec<&'static Operation>, Vec<&'static Operation>) {
    let names = tool.meta.as_mut().and_then(|meta| meta.remove(OPERATIONS_KEY)).unwrap_or_default();
    if tool.meta.as_ref().is_some_and(|meta| meta.is_empty()) {
        tool.meta = None;
    }
    let of = |list: &Value| -> Vec<&'static Operation> {
        let names: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        operations().filter(|operation| names.contains(&operation.to_string().as_str())).collect()
    };
    (of(&names[0]), of(&names[1]))
}

/// The first example of the input's schema.
fn take_example(tool: &mut Tool) -> Value {
    let mut schema = tool.input_schema.as_ref().clone();
    let examples = schema.shift_remove("examples");
    tool.input_schema = schema.into();
    match examples {
        Some(Value::Array(mut examples)) if !examples.is_empty() => examples.remove(0),
        _ => json!({}),
    }
}

/// `List comments` for `list_comments`.
fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
