//! Changing and deleting issues.

use jira_sandbox::world::{Value as Text, paragraph};
use serde_json::{Value, json};

use crate::support::{Agent, Jira, tokens};

/// A new bug to work on, by its key.
async fn bug(agent: &Agent) -> String {
    let arguments = json!({
        "project": "DEMO", "type": "Bug", "summary": "Cart total is wrong", "labels": ["a", "b"],
        "components": ["Cart"], "assignee": "me", "due_date": "2026-12-01",
        "fields": {"Severity": "Major", "Story Points": 3, "Sprint": "current", "Platforms": ["Web"]},
    });
    agent.ok("create_issue", arguments).await.data["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn fields_are_replaced_changed_and_emptied_and_the_answer_says_so() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = bug(&agent).await;
    let table = [
        (json!({"summary": "Cart total"}), "Summary", json!("Cart total")),
        (json!({"labels": ["c"]}), "Labels", json!(["c"])),
        (json!({"fields": {"Labels": {"add": ["d"], "remove": ["c"]}}}), "Labels", json!(["d"])),
        (json!({"fields": {"Platforms": {"add": ["ios"]}}}), "Platforms", json!(["Web", "iOS"])),
        (json!({"fields": {"Platforms": {"remove": "Web"}}}), "Platforms", json!(["iOS"])),
        (json!({"fields": {"severity": "minor"}}), "Severity", json!("Minor")),
        (json!({"fields": {"Story Points": null}}), "Story Points", json!("(empty)")),
        (json!({"fields": {"Area": ["Catalog", "Search"]}}), "Area", json!("Catalog > Search")),
        (json!({"fields": {"Area": "Catalog"}}), "Area", json!("Catalog")),
        (json!({"clear": ["due date"]}), "Due date", json!("(empty)")),
        (json!({"components": []}), "Components", json!("(empty)")),
        (json!({"clear": ["Sprint"]}), "Sprint", json!("(empty)")),
        (json!({"assignee": "unassigned"}), "Assignee", json!("(empty)")),
        (json!({"assignee": "lars"}), "Assignee", json!("Lars Østergaard")),
        (json!({"fields": {"Remaining estimate": "1h"}}), "Time tracking", json!("1h remaining")),
        (json!({"parent": "DEMO-3"}), "Parent", json!("DEMO-3 Guest checkout")),
        (json!({"clear": ["parent"]}), "Parent", json!("(empty)")),
        (json!({"priority": "Low", "notify": false}), "Priority", json!("Low")),
    ];
    for (change, field, expected) in table {
        let mut arguments = json!({"issue": key.to_lowercase()});
        let Value::Object(change) = change else { unreachable!() };
        arguments.as_object_mut().unwrap().extend(change);
        let answer = agent.ok("update_issue", arguments.clone()).await;
        let shown = &answer.data["set"][field];
        let holds = *shown == expected
            || expected.as_str().is_some_and(|part| shown.as_str().is_some_and(|shown| shown.contains(part)));
        assert!(holds, "{arguments}: {}", answer.text);
        assert_eq!(answer.data["not_applied"], Value::Null, "{}", answer.text);
        assert!(tokens(&answer.text) <= 80, "{} tokens: {}", tokens(&answer.text), answer.text);
    }
}

#[tokio::test]
async fn plain_fields_take_one_request() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok("update_issue", json!({"issue": "DEMO-5", "summary": "Warm"})).await;
    jira.requests();
    let arguments = json!({"issue": "DEMO-5", "summary": "Cold", "labels": ["x"], "assignee": "me"});
    agent.ok("update_issue", arguments).await;
    assert_eq!(jira.requests(), ["PUT /rest/api/3/issue/DEMO-5"]);
}

#[tokio::test]
async fn what_cannot_be_resolved_changes_nothing() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let table = [
        (json!({}), "Nothing to change"),
        (json!({"fields": {"Severity": "Hgih"}}), "use one of: Critical; Major; Minor; Cosmetic"),
        (json!({"fields": {"Severity": {"add": ["High"]}}}), "Severity holds one value"),
        (json!({"fields": {"Story Points": "many"}}), "Story Points takes a number, not \"many\""),
        (json!({"fields": {"Sprint": "Sprint 999"}}), "No sprint fits `Sprint 999`"),
        (json!({"fields": {"Remaining estimate": "2 hours"}}), "duration such as 2h 30m"),
        (json!({"clear": ["Severty"]}), "Severity"),
        (json!({"assignee": "a"}), "Several users fit"),
        (json!({"fields": {"Comment": "hi"}}), "add_comment"),
        (json!({"status": "Done"}), "transition_issue"),
        (json!({"fields": {"Area": "Payment"}}), "use one of: Checkout > Payment"),
    ];
    for (change, expected) in table {
        let mut arguments = json!({"issue": "DEMO-5"});
        let Value::Object(change) = change else { unreachable!() };
        arguments.as_object_mut().unwrap().extend(change);
        let text = agent.refused("update_issue", arguments.clone()).await;
        assert!(text.contains(expected), "{arguments}: {text}");
        let requests = jira.requests();
        assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
    }
}

#[tokio::test]
async fn an_issue_is_deleted_with_its_subtasks_only_where_that_is_said() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = bug(&agent).await;
    let subtask = json!({"project": "DEMO", "type": "Subtask", "summary": "x", "parent": key});
    agent.ok("create_issue", subtask).await;
    let text = agent.refused("delete_issue", json!({"issue": key})).await;
    assert!(text.contains("Set `subtasks` to true"), "{text}");
    agent.ok("delete_issue", json!({"issue": key, "subtasks": true})).await;
    assert!(agent.refused("get_issue", json!({"issue": key})).await.contains("does not exist"));
}

/// A document with what Markdown alone could not say again: a panel's local id.
fn document() -> Value {
    let text = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
    json!({"type": "doc", "version": 1, "content": [
        text("First."),
        {"type": "panel", "attrs": {"panelType": "info", "localId": "a-panel"}, "content": [text("Mind the gap.")]},
        text("Last."),
    ]})
}

async fn described(agent: &Agent) -> String {
    let key = bug(agent).await;
    agent.ok("update_issue", json!({"issue": key, "fields": {"description": document()}})).await;
    key
}

#[tokio::test]
async fn parts_of_a_description_change_and_the_rest_stays() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = described(&agent).await;
    jira.requests();
    let edits = json!([{"old": "Last.", "new": "Last, not **least**."}]);
    agent.ok("update_issue", json!({"issue": key, "edits": edits})).await;
    let path = format!("/rest/api/3/issue/{key}");
    assert_eq!(jira.requests(), [format!("GET {path}"), format!("PUT {path}")]);
    let text = agent.ok("get_issue", json!({"issue": key})).await.data["description"].to_string();
    assert!(text.contains("Mind the gap.") && text.contains("Last, not **least**."), "{text}");
    let nowhere = json!([{"old": "Frist.", "new": "x"}]);
    let text = agent.refused("update_issue", json!({"issue": key, "edits": nowhere})).await;
    assert!(text.contains("not found"), "{text}");
}

#[tokio::test]
async fn a_description_that_has_changed_since_it_was_read_is_not_written_over() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = described(&agent).await;
    let stale = json!({"issue": key, "description": "Mine.", "version": "0000"});
    let text = agent.refused("update_issue", stale).await;
    assert!(text.contains("has changed since version 0000") && text.contains("Mind the gap."), "{text}");
    let version = text.split("Version ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    agent.ok("update_issue", json!({"issue": key, "description": "Mine.", "version": version})).await;
}

/// A change that somebody else makes to a field between our read and our write.
fn meanwhile(jira: &Jira, method: &str, key: &str, field: &'static str, words: &'static str) {
    let other = jira.info().users[1].account_id.clone();
    let issue = key.to_owned();
    jira.sandbox.meanwhile(method, &format!("/issue/{key}"), move |world| {
        let id = world.issue(&issue).unwrap().id;
        world.set_field(&other, id, field, Some(Text::Doc(paragraph(words))));
    });
}

#[tokio::test]
async fn whose_change_was_written_over_is_told_with_what_was_lost() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = described(&agent).await;
    let other = jira.info().users[1].name.clone();
    jira.requests();
    meanwhile(&jira, "PUT", &key, "description", "Theirs, and gone.");
    let edits = json!([{"old": "Last.", "new": "Ours."}]);
    let answer = agent.ok("update_issue", json!({"issue": key, "edits": edits})).await;
    let warning = answer.data["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.contains(&format!("Description was changed by {other} at ")), "{warning}");
    assert!(warning.ends_with("Theirs, and gone."), "{warning}");
    let path = format!("/rest/api/3/issue/{key}");
    assert_eq!(jira.requests(), [format!("GET {path}"), format!("PUT {path}")], "it costs no request");

    // Another field's change at that time, or one before the read, is nobody's loss.
    meanwhile(&jira, "PUT", &key, "environment", "A lab.");
    let edits = json!([{"old": "Ours.", "new": "Ours again."}]);
    let answer = agent.ok("update_issue", json!({"issue": key, "edits": edits})).await;
    assert_eq!(answer.data["warnings"], Value::Null, "{}", answer.text);

    meanwhile(&jira, "PUT", &key, "environment", "Another lab.");
    let fields = json!({"Environment": "Production"});
    let answer = agent.ok("update_issue", json!({"issue": key, "fields": fields})).await;
    assert!(answer.text.contains("Environment was changed by") && answer.text.contains("Another lab."));
}
