//! Components of a project.

use serde::Deserialize;

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{AllowedComponent, Client};

operations! {
    /// One component.
    GET = Operation::get(Api::Platform, "component/{component}")
        .scopes(READ_WORK, "read:project:jira read:project.component:jira read:user:jira read:application-role:jira read:avatar:jira read:group:jira");
}

/// A component of a project.
#[derive(Debug, Clone, Deserialize)]
pub struct Component {
    /// Name.
    #[serde(default)]
    pub name: String,
}

impl Client {
    /// One component.
    ///
    /// # Errors
    /// As every request.
    pub async fn component(&self, component: &AllowedComponent) -> Result<Component> {
        self.send(GET.request([component.as_str()])).await?.json()
    }
}
