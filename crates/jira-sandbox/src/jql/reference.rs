//! Completion of queries as they are typed: fields, functions, reserved words, and values of fields.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{
    fields::{self, Class, Domain, Subject},
    functions,
    reserved::RESERVED_WORDS,
    scope::Scope,
    syntax::{FieldRef, encoded},
};
use crate::world::{Category, Field, FieldKind, Id, Permission, Project, ProjectKind, Value, World};

/// Values that Jira suggests at once.
const MAX_SUGGESTIONS: usize = 15;

/// Everything that queries are made of, in the shape of `GET /rest/api/3/jql/autocompletedata`. With projects, only the
/// custom fields of these; with `collapsed`, names such as `Story Points[Number]` as well.
#[must_use]
pub fn reference_data(world: &World, projects: &[Id], collapsed: bool) -> Json {
    let system = fields::SYSTEM.iter().map(|(names, subject)| described(names[0], names[0], None, *subject));
    let mut described_fields: Vec<Json> = system.collect();
    let known =
        |field: &Field| fields::SYSTEM.iter().any(|(names, _)| names[0].eq_ignore_ascii_case(&field.name));
    let used = |field: &Field| {
        let mut of = projects.iter().filter_map(|id| world.projects.get(id));
        projects.is_empty() || of.any(|p| p.types.iter().any(|t| t.on_screen(&field.id).is_some()))
    };
    for field in world.fields.iter().filter(|field| !known(field) && used(field)) {
        let Some(number) = field.custom else { continue };
        let subject = Subject::Stored(&field.id, field.kind);
        let id = format!("cf[{number}]");
        let shown = format!("{} - {id}", field.name);
        described_fields.push(described(&field.name, &shown, Some(&id), subject));
        if let Some(typed) = field.clause_names.last().filter(|_| collapsed) {
            described_fields.push(described(typed, &format!("{} - {typed}", field.name), None, subject));
        }
    }
    let functions = functions::FUNCTIONS.iter().map(|function| {
        let template = function.template();
        let mut out = json!({
            "value": template, "displayName": template, "types": [java_type(function.yields)],
        });
        if function.list {
            out["isList"] = "true".into();
        }
        out
    });
    json!({
        "visibleFieldNames": described_fields,
        "visibleFunctionNames": functions.collect::<Vec<_>>(),
        "jqlReservedWords": RESERVED_WORDS,
    })
}

fn described(name: &str, shown: &str, id: Option<&str>, subject: Subject<'_>) -> Json {
    let mut operators: Vec<_> = subject.operators().iter().map(|operator| operator.text()).collect();
    if subject.has_history() {
        operators.extend(["was", "was in", "was not", "was not in", "changed"]);
    }
    let mut out = json!({
        "value": encoded(name),
        "displayName": shown,
        "orderable": subject.orders().to_string(),
        "searchable": (!operators.is_empty()).to_string(),
        "operators": operators,
        "types": [match subject.class() {
            Class::Text => "java.lang.String",
            Class::Number | Class::Duration => "java.lang.Number",
            _ => java_type(subject.domain()),
        }],
    });
    if subject.class() == Class::Members || (subject.class() == Class::Ranked && subject != Subject::Key) {
        out["auto"] = "true".into();
    }
    if let Some(id) = id {
        out["cfid"] = id.into();
    }
    out
}

/// The class by which Jira names a type of values.
fn java_type(domain: Domain) -> &'static str {
    match domain {
        Domain::User => "com.atlassian.jira.user.ApplicationUser",
        Domain::Issue => "com.atlassian.jira.issue.Issue",
        Domain::Version => "com.atlassian.jira.project.version.Version",
        Domain::Sprint => "com.atlassian.greenhopper.service.sprint.Sprint",
        Domain::Type => "com.atlassian.jira.issue.issuetype.IssueType",
        Domain::Project => "com.atlassian.jira.project.Project",
        Domain::Component => "com.atlassian.jira.bc.project.component.ProjectComponent",
        Domain::Option => "com.atlassian.jira.issue.customfields.option.CascadingOption",
        Domain::Date => "java.util.Date",
        Domain::Other => "java.lang.Object",
    }
}

/// Values of a field that contain what was typed, in the shape of `GET .../jql/autocompletedata/suggestions`; none
/// for a field that is not known. `by` asks for people instead, as the predicate `BY` does.
#[must_use]
pub fn suggestions(world: &World, who: Option<&str>, field: &str, typed: Option<&str>, by: bool) -> Json {
    let scope = Scope::new(world, who);
    let named = FieldRef { name: field.trim_matches('"').to_owned(), property: None };
    let subject = match fields::find(world, &named) {
        Some(_) if by => Some(Subject::Stored("assignee", FieldKind::User)),
        found => found,
    };
    let choices = subject.map_or_else(Vec::new, |subject| scope.choices(subject));
    let wanted = typed.unwrap_or_default().to_lowercase();
    let fitting = choices.into_iter().filter(|(_, shown)| shown.to_lowercase().contains(&wanted));
    let results = fitting
        .take(MAX_SUGGESTIONS)
        .map(|(value, shown)| json!({ "value": value, "displayName": highlighted(&shown, &wanted) }));
    json!({ "results": results.collect::<Vec<_>>() })
}

/// The text with what was typed in bold.
fn highlighted(shown: &str, wanted: &str) -> String {
    let folded = shown.to_lowercase();
    let Some(start) = folded.find(wanted).filter(|_| !wanted.is_empty()) else { return shown.to_owned() };
    let end = start + wanted.len();
    match (shown.get(..start), shown.get(start..end), shown.get(end..)) {
        (Some(before), Some(found), Some(after)) => format!("{before}<b>{found}</b>{after}"),
        // Some letters change their length with their case.
        _ => shown.to_owned(),
    }
}

impl Scope<'_> {
    /// The values that a subject can have: as a query writes them, and as they are shown.
    fn choices(&self, subject: Subject<'_>) -> Vec<(String, String)> {
        let world = self.world;
        let same = |name: &str| (name.to_owned(), name.to_owned());
        let in_view = |project: Id| self.projects().any(|p| p.id == project);
        let project = |p: &Project| (p.name.clone(), format!("{} ({})", p.name, p.key));
        match subject {
            _ if subject.domain() == Domain::User => {
                // Who may not browse users finds only oneself.
                let all = world.may(self.who, Permission::UserPicker);
                let seen = |account_id: &str| all || self.who == Some(account_id);
                let people = world.users.values().filter(|user| user.active && seen(&user.account_id));
                people.map(|user| (user.account_id.clone(), user.name.clone())).collect()
            }
            Subject::StatusCategory => Category::ALL.map(|category| same(category.name())).into(),
            Subject::ProjectType => [ProjectKind::Software, ProjectKind::Service, ProjectKind::Business]
                .map(|k| same(k.key()))
                .into(),
            Subject::LinkType => {
                world.link_types.values().flat_map(|t| [same(&t.outward), same(&t.inward)]).collect()
            }
            Subject::Filter => world.filters.values().map(|filter| same(&filter.name)).collect(),
            Subject::Stored(field, kind) => match kind {
                FieldKind::Project => self.projects().map(project).collect(),
                FieldKind::IssueType => world.issue_types.values().map(|t| same(&t.name)).collect(),
                FieldKind::Status => world.statuses.values().map(|status| same(&status.name)).collect(),
                FieldKind::Priority => world.priorities.iter().map(|priority| same(&priority.name)).collect(),
                FieldKind::Resolution => {
                    let names = world.resolutions.iter().map(|resolution| same(&resolution.name));
                    std::iter::once(same("Unresolved")).chain(names).collect()
                }
                FieldKind::Components => {
                    world.components.values().filter(|c| in_view(c.project)).map(|c| same(&c.name)).collect()
                }
                FieldKind::Version | FieldKind::Versions => {
                    world.versions.values().filter(|v| in_view(v.project)).map(|v| same(&v.name)).collect()
                }
                FieldKind::Sprint => world.sprints.values().map(|sprint| same(&sprint.name)).collect(),
                FieldKind::Group => world.groups.iter().map(|group| same(&group.name)).collect(),
                FieldKind::Labels => self.labels(field).iter().map(|label| same(label)).collect(),
                _ => {
                    let options = world.field(field).into_iter().flat_map(|f| &f.options);
                    options.map(|option| same(&option.value)).collect()
                }
            },
            _ => Vec::new(),
        }
    }

    /// Labels that issues in view have in a field, in alphabetical order.
    fn labels(&self, field: &str) -> Vec<String> {
        let issues = self.world.issues.values().filter(|issue| self.sees(issue));
        let labels = issues.filter_map(|issue| match issue.fields.get(field) {
            Some(Value::Labels(labels)) => Some(labels.clone()),
            _ => None,
        });
        let all: BTreeSet<String> = labels.flatten().collect();
        all.into_iter().collect()
    }
}
