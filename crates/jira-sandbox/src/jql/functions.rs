//! The functions of JQL.

use jiff::SignedDuration;

use super::{
    convert::DATE_FORMATS,
    fields::{Domain, Subject},
    names::{self, Literal},
    scope::Scope,
    syntax::{Call, Operand},
    time::{self, Period},
};
use crate::world::{Id, Issue, Permission, Project, SprintState, Version};

/// A function: what it is called, what it takes and what it yields.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The number of arguments, at least and at most.
    arguments: (usize, usize),
    /// True where the function yields a list, for `in`.
    pub(super) list: bool,
    pub(super) yields: Domain,
    action: Action,
}

#[derive(Clone, Copy)]
enum Action {
    CurrentUser,
    MembersOf,
    Now,
    Boundary(Period, bool),
    /// The session, or the one before.
    Login(i64),
    Sprints(SprintState),
    LinkedIssues,
    VotedIssues,
    WatchedIssues,
    UpdatedBy,
    /// Released, or not yet.
    Versions(bool),
    LatestReleased,
    EarliestUnreleased,
    /// Of the standard level, or subtasks.
    Types(bool),
    ProjectsLed,
    ProjectsWithPermission,
    ProjectsWithRole,
    ComponentsLed,
    Cascade,
}

const ANY: usize = usize::MAX;

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
    one("cascadeOption", (1, 2), true, Domain::Option, Action::Cascade),
    one("closedSprints", (0, 0), true, Domain::Sprint, Action::Sprints(SprintState::Closed)),
    one("componentsLeadByUser", (0, 1), true, Domain::Component, Action::ComponentsLed),
    one("currentLogin", (0, 0), false, Domain::Date, Action::Login(1)),
    one("currentUser", (0, 0), false, Domain::User, Action::CurrentUser),
    one("earliestUnreleasedVersion", (1, ANY), false, Domain::Version, Action::EarliestUnreleased),
    one("endOfDay", (0, 1), false, Domain::Date, Action::Boundary(Period::Day, true)),
    one("endOfMonth", (0, 1), false, Domain::Date, Action::Boundary(Period::Month, true)),
    one("endOfWeek", (0, 1), false, Domain::Date, Action::Boundary(Period::Week, true)),
    one("endOfYear", (0, 1), false, Domain::Date, Action::Boundary(Period::Year, true)),
    one("futureSprints", (0, 0), true, Domain::Sprint, Action::Sprints(SprintState::Future)),
    one("lastLogin", (0, 0), false, Domain::Date, Action::Login(24)),
    one("latestReleasedVersion", (1, ANY), false, Domain::Version, Action::LatestReleased),
    one("linkedIssues", (1, ANY), true, Domain::Issue, Action::LinkedIssues),
    one("linkedWorkItems", (1, ANY), true, Domain::Issue, Action::LinkedIssues),
    one("membersOf", (1, 1), true, Domain::User, Action::MembersOf),
    one("now", (0, 0), false, Domain::Date, Action::Now),
    one("openSprints", (0, 0), true, Domain::Sprint, Action::Sprints(SprintState::Active)),
    one("projectsLeadByUser", (0, 1), true, Domain::Project, Action::ProjectsLed),
    one("projectsWhereUserHasPermission", (1, 1), true, Domain::Project, Action::ProjectsWithPermission),
    one("projectsWhereUserHasRole", (1, 1), true, Domain::Project, Action::ProjectsWithRole),
    one("releasedVersions", (0, ANY), true, Domain::Version, Action::Versions(true)),
    one("standardIssueTypes", (0, 0), true, Domain::Type, Action::Types(true)),
    one("standardWorkTypes", (0, 0), true, Domain::Type, Action::Types(true)),
    one("startOfDay", (0, 1), false, Domain::Date, Action::Boundary(Period::Day, false)),
    one("startOfMonth", (0, 1), false, Domain::Date, Action::Boundary(Period::Month, false)),
    one("startOfWeek", (0, 1), false, Domain::Date, Action::Boundary(Period::Week, false)),
    one("startOfYear", (0, 1), false, Domain::Date, Action::Boundary(Period::Year, false)),
    one("subtaskIssueTypes", (0, 0), true, Domain::Type, Action::Types(false)),
    one("subtaskWorkTypes", (0, 0), true, Domain::Type, Action::Types(false)),
    one("unreleasedVersions", (0, ANY), true, Domain::Version, Action::Versions(false)),
    one("updatedBy", (1, 3), true, Domain::Issue, Action::UpdatedBy),
    one("votedIssues", (0, 0), true, Domain::Issue, Action::VotedIssues),
    one("votedWorkItems", (0, 0), true, Domain::Issue, Action::VotedIssues),
    one("watchedIssues", (0, 0), true, Domain::Issue, Action::WatchedIssues),
    one("watchedWorkItems", (0, 0), true, Domain::Issue, Action::WatchedIssues),
];

const fn one(
    name: &'static str,
    arguments: (usize, usize),
    list: bool,
    yields: Domain,
    action: Action,
) -> Function {
    Function { name, arguments, list, yields, action }
}

impl Function {
    /// The call with room for the arguments that it must have, such as `membersOf("")`.
    pub(super) fn template(&self) -> String {
        format!("{}({})", self.name, vec!["\"\""; self.arguments.0].join(", "))
    }
}

type FunctionResult = Result<Vec<Literal>, String>;

/// The function that a call names.
pub(super) fn find(call: &Call) -> Result<&'static Function, String> {
    let found = FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(&call.name));
    found.ok_or_else(|| {
        let arguments: Vec<_> = call.arguments.iter().map(String::as_str).collect();
        format!("Unable to find JQL function '{}({})'.", call.name, arguments.join(", "))
    })
}

/// True where an operand is a list, or a function that yields one.
pub(super) fn is_list(operand: &Operand) -> bool {
    match operand {
        Operand::List(_) => true,
        Operand::Function(call) => find(call).is_ok_and(|function| function.list),
        Operand::Empty | Operand::Text(_) | Operand::Number(_) => false,
    }
}

/// The values of a function's call for a subject; `name` is the field as the query writes it.
pub(super) fn call(scope: &Scope<'_>, subject: Subject<'_>, name: &str, call: &Call) -> FunctionResult {
    let function = find(call)?;
    let given = call.arguments.len();
    let (least, most) = function.arguments;
    if given < least || given > most {
        let expected = match (least, most) {
            (least, most) if least == most => format!("'{least}'"),
            (least, ANY) => format!("at least '{least}'"),
            (least, most) => format!("between '{least}' and '{most}'"),
        };
        return Err(format!(
            "Function '{}' expected {expected} arguments but received '{given}'.",
            function.name
        ));
    }
    if function.yields != subject.domain() {
        return Err(match subject.domain() {
            Domain::Date => {
                format!(
                    "A date for the field '{name}' provided by the function '{}' is not valid.",
                    function.name
                )
            }
            _ => format!(
                "A value provided by the function '{}' is invalid for the field '{name}'.",
                function.name
            ),
        });
    }
    Caller { scope, function, arguments: &call.arguments }.run(subject)
}

/// A moment that a function yields, for the dates of predicates; none when it yields something else.
pub(super) fn moment(scope: &Scope<'_>, call: &Call) -> Option<FunctionResult> {
    let yields_date = find(call).map(|function| function.yields == Domain::Date);
    match yields_date {
        Ok(true) | Err(_) => Some(self::call(scope, Subject::LastViewed, "", call)),
        Ok(false) => None,
    }
}

struct Caller<'c, 'w> {
    scope: &'c Scope<'w>,
    function: &'static Function,
    arguments: &'c [String],
}

impl Caller<'_, '_> {
    fn run(&self, subject: Subject<'_>) -> FunctionResult {
        let scope = self.scope;
        let world = scope.world;
        let now = &scope.now;
        match self.function.action {
            Action::CurrentUser => Ok(scope.who.map(|who| Literal::Member(who.into())).into_iter().collect()),
            Action::MembersOf => self.members_of(),
            Action::Now => Ok(vec![Literal::Moment(now.timestamp())]),
            Action::Login(hours) => {
                let ago = SignedDuration::from_hours(hours);
                Ok(vec![Literal::Moment(now.timestamp().saturating_sub(ago).unwrap_or(now.timestamp()))])
            }
            Action::Boundary(period, end) => {
                let increment = self.arguments.first().map(String::as_str);
                let at = time::boundary(period, end, increment, now).ok_or_else(|| {
                    format!(
                        "Duration for function '{}' should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.",
                        self.function.name
                    )
                })?;
                Ok(vec![Literal::Moment(at)])
            }
            Action::Sprints(state) => {
                Ok(ids(world.sprints.values().filter(|s| s.state == state).map(|s| s.id)))
            }
            Action::LinkedIssues => self.linked_issues(),
            Action::VotedIssues => Ok(self.issues(|issue, who| issue.voters.contains(who))),
            Action::WatchedIssues => Ok(self.issues(|issue, who| issue.watchers.contains(who))),
            Action::UpdatedBy => self.updated_by(),
            Action::Versions(released) => Ok(ids(self.versions(released)?.iter().map(|version| version.id))),
            Action::LatestReleased => Ok(ids(self.versions(true)?.last().map(|version| version.id))),
            Action::EarliestUnreleased => Ok(ids(self.versions(false)?.first().map(|version| version.id))),
            Action::Types(standard) => {
                let types = world.issue_types.values().filter(|t| (t.level >= 0) == standard);
                Ok(ids(types.map(|t| t.id)))
            }
            Action::ProjectsLed => {
                let lead = self.person()?;
                Ok(ids(scope.projects().filter(|p| Some(&p.lead) == lead.as_ref()).map(|p| p.id)))
            }
            Action::ProjectsWithPermission => self.projects_with_permission(),
            Action::ProjectsWithRole => self.projects_with_role(),
            Action::ComponentsLed => {
                let lead = self.person()?;
                let components = world.components.values();
                Ok(ids(components.filter(|c| lead.is_some() && c.lead == lead).map(|component| component.id)))
            }
            Action::Cascade => {
                let Subject::Stored(field, _) = subject else { return Ok(Vec::new()) };
                let child = self.arguments.get(1).map(String::as_str);
                let found =
                    world.field(field).and_then(|field| names::cascade(field, &self.arguments[0], child));
                let missing = || {
                    format!("The option '{}' for field '{field}' does not exist.", self.arguments.join(", "))
                };
                found.map(|member| vec![Literal::Member(member)]).ok_or_else(missing)
            }
        }
    }

    fn members_of(&self) -> FunctionResult {
        let name = &self.arguments[0];
        let groups = &self.scope.world.groups;
        let group = groups.iter().find(|group| group.name.eq_ignore_ascii_case(name) || group.id == *name);
        let missing = || {
            format!(
                "Function 'membersOf' can not generate a list of usernames for group '{name}'; the group does not exist."
            )
        };
        Ok(group.ok_or_else(missing)?.members.iter().cloned().map(Literal::Member).collect())
    }

    fn linked_issues(&self) -> FunctionResult {
        let world = self.scope.world;
        let key = &self.arguments[0];
        let issue = self.scope.issue(key).ok_or_else(|| {
            format!("Issue '{key}' could not be found in function '{}'.", self.function.name)
        })?;
        let mut wanted = Vec::new();
        for name in &self.arguments[1..] {
            let ends = self.scope.link_ends(name);
            if ends.is_empty() {
                return Err(format!(
                    "Issue link type '{name}' could not be found in function '{}'.",
                    self.function.name
                ));
            }
            wanted.extend(ends);
        }
        let linked = world.links_of(issue.id).filter_map(|link| {
            let outward = link.source == issue.id;
            let other = if outward { link.destination } else { link.source };
            (self.arguments.len() == 1 || wanted.contains(&(link.link_type, outward))).then_some(other)
        });
        Ok(ids(linked))
    }

    /// Issues of which the caller is true; none for an anonymous one.
    fn issues(&self, is: impl Fn(&Issue, &str) -> bool) -> Vec<Literal> {
        let Some(who) = self.scope.who else { return Vec::new() };
        ids(self.scope.world.issues.values().filter(|issue| is(issue, who)).map(|issue| issue.id))
    }

    fn updated_by(&self) -> FunctionResult {
        let mut bounds = Vec::new();
        for text in &self.arguments[1..] {
            bounds.push(time::literal(text, &self.scope.now).ok_or_else(|| {
                format!(
                    "Date value '{text}' for function '{}' is invalid. {}",
                    self.function.name, DATE_FORMATS
                )
            })?);
        }
        let Some(who) = self.person()? else { return Ok(Vec::new()) };
        let within = |at: jiff::Timestamp| {
            bounds.first().is_none_or(|from| at >= from.start) && bounds.get(1).is_none_or(|to| at < to.end)
        };
        let touched = |issue: &&Issue| {
            (issue.creator == who && within(issue.created))
                || issue.history.iter().any(|change| change.author == who && within(change.created))
                || issue
                    .comments
                    .iter()
                    .any(|c| (c.author == who && within(c.created)) || (c.editor == who && within(c.updated)))
        };
        Ok(ids(self.scope.world.issues.values().filter(touched).map(|issue| issue.id)))
    }

    /// Versions of the projects named, or of all; in order, archived ones left out.
    fn versions(&self, released: bool) -> Result<Vec<&Version>, String> {
        let mut projects: Vec<&Project> = Vec::new();
        for name in self.arguments {
            let is = |p: &&Project| {
                p.key.eq_ignore_ascii_case(name)
                    || p.name.eq_ignore_ascii_case(name)
                    || p.id.to_string() == *name
            };
            projects.push(self.scope.projects().find(is).ok_or_else(|| {
                format!(
                    "Could not resolve the project '{name}' provided to function '{}'.",
                    self.function.name
                )
            })?);
        }
        if self.arguments.is_empty() {
            projects.extend(self.scope.projects());
        }
        let in_projects = |version: &&Version| projects.iter().any(|project| project.id == version.project);
        let all = self.scope.world.versions.values().filter(in_projects);
        Ok(all.filter(|version| version.released == released && !version.archived).collect())
    }

    fn projects_with_permission(&self) -> FunctionResult {
        let name = &self.arguments[0];
        let is = |p: &&Permission| !p.is_global() && (p.name().eq_ignore_ascii_case(name) || p.key() == name);
        let permission = *Permission::ALL.iter().find(is).ok_or_else(|| {
            format!("The permission '{name}' does not exist for function '{}'.", self.function.name)
        })?;
        let scope = self.scope;
        Ok(ids(scope.projects().filter(|p| scope.world.may_in(scope.who, permission, p, None)).map(|p| p.id)))
    }

    fn projects_with_role(&self) -> FunctionResult {
        let name = &self.arguments[0];
        let scope = self.scope;
        let found = scope.world.roles.iter().find(|role| role.name.eq_ignore_ascii_case(name));
        let role = found.ok_or_else(|| {
            format!("The role '{name}' does not exist for function '{}'.", self.function.name)
        })?;
        let has = |p: &&Project| scope.who.is_some_and(|who| scope.world.in_role(who, role.id, p));
        Ok(ids(scope.projects().filter(has).map(|project| project.id)))
    }

    /// Account id of the user in the first argument, or the caller's.
    fn person(&self) -> Result<Option<String>, String> {
        let Some(name) = self.arguments.first() else { return Ok(self.scope.who.map(str::to_owned)) };
        let found = self.scope.users(name).first().map(|user| user.account_id.clone());
        let missing = || format!("Function '{}' could not find the user '{name}'.", self.function.name);
        found.map(Some).ok_or_else(missing)
    }
}

fn ids(list: impl IntoIterator<Item = Id>) -> Vec<Literal> {
    list.into_iter().map(|id| Literal::Member(id.to_string())).collect()
}
