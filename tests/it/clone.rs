//! Copying issues.

use serde_json::{Value, json};

use crate::support::{Agent, Jira};

async fn bug(agent: &Agent) -> String {
    let arguments = json!({
        "project": "DEMO", "type": "Bug", "summary": "Cart total is wrong", "description": "Two **items**, one price.",
        "labels": ["a"], "components": ["Cart"], "assignee": "Lars", "parent": "DEMO-3",
        "fields": {"Severity": "Major", "Area": "Checkout > Cart", "Sprint": "current", "Reviewers": ["me"],
            "Original estimate": "2h"},
    });
    agent.ok("create_issue", arguments).await.data["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_copy_has_the_fields_of_its_original_and_a_link_to_it() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = bug(&agent).await;
    let copy = agent
        .ok(
            "clone_issue",
            json!({"issue": key, "summary": "Once more", "fields": {"Severity": "Minor", "labels": null}}),
        )
        .await;
    let new = copy.data["key"].as_str().unwrap();
    assert_eq!(copy.data["link"], format!("{new} clones {key}"));
    assert_eq!(copy.data["not_copied"], Value::Null, "{}", copy.text);
    let read = async |key: &str| agent.ok("get_issue", json!({"issue": key})).await.data;
    let (original, new) = (read(&key).await, read(new).await);
    for name in ["type", "description", "components", "assignee", "parent", "priority", "time"] {
        assert_eq!(original[name], new[name], "{name}");
    }
    for name in ["Area", "Sprint", "Reviewers"] {
        assert_eq!(original["fields"][name], new["fields"][name], "{name}");
    }
    assert_eq!((&new["summary"], &new["fields"]["Severity"]), (&json!("Once more"), &json!("Minor")));
    assert_eq!(new["labels"], Value::Null);
}

#[tokio::test]
async fn what_another_project_cannot_hold_is_told() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let arguments = json!({
        "project": "DEMO", "type": "Task", "summary": "Move me", "components": ["Cart"], "fields": {"Story Points": 3},
    });
    let key = agent.ok("create_issue", arguments).await.data["key"].as_str().unwrap().to_owned();
    let copy = agent.ok("clone_issue", json!({"issue": key, "project": "BIZ"})).await;
    assert!(copy.data["key"].as_str().unwrap().starts_with("BIZ-"), "{}", copy.text);
    let left_out: Vec<&str> =
        copy.data["not_copied"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(left_out.contains(&"Components") && left_out.contains(&"Story Points"), "{}", copy.text);
}

#[tokio::test]
async fn the_wall_holds_for_the_original_and_for_the_copy() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    for arguments in [json!({"issue": "OPS-1"}), json!({"issue": "DEMO-5", "project": "OPS"})] {
        assert!(agent.refused("clone_issue", arguments).await.contains("Only these are open: DEMO"));
    }
}
