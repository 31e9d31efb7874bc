//! One place where fields are written: which there are, and what a wish for one comes to.

use std::sync::Arc;

use serde_json::Value;

use super::Target;
use super::field_change::Wish;
use super::issue_write::{Prepared, Wanted};
use crate::error::{Error, Result};
use crate::jira::platform::people::Among;
use crate::jira::values::field::loose;
use crate::jira::values::screen::{Screen, ScreenField};
use crate::jira::values::shape::Shape;
use crate::jira::{Admitted, Client, IssueRef};

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
/// The two estimates are parts of one field.
const ESTIMATES: &str = "timetracking";
const ORIGINAL: &str = "timetracking.originalEstimate";
const REMAINING: &str = "timetracking.remainingEstimate";

/// A target with all that it takes to write there.
pub(super) struct Place<'a> {
    pub(super) client: &'a Client,
    pub(super) target: &'a Target,
    /// The fields that there are; for an edit they are asked for where they are needed.
    screen: Option<Arc<Screen>>,
}

impl<'a> Place<'a> {
    pub(super) async fn new(client: &'a Client, target: &'a Target) -> Result<Self> {
        let screen = match target {
            Target::Create { project, kind } => Some(client.create_screen(project, kind).await?),
            Target::Edit(_) => None,
            Target::Move(_, transition) => Some(Arc::new(transition.fields.clone())),
        };
        Ok(Self { client, target, screen })
    }

    /// True where there is an issue already.
    pub(super) fn exists(&self) -> bool {
        !matches!(self.target, Target::Create { .. })
    }

    /// Who can be given for a field.
    pub(super) fn among(&self, field: &ScreenField) -> Among<'_> {
        match self.target {
            _ if field.id != "assignee" => Among::Everyone,
            Target::Create { project, .. } => Among::AssignableIn(project),
            Target::Edit(issue) | Target::Move(issue, _) => Among::AssignableTo(issue),
        }
    }

    /// The field of a name, and which part of it is meant.
    pub(super) async fn field(&self, given: &str) -> Result<(ScreenField, Option<&'static str>)> {
        let wanted = loose(given);
        let name = ALIASES.iter().find(|(alias, _)| *alias == wanted).map_or(given, |(_, name)| name);
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

    /// A field of an issue. Jira lets one edit fields that are on no screen, so that its screen
    /// is asked only for what it alone knows: values, and which of several fields of one name.
    async fn edited(&self, issue: &Admitted, name: &str) -> Result<ScreenField> {
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
        Err(Error::Argument(match self.target {
            Target::Create { project, kind } => format!(
                "{} cannot be set on creating a {} in {project}: it is not on its create screen. Leave it out, \
                 and set it afterwards.",
                field.name, kind.name
            ),
            Target::Edit(_) => format!("{} cannot be edited here.", field.name),
            Target::Move(_, transition) if transition.fields.0.is_empty() => {
                format!("{} cannot be set with `{}`, which has no screen.", field.name, transition.name)
            }
            Target::Move(_, transition) => format!(
                "{} is not on the screen of `{}`, which has: {}.",
                field.name,
                transition.name,
                transition.fields.0.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }))
    }

    /// What a wish for a field comes to.
    pub(super) async fn wanted(
        &self,
        field: &ScreenField,
        part: Option<&'static str>,
        wish: &Wish,
        prepared: &mut Prepared,
    ) -> Result<Wanted> {
        let name = &field.name;
        match (wish, field.shape()) {
            (Wish::Clear, Shape::Estimates) => {
                Err(Error::Argument(format!("{name} cannot be emptied; set it to `0m`.")))
            }
            (Wish::Clear, _) => Ok(Wanted::Nothing),
            (Wish::Stored(text), _) => Ok(Wanted::Value(text.clone())),
            (Wish::Edit(_) | Wish::Rewrite { .. } | Wish::Set(_), Shape::Rich) => {
                let text = self.text(field, wish, &mut prepared.reads).await?;
                prepared
                    .warnings
                    .extend(text.warnings.into_iter().map(|warning| format!("{name}: {warning}")));
                Ok(if text.value.is_null() { Wanted::Nothing } else { Wanted::Value(text.value) })
            }
            (Wish::Edit(_) | Wish::Rewrite { .. }, _) => {
                Err(Error::Argument(format!("{name} is no rich text; give its new value.")))
            }
            (Wish::Set(value), shape) => match self.value(field, &shape, part, value).await? {
                Value::Null => Ok(Wanted::Nothing),
                Value::Array(items) if items.is_empty() => Ok(Wanted::Nothing),
                value => Ok(Wanted::Value(value)),
            },
            (Wish::Change { remove, .. }, Shape::List(_)) if !self.exists() && !remove.is_empty() => {
                Err(Error::Argument(format!("{name} has nothing to remove yet; give its values as a list.")))
            }
            (Wish::Change { add, remove }, shape @ Shape::List(_)) => {
                let mut members = Vec::new();
                for list in [add, remove] {
                    let list = Value::Array(list.clone());
                    let converted = self.value(field, &shape, part, &list).await?;
                    members.push(converted.as_array().cloned().unwrap_or_default());
                }
                let (remove, add) = (members.pop().unwrap_or_default(), members.pop().unwrap_or_default());
                Ok(Wanted::Members { add, remove })
            }
            (Wish::Change { .. }, _) => Err(Error::Argument(format!(
                "{name} holds one value, so nothing can be added or removed; give the value itself."
            ))),
        }
    }

    /// The required fields that would stay empty, as one problem.
    pub(super) fn missing(&self, prepared: &Prepared) -> Option<Error> {
        let screen = self.screen.as_ref()?;
        let given = |id: &str| {
            prepared
                .entries
                .iter()
                .any(|entry| entry.field.id == id && !matches!(entry.wanted, Wanted::Nothing))
        };
        let missing: Vec<String> = screen
            .0
            .iter()
            .filter(|field| field.must_be_given() && !given(&field.id))
            .map(ScreenField::with_values)
            .collect();
        let s = if missing.len() == 1 { "" } else { "s" };
        (!missing.is_empty())
            .then(|| Error::Argument(format!("Required field{s} missing: {}.", missing.join("; "))))
    }

    /// Lets an issue that is named as a value through the wall.
    pub(super) async fn admit(&self, field: &ScreenField, given: &str) -> Result<Admitted> {
        let issue = IssueRef::try_from(given.to_owned())
            .map_err(|problem| Error::Argument(format!("{}: {problem}.", field.name)))?;
        self.client.admit(&issue).await
    }
}
