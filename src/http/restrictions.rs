//! Headers by which a request restricts itself: they take away from what the operator allows, and never add to it.

use axum::http::{HeaderMap, StatusCode};

use super::principal::Principal;
use super::refusal::{Reason, Refusal};
use crate::config::{self, Gates};
use crate::error::Reader;
use crate::jira::{Client, Limits};
use crate::server::{JiraServer, Policy};

const READ_ONLY_HEADER: &str = "jira-read-only";
const TOOLSETS_HEADER: &str = "jira-toolsets";
const PROJECTS_HEADER: &str = "jira-projects";

/// The access that is left to one request.
pub(super) struct RestrictedAccess {
    pub(super) client: crate::error::Result<Client>,
    pub(super) policy: Option<Policy>,
}

/// The reader of a refusal.
const READER: Reader = Reader::Http { own_account: true };

/// The principal's access without what these headers take away.
pub(super) fn restrict(
    server: &JiraServer,
    principal: &Principal,
    headers: &HeaderMap,
) -> Result<RestrictedAccess, Refusal> {
    let read_only = read_only(headers)?;
    let toolsets = list(headers, TOOLSETS_HEADER)?;
    let projects = list(headers, PROJECTS_HEADER)?;
    let bad = |text: String| Refusal::new(StatusCode::BAD_REQUEST, Reason::Header, text);
    let policy = if read_only || toolsets.is_some() {
        let gates = Gates { read_only, toolsets, ..Gates::default() };
        Some(
            server
                .narrowed(&gates)
                .map_err(|error| bad(format!("`{TOOLSETS_HEADER}`: {}", error.text_for(READER))))?,
        )
    } else {
        None
    };
    let client = match (&principal.client, projects) {
        (Ok(client), projects) if read_only || projects.is_some() => {
            let projects: Option<Vec<String>> =
                projects.map(|keys| keys.iter().map(|key| key.to_uppercase()).collect());
            if let Some(key) = projects.iter().flatten().find(|key| !config::is_project_key(key)) {
                return Err(bad(format!(
                    "`{PROJECTS_HEADER}` takes project keys such as DEMO, not `{key}`."
                )));
            }
            let limits = Limits { read_only, projects: projects.map(Into::into) };
            Ok(client.narrowed(&limits).map_err(|error| {
                Refusal::new(StatusCode::FORBIDDEN, Reason::Header, error.text_for(READER))
            })?)
        }
        (client, _) => client.clone(),
    };
    Ok(RestrictedAccess { client, policy })
}

/// True where one of the headers says so; a word that means nothing would be no protection.
fn read_only(headers: &HeaderMap) -> Result<bool, Refusal> {
    let mut on = false;
    for value in headers.get_all(READ_ONLY_HEADER) {
        on |= match value.to_str().map(|value| value.trim().to_ascii_lowercase()).as_deref() {
            Ok("true" | "1" | "yes" | "on") => true,
            Ok("false" | "0" | "no" | "off") => false,
            _ => {
                let text = format!("`{READ_ONLY_HEADER}` takes true or false.");
                return Err(Refusal::new(StatusCode::BAD_REQUEST, Reason::Header, text));
            }
        };
    }
    Ok(on)
}

/// The entries of a comma-separated header, where it stands; one that names nothing is refused.
fn list(headers: &HeaderMap, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let refusal =
        |problem: &str| Refusal::new(StatusCode::BAD_REQUEST, Reason::Header, format!("`{name}` {problem}."));
    let Some(first) = values.next() else { return Ok(None) };
    // Several of them could mean all together or only what they share.
    if values.next().is_some() {
        return Err(refusal("stands more than once"));
    }
    let entries = first.to_str().map(config::list).map_err(|_| refusal("is damaged"))?;
    if entries.is_empty() { Err(refusal("names nothing")) } else { Ok(Some(entries)) }
}
