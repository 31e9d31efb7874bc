//! Users as a directory: who I am, who somebody is, who there is.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::jira::Client;
use crate::jira::platform::people::{User, UserScope, users};
use crate::jira::transport::page::{Page, Position};
use crate::jira::transport::request::{Path, Request};

/// Jira's key of the permission to browse users and groups.
const BROWSE_USERS: &str = "USER_PICKER";

impl Client {
    /// The person who calls, asked afresh.
    ///
    /// # Errors
    /// As every request.
    pub async fn myself(&self) -> Result<User> {
        self.send(Request::get(Path::api("myself"))).await?.json()
    }

    /// The person with this account id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, account_id: &str) -> Result<User> {
        self.send(Request::get(Path::api("user")).query("accountId", account_id)).await?.json()
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
        let rows: Vec<User> = self.send(request).await?.json()?;
        // Jira does not tell how many there are: a full page may be the last one.
        let end = start.skip + limit;
        let next = (rows.len() as u64 >= limit).then(|| Position { skip: end, ..Position::default() });
        Ok(Page { rows, start, next })
    }

    /// Tells an account that Jira shows nobody from one that looked for nobody there is.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where this account may not browse users: Jira then finds none.
    pub async fn check_browsing(&self) -> Result<()> {
        let request = Request::get(Path::api("mypermissions")).query("permissions", BROWSE_USERS);
        let reply: Value = self.send(request).await?.json()?;
        if reply["permissions"][BROWSE_USERS]["havePermission"] == true {
            return Ok(());
        }
        let reason = "this account lacks the permission \"Browse users and groups\", so Jira finds nobody; \
                      writes still take account ids.";
        Err(Error::Forbidden { messages: vec![reason.into()] })
    }
}
