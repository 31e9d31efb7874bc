//! Toolsets, and the catalogue of everything that a server offers.

use rmcp::handler::server::tool::ToolRouter;

use super::jira_server::JiraServer;
use super::prompts::template::PromptTemplate;
use super::resources::kind::ResourceKind;

/// The scope that tells who one is, which every sign-in needs.
pub const IDENTITY: &str = "read:jira-user";

/// Tools that are switched on and off together.
#[derive(Debug, Clone, Copy)]
pub struct Toolset {
    /// Its name for `--toolsets`.
    pub name: &'static str,
    /// True where it is on unless the operator says otherwise.
    pub default: bool,
    /// Its purpose, in a line of the docs.
    pub purpose: &'static str,
    /// Its tools.
    pub router: fn() -> ToolRouter<JiraServer>,
}

/// The toolsets, prompts, resources and instructions that a server offers to its clients.
#[derive(Debug)]
pub struct Catalogue {
    /// The toolsets, in the order in which clients and docs list them.
    pub toolsets: &'static [Toolset],
    /// The prompts, in the order of the list.
    pub prompts: &'static [PromptTemplate],
    /// The kinds of resources.
    pub resources: &'static [ResourceKind],
    /// Instructions that a model reads before its first call.
    pub instructions: &'static str,
}
