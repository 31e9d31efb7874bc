//! The toolset `projects`.

mod project;
mod screen_fields;

use crate::server::{JiraServer, Toolset};

/// Read projects and what their issues consist of.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "projects",
    default: true,
    purpose: "Read projects and what their issues consist of",
    router: || JiraServer::project_tools() + JiraServer::metadata_tools(),
};
