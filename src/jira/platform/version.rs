//! Versions of a project.

use serde::Deserialize;

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{AllowedVersion, Client};

operations! {
    /// One version.
    GET = Operation::get(Api::Platform, "version/{version}")
        .scopes(READ_WORK, "read:project-version:jira");
}

/// A version of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectVersion {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// True for a released version.
    #[serde(default)]
    pub released: bool,
    /// True for an archived version.
    #[serde(default)]
    pub archived: bool,
    /// The day of its release, past or planned.
    #[serde(default)]
    pub release_date: Option<String>,
}

impl Client {
    /// One version.
    ///
    /// # Errors
    /// As every request.
    pub async fn version(&self, version: &AllowedVersion) -> Result<ProjectVersion> {
        self.send(GET.request([version.as_str()])).await?.json()
    }
}
