//! What a caller wants of an issue's fields, made into what Jira takes.
//!
//! Names become ids here, before anything is sent: of fields, of people, of the values that a
//! screen allows. All that cannot be understood is told in one error.

mod applied;
mod convert;
mod plain;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::field::loose;
use super::metadata::IssueType;
use super::people::Among;
use super::screen::{Screen, ScreenField};
use super::shape::Shape;
use super::transition::Transition;
use super::wall::Admitted;
use super::{Client, IssueRef};
use crate::error::{Error, Result};
pub use applied::Applied;

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

/// What a caller wants of some fields, in the order in which it was said.
#[derive(Debug, Clone, Default)]
pub struct Wishes(Vec<(String, Wish)>);

#[derive(Debug, Clone)]
enum Wish {
    Set(Value),
    Change { add: Vec<Value>, remove: Vec<Value> },
    Clear,
}

impl Wishes {
    /// A field, by name or id, and what it shall be: null clears it, `{"add": [...], "remove":
    /// [...]}` changes a list, everything else replaces.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        let wish = match value.into() {
            Value::Null => Wish::Clear,
            Value::Object(object)
                if !object.is_empty()
                    && object.keys().all(|key| matches!(key.as_str(), "add" | "remove")) =>
            {
                let list = |key: &str| match object.get(key) {
                    Some(Value::Array(items)) => items.clone(),
                    Some(Value::Null) | None => vec![],
                    Some(single) => vec![single.clone()],
                };
                Wish::Change { add: list("add"), remove: list("remove") }
            }
            value => Wish::Set(value),
        };
        self.0.push((field.to_owned(), wish));
    }

    /// A field that shall be as given, where it was given.
    pub fn set_some(&mut self, field: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value.into());
        }
    }

    /// A field that shall be empty.
    pub fn clear(&mut self, field: &str) {
        self.0.push((field.to_owned(), Wish::Clear));
    }

    /// True where nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where fields are written.
#[derive(Debug, Clone)]
pub enum Target {
    /// On creating an issue.
    Create {
        /// Key of the project.
        project: String,
        /// Type of the issue.
        kind: IssueType,
    },
    /// On an issue that exists.
    Edit(Admitted),
    /// On the screen of a transition of an issue.
    Move(Admitted, Transition),
}

/// Values in Jira's form, that belong to a target and are past the wall.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    fields: Map<String, Value>,
    update: Map<String, Value>,
    entries: Vec<Entry>,
    /// What probably is not meant as it was written, in sentences.
    pub warnings: Vec<String>,
}

/// One field that will be written.
#[derive(Debug, Clone)]
struct Entry {
    field: ScreenField,
    wanted: Wanted,
}

#[derive(Debug, Clone)]
enum Wanted {
    Value(Value),
    Members { add: Vec<Value>, remove: Vec<Value> },
    Nothing,
}

impl Prepared {
    /// The body that writes these values.
    pub(super) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        if !self.fields.is_empty() {
            body.insert("fields".into(), self.fields.clone().into());
        }
        if !self.update.is_empty() {
            body.insert("update".into(), self.update.clone().into());
        }
        body
    }

    /// The ids of the fields that are written.
    pub(super) fn ids(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.field.id.clone()).collect()
    }

    /// The field with this id, where it is written.
    pub(super) fn field(&self, id: &str) -> Option<&ScreenField> {
        self.entries.iter().map(|entry| &entry.field).find(|field| field.id == id)
    }

    fn put(&mut self, field: ScreenField, wanted: Wanted, exists: bool) {
        let id = field.id.clone();
        match &wanted {
            Wanted::Value(value) => match (self.fields.get_mut(&id), value) {
                // Both estimates may be given apart.
                (Some(Value::Object(present)), Value::Object(more)) => present.extend(more.clone()),
                _ => _ = self.fields.insert(id, value.clone()),
            },
            Wanted::Members { add, .. } if !exists => _ = self.fields.insert(id, add.clone().into()),
            Wanted::Members { add, remove } => {
                let operations = |name: &str, values: &[Value]| -> Vec<Value> {
                    values.iter().map(|value| json!({ name: value })).collect()
                };
                let mut all = operations("add", add);
                all.extend(operations("remove", remove));
                self.update.insert(id, all.into());
            }
            Wanted::Nothing if id == "parent" => {
                self.update.insert(id, json!([{ "set": { "none": true } }]));
            }
            Wanted::Nothing => {
                let empty = if matches!(field.shape(), Shape::List(_)) { json!([]) } else { Value::Null };
                self.fields.insert(id, empty);
            }
        }
        self.entries.push(Entry { field, wanted });
    }
}

impl Client {
    /// Makes wishes into what Jira takes at this target. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Unresolved`] or [`Error::Argument`] for all that cannot be understood and for all
    /// required fields that are missing, with what would do; the wall's refusals.
    pub async fn prepare(&self, target: &Target, wishes: &Wishes) -> Result<Prepared> {
        let (mut prepared, mut problems) = self.attempt_to_prepare(target, wishes).await?;
        // What is asked for may have been added after Jira was asked what there is.
        let is_stale = |error: &Error| matches!(error, Error::Unresolved { kind, .. } if *kind != "user");
        if problems.iter().any(is_stale) && !matches!(target, Target::Move(..)) {
            self.forget_screens();
            (prepared, problems) = self.attempt_to_prepare(target, wishes).await?;
        }
        match told(problems) {
            Some(error) => Err(error),
            None => Ok(prepared),
        }
    }

    async fn attempt_to_prepare(&self, target: &Target, wishes: &Wishes) -> Result<(Prepared, Vec<Error>)> {
        let place = Place::new(self, target).await?;
        let mut prepared = Prepared::default();
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (name, wish) in &wishes.0 {
            match place.field(name).await {
                Ok((field, part)) if !seen.insert((field.id.clone(), part)) => {
                    problems.push(Error::Argument(format!("{} is given twice.", field.name)));
                }
                Ok((field, part)) => match place.wanted(&field, part, wish, &mut prepared.warnings).await {
                    Ok(wanted) => prepared.put(field, wanted, place.exists()),
                    Err(problem) => problems.push(problem),
                },
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(place.missing(&prepared));
        if let Target::Create { project, kind } = target {
            prepared.fields.insert("project".into(), json!({ "key": project }));
            prepared.fields.insert("issuetype".into(), json!({ "id": kind.id }));
        }
        Ok((prepared, problems))
    }
}

/// All problems as one error; one that is more than a matter of the arguments goes first.
fn told(mut problems: Vec<Error>) -> Option<Error> {
    let grave = |error: &Error| !matches!(error, Error::Argument(_) | Error::Unresolved { .. });
    if let Some(at) = problems.iter().position(grave) {
        return Some(problems.swap_remove(at));
    }
    if problems.len() <= 1 {
        return problems.pop();
    }
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Some(Error::Argument(texts.join(" ")))
}

/// A target with all that it takes to write there.
struct Place<'a> {
    client: &'a Client,
    target: &'a Target,
    /// The fields that there are; for an edit they are asked for where they are needed.
    screen: Option<Arc<Screen>>,
}

impl<'a> Place<'a> {
    async fn new(client: &'a Client, target: &'a Target) -> Result<Self> {
        let screen = match target {
            Target::Create { project, kind } => Some(client.create_screen(project, kind).await?),
            Target::Edit(_) => None,
            Target::Move(_, transition) => Some(Arc::new(transition.fields.clone())),
        };
        Ok(Self { client, target, screen })
    }

    /// True where there is an issue already.
    fn exists(&self) -> bool {
        !matches!(self.target, Target::Create { .. })
    }

    /// Who can be given for a field.
    fn among(&self, field: &ScreenField) -> Among<'_> {
        match self.target {
            _ if field.id != "assignee" => Among::Everyone,
            Target::Create { project, .. } => Among::AssignableIn(project),
            Target::Edit(issue) | Target::Move(issue, _) => Among::AssignableTo(issue),
        }
    }

    /// The field of a name, and which part of it is meant.
    async fn field(&self, given: &str) -> Result<(ScreenField, Option<&'static str>)> {
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
    async fn wanted(
        &self,
        field: &ScreenField,
        part: Option<&'static str>,
        wish: &Wish,
        warnings: &mut Vec<String>,
    ) -> Result<Wanted> {
        let name = &field.name;
        match (wish, field.shape()) {
            (Wish::Clear, Shape::Estimates) => {
                Err(Error::Argument(format!("{name} cannot be emptied; set it to `0m`.")))
            }
            (Wish::Clear, _) => Ok(Wanted::Nothing),
            (Wish::Set(value), shape) => match self.value(field, &shape, part, value, warnings).await? {
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
                    let converted = self.value(field, &shape, part, &list, warnings).await?;
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
    fn missing(&self, prepared: &Prepared) -> Option<Error> {
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
    async fn admit(&self, field: &ScreenField, given: &str) -> Result<Admitted> {
        let issue = IssueRef::try_from(given.to_owned())
            .map_err(|problem| Error::Argument(format!("{}: {problem}.", field.name)))?;
        self.client.admit(&issue).await
    }
}
