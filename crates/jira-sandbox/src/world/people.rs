//! Users, groups, project roles, and who may do what.

use std::collections::BTreeSet;

use super::{Id, Issue, Project, World};

/// A person, or an app, with an account on the site.
#[derive(Debug, Clone)]
pub struct User {
    /// The account id: `712020:` and a UUID, or 24 hexadecimal digits for older accounts.
    pub account_id: String,
    /// The name that others see.
    pub name: String,
    /// The e-mail, shown to others only when `email_visible`.
    pub email: String,
    /// True where the person's profile shows the e-mail to others; many do not.
    pub email_visible: bool,
    /// False for a deactivated account, which keeps its history and cannot be assigned.
    pub active: bool,
    /// The type: `atlassian` for people, `app` for apps, `customer` for service desk customers.
    pub account_type: String,
    /// The time zone by its IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The locale, such as `en_US`.
    pub locale: String,
}

impl User {
    /// An active person in UTC whose e-mail others see.
    #[must_use]
    pub fn new(account_id: &str, name: &str, email: &str) -> Self {
        Self {
            account_id: account_id.into(),
            name: name.into(),
            email: email.into(),
            email_visible: true,
            active: true,
            account_type: "atlassian".into(),
            time_zone: "Etc/UTC".into(),
            locale: "en_US".into(),
        }
    }
}

/// A group of users.
#[derive(Debug, Clone)]
pub struct Group {
    /// A UUID.
    pub id: String,
    /// The name, unique on the site.
    pub name: String,
    /// The account ids of the members.
    pub members: BTreeSet<String>,
}

/// A project role: the same on every project, with actors of its own on each.
#[derive(Debug, Clone)]
pub struct Role {
    /// The id, such as 10002.
    pub id: Id,
    /// The name, such as `Administrators`.
    pub name: String,
    /// The purpose of the role.
    pub description: String,
}

/// An actor in a project role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An account id.
    User(String),
    /// A group's name.
    Group(String),
}

/// A holder of a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermissionHolder {
    /// Everybody, signed in or not.
    Anyone,
    /// Every user of the site.
    LoggedIn,
    /// A group's name.
    Group(String),
    /// A project role's id.
    Role(Id),
    /// An account id.
    User(String),
    /// The issue's reporter.
    Reporter,
    /// The issue's assignee.
    Assignee,
    /// The project's lead.
    Lead,
}

macro_rules! permissions {
    ($($variant:ident $key:literal $name:literal $scope:ident),+ $(,)?) => {
        /// A permission of a user: on the whole site, or in a project.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named as Jira names it")]
        pub enum Permission { $($variant),+ }

        impl Permission {
            /// All of them, in Jira's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Jira's key, such as `BROWSE_PROJECTS`.
            #[must_use]
            pub fn key(self) -> &'static str { match self { $(Self::$variant => $key),+ } }

            /// The name on the screen, such as `Browse Projects`.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }

            /// True where the permission is granted on the site, and not by project.
            #[must_use]
            pub fn is_global(self) -> bool { match self { $(Self::$variant => permissions!(@ $scope)),+ } }
        }
    };
    (@ global) => { true };
    (@ project) => { false };
}

permissions! {
    Administer "ADMINISTER" "Administer Jira" global,
    UserPicker "USER_PICKER" "Browse users and groups" global,
    BulkChange "BULK_CHANGE" "Make bulk changes" global,
    ManageGroupFilterSubscriptions "MANAGE_GROUP_FILTER_SUBSCRIPTIONS" "Manage group filter subscriptions" global,
    CreateSharedObjects "CREATE_SHARED_OBJECTS" "Share dashboards and filters" global,
    AdministerProjects "ADMINISTER_PROJECTS" "Administer Projects" project,
    BrowseProjects "BROWSE_PROJECTS" "Browse Projects" project,
    ManageSprints "MANAGE_SPRINTS_PERMISSION" "Manage sprints" project,
    CreateIssues "CREATE_ISSUES" "Create issues" project,
    EditIssues "EDIT_ISSUES" "Edit Issues" project,
    AssignIssues "ASSIGN_ISSUES" "Assign Issues" project,
    AssignableUser "ASSIGNABLE_USER" "Assignable User" project,
    TransitionIssues "TRANSITION_ISSUES" "Transition Issues" project,
    ResolveIssues "RESOLVE_ISSUES" "Resolve Issues" project,
    CloseIssues "CLOSE_ISSUES" "Close Issues" project,
    ScheduleIssues "SCHEDULE_ISSUES" "Schedule Issues" project,
    MoveIssues "MOVE_ISSUES" "Move Issues" project,
    DeleteIssues "DELETE_ISSUES" "Delete Issues" project,
    LinkIssues "LINK_ISSUES" "Link Issues" project,
    ModifyReporter "MODIFY_REPORTER" "Modify Reporter" project,
    SetIssueSecurity "SET_ISSUE_SECURITY" "Set Issue Security" project,
    AddComments "ADD_COMMENTS" "Add Comments" project,
    EditAllComments "EDIT_ALL_COMMENTS" "Edit All Comments" project,
    EditOwnComments "EDIT_OWN_COMMENTS" "Edit Own Comments" project,
    DeleteAllComments "DELETE_ALL_COMMENTS" "Delete All Comments" project,
    DeleteOwnComments "DELETE_OWN_COMMENTS" "Delete Own Comments" project,
    CreateAttachments "CREATE_ATTACHMENTS" "Create Attachments" project,
    DeleteAllAttachments "DELETE_ALL_ATTACHMENTS" "Delete All Attachments" project,
    DeleteOwnAttachments "DELETE_OWN_ATTACHMENTS" "Delete Own Attachments" project,
    WorkOnIssues "WORK_ON_ISSUES" "Work On Issues" project,
    EditAllWorklogs "EDIT_ALL_WORKLOGS" "Edit All Worklogs" project,
    EditOwnWorklogs "EDIT_OWN_WORKLOGS" "Edit Own Worklogs" project,
    DeleteAllWorklogs "DELETE_ALL_WORKLOGS" "Delete All Worklogs" project,
    DeleteOwnWorklogs "DELETE_OWN_WORKLOGS" "Delete Own Worklogs" project,
    ManageWatchers "MANAGE_WATCHERS" "Manage Watchers" project,
    ViewVotersAndWatchers "VIEW_VOTERS_AND_WATCHERS" "View Voters and Watchers" project,
}

impl World {
    /// True where somebody (nobody: an anonymous caller) holds a permission of the site.
    #[must_use]
    pub fn may(&self, who: Option<&str>, permission: Permission) -> bool {
        let holders = self.global_grants.get(&permission).map_or(&[][..], Vec::as_slice);
        holders.iter().any(|holder| self.holds(who, holder, None, None))
    }

    /// True where somebody holds a permission in a project; holders such as the reporter need the issue.
    ///
    /// Everything in a project but its administration also needs the permission to browse it.
    #[must_use]
    pub fn may_in(
        &self,
        who: Option<&str>,
        permission: Permission,
        project: &Project,
        issue: Option<&Issue>,
    ) -> bool {
        let granted = |permission: Permission| {
            let holders = project.grants.get(&permission).map_or(&[][..], Vec::as_slice);
            holders.iter().any(|holder| self.holds(who, holder, Some(project), issue))
        };
        granted(permission)
            && (permission == Permission::BrowseProjects || granted(Permission::BrowseProjects))
    }

    /// True where somebody holds a permission on an issue.
    #[must_use]
    pub fn may_on(&self, who: Option<&str>, permission: Permission, issue: &Issue) -> bool {
        self.may_in(who, permission, self.project_of(issue), Some(issue))
    }

    /// True where somebody can see an issue.
    #[must_use]
    pub fn sees(&self, who: Option<&str>, issue: &Issue) -> bool {
        self.may_on(who, Permission::BrowseProjects, issue)
    }

    /// True where a user is a member of the group with this name.
    #[must_use]
    pub fn in_group(&self, account_id: &str, group: &str) -> bool {
        self.groups.iter().any(|g| g.name == group && g.members.contains(account_id))
    }

    /// True where a user stands in a role of a project, directly or through a group.
    #[must_use]
    pub fn in_role(&self, account_id: &str, role: Id, project: &Project) -> bool {
        project.actors.get(&role).is_some_and(|actors| {
            actors.iter().any(|actor| match actor {
                Actor::User(user) => user == account_id,
                Actor::Group(group) => self.in_group(account_id, group),
            })
        })
    }

    fn holds(
        &self,
        who: Option<&str>,
        holder: &PermissionHolder,
        project: Option<&Project>,
        issue: Option<&Issue>,
    ) -> bool {
        if *holder == PermissionHolder::Anyone {
            return true;
        }
        let Some(who) = who else { return false };
        match holder {
            PermissionHolder::Anyone | PermissionHolder::LoggedIn => true,
            PermissionHolder::Group(name) => self.in_group(who, name),
            PermissionHolder::Role(role) => project.is_some_and(|project| self.in_role(who, *role, project)),
            PermissionHolder::User(account_id) => account_id == who,
            PermissionHolder::Reporter => issue.is_some_and(|issue| issue.user("reporter") == Some(who)),
            PermissionHolder::Assignee => issue.is_some_and(|issue| issue.user("assignee") == Some(who)),
            PermissionHolder::Lead => project.is_some_and(|project| project.lead == who),
        }
    }
}
