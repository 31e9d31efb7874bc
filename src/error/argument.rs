//! Problems with the arguments of a call, as data: `argument_words` says them.

use serde_json::Value;

/// An argument that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidArgument {
    /// The name of the argument.
    pub name: ArgumentName,
    /// The problem.
    pub problem: ArgumentProblem,
}

/// Part of a call that a problem is with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentName {
    /// A parameter of a tool or prompt, as the caller wrote it; or a part of an address in Jira.
    Parameter(String),
    /// A field of an issue by its display name, or another thing with a text, such as `The comment`.
    Field(String),
    /// A rich text, and the field that it is for where that is known.
    Text(Option<String>),
    /// The call as a whole.
    Call,
}

/// Problem with an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentProblem {
    /// There is no parameter of this name.
    Unknown(Alternative),
    /// There is no prompt of this name.
    UnknownPrompt {
        /// The prompts that there are.
        prompts: Vec<String>,
    },
    /// A required parameter was not given.
    Missing {
        /// Its description.
        about: Option<String>,
    },
    /// A value of another kind.
    Takes {
        /// The kind of value that it takes.
        expected: Expected,
        /// The value that was given, where it helps to repeat it.
        given: Option<Given>,
    },
    /// Members of an object that cannot be used.
    Members {
        /// The members that it takes.
        names: Vec<String>,
        /// Problems with those that were given.
        problems: Vec<InvalidArgument>,
    },
    /// Exactly one of this and another parameter is to be given.
    EitherOr {
        /// The other parameter.
        other: &'static str,
    },
    /// It makes sense only beside another parameter.
    Needs {
        /// The other parameter.
        other: String,
    },
    /// A list without members.
    Empty {
        /// The word for one of its members.
        of: &'static str,
    },
    /// A change that changes nothing.
    NoChange {
        /// The parameters that change something, those together of which one is to be given.
        parameters: &'static [&'static [&'static str]],
    },
    /// A change of an issue that changes no field.
    NoFieldChange,
    /// A search for people by nothing.
    NoUserQuery,
    /// A worklog for an audience that only comments can have.
    WorklogAudience,
    /// An issue that shall be linked with itself.
    LinkToItself {
        /// The issue's key.
        issue: String,
    },
    /// The issue has the wanted status.
    AlreadyInStatus {
        /// The issue's key.
        issue: String,
        /// The status.
        status: String,
    },
    /// No transition leads to the wanted status.
    NoTransition {
        /// The issue's key.
        issue: String,
        /// Its present status.
        from: String,
        /// The wanted one, as the caller wrote it.
        to: String,
        /// The transitions that are open, each with its target status.
        possible: Vec<String>,
    },
    /// A person who cannot be the assignee.
    NotAssignable {
        /// The person, as an error offers them.
        user: String,
        /// True for an issue that exists, false for a new one of a project.
        to_issue: bool,
    },
    /// A value that names no issue.
    NotAnIssue(NotAnIssue),
    /// The address of an issue on another site.
    OtherSite {
        /// The host of the address.
        host: String,
        /// The host of this server's site.
        home: String,
        /// The key or id in the address.
        issue: String,
    },
    /// A cursor of another account or query, or of none.
    CursorMismatch,
    /// JQL with quotes or brackets that do not match.
    UnbalancedJql(JqlFault),
    /// A value that would lead to another address.
    NotInAddress {
        /// The value.
        value: String,
    },
    /// A problem with a field of an issue.
    Field(FieldProblem),
    /// A problem with a rich text.
    Text(TextProblem),
}

/// Problem with a field of an issue: with its value, or with setting it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldProblem {
    /// The same field by two of its names.
    GivenTwice,
    /// A field that is not written as one.
    WrittenElsewhere(FieldWriter),
    /// Line breaks in a single line.
    SingleLine,
    /// A label with spaces.
    LabelWithSpaces {
        /// The label.
        label: String,
    },
    /// Members to add or to remove, where there is one value.
    SingleValue,
    /// Members to remove from a list of an issue that does not exist yet.
    NothingToRemove,
    /// A duration that Jira does not let be empty.
    CannotBeEmptied,
    /// The field is not on the create screen.
    NotOnCreateScreen {
        /// The type of the issue.
        issue_type: String,
        /// The key of its project.
        project: String,
    },
    /// The field cannot be edited.
    NotEditable,
    /// The transition has no screen to set fields on.
    NoTransitionScreen {
        /// The transition.
        transition: String,
    },
    /// The field is not on the screen of the transition.
    NotOnTransitionScreen {
        /// The transition.
        transition: String,
        /// The fields of its screen.
        fields: Vec<String>,
    },
    /// Fields that must be given and are not.
    RequiredFields {
        /// Each with the values that it takes.
        fields: Vec<String>,
    },
}

/// Problem with a rich text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextProblem {
    /// A text that is too large to be read as ADF.
    TooLargeAsAdf {
        /// The tokens that it takes.
        tokens: usize,
    },
    /// A text that was changed after the caller read it.
    VersionChanged {
        /// The version that the caller read.
        read: String,
        /// The present version.
        present: String,
        /// The present text, as Markdown.
        text: String,
    },
    /// Edits of a text that is empty.
    EmptyText,
    /// Edits of a text of an issue that does not exist yet.
    NoTextYet,
    /// Edits of what is no rich text.
    NotRichText,
    /// A text that cannot become a document.
    NoDocument {
        /// The fault, as the library for documents says it.
        error: String,
    },
    /// A text that begins as ADF does, and is no JSON.
    AdfNotJson {
        /// The fault, as the JSON parser says it.
        error: String,
    },
    /// A file to be shown in a text, which Jira does not let be shown.
    NoMediaId {
        /// The file's name.
        file: String,
    },
    /// A file to be shown in the text of an issue that does not exist yet.
    FileOnNewIssue {
        /// The file's name.
        file: String,
    },
}

/// Parameters to use in place of one that there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alternative {
    /// The parameter with the nearest name.
    Nearest(String),
    /// All that there are.
    All {
        /// Their names.
        names: Vec<String>,
        /// True where the parameter `fields` takes any field of an issue.
        any_field: bool,
    },
    /// The tool that changes the status of an issue.
    TransitionIssue,
}

/// Kind of value that an argument takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A whole number that is not negative.
    WholeNumber,
    /// True or false.
    Boolean,
    /// A JSON object.
    Object,
    /// One of these texts.
    OneOf(Vec<String>),
    /// Any text.
    Text,
    /// Another JSON type, by its name in JSON Schema.
    Type(String),
    /// A day or a time.
    DayOrTime,
    /// A whole address on the web.
    WebAddress,
    /// A value of a field, in the words that describe its kind to callers.
    FieldValue(String),
}

/// Value that was given, as far as an error repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A text.
    Text(String),
    /// A value in its JSON form.
    Json(String),
    /// An object.
    Object,
    /// A list.
    List,
}

/// Way to write a field that is not written as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldWriter {
    /// `transition_issue`, for the status.
    TransitionIssue,
    /// `add_comment`, for comments.
    AddComment,
    /// `link_issues`, for links.
    LinkIssues,
    /// `add_worklog`, for logged work.
    AddWorklog,
    /// No tool at all, for attachments.
    JiraItself,
    /// The parameter `project` of `create_issue`.
    CreateIssue,
}

/// Quotes or brackets of JQL that do not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JqlFault {
    /// A quote is not closed.
    UnclosedQuote,
    /// A bracket is not closed.
    UnclosedBracket,
    /// A bracket closes that was not opened.
    UnopenedBracket,
}

/// A text that names no issue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no issue; give a key such as PROJ-123, an id, or the issue's address")]
pub struct NotAnIssue(pub String);

impl From<FieldProblem> for ArgumentProblem {
    fn from(problem: FieldProblem) -> Self {
        Self::Field(problem)
    }
}

impl From<TextProblem> for ArgumentProblem {
    fn from(problem: TextProblem) -> Self {
        Self::Text(problem)
    }
}

impl InvalidArgument {
    /// A problem with a parameter.
    pub fn parameter(name: impl Into<String>, problem: impl Into<ArgumentProblem>) -> Self {
        Self { name: ArgumentName::Parameter(name.into()), problem: problem.into() }
    }

    /// A problem with a field, or with another thing that has a text.
    pub fn field(name: impl Into<String>, problem: impl Into<ArgumentProblem>) -> Self {
        Self { name: ArgumentName::Field(name.into()), problem: problem.into() }
    }

    /// A problem with a rich text.
    pub fn text(problem: impl Into<ArgumentProblem>) -> Self {
        Self { name: ArgumentName::Text(None), problem: problem.into() }
    }

    /// A problem with the call as a whole.
    pub fn call(problem: impl Into<ArgumentProblem>) -> Self {
        Self { name: ArgumentName::Call, problem: problem.into() }
    }
}

impl Given {
    /// A value of the wrong kind: itself, or its kind where it may be long.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::List,
            other => Self::Json(other.to_string()),
        }
    }
}
