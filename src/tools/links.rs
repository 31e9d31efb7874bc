//! The toolset `links`.

mod issue_link;
mod remote_link;

use crate::server::{JiraServer, Toolset};

/// Link issues with each other and with pages outside.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "links",
    default: true,
    purpose: "Link issues with each other and with pages outside",
    router: || JiraServer::link_tools() + JiraServer::remote_link_tools(),
};
