//! Completions for the arguments of prompts and the variables of resources.

mod query;

use std::collections::HashMap;

use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use super::call::Call;
use super::guard::{CallError, guarded};
use super::{Catalogue, CompletionKind, JiraServer, Policy};
use crate::error::{Error, Result};
use crate::jira::{AllowedProject, Client, User, UserScope, quoted};

/// Projects of an allow-list whose statuses are offered.
const MAX_PROJECTS_OF_STATUSES: usize = 5;
/// The most values that one answer may have.
const MAX_VALUES: usize = CompletionInfo::MAX_VALUES;

/// Values, the best first.
struct Candidates {
    values: Vec<String>,
    /// The number of values in all, where that is known.
    total: Option<u64>,
}

impl Candidates {
    fn all(values: Vec<String>) -> Self {
        Self { total: Some(values.len() as u64), values }
    }

    /// The fitting values of a page that Jira gave, which may have been the last one.
    fn page(values: Vec<String>, last: bool) -> Self {
        Self { total: last.then_some(values.len() as u64), values }
    }

    /// The names that fit what was typed: beginnings before the rest.
    fn of(names: impl IntoIterator<Item = String>, typed: &str) -> Self {
        let typed = typed.to_lowercase();
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for name in names {
            match name.to_lowercase().find(&typed) {
                Some(_) if first.contains(&name) || rest.contains(&name) => {}
                Some(0) => first.push(name),
                Some(_) => rest.push(name),
                None => {}
            }
        }
        first.extend(rest);
        Self::all(first)
    }

    fn into_info(mut self) -> std::result::Result<CompletionInfo, String> {
        let more =
            self.values.len() > MAX_VALUES || self.total.is_none_or(|total| total > self.values.len() as u64);
        self.values.truncate(MAX_VALUES);
        let total = self.total.map(|total| u32::try_from(total).unwrap_or(u32::MAX));
        CompletionInfo::with_pagination(self.values, total, more)
    }
}

/// The kind of an argument of a prompt or resource; `None` for references that there are not, or that are off.
fn kind_of(
    catalogue: &Catalogue,
    reference: &Reference,
    argument: &str,
    policy: &Policy,
) -> Option<CompletionKind> {
    match reference {
        Reference::Prompt(prompt) => {
            let on =
                catalogue.prompts.iter().find(|known| known.name == prompt.name && known.is_on(policy))?;
            on.arguments.iter().find(|known| known.name == argument).map(|known| known.kind)
        }
        Reference::Resource(resource) => {
            let on = catalogue
                .resources
                .iter()
                .find(|kind| kind.template == resource.uri && kind.is_on(policy))?;
            (on.variable() == argument).then_some(on.completion)
        }
        _ => None,
    }
}

impl JiraServer {
    pub(super) async fn completed(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> std::result::Result<CompletionInfo, ErrorData> {
        let caller = self.caller(&context.extensions);
        let policy = self.policy_of(&caller);
        let Some(kind) = kind_of(self.shared.catalogue, &request.r#ref, &request.argument.name, policy)
        else {
            return Ok(CompletionInfo::default());
        };
        let given = request.context.and_then(|context| context.arguments).unwrap_or_default();
        let typed = request.argument.value.trim_start().to_owned();
        let reader = self.reader(&context.extensions);
        let found = guarded(context, async |context| {
            Ok(candidates(&self.call_for(&context), kind, &typed, &given).await?)
        });
        let found = match found.await {
            Ok(found) => found,
            // What is typed so far, or given beside it, makes no sense to Jira yet.
            Err(CallError::Failed(
                Error::Invalid { .. } | Error::NotFound { .. } | Error::Refused { .. },
            )) => Candidates::all(Vec::new()),
            Err(CallError::Failed(error)) if error.concerns_arguments() => Candidates::all(Vec::new()),
            Err(CallError::Failed(error)) => {
                return Err(ErrorData::internal_error(error.text_for(reader), None));
            }
            Err(CallError::Protocol(error)) => return Err(error),
        };
        found.into_info().map_err(|error| ErrorData::internal_error(error, None))
    }
}

async fn candidates(
    call: &Call,
    kind: CompletionKind,
    typed: &str,
    given: &HashMap<String, String>,
) -> Result<Candidates> {
    let jira = call.jira()?;
    let project =
        match given.get("project").map(|project| project.trim()).filter(|project| !project.is_empty()) {
            Some(project) => Some(jira.project_named(project).await?),
            None => None,
        };
    Ok(match kind {
        CompletionKind::Free => Candidates::all(Vec::new()),
        CompletionKind::Project => {
            let (page, total) = jira.projects_like(Some(typed), MAX_VALUES as u64, None).await?;
            Candidates {
                values: page.rows.into_iter().map(|project| project.key).collect(),
                total: Some(total),
            }
        }
        CompletionKind::Issue => issues(jira, typed, project.as_ref(), "").await?,
        CompletionKind::Epic => issues(jira, typed, project.as_ref(), "hierarchyLevel = 1 AND ").await?,
        CompletionKind::Person => people(jira, typed, project.as_ref()).await?,
        CompletionKind::Version => {
            let Some(project) = project else { return Ok(Candidates::all(Vec::new())) };
            let versions = jira.project(project.as_str()).await?.versions;
            let (out, ahead): (Vec<_>, Vec<_>) = versions
                .into_iter()
                .filter(|version| !version.archived)
                .partition(|version| version.released);
            let names = ahead.into_iter().chain(out.into_iter().rev()).map(|version| version.name);
            Candidates::of(names, typed)
        }
        CompletionKind::Sprint => {
            let Some(project) = project else { return Ok(Candidates::all(Vec::new())) };
            let sprints = jira.open_sprints(&project).await?;
            Candidates::of(sprints.iter().map(|sprint| sprint.name.clone()), typed)
        }
        CompletionKind::Status => Candidates::of(statuses(jira, project).await?, typed),
        CompletionKind::Board => {
            let by_id = typed.bytes().all(|b| b.is_ascii_digit());
            let boards =
                jira.boards((!by_id).then_some(typed), project.as_ref(), MAX_VALUES as u64, None).await?.rows;
            let ids = boards.iter().map(|board| board.id.to_string());
            Candidates::all(ids.filter(|id| !by_id || id.starts_with(typed)).collect())
        }
        CompletionKind::Jql => Candidates::all(query::continuations(jira, typed).await?),
    })
}

/// Keys of issues: by the beginning of a key, else by words of the summary, else the latest.
async fn issues(
    jira: &Client,
    typed: &str,
    project: Option<&AllowedProject>,
    only: &str,
) -> Result<Candidates> {
    let only = match project {
        Some(project) => format!("{only}project = {} AND ", quoted(project.as_str())),
        None => only.to_owned(),
    };
    let typed = typed.trim().to_uppercase();
    let condition = match typed.rsplit_once('-') {
        Some((key, "")) => format!("project = {} ORDER BY updated DESC", quoted(key)),
        Some((key, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            format!("project = {} AND key >= {} ORDER BY key ASC", quoted(key), quoted(&typed))
        }
        _ => {
            let words: Vec<&str> =
                typed.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            match words.as_slice() {
                [] => "updated >= -90d ORDER BY updated DESC".to_owned(),
                words => {
                    format!("summary ~ {} ORDER BY updated DESC", quoted(&format!("{}*", words.join(" "))))
                }
            }
        }
    };
    let by_key = typed.contains('-');
    let page =
        jira.search(&format!("{only}{condition}"), &["summary".to_owned()], MAX_VALUES as u64, None).await?;
    let last = page.after(page.rows.len()).is_none();
    let keys = page.rows.into_iter().map(|issue| issue.key);
    Ok(Candidates::page(keys.filter(|key| !by_key || key.starts_with(&typed)).collect(), last))
}

/// People as [`Client::person`] takes them back: by name, and by address or id where two have the same.
async fn people(jira: &Client, typed: &str, project: Option<&AllowedProject>) -> Result<Candidates> {
    let mut values = Vec::new();
    if "me".starts_with(&typed.to_lowercase()) {
        values.push("me".to_owned());
    }
    let among = match project {
        Some(project) => UserScope::AssignableIn(project),
        None => UserScope::Everyone,
    };
    if typed.is_empty() && project.is_none() {
        return Ok(Candidates { values, total: None });
    }
    let found = jira.find_users(typed, among, 100).await?;
    let people: Vec<&User> =
        found.iter().filter(|user| user.active && user.account_type.as_deref() != Some("app")).collect();
    for user in &people {
        let namesakes = people.iter().filter(|other| other.name() == user.name()).count();
        let told = if namesakes > 1 { user.email().unwrap_or(&user.account_id) } else { user.name() };
        values.push(told.to_owned());
    }
    Ok(Candidates::page(values, found.len() < MAX_VALUES))
}

/// Names of the statuses of a project, else of the site, else of the allowed projects.
async fn statuses(jira: &Client, project: Option<AllowedProject>) -> Result<Vec<String>> {
    let projects = match (project, jira.projects()) {
        (Some(project), _) => vec![project],
        (None, Some(allowed)) => {
            let mut projects = Vec::new();
            for key in allowed.iter().take(MAX_PROJECTS_OF_STATUSES) {
                projects.push(jira.allowed_project(key).await?);
            }
            projects
        }
        (None, None) => return Ok(jira.status_names().await?.values().cloned().collect()),
    };
    let mut names = Vec::new();
    for project in &projects {
        let types = jira.project_statuses(project).await?;
        names.extend(types.into_iter().flat_map(|kind| kind.statuses).map(|status| status.name));
    }
    Ok(names)
}
