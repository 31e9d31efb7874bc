//! The tools, by toolset: the registry from which everything else is derived.
//!
//! A tool is one item in one file: a `#[tool]` method with its input and output. Tools know MCP
//! and call [`crate::jira`]; they never see a host, a header or a token. To add one, write input,
//! output and method in the file of its domain, add a row to its test, and run
//! `UPDATE=1 cargo test` to refresh `tools.md`.

mod audience;
mod call;
mod clone;
mod comments;
mod create;
mod get_issue;
mod history;
mod input;
mod links;
mod metadata;
mod projects;
mod remote_links;
mod rewrite;
mod search;
mod sprint;
mod transition;
mod update;
mod users;
mod view;
mod worklogs;
mod write;

use rmcp::handler::server::tool::ToolRouter;

use crate::server::JiraServer;
pub use call::Call;
pub(crate) use sprint::running_sprints;

/// The server's icon, as clients may show it.
pub(crate) const ICON: &str = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'\
%3E%3Cpath%20fill='%231868db'%20d='M12%201%2023%2012%2012%2023%208%2019l7-7-7-7z'/%3E%3Cpa\
th%20fill='%2385b8ff'%20d='M8%205%2012%209%209%2012l3%203-4%204-7-7z'/%3E%3C/svg%3E";

/// The fewest OAuth scopes that serve a toolset, beside [`IDENTITY`].
#[derive(Debug, Clone, Copy)]
pub struct Scopes {
    /// For the tools that read.
    pub read: &'static [&'static str],
    /// For those that write, on top.
    pub write: &'static [&'static str],
}

/// The scope that tells who one is, which every sign-in needs.
pub const IDENTITY: &str = "read:jira-user";

/// Work items and what belongs to them, read and written.
const WORK: Scopes = Scopes { read: &["read:jira-work"], write: &["write:jira-work"] };

/// A toolset: tools that are switched on and off together.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Its name for `--toolsets`.
    pub name: &'static str,
    /// True where it is on unless the operator says otherwise.
    pub default: bool,
    /// What it is for, in a line of the docs.
    pub about: &'static str,
    /// The OAuth scopes that its tools need.
    pub scopes: Scopes,
    /// Its tools.
    pub router: fn() -> ToolRouter<JiraServer>,
}

/// The toolsets, in the order in which clients and docs list them.
pub const GROUPS: &[Group] = &[
    Group {
        name: "issues",
        default: true,
        about: "Find, read, create, change and move issues",
        scopes: WORK,
        router: || {
            JiraServer::search_tools()
                + JiraServer::get_issue_tools()
                + JiraServer::create_tools()
                + JiraServer::update_tools()
                + JiraServer::clone_tools()
                + JiraServer::transition_tools()
                + JiraServer::history_tools()
        },
    },
    Group {
        name: "comments",
        default: true,
        about: "Read, write and delete comments",
        scopes: WORK,
        router: JiraServer::comment_tools,
    },
    Group {
        name: "projects",
        default: true,
        about: "Read projects and what their issues consist of",
        scopes: WORK,
        router: || JiraServer::project_tools() + JiraServer::metadata_tools(),
    },
    Group {
        name: "users",
        default: true,
        about: "Find people",
        scopes: WORK,
        router: JiraServer::user_tools,
    },
    Group {
        name: "links",
        default: true,
        about: "Link issues with each other and with pages outside",
        scopes: WORK,
        router: || JiraServer::link_tools() + JiraServer::remote_link_tools(),
    },
    Group {
        name: "worklogs",
        default: false,
        about: "Log work, and read, change and delete what is logged",
        scopes: WORK,
        router: JiraServer::worklog_tools,
    },
];
