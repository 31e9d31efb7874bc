//! Creating issues: what a caller writes, what Jira is asked, what comes of it.

use serde_json::{Value, json};

use crate::support::{Jira, tokens};

/// The numeric account id of the seeded world's Lars.
fn account(jira: &Jira, name: &str) -> String {
    let user = jira.info().users.iter().find(|user| user.name.starts_with(name));
    user.unwrap_or_else(|| panic!("no {name}")).account_id.clone()
}

#[tokio::test]
async fn names_become_what_jira_takes_and_the_answer_says_what_was_set() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let answer = agent
        .ok(
            "create_issue",
            json!({
                "project": "demo", "type": "bug", "summary": "Cart total is wrong",
                "description": "Two **items**, one price.", "assignee": "Lars", "priority": "high",
                "labels": ["checkout"], "components": ["cart"], "fix_versions": ["2.4"], "due_date": "2026-12-01",
                "fields": {
                    "Story Points": "5", "severity": "MAJOR", "Area": "Checkout > Cart", "Platforms": ["web", "iOS"],
                    "Original estimate": "2h 30m", "Sprint": "current", "Reviewers": ["me", "lars.ostergaard@example.com"],
                },
            }),
        )
        .await;
    let set = &answer.data["set"];
    for (name, expected) in [
        ("Summary", json!("Cart total is wrong")),
        ("Assignee", json!("Lars Østergaard")),
        ("Priority", json!("High")),
        ("Labels", json!(["checkout"])),
        ("Components", json!(["Cart"])),
        ("Fix versions", json!(["2.4"])),
        ("Due date", json!("2026-12-01")),
        ("Story Points", json!(5)),
        ("Severity", json!("Major")),
        ("Area", json!("Checkout > Cart")),
        ("Platforms", json!(["Web", "iOS"])),
        ("Reviewers", json!(["Ana Ribeiro", "Lars Østergaard"])),
    ] {
        assert_eq!(set[name], expected, "{name} in {}", answer.text);
    }
    assert!(set["Sprint"][0].as_str().unwrap().ends_with("(active)"), "{}", answer.text);
    assert!(set["Time tracking"].as_str().unwrap().contains("2h 30m"), "{}", answer.text);
    assert_eq!(answer.data["not_applied"], Value::Null);
    let key = answer.data["key"].as_str().unwrap();
    assert!(answer.data["url"].as_str().unwrap().ends_with(&format!("/browse/{key}")));
    let stored = agent.ok("get_issue", json!({"issue": key})).await;
    assert_eq!(stored.data["type"], "Bug");
}

#[tokio::test]
async fn with_warm_metadata_and_people_by_id_it_takes_two_requests_and_few_tokens() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let arguments = json!({
        "project": "DEMO", "type": "Bug", "summary": "Search finds nothing for umlauts",
        "description": "Steps, expected, actual.", "assignee": account(&jira, "Lars"), "priority": "High",
        "labels": ["search"],
    });
    agent.ok("create_issue", arguments.clone()).await;
    jira.requests();
    let answer = agent.ok("create_issue", arguments).await;
    let requests = jira.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert_eq!(requests[0], "POST /rest/api/3/issue");
    assert!(requests[1].starts_with("GET /rest/api/3/issue/"), "{requests:?}");
    println!("figure: create_issue answers in {} tokens (at most 80)", tokens(&answer.text));
    assert!(tokens(&answer.text) <= 80, "{} tokens: {}", tokens(&answer.text), answer.text);
}

#[tokio::test]
async fn what_cannot_be_resolved_is_refused_with_what_could_be_before_anything_is_sent() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let table: [(Value, &[&str]); 14] = [
        (json!({"project": "DEMOO"}), &["No project fits `DEMOO`", "DEMO (Demo Shop)"]),
        (json!({"type": "Bugg"}), &["No issue type fits `Bugg`", "Bug; Subtask"]),
        (json!({"type": "Subtask"}), &["Required field missing: Parent (issue key)"]),
        (
            json!({"assignee": "Larsson"}),
            &["No user fits `Assignee: Larsson`", "Lars Østergaard <lars.ostergaard@example.com>"],
        ),
        (
            json!({"priority": "urgent"}),
            &["No priority fits `Priority: urgent`", "Highest; High; Medium; Low; Lowest"],
        ),
        (json!({"components": ["Kart"]}), &["No component fits `Components: Kart`", "Cart"]),
        (json!({"labels": ["two words"]}), &["`two words`", "no spaces"]),
        (json!({"due_date": "tomorrow"}), &["Due date takes YYYY-MM-DD, not \"tomorrow\""]),
        (json!({"summary": "two\nlines"}), &["Summary is a single line"]),
        (json!({"parent": "nowhere"}), &["Parent: `nowhere` is no issue"]),
        (json!({"fields": {"Severety": "High"}}), &["No field fits `Severety`", "Severity"]),
        (
            json!({"fields": {"Area": "Checkout > Basket"}}),
            &["`Area: Checkout > Basket`", "Cart; Payment; Shipping"],
        ),
        (json!({"fields": {"Resolution": "Done"}}), &["Resolution cannot be set on creating a Bug in DEMO"]),
        (json!({"fields": {"status": "Done"}}), &["transition_issue"]),
    ];
    for (change, expected) in table {
        let mut arguments = json!({"project": "DEMO", "type": "Bug", "summary": "Never to be"});
        let Value::Object(change) = change else { unreachable!() };
        arguments.as_object_mut().unwrap().extend(change);
        let text = agent.refused("create_issue", arguments.clone()).await;
        for part in expected {
            assert!(text.contains(part), "{arguments}: {text}");
        }
        let requests = jira.requests();
        assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
    }
    // All problems come at once.
    let both = json!({"project": "DEMO", "type": "Bug", "summary": "x", "priority": "no", "fields": {"Severity": "no"}});
    let text = agent.refused("create_issue", both).await;
    assert!(text.contains("Priority: no") && text.contains("Severity: no"), "{text}");
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_refused() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let arguments = json!({
        "project": "DEMO", "type": "Bug", "summary": "x", "due_date": "2026-12-01", "fields": {"Due date": "2026-12-02"}
    });
    assert!(agent.refused("create_issue", arguments).await.contains("Due date is given twice"));
}

#[tokio::test]
async fn a_new_issue_is_found_at_once() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let created = agent
        .ok("create_issue", json!({"project": "BIZ", "type": "Task", "summary": "Zebra crossing"}))
        .await;
    let found = agent.ok("search_issues", json!({"jql": "project = BIZ AND summary ~ zebra"})).await;
    assert_eq!(found.data["issues"][0]["key"], created.data["key"], "{}", found.text);
}

#[tokio::test]
async fn the_wall_holds_for_projects_and_parents() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    let outside = json!({"project": "OPS", "type": "Incident", "summary": "x"});
    assert!(agent.refused("create_issue", outside).await.contains("Only these are open: DEMO"));
    let parent = json!({"project": "DEMO", "type": "Subtask", "summary": "x", "parent": "OPS-1"});
    assert!(agent.refused("create_issue", parent).await.contains("outside the projects"));
    let requests = jira.requests();
    assert!(!requests.iter().any(|request| request.starts_with("POST ")), "{requests:?}");
}
