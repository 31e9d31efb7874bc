//! Summaries of containers: what a confirmation shows of an issue, a board or another container, read by its proof.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::error::Result;
use crate::jira::{Client, IssueRef};

/// The summary of a container, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSummary {
    /// The words: `DEMO-1: Guest checkout (To Do)`, `sprint Sprint 7 (active)`.
    pub text: String,
    /// The time of the last change; empty where Jira does not tell.
    pub updated: String,
}

impl Client {
    /// The summary of the container that a tool's argument names; `None` where it names none by its id.
    ///
    /// # Errors
    /// Those of its proof, and of reading it.
    pub async fn container_summary(&self, argument: &str, value: &str) -> Result<Option<ContainerSummary>> {
        let id = value.trim().parse::<u64>().ok();
        let text = match (argument, id) {
            ("issue", _) => return self.issue_summary(value).await,
            ("project", _) => {
                let project = self.project(value).await?;
                format!("project {}: {}", project.key, project.name)
            }
            ("board", Some(id)) => {
                format!("board {}", self.board(&self.allowed_board(id).await?).await?.name)
            }
            ("sprint", Some(id)) => {
                let sprint = self.sprint(&self.allowed_sprint(id).await?).await?;
                format!("sprint {} ({})", sprint.name, sprint.state)
            }
            ("version", Some(id)) => {
                format!("version {}", self.version(&self.allowed_version(id).await?).await?.name)
            }
            ("component", Some(id)) => {
                format!("component {}", self.component(&self.allowed_component(id).await?).await?.name)
            }
            ("filter", Some(id)) => {
                format!("filter {}", self.filter(&self.allowed_filter(id).await?).await?.name)
            }
            _ => return Ok(None),
        };
        Ok(Some(ContainerSummary { text, updated: String::new() }))
    }

    async fn issue_summary(&self, value: &str) -> Result<Option<ContainerSummary>> {
        let Ok(issue) = IssueRef::try_from(value.to_owned()) else { return Ok(None) };
        let issue = self.allowed_issue(&issue).await?;
        let fields = ["summary", "status", "updated"].map(str::to_owned);
        let found = self.issue(&issue, &fields, &BTreeSet::new()).await?.issue;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let summary = text(found.fields.get("summary"));
        let status = text(found.fields.get("status").and_then(|status| status.get("name")));
        let updated = text(found.fields.get("updated"));
        Ok(Some(ContainerSummary { text: format!("{}: {summary} ({status})", found.key), updated }))
    }
}
