//! The server's settings and what its connections share.

use std::sync::{Arc, OnceLock};

use rmcp::RoleServer;
use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{CacheScope, Extensions, Tool};
use rmcp::service::RequestContext;

use super::ask::Questions;
use super::call::Call;
use super::era::modern;
use super::identity::Caller;
use super::policy::Policy;
use super::progress::Progress;
use super::registry::Registry;
use super::sign_in::offers::SignInOffers;
use super::subscriptions::watches::{Connection, Watches};
use super::tool_entry::ToolEntry;
use super::toolset::Catalogue;
use crate::config::{Config, Gates};
use crate::error::{Reader, Result};
use crate::jira::{Client, Limits};

/// The time for which a client may keep the lists, in milliseconds: they change with the settings only.
pub(super) const LIST_TTL_MS: u64 = 3_600_000;

/// The server. It holds nothing of any one account but the client that its settings give.
pub struct JiraServer {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
}

/// The same server for one more connection: what a client watches ends with its own.
impl Clone for JiraServer {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), connection: Connection::default() }
    }
}

/// The parts that all connections share.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) catalogue: &'static Catalogue,
    /// The registry, made when it is first asked for, as the handshake needs none of it.
    pub(super) registry: OnceLock<Registry>,
    client: OnceLock<Client>,
    pub(super) questions: Questions,
    pub(super) watches: Watches,
    pub(super) offers: SignInOffers,
}

impl JiraServer {
    /// A server of this catalogue with these settings.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a tool or toolset that there is not.
    pub fn new(config: Config, catalogue: &'static Catalogue) -> Result<Self> {
        let registry = if config.gates.name_tools() {
            // A name that no tool has stops the start.
            OnceLock::from(Registry::new(catalogue.toolsets, &config.gates)?)
        } else {
            OnceLock::new()
        };
        let shared = Shared {
            config,
            catalogue,
            registry,
            client: OnceLock::new(),
            questions: Questions::default(),
            watches: Watches::default(),
            offers: SignInOffers::default(),
        };
        Ok(Self { shared: Arc::new(shared), connection: Connection::default() })
    }

    pub(super) fn registry(&self) -> &Registry {
        self.shared.registry.get_or_init(|| {
            Registry::new(self.shared.catalogue.toolsets, &self.shared.config.gates)
                .expect("gates that name no tool name no unknown one")
        })
    }

    /// The tools that a client sees, in the order of the toolsets.
    pub fn tools(&self) -> impl Iterator<Item = &Tool> {
        self.tools_within(&self.registry().policy)
    }

    pub(super) fn tools_within<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = &'a Tool> {
        self.all_tools().filter(|(entry, _)| policy.allows(&entry.name)).map(|(_, tool)| tool)
    }

    /// The operator's policy with these gates on top of it.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a tool or toolset that there is not.
    pub(crate) fn narrowed(&self, gates: &Gates) -> Result<Policy> {
        let tools: Vec<ToolEntry> = self.all_tools().map(|(entry, _)| entry.clone()).collect();
        self.registry().policy.narrowed(gates, &tools)
    }

    /// The caller of a request: the one that the transport found out, on stdio the settings' account.
    pub(crate) fn caller(&self, extensions: &Extensions) -> Caller {
        Caller::of(extensions)
            .cloned()
            .unwrap_or_else(|| Caller::new(self.client()).read_by(self.shared.config.reader))
    }

    /// The reader of what a request is told.
    pub(super) fn reader(&self, extensions: &Extensions) -> Reader {
        Caller::of(extensions).map_or(self.shared.config.reader, Caller::reader)
    }

    /// The OAuth scopes that the enabled tools need: the fewest that do, in the order in which people are shown them.
    #[must_use]
    pub fn scopes(&self) -> Vec<&'static str> {
        self.registry().scopes()
    }

    /// The policy that tells what a caller may use.
    pub(super) fn policy_of<'a>(&'a self, caller: &'a Caller) -> &'a Policy {
        caller.policy().unwrap_or(&self.registry().policy)
    }

    /// The time and scope for which a client may keep what it reads as somebody; older clients know nothing of it.
    pub(super) fn hints(context: &RequestContext<RoleServer>, ttl: u64) -> (Option<u64>, Option<CacheScope>) {
        if modern(context) { (Some(ttl), Some(CacheScope::Private)) } else { (None, None) }
    }

    /// The time and scope for lists that change with the settings only, and with what a request's head narrows.
    pub(super) fn list_hints(context: &RequestContext<RoleServer>) -> (Option<u64>, Option<CacheScope>) {
        let (ttl, scope) = Self::hints(context, LIST_TTL_MS);
        let own = Caller::of(&context.extensions).is_some();
        (ttl, if own { scope } else { scope.map(|_| CacheScope::Public) })
    }

    /// Every tool there is, with its toolset.
    pub fn all_tools(&self) -> impl Iterator<Item = (&ToolEntry, &Tool)> {
        self.registry().tools.iter().map(|(entry, tool)| (entry, tool))
    }

    /// The catalogue of this server.
    #[must_use]
    pub fn catalogue(&self) -> &'static Catalogue {
        self.shared.catalogue
    }

    /// The call for one request, whether a tool serves it or not.
    pub(super) fn call_for(&self, request: &RequestContext<RoleServer>) -> Call {
        let progress: Progress = request.extensions.get().cloned().unwrap_or_default();
        Call::new(self.caller(&request.extensions), progress, self.max_tokens())
    }

    /// The upper bound on one result, in tokens.
    #[must_use]
    pub fn max_tokens(&self) -> usize {
        self.shared.config.max_tokens
    }

    /// Jira as the settings' account, within the settings' limits.
    pub(crate) fn client(&self) -> Result<Client> {
        // TLS is set up at the first call, so that it costs the start nothing.
        if let Some(client) = self.shared.client.get() {
            return Ok(client.clone());
        }
        let gates = &self.shared.config.gates;
        let limits = Limits { read_only: gates.read_only, projects: gates.projects.clone().map(Into::into) };
        let client = Client::new(self.shared.config.account.clone(), limits)?;
        Ok(self.shared.client.get_or_init(|| client).clone())
    }
}

impl FromContextPart<ToolCallContext<'_, JiraServer>> for Call {
    fn from_context_part(
        context: &mut ToolCallContext<'_, JiraServer>,
    ) -> std::result::Result<Self, rmcp::ErrorData> {
        Ok(context.service.call_for(&context.request_context))
    }
}
