//! The prompts of a catalogue.

use rmcp::model::{JsonObject, Prompt, PromptArgument};
use serde_json::Value;

use crate::error::{Alternative, ArgumentProblem, Expected, InvalidArgument, Result};
use crate::server::completion_kind::CompletionKind;
use crate::server::policy::Policy;

/// A prompt's text with holes, and the arguments that fill them.
#[derive(Debug)]
pub struct PromptTemplate {
    /// Its name.
    pub name: &'static str,
    /// Its title, for people.
    pub title: &'static str,
    /// The description of its outcome, for people and docs.
    pub about: &'static str,
    /// The arguments that can be given.
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
    /// Its description.
    pub about: &'static str,
    /// True where the prompt makes no sense without.
    pub required: bool,
    /// The kind of values that complete it.
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

/// The values that were given to a prompt: texts that are not empty.
pub struct PromptValues(pub(super) Vec<(&'static str, String)>);

impl PromptValues {
    /// The value of an argument, where one was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl PromptTemplate {
    pub(in crate::server) fn is_on(&self, policy: &Policy) -> bool {
        self.required_tools.iter().all(|tool| policy.allows(tool))
    }

    /// The prompt as lists have it.
    pub(super) fn listed(&self) -> Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            PromptArgument::new(argument.name)
                .with_description(argument.about)
                .with_required(argument.required)
        });
        Prompt::new(self.name, Some(self.about), Some(arguments.collect())).with_title(self.title)
    }

    /// The values that were given, where these are its arguments.
    pub(super) fn read(&self, given: JsonObject) -> Result<PromptValues> {
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
