//! Everything that the embedded Jira knows: plain data, and small methods that keep it sound.
//!
//! Read by walking the public maps, or by the lookups here ([`World::issue`], [`World::field_named`] ...); a field of
//! an issue is read by id with [`World::value`], whether it is stored, computed, system or custom. Write by the
//! methods of `world/edit.rs`: they take the acting account, write history, keep `updated`, and check no permissions
//! and no screens; that is for the REST layer. To lay history, stop the clock and move it:
//!
//! ```
//! # use jira_sandbox::world::{Clock, ProjectKind, Value, World};
//! let mut world = World::site(Clock::Fixed("2026-03-02T09:00:00Z".parse().unwrap()));
//! let ada = world.add_user("712020:0a1b2c3d-0000-4000-8000-000000000001", "Ada Moreau", "ada@example.com");
//! let demo = world.create_project("DEMO", "Demo", ProjectKind::Software, &ada);
//! let story = world.type_named(demo, "Story").unwrap().id;
//! let issue = world.create_issue(&ada, demo, story, vec![("summary", Value::Text("Let people pay by card".into()))]);
//! world.clock = Clock::Fixed("2026-03-03T10:30:00Z".parse().unwrap());
//! world.set_field(&ada, issue, "assignee", Some(Value::User(ada.clone())));
//! world.transition_to(&ada, issue, "In Progress");
//! assert_eq!(world.issues[&issue].history.len(), 2);
//! ```

mod clock;
mod edit;
mod field;
mod history;
mod issue;
mod move_issue;
mod people;
mod project;
mod rank;
mod setup;
mod site;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use crate::adf::plain_text;
pub use clock::Clock;
pub use field::{Field, FieldKind, FieldOption, Value, paragraph};
pub use issue::{
    Attachment, BulkTask, Change, ChangeItem, Comment, Issue, Link, RemoteLink, Visibility, Worklog, media_id,
};
pub use people::{Actor, Group, Permission, PermissionHolder, Role, User};
pub use project::{
    Board, BoardKind, Category, Column, Component, Filter, IssueType, LinkType, Named, Project, ProjectKind,
    ProjectType, ScreenField, Sprint, SprintState, Status, Transition, Version, Workflow,
};
pub use rank::{RankPosition, rank_text};
pub use site::{FLAGGED, RANK, SPRINT, START_DATE, STORY_POINTS};

/// A number by which Jira names a thing; in JSON mostly a string.
pub type Id = u64;

/// The whole site.
#[derive(Debug, Clone)]
pub struct World {
    /// The site's clock.
    pub clock: Clock,
    /// The users, by account id.
    pub users: BTreeMap<String, User>,
    /// The groups, in the order in which they were made.
    pub groups: Vec<Group>,
    /// Project roles.
    pub roles: Vec<Role>,
    /// Holders of the permissions of the whole site.
    pub global_grants: BTreeMap<Permission, Vec<PermissionHolder>>,
    /// All fields, system fields first.
    pub fields: Vec<Field>,
    /// The issue types, by id.
    pub issue_types: BTreeMap<Id, IssueType>,
    /// The statuses, by id.
    pub statuses: BTreeMap<Id, Status>,
    /// The priorities, the highest first; JQL compares by this order.
    pub priorities: Vec<Named>,
    /// The resolutions, in order.
    pub resolutions: Vec<Named>,
    /// The link types, by id.
    pub link_types: BTreeMap<Id, LinkType>,
    /// The workflows, by id.
    pub workflows: BTreeMap<Id, Workflow>,
    /// The projects, by id.
    pub projects: BTreeMap<Id, Project>,
    /// The components of all projects, by id; a project's own come in this order.
    pub components: BTreeMap<Id, Component>,
    /// The versions of all projects, by id; a project's own come in this order.
    pub versions: BTreeMap<Id, Version>,
    /// The filters, by id.
    pub filters: BTreeMap<Id, Filter>,
    /// The boards, by id.
    pub boards: BTreeMap<Id, Board>,
    /// The sprints, by id.
    pub sprints: BTreeMap<Id, Sprint>,
    /// The issues, by id, which is the order in which they were made.
    pub issues: BTreeMap<Id, Issue>,
    /// The links, by id.
    pub links: BTreeMap<Id, Link>,
    /// Outcomes of bulk changes, by id.
    pub bulk_tasks: BTreeMap<Id, BulkTask>,
    keys: HashMap<String, Id>,
    next: HashMap<&'static str, Id>,
    changed_issues: BTreeSet<Id>,
}

impl World {
    /// An issue by its id, its key in any case, or a key that it had before a move.
    #[must_use]
    pub fn issue(&self, id_or_key: &str) -> Option<&Issue> {
        let id = match id_or_key.parse() {
            Ok(id) => id,
            Err(_) => *self.keys.get(&id_or_key.to_uppercase())?,
        };
        self.issues.get(&id)
    }

    /// A project by its id, its key in any case, or a key that it had before.
    #[must_use]
    pub fn project(&self, id_or_key: &str) -> Option<&Project> {
        if let Ok(id) = id_or_key.parse() {
            return self.projects.get(&id);
        }
        let is = |key: &String| key.eq_ignore_ascii_case(id_or_key);
        self.projects
            .values()
            .find(|p| is(&p.key))
            .or_else(|| self.projects.values().find(|p| p.old_keys.iter().any(is)))
    }

    /// The project that an issue is in.
    ///
    /// # Panics
    /// Never: issues go with their project.
    #[must_use]
    pub fn project_of(&self, issue: &Issue) -> &Project {
        self.projects.get(&issue.project).expect("an issue is in a project")
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }

    /// A field by its display name.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// A status by its name.
    #[must_use]
    pub fn status_named(&self, name: &str) -> Option<&Status> {
        self.statuses.values().find(|s| s.name.eq_ignore_ascii_case(name))
    }

    /// An issue type of a project by its name.
    #[must_use]
    pub fn type_named(&self, project: Id, name: &str) -> Option<&IssueType> {
        let types = &self.projects.get(&project)?.types;
        types.iter().filter_map(|t| self.issue_types.get(&t.id)).find(|t| t.name.eq_ignore_ascii_case(name))
    }

    /// A priority by its name.
    #[must_use]
    pub fn priority_named(&self, name: &str) -> Option<&Named> {
        self.priorities.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// A resolution by its name.
    #[must_use]
    pub fn resolution_named(&self, name: &str) -> Option<&Named> {
        self.resolutions.iter().find(|r| r.name.eq_ignore_ascii_case(name))
    }

    /// The workflow that an issue goes through.
    ///
    /// # Panics
    /// Never: an issue's type is one of its project's.
    #[must_use]
    pub fn workflow_of(&self, issue: &Issue) -> &Workflow {
        let used = self
            .project_of(issue)
            .type_of(issue.issue_type)
            .expect("an issue's type is one of its project's");
        self.workflows.get(&used.workflow).expect("a project's workflows exist")
    }

    /// The kind of status that an issue is in.
    ///
    /// # Panics
    /// Never: statuses that issues are in exist.
    #[must_use]
    pub fn category_of(&self, issue: &Issue) -> Category {
        self.statuses.get(&issue.status).expect("an issue's status exists").category
    }

    /// Issues right below an issue: an epic's stories, a story's subtasks. In the order of their rank.
    #[must_use]
    pub fn children(&self, parent: Id) -> Vec<&Issue> {
        let mut children: Vec<_> = self.issues.values().filter(|i| i.parent() == Some(parent)).collect();
        children.sort_by_key(|i| i.rank);
        children
    }

    /// Links of an issue, oldest first.
    pub fn links_of(&self, issue: Id) -> impl Iterator<Item = &Link> {
        self.links.values().filter(move |l| l.source == issue || l.destination == issue)
    }

    /// The value of an issue's field: stored, or computed as `status`, `created`, `project`, `creator`, `timespent`,
    /// `resolutiondate`, `statuscategorychangedate`, `issuetype` and the rank are.
    #[must_use]
    pub fn value(&self, issue: &Issue, field: &str) -> Option<Value> {
        Some(match field {
            "status" => Value::Status(issue.status),
            "issuetype" => Value::Type(issue.issue_type),
            "project" => Value::Project(issue.project),
            "creator" => Value::User(issue.creator.clone()),
            "created" => Value::DateTime(issue.created),
            "updated" => Value::DateTime(issue.updated),
            "resolutiondate" => Value::DateTime(issue.resolved?),
            "statuscategorychangedate" => Value::DateTime(issue.category_changed),
            "timespent" => match issue.time_spent() {
                0 => return None,
                seconds => Value::Seconds(seconds),
            },
            RANK => Value::Text(rank_text(issue.rank)),
            _ => return issue.fields.get(field).cloned(),
        })
    }

    /// The next free id of a kind of thing.
    pub(crate) fn next_id(&mut self, kind: &'static str) -> Id {
        let first = match kind {
            "board" | "sprint" => 1,
            "field" => 10046,
            _ => 10000,
        };
        let next = self.next.entry(kind).or_insert(first);
        *next += 1;
        *next - 1
    }

    /// Issues that changed since this was last asked, for an index that lags behind.
    pub(crate) fn take_changed_issues(&mut self) -> BTreeSet<Id> {
        std::mem::take(&mut self.changed_issues)
    }
}
