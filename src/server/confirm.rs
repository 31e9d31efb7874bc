//! Confirmation, with `--confirm`: nothing that may destroy is done without the user's word.

use rmcp::RoleServer;
use rmcp::model::{
    BooleanSchema, CallToolRequestParams, ElicitRequestParams, ElicitationSchema, InputRequiredResult, Tool,
};
use rmcp::service::RequestContext;
use serde_json::Value;

use super::ask::{Question, QuestionOutcome, agreed};
use super::guard::CallError;
use super::{Caller, JiraServer};
use crate::error::{Error, Result};
use crate::render;

/// The most tokens of a call's arguments that are shown to the user.
const MAX_SHOWN_TOKENS: usize = 400;
/// The box that the user ticks.
const CONFIRM_FIELD: &str = "confirm";

/// True for a tool whose hints say that it may destroy something.
pub(super) fn destroys(tool: &Tool) -> bool {
    tool.annotations
        .as_ref()
        .is_some_and(|hints| hints.read_only_hint != Some(true) && hints.destructive_hint != Some(false))
}

impl JiraServer {
    /// Has the user confirm a call; `Some` is what the call answers instead of being done.
    ///
    /// # Errors
    /// [`Error::Refused`] where the user says no or cannot be asked; whatever is wrong with the issue that is meant,
    /// as then there is nothing to confirm.
    pub(super) async fn confirm(
        &self,
        tool: &Tool,
        caller: &Caller,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> std::result::Result<Option<InputRequiredResult>, CallError> {
        let title = tool.title.as_deref().unwrap_or(&tool.name);
        let PlannedCall { text, updated } = planned(title, caller, request).await?;
        let question =
            Question { id: CONFIRM_FIELD, params: form(title, &text), basis: format!("{updated} {text}") };
        match self.shared.questions.ask(question, caller, request, context).await? {
            QuestionOutcome::Answer(answer) if agreed(&answer, CONFIRM_FIELD) => Ok(None),
            QuestionOutcome::Answer(_) => Err(Error::Refused {
                problem: "The user did not confirm this, and nothing was done".into(),
                hint: "Ask the user what to do instead; do not try it in another way.".into(),
            }
            .into()),
            QuestionOutcome::Deferred(question) => Ok(Some(question)),
            QuestionOutcome::Unable => Err(Error::Refused {
                problem: format!(
                    "Nothing was done: the operator wants the user's own word before \"{title}\" (--confirm), and this \
                     client cannot ask for it"
                ),
                hint: format!(
                    "Tell the user what you would have done, and that they can do it in Jira, or in a shell with: {}",
                    command(request)
                ),
            }
            .into()),
        }
    }
}

/// A call as the user is asked about it, before it is made.
struct PlannedCall {
    /// The text for people: the issue by its summary, and the arguments.
    text: String,
    /// The time at which the issue was changed last, where one is meant.
    updated: String,
}

async fn planned(title: &str, caller: &Caller, request: &CallToolRequestParams) -> Result<PlannedCall> {
    let empty = serde_json::Map::new();
    let arguments = request.arguments.as_ref().unwrap_or(&empty);
    let (mut text, mut updated) = (format!("Allow \"{title}\"?"), String::new());
    for (argument, value) in arguments {
        let Some(value) = value.as_str() else { continue };
        if let Some(container) = caller.jira()?.container_summary(argument, value).await? {
            text = format!("{text} {}", container.text);
            updated += &container.updated;
        }
    }
    let shown = render::text(&render::escape_invisible(Value::Object(arguments.clone())));
    let shown = render::shortened(&shown, MAX_SHOWN_TOKENS).unwrap_or(shown);
    let text = match render::escape_invisible(Value::String(text)) {
        Value::String(text) => format!("{text}\n{shown}"),
        _ => shown,
    };
    Ok(PlannedCall { text, updated })
}

fn form(title: &str, planned: &str) -> ElicitRequestParams {
    let tick = BooleanSchema::new().title(format!("Yes: {title}")).description("Without it nothing is done");
    let schema =
        ElicitationSchema::builder().required_bool_property(CONFIRM_FIELD, |_| tick).build_unchecked();
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: planned.to_owned(),
        requested_schema: schema,
    }
}

/// The command that makes the same call from a shell, where whoever types it is the one to ask.
fn command(request: &CallToolRequestParams) -> String {
    let arguments = serde_json::to_string(&request.arguments).unwrap_or_default();
    format!("mcp-server-jira call {} '{}'", request.name, arguments.replace('\'', r"'\''"))
}
