//! Issues, projects and running sprints as resources.
//!
//! A resource is what a tool answers, in the same text, and stands only where that tool does: gates, the project wall
//! and rendering are those of the call.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListResourceTemplatesResult, ListResourcesResult,
    ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use super::run::{Stop, guarded};
use super::{JiraServer, Policy};
use crate::config::TextFormat;
use crate::error::{Error, Result};
use crate::render;
use crate::tools::{Call, running_sprints};

/// What the list shows of the caller's own open issues.
const ISSUES: u64 = 20;
/// What the list shows of projects.
const PROJECTS: u64 = 50;
/// How long a client may keep the list, in milliseconds.
const LIST_TTL: u64 = 60_000;

/// A kind of resource.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its addresses.
    pub(crate) template: &'static str,
    pub(super) name: &'static str,
    title: &'static str,
    /// What it holds, for models and docs.
    pub(crate) about: &'static str,
    /// The tool that has to be on.
    tool: &'static str,
    /// How long a client may keep one, in milliseconds.
    ttl: u64,
}

pub(crate) const KINDS: [Kind; 3] = [
    Kind {
        template: "jira://issue/{key}",
        name: "issue",
        title: "Issue",
        about: "An issue: fields and description, as get_issue gives them",
        tool: "get_issue",
        ttl: 15_000,
    },
    Kind {
        template: "jira://project/{key}",
        name: "project",
        title: "Project",
        about: "A project: lead, issue types, components, versions, as get_project gives them",
        tool: "get_project",
        ttl: 300_000,
    },
    Kind {
        template: "jira://board/{id}/sprint",
        name: "sprint",
        title: "Running sprint",
        about: "What runs on a board now: goal, dates, issues",
        tool: "search_issues",
        ttl: 60_000,
    },
];

impl Kind {
    pub(super) fn is_on(&self, policy: &Policy) -> bool {
        policy.allows(self.tool)
    }
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// By key or id.
    Issue(String),
    /// By key or id.
    Project(String),
    /// Of the board with this id.
    Sprint(u64),
}

impl Target {
    /// The resource at an address, if there can be one.
    pub(super) fn at(uri: &str) -> Option<Self> {
        let fits = |key: &str| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        match uri.strip_prefix("jira://")?.split('/').collect::<Vec<_>>().as_slice() {
            ["issue", key] if fits(key) => Some(Self::Issue((*key).to_owned())),
            ["project", key] if fits(key) => Some(Self::Project((*key).to_owned())),
            ["board", id, "sprint"] => id.parse().ok().map(Self::Sprint),
            _ => None,
        }
    }

    fn kind(&self) -> &'static Kind {
        let [issue, project, sprint] = &KINDS;
        match self {
            Self::Issue(_) => issue,
            Self::Project(_) => project,
            Self::Sprint(_) => sprint,
        }
    }
}

impl JiraServer {
    pub(super) fn resource_templates(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> ListResourceTemplatesResult {
        let caller = self.caller(&context.extensions);
        let on = KINDS.iter().filter(|kind| kind.is_on(self.policy_of(&caller)));
        let templates = on.map(|kind| {
            ResourceTemplate::new(kind.template, kind.name)
                .with_title(kind.title)
                .with_description(kind.about)
                .with_mime_type(self.text_type())
        });
        let mut list = ListResourceTemplatesResult::with_all_items(templates.collect());
        (list.ttl_ms, list.cache_scope) = Self::list_hints(context);
        list
    }

    /// A few resources to begin with: the caller's open issues and the projects. The templates reach all others.
    pub(super) async fn resources(
        &self,
        context: RequestContext<RoleServer>,
    ) -> std::result::Result<ListResourcesResult, ErrorData> {
        let hints = Self::hints(&context, LIST_TTL);
        let found = guarded(context, async |context| {
            let (issues, projects) = tokio::join!(self.own_issues(&context), self.projects(&context));
            Ok([issues?, projects?].concat())
        })
        .await;
        let found = match found {
            Ok(found) => found,
            // Nobody is signed in yet: the first call says so, and clients list resources before any call.
            Err(Stop::Failed(Error::NotConfigured { .. } | Error::SignIn { .. })) => Vec::new(),
            Err(Stop::Failed(error)) => return Err(ErrorData::internal_error(error.told(), None)),
            Err(Stop::Protocol(error)) => return Err(error),
        };
        let mut list = ListResourcesResult::with_all_items(found);
        (list.ttl_ms, list.cache_scope) = hints;
        Ok(list)
    }

    async fn own_issues(&self, context: &RequestContext<RoleServer>) -> Result<Vec<Resource>> {
        if !self.policy_of(&self.caller(&context.extensions)).allows("get_issue") {
            return Ok(Vec::new());
        }
        let jql = "assignee = currentUser() AND statusCategory != Done ORDER BY updated DESC";
        let call = Call::new(self, context);
        let page = call.jira()?.search(jql, &["summary".to_owned()], ISSUES, None).await?;
        let rows = page.rows.iter().map(|issue| {
            let summary = issue.fields.get("summary").and_then(Value::as_str).unwrap_or_default();
            self.listed("issue", &issue.key, summary)
        });
        Ok(rows.collect())
    }

    async fn projects(&self, context: &RequestContext<RoleServer>) -> Result<Vec<Resource>> {
        if !self.policy_of(&self.caller(&context.extensions)).allows("get_project") {
            return Ok(Vec::new());
        }
        let call = Call::new(self, context);
        let (page, _) = call.jira()?.projects_like(None, PROJECTS, None).await?;
        Ok(page.rows.iter().map(|project| self.listed("project", &project.key, &project.name)).collect())
    }

    fn listed(&self, kind: &str, key: &str, title: &str) -> Resource {
        let resource = Resource::new(format!("jira://{kind}/{key}"), key).with_mime_type(self.text_type());
        match render::visible(Value::from(title)) {
            Value::String(title) if !title.is_empty() => resource.with_title(title),
            _ => resource,
        }
    }

    /// Reads a resource.
    pub(super) async fn resource(
        &self,
        uri: String,
        context: RequestContext<RoleServer>,
    ) -> std::result::Result<ReadResourceResult, ErrorData> {
        let target =
            Target::at(&uri).ok_or_else(|| no_resource(&uri, "There is no resource at this address."))?;
        let hints = Self::hints(&context, target.kind().ttl);
        let text = self.text_of(&target, context).await.map_err(|stop| unreadable(&uri, stop))?;
        let contents = ResourceContents::text(text, uri).with_mime_type(self.text_type());
        let mut result = ReadResourceResult::new(vec![contents]);
        (result.ttl_ms, result.cache_scope) = hints;
        Ok(result)
    }

    /// The text of a resource, which is that of the tool that gives the same.
    pub(super) async fn text_of(
        &self,
        target: &Target,
        context: RequestContext<RoleServer>,
    ) -> std::result::Result<String, Stop> {
        let tool = target.kind().tool;
        let arguments = match target {
            Target::Issue(key) => json!({ "issue": key }),
            Target::Project(key) => json!({ "project": key }),
            Target::Sprint(board) => {
                self.policy_of(&self.caller(&context.extensions)).check(tool, true)?;
                return guarded(context, async |context| {
                    let view = running_sprints(&Call::new(self, &context), *board).await?;
                    Ok(self.rendered(json!(view)).1)
                })
                .await;
            }
        };
        let mut request = CallToolRequestParams::new(tool);
        request.arguments = arguments.as_object().cloned();
        let CallToolResponse::Complete(result) = self.run(request, context).await? else {
            return Err(Error::Internal("a read asked for a confirmation".into()).into());
        };
        let result = self.finish(result);
        let text = result.content.first().and_then(|block| block.as_text());
        let text = text.map(|block| block.text.clone()).unwrap_or_default();
        if result.is_error == Some(true) { Err(Error::Argument(text).into()) } else { Ok(text) }
    }

    fn text_type(&self) -> &'static str {
        match self.shared.config.text {
            TextFormat::Lean => "text/plain",
            TextFormat::Json => "application/json",
        }
    }
}

/// What cannot be had, whether it is missing, off, or behind the wall.
fn no_resource(uri: &str, words: &str) -> ErrorData {
    ErrorData::resource_not_found(words.to_owned(), Some(json!({ "uri": uri })))
}

pub(super) fn unreadable(uri: &str, stop: Stop) -> ErrorData {
    match stop {
        Stop::Protocol(error) => error,
        Stop::Failed(
            error @ (Error::NotFound { .. }
            | Error::Refused { .. }
            | Error::Unresolved { .. }
            | Error::Argument(_)),
        ) => no_resource(uri, &error.told()),
        Stop::Failed(error) => ErrorData::internal_error(error.told(), Some(json!({ "uri": uri }))),
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn addresses_are_read_whole() {
        let table = [
            ("jira://issue/DEMO-1", Some(Target::Issue("DEMO-1".into()))),
            ("jira://project/DEMO", Some(Target::Project("DEMO".into()))),
            ("jira://board/12/sprint", Some(Target::Sprint(12))),
            ("jira://board/x/sprint", None),
            ("jira://board/12", None),
            ("jira://issue/", None),
            ("jira://issue/DEMO-1/comment", None),
            ("jira://issue/..%2Fmyself", None),
            ("jira://issue/../myself", None),
            ("https://example.com/DEMO-1", None),
        ];
        for (uri, expected) in table {
            assert_eq!(Target::at(uri), expected, "{uri}");
        }
    }
}
