//! The metadata that tells a model which fields can be written.

use serde_json::{Value, json};

use crate::support::Jira;

fn named<'a>(fields: &'a Value, name: &str) -> &'a Value {
    let found = fields["fields"].as_array().unwrap().iter().find(|field| field["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {fields}"))
}

#[tokio::test]
async fn create_fields_tell_how_each_value_is_written() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let answer = agent.ok("get_create_fields", json!({"project": "demo", "type": "bug"})).await;
    assert_eq!(answer.data["fields"][0]["name"], "Summary", "the required ones come first");
    assert_eq!(answer.data["fields"][0]["required"], true);
    for (name, value) in [
        ("Description", "Markdown"),
        ("Due date", "YYYY-MM-DD"),
        ("Story Points", "number"),
        ("Sprint", "sprint name or id"),
        ("Area", "Parent > Child"),
        ("Reviewers", "list of people"),
        ("Time tracking", "duration such as 2h 30m"),
    ] {
        assert_eq!(named(&answer.data, name)["value"], value, "{name}");
    }
    assert_eq!(named(&answer.data, "Severity")["allowed"], json!(["Critical", "Major", "Minor", "Cosmetic"]));
    assert_eq!(named(&answer.data, "Priority")["default"], "Medium");
    assert!(named(&answer.data, "Area")["allowed"].as_array().unwrap().contains(&json!("Checkout > Cart")));
}

#[tokio::test]
async fn one_field_and_its_values_can_be_asked_for() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let arguments = json!({"issue": "DEMO-5", "field": "area", "query": "SEARCH"});
    let answer = agent.ok("get_edit_fields", arguments).await;
    assert_eq!(answer.data["fields"].as_array().unwrap().len(), 1);
    assert_eq!(answer.data["fields"][0]["allowed"], json!(["Catalog > Search"]));
    let text = agent.refused("get_edit_fields", json!({"issue": "DEMO-5", "field": "Severty"})).await;
    assert!(text.contains("Severity"), "{text}");
}

#[tokio::test]
async fn issue_types_tell_their_level() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let answer = agent.ok("list_issue_types", json!({"project": "DEMO"})).await;
    for (name, level) in [("Epic", "epic"), ("Bug", "standard"), ("Subtask", "subtask")] {
        let types = answer.data["issue_types"].as_array().unwrap();
        assert!(
            types.iter().any(|kind| kind["name"] == name && kind["level"] == level),
            "{name}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_project_outside_the_allowed_ones_shows_nothing() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    for (tool, arguments) in [
        ("list_issue_types", json!({"project": "OPS"})),
        ("get_create_fields", json!({"project": "OPS", "type": "Incident"})),
        ("get_edit_fields", json!({"issue": "OPS-1"})),
        ("list_transitions", json!({"issue": "OPS-1"})),
    ] {
        assert!(agent.refused(tool, arguments).await.contains("Only these are open: DEMO"), "{tool}");
    }
}
