//! The system fields of an issue, which the documents leave open (`fields` may hold anything there).
//!
//! Each field is checked by the component that the documents describe the same thing with elsewhere.

use serde_json::{Value, json};

/// The places at which a reply holds issues: pointers to their `fields`.
pub(super) fn fields_in(body: &Value) -> Vec<String> {
    let one = is_issue(body).then(|| "/fields".to_owned());
    let issues = body["issues"].as_array().into_iter().flatten().enumerate();
    let many =
        issues.filter(|(_, issue)| is_issue(issue)).map(|(index, _)| format!("/issues/{index}/fields"));
    one.into_iter().chain(many).collect()
}

fn is_issue(value: &Value) -> bool {
    value["fields"].is_object() && value["key"].is_string()
}

/// A schema for `fields`; any of them may be null, and custom fields are left alone.
pub(super) fn fields_schema() -> Value {
    let component = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let one = |name: &str| json!({ "allOf": [component(name)], "nullable": true });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let scalar = |kind: &str| json!({ "type": kind, "nullable": true });
    let formatted = |format: &str| json!({ "type": "string", "format": format, "nullable": true });
    json!({
        "type": "object",
        "properties": {
            "summary": { "type": "string" },
            "description": scalar("object"),
            "environment": scalar("object"),
            "project": one("ProjectDetails"),
            "issuetype": one("IssueTypeDetails"),
            "status": one("StatusDetails"),
            "statusCategory": one("StatusCategory"),
            "resolution": one("Resolution"),
            "priority": one("Priority"),
            "security": one("SecurityLevel"),
            "assignee": one("UserDetails"),
            "reporter": one("UserDetails"),
            "creator": one("UserDetails"),
            "parent": one("LinkedIssue"),
            "subtasks": list(component("LinkedIssue")),
            "issuelinks": list(json!({
                "type": "object",
                "properties": {
                    "id": { "type": "string" },
                    "self": { "type": "string", "format": "uri" },
                    "type": component("IssueLinkType"),
                    // `IssueLink` wants both ends; as the field of an issue it has the other one only.
                    "inwardIssue": component("LinkedIssue"),
                    "outwardIssue": component("LinkedIssue"),
                },
                "required": ["id", "type"],
                "additionalProperties": false,
            })),
            "comment": one("PageOfComments"),
            "worklog": one("PageOfWorklogs"),
            "attachment": list(component("Attachment")),
            "components": list(component("ProjectComponent")),
            "versions": list(component("Version")),
            "fixVersions": list(component("Version")),
            "labels": list(json!({ "type": "string" })),
            "votes": one("Votes"),
            "watches": one("Watchers"),
            "timetracking": one("TimeTrackingDetails"),
            "timespent": scalar("integer"),
            "timeestimate": scalar("integer"),
            "timeoriginalestimate": scalar("integer"),
            "aggregatetimespent": scalar("integer"),
            "aggregatetimeestimate": scalar("integer"),
            "aggregatetimeoriginalestimate": scalar("integer"),
            "workratio": scalar("integer"),
            "created": formatted("date-time"),
            "updated": formatted("date-time"),
            "resolutiondate": formatted("date-time"),
            "statuscategorychangedate": formatted("date-time"),
            "lastViewed": formatted("date-time"),
            "duedate": formatted("date"),
        },
    })
}
