//! Making people, fields, projects, workflows, boards: what an administrator does.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Actor, Board, BoardKind, Category, Column, Component, Field, FieldKind, FieldOption, Filter, Id,
    Permission, PermissionHolder, Project, ProjectKind, ProjectType, ScreenField, Sprint, SprintState,
    Status, Transition, User, Version, Workflow, World,
};

/// Roles of [`World::site`].
const ADMINISTRATORS: Id = 10002;
const MEMBER: Id = 10003;
const VIEWER: Id = 10004;
/// Members of this group have access to Jira.
const PRODUCT_USERS: &str = "jira-users";

impl World {
    /// Adds an active person to the site and to the group `jira-users`; answers with the account id.
    pub fn add_user(&mut self, account_id: &str, name: &str, email: &str) -> String {
        self.users.insert(account_id.into(), User::new(account_id, name, email));
        self.add_to_group(PRODUCT_USERS, account_id);
        account_id.into()
    }

    /// Adds a group without members.
    pub fn add_group(&mut self, name: &str) {
        self.groups.push(super::site::group(name));
    }

    /// Puts a user into a group that exists.
    pub fn add_to_group(&mut self, group: &str, account_id: &str) {
        if let Some(group) = self.groups.iter_mut().find(|g| g.name == group) {
            group.members.insert(account_id.into());
        }
    }

    /// Gives a user access to Jira, or takes it away. Whoever has none may not even look.
    pub fn set_jira_access(&mut self, account_id: &str, access: bool) {
        if access {
            self.add_to_group(PRODUCT_USERS, account_id);
        } else if let Some(group) = self.groups.iter_mut().find(|g| g.name == PRODUCT_USERS) {
            group.members.remove(account_id);
        }
    }

    /// True where a user has access to Jira.
    #[must_use]
    pub fn may_use_jira(&self, account_id: &str) -> bool {
        self.users.get(account_id).is_some_and(|user| user.active) && self.in_group(account_id, PRODUCT_USERS)
    }

    /// Adds a custom field; answers with its id. It stands on no screen yet: see [`World::add_to_screens`].
    pub fn add_custom_field(&mut self, name: &str, kind: FieldKind) -> String {
        let number = self.next_id("field");
        self.put_custom_field(number, name, kind)
    }

    pub(super) fn put_custom_field(&mut self, number: Id, name: &str, kind: FieldKind) -> String {
        let id = format!("customfield_{number}");
        let (schema, items, custom, label) = custom_type(kind);
        let mut json = json!({ "type": schema });
        if let Some(items) = items {
            json["items"] = items.into();
        }
        json["custom"] = custom.into();
        json["customId"] = number.into();
        self.fields.push(Field {
            id: id.clone(),
            custom: Some(number),
            name: name.into(),
            description: String::new(),
            kind,
            clause_names: vec![format!("cf[{number}]"), name.into(), format!("{name}[{label}]")],
            orderable: true,
            navigable: true,
            searchable: true,
            schema: json,
            options: Vec::new(),
        });
        id
    }

    /// Adds a choice to a field, or a child to a choice; answers with its id.
    pub fn add_option(&mut self, field: &str, parent: Option<Id>, value: &str) -> Id {
        let id = self.next_id("option");
        let option = FieldOption { id, value: value.into(), disabled: false, children: Vec::new() };
        if let Some(field) = self.fields.iter_mut().find(|f| f.id == field) {
            match parent.and_then(|parent| field.options.iter_mut().find(|o| o.id == parent)) {
                Some(parent) => parent.children.push(option),
                None => field.options.push(option),
            }
        }
        id
    }

    /// Puts a field on the screens of all issue types of a project.
    pub fn add_to_screens(&mut self, project: Id, field: &ScreenField) {
        for used in self.projects.get_mut(&project).into_iter().flat_map(|p| &mut p.types) {
            if used.on_screen(&field.field).is_none() {
                used.screen.push(field.clone());
            }
        }
    }

    /// Adds a status; answers with its id.
    pub fn add_status(&mut self, name: &str, category: Category) -> Id {
        let id = self.next_id("status");
        self.statuses.insert(id, Status { id, name: name.into(), description: String::new(), category });
        id
    }

    /// Adds a workflow: statuses by name, the first being that of new issues, and no transitions yet.
    pub fn add_workflow(&mut self, name: &str, statuses: &[&str]) -> Id {
        let id = self.next_id("workflow");
        let statuses = statuses.iter().filter_map(|s| self.status_named(s)).map(|s| s.id).collect();
        self.workflows.insert(id, Workflow { id, name: name.into(), statuses, transitions: Vec::new() });
        id
    }

    /// Adds a transition between statuses by name, `from` empty for anywhere; answers with it to put a screen or a
    /// condition on it. Ids are 11, 21, 31 and so on.
    ///
    /// # Panics
    /// When the workflow or the target status does not exist.
    pub fn add_transition(&mut self, workflow: Id, name: &str, from: &[&str], to: &str) -> &mut Transition {
        let from = from.iter().filter_map(|s| self.status_named(s)).map(|s| s.id).collect();
        let to = self.status_named(to).expect("the target status exists").id;
        let workflow = self.workflows.get_mut(&workflow).expect("the workflow exists");
        let id = workflow.transitions.iter().map(|t| t.id).max().map_or(11, |last| last + 10);
        workflow.transitions.push(Transition {
            id,
            name: name.into(),
            from,
            to,
            screen: Vec::new(),
            condition: None,
        });
        workflow.transitions.last_mut().expect("one was just put there")
    }

    /// Uses a workflow for all issue types of a project that has no issues in other statuses.
    pub fn use_workflow(&mut self, project: Id, workflow: Id) {
        for used in self.projects.get_mut(&project).into_iter().flat_map(|p| &mut p.types) {
            used.workflow = workflow;
        }
        let Some(flow) = self.workflows.get(&workflow) else { return };
        for board in self.boards.values_mut().filter(|b| b.project == project) {
            board.columns = columns(flow, &self.statuses);
        }
    }

    /// Adds a project as Jira's templates do: issue types with screens that hold all fields, a workflow in which every
    /// status can be reached from everywhere, a board (scrum for software, kanban otherwise), the default permissions
    /// (administrators: the lead and `jira-administrators`; members: `developers`; viewers: `jira-users`). Change any
    /// of it afterwards.
    pub fn create_project(&mut self, key: &str, name: &str, kind: ProjectKind, lead: &str) -> Id {
        let (types, statuses): (&[Id], &[&str]) = match kind {
            ProjectKind::Software => {
                (&[10000, 10001, 10002, 10003, 10004], &["To Do", "In Progress", "In Review", "Done"])
            }
            ProjectKind::Service => (
                &[10005, 10006, 10007, 10008, 10004],
                &["Waiting for support", "In Progress", "Waiting for customer", "Resolved", "Closed"],
            ),
            ProjectKind::Business => (&[10000, 10002, 10004], &["To Do", "In Progress", "Done"]),
        };
        let workflow = self.add_workflow(&format!("Workflow of {key}"), statuses);
        for status in statuses {
            self.add_transition(workflow, status, &[], status);
        }
        let types = types.iter().filter_map(|id| self.issue_types.get(id));
        let types =
            types.map(|t| ProjectType { id: t.id, workflow, screen: self.full_screen(t.level) }).collect();
        let id = self.next_id("project");
        self.projects.insert(
            id,
            Project {
                id,
                key: key.into(),
                old_keys: Vec::new(),
                name: name.into(),
                description: String::new(),
                kind,
                lead: lead.into(),
                url: String::new(),
                assign_to_lead: false,
                types,
                priorities: self.priorities.iter().map(|p| p.id).collect(),
                grants: default_grants(),
                actors: BTreeMap::from([
                    (
                        ADMINISTRATORS,
                        vec![Actor::User(lead.into()), Actor::Group("jira-administrators".into())],
                    ),
                    (MEMBER, vec![Actor::Group("developers".into())]),
                    (VIEWER, vec![Actor::Group("jira-users".into())]),
                ]),
                properties: BTreeMap::new(),
                last_number: 0,
            },
        );
        let board = if kind == ProjectKind::Software { BoardKind::Scrum } else { BoardKind::Kanban };
        self.add_board(
            id,
            &format!("{key} board"),
            board,
            lead,
            &format!("project = {key} ORDER BY Rank ASC"),
        );
        id
    }

    /// A screen with every field that can stand on one.
    fn full_screen(&self, level: i64) -> Vec<ScreenField> {
        let mut screen: Vec<ScreenField> = Vec::new();
        for field in self.fields.iter().filter(|f| f.orderable) {
            let id = field.id.as_str();
            let fits = match id {
                "security" | "issuerestriction" | "resolution" | "comment" | "worklog" | RANKED => false,
                "parent" => level < 1,
                super::SPRINT => level == 0,
                _ => true,
            };
            if fits {
                screen.push(match id {
                    "summary" | "issuetype" | "reporter" => ScreenField::required(id),
                    "parent" if level < 0 => ScreenField::required(id),
                    _ => ScreenField::optional(id),
                });
            }
        }
        screen.push(ScreenField::required("project"));
        if let Some(priority) = screen.iter_mut().find(|f| f.field == "priority") {
            priority.default = self.priority_named("Medium").map(|p| super::Value::Priority(p.id));
        }
        screen
    }

    /// Adds a board over a filter of its own; answers with its id. Columns follow the project's first workflow.
    pub fn add_board(&mut self, project: Id, name: &str, kind: BoardKind, owner: &str, jql: &str) -> Id {
        let filter = self.add_filter(&format!("Filter for {name}"), owner, jql);
        let workflow = self.projects.get(&project).and_then(|p| p.types.first()).map(|t| t.workflow);
        let columns = workflow.and_then(|w| self.workflows.get(&w)).map(|w| columns(w, &self.statuses));
        let id = self.next_id("board");
        let columns = columns.unwrap_or_default();
        self.boards.insert(id, Board { id, name: name.into(), kind, project, filter, columns });
        id
    }

    /// A column for each status of a workflow, as a new board has them.
    #[must_use]
    pub fn columns_of(&self, workflow: Id) -> Vec<Column> {
        self.workflows.get(&workflow).map_or_else(Vec::new, |workflow| columns(workflow, &self.statuses))
    }

    /// Saves a search; answers with its id.
    pub fn add_filter(&mut self, name: &str, owner: &str, jql: &str) -> Id {
        let id = self.next_id("filter");
        self.filters.insert(id, Filter { id, name: name.into(), owner: owner.into(), jql: jql.into() });
        id
    }

    /// Plans a sprint; answers with its id.
    pub fn add_sprint(&mut self, board: Id, name: &str, goal: &str) -> Id {
        let (id, created) = (self.next_id("sprint"), self.clock.now());
        let state = SprintState::Future;
        let (name, goal) = (name.into(), goal.into());
        self.sprints.insert(
            id,
            Sprint { id, board, name, goal, state, created, start: None, end: None, complete: None },
        );
        id
    }

    /// Adds a component; answers with its id.
    pub fn add_component(&mut self, project: Id, name: &str, description: &str, lead: Option<&str>) -> Id {
        let id = self.next_id("component");
        let (name, description, lead) = (name.into(), description.into(), lead.map(Into::into));
        let assignee_type = "PROJECT_DEFAULT".into();
        self.components.insert(id, Component { id, project, name, description, lead, assignee_type });
        id
    }

    /// Adds a version that is neither released nor archived; answers with its id.
    pub fn add_version(&mut self, project: Id, name: &str) -> Id {
        let id = self.next_id("version");
        let version = Version {
            id,
            project,
            name: name.into(),
            description: String::new(),
            start: None,
            release: None,
            released: false,
            archived: false,
        };
        self.versions.insert(id, version);
        id
    }
}

const RANKED: &str = super::RANK;

fn columns(workflow: &Workflow, statuses: &BTreeMap<Id, Status>) -> Vec<Column> {
    let column = |id: &Id| statuses.get(id).map(|s| Column { name: s.name.clone(), statuses: vec![*id] });
    workflow.statuses.iter().filter_map(column).collect()
}

fn default_grants() -> BTreeMap<Permission, Vec<PermissionHolder>> {
    let admins = PermissionHolder::Role(ADMINISTRATORS);
    let members = PermissionHolder::Role(MEMBER);
    let viewers = PermissionHolder::Role(VIEWER);
    let project = Permission::ALL.iter().filter(|p| !p.is_global());
    let holders = |permission: Permission| match permission {
        Permission::AdministerProjects
        | Permission::DeleteIssues
        | Permission::EditAllComments
        | Permission::DeleteAllComments
        | Permission::EditAllWorklogs
        | Permission::DeleteAllWorklogs
        | Permission::DeleteAllAttachments
        | Permission::SetIssueSecurity => vec![admins.clone()],
        Permission::BrowseProjects
        | Permission::AddComments
        | Permission::EditOwnComments
        | Permission::DeleteOwnComments
        | Permission::ViewVotersAndWatchers => vec![admins.clone(), members.clone(), viewers.clone()],
        _ => vec![admins.clone(), members.clone()],
    };
    project.map(|p| (*p, holders(*p))).collect()
}

/// Schema type, item type, Jira's name of the type, and its label in JQL.
fn custom_type(kind: FieldKind) -> (&'static str, Option<&'static str>, String, &'static str) {
    let base = "com.atlassian.jira.plugin.system.customfieldtypes";
    let (schema, items, name, label) = match kind {
        FieldKind::TextArea => ("string", None, "textarea", "Paragraph"),
        FieldKind::Url => ("string", None, "url", "URL Field"),
        FieldKind::Number => ("number", None, "float", "Number"),
        FieldKind::Date => ("date", None, "datepicker", "Date"),
        FieldKind::DateTime => ("datetime", None, "datetime", "Time stamp"),
        FieldKind::Select => ("option", None, "select", "Dropdown"),
        FieldKind::Radio => ("option", None, "radiobuttons", "Radio Buttons"),
        FieldKind::MultiSelect => ("array", Some("option"), "multiselect", "Select List (multiple choices)"),
        FieldKind::Checkboxes => ("array", Some("option"), "multicheckboxes", "Checkboxes"),
        FieldKind::Cascade => ("option-with-child", None, "cascadingselect", "Cascading Select"),
        FieldKind::User => ("user", None, "userpicker", "User Picker (single user)"),
        FieldKind::Users => ("array", Some("user"), "multiuserpicker", "People"),
        FieldKind::Labels => ("array", Some("string"), "labels", "Labels"),
        FieldKind::Group => ("group", None, "grouppicker", "Group Picker (single group)"),
        FieldKind::Version => ("version", None, "version", "Version Picker (single version)"),
        FieldKind::Versions => {
            ("array", Some("version"), "multiversion", "Version Picker (multiple versions)")
        }
        FieldKind::Sprint => {
            return ("array", Some("json"), "com.pyxis.greenhopper.jira:gh-sprint".into(), "Sprint");
        }
        FieldKind::Rank => return ("any", None, "com.pyxis.greenhopper.jira:gh-lexo-rank".into(), "Rank"),
        _ => ("string", None, "textfield", "Short text"),
    };
    (schema, items, format!("{base}:{name}"), label)
}
