//! Issues: reading one, and writing.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::jira::platform::transition::Transition;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, WRITE_WORK, operations};
use crate::jira::write::IssueWrite;
use crate::jira::write::overwrite::EXPAND_CHANGELOG;
use crate::jira::{AllowedIssue, AllowedProject, Changelog, Client, RichText};

operations! {
    /// One issue.
    GET = Operation::get(Api::Platform, "issue/{issue}")
        .scopes(READ_WORK, "read:issue-meta:jira read:issue-security-level:jira read:issue.vote:jira read:issue.changelog:jira read:avatar:jira read:issue:jira read:status:jira read:user:jira read:field-configuration:jira");
    /// Creates an issue.
    CREATE = Operation::post(Api::Platform, "issue")
        .scopes(WRITE_WORK, "write:issue:jira write:comment:jira write:comment.property:jira write:attachment:jira read:issue:jira");
    /// Changes fields of an issue.
    UPDATE = Operation::put(Api::Platform, "issue/{issue}")
        .scopes(WRITE_WORK, "write:issue:jira");
    /// Deletes an issue.
    DELETE = Operation::delete(Api::Platform, "issue/{issue}")
        .scopes(WRITE_WORK, "delete:issue:jira");
    /// Moves an issue to another status.
    TRANSITION = Operation::post(Api::Platform, "issue/{issue}/transitions")
        .scopes(WRITE_WORK, "write:issue:jira write:issue.property:jira");
}

/// An issue as Jira sends it: fields by id, of any shape.
#[derive(Debug, Clone, Deserialize)]
pub struct RawIssue {
    /// Numeric id.
    #[serde(default)]
    pub id: String,
    /// Present key.
    #[serde(default)]
    pub key: String,
    /// Values by field id.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

/// An issue with its changelog and transitions, where they were asked for.
#[derive(Debug, Deserialize)]
pub struct IssueDetail {
    /// Key and fields.
    #[serde(flatten)]
    pub issue: RawIssue,
    /// The latest changes, where asked for.
    #[serde(default)]
    pub changelog: Option<Changelog>,
    /// The transitions that it can take now, where asked for.
    #[serde(default)]
    pub transitions: Vec<Value>,
}

/// The key and id of an issue that was created.
#[derive(Debug, Clone, Deserialize)]
pub struct Created {
    /// Numeric id.
    pub id: String,
    /// Key.
    pub key: String,
}

impl Client {
    /// One issue with these fields (ids, `*all`, `-id`), and with `changelog` or `transitions`.
    ///
    /// # Errors
    /// As every request.
    pub async fn issue(
        &self,
        issue: &AllowedIssue,
        fields: &[String],
        expand: &BTreeSet<&'static str>,
    ) -> Result<IssueDetail> {
        let mut request = GET.request([issue.as_str()]).query("fields", fields.join(","));
        if !expand.is_empty() {
            request = request.query("expand", expand.iter().copied().collect::<Vec<_>>().join(","));
        }
        // Jira would put the issue among those the account viewed last: a read that writes.
        self.send(request.query("updateHistory", false)).await?.json()
    }

    /// Creates an issue from what was resolved for [`crate::jira::Target::Create`].
    ///
    /// # Errors
    /// [`Error::Invalid`] with Jira's messages by display name and the values that would do.
    pub async fn create_issue(&self, write: &IssueWrite) -> Result<Created> {
        let request = CREATE.request([]).json(&write.body())?;
        let created: Created = self.send(request).await.map_err(|error| write.explain(error))?.json()?;
        self.note_write(&created.id);
        Ok(created)
    }

    /// The fields that a write set on an issue that was just created, as Jira stored them.
    ///
    /// # Errors
    /// As every request.
    pub async fn read_back(&self, created: &Created, write: &IssueWrite) -> Result<IssueDetail> {
        self.issue(&AllowedIssue::created(created), &write.ids(), &BTreeSet::new()).await
    }

    /// Changes an issue by what was resolved for [`crate::jira::Target::Edit`], and gives it as it is then, with its
    /// history where [`Client::overwritten`] wants it;
    /// `notify: false` sends no mails, which takes an administrator.
    ///
    /// # Errors
    /// As [`Client::create_issue`].
    pub async fn update_issue(
        &self,
        issue: &AllowedIssue,
        write: &IssueWrite,
        notify: bool,
    ) -> Result<IssueDetail> {
        let mut request = UPDATE.request([issue.as_str()]).query("returnIssue", true);
        if !notify {
            request = request.query("notifyUsers", false);
        }
        if !write.reads.is_empty() {
            request = request.query("expand", EXPAND_CHANGELOG);
        }
        let reply = self.send(request.json(&write.body())?).await.map_err(|error| write.explain(error))?;
        let stored: Option<IssueDetail> = reply.json()?;
        let stored = match stored.filter(|stored| !stored.issue.key.is_empty()) {
            Some(stored) => stored,
            None => {
                let read = self.issue(issue, &write.ids(), &BTreeSet::new()).await;
                read.map_err(|error| Error::OutcomeUnknown {
                    problem: format!("it took the change, and to read what came of it failed ({error})"),
                    check: None,
                })?
            }
        };
        self.note_write(&stored.issue.id);
        if write.ids().iter().any(|id| id == "issuetype") {
            self.forget_screens();
        }
        Ok(stored)
    }

    /// Deletes an issue, with its subtasks where that is said.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an issue with subtasks that was to be deleted without them.
    pub async fn delete_issue(&self, issue: &AllowedIssue, subtasks: bool) -> Result<()> {
        let mut request = DELETE.request([issue.as_str()]);
        if subtasks {
            request = request.query("deleteSubtasks", true);
        }
        self.send(request).await.map(drop)
    }

    /// Moves an issue, with what was resolved for [`crate::jira::Target::Move`] and a comment in ADF, which
    /// only a transition with a screen takes.
    ///
    /// # Errors
    /// As [`Client::create_issue`].
    pub async fn transition_issue(
        &self,
        issue: &AllowedIssue,
        transition: &Transition,
        write: &IssueWrite,
        comment: Option<&RichText>,
    ) -> Result<()> {
        let mut body = write.body();
        body.insert("transition".into(), json!({ "id": transition.id }));
        if let Some(comment) = comment {
            let update = body.entry("update").or_insert_with(|| json!({}));
            update["comment"] = json!([{ "add": { "body": comment.source() } }]);
        }
        self.send(TRANSITION.request([issue.as_str()]).json(&body)?)
            .await
            .map_err(|error| write.explain(error))?;
        self.note_write(issue.as_str());
        Ok(())
    }

    /// The project of an issue.
    ///
    /// # Errors
    /// As every request.
    pub(crate) async fn project_of(&self, issue: &AllowedIssue) -> Result<AllowedProject> {
        let key = self.key_of(issue).await?;
        AllowedProject::of_issue_key(&key)
            .ok_or_else(|| Error::Reply { problem: "the issue has no key".into() })
    }
}

impl IssueWrite {
    /// Jira's refusal with display names for ids, and with the allowed values of what it refuses.
    fn explain(&self, error: Error) -> Error {
        let Error::Invalid { messages, fields, hint } = error else { return error };
        let mut allowed = Vec::new();
        let fields = fields
            .into_iter()
            .map(|(id, message)| match self.field(&id) {
                Some(field) => {
                    if field.choices.as_ref().is_some_and(|choices| !choices.is_empty()) {
                        allowed.push(field.with_values());
                    }
                    (field.name.clone(), message.replace(&format!("'{id}'"), &format!("'{}'", field.name)))
                }
                None => (id, message),
            })
            .collect();
        let hint =
            hint.or_else(|| (!allowed.is_empty()).then(|| format!("Allowed: {}.", allowed.join("; "))));
        Error::Invalid { messages, fields, hint }
    }
}
