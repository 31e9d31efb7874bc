//! Writing for some people only, where they are named by a role.

use crate::error::{Error, Result};
use crate::jira::{Audience, Client};

/// Writes something that belongs to an issue. Jira wants a role spelled exactly and does nothing where
/// it is not: then it is written for the role that was meant.
///
/// # Errors
/// Those of `send`; [`Error::Unresolved`] with the project's roles where it has no such role.
pub(in crate::tools) async fn write_for<T, F>(
    jira: &Client,
    issue: &str,
    audience: &Audience,
    send: impl Fn(Audience) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let error = match send(audience.clone()).await {
        Ok(stored) => return Ok(stored),
        Err(error) => error,
    };
    let (Error::Invalid { .. }, Some(role), Some((project, _))) =
        (&error, audience.role(), issue.rsplit_once('-'))
    else {
        return Err(error);
    };
    let Ok(project) = jira.project(project).await else { return Err(error) };
    match project.roles().find(|known| known.eq_ignore_ascii_case(role)) {
        Some(known) if known == role => Err(error),
        Some(known) => send(Audience::of_role(known)).await,
        None => Err(Error::Unresolved {
            kind: "role",
            given: role.to_owned(),
            candidates: project.roles().map(str::to_owned).collect(),
            ambiguous: false,
        }),
    }
}
