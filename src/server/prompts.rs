//! Prompts: templates with arguments, listed and filled in for clients.

use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, JsonObject, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, Role,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use super::completion::CompletionKind;
use super::run::{CallError, guarded};
use super::{Call, JiraServer, Policy};
use crate::error::{Alternative, ArgumentProblem, Error, Expected, InvalidArgument, Result};
use crate::jira::{UserScope, quoted};

/// A prompt's text with holes, and the arguments that fill them.
#[derive(Debug)]
pub struct PromptTemplate {
    /// Its name.
    pub name: &'static str,
    /// Its title, for people.
    pub title: &'static str,
    /// What comes of it, for people and docs.
    pub about: &'static str,
    /// What can be given.
    pub arguments: &'static [TemplateArgument],
    /// Tools without which it makes no sense.
    pub required_tools: &'static [&'static str],
    /// Writes the text for these values, with the tools that the policy lets through.
    pub text: fn(&PromptValues, &Policy) -> String,
}

/// One argument of a prompt.
#[derive(Debug)]
pub struct TemplateArgument {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// True where the prompt makes no sense without.
    pub required: bool,
    /// What completes it.
    pub kind: CompletionKind,
}

/// An argument without which the prompt makes no sense.
#[must_use]
pub const fn required(name: &'static str, kind: CompletionKind, about: &'static str) -> TemplateArgument {
    TemplateArgument { name, about, required: true, kind }
}

/// An argument that can be left out.
#[must_use]
pub const fn optional(name: &'static str, kind: CompletionKind, about: &'static str) -> TemplateArgument {
    TemplateArgument { name, about, required: false, kind }
}

/// What was given to a prompt: texts that are not empty.
pub struct PromptValues(Vec<(&'static str, String)>);

impl PromptValues {
    /// The value of an argument, where one was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl PromptTemplate {
    pub(super) fn is_on(&self, policy: &Policy) -> bool {
        self.required_tools.iter().all(|tool| policy.allows(tool))
    }

    fn listed(&self) -> Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            PromptArgument::new(argument.name)
                .with_description(argument.about)
                .with_required(argument.required)
        });
        Prompt::new(self.name, Some(self.about), Some(arguments.collect())).with_title(self.title)
    }

    fn read(&self, given: JsonObject) -> Result<PromptValues> {
        let mut read = Vec::new();
        for (name, value) in given {
            let Some(argument) = self.arguments.iter().find(|argument| argument.name == name) else {
                let names = self.arguments.iter().map(|argument| argument.name.to_owned()).collect();
                let unknown = ArgumentProblem::Unknown(Alternative::All { names, any_field: false });
                return Err(InvalidArgument::parameter(name, unknown).into());
            };
            match value {
                Value::String(text) if !text.trim().is_empty() => {
                    read.push((argument.name, text.trim().to_owned()));
                }
                Value::String(_) | Value::Null => {}
                _ => {
                    let takes_text = ArgumentProblem::Takes { expected: Expected::Text, given: None };
                    return Err(InvalidArgument::parameter(name, takes_text).into());
                }
            }
        }
        let given = PromptValues(read);
        match self.arguments.iter().find(|argument| argument.required && given.get(argument.name).is_none()) {
            Some(missing) => {
                let about = Some(format!("{}.", missing.about));
                Err(InvalidArgument::parameter(missing.name, ArgumentProblem::Missing { about }).into())
            }
            None => Ok(given),
        }
    }
}

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
            guarded(
                context,
                async |context| Ok(resolved(template, given, &Call::new(self, &context)).await?),
            );
        let given = resolving.await.map_err(|error| match error {
            CallError::Failed(error) => invalid(error),
            CallError::Protocol(error) => error,
        })?;
        let message = PromptMessage::new_text(Role::User, (template.text)(&given, policy));
        Ok(GetPromptResult::new(vec![message]).with_description(template.about))
    }
}

/// What was given, as queries take it: people by their ids, names in quotes; nothing outside the allowed projects.
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
