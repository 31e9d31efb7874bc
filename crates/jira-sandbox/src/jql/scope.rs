//! In whose name and at what moment a query runs.

use jiff::ZonedDateTime;

use super::{names, time};
use crate::world::{Issue, Permission, Project, User, Visibility, World};

/// The site as one caller sees it at one moment.
#[derive(Debug, Clone)]
pub(super) struct Scope<'w> {
    pub(super) world: &'w World,
    /// The caller's account id; none for an anonymous caller.
    pub(super) who: Option<&'w str>,
    /// Now, in the caller's time zone.
    pub(super) now: ZonedDateTime,
}

impl<'w> Scope<'w> {
    pub(super) fn new(world: &'w World, who: Option<&str>) -> Self {
        let user = who.and_then(|account_id| world.users.get(account_id));
        let zone = time::zone(user.map_or("UTC", |user| &user.time_zone));
        Self {
            world,
            who: user.map(|user| user.account_id.as_str()),
            now: world.clock.now().to_zoned_datetime(zone),
        }
    }

    pub(super) fn sees(&self, issue: &Issue) -> bool {
        self.world.sees(self.who, issue)
    }

    pub(super) fn sees_project(&self, project: &Project) -> bool {
        self.world.may_in(self.who, Permission::BrowseProjects, project, None)
    }

    /// Projects that the caller may browse.
    pub(super) fn projects(&self) -> impl Iterator<Item = &'w Project> {
        let world = self.world;
        world.projects.values().filter(|project| self.sees_project(project))
    }

    /// An issue by key, if the caller may browse it.
    pub(super) fn issue(&self, key: &str) -> Option<&'w Issue> {
        self.world.issue(key).filter(|issue| self.sees(issue))
    }

    /// True where the caller may read a comment or worklog with this restriction.
    pub(super) fn sees_restricted(&self, visibility: Option<&Visibility>, issue: &Issue) -> bool {
        match (visibility, self.who) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Visibility::Group(group)), Some(who)) => self.world.in_group(who, group),
            (Some(Visibility::Role(role)), Some(who)) => {
                self.world.in_role(who, *role, self.world.project_of(issue))
            }
        }
    }

    /// Users that a value names: by account id, full name, or an e-mail that the caller may see.
    pub(super) fn users(&self, name: &str) -> Vec<&'w User> {
        let named = |user: &&User| {
            user.account_id == name
                || names::same(&user.name, name)
                || (self.sees_email(user) && user.email.eq_ignore_ascii_case(name))
        };
        self.world.users.values().filter(named).collect()
    }

    fn sees_email(&self, user: &User) -> bool {
        user.email_visible
            || self.who == Some(&user.account_id)
            || self.world.may(self.who, Permission::Administer)
    }
}
