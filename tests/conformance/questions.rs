//! Fixtures that ask the user or the model: by requests of their own up to 2025-11-25, by results since.

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CreateMessageRequestParams, ElicitRequestParams,
    ErrorData, InputRequiredResult, InputResponses, RequestStateCodec,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::fixtures::{complete, of, text};

/// A key as good as any, where nothing is secret.
const KEY: [u8; 32] = [7; 32];

/// An elicitation of one field.
pub(crate) fn form(message: &str, field: &str, kind: &str) -> Value {
    json!({"method": "elicitation/create", "params": {
        "message": message,
        "requestedSchema": {"type": "object", "properties": {field: {"type": kind}}, "required": [field]},
    }})
}

fn sampling(prompt: &str, tokens: u32) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": prompt}}], "maxTokens": tokens,
    }})
}

/// A result that asks for more.
pub(crate) fn required(requests: Value, state: Option<&str>) -> Result<InputRequiredResult, ErrorData> {
    let mut result = json!({"resultType": "input_required", "inputRequests": requests});
    if let Some(state) = state {
        result["requestState"] = codec()?.seal(state.as_bytes()).into();
    }
    of(result)
}

/// The value of one field of an accepted form.
pub(crate) fn answer(responses: Option<&InputResponses>, key: &str, field: &str) -> Option<String> {
    let response = responses?.get(key)?;
    let content = response.get("content")?.get(field)?;
    Some(content.as_str().map_or_else(|| content.to_string(), str::to_owned))
}

fn codec() -> Result<RequestStateCodec, ErrorData> {
    RequestStateCodec::try_new(KEY).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// Runs a fixture that asks.
pub(crate) async fn ask(
    request: CallToolRequestParams,
    context: RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let responses = request.input_responses.as_ref();
    let has = |key: &str| responses.is_some_and(|responses| responses.contains_key(key));
    let roots = json!({"method": "roots/list", "params": {}});
    // A state that was not sealed here is refused whatever else is said.
    let state = match &request.request_state {
        None => None,
        Some(state) => Some(
            codec()?
                .open(state)
                .map_err(|_| ErrorData::invalid_params("requestState was not made by this server", None))?,
        ),
    };
    let ask = |requests: Value, state: Option<&str>| Ok(required(requests, state)?.into());
    let done = |words: String| Ok(complete::<CallToolResult>(text(words))?.into());
    match request.name.as_ref() {
        "test_sampling"
        | "test_elicitation"
        | "test_elicitation_sep1034_defaults"
        | "test_elicitation_sep1330_enums" => done(ask_at_once(&request, &context).await?),
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            match answer(responses, "user_name", "name") {
                Some(name) => done(format!("Hello, {name}!")),
                None => ask(json!({"user_name": form("What is your name?", "name", "string")}), None),
            }
        }
        "test_input_required_result_sampling" => {
            let said =
                responses.and_then(|all| all.get("capital_question")?.get("content")?.get("text")?.as_str());
            match said {
                Some(said) => done(said.to_owned()),
                None => {
                    ask(json!({"capital_question": sampling("What is the capital of France?", 100)}), None)
                }
            }
        }
        "test_input_required_result_list_roots" => {
            match responses.and_then(|all| all.get("client_roots")?.get("roots")) {
                Some(roots) => done(format!("Roots: {roots}")),
                None => ask(json!({"client_roots": roots}), None),
            }
        }
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            if has("confirm") && state.is_some() {
                return done("state-ok".into());
            }
            ask(json!({"confirm": form("Please confirm", "ok", "boolean")}), Some("confirm"))
        }
        "test_input_required_result_multiple_inputs" => {
            if state.is_some() && ["user_name", "greeting", "client_roots"].into_iter().all(has) {
                return done("All of it has come.".into());
            }
            let requests = json!({
                "user_name": form("What is your name?", "name", "string"),
                "greeting": sampling("Generate a greeting", 50),
                "client_roots": roots,
            });
            ask(requests, Some("all"))
        }
        "test_input_required_result_multi_round" => match state.as_deref() {
            Some(b"two") if has("step2") => done("Both steps are done.".into()),
            Some(b"one" | b"two") if has("step1") || has("step2") => ask(
                json!({"step2": form("Step 2: What is your favorite color?", "color", "string")}),
                Some("two"),
            ),
            _ => ask(json!({"step1": form("Step 1: What is your name?", "name", "string")}), Some("one")),
        },
        "test_input_required_result_capabilities" => {
            let can = context.client_capabilities().unwrap_or_default();
            let mut requests = serde_json::Map::new();
            if can.sampling.is_some() {
                requests.insert("question".into(), sampling("What can you do?", 50));
            }
            if can.elicitation.is_some() {
                requests.insert("user_name".into(), form("What is your name?", "name", "string"));
            }
            if requests.keys().all(|key| has(key)) {
                return done("There is nothing to ask.".into());
            }
            ask(Value::Object(requests), None)
        }
        name => Err(ErrorData::invalid_params(format!("there is no tool `{name}`"), None)),
    }
}

/// Asks by a request, as protocols up to 2025-11-25 do.
async fn ask_at_once(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<String, ErrorData> {
    let argument = |name: &str| {
        let given = request.arguments.as_ref().and_then(|arguments| arguments.get(name)?.as_str());
        given.unwrap_or_default().to_owned()
    };
    let failed = |error: rmcp::ServiceError| ErrorData::internal_error(error.to_string(), None);
    if request.name == "test_sampling" {
        let params: CreateMessageRequestParams = of(sampling(&argument("prompt"), 100)["params"].take())?;
        let said = context.peer.create_message(params).await.map_err(failed)?;
        let said = serde_json::to_value(said).unwrap_or_default();
        return Ok(format!("LLM response: {}", said["content"]["text"].as_str().unwrap_or_default()));
    }
    let choice = |value: &str, title: &str| json!({"const": value, "title": title});
    let options = json!(["option1", "option2", "option3"]);
    let (message, properties, needed) = match request.name.as_ref() {
        "test_elicitation" => (
            argument("message"),
            json!({
                "username": {"type": "string", "description": "User's response"},
                "email": {"type": "string", "description": "User's email address"},
            }),
            json!(["username", "email"]),
        ),
        "test_elicitation_sep1034_defaults" => (
            "Please check these values".into(),
            json!({
                "name": {"type": "string", "default": "John Doe"},
                "age": {"type": "integer", "default": 30},
                "score": {"type": "number", "default": 95.5},
                "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
                "verified": {"type": "boolean", "default": true},
            }),
            json!([]),
        ),
        _ => (
            "Please choose".into(),
            json!({
                "untitledSingle": {"type": "string", "enum": options},
                "titledSingle": {"type": "string", "oneOf": [
                    choice("value1", "First Option"), choice("value2", "Second Option"), choice("value3", "Third Option"),
                ]},
                "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"],
                    "enumNames": ["Option One", "Option Two", "Option Three"]},
                "untitledMulti": {"type": "array", "items": {"type": "string", "enum": options}},
                "titledMulti": {"type": "array", "items": {"anyOf": [
                    choice("value1", "First Choice"), choice("value2", "Second Choice"), choice("value3", "Third Choice"),
                ]}},
            }),
            json!([]),
        ),
    };
    let schema = json!({"type": "object", "properties": properties, "required": needed});
    let params: ElicitRequestParams =
        of(json!({"mode": "form", "message": message, "requestedSchema": schema}))?;
    let answered = context.peer.create_elicitation(params).await.map_err(failed)?;
    let answered = serde_json::to_value(answered).unwrap_or_default();
    let start = if request.name == "test_elicitation" { "User response" } else { "Elicitation completed" };
    Ok(format!(
        "{start}: action={}, content={}",
        answered["action"].as_str().unwrap_or_default(),
        answered["content"]
    ))
}
