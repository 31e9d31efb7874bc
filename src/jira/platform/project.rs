//! Projects: their list, and the parts of each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::transport::page::{Page, Position};
use crate::jira::values::field;
use crate::jira::{AllowedProject, Client, ProjectVersion};
use crate::nearest;

operations! {
    /// Projects, paged.
    SEARCH = Operation::get(Api::Platform, "project/search")
        .scopes(READ_WORK, "read:issue-type:jira read:project:jira read:project.property:jira read:user:jira read:application-role:jira read:avatar:jira read:group:jira read:issue-type-hierarchy:jira read:project-category:jira read:project-version:jira read:project.component:jira");
    /// One project.
    GET = Operation::get(Api::Platform, "project/{project}")
        .scopes(READ_WORK, "read:issue-type:jira read:project:jira read:project.property:jira read:user:jira read:application-role:jira read:avatar:jira read:group:jira read:issue-type-hierarchy:jira read:project-category:jira read:project-version:jira read:project.component:jira");
    /// Statuses of a project by issue type.
    LIST_STATUSES = Operation::get(Api::Platform, "project/{project}/statuses")
        .scopes(READ_WORK, "read:issue-status:jira read:issue-type:jira read:status:jira");
}

/// The number of projects that an error looks at to find the one that was meant.
const MAX_LOOKED_AT: u64 = 100;
/// The number of keys that one request can name.
const MAX_KEYS: usize = 50;
/// The number of projects that an error offers where none has a similar name.
const MAX_OFFERED: usize = 8;

/// A project as Jira sends it; lists leave most of it out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawProject {
    /// Present key.
    pub key: String,
    /// Name.
    #[serde(default)]
    pub name: String,
    /// `software`, `service_desk`, `business`, `product_discovery`.
    #[serde(default, rename = "projectTypeKey")]
    pub kind: Option<String>,
    /// `classic` where administrators of the site manage it, `next-gen` where its team does.
    #[serde(default)]
    pub style: Option<String>,
    /// The lead, in Jira's form.
    #[serde(default)]
    pub lead: Value,
    /// The description; plain text.
    #[serde(default)]
    pub description: Option<String>,
    /// Its category, in Jira's form.
    #[serde(default)]
    pub project_category: Value,
    /// True for an archived project, which nobody can change.
    #[serde(default)]
    pub archived: bool,
    /// Types of its issues.
    #[serde(default)]
    pub issue_types: Vec<ProjectIssueType>,
    /// Its components.
    #[serde(default)]
    pub components: Vec<Named>,
    /// Its versions, in its order: mostly the oldest first.
    #[serde(default)]
    pub versions: Vec<ProjectVersion>,
    /// Its roles: name, address.
    #[serde(default)]
    roles: BTreeMap<String, Value>,
}

impl RawProject {
    /// Names of the roles that people have in it.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        // Apps have a role of their own everywhere, which says nothing of people.
        self.roles.keys().map(String::as_str).filter(|role| !role.starts_with("atlassian-addons"))
    }
}

/// A thing of which only the name is read, such as a component or a status.
#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    /// Name.
    #[serde(default)]
    pub name: String,
}

/// A type of a project's issues.
#[derive(Debug, Clone, Deserialize)]
pub struct ProjectIssueType {
    /// Name, in the account's language.
    #[serde(default)]
    pub name: String,
    /// True for a type of subtasks.
    #[serde(default)]
    pub subtask: bool,
}

/// The statuses that issues of a type can have.
#[derive(Debug, Clone, Deserialize)]
pub struct TypeStatuses {
    /// Name of the type.
    #[serde(default)]
    pub name: String,
    /// The statuses, in Jira's order.
    #[serde(default)]
    pub statuses: Vec<Named>,
}

impl Client {
    /// One page of the projects that this account sees, by key, within the allow-list.
    ///
    /// # Errors
    /// As every request.
    pub async fn projects_like(
        &self,
        query: Option<&str>,
        limit: u64,
        start: Option<Position>,
    ) -> Result<(Page<RawProject>, u64)> {
        #[derive(Deserialize)]
        struct Listing {
            values: Vec<RawProject>,
            #[serde(default)]
            total: u64,
        }
        let start = start.unwrap_or_default();
        let mut request = SEARCH
            .request([])
            .query("startAt", start.skip)
            .query("maxResults", limit)
            .query("orderBy", "key")
            .query("expand", "lead");
        if let Some(query) = query.filter(|query| !query.trim().is_empty()) {
            request = request.query("query", query.trim());
        }
        // Jira takes a bounded number of keys; with more, its total counts what lies outside too.
        for key in self.projects().filter(|keys| keys.len() <= MAX_KEYS).unwrap_or_default() {
            request = request.query("keys", key);
        }
        let listing = match self.send(request).await {
            Ok(reply) => reply.json()?,
            // Jira's other way to say that nothing fits.
            Err(Error::NotFound { .. }) => Listing { values: Vec::new(), total: 0 },
            Err(error) => return Err(error),
        };
        let mut page = Page::counted(listing.values, start, limit, listing.total);
        page.retain(|project| self.allows_project(&project.key));
        Ok((page, listing.total))
    }

    /// The one project that `given` means: by key in any case, id, or name.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with similar projects, [`Error::Refused`] for one outside the
    /// allow-list.
    pub async fn project(&self, given: &str) -> Result<RawProject> {
        let given = given.trim();
        if is_key_or_id(given) {
            let request = GET.request([&given.to_ascii_uppercase()]);
            match self.send(request).await {
                Ok(reply) => {
                    let project: RawProject = reply.json()?;
                    // An old key leads here as well; the present one decides.
                    if self.allows_project(&project.key) {
                        return Ok(project);
                    }
                }
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let (found, _) = self.projects_like(Some(given), MAX_LOOKED_AT, None).await?;
        let wanted = field::loose(given);
        let exact: Vec<&RawProject> =
            found.rows.iter().filter(|project| field::loose(&project.name) == wanted).collect();
        if let [project] = exact.as_slice() {
            return self.send(GET.request([&project.key])).await?.json();
        }
        if self.projects().is_some() && is_key_or_id(given) {
            // Whether there is such a project outside is not the caller's to know.
            return Err(self.not_allowed(given));
        }
        let (fitting, ambiguous) = if exact.is_empty() {
            (found.rows.iter().collect(), found.rows.len() > 1)
        } else {
            (exact, true)
        };
        let mut candidates: Vec<String> = fitting.into_iter().take(MAX_OFFERED).map(offered).collect();
        if candidates.is_empty() {
            candidates = self.similar_projects(given).await?;
        }
        Err(Error::Unresolved { kind: "project", given: given.to_owned(), candidates, ambiguous })
    }

    /// The projects that an error offers in place of one that does not exist.
    async fn similar_projects(&self, given: &str) -> Result<Vec<String>> {
        let (all, _) = self.projects_like(None, MAX_LOOKED_AT, None).await?;
        let all: Vec<String> = all.rows.iter().map(offered).collect();
        let near = nearest::names(given, all.iter().map(String::as_str));
        Ok(if near.is_empty() { all.into_iter().take(MAX_OFFERED).collect() } else { near })
    }

    /// The statuses of a project's issues, by issue type.
    ///
    /// # Errors
    /// As every request.
    pub async fn project_statuses(&self, project: &AllowedProject) -> Result<Vec<TypeStatuses>> {
        self.send(LIST_STATUSES.request([project.as_str()])).await?.json()
    }
}

fn offered(project: &RawProject) -> String {
    format!("{} ({})", project.key, project.name)
}

/// True for what has the form of a project's key or id.
fn is_key_or_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
