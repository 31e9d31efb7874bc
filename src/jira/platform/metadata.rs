//! Metadata of a project's issue types and of the fields of its screens, cached.

use std::sync::Arc;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::transport::page::AllRows;
use crate::jira::values::field::loose;
use crate::jira::values::screen::{Screen, ScreenField, keyed};
use crate::jira::{AllowedIssue, AllowedProject, Client};

operations! {
    /// Issue types that can be created in a project, paged.
    LIST_CREATE_TYPES = Operation::get(Api::Platform, "issue/createmeta/{project}/issuetypes")
        .scopes(READ_WORK, "read:issue-meta:jira read:avatar:jira read:field-configuration:jira");
    /// Fields that can be set on creating an issue of a type, paged.
    LIST_CREATE_FIELDS = Operation::get(Api::Platform, "issue/createmeta/{project}/issuetypes/{type}")
        .scopes(READ_WORK, "read:issue-meta:jira read:avatar:jira read:field-configuration:jira");
    /// Fields of an issue that can be edited.
    GET_EDIT_FIELDS = Operation::get(Api::Platform, "issue/{issue}/editmeta")
        .scopes(READ_WORK, "read:issue-meta:jira read:field-configuration:jira");
}

/// Rows of one page of create metadata: as many as Jira gives.
const PAGE_SIZE: usize = 200;

/// An issue type as a project uses it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueType {
    /// Numeric id.
    pub id: String,
    /// Name in the account's language.
    pub name: String,
    /// Name in the site's language.
    #[serde(default)]
    pub untranslated_name: Option<String>,
    /// The description.
    #[serde(default)]
    pub description: Option<String>,
    /// True for a type whose issues have a parent.
    #[serde(default)]
    pub subtask: bool,
    /// 1 for epics, 0 for their children, -1 for subtasks.
    #[serde(default)]
    pub hierarchy_level: Option<i64>,
}

#[derive(Deserialize)]
struct TypePage {
    #[serde(default, rename = "issueTypes")]
    rows: Vec<IssueType>,
    #[serde(default)]
    total: usize,
}

#[derive(Deserialize)]
struct FieldPage {
    #[serde(default, rename = "fields")]
    rows: Vec<ScreenField>,
    #[serde(default)]
    total: usize,
}

/// The issue types of a project, cached by its key.
enum IssueTypes {}

impl CacheKind for IssueTypes {
    type Key = String;
    type Value = Vec<IssueType>;
}

/// The fields on creating an issue, cached by project and issue type.
enum CreateScreens {}

impl CacheKind for CreateScreens {
    type Key = (String, String);
    type Value = Screen;
}

/// The fields of an issue that can be edited, cached by its key or id.
enum EditScreens {}

impl CacheKind for EditScreens {
    type Key = String;
    type Value = Screen;
}

impl Client {
    /// The types of issue that can be created in a project, from the cache where they are fresh.
    ///
    /// # Errors
    /// [`Error::Refused`] for a project outside the allowed ones, [`Error::NotFound`] for none.
    pub async fn issue_types(&self, project: &AllowedProject) -> Result<Arc<Vec<IssueType>>> {
        let fetch = || async {
            let mut types = AllRows::new();
            while let Some(start) = types.next() {
                let request = LIST_CREATE_TYPES.request([project.as_str()]);
                let request = request.query("startAt", start).query("maxResults", PAGE_SIZE);
                let page: TypePage = self.send(request).await?.json()?;
                types.add(page.rows, page.total)?;
            }
            Ok(types.into_rows())
        };
        self.site.caches.of::<IssueTypes>().get(project.as_str().to_owned(), fetch).await
    }

    /// The issue type of a project that `given` means: by id, or by name in either language.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with the project's types; as [`Client::issue_types`].
    pub async fn issue_type(&self, project: &AllowedProject, given: &str) -> Result<IssueType> {
        let types = self.issue_types(project).await?;
        let wanted = loose(given);
        let fits = |name: &str| loose(name) == wanted;
        let found = types.iter().find(|kind| {
            kind.id == given.trim() || fits(&kind.name) || kind.untranslated_name.as_deref().is_some_and(fits)
        });
        found.cloned().ok_or_else(|| Error::Unresolved {
            kind: "issue type",
            given: given.to_owned(),
            candidates: types.iter().map(|kind| kind.name.clone()).collect(),
            ambiguous: false,
        })
    }

    /// The fields that can be set on creating an issue of this type, from the cache where they are
    /// fresh.
    ///
    /// # Errors
    /// As [`Client::issue_types`].
    pub async fn create_screen(&self, project: &AllowedProject, kind: &IssueType) -> Result<Arc<Screen>> {
        let fetch = || async {
            let mut fields = AllRows::new();
            while let Some(start) = fields.next() {
                let request = LIST_CREATE_FIELDS.request([project.as_str(), &kind.id]);
                let request = request.query("startAt", start).query("maxResults", PAGE_SIZE);
                let page: FieldPage = self.send(request).await?.json()?;
                fields.add(page.rows, page.total)?;
            }
            Ok(Screen(fields.into_rows()))
        };
        let key = (project.as_str().to_owned(), kind.id.clone());
        Ok(self.without_hidden_projects(self.site.caches.of::<CreateScreens>().get(key, fetch).await?))
    }

    /// The fields of an issue that can be edited, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request.
    pub async fn edit_screen(&self, issue: &AllowedIssue) -> Result<Arc<Screen>> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "keyed")]
            fields: Screen,
        }
        let fetch = || async {
            let reply: Reply = self.send(GET_EDIT_FIELDS.request([issue.as_str()])).await?.json()?;
            Ok(reply.fields)
        };
        Ok(self.without_hidden_projects(
            self.site.caches.of::<EditScreens>().get(issue.as_str().to_owned(), fetch).await?,
        ))
    }

    /// Forgets the cached screens: a version may have been added, an issue may have another type.
    pub(crate) fn forget_screens(&self) {
        self.site.caches.of::<CreateScreens>().clear();
        self.site.caches.of::<EditScreens>().clear();
    }
}
