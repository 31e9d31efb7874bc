//! Jira's JSON for what the world holds, as one caller sees it.

mod activity;
mod agile;
mod issue;
mod meta;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json, json};

use super::world::{
    Category, Component, Group, Id, IssueType, Named, Permission, Project, Status, User, Version, World,
};

pub(super) use issue::{Expand, FieldSet};
pub(super) use meta::field_row;

/// A caller's look at the world.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) world: &'a World,
    /// Base address of the links in replies: the site, or the gateway with the cloud id.
    pub(super) base: &'a str,
    /// The site itself, where pictures are.
    pub(super) site: &'a str,
    /// The caller's account id; none for an anonymous caller.
    pub(super) who: Option<&'a str>,
}

impl View<'_> {
    /// A link into the platform API.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}/rest/api/3/{path}", self.base)
    }

    /// The zone in which the caller gets dates.
    pub(super) fn zone(&self) -> TimeZone {
        let user = self.who.and_then(|who| self.world.users.get(who));
        user.and_then(|u| TimeZone::get(&u.time_zone).ok()).unwrap_or(TimeZone::UTC)
    }

    /// The time as Jira writes it, such as `2026-04-28T15:41:27.114+0200`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone()).strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
    }

    /// A user as issues and comments show one; null for an account that is not there.
    pub(super) fn user(&self, account_id: &str) -> Json {
        let Some(user) = self.world.users.get(account_id) else { return Json::Null };
        let mut out = json!({
            "self": self.link(&format!("user?accountId={}", account_id.replace(':', "%3A"))),
            "accountId": account_id,
        });
        self.put_email(user, &mut out);
        out["avatarUrls"] = avatars(account_id);
        out["displayName"] = user.name.clone().into();
        out["active"] = user.active.into();
        out["timeZone"] = user.time_zone.clone().into();
        out["accountType"] = user.account_type.clone().into();
        out
    }

    /// A user as the user resource shows one.
    pub(super) fn user_in_full(&self, user: &User) -> Json {
        let account_id = &user.account_id;
        let mut out = json!({
            "self": self.link(&format!("user?accountId={account_id}")),
            "accountId": account_id,
            "accountType": user.account_type,
        });
        self.put_email(user, &mut out);
        out["avatarUrls"] = avatars(account_id);
        out["displayName"] = user.name.clone().into();
        out["active"] = user.active.into();
        out["timeZone"] = user.time_zone.clone().into();
        out["locale"] = user.locale.clone().into();
        out
    }

    fn put_email(&self, user: &User, out: &mut Json) {
        if user.email_visible || self.who == Some(&user.account_id) {
            out["emailAddress"] = user.email.clone().into();
        }
    }

    pub(super) fn group(&self, group: &Group) -> Json {
        json!({ "name": group.name, "groupId": group.id, "self": self.link(&format!("group?groupId={}", group.id)) })
    }

    pub(super) fn category(&self, category: Category) -> Json {
        json!({
            "self": self.link(&format!("statuscategory/{}", category.id())),
            "id": category.id(),
            "key": category.key(),
            "colorName": category.color(),
            "name": category.name(),
        })
    }

    pub(super) fn status(&self, id: Id) -> Json {
        self.world.statuses.get(&id).map_or(Json::Null, |status| self.status_json(status))
    }

    pub(super) fn status_json(&self, status: &Status) -> Json {
        json!({
            "self": self.link(&format!("status/{}", status.id)),
            "description": status.description,
            "iconUrl": format!("{}/images/icons/statuses/generic.png", self.site),
            "name": status.name,
            "id": status.id.to_string(),
            "statusCategory": self.category(status.category),
        })
    }

    pub(super) fn priority(&self, priority: &Named) -> Json {
        let icon = format!("{}/images/icons/priorities/{}_new.svg", self.site, priority.name.to_lowercase());
        json!({
            "self": self.link(&format!("priority/{}", priority.id)),
            "iconUrl": icon,
            "name": priority.name,
            "id": priority.id.to_string(),
        })
    }

    pub(super) fn resolution(&self, resolution: &Named) -> Json {
        json!({
            "self": self.link(&format!("resolution/{}", resolution.id)),
            "id": resolution.id.to_string(),
            "description": resolution.description,
            "name": resolution.name,
        })
    }

    /// An issue type as issues show it.
    pub(super) fn issue_type(&self, id: Id) -> Json {
        self.world.issue_types.get(&id).map_or(Json::Null, |t| self.issue_type_json(t))
    }

    pub(super) fn issue_type_json(&self, issue_type: &IssueType) -> Json {
        let avatar = issue_type.avatar;
        json!({
            "self": self.link(&format!("issuetype/{}", issue_type.id)),
            "id": issue_type.id.to_string(),
            "description": issue_type.description,
            "iconUrl": format!(
                "{}/rest/api/2/universal_avatar/view/type/issuetype/avatar/{avatar}?size=medium", self.base
            ),
            "name": issue_type.name,
            "subtask": issue_type.level < 0,
            "avatarId": avatar,
            "hierarchyLevel": issue_type.level,
        })
    }

    /// A project as issues show it.
    pub(super) fn project_ref(&self, id: Id) -> Json {
        let Some(project) = self.world.projects.get(&id) else { return Json::Null };
        json!({
            "self": self.link(&format!("project/{id}")),
            "id": id.to_string(),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind.key(),
            "simplified": false,
            "avatarUrls": self.project_avatars(),
        })
    }

    /// A project as the search for projects shows it.
    pub(super) fn project_row(&self, project: &Project, expand: &[&str]) -> Json {
        let entity = project_uuid(project.id);
        let mut out = json!({
            "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
            "self": self.link(&format!("project/{}", project.id)),
            "id": project.id.to_string(),
            "key": project.key,
        });
        if expand.contains(&"description") {
            out["description"] = project.description.clone().into();
        }
        if expand.contains(&"lead") {
            out["lead"] = self.lead(&project.lead);
        }
        if expand.contains(&"issueTypes") {
            out["issueTypes"] = self.project_types(project);
        }
        if expand.contains(&"url") && !project.url.is_empty() {
            out["url"] = project.url.clone().into();
        }
        if expand.contains(&"projectKeys") {
            out["projectKeys"] = project.old_keys.iter().chain([&project.key]).cloned().collect();
        }
        out["name"] = project.name.clone().into();
        out["avatarUrls"] = self.project_avatars();
        out["projectTypeKey"] = project.kind.key().into();
        out["simplified"] = false.into();
        out["style"] = "classic".into();
        out["isPrivate"] = false.into();
        out["properties"] = json!({});
        if expand.contains(&"insight") {
            let issues = self.world.issues.values().filter(|i| i.project == project.id);
            let last = issues.clone().map(|i| i.updated).max();
            out["insight"] = json!({ "totalIssueCount": issues.count() });
            if let Some(last) = last {
                out["insight"]["lastIssueUpdateTime"] = self.moment(last).into();
            }
        }
        out["entityId"] = entity.clone().into();
        out["uuid"] = entity.into();
        out
    }

    /// A project in full.
    pub(super) fn project(&self, project: &Project, expand: &[&str]) -> Json {
        let roles = self.world.roles.iter().map(|role| {
            (role.name.clone(), Json::from(self.link(&format!("project/{}/role/{}", project.id, role.id))))
        });
        let mut out = json!({
            "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
            "self": self.link(&format!("project/{}", project.id)),
            "id": project.id.to_string(),
            "key": project.key,
            "description": project.description,
            "lead": self.lead(&project.lead),
            "components": self.world.components.values().filter(|c| c.project == project.id)
                .map(|c| self.component_ref(c)).collect::<Vec<_>>(),
            "issueTypes": self.project_types(project),
            "assigneeType": if project.assign_to_lead { "PROJECT_LEAD" } else { "UNASSIGNED" },
            "versions": self.world.versions.values().filter(|v| v.project == project.id)
                .map(|v| self.version(v)).collect::<Vec<_>>(),
            "name": project.name,
            "roles": roles.collect::<Map<_, _>>(),
            "avatarUrls": self.project_avatars(),
            "projectTypeKey": project.kind.key(),
            "simplified": false,
            "style": "classic",
            "isPrivate": false,
            "properties": {},
            "entityId": project_uuid(project.id),
            "uuid": project_uuid(project.id),
        });
        if !project.url.is_empty() {
            out["url"] = project.url.clone().into();
        }
        if expand.contains(&"projectKeys") {
            out["projectKeys"] = project.old_keys.iter().chain([&project.key]).cloned().collect();
        }
        if expand.contains(&"permissions") {
            let edits = self.world.may_in(self.who, Permission::AdministerProjects, project, None);
            out["permissions"] = json!({ "canEdit": edits });
        }
        out
    }

    fn project_types(&self, project: &Project) -> Json {
        project.types.iter().map(|t| self.issue_type(t.id)).collect()
    }

    fn project_avatars(&self) -> Json {
        let url = self.link("universal_avatar/view/type/project/avatar/10416");
        json!({
            "48x48": url,
            "24x24": format!("{url}?size=small"),
            "16x16": format!("{url}?size=xsmall"),
            "32x32": format!("{url}?size=medium"),
        })
    }

    /// The lead of a project or component: a user with fewer details.
    pub(super) fn lead(&self, account_id: &str) -> Json {
        let Some(user) = self.world.users.get(account_id) else { return Json::Null };
        json!({
            "self": self.link(&format!("user?accountId={}", account_id.replace(':', "%3A"))),
            "accountId": account_id,
            "avatarUrls": avatars(account_id),
            "displayName": user.name,
            "active": user.active,
        })
    }

    /// A component as issues show it.
    pub(super) fn component_ref(&self, component: &Component) -> Json {
        let mut out = json!({
            "self": self.link(&format!("component/{}", component.id)),
            "id": component.id.to_string(),
            "name": component.name,
        });
        if !component.description.is_empty() {
            out["description"] = component.description.clone().into();
        }
        out
    }

    /// A component in full.
    pub(super) fn component(&self, component: &Component) -> Json {
        let mut out = self.component_ref(component);
        if let Some(lead) = &component.lead {
            out["lead"] = self.lead(lead);
        }
        out["assigneeType"] = component.assignee_type.clone().into();
        out["realAssigneeType"] = component.assignee_type.clone().into();
        out["isAssigneeTypeValid"] =
            (component.assignee_type != "COMPONENT_LEAD" || component.lead.is_some()).into();
        if let Some(project) = self.world.projects.get(&component.project) {
            out["project"] = project.key.clone().into();
        }
        out["projectId"] = component.project.into();
        out
    }

    /// A version as projects show it.
    pub(super) fn version(&self, version: &Version) -> Json {
        let mut out = self.version_ref(version);
        if let Some(start) = version.start {
            out["startDate"] = start.to_string().into();
            out["userStartDate"] = start.strftime("%d/%b/%y").to_string().into();
        }
        if let Some(release) = version.release {
            let today = self.world.clock.now().to_zoned_datetime(self.zone()).date();
            out["overdue"] = (!version.released && release < today).into();
            out["userReleaseDate"] = release.strftime("%d/%b/%y").to_string().into();
        }
        out["projectId"] = version.project.into();
        out
    }

    /// A version as issues show it.
    pub(super) fn version_ref(&self, version: &Version) -> Json {
        let mut out =
            json!({ "self": self.link(&format!("version/{}", version.id)), "id": version.id.to_string() });
        if !version.description.is_empty() {
            out["description"] = version.description.clone().into();
        }
        out["name"] = version.name.clone().into();
        out["archived"] = version.archived.into();
        out["released"] = version.released.into();
        if let Some(release) = version.release {
            out["releaseDate"] = release.to_string().into();
        }
        out
    }
}

/// Pictures at the size of a person's icon; the address is derived from the account.
fn avatars(account_id: &str) -> Json {
    let hash = account_id.bytes().fold(0xcbf2_9ce4_8422_2325_u128, |h, b| {
        (h ^ u128::from(b)).wrapping_mul(0x0100_0000_01b3_0000_0000_01b3)
    });
    let url = format!("https://secure.gravatar.com/avatar/{hash:032x}?d=identicon");
    json!({ "48x48": url, "24x24": url, "16x16": url, "32x32": url })
}

fn project_uuid(id: Id) -> String {
    format!("cf389cac-62e1-4fe4-a8b8-{id:012x}")
}

/// A duration as Jira writes it, by days of eight hours and weeks of five days: `1d 4h`.
pub(super) fn duration(seconds: i64) -> String {
    let minutes = seconds / 60;
    let parts =
        [(minutes / 2400, 'w'), (minutes / 480 % 5, 'd'), (minutes / 60 % 8, 'h'), (minutes % 60, 'm')];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if parts.is_empty() { "0m".into() } else { parts.join(" ") }
}
