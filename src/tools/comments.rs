//! The toolset `comments`.

mod comment;

use crate::server::{JiraServer, Toolset};

/// Read, write and delete comments.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "comments",
    default: true,
    purpose: "Read, write and delete comments",
    router: JiraServer::comment_tools,
};
