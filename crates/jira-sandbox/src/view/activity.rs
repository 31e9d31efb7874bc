//! The activity on an issue: comments, worklogs, files, links, history.

use serde_json::{Value as Json, json};

use super::{View, duration, issue::html};
use crate::world::{
    Attachment, Change, Comment, Issue, LinkType, ProjectKind, RemoteLink, Visibility, Worklog,
};

impl View<'_> {
    /// True where the caller sees a comment or worklog with this restriction.
    pub(crate) fn sees_part(&self, issue: &Issue, visibility: Option<&Visibility>) -> bool {
        let Some(visibility) = visibility else { return true };
        self.who.is_some_and(|who| match visibility {
            Visibility::Group(name) => self.world.in_group(who, name),
            Visibility::Role(id) => self.world.in_role(who, *id, self.world.project_of(issue)),
        })
    }

    fn visibility(&self, visibility: &Visibility) -> Json {
        match visibility {
            Visibility::Group(name) => {
                let id = self.world.groups.iter().find(|g| g.name == *name).map(|g| g.id.as_str());
                json!({ "type": "group", "value": name, "identifier": id })
            }
            Visibility::Role(id) => {
                let name = self.world.roles.iter().find(|r| r.id == *id).map(|r| r.name.as_str());
                json!({ "type": "role", "value": name, "identifier": name })
            }
        }
    }

    /// A comment, and its HTML if wanted.
    pub(crate) fn comment_with(&self, issue: &Issue, comment: &Comment, rendered: bool) -> Json {
        let mut out = self.comment(issue, comment);
        if rendered {
            out["renderedBody"] = html(&comment.body).into();
        }
        out
    }

    pub(crate) fn comment(&self, issue: &Issue, comment: &Comment) -> Json {
        let mut out = json!({
            "self": self.link(&format!("issue/{}/comment/{}", issue.id, comment.id)),
            "id": comment.id.to_string(),
            "author": self.user(&comment.author),
            "body": comment.body,
            "updateAuthor": self.user(&comment.editor),
            "created": self.moment(comment.created),
            "updated": self.moment(comment.updated),
        });
        if let Some(visibility) = &comment.visibility {
            out["visibility"] = self.visibility(visibility);
        }
        let internal = comment.properties.get("sd.public.comment").is_some_and(|p| p["internal"] == true);
        let service = self.world.project_of(issue).kind == ProjectKind::Service;
        out["jsdPublic"] = (!(service && internal)).into();
        out
    }

    pub(crate) fn worklog(&self, issue: &Issue, worklog: &Worklog) -> Json {
        let mut out = json!({
            "self": self.link(&format!("issue/{}/worklog/{}", issue.id, worklog.id)),
            "author": self.user(&worklog.author),
            "updateAuthor": self.user(&worklog.editor),
        });
        if let Some(comment) = &worklog.comment {
            out["comment"] = comment.clone();
        }
        out["created"] = self.moment(worklog.created).into();
        out["updated"] = self.moment(worklog.updated).into();
        if let Some(visibility) = &worklog.visibility {
            out["visibility"] = self.visibility(visibility);
        }
        out["started"] = self.moment(worklog.started).into();
        out["timeSpent"] = duration(worklog.seconds).into();
        out["timeSpentSeconds"] = worklog.seconds.into();
        out["id"] = worklog.id.to_string().into();
        out["issueId"] = issue.id.to_string().into();
        out
    }

    /// A file; issues write its id as text, the resource of its own as a number.
    pub(crate) fn attachment(&self, attachment: &Attachment, in_issue: bool) -> Json {
        let id = attachment.id;
        let mut out = json!({
            "self": self.link(&format!("attachment/{id}")),
            "id": if in_issue { Json::from(id.to_string()) } else { id.into() },
            "filename": attachment.name,
            "author": self.user(&attachment.author),
            "created": self.moment(attachment.created),
            "size": attachment.content.len(),
            "mimeType": attachment.mime,
            "content": self.link(&format!("attachment/content/{id}")),
        });
        if attachment.mime.starts_with("image/") {
            out["thumbnail"] = self.link(&format!("attachment/thumbnail/{id}")).into();
        }
        out
    }

    pub(crate) fn link_type(&self, kind: &LinkType) -> Json {
        json!({
            "id": kind.id.to_string(),
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": self.link(&format!("issueLinkType/{}", kind.id)),
        })
    }

    pub(crate) fn remote_link(&self, issue: &Issue, link: &RemoteLink) -> Json {
        let mut out = json!({
            "id": link.id,
            "self": self.link(&format!("issue/{}/remotelink/{}", issue.id, link.id)),
        });
        if let Some(global_id) = &link.global_id {
            out["globalId"] = global_id.clone().into();
        }
        out["application"] = link.application.clone().unwrap_or_else(|| json!({}));
        if let Some(relationship) = &link.relationship {
            out["relationship"] = relationship.clone().into();
        }
        out["object"] = link.object.clone();
        out
    }

    pub(crate) fn change(&self, change: &Change) -> Json {
        let items = change.items.iter().map(|item| {
            json!({
                "field": item.field,
                "fieldtype": if item.custom { "custom" } else { "jira" },
                "fieldId": item.field_id,
                "from": item.from,
                "fromString": item.from_text,
                "to": item.to,
                "toString": item.to_text,
            })
        });
        json!({
            "id": change.id.to_string(),
            "author": self.user(&change.author),
            "created": self.moment(change.created),
            "items": items.collect::<Vec<_>>(),
        })
    }
}
