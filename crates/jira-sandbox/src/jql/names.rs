//! Values of a query resolved: from names, keys and ids to the members that issues have.

use super::{
    fields::Subject,
    issue_values::{childless, folded, link_key},
    scope::Scope,
};
use crate::world::{Category, Field, FieldKind, FieldOption, Id, ProjectKind};

/// A value in a query, functions already called.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Empty,
    Text(String),
    Number(i64),
    /// A member that a function yielded.
    Member(String),
    /// A moment that a function yielded.
    Moment(jiff::Timestamp),
}

/// The reason why a value names nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The query is refused.
    Error(String),
    /// Nothing matches, and the query runs: a person who is not known may just not be visible.
    Warning(String),
}

type Members = Result<Vec<String>, Problem>;

impl Scope<'_> {
    /// The members that a value stands for; `name` is the field as the query writes it.
    pub(super) fn named(&self, subject: Subject<'_>, name: &str, literal: &Literal) -> Members {
        let world = self.world;
        let pick = |list: Vec<(Id, &str)>| pick(&list, name, literal);
        match (subject, literal) {
            (_, Literal::Member(member)) => Ok(vec![member.clone()]),
            (_, Literal::Empty | Literal::Moment(_)) => Ok(Vec::new()),
            (Subject::Key | Subject::LinkedIssue | Subject::Stored(_, FieldKind::Parent), _) => {
                self.named_issue(name, literal)
            }
            (Subject::EpicLink, _) => self.named_epic(literal),
            (
                Subject::Voter
                | Subject::Watcher
                | Subject::WorklogAuthor
                | Subject::Stored(_, FieldKind::User | FieldKind::Users),
                _,
            ) => {
                let users = self.users(&text(literal));
                let unknown = || Problem::Warning(no_value(name, &text(literal)));
                non_empty(users.iter().map(|user| user.account_id.clone()).collect()).ok_or_else(unknown)
            }
            (Subject::ProjectType, _) => {
                let asked = text(literal).replace(' ', "_");
                let kinds = [ProjectKind::Software, ProjectKind::Service, ProjectKind::Business]
                    .map(ProjectKind::key);
                let found = kinds.into_iter().find(|kind| same(kind, &asked));
                found.map(|kind| vec![kind.to_owned()]).ok_or_else(|| not_found(name, literal))
            }
            (Subject::StatusCategory, _) => {
                let all = Category::ALL;
                pick(all.map(|c| (c.id(), c.name())).into())
                    .or_else(|problem| pick_or(&all.map(|c| (c.id(), c.key())), name, literal, problem))
            }
            (Subject::LinkType, _) => self.named_link_type(name, literal),
            (Subject::Stored(field, kind), _) => match kind {
                FieldKind::Project => self.named_project(name, literal),
                FieldKind::IssueType => pick(world.issue_types.values().map(|t| (t.id, &*t.name)).collect()),
                FieldKind::Status => pick(world.statuses.values().map(|s| (s.id, &*s.name)).collect()),
                FieldKind::Priority => pick(world.priorities.iter().map(|p| (p.id, &*p.name)).collect()),
                FieldKind::Resolution => pick(world.resolutions.iter().map(|r| (r.id, &*r.name)).collect()),
                FieldKind::Components => {
                    let seen: Vec<Id> = self.projects().map(|p| p.id).collect();
                    let all = world.components.values().filter(|c| seen.contains(&c.project));
                    pick(all.map(|c| (c.id, &*c.name)).collect())
                }
                FieldKind::Version | FieldKind::Versions => {
                    let seen: Vec<Id> = self.projects().map(|p| p.id).collect();
                    let all = world.versions.values().filter(|v| seen.contains(&v.project));
                    pick(all.map(|v| (v.id, &*v.name)).collect())
                }
                FieldKind::Sprint => pick(world.sprints.values().map(|s| (s.id, &*s.name)).collect())
                    .map_err(|_| Problem::Error(no_sprint(literal))),
                FieldKind::Group => {
                    let asked = text(literal);
                    let found = world.groups.iter().find(|g| same(&g.name, &asked) || g.id == asked);
                    found.map(|group| vec![group.name.clone()]).ok_or_else(|| {
                        Problem::Error(format!("The group '{asked}' for field '{name}' does not exist."))
                    })
                }
                FieldKind::Labels => Ok(vec![folded(&text(literal))]),
                FieldKind::Url => Ok(vec![text(literal)]),
                _ => named_option(world.field(field), name, literal),
            },
            _ => Err(not_found(name, literal)),
        }
    }

    fn named_project(&self, name: &str, literal: &Literal) -> Members {
        let world = self.world;
        let asked = text(literal);
        let by_key = match literal {
            Literal::Text(key) if key.parse::<Id>().is_err() => {
                world.project(key).filter(|p| self.sees_project(p))
            }
            _ => None,
        };
        match by_key {
            Some(project) => Ok(vec![project.id.to_string()]),
            None => {
                pick(&self.projects().map(|p| (p.id, p.name.as_str())).collect::<Vec<_>>(), name, literal)
                    .map_err(|problem| match literal {
                        Literal::Text(_) => Problem::Error(no_value(name, &asked)),
                        _ => problem,
                    })
            }
        }
    }

    fn named_issue(&self, name: &str, literal: &Literal) -> Members {
        let asked = text(literal);
        let is_key = asked.rsplit_once('-').is_some_and(|(project, number)| {
            project.starts_with(|c: char| c.is_ascii_alphabetic())
                && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        });
        let found = self.issue(&asked).map(|issue| vec![issue.id.to_string()]);
        match literal {
            Literal::Number(_) => found.ok_or_else(|| Problem::Error(no_id(name, &asked))),
            _ if !is_key => {
                Err(Problem::Error(format!("The issue key '{asked}' for field '{name}' is invalid.")))
            }
            _ => found.ok_or_else(|| {
                Problem::Error(format!("An issue with key '{asked}' does not exist for field '{name}'."))
            }),
        }
    }

    /// An epic by key, id or summary.
    fn named_epic(&self, literal: &Literal) -> Members {
        let asked = text(literal);
        if let Some(epic) = self.issue(&asked) {
            return Ok(vec![epic.id.to_string()]);
        }
        let level = |id| self.world.issue_types.get(id).is_some_and(|t| t.level == 1);
        let epics = self.world.issues.values().filter(|issue| level(&issue.issue_type) && self.sees(issue));
        let named = epics.filter(|epic| same(epic.summary(), &asked));
        non_empty(named.map(|epic| epic.id.to_string()).collect())
            .ok_or_else(|| Problem::Error(format!("No issues have a parent epic with key or name '{asked}'")))
    }

    fn named_link_type(&self, name: &str, literal: &Literal) -> Members {
        let ends = self.link_ends(&text(literal)).into_iter().map(|(id, outward)| link_key(id, outward));
        non_empty(ends.collect()).ok_or_else(|| not_found(name, literal))
    }

    /// Ends of link types, outward or not: by what they say ("is blocked by"), else both by name or id of the type.
    pub(super) fn link_ends(&self, asked: &str) -> Vec<(Id, bool)> {
        let is = |other: &str| same(other, asked);
        let types = self.world.link_types.values();
        let said = types.clone().flat_map(|t| [(t.id, true, is(&t.outward)), (t.id, false, is(&t.inward))]);
        let said: Vec<_> = said.filter(|(_, _, is)| *is).map(|(id, outward, _)| (id, outward)).collect();
        if !said.is_empty() {
            return said;
        }
        let named = types.filter(|t| is(&t.name) || t.id.to_string() == asked);
        named.flat_map(|t| [(t.id, true), (t.id, false)]).collect()
    }
}

/// Things by name, else by id; a bare number is an id first.
fn pick(list: &[(Id, &str)], name: &str, literal: &Literal) -> Members {
    let asked = text(literal);
    let by_name = list.iter().filter(|(_, other)| same(other, &asked));
    let by_name = non_empty(by_name.map(|(id, _)| id.to_string()).collect());
    let by_id = list.iter().find(|(id, _)| id.to_string() == asked).map(|(id, _)| vec![id.to_string()]);
    let found = if matches!(literal, Literal::Number(_)) { by_id.or(by_name) } else { by_name.or(by_id) };
    found.ok_or_else(|| not_found(name, literal))
}

fn pick_or(list: &[(Id, &str)], name: &str, literal: &Literal, problem: Problem) -> Members {
    pick(list, name, literal).map_err(|_| problem)
}

fn named_option(field: Option<&Field>, name: &str, literal: &Literal) -> Members {
    let asked = text(literal);
    let is = |option: &&FieldOption| same(&option.value, &asked) || option.id.to_string() == asked;
    let all = field.into_iter().flat_map(|f| &f.options).flat_map(|o| std::iter::once(o).chain(&o.children));
    non_empty(all.filter(is).map(|option| option.id.to_string()).collect())
        .ok_or_else(|| Problem::Error(format!("The option '{asked}' for field '{name}' does not exist.")))
}

/// The member that a parent option and a child, or the lack of one, make together.
pub(super) fn cascade(field: &Field, parent: &str, child: Option<&str>) -> Option<String> {
    let is =
        |option: &&FieldOption, asked: &str| same(&option.value, asked) || option.id.to_string() == asked;
    let parent = field.options.iter().find(|option| is(option, parent))?;
    match child {
        None => Some(parent.id.to_string()),
        Some(none) if none.eq_ignore_ascii_case("none") => Some(childless(parent.id)),
        Some(child) => {
            parent.children.iter().find(|option| is(option, child)).map(|option| option.id.to_string())
        }
    }
}

/// True where two names are the same but for upper and lower case.
pub(super) fn same(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

/// A value as messages show it.
pub(super) fn text(literal: &Literal) -> String {
    match literal {
        Literal::Empty => "EMPTY".into(),
        Literal::Text(text) | Literal::Member(text) => text.clone(),
        Literal::Number(number) => number.to_string(),
        Literal::Moment(at) => at.to_string(),
    }
}

fn non_empty(members: Vec<String>) -> Option<Vec<String>> {
    Some(members).filter(|members| !members.is_empty())
}

fn not_found(name: &str, literal: &Literal) -> Problem {
    Problem::Error(match literal {
        Literal::Number(id) => no_id(name, &id.to_string()),
        _ => no_value(name, &text(literal)),
    })
}

fn no_value(name: &str, value: &str) -> String {
    format!("The value '{value}' does not exist for the field '{name}'.")
}

fn no_id(name: &str, id: &str) -> String {
    format!("A value with ID '{id}' does not exist for the field '{name}'.")
}

fn no_sprint(literal: &Literal) -> String {
    let what = if matches!(literal, Literal::Number(_)) { "id" } else { "name" };
    format!("Sprint with {what} '{}' does not exist or you do not have permission to view it.", text(literal))
}
