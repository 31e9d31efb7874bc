//! Creating, editing, moving on and deleting issues.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Site, paragraph};

const ISSUE: &str = "/rest/api/3/issue";

#[tokio::test]
async fn every_field_that_is_wrong_is_told_at_once() {
    let site = Site::start().await;
    let fields = json!({
        "project": { "key": "DEMO" }, "issuetype": { "name": "Bug" },
        "description": "plain text", "labels": ["two words"], "status": { "name": "Done" }, "customfield_99999": 1,
        "priority": { "name": "Urgent" }, "assignee": { "name": "ana" }, "duedate": "tomorrow",
        "customfield_10032": { "value": "Tiny" }, "customfield_10016": "five",
    });
    let refused = site.post(ISSUE, json!({ "fields": fields })).await.refused(400);
    let errors = refused["errors"].as_object().unwrap();
    for (field, message) in [
        ("summary", "You must specify a summary of the issue."),
        ("description", "Operation value must be an Atlassian Document (see the Atlassian Document Format)"),
        ("labels", "The label 'two words' contains spaces which is invalid."),
        ("status", "Field 'status' cannot be set. It is not on the appropriate screen, or unknown."),
        (
            "customfield_99999",
            "Field 'customfield_99999' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
        ("priority", "Priority name 'Urgent' is not valid"),
        ("assignee", "'accountId' must be the only user identifying query parameter in GDPR strict mode."),
        ("duedate", "Error parsing date string: tomorrow"),
        ("customfield_10032", "Option value 'Tiny' is not valid"),
        ("customfield_10016", "Operation value must be a number"),
    ] {
        assert_eq!(errors.get(field), Some(&json!(message)));
    }
    let nowhere =
        site.post(ISSUE, json!({ "fields": { "project": { "key": "NOPE" }, "summary": "x" } })).await;
    assert_eq!(nowhere.refused(400)["errors"], json!({ "project": "Specify a valid project ID or key" }));
    let invalid = json!({ "type": "doc", "version": 1, "content": [{ "type": "mystery" }] });
    let fields = json!({ "project": { "key": "BIZ" }, "issuetype": { "name": "Task" }, "summary": "x", "description": invalid });
    assert_eq!(site.post(ISSUE, json!({ "fields": fields })).await.message(400), "INVALID_INPUT");
}

#[tokio::test]
async fn what_is_set_is_there_and_in_the_history() {
    let site = Site::start().await;
    let key = site.task("First words").await;
    let path = format!("{ISSUE}/{key}");
    let edit = json!({
        "fields": { "summary": "Better words", "description": paragraph("Why") },
        "update": { "labels": [{ "add": "one" }, { "add": "two" }, { "remove": "one" }] },
    });
    let answer = site.put(&path, edit).await;
    assert_eq!((answer.status, answer.body), (204, json!("")));
    let fields = site.fields(&key, "summary,labels,description").await;
    assert_eq!((&fields["summary"], &fields["labels"]), (&json!("Better words"), &json!(["two"])));
    let log = site.get(&format!("{path}/changelog")).await.ok();
    let items = log["values"][0]["items"].as_array().unwrap();
    let summary = items.iter().find(|i| i["field"] == "summary").unwrap();
    assert_eq!(
        (&summary["fromString"], &summary["toString"]),
        (&json!("First words"), &json!("Better words"))
    );

    let whole =
        site.put(&format!("{path}?returnIssue=true"), json!({ "fields": { "labels": [] } })).await.ok();
    assert_eq!((&whole["key"], &whole["fields"]["labels"]), (&json!(key), &json!([])));
    let both = json!({ "fields": { "labels": ["a"] }, "update": { "labels": [{ "add": "b" }] } });
    let refused = site.put(&path, both).await.refused(400);
    assert_eq!(refused["errors"]["labels"], "Field 'labels' cannot appear in both 'fields' and 'update'");
    site.put(&path, json!({ "field": { "summary": "x" } })).await.refused(400);
}

#[tokio::test]
async fn the_type_changes_only_to_one_of_the_same_level() {
    let site = Site::start().await;
    let task = site.task("A task").await;
    let path = format!("{ISSUE}/{task}");
    let refused =
        site.put(&path, json!({ "fields": { "issuetype": { "name": "Epic" } } })).await.refused(400);
    assert_eq!(refused["errors"]["issuetype"], "The issue type selected is invalid.");
    let fields =
        json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "Is it a bug?" });
    let made = site.post(ISSUE, json!({ "fields": fields })).await.ok();
    let path = format!("{ISSUE}/{}", made["key"].as_str().unwrap());
    site.put(&path, json!({ "fields": { "issuetype": { "name": "Bug" } } })).await.ok();
    assert_eq!(site.fields(made["key"].as_str().unwrap(), "issuetype").await["issuetype"]["name"], "Bug");
}

#[tokio::test]
async fn only_administrators_write_without_telling_the_watchers() {
    let site = Site::start().await;
    let quiet = json!({ "fields": { "summary": "Quietly" } });
    site.put(&format!("{ISSUE}/DEMO-1?notifyUsers=false"), quiet.clone()).await.ok();
    let refused =
        site.call_as("Tomáš", Method::PUT, &format!("{ISSUE}/DEMO-1?notifyUsers=false"), Some(quiet)).await;
    assert_eq!(
        refused.message(400),
        "To discard the user notification either admin or project admin permissions are required."
    );
}

#[tokio::test]
async fn parents_are_one_level_above_and_can_be_taken_away() {
    let site = Site::start().await;
    let create = async |kind: &str, parent: Option<&str>| {
        let mut fields =
            json!({ "project": { "key": "BIZ" }, "issuetype": { "name": kind }, "summary": kind });
        if let Some(parent) = parent {
            fields["parent"] = json!({ "key": parent });
        }
        site.post(ISSUE, json!({ "fields": fields })).await
    };
    let key = |made: Value| made["key"].as_str().unwrap().to_owned();
    let epic = key(create("Epic", None).await.ok());
    let task = key(create("Task", Some(&epic)).await.ok());
    let subtask = key(create("Subtask", Some(&task)).await.ok());
    let refused = create("Subtask", Some(&epic)).await.refused(400);
    assert_eq!(
        refused["errors"]["parentId"],
        "Given parent work item does not belong to appropriate hierarchy."
    );
    let refused = create("Subtask", None).await.refused(400);
    assert_eq!(
        refused["errors"]["parent"],
        "Issue type is a sub-task but parent issue key or id not specified."
    );
    assert_eq!(site.fields(&task, "subtasks").await["subtasks"][0]["key"], subtask);
    let alone = json!({ "update": { "parent": [{ "set": { "none": true } }] } });
    site.put(&format!("{ISSUE}/{task}"), alone).await.ok();
    assert!(site.fields(&task, "parent").await.get("parent").is_none());

    let kept = site.delete(&format!("{ISSUE}/{task}")).await.message(400);
    assert!(kept.contains("'deleteSubtasks'"), "{kept}");
    site.delete(&format!("{ISSUE}/{task}?deleteSubtasks=true")).await.ok();
    site.get(&format!("{ISSUE}/{subtask}")).await.refused(404);
}

/// A transition of an issue, by name.
async fn transition(site: &Site, key: &str, name: &str) -> Value {
    let all = site.get(&format!("{ISSUE}/{key}/transitions?expand=transitions.fields")).await.ok();
    let all = all["transitions"].as_array().unwrap();
    all.iter().find(|t| t["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:?}")).clone()
}

/// A new story of `DEMO` that waits for review.
async fn in_review(site: &Site) -> String {
    let fields =
        json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Story" }, "summary": "Look at this" });
    let key = site.post(ISSUE, json!({ "fields": fields })).await.ok()["key"].as_str().unwrap().to_owned();
    for step in ["Start work", "Ask for review"] {
        let id = transition(site, &key, step).await["id"].clone();
        site.post(&format!("{ISSUE}/{key}/transitions"), json!({ "transition": { "id": id } })).await.ok();
    }
    key
}

#[tokio::test]
async fn a_transition_asks_for_what_its_screen_requires() {
    let site = Site::start().await;
    let key = in_review(&site).await;
    let path = format!("{ISSUE}/{key}/transitions");
    let finish = transition(&site, &key, "Finish").await;
    assert_eq!(
        (&finish["hasScreen"], &finish["fields"]["resolution"]["required"]),
        (&json!(true), &json!(true))
    );
    let bare = site.post(&path, json!({ "transition": { "id": finish["id"] } })).await.refused(400);
    assert_eq!(bare["errors"], json!({ "resolution": "Resolution is required." }));
    let body = json!({
        "transition": { "id": finish["id"] },
        "fields": { "resolution": { "name": "Won't Do" } },
        "update": { "comment": [{ "add": { "body": paragraph("Not now") } }] },
    });
    site.post(&path, body).await.ok();
    let fields = site.fields(&key, "status,resolution,resolutiondate,comment").await;
    assert_eq!(
        (&fields["status"]["name"], &fields["resolution"]["name"]),
        (&json!("Done"), &json!("Won't Do"))
    );
    assert!(fields["resolutiondate"].is_string());
    assert_eq!(fields["comment"]["total"], 1);
    let reopen = transition(&site, &key, "Reopen").await["id"].clone();
    site.post(&path, json!({ "transition": { "id": reopen } })).await.ok();
    assert!(site.fields(&key, "resolution").await["resolution"].is_null());
}

#[tokio::test]
async fn a_transition_without_a_screen_takes_no_fields_and_drops_a_comment_without_a_word() {
    let site = Site::start().await;
    let key = in_review(&site).await;
    let path = format!("{ISSUE}/{key}/transitions");
    let back = transition(&site, &key, "Request changes").await["id"].clone();
    let with_field = json!({ "transition": { "id": back }, "fields": { "labels": ["x"] } });
    let refused = site.post(&path, with_field).await.refused(400);
    assert_eq!(
        refused["errors"]["labels"],
        "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown."
    );
    let comment = json!({ "comment": [{ "add": { "body": paragraph("Please look again") } }] });
    let answer = site.post(&path, json!({ "transition": { "id": back }, "update": comment })).await;
    assert_eq!(answer.status, 204);
    assert_eq!(site.fields(&key, "comment").await["comment"]["total"], 0);
}

#[tokio::test]
async fn transitions_are_only_those_of_the_status_and_the_permission() {
    let site = Site::start().await;
    let key = in_review(&site).await;
    let finish = transition(&site, &key, "Finish").await["id"].clone();
    let names = async |who: &str| {
        let all = site.call_as(who, Method::GET, &format!("{ISSUE}/{key}/transitions"), None).await.ok();
        all["transitions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(names("Ana").await.contains(&"Close without work".to_owned()));
    assert!(!names("Tomáš").await.contains(&"Close without work".to_owned()));
    let wrong =
        site.post(&format!("{ISSUE}/DEMO-1/transitions"), json!({ "transition": { "id": "999" } })).await;
    assert_eq!(wrong.message(400), "Transition id '999' is not valid for this issue.");
    let body = json!({ "transition": { "id": finish }, "fields": { "resolution": { "name": "Done" } } });
    let path = format!("{ISSUE}/{key}/transitions");
    site.call_as("Dana", Method::POST, &path, Some(body)).await.refused(400);
}

#[tokio::test]
async fn issues_are_assigned_by_account_to_those_who_can_be() {
    let site = Site::start().await;
    let path = format!("{ISSUE}/DEMO-1/assignee");
    let tomas = site.user("Tomáš").account_id.clone();
    site.put(&path, json!({ "accountId": tomas })).await.ok();
    assert_eq!(site.fields("DEMO-1", "assignee").await["assignee"]["accountId"], tomas);
    let dana = site.user("Dana").account_id.clone();
    let refused = site.put(&path, json!({ "accountId": dana })).await.refused(400);
    assert_eq!(refused["errors"]["assignee"], format!("User '{dana}' cannot be assigned issues."));
    site.put(&path, json!({ "accountId": null })).await.ok();
    assert!(site.fields("DEMO-1", "assignee").await["assignee"].is_null());
}

#[tokio::test]
async fn of_many_issues_those_that_can_be_made_are_made() {
    let site = Site::start().await;
    let good = json!({ "fields": { "project": { "key": "BIZ" }, "issuetype": { "name": "Task" }, "summary": "Good" } });
    let bad = json!({ "fields": { "project": { "key": "BIZ" }, "issuetype": { "name": "Task" } } });
    let made = site.post(&format!("{ISSUE}/bulk"), json!({ "issueUpdates": [good, bad] })).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["issues"].as_array().unwrap().len(), 1);
    assert_eq!(made.body["errors"][0]["failedElementNumber"], 1);
    site.post(&format!("{ISSUE}/bulk"), json!({ "issueUpdates": [bad] })).await.refused(400);
}
