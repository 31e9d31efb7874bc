//! Users: the account's own, one by id, and the directory.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::jira::transport::operation::{Api, Operation, READ_USERS, READ_WORK, operations};
use crate::jira::transport::page::{Page, Position};
use crate::jira::transport::request::Request;
use crate::jira::{AllowedIssue, AllowedProject, Client};

operations! {
    /// The person who calls.
    GET_MYSELF = Operation::get(Api::Platform, "myself")
        .scopes(READ_USERS, "read:application-role:jira read:group:jira read:user:jira read:avatar:jira");
    /// One person.
    GET = Operation::get(Api::Platform, "user")
        .scopes(READ_USERS, "read:application-role:jira read:group:jira read:user:jira read:avatar:jira");
    /// People of the site.
    SEARCH = Operation::get(Api::Platform, "user/search")
        .scopes(READ_USERS, "read:user:jira read:user.property:jira read:application-role:jira read:avatar:jira read:group:jira");
    /// People who can be assigned in a project or to an issue.
    SEARCH_ASSIGNABLE = Operation::get(Api::Platform, "user/assignable/search")
        .scopes(READ_USERS, "read:issue:jira read:project:jira read:user:jira read:application-role:jira read:avatar:jira read:group:jira");
    /// Permissions of the person who calls.
    GET_MY_PERMISSIONS = Operation::get(Api::Platform, "mypermissions")
        .scopes(READ_WORK, "read:permission:jira");
}

/// Jira's key of the permission to browse users and groups.
const BROWSE_USERS: &str = "USER_PICKER";

/// A user as Jira sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Atlassian account id.
    pub account_id: String,
    /// Display name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// E-mail address; absent or empty where the person hides it.
    #[serde(default)]
    pub email_address: Option<String>,
    /// False for a closed account.
    #[serde(default = "active")]
    pub active: bool,
    /// `atlassian` for people, `app` for apps, `customer` for customers of a service desk.
    #[serde(default)]
    pub account_type: Option<String>,
    /// IANA time zone, such as `Europe/Berlin`, where the person shows it.
    #[serde(default)]
    pub time_zone: Option<String>,
}

fn active() -> bool {
    true
}

impl User {
    /// Display name, or the account id where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.account_id)
    }

    /// E-mail address, where it is shown.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email_address.as_deref().filter(|email| !email.is_empty())
    }
}

/// The people among whom a person is looked for.
#[derive(Debug, Clone, Copy)]
pub enum UserScope<'a> {
    /// All people of the site.
    Everyone,
    /// Those who can be assigned issues of this project.
    AssignableIn(&'a AllowedProject),
    /// Those who can be assigned this issue.
    AssignableTo(&'a AllowedIssue),
}

impl Client {
    /// The account's own user, asked afresh.
    ///
    /// # Errors
    /// As every request.
    pub async fn myself(&self) -> Result<User> {
        self.send(GET_MYSELF.request([])).await?.json()
    }

    /// The person with this account id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, account_id: &str) -> Result<User> {
        self.send(GET.request([]).query("accountId", account_id)).await?.json()
    }

    /// One page of the people whose name or e-mail address has a word that begins with `query`.
    /// Empty also where this account may not browse users.
    ///
    /// # Errors
    /// As every request.
    pub async fn users_like(
        &self,
        query: &str,
        among: UserScope<'_>,
        limit: u64,
        start: Option<Position>,
    ) -> Result<Page<User>> {
        let start = start.unwrap_or_default();
        let request = users(query, among).query("startAt", start.skip).query("maxResults", limit);
        let mut rows: Vec<User> = self.send(request).await?.json()?;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        // Jira does not tell how many there are: a full page may be the last one.
        let end = start.skip + limit;
        let next = (rows.len() as u64 >= limit).then(|| Position { skip: end, ..Position::default() });
        Ok(Page::new(rows, start, next))
    }

    /// Checks that this account may browse users, where a search finds nobody.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where this account may not browse users: Jira then finds none.
    pub async fn check_browsing(&self) -> Result<()> {
        let request = GET_MY_PERMISSIONS.request([]).query("permissions", BROWSE_USERS);
        let reply: Value = self.send(request).await?.json()?;
        if reply["permissions"][BROWSE_USERS]["havePermission"] == true {
            return Ok(());
        }
        let reason = "this account lacks the permission \"Browse users and groups\", so Jira finds nobody; \
                      writes still take account ids.";
        Err(Error::Forbidden { messages: vec![reason.into()] })
    }
}

/// The request for people whose name or e-mail address has a word that begins with `query`.
pub(in crate::jira) fn users(query: &str, among: UserScope<'_>) -> Request {
    let request = match among {
        UserScope::Everyone => SEARCH.request([]),
        UserScope::AssignableIn(project) => SEARCH_ASSIGNABLE.request([]).query("project", project.as_str()),
        UserScope::AssignableTo(issue) => {
            let id = issue.as_str().bytes().all(|b| b.is_ascii_digit());
            let name = if id { "issueId" } else { "issueKey" };
            SEARCH_ASSIGNABLE.request([]).query(name, issue.as_str())
        }
    };
    request.query("query", query)
}
