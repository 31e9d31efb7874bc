//! The MCP server: what it says of itself, and what happens around every call.
//!
//! `run` is the one place where a call is gated, its arguments fitted to the tool's schema, the user's confirmation had
//! and its result rendered. `guard` tells its progress, honours its cancellation and catches its panic.

mod arguments;
mod ask;
mod call;
mod completion;
mod completion_kind;
mod confirm;
mod era;
mod guard;
mod identity;
mod jira_server;
mod policy;
mod progress;
mod prompts;
mod registry;
mod resources;
mod run;
mod schema;
mod seal;
mod sign_in;
mod subscriptions;
mod tool_entry;
mod toolset;

use std::time::Instant;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    DiscoverResult, GetPromptRequestParams, GetPromptResponse, Icon, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tracing::Instrument as _;

pub use call::{Call, Listing};
pub use completion_kind::CompletionKind;
use guard::CallError;
pub use identity::{Caller, Observer};
pub use jira_server::JiraServer;
use jira_server::LIST_TTL_MS;
pub use policy::Policy;
pub use progress::Progress;
pub use prompts::template::{PromptTemplate, PromptValues, TemplateArgument, optional, required};
pub use resources::kind::{ResourceKind, ResourceReader};
pub use seal::StateKeys;
pub(crate) use seal::{hex, keyed_hash, random_bytes, secrets};
pub(crate) use subscriptions::watches::MAX_WATCHED;
pub use tool_entry::{Access, ToolEntry, uses};
pub use toolset::{Catalogue, IDENTITY, Toolset};

/// The server's icon, as clients may show it.
const ICON: &str = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'\
%3E%3Cpath%20fill='%231868db'%20d='M12%201%2023%2012%2012%2023%208%2019l7-7-7-7z'/%3E%3Cpa\
th%20fill='%2385b8ff'%20d='M8%205%2012%209%209%2012l3%203-4%204-7-7z'/%3E%3C/svg%3E";

impl ServerHandler for JiraServer {
    fn get_info(&self) -> ServerConfig {
        let mut about = Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        about.title = Some("Jira".into());
        about.description = Some(env!("CARGO_PKG_DESCRIPTION").into());
        about.website_url = Some(env!("CARGO_PKG_HOMEPAGE").into());
        about.icons =
            Some(vec![Icon::new(ICON).with_mime_type("image/svg+xml").with_sizes(vec!["any".into()])]);
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_completions()
            .enable_resources()
            .enable_resources_subscribe()
            .build();
        ServerConfig::new(capabilities)
            .with_server_info(about)
            .with_instructions(self.shared.catalogue.instructions)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let caller = Caller::of(&context.extensions);
        let policy = caller.and_then(Caller::policy).unwrap_or(&self.registry().policy);
        let mut list = ListToolsResult::with_all_items(self.tools_within(policy).cloned().collect());
        (list.ttl_ms, list.cache_scope) = Self::list_hints(&context);
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.all_tools().find(|(entry, _)| entry.name == name).map(|(_, tool)| tool.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if self.get_tool(&request.name).is_none() {
            let names = self.tools().map(|tool| tool.name.as_ref());
            let near = crate::nearest::names(&request.name, names);
            let hint =
                if near.is_empty() { String::new() } else { format!("; nearest: {}", near.join(", ")) };
            return Err(ErrorData::invalid_params(
                format!("there is no tool `{}`{hint}", request.name),
                None,
            ));
        }
        let reader = self.reader(&context.extensions);
        let (tool, caller) = (request.name.clone(), Caller::of(&context.extensions).cloned());
        let identity = caller.as_ref().and_then(Caller::name);
        // As JSON, and short: a client may put anything there.
        let id: String = context.id.clone().into_json_value().to_string().chars().take(64).collect();
        let span = tracing::info_span!("call", %tool, %id, identity);
        let start = Instant::now();
        let result = match Box::pin(self.run(request, context).instrument(span)).await {
            Ok(CallToolResponse::Complete(result)) => result,
            Ok(question) => return Ok(question),
            Err(CallError::Failed(error)) => run::failed(&error, reader),
            Err(CallError::Protocol(error)) => return Err(error),
        };
        if let Some(caller) = caller {
            caller.called(&tool, result.is_error == Some(true), start.elapsed());
        }
        Ok(self.finish(result).into())
    }
    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(self.prompts(&context))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        Box::pin(self.prompt(request, context)).await.map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Box::pin(self.completed(request, context)).await.map(CompleteResult::new)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Box::pin(self.resources(context)).await
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(self.resource_templates(&context))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        Box::pin(self.resource(request.uri, context)).await.map(Into::into)
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Box::pin(self.watch(request.uri, context)).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.unwatch(&request.uri);
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(self.watchable(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        Box::pin(self.listen_to(context)).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rmcp::ServiceExt as _;
    use rmcp::handler::server::router::tool::ToolRoute;
    use rmcp::model::{CallToolResult, JsonObject};

    use super::*;
    use crate::config::{Config, Flags, Gates};

    fn server() -> JiraServer {
        crate::tools::server(Config::load(&Flags::default(), |_| None).unwrap()).unwrap()
    }

    async fn call(server: JiraServer, tool: &'static str) -> (CallToolResult, CallToolResult) {
        let (ours, theirs) = tokio::io::duplex(4096);
        tokio::spawn(async move { server.serve(theirs).await.unwrap().waiting().await });
        let client = ().serve(ours).await.unwrap();
        let first = client.call_tool(CallToolRequestParams::new(tool)).await.unwrap();
        let second = client.call_tool(CallToolRequestParams::new("count_issues")).await.unwrap();
        (first, second)
    }

    fn text(result: &CallToolResult) -> &str {
        &result.content[0].as_text().unwrap().text
    }

    #[tokio::test]
    async fn a_tool_that_panics_is_an_error_reply_and_the_server_goes_on() {
        let mut server = server();
        server.registry();
        let shared = Arc::get_mut(&mut server.shared).unwrap().registry.get_mut().unwrap();
        let tool = Tool::new("count_everything", "Panics.", JsonObject::new());
        let new = ToolEntry::for_tests(&tool.name, "issues", true, Access::Read);
        let settings = Gates {
            tools: Some(vec!["count_issues".into(), "count_everything".into()]),
            ..Default::default()
        };
        shared.tools.push((new, tool.clone()));
        let all: Vec<ToolEntry> = shared.tools.iter().map(|(entry, _)| entry.clone()).collect();
        shared.policy = Policy::new(&settings, &all).unwrap();
        shared.router.add_route(ToolRoute::new_dyn(tool, |_| {
            Box::pin(async { panic!("count_everything cannot count") })
        }));
        let (first, second) = call(server, "count_everything").await;
        assert_eq!(first.is_error, Some(true));
        assert!(text(&first).contains("other calls go on"), "{}", text(&first));
        assert!(text(&second).contains("`jql` is missing"), "{}", text(&second));
    }
}
