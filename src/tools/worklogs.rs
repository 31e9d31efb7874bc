//! The toolset `worklogs`.

mod worklog;

use super::ISSUE_SCOPES;
use crate::server::{JiraServer, Toolset};

/// Log work, and read, change and delete what is logged.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "worklogs",
    default: false,
    purpose: "Log work, and read, change and delete what is logged",
    scopes: ISSUE_SCOPES,
    router: JiraServer::worklog_tools,
};
