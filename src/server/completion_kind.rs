//! The kinds of arguments that prompts and addresses of resources have, by what completes them.

/// The kind of an argument's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// Key of a project.
    Project,
    /// Key of an issue.
    Issue,
    /// Key of an issue that has others under it.
    Epic,
    /// A person, as names are resolved.
    Person,
    /// Name of a version of the project.
    Version,
    /// Name of a sprint of the project.
    Sprint,
    /// Name of a status.
    Status,
    /// Id of a board, found by its name too.
    Board,
    /// A query.
    Jql,
    /// A value that nothing completes.
    Free,
}
