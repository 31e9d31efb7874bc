//! Saved filters.

use serde::Deserialize;

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{AllowedFilter, Client};

operations! {
    /// One filter.
    GET = Operation::get(Api::Platform, "filter/{filter}")
        .scopes(READ_WORK, "read:filter:jira read:group:jira read:project:jira read:project-role:jira read:user:jira read:jql:jira read:application-role:jira read:avatar:jira read:issue-type-hierarchy:jira");
}

/// A saved filter.
#[derive(Debug, Clone, Deserialize)]
pub struct Filter {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// The query that it stands for.
    #[serde(default)]
    pub jql: String,
}

impl Client {
    /// One filter.
    ///
    /// # Errors
    /// As every request.
    pub async fn filter(&self, filter: &AllowedFilter) -> Result<Filter> {
        self.send(GET.request([filter.as_str()])).await?.json()
    }
}
