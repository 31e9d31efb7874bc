//! Moving issues.

use serde_json::json;

use crate::support::{Agent, Jira};

async fn story(agent: &Agent) -> String {
    let arguments = json!({"project": "DEMO", "type": "Story", "summary": "Pay by invoice"});
    agent.ok("create_issue", arguments).await.data["key"].as_str().unwrap().to_owned()
}

async fn status(agent: &Agent, key: &str) -> String {
    agent.ok("get_issue", json!({"issue": key})).await.data["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_issue_moves_by_the_name_of_a_status_in_two_requests() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    jira.requests();
    let answer = agent.ok("transition_issue", json!({"issue": key, "to": "in progress"})).await;
    let path = format!("/rest/api/3/issue/{key}/transitions");
    assert_eq!(jira.requests(), [format!("GET {path}"), format!("POST {path}")]);
    assert_eq!(answer.data["status"], "In Progress");
    assert_eq!(status(&agent, &key).await, "In Progress");
}

#[tokio::test]
async fn a_transition_is_known_by_its_own_name_and_id_too() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    for by in ["name", "id"] {
        let key = story(&agent).await;
        let list = agent.ok("list_transitions", json!({"issue": key})).await;
        let start = list.data["transitions"].as_array().unwrap();
        let start = start.iter().find(|way| way["to"] == "In Progress").unwrap();
        agent.ok("transition_issue", json!({"issue": key, "to": start[by]})).await;
        assert_eq!(status(&agent, &key).await, "In Progress");
    }
}

#[tokio::test]
async fn an_impossible_move_is_answered_with_the_possible_ones() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    let text = agent.refused("transition_issue", json!({"issue": key, "to": "In Review"})).await;
    assert!(text.contains(&format!("Cannot move {key} from To Do to In Review; possible: ")), "{text}");
    assert!(text.contains("(In Progress)"), "{text}");
    let text = agent.refused("transition_issue", json!({"issue": key, "to": "To do"})).await;
    assert!(text.contains("is in To Do already"), "{text}");
}

#[tokio::test]
async fn required_fields_of_the_screen_are_named_with_their_values_and_set_in_the_call() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    for to in ["In Progress", "In Review"] {
        agent.ok("transition_issue", json!({"issue": key, "to": to})).await;
    }
    jira.requests();
    let text = agent.refused("transition_issue", json!({"issue": key, "to": "Done"})).await;
    assert!(text.contains("`Finish`, which requires Resolution (one of: "), "{text}");
    assert!(text.contains("`Close without work`"), "{text}");
    let text = agent.refused("transition_issue", json!({"issue": key, "to": "Finish"})).await;
    assert!(text.contains("Required field missing: Resolution (one of: "), "{text}");
    let requests = jira.requests();
    assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
    let done = json!({"issue": key, "to": "finish", "fields": {"resolution": "done"}, "comment": "Shipped, **finally**."});
    let answer = agent.ok("transition_issue", done).await;
    assert_eq!(answer.data["set"]["Resolution"], "Done", "{}", answer.text);
    let issue = agent.ok("get_issue", json!({"issue": key, "include": ["comments"]})).await;
    assert_eq!((&issue.data["status"], &issue.data["resolution"]), (&json!("Done"), &json!("Done")));
    assert!(issue.text.contains("Shipped"), "{}", issue.text);
}

#[tokio::test]
async fn a_comment_is_made_also_where_the_transition_has_no_screen() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    let answer =
        agent.ok("transition_issue", json!({"issue": key, "to": "In Progress", "comment": "On it."})).await;
    assert_eq!(answer.data["comment"], "added");
    let comments = agent.ok("list_comments", json!({"issue": key})).await;
    assert!(comments.text.contains("On it."), "{}", comments.text);
}

#[tokio::test]
async fn a_field_that_is_not_on_the_screen_is_refused_before_the_move() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    let arguments = json!({"issue": key, "to": "In Progress", "fields": {"Priority": "High"}});
    let text = agent.refused("transition_issue", arguments).await;
    assert!(text.contains("Priority cannot be set with"), "{text}");
    assert_eq!(status(&agent, &key).await, "To Do");
}

#[tokio::test]
async fn what_somebody_may_not_do_is_not_offered() {
    let jira = Jira::start().await;
    let key = story(&jira.agent().await).await;
    let reader = jira.info().users.last().unwrap();
    let agent =
        jira.agent_with(&[("JIRA_EMAIL", &reader.email), ("JIRA_API_TOKEN", &reader.api_token)]).await;
    let text = agent.refused("transition_issue", json!({"issue": key, "to": "In Progress"})).await;
    let hidden = text.contains("does not exist or you do not have permission");
    assert!(hidden || text.contains("no transition is open to this account"), "{text}");
}

#[tokio::test]
async fn a_search_sees_the_move_at_once() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let key = story(&agent).await;
    agent.ok("transition_issue", json!({"issue": key, "to": "In Progress"})).await;
    let jql = format!("key = {key} AND status = \"In Progress\"");
    let found = agent.ok("search_issues", json!({"jql": jql})).await;
    assert_eq!(found.data["issues"][0]["key"], key, "{}", found.text);
}
