//! The toolset `comments`.

mod comment;

use super::ISSUE_SCOPES;
use crate::server::{JiraServer, Toolset};

/// Read, write and delete comments.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "comments",
    default: true,
    purpose: "Read, write and delete comments",
    scopes: ISSUE_SCOPES,
    router: JiraServer::comment_tools,
};
