//! The steps of every call: gate, arguments, confirmation, tool, and the rendering of the result.

use std::cell::RefCell;

use futures_util::FutureExt as _;
use rmcp::handler::server::tool::{IntoCallToolResult, ToolCallContext};
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use super::ask::{Mode, can_ask};
use super::guard::{CallError, guarded};
use super::{JiraServer, arguments, confirm};
use crate::config::TextFormat;
use crate::error::{Error, Reader};
use crate::render;

tokio::task_local! {
    /// The error that the tool of this call ended with: rmcp carries only the result that is made of it.
    static FAILURE: RefCell<Option<Error>>;
}

impl IntoCallToolResult for Error {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        // Outside of a call nobody asks for it.
        let _ = FAILURE.try_with(|failure| failure.replace(Some(self.clone())));
        Ok(failed(&self, Reader::default()).into())
    }
}

/// The result of a failed call: what happened and what to do next, as text only. Some clients check structured content
/// against the output schema even in errors.
pub(super) fn failed(error: &Error, reader: Reader) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(error.text_for(reader))])
}

/// The error for arguments that serde cannot read, which rmcp gives as a result with a prefix.
fn unreadable_arguments(result: &CallToolResult) -> Error {
    let text = result.content.first().and_then(|block| block.as_text());
    let text = text.map(|block| block.text.as_str()).unwrap_or_default();
    let error = text.strip_prefix("failed to deserialize parameters: ").unwrap_or(text);
    Error::UnreadableArguments { error: error.to_owned() }
}

impl JiraServer {
    /// Runs one call up to its structured result, or to a question that comes before it.
    pub(super) async fn run(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, CallError> {
        let Some((entry, tool)) = self.all_tools().find(|(entry, _)| entry.name == request.name) else {
            return Err(Error::Internal(format!("no tool `{}`", request.name)).into());
        };
        let caller = self.caller(&context.extensions);
        self.policy_of(&caller).check(&entry.name, entry.reads())?;
        let arguments = arguments::fit(&tool.input_schema, request.arguments.take().unwrap_or_default())?;
        request.arguments = Some(render::unescape_invisible(arguments));
        guarded(context, async |context| {
            let asks_first = self.shared.config.confirm && confirm::destroys(tool);
            if asks_first && let Some(question) = self.confirm(tool, &caller, &request, &context).await? {
                return Ok(question.into());
            }
            // One question a call: what was confirmed is told what to run instead.
            let again =
                (!asks_first && can_ask(&context, Mode::Url)).then(|| (request.clone(), context.clone()));
            match (Box::pin(self.attempt(request, context)).await, again) {
                (Err(CallError::Failed(failure)), Some((request, context))) => {
                    // Rare and large: boxed, so that every other call is the smaller for it.
                    match self.sign_in(failure, &request, &context).boxed().await? {
                        Some(question) => Ok(question.into()),
                        None => Box::pin(self.attempt(request, context)).await,
                    }
                }
                (done, _) => done,
            }
        })
        .await
    }

    /// Lets the tool work once.
    async fn attempt(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, CallError> {
        let call = self.registry().router.call(ToolCallContext::new(self, request, context));
        let (outcome, failure) = FAILURE
            .scope(RefCell::default(), async {
                let outcome = call.await;
                (outcome, FAILURE.with(RefCell::take))
            })
            .await;
        match (failure, outcome) {
            (Some(failure), _) => Err(failure.into()),
            // Tools fail with an error of this server: only rmcp itself makes a failed result of anything else.
            (None, Ok(CallToolResponse::Complete(result))) if result.is_error == Some(true) => {
                Err(unreadable_arguments(&result).into())
            }
            (None, Ok(CallToolResponse::Complete(result))) => Ok(result.into()),
            (None, Ok(_)) => {
                Err(Error::Internal("a tool asked for what this server does not offer".into()).into())
            }
            (None, Err(error)) => Err(Error::Internal(error.message.into_owned()).into()),
        }
    }

    /// Renders the structured content into what each kind of client reads.
    pub(super) fn finish(&self, mut result: CallToolResult) -> CallToolResult {
        if let Some(value) = result.structured_content.take() {
            let (value, text) = self.rendered(value);
            result.content = vec![ContentBlock::text(text)];
            result.structured_content = Some(value);
        } else {
            for block in &mut result.content {
                if let Some(text) = block.as_text() {
                    let Value::String(shown) = render::escape_invisible(Value::String(text.text.clone()))
                    else {
                        continue;
                    };
                    let fitting = render::shortened(&shown, self.shared.config.max_tokens);
                    *block = ContentBlock::text(fitting.unwrap_or(shown));
                }
            }
        }
        result
    }

    /// A structured value within the bound of results, and the text of it.
    pub(super) fn rendered(&self, value: Value) -> (Value, String) {
        let value = render::bounded(render::escape_invisible(value), self.shared.config.max_tokens);
        let text = match self.shared.config.text {
            TextFormat::Lean => render::text(&value),
            TextFormat::Json => value.to_string(),
        };
        (value, text)
    }
}
