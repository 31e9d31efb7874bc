//! The toolset `users`.

mod user;

use super::ISSUE_SCOPES;
use crate::server::{JiraServer, Toolset};

/// Find people.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "users",
    default: true,
    purpose: "Find people",
    scopes: ISSUE_SCOPES,
    router: JiraServer::user_tools,
};
