//! The toolset `users`.

mod user;

use crate::server::{JiraServer, Toolset};

/// Find people.
pub(super) const TOOLSET: Toolset =
    Toolset { name: "users", default: true, purpose: "Find people", router: JiraServer::user_tools };
