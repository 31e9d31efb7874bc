//! Work for a request, guarded: it tells its progress, ends in time and with its cancellation, and may panic.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use super::progress::Progress;
use crate::error::Error;

/// The longest time that one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(600);

/// The reason why a call has no result.
pub(super) enum CallError {
    /// An error that a model reads.
    Failed(Error),
    /// A fault of the client, which models do not see.
    Protocol(ErrorData),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<ErrorData> for CallError {
    fn from(error: ErrorData) -> Self {
        Self::Protocol(error)
    }
}

/// Does some work for a request: tells its progress, ends with its cancellation, outlives its panic.
pub(super) async fn guarded<T>(
    mut context: RequestContext<RoleServer>,
    work: impl AsyncFnOnce(RequestContext<RoleServer>) -> Result<T, CallError>,
) -> Result<T, CallError> {
    let progress = Progress::default();
    context.extensions.insert(progress.clone());
    let (cancelled, reporter) = (context.ct.clone(), progress.reporter(&context));
    // rmcp never answers a call that panicked, and dropping the work is what stops its requests to Jira.
    tokio::select! {
        outcome = AssertUnwindSafe(work(context)).catch_unwind() => outcome.unwrap_or_else(|_| {
            Err(Error::Internal("a fault in the tool; the call was ended, other calls go on".into()).into())
        }),
        () = cancelled.cancelled() => Err(Error::Refused {
            problem: "The call was cancelled".into(),
            hint: "A write that was under way may have been done.".into(),
        }.into()),
        () = tokio::time::sleep(CALL_TIMEOUT) => Err(Error::Refused {
            problem: format!("The call was ended: it took more than {} minutes", CALL_TIMEOUT.as_secs() / 60),
            hint: "Ask for less at once. A write that was under way may have been done.".into(),
        }.into()),
        never = reporter.run() => match never {},
    }
}
