//! `ORDER BY`.

use std::cmp::Ordering;

use super::{
    compile::Report,
    fields::{self, Subject},
    scope::Scope,
    syntax::Sort,
};
use crate::world::{FieldKind, Id, Issue, Value};

/// Fields that Jira orders by at most.
const MAX_FIELDS: usize = 7;

/// A value that issues are ordered by: one of these for each field, none for no value.
#[derive(Debug, PartialEq, PartialOrd)]
enum SortKey {
    Number(f64),
    Text(String),
    Key(String, Id),
}

/// A sort whose field is known.
pub(super) struct Criterion<'w> {
    subject: Subject<'w>,
    descending: bool,
}

/// The criteria of an order.
pub(super) fn criteria<'w>(scope: &Scope<'w>, order: &[Sort], report: &mut Report) -> Vec<Criterion<'w>> {
    if order.len() > MAX_FIELDS {
        report.error(format!(
            "The ORDER BY clause of the query has {} fields. It can contain a maximum of {MAX_FIELDS} fields.",
            order.len()
        ));
    }
    let mut criteria = Vec::new();
    for Sort { field, descending } in order {
        match fields::find(scope.world, field) {
            None => report.error(format!("Not able to sort using field '{}'.", field.name)),
            Some(subject) if !subject.orders() => {
                report.error(format!("Field '{}' does not support sorting.", field.name));
            }
            Some(subject) => {
                let descending = descending.unwrap_or_else(|| newest_first(subject));
                criteria.push(Criterion { subject, descending });
            }
        }
    }
    criteria
}

/// Puts issues in order. Without criteria, and among equals, keys run backwards.
pub(super) fn arrange(scope: &Scope<'_>, criteria: &[Criterion<'_>], issues: Vec<&Issue>) -> Vec<Id> {
    let placed = issues.into_iter().map(|issue| {
        let places: Vec<_> =
            criteria.iter().map(|criterion| scope.sort_key(criterion.subject, issue)).collect();
        (places, key_of(issue), issue.id)
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_by(|(a, a_key, _), (b, b_key, _)| {
        let by_criteria = criteria.iter().zip(a.iter().zip(b)).map(|(criterion, (a, b))| {
            let ordering = without_value_last(a.as_ref(), b.as_ref());
            if criterion.descending { ordering.reverse() } else { ordering }
        });
        by_criteria
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| b_key.partial_cmp(a_key).unwrap_or(Ordering::Equal))
    });
    placed.into_iter().map(|(_, _, id)| id).collect()
}

fn without_value_last(a: Option<&SortKey>, b: Option<&SortKey>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// True where the field runs downwards when the query does not say: the newest, the most urgent, the most wanted first.
fn newest_first(subject: Subject<'_>) -> bool {
    match subject {
        Subject::Key | Subject::Votes | Subject::Watchers | Subject::LastViewed => true,
        Subject::Stored("duedate", _) => false,
        Subject::Stored(_, kind) => {
            matches!(kind, FieldKind::Priority | FieldKind::DateTime | FieldKind::Number | FieldKind::Seconds)
        }
        _ => false,
    }
}

/// The number in a key.
pub(super) fn number_of(key: &str) -> Id {
    key.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or_default()
}

fn key_of(issue: &Issue) -> SortKey {
    let project = issue.key.rsplit_once('-').map_or("", |(project, _)| project);
    SortKey::Key(project.to_owned(), number_of(&issue.key))
}

impl Scope<'_> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "ids, counts and times of a demonstration site are below 2^52"
    )]
    fn sort_key(&self, subject: Subject<'_>, issue: &Issue) -> Option<SortKey> {
        let world = self.world;
        let text = |text: &str| Some(SortKey::Text(text.to_lowercase()));
        let number = |number: Id| Some(SortKey::Number(number as f64));
        let name = |account_id: &String| world.users.get(account_id).and_then(|user| text(&user.name));
        let Subject::Stored(field, _) = subject else {
            return match subject {
                Subject::Key => Some(key_of(issue)),
                Subject::StatusCategory => number(world.category_of(issue) as Id),
                Subject::ProjectType => text(world.project_of(issue).kind.key()),
                Subject::EpicLink => world.issues.get(&self.epic_of(issue)?).map(key_of),
                _ => self.number(subject, issue).map(SortKey::Number),
            };
        };
        let option = |id: Id| world.field(field)?.options.iter().position(|option| option.id == id);
        let position = |position: Option<usize>| Some(SortKey::Number(position? as f64));
        match world.value(issue, field)? {
            Value::Text(words) => text(&words),
            Value::Doc(doc) => text(&crate::world::plain_text(&doc)),
            Value::Number(number) => Some(SortKey::Number(number)),
            Value::Seconds(seconds) => Some(SortKey::Number(seconds as f64)),
            Value::Date(date) => Some(SortKey::Text(date.to_string())),
            Value::DateTime(at) => Some(SortKey::Number(at.as_millisecond() as f64)),
            Value::User(account_id) => name(&account_id),
            Value::Users(people) => name(people.first()?),
            Value::Labels(labels) => text(&labels.join(" ")),
            Value::Group(group) => text(&group),
            Value::Option(id) | Value::Cascade(id, _) => position(option(id)),
            Value::Options(ids) => position(option(*ids.first()?)),
            Value::Version(id) => number(id),
            Value::Versions(ids) | Value::Sprints(ids) => number(*ids.last()?),
            Value::Components(ids) => text(&world.components.get(ids.first()?)?.name),
            Value::Priority(id) => position(world.priorities.iter().rev().position(|p| p.id == id)),
            Value::Resolution(id) => position(world.resolutions.iter().position(|r| r.id == id)),
            Value::Status(id) => text(&world.statuses.get(&id)?.name),
            Value::Type(id) => text(&world.issue_types.get(&id)?.name),
            Value::Project(id) => text(&world.projects.get(&id)?.name),
            Value::Parent(id) => world.issues.get(&id).map(key_of),
        }
    }
}
