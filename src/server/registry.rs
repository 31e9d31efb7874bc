//! The registry: every tool of the catalogue, and which of them there are for a client.

use rmcp::handler::server::tool::ToolRouter;
use rmcp::model::Tool;

use super::policy::{Policy, ToolEntry};
use super::toolset::{IDENTITY, Toolset};
use super::{JiraServer, schema};
use crate::config::Gates;
use crate::error::Result;

/// Every tool, and the operator's policy over them.
pub(super) struct Registry {
    pub(super) router: ToolRouter<JiraServer>,
    /// Every tool there is, in the order of the toolsets.
    pub(super) tools: Vec<(ToolEntry, Tool)>,
    pub(super) policy: Policy,
}

impl Registry {
    /// The tools of these toolsets, as far as the gates let them through.
    ///
    /// # Errors
    /// As [`Policy::new`].
    pub(super) fn new(toolsets: &[Toolset], gates: &Gates) -> Result<Self> {
        let mut router = ToolRouter::new();
        let mut tools = Vec::new();
        for toolset in toolsets {
            let mut routes = (toolset.router)();
            routes.map.values_mut().for_each(|route| schema::portable(&mut route.attr));
            tools.extend(routes.list_all().into_iter().map(|tool| {
                let reads = tool.annotations.as_ref().and_then(|hints| hints.read_only_hint) == Some(true);
                let entry = ToolEntry {
                    name: tool.name.to_string(),
                    toolset: toolset.name,
                    default: toolset.default,
                    reads,
                };
                (entry, tool)
            }));
            router += routes;
        }
        let entries: Vec<ToolEntry> = tools.iter().map(|(entry, _)| entry.clone()).collect();
        let policy = Policy::new(gates, &entries)?;
        Ok(Self { router, tools, policy })
    }

    /// The OAuth scopes that the enabled tools need: the fewest that do, in the order in which people are shown them.
    pub(super) fn scopes(&self, toolsets: &[Toolset]) -> Vec<&'static str> {
        let mut scopes = Vec::new();
        for (entry, _) in self.tools.iter().filter(|(entry, _)| self.policy.allows(&entry.name)) {
            let toolset = toolsets.iter().find(|toolset| toolset.name == entry.toolset);
            let needed = toolset.iter().flat_map(|toolset| {
                toolset.scopes.read.iter().chain(toolset.scopes.write.iter().filter(|_| !entry.reads))
            });
            for scope in needed.chain([&IDENTITY]) {
                if !scopes.contains(scope) {
                    scopes.push(*scope);
                }
            }
        }
        scopes
    }
}
