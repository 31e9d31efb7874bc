//! The fields of one target: finding one by name, and resolving a change of it.

use std::sync::Arc;

use serde_json::Value;

use super::field_change::FieldChange;
use super::issue_write::{IssueWrite, ResolvedChange};
use super::target::Target;
use crate::error::{ArgumentProblem, Error, FieldProblem, InvalidArgument, Result, TextProblem};
use crate::jira::platform::user::UserScope;
use crate::jira::values::field::loose;
use crate::jira::values::screen::{Screen, ScreenField};
use crate::jira::values::shape::Shape;
use crate::jira::{AllowedIssue, Client, IssueRef};

/// Names that people use for fields that Jira calls otherwise, in the form of [`loose`].
const ALIASES: [(&str, &str); 8] = [
    ("type", "issuetype"),
    ("affectedversions", "versions"),
    ("epic", "parent"),
    ("epiclink", "parent"),
    ("originalestimate", ORIGINAL),
    ("timeoriginalestimate", ORIGINAL),
    ("remainingestimate", REMAINING),
    ("timeestimate", REMAINING),
];
/// The id of the field of which the two estimates are parts.
const ESTIMATES: &str = "timetracking";
const ORIGINAL: &str = "timetracking.originalEstimate";
const REMAINING: &str = "timetracking.remainingEstimate";

/// A target with all that it takes to write there.
pub(super) struct FieldResolver<'a> {
    pub(super) client: &'a Client,
    pub(super) target: &'a Target,
    /// The fields that there are; for an edit they are asked for where they are needed.
    screen: Option<Arc<Screen>>,
}

impl<'a> FieldResolver<'a> {
    pub(super) async fn new(client: &'a Client, target: &'a Target) -> Result<Self> {
        let screen = match target {
            Target::Create { project, kind } => Some(client.create_screen(project, kind).await?),
            Target::Edit(_) => None,
            Target::Move(_, transition) => Some(Arc::new(transition.fields.clone())),
        };
        Ok(Self { client, target, screen })
    }

    /// True where the issue exists already.
    pub(super) fn exists(&self) -> bool {
        !matches!(self.target, Target::Create { .. })
    }

    /// The people who can be given for a field.
    pub(super) fn among(&self, field: &ScreenField) -> UserScope<'_> {
        match self.target {
            _ if field.id != "assignee" => UserScope::Everyone,
            Target::Create { project, .. } => UserScope::AssignableIn(project),
            Target::Edit(issue) | Target::Move(issue, _) => UserScope::AssignableTo(issue),
        }
    }

    /// The field that a name means, and the part of it where only one is meant.
    pub(super) async fn field(&self, given: &str) -> Result<(ScreenField, Option<&'static str>)> {
        let loose_name = loose(given);
        let name = ALIASES.iter().find(|(alias, _)| *alias == loose_name).map_or(given, |(_, name)| name);
        let (name, part) = match name {
            ORIGINAL => (ESTIMATES, Some("originalEstimate")),
            REMAINING => (ESTIMATES, Some("remainingEstimate")),
            name => (name, None),
        };
        match (&self.screen, self.target) {
            (Some(screen), _) => match screen.named(name).as_slice() {
                [field] => Ok(((*field).clone(), part)),
                [] => Ok((self.by_other_name(screen, name).await?, part)),
                _ => Ok((screen.resolve(name)?.clone(), part)),
            },
            (None, Target::Edit(issue)) => Ok((self.edited(issue, name).await?, part)),
            (None, _) => Err(Error::Internal("a screen is missing".into())),
        }
    }

    /// A field of an issue that exists. Jira lets one edit fields that are on no screen, so that its screen
    /// is asked only for what it alone knows: values, and which of several fields of one name.
    async fn edited(&self, issue: &AllowedIssue, name: &str) -> Result<ScreenField> {
        let fields = self.client.fields().await?;
        let found = fields.resolve(name);
        if let Ok(field) = &found {
            let plain = ScreenField::of(field);
            if !plain.shape().is_chosen() {
                return Ok(plain);
            }
        }
        let screen = self.client.edit_screen(issue).await?;
        match found {
            Ok(field) => Ok(screen.by_id(&field.id).cloned().unwrap_or_else(|| ScreenField::of(field))),
            Err(error) => match screen.named(name).as_slice() {
                [field] => Ok((*field).clone()),
                _ => Err(error),
            },
        }
    }

    /// The screen's field whose name in the site's language this is.
    async fn by_other_name(&self, screen: &Screen, name: &str) -> Result<ScreenField> {
        let fields = self.client.fields().await?;
        let Ok(field) = fields.resolve(name) else { return Err(screen.unresolved(name)) };
        if let Some(field) = screen.by_id(&field.id) {
            return Ok(field.clone());
        }
        let problem = match self.target {
            Target::Create { project, kind } => FieldProblem::NotOnCreateScreen {
                issue_type: kind.name.clone(),
                project: project.as_str().to_owned(),
            },
            Target::Edit(_) => FieldProblem::NotEditable,
            Target::Move(_, transition) if transition.fields.0.is_empty() => {
                FieldProblem::NoTransitionScreen { transition: transition.name.clone() }
            }
            Target::Move(_, transition) => FieldProblem::NotOnTransitionScreen {
                transition: transition.name.clone(),
                fields: transition.fields.0.iter().map(|field| field.name.clone()).collect(),
            },
        };
        Err(InvalidArgument::field(&field.name, problem).into())
    }

    /// Resolves a change of a field into Jira's form.
    pub(super) async fn resolve(
        &self,
        field: &ScreenField,
        part: Option<&'static str>,
        change: &FieldChange,
        write: &mut IssueWrite,
    ) -> Result<ResolvedChange> {
        let name = &field.name;
        let invalid = |problem: ArgumentProblem| Err(InvalidArgument::field(name, problem).into());
        match (change, field.shape()) {
            (FieldChange::Clear, Shape::Estimates) => invalid(FieldProblem::CannotBeEmptied.into()),
            (FieldChange::Clear, _) => Ok(ResolvedChange::Nothing),
            (FieldChange::Stored(text), _) => Ok(ResolvedChange::Text(text.clone().into())),
            (FieldChange::Edit(_) | FieldChange::Rewrite { .. } | FieldChange::Set(_), Shape::Rich) => {
                let text = self.text(field, change, &mut write.reads).await?;
                write.warnings.extend(text.warnings.into_iter().map(|warning| format!("{name}: {warning}")));
                Ok(if text.text.is_null() {
                    ResolvedChange::Nothing
                } else {
                    ResolvedChange::Text(text.text)
                })
            }
            (FieldChange::Edit(_) | FieldChange::Rewrite { .. }, _) => {
                invalid(TextProblem::NotRichText.into())
            }
            (FieldChange::Set(value), shape) => match self.value(field, &shape, part, value).await? {
                Value::Null => Ok(ResolvedChange::Nothing),
                Value::Array(items) if items.is_empty() => Ok(ResolvedChange::Nothing),
                value => Ok(ResolvedChange::Value(value)),
            },
            (FieldChange::Members { remove, .. }, Shape::List(_)) if !self.exists() && !remove.is_empty() => {
                invalid(FieldProblem::NothingToRemove.into())
            }
            (FieldChange::Members { add, remove }, shape @ Shape::List(_)) => {
                let mut members = Vec::new();
                for list in [add, remove] {
                    let list = Value::Array(list.clone());
                    let converted = self.value(field, &shape, part, &list).await?;
                    members.push(converted.as_array().cloned().unwrap_or_default());
                }
                let (remove, add) = (members.pop().unwrap_or_default(), members.pop().unwrap_or_default());
                Ok(ResolvedChange::Members { add, remove })
            }
            (FieldChange::Members { .. }, _) => invalid(FieldProblem::SingleValue.into()),
        }
    }

    /// The required fields that would stay empty, as one problem.
    pub(super) fn missing(&self, write: &IssueWrite) -> Option<Error> {
        let screen = self.screen.as_ref()?;
        let given = |id: &str| {
            write
                .entries
                .iter()
                .any(|entry| entry.field.id == id && !matches!(entry.change, ResolvedChange::Nothing))
        };
        let fields: Vec<String> = screen
            .0
            .iter()
            .filter(|field| field.must_be_given() && !given(&field.id))
            .map(ScreenField::with_values)
            .collect();
        (!fields.is_empty()).then(|| InvalidArgument::call(FieldProblem::RequiredFields { fields }).into())
    }

    /// Lets an issue that is named as a value through the allow-list.
    pub(super) async fn allowed_issue(&self, field: &ScreenField, given: &str) -> Result<AllowedIssue> {
        let issue = IssueRef::try_from(given.to_owned())
            .map_err(|error| InvalidArgument::field(&field.name, ArgumentProblem::NotAnIssue(error)))?;
        self.client.allowed_issue(&issue).await
    }
}
