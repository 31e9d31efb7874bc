//! Questions to the user by elicitation, in both eras.
//!
//! Older clients are asked while the call waits. Newer ones get the question as the call's answer and repeat the call
//! with the user's word, and with a state that only this server can make: it is bound to who calls, to the tool and its
//! arguments, to what the question rests on, and to a time. A process takes it once; at a replica that shares the keys
//! an answer that was taken elsewhere is good only as long as all is still as it was when the question was asked.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{
    CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, InputRequest,
    InputRequiredResult, RequestStateCodec, RequestStateError, SealOptions,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::era::modern;
use super::progress::Progress;
use super::{Caller, hex};
use crate::error::Result;

/// The time for which a question waits for its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);
/// The most taken answers of one caller that are remembered; where there are more at once, questions are asked anew.
const MAX_TAKEN_ANSWERS: usize = 1024;
/// The purpose for which the state of a question is sealed.
const SEAL_PURPOSE: &str = "question";

/// A question to the user within one call.
pub(crate) struct Question {
    /// The name that tells it from other questions of the same call.
    pub(crate) id: &'static str,
    /// The form that is shown, or the address that is opened.
    pub(crate) params: ElicitRequestParams,
    /// The facts on which the answer rests: where they have changed meanwhile, the question is asked anew.
    pub(crate) basis: String,
}

/// The outcome of a question.
pub(crate) enum QuestionOutcome {
    /// The user has answered.
    Answer(ElicitResult),
    /// The call ends with this, and comes back with the answer.
    Deferred(InputRequiredResult),
    /// This client cannot ask its user such a question.
    Unable,
}

/// A way in which a client can ask its user.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By a form that it shows.
    Form,
    /// By an address that it opens.
    Url,
}

/// The state that a client carries between a question and its answer.
#[derive(Serialize, Deserialize)]
struct State {
    question: String,
    /// A hash, as the client can read this.
    basis: String,
    /// Makes each state one of its own.
    nonce: u64,
}

/// The questions of a process.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    /// The states whose answer was taken, by caller, until they would be refused for their age.
    taken: Mutex<HashMap<String, HashMap<u64, Instant>>>,
}

/// True where the client of this request can ask its user in this way.
pub(crate) fn can_ask(context: &RequestContext<RoleServer>, mode: Mode) -> bool {
    let Some(declared) = context.client_capabilities().and_then(|capabilities| capabilities.elicitation)
    else {
        return false;
    };
    match mode {
        Mode::Url => declared.url.is_some(),
        // Clients that name no way mean forms, as there was nothing else once.
        Mode::Form => declared.form.is_some() || declared.url.is_none(),
    }
}

impl Questions {
    /// Asks the user, or takes the answer that a repeated call brings.
    ///
    /// # Errors
    /// Invalid parameters for a state that was not made for this call; what keeps the caller from having keys, and a
    /// client that fails to ask, as an internal error.
    pub(crate) async fn ask(
        &self,
        question: Question,
        caller: &Caller,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> std::result::Result<QuestionOutcome, ErrorData> {
        let mode = match question.params {
            ElicitRequestParams::FormElicitationParams { .. } => Mode::Form,
            _ => Mode::Url,
        };
        if !can_ask(context, mode) {
            return Ok(QuestionOutcome::Unable);
        }
        if !modern(context) {
            let progress = context.extensions.get::<Progress>().cloned().unwrap_or_default();
            let answer = context.peer.create_elicitation_with_timeout(question.params, Some(ANSWER_TIMEOUT));
            let answer = progress.during("Waiting for the user's answer", answer).await;
            return answer.map(QuestionOutcome::Answer).map_err(|error| {
                ErrorData::internal_error(format!("the client could not ask its user: {error}"), None)
            });
        }
        let codecs = codecs(caller)
            .await
            .map_err(|error| ErrorData::internal_error(error.text_for(caller.reader()), None))?;
        let call = binding(request);
        let basis = hex(&Sha256::digest(&question.basis)[..16]);
        if let Some(sealed) = &request.request_state {
            match open(&codecs, sealed, &call) {
                Ok(state) if state.question == question.id && state.basis == basis => {
                    let answer =
                        request.input_responses.as_ref().and_then(|answers| answers.get(question.id));
                    if let Some(answer) = answer.and_then(read)
                        && self.take(caller.name().unwrap_or_default(), state.nonce)
                    {
                        return Ok(QuestionOutcome::Answer(answer));
                    }
                }
                // Of another question of this call, of what is no longer so, or of one whose time is over.
                Ok(_) | Err(RequestStateError::Expired) => {}
                Err(_) => {
                    return Err(ErrorData::invalid_params(
                        "`requestState` was not made by this server for this call",
                        None,
                    ));
                }
            }
        }
        let state = State {
            question: question.id.to_owned(),
            basis,
            nonce: std::hash::RandomState::new().hash_one(question.id),
        };
        let options = SealOptions::new().associated_data(&call).ttl(ANSWER_TIMEOUT);
        let sealed = codecs.first().and_then(|codec| codec.seal_json_with(&state, &options).ok());
        let requests = BTreeMap::from([(
            question.id.to_owned(),
            InputRequest::Elicitation(ElicitRequest::new(question.params)),
        )]);
        Ok(QuestionOutcome::Deferred(InputRequiredResult::new(Some(requests), sealed)))
    }

    /// True for a state of this caller that brings its answer for the first time.
    fn take(&self, caller: &str, nonce: u64) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|_, states| {
            states.retain(|_, at| at.elapsed() <= ANSWER_TIMEOUT);
            !states.is_empty()
        });
        let own = taken.entry(caller.to_owned()).or_default();
        own.len() < MAX_TAKEN_ANSWERS && own.insert(nonce, Instant::now()).is_none()
    }
}

async fn codecs(caller: &Caller) -> Result<Vec<RequestStateCodec>> {
    Ok(caller
        .seal_keys(SEAL_PURPOSE)
        .await?
        .into_iter()
        .filter_map(|key| RequestStateCodec::try_new(key).ok())
        .collect())
}

fn open(
    codecs: &[RequestStateCodec],
    sealed: &str,
    call: &[u8],
) -> std::result::Result<State, RequestStateError> {
    let mut outcome = Err(RequestStateError::IntegrityCheckFailed);
    for codec in codecs {
        outcome = codec.open_json_with(sealed, call);
        if matches!(outcome, Ok(_) | Err(RequestStateError::Expired)) {
            break;
        }
    }
    outcome
}

/// The call that a state belongs to: tool and arguments, in whatever order these come.
fn binding(request: &CallToolRequestParams) -> Vec<u8> {
    let arguments: BTreeMap<&String, &Value> = request.arguments.iter().flatten().collect();
    serde_json::to_vec(&(&request.name, arguments)).unwrap_or_default()
}

/// An answer as clients send it; `None` for what is none.
fn read(answer: &Value) -> Option<ElicitResult> {
    serde_json::from_value(answer.clone()).ok()
}

/// True where the user agreed, and where a form has a box for it, ticked it.
pub(crate) fn agreed(answer: &ElicitResult, tick: &str) -> bool {
    matches!(answer.action, ElicitationAction::Accept)
        && answer.content.as_ref().and_then(|content| content.get(tick)) == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_good_for_its_call_its_key_and_its_time() {
        let codec = |byte: u8| RequestStateCodec::try_new([byte; 32]).unwrap();
        let state = State { question: "confirm".into(), basis: String::new(), nonce: 1 };
        let seal = |ttl| {
            let options = SealOptions::new().associated_data(b"call").ttl(ttl);
            codec(1).seal_json_with(&state, &options).unwrap()
        };
        let sealed = seal(ANSWER_TIMEOUT);
        assert_eq!(open(&[codec(2), codec(1)], &sealed, b"call").unwrap().nonce, 1);
        assert!(open(&[codec(2)], &sealed, b"call").is_err());
        assert!(open(&[codec(1)], &sealed, b"another call").is_err());
        let short = seal(Duration::ZERO);
        // Time is told in milliseconds.
        while open(&[codec(1)], &short, b"call").is_ok() {}
        let over = open(&[codec(1), codec(2)], &short, b"call");
        assert!(matches!(over, Err(RequestStateError::Expired)));
    }
}
