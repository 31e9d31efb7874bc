//! Words for arguments that cannot be used.

use std::fmt::{self, Display, Formatter};

use super::argument::{
    Alternative, ArgumentName, ArgumentProblem, Expected, FieldProblem, FieldWriter, Given, InvalidArgument,
    JqlFault, TextProblem,
};

impl Display for InvalidArgument {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, problem } = self;
        match problem {
            ArgumentProblem::Unknown(alternative) => {
                write!(f, "There is no argument {name}; {alternative}")
            }
            ArgumentProblem::UnknownPrompt { prompts } => {
                write!(f, "There is no prompt {name}; there are {}.", prompts.join(", "))
            }
            ArgumentProblem::Missing { about } => {
                write!(f, "{name} is missing: {}", about.as_deref().unwrap_or("it is required"))
            }
            ArgumentProblem::Takes { expected, given: Some(given) } => {
                write!(f, "{name} takes {expected}, not {given}.")
            }
            ArgumentProblem::Takes { expected, given: None } => write!(f, "{name} takes {expected}."),
            ArgumentProblem::Members { names, problems } => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let problems = problems.join(" ");
                let stop = if problems.ends_with(['.', '?']) { "" } else { "." };
                write!(f, "{name} takes objects of {}: {problems}{stop}", names.join(", "))
            }
            ArgumentProblem::EitherOr { other } => write!(f, "Give either {name} or `{other}`."),
            ArgumentProblem::Needs { other } => write!(f, "{name} goes with `{other}`."),
            ArgumentProblem::Empty { of } => write!(f, "{name} is empty: give at least one {of}."),
            ArgumentProblem::NoChange { parameters } => {
                let quoted = |names: &&[&str]| {
                    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
                };
                let parameters: Vec<String> = parameters.iter().map(quoted).collect();
                write!(f, "Give what is to change: {}.", parameters.join(", "))
            }
            ArgumentProblem::NoFieldChange => f.write_str(
                "Nothing to change was given; null counts as not given, and `clear` empties fields.",
            ),
            ArgumentProblem::NoUserQuery => {
                write!(f, "Give {name}, or `project` or `issue` for those who can be assigned there.")
            }
            ArgumentProblem::WorklogAudience => {
                write!(f, "{name} of a worklog takes `role:NAME` or `group:NAME`.")
            }
            ArgumentProblem::LinkToItself { issue } => write!(f, "{issue} cannot be linked with itself."),
            ArgumentProblem::AlreadyInStatus { issue, status } => {
                write!(f, "{issue} is in {status} already.")
            }
            ArgumentProblem::NoTransition { issue, from, to, possible } => {
                write!(f, "Cannot move {issue} from {from} to {to}")?;
                if possible.is_empty() {
                    f.write_str(": no transition is open to this account.")
                } else {
                    write!(f, "; possible: {}.", possible.join(", "))
                }
            }
            ArgumentProblem::NotAssignable { user, to_issue } => {
                let place = if *to_issue { "to this issue" } else { "in this project" };
                write!(f, "{user} cannot be assigned {place}.")
            }
            ArgumentProblem::NotAnIssue(error) => match name {
                ArgumentName::Field(name) => write!(f, "{name}: {error}."),
                _ => error.fmt(f),
            },
            ArgumentProblem::OtherSite { host, home, issue } => write!(
                f,
                "That is an address of {host}, and this server works on {home}; `{issue}` alone means the issue there."
            ),
            ArgumentProblem::CursorMismatch => write!(
                f,
                "This {name} belongs to other arguments or is damaged; repeat the call that gave it with the \
                 same arguments and only {name} added, or leave {name} out to start again."
            ),
            ArgumentProblem::UnbalancedJql(fault) => {
                write!(f, "{name} cannot be read: {}.", unbalanced(*fault))
            }
            ArgumentProblem::NotInAddress { value } => {
                write!(f, "{value:?} cannot be part of an address in Jira.")
            }
            ArgumentProblem::Field(problem) => field_problem(f, name, problem),
            ArgumentProblem::Text(problem) => text_problem(f, name, problem),
        }
    }
}

/// Says what is wrong with the value of a field, or with setting it there.
fn field_problem(f: &mut Formatter<'_>, name: &ArgumentName, problem: &FieldProblem) -> fmt::Result {
    match problem {
        FieldProblem::GivenTwice => write!(f, "{name} is given twice."),
        FieldProblem::WrittenElsewhere(writer) => {
            write!(f, "{name} cannot be set in `fields`: {}.", elsewhere(*writer))
        }
        FieldProblem::SingleLine => write!(f, "{name} is a single line: take the line breaks out."),
        FieldProblem::LabelWithSpaces { label } => {
            write!(f, "{name} cannot hold `{label}`: a label has no spaces.")
        }
        FieldProblem::SingleValue => {
            write!(f, "{name} holds one value, so nothing can be added or removed; give the value itself.")
        }
        FieldProblem::NothingToRemove => {
            write!(f, "{name} has nothing to remove yet; give its values as a list.")
        }
        FieldProblem::CannotBeEmptied => write!(f, "{name} cannot be emptied; set it to `0m`."),
        FieldProblem::NotOnCreateScreen { issue_type, project } => write!(
            f,
            "{name} cannot be set on creating a {issue_type} in {project}: it is not on its create screen. Leave it \
             out, and set it afterwards."
        ),
        FieldProblem::NotEditable => write!(f, "{name} cannot be edited here."),
        FieldProblem::NoTransitionScreen { transition } => {
            write!(f, "{name} cannot be set with `{transition}`, which has no screen.")
        }
        FieldProblem::NotOnTransitionScreen { transition, fields } => {
            write!(f, "{name} is not on the screen of `{transition}`, which has: {}.", fields.join(", "))
        }
        FieldProblem::RequiredFields { fields } => {
            let s = if fields.len() == 1 { "" } else { "s" };
            write!(f, "Required field{s} missing: {}.", fields.join("; "))
        }
    }
}

/// Says what is wrong with a rich text.
fn text_problem(f: &mut Formatter<'_>, name: &ArgumentName, problem: &TextProblem) -> fmt::Result {
    match problem {
        TextProblem::VersionChanged { read, present, text } => {
            write!(f, "{name} has changed since version {read} was read. Version {present} is:\n{text}")
        }
        TextProblem::EmptyText => {
            write!(f, "{name} is empty, so there is nothing to edit; give it whole.")
        }
        TextProblem::NoTextYet => write!(f, "{name} has no text yet to edit."),
        TextProblem::NotRichText => write!(f, "{name} is no rich text; give its new value."),
        TextProblem::TooLargeAsAdf { tokens } => write!(
            f,
            "{name} takes {tokens} tokens as ADF, more than a result may have; read it as Markdown."
        ),
        TextProblem::NoDocument { error } => write!(f, "{name} cannot be used: {error}."),
        TextProblem::AdfNotJson { error } => {
            write!(f, "{name} cannot be used: it looks like ADF, and is no JSON ({error}).")
        }
        TextProblem::NoMediaId { file } => write!(
            f,
            "Jira does not tell the id by which `{file}` can stand in a text; name the file in words instead."
        ),
        TextProblem::FileOnNewIssue { file } => write!(
            f,
            "{name} shows `{file}`, and a new issue has no attachments: create it without, attach the file, and then \
             add it to the text; or give the whole address of an image on the web."
        ),
    }
}

impl Display for ArgumentName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "`{name}`"),
            Self::Field(name) => f.write_str(name),
            Self::Text(None) => f.write_str("The text"),
            Self::Text(Some(field)) => write!(f, "{field}: The text"),
            Self::Call => f.write_str("The call"),
        }
    }
}

impl Display for Alternative {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nearest(name) => write!(f, "did you mean `{name}`?"),
            Self::All { names, any_field } => {
                let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let fields = if *any_field { "; other fields go into `fields`" } else { "" };
                write!(f, "there are {names}{fields}.")
            }
            Self::TransitionIssue => write!(f, "{}.", elsewhere(FieldWriter::TransitionIssue)),
        }
    }
}

impl Display for Expected {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::WholeNumber => f.write_str("a whole number from 0"),
            Self::Boolean => f.write_str("true or false"),
            Self::Object => f.write_str("an object, such as {\"Name\": \"value\"}"),
            Self::OneOf(choices) => write!(f, "one of {}", choices.join(", ")),
            Self::Text => f.write_str("a text"),
            Self::Type(name) => {
                let article = if name.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
                write!(f, "{article} {name}")
            }
            Self::DayOrTime => f.write_str("a day or a time, such as `2026-11-20` or `2026-11-20T10:15`"),
            Self::WebAddress => f.write_str("a whole address such as https://example.com/page"),
            Self::FieldValue(words) => f.write_str(words),
        }
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Json(json) => f.write_str(json),
            Self::Object => f.write_str("an object"),
            Self::List => f.write_str("a list"),
        }
    }
}

fn elsewhere(writer: FieldWriter) -> &'static str {
    match writer {
        FieldWriter::TransitionIssue => "transition_issue moves an issue to another status",
        FieldWriter::AddComment => "add_comment writes comments",
        FieldWriter::LinkIssues => "link_issues links issues",
        FieldWriter::AddWorklog => "add_worklog logs work, where the toolset `worklogs` is on",
        FieldWriter::JiraItself => "no tool here attaches files; it is done in Jira itself",
        FieldWriter::CreateIssue => {
            "`project` is a parameter of create_issue, and an issue stays in its project"
        }
    }
}

fn unbalanced(fault: JqlFault) -> &'static str {
    match fault {
        JqlFault::UnclosedQuote => "a quote is not closed",
        JqlFault::UnclosedBracket => "a bracket is not closed",
        JqlFault::UnopenedBracket => "a bracket closes that was not opened",
    }
}
