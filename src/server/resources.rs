//! Resources: what tools answer, under addresses that clients list, read and watch.
//!
//! A resource stands only where its tool does: gates, the project allow-list and rendering are those of the call.

pub(super) mod kind;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListResourceTemplatesResult, ListResourcesResult,
    ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use super::guard::{CallError, guarded};
use super::jira_server::JiraServer;
use crate::config::TextFormat;
use crate::error::{Error, Reader};
use crate::render;
use kind::{ResourceKind, ResourceReader};

/// The time for which a client may keep the list, in milliseconds.
const LIST_TTL_MS: u64 = 60_000;

/// One resource: its kind, and the key or id in its address.
#[derive(Debug, Clone)]
pub(super) struct ResourceAddress {
    kind: &'static ResourceKind,
    value: String,
}

impl JiraServer {
    /// The resource at an address, if there can be one.
    pub(super) fn resource_at(&self, uri: &str) -> Option<ResourceAddress> {
        self.shared.catalogue.resources.iter().find_map(|kind| {
            let value = kind.value_in(uri)?.to_owned();
            Some(ResourceAddress { kind, value })
        })
    }

    pub(super) fn resource_templates(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> ListResourceTemplatesResult {
        let caller = self.caller(&context.extensions);
        let kinds = self.shared.catalogue.resources.iter();
        let on = kinds.filter(|kind| kind.is_on(self.policy_of(&caller)));
        let templates = on.map(|kind| {
            ResourceTemplate::new(kind.template, kind.name)
                .with_title(kind.title)
                .with_description(kind.about)
                .with_mime_type(self.text_type())
        });
        let mut list = ListResourceTemplatesResult::with_all_items(templates.collect());
        (list.ttl_ms, list.cache_scope) = Self::list_hints(context);
        list
    }

    /// A few resources to begin with: the caller's open issues and the projects. The templates reach all others.
    pub(super) async fn resources(
        &self,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let hints = Self::hints(&context, LIST_TTL_MS);
        let reader = self.reader(&context.extensions);
        let found = guarded(context, async |context| {
            let call = self.call_for(&context);
            let caller = self.caller(&context.extensions);
            let lists = self.shared.catalogue.resources.iter().filter_map(|kind| {
                let list = kind.list.filter(|_| kind.is_on(self.policy_of(&caller)))?;
                let call = &call;
                Some(async move {
                    let rows = list(call).await?;
                    Ok::<_, Error>(
                        rows.into_iter().map(|(id, title)| self.listed(kind, &id, &title)).collect(),
                    )
                })
            });
            let lists: Vec<Vec<Resource>> = futures_util::future::try_join_all(lists).await?;
            Ok(lists.concat())
        })
        .await;
        let found = match found {
            Ok(found) => found,
            // Nobody is signed in yet: the first call says so, and clients list resources before any call.
            Err(CallError::Failed(Error::NotConfigured(_) | Error::SignIn(_))) => Vec::new(),
            Err(CallError::Failed(error)) => {
                return Err(ErrorData::internal_error(error.text_for(reader), None));
            }
            Err(CallError::Protocol(error)) => return Err(error),
        };
        let mut list = ListResourcesResult::with_all_items(found);
        (list.ttl_ms, list.cache_scope) = hints;
        Ok(list)
    }

    fn listed(&self, kind: &ResourceKind, id: &str, title: &str) -> Resource {
        let (before, _, after) = kind.parts();
        let resource = Resource::new(format!("{before}{id}{after}"), id).with_mime_type(self.text_type());
        match render::escape_invisible(Value::from(title)) {
            Value::String(title) if !title.is_empty() => resource.with_title(title),
            _ => resource,
        }
    }

    /// Reads a resource.
    pub(super) async fn resource(
        &self,
        uri: String,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResult, ErrorData> {
        let reader = self.reader(&context.extensions);
        let address =
            self.resource_at(&uri).ok_or_else(|| unreadable(&uri, Error::NoResource.into(), reader))?;
        let hints = Self::hints(&context, address.kind.ttl_ms);
        let text = self.text_of(&address, context).await.map_err(|error| unreadable(&uri, error, reader))?;
        let contents = ResourceContents::text(text, uri).with_mime_type(self.text_type());
        let mut result = ReadResourceResult::new(vec![contents]);
        (result.ttl_ms, result.cache_scope) = hints;
        Ok(result)
    }

    /// The text of a resource, which is that of the tool that gives the same.
    pub(super) async fn text_of(
        &self,
        address: &ResourceAddress,
        context: RequestContext<RoleServer>,
    ) -> Result<String, CallError> {
        let tool = address.kind.tool;
        let arguments = match address.kind.reader {
            ResourceReader::Tool(arguments) => arguments(&address.value),
            ResourceReader::Own(read) => {
                self.policy_of(&self.caller(&context.extensions)).check(tool, true)?;
                return guarded(context, async |context| {
                    let value = read(&self.call_for(&context), &address.value).await?;
                    Ok(self.rendered(value).1)
                })
                .await;
            }
        };
        let mut request = CallToolRequestParams::new(tool);
        request.arguments = arguments.as_object().cloned();
        let CallToolResponse::Complete(result) = self.run(request, context).await? else {
            return Err(Error::Internal("a read asked for a confirmation".into()).into());
        };
        let result = self.finish(result);
        let text = result.content.first().and_then(|block| block.as_text());
        Ok(text.map(|block| block.text.clone()).unwrap_or_default())
    }

    fn text_type(&self) -> &'static str {
        match self.shared.config.text {
            TextFormat::Lean => "text/plain",
            TextFormat::Json => "application/json",
        }
    }
}

/// The protocol's error for a resource that cannot be read: that there is none, whether it is missing, off, or outside
/// the allowed projects; or that this server failed.
pub(super) fn unreadable(uri: &str, error: CallError, reader: Reader) -> ErrorData {
    let error = match error {
        CallError::Protocol(error) => return error,
        CallError::Failed(error) => error,
    };
    let (text, data) = (error.text_for(reader), Some(json!({ "uri": uri })));
    if error.concerns_arguments() || matches!(error, Error::NotFound { .. } | Error::Refused { .. }) {
        ErrorData::resource_not_found(text, data)
    } else {
        ErrorData::internal_error(text, data)
    }
}
