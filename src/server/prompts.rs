//! Prompts that teams use each day: what to find out with which calls, and what to write of it.
//!
//! Each names the exact calls, so that a model gets them right at the first try, and only calls of tools that are on.

mod texts;

use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, JsonObject, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, Role,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

use super::completion::Kind;
use super::run::{Stop, guarded};
use super::{JiraServer, Policy};
use crate::error::{Error, Result};
use crate::jira::{Among, quoted};
use crate::tools::Call;

/// A prompt.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// Its name.
    pub(crate) name: &'static str,
    title: &'static str,
    /// What comes of it, for people and docs.
    pub(crate) about: &'static str,
    /// What can be given.
    pub(crate) arguments: &'static [Argument],
    /// Tools without which it makes no sense.
    needs: &'static [&'static str],
    text: fn(&Given, &Policy) -> String,
}

/// One argument of a prompt.
#[derive(Debug)]
pub(crate) struct Argument {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) about: &'static str,
    /// True where the prompt makes no sense without.
    pub(crate) required: bool,
    /// What completes it.
    pub(super) kind: Kind,
}

const fn needed(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument { name, about, required: true, kind }
}

const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument { name, about, required: false, kind }
}

/// The prompts, in the order of the list.
pub(crate) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "standup",
        title: "Stand-up",
        about: "What changed since yesterday, as a stand-up: done, doing, blocked",
        arguments: &[
            optional("project", Kind::Project, "Project key; default: all projects"),
            optional(
                "person",
                Kind::Person,
                "Whose stand-up; default: yours, or the team's where a project is given",
            ),
            optional("since", Kind::Free, "As in JQL: -1d, -8h, 2026-03-02; default: -1d"),
        ],
        needs: &["search_issues", "list_changes"],
        text: texts::standup,
    },
    Recipe {
        name: "sprint_review",
        title: "Sprint review",
        about: "What a sprint achieved, what is left and why, what came in later",
        arguments: &[
            needed("project", Kind::Project, "Project key"),
            optional("sprint", Kind::Sprint, "Name of the sprint; default: the one that runs"),
        ],
        needs: &["search_issues", "list_changes"],
        text: texts::sprint_review,
    },
    Recipe {
        name: "triage_bugs",
        title: "Bug triage",
        about: "New bugs with severity, duplicates and what to do; changes only after your word",
        arguments: &[
            needed("project", Kind::Project, "Project key"),
            optional("status", Kind::Status, "Only bugs in this status; default: not begun"),
            optional("jql", Kind::Jql, "Only bugs that fit this too"),
        ],
        needs: &["search_issues", "get_issue"],
        text: texts::triage_bugs,
    },
    Recipe {
        name: "release_notes",
        title: "Release notes",
        about: "What is new, better and fixed in a version, in the words of its users",
        arguments: &[
            needed("project", Kind::Project, "Project key"),
            needed("version", Kind::Version, "Name of the version"),
        ],
        needs: &["search_issues", "get_issue"],
        text: texts::release_notes,
    },
    Recipe {
        name: "split_epic",
        title: "Split an epic",
        about: "Stories that make up an epic, with acceptance criteria; created only after your word",
        arguments: &[needed("epic", Kind::Epic, "Key of the epic")],
        needs: &["get_issue"],
        text: texts::split_epic,
    },
];

/// What was given to a prompt: texts that are not empty.
pub(super) struct Given(Vec<(&'static str, String)>);

impl Given {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl Recipe {
    pub(super) fn is_on(&self, policy: &Policy) -> bool {
        self.needs.iter().all(|tool| policy.allows(tool))
    }

    fn listed(&self) -> Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            PromptArgument::new(argument.name)
                .with_description(argument.about)
                .with_required(argument.required)
        });
        Prompt::new(self.name, Some(self.about), Some(arguments.collect())).with_title(self.title)
    }

    fn read(&self, given: JsonObject) -> Result<Given> {
        let mut read = Vec::new();
        for (name, value) in given {
            let Some(argument) = self.arguments.iter().find(|argument| argument.name == name) else {
                let known: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
                return Err(Error::Argument(format!(
                    "There is no argument `{name}`; there are {}.",
                    known.join(", ")
                )));
            };
            match value {
                Value::String(text) if !text.trim().is_empty() => {
                    read.push((argument.name, text.trim().to_owned()));
                }
                Value::String(_) | Value::Null => {}
                _ => return Err(Error::Argument(format!("`{name}` takes a text."))),
            }
        }
        let given = Given(read);
        match self.arguments.iter().find(|argument| argument.required && given.get(argument.name).is_none()) {
            Some(missing) => {
                Err(Error::Argument(format!("`{}` is missing: {}.", missing.name, missing.about)))
            }
            None => Ok(given),
        }
    }
}

impl JiraServer {
    pub(super) fn prompts(&self, context: &RequestContext<RoleServer>) -> ListPromptsResult {
        let caller = self.caller(&context.extensions);
        let policy = self.policy_of(&caller);
        let on = RECIPES.iter().filter(|recipe| recipe.is_on(policy));
        let mut list = ListPromptsResult::with_all_items(on.map(Recipe::listed).collect());
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
        let invalid = |error: Error| ErrorData::invalid_params(error.told(), None);
        let recipe = RECIPES.iter().find(|recipe| recipe.name == request.name && recipe.is_on(policy));
        let recipe = recipe.ok_or_else(|| {
            let on = RECIPES.iter().filter(|recipe| recipe.is_on(policy)).map(|recipe| recipe.name);
            invalid(Error::Argument(format!(
                "There is no prompt `{}`; there are {}.",
                request.name,
                on.collect::<Vec<_>>().join(", ")
            )))
        })?;
        let given = recipe.read(request.arguments.unwrap_or_default()).map_err(invalid)?;
        let resolving =
            guarded(context, async |context| Ok(resolved(recipe, given, &Call::new(self, &context)).await?));
        let given = resolving.await.map_err(|stop| match stop {
            Stop::Failed(error) => invalid(error),
            Stop::Protocol(error) => error,
        })?;
        let message = PromptMessage::new_text(Role::User, (recipe.text)(&given, policy));
        Ok(GetPromptResult::new(vec![message]).with_description(recipe.about))
    }
}

/// What was given, as queries take it: people by their ids, names in quotes; nothing outside the wall.
async fn resolved(recipe: &Recipe, mut given: Given, call: &Call) -> Result<Given> {
    for (name, value) in &mut given.0 {
        let argument = recipe.arguments.iter().find(|argument| argument.name == *name);
        match argument.map(|argument| argument.kind) {
            Some(Kind::Project) => {
                *value = value.to_uppercase();
                call.jira()?.admit_project(value)?;
            }
            Some(Kind::Epic) => {
                let issue =
                    crate::jira::IssueRef::try_from(std::mem::take(value)).map_err(Error::Argument)?;
                value.push_str(call.jira()?.admit(&issue).await?.as_str());
            }
            Some(Kind::Person) => {
                let me = matches!(value.to_lowercase().as_str(), "me" | "myself");
                *value = if me {
                    "currentUser()".to_owned()
                } else {
                    quoted(&call.jira()?.person(value, Among::Everyone).await?.account_id)
                };
            }
            _ => {}
        }
    }
    Ok(given)
}
