//! Prompts: templates with arguments, listed and filled in for clients.

pub(super) mod template;

use rmcp::model::{GetPromptRequestParams, GetPromptResult, ListPromptsResult, PromptMessage, Role};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use super::call::Call;
use super::completion_kind::CompletionKind;
use super::guard::{CallError, guarded};
use super::jira_server::JiraServer;
use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::{UserScope, quoted};
use template::{PromptTemplate, PromptValues};

impl JiraServer {
    pub(super) fn prompts(&self, context: &RequestContext<RoleServer>) -> ListPromptsResult {
        let caller = self.caller(&context.extensions);
        let policy = self.policy_of(&caller);
        let on = self.shared.catalogue.prompts.iter().filter(|template| template.is_on(policy));
        let mut list = ListPromptsResult::with_all_items(on.map(PromptTemplate::listed).collect());
        (list.ttl_ms, list.cache_scope) = Self::list_hints(context);
        list
    }

    pub(super) async fn prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> std::result::Result<GetPromptResult, ErrorData> {
        let caller = self.caller(&context.extensions);
        let policy = self.policy_of(&caller);
        let invalid = |error: Error| ErrorData::invalid_params(error.text_for(caller.reader()), None);
        let template = self
            .shared
            .catalogue
            .prompts
            .iter()
            .find(|template| template.name == request.name && template.is_on(policy));
        let template = template.ok_or_else(|| {
            let on = self
                .shared
                .catalogue
                .prompts
                .iter()
                .filter(|template| template.is_on(policy))
                .map(|template| template.name.to_owned());
            let unknown = ArgumentProblem::UnknownPrompt { prompts: on.collect() };
            invalid(InvalidArgument::parameter(&request.name, unknown).into())
        })?;
        let given = template.read(request.arguments.unwrap_or_default()).map_err(invalid)?;
        let resolving =
            guarded(context, async |context| Ok(resolved(template, given, &self.call_for(&context)).await?));
        let given = resolving.await.map_err(|error| match error {
            CallError::Failed(error) => invalid(error),
            CallError::Protocol(error) => error,
        })?;
        let message = PromptMessage::new_text(Role::User, (template.text)(&given, policy));
        Ok(GetPromptResult::new(vec![message]).with_description(template.about))
    }
}

/// The given values, as queries take them: people by their ids, names in quotes; nothing outside the allowed projects.
async fn resolved(template: &PromptTemplate, mut given: PromptValues, call: &Call) -> Result<PromptValues> {
    for (name, value) in &mut given.0 {
        let argument = template.arguments.iter().find(|argument| argument.name == *name);
        match argument.map(|argument| argument.kind) {
            Some(CompletionKind::Project) => {
                call.jira()?.allowed_project(value).await?.as_str().clone_into(value);
            }
            Some(CompletionKind::Epic) => {
                let issue = crate::jira::IssueRef::try_from(std::mem::take(value))
                    .map_err(|error| InvalidArgument::parameter(*name, ArgumentProblem::NotAnIssue(error)))?;
                value.push_str(call.jira()?.allowed_issue(&issue).await?.as_str());
            }
            Some(CompletionKind::Person) => {
                let me = matches!(value.to_lowercase().as_str(), "me" | "myself");
                *value = if me {
                    "currentUser()".to_owned()
                } else {
                    quoted(&call.jira()?.person(value, UserScope::Everyone).await?.account_id)
                };
            }
            _ => {}
        }
    }
    Ok(given)
}
