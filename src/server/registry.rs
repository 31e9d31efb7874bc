//! The registry: every tool of the catalogue, and which of them there are for a client.

use rmcp::handler::server::tool::ToolRouter;
use rmcp::model::Tool;

use super::policy::Policy;
use super::tool_entry::ToolEntry;
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
            let mut own = (toolset.router)();
            let mut of_toolset: Vec<(ToolEntry, Tool)> = own
                .map
                .values_mut()
                .map(|route| {
                    let entry = ToolEntry::take_from(&mut route.attr, toolset.name, toolset.default);
                    schema::portable(&mut route.attr);
                    (entry, route.attr.clone())
                })
                .collect();
            of_toolset.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
            tools.extend(of_toolset);
            router += own;
        }
        let entries: Vec<ToolEntry> = tools.iter().map(|(entry, _)| entry.clone()).collect();
        let policy = Policy::new(gates, &entries)?;
        Ok(Self { router, tools, policy })
    }

    /// The OAuth scopes that the enabled tools need: the fewest that do, in the order in which people are shown them.
    pub(super) fn scopes(&self) -> Vec<&'static str> {
        let mut scopes = Vec::new();
        for (entry, _) in self.tools.iter().filter(|(entry, _)| self.policy.allows(&entry.name)) {
            for scope in entry.required.iter().flat_map(|operation| operation.required_scopes()) {
                if scope != IDENTITY && !scopes.contains(&scope) {
                    scopes.push(scope);
                }
            }
        }
        if !scopes.is_empty() || self.tools.iter().any(|(entry, _)| self.policy.allows(&entry.name)) {
            scopes.push(IDENTITY);
        }
        scopes
    }
}
