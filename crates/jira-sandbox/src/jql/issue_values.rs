//! An issue's values for a subject, in the form in which they are compared.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{fields::Subject, scope::Scope};
use crate::world::{Field, FieldKind, Id, Issue, Permission, Value, plain_text};

impl<'w> Scope<'w> {
    /// Ids, account ids or folded words of the members; empty when there is no value.
    pub(super) fn members(&self, subject: Subject<'_>, issue: &Issue) -> Vec<String> {
        let world = self.world;
        let id = |id: Id| id.to_string();
        match subject {
            Subject::Stored(field, _) => world.value(issue, field).map_or_else(Vec::new, keys),
            Subject::Key => vec![id(issue.id)],
            Subject::ProjectType => vec![world.project_of(issue).kind.key().to_owned()],
            Subject::StatusCategory => vec![id(world.category_of(issue).id())],
            Subject::EpicLink => self.epic_of(issue).map(id).into_iter().collect(),
            Subject::LinkType => {
                let ends = world.links_of(issue.id).map(|link| (link.link_type, link.source == issue.id));
                ends.map(|(link_type, outward)| link_key(link_type, outward)).collect()
            }
            Subject::LinkedIssue => {
                let other = |source: Id, destination| if source == issue.id { destination } else { source };
                world.links_of(issue.id).map(|link| id(other(link.source, link.destination))).collect()
            }
            Subject::Voter => self.onlookers(&issue.voters, issue),
            Subject::Watcher => self.onlookers(&issue.watchers, issue),
            Subject::WorklogAuthor => self.worklogs(issue).map(|worklog| worklog.author.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// A number, or seconds.
    #[expect(clippy::cast_precision_loss, reason = "numbers of a demonstration site are far below 2^52")]
    pub(super) fn number(&self, subject: Subject<'_>, issue: &Issue) -> Option<f64> {
        let level = || self.world.issue_types.get(&issue.issue_type).map_or(0, |t| t.level);
        Some(match subject {
            Subject::Hierarchy => level() as f64,
            Subject::Votes => issue.voters.len() as f64,
            Subject::Watchers => issue.watchers.len() as f64,
            Subject::WorkRatio => {
                let estimate = issue.seconds("timeoriginalestimate").filter(|seconds| *seconds > 0)?;
                (issue.time_spent() * 100 / estimate) as f64
            }
            Subject::Stored(field, _) => match self.world.value(issue, field)? {
                Value::Number(number) => number,
                Value::Seconds(seconds) => seconds as f64,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Moments, to the second.
    pub(super) fn moment(&self, subject: Subject<'_>, issue: &Issue) -> Option<Timestamp> {
        let Subject::Stored(field, _) = subject else { return None };
        match self.world.value(issue, field)? {
            Value::DateTime(at) => Timestamp::from_second(at.as_second()).ok(),
            _ => None,
        }
    }

    /// Days; several for the days on which somebody worked.
    pub(super) fn days(&self, subject: Subject<'_>, issue: &Issue) -> Vec<Date> {
        match subject {
            Subject::WorklogDate => {
                let zone = self.now.time_zone();
                self.worklogs(issue)
                    .map(|worklog| worklog.started.to_zoned_datetime(zone.clone()).date())
                    .collect()
            }
            Subject::Stored(field, _) => match self.world.value(issue, field) {
                Some(Value::Date(date)) => vec![date],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Texts that a search goes through one by one.
    pub(super) fn texts(&self, subject: Subject<'_>, issue: &Issue) -> Vec<String> {
        match subject {
            Subject::Comment => {
                let seen =
                    issue.comments.iter().filter(|c| self.sees_restricted(c.visibility.as_ref(), issue));
                seen.map(|comment| plain_text(&comment.body)).collect()
            }
            Subject::WorklogComment => {
                self.worklogs(issue).filter_map(|worklog| worklog.comment.as_ref()).map(plain_text).collect()
            }
            Subject::AllText => {
                let is_text = |field: &&Field| matches!(field.kind, FieldKind::Text | FieldKind::TextArea);
                let fields = self.world.fields.iter().filter(is_text);
                let mut texts: Vec<String> =
                    fields.filter_map(|field| text(issue.fields.get(&field.id)?)).collect();
                texts.extend(self.texts(Subject::Comment, issue));
                texts
            }
            Subject::Stored(field, _) => issue.fields.get(field).and_then(text).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// True where there is no value.
    pub(super) fn is_empty(&self, subject: Subject<'_>, issue: &Issue) -> bool {
        use super::fields::Class;
        match subject.class() {
            Class::Members | Class::Ranked => self.members(subject, issue).is_empty(),
            Class::Number | Class::Duration => self.number(subject, issue).is_none(),
            Class::Moment => self.moment(subject, issue).is_none(),
            Class::Day => self.days(subject, issue).is_empty(),
            Class::Text => self.texts(subject, issue).is_empty(),
            Class::Presence => issue.attachments.is_empty(),
            Class::OrderOnly => false,
        }
    }

    /// The epic above an issue: its parent, if that is one.
    pub(super) fn epic_of(&self, issue: &Issue) -> Option<Id> {
        let parent = self.world.issues.get(&issue.parent()?)?;
        (self.world.issue_types.get(&parent.issue_type)?.level == 1).then_some(parent.id)
    }

    fn worklogs<'i>(
        &'i self,
        issue: &'i Issue,
    ) -> impl Iterator<Item = &'i crate::world::Worklog> + use<'i, 'w> {
        issue.worklogs.iter().filter(|worklog| self.sees_restricted(worklog.visibility.as_ref(), issue))
    }

    /// Voters or watchers: without the permission to view them, the caller finds only oneself.
    fn onlookers(&self, people: &BTreeSet<String>, issue: &Issue) -> Vec<String> {
        let all = self.world.may_on(self.who, Permission::ViewVotersAndWatchers, issue);
        people.iter().filter(|person| all || self.who == Some(person.as_str())).cloned().collect()
    }
}

/// One end of a link type: `10000>` for "blocks", `10000<` for "is blocked by".
pub(super) fn link_key(link_type: Id, outward: bool) -> String {
    format!("{link_type}{}", if outward { '>' } else { '<' })
}

/// The member that stands for "this option, and no child of it".
pub(super) fn childless(option: Id) -> String {
    format!("{option}/")
}

/// Labels are the same in upper and lower case.
pub(super) fn folded(word: &str) -> String {
    word.to_lowercase()
}

fn keys(value: Value) -> Vec<String> {
    match value {
        Value::User(name) | Value::Group(name) | Value::Text(name) => vec![name],
        Value::Users(names) => names,
        Value::Labels(labels) => labels.iter().map(|label| folded(label)).collect(),
        Value::Cascade(parent, child) => {
            vec![parent.to_string(), child.map_or_else(|| childless(parent), |child| child.to_string())]
        }
        Value::Options(ids) | Value::Versions(ids) | Value::Components(ids) | Value::Sprints(ids) => {
            ids.iter().map(Id::to_string).collect()
        }
        Value::Option(id)
        | Value::Version(id)
        | Value::Priority(id)
        | Value::Resolution(id)
        | Value::Status(id)
        | Value::Type(id)
        | Value::Project(id)
        | Value::Parent(id) => vec![id.to_string()],
        Value::Doc(_) | Value::Number(_) | Value::Date(_) | Value::DateTime(_) | Value::Seconds(_) => {
            Vec::new()
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Doc(doc) => Some(plain_text(doc)).filter(|text| !text.is_empty()),
        _ => None,
    }
}
