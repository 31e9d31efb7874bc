//! People.

use serde_json::json;

use crate::support::Jira;

#[tokio::test]
async fn whoami_says_account_zone_and_site() {
    let jira = Jira::start().await;
    let me = jira.agent().await.ok("get_myself", json!({})).await;
    assert_eq!(me.data["email"], jira.info().email);
    assert_eq!(me.data["site"], format!("{}/", jira.info().url));
    assert!(me.data["time_zone"].as_str().unwrap().contains('/'), "{}", me.text);
    assert!(me.data.get("projects").is_none());
    let walled = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await.ok("get_myself", json!({})).await;
    assert_eq!(walled.data["projects"], json!(["DEMO"]));
}

#[tokio::test]
async fn a_person_is_found_by_every_name_and_candidates_are_named() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let user = &jira.info().users[1];
    for given in [&user.name, &user.email, &user.account_id] {
        let found = agent.ok("get_user", json!({"user": given})).await;
        assert_eq!(found.data["account_id"], user.account_id, "{given}");
        assert_eq!(found.data["name"], user.name, "{given}");
    }
    let text = agent.refused("get_user", json!({"user": "Nobody Atall"})).await;
    assert!(text.contains("No user fits `Nobody Atall`"), "{text}");
}

#[tokio::test]
async fn people_are_searched_on_the_site_and_among_the_assignable() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let user = &jira.info().users[1];
    let word = user.name.split(' ').next().unwrap();
    let found = agent.ok("search_users", json!({"query": word})).await;
    let names: Vec<_> = found.data["users"].as_array().unwrap().iter().map(|user| &user["name"]).collect();
    assert!(names.contains(&&json!(user.name)), "{}", found.text);
    for place in [json!({"project": "demo"}), json!({"issue": "DEMO-1"})] {
        let found = agent.ok("search_users", place.clone()).await;
        assert!(!found.data["users"].as_array().unwrap().is_empty(), "{place}");
    }
    let text = agent.refused("search_users", json!({})).await;
    assert!(text.contains("Give `query`"), "{text}");

    let first = agent.ok("search_users", json!({"project": "DEMO", "limit": 2})).await;
    let cursor = &first.data["next_cursor"];
    let second = agent.ok("search_users", json!({"project": "DEMO", "limit": 2, "cursor": cursor})).await;
    assert_ne!(first.data["users"], second.data["users"]);
    assert!(!second.data["users"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_account_that_may_not_browse_users_is_told_so_instead_of_nobody() {
    let jira = Jira::start().await;
    let (mut told, someone) = (0, &jira.info().users[0]);
    for user in &jira.info().users {
        let agent =
            jira.agent_with(&[("JIRA_EMAIL", &user.email), ("JIRA_API_TOKEN", &user.api_token)]).await;
        let answer = agent.call("search_users", json!({"query": "a"})).await;
        let empty = answer.data["users"].as_array().is_some_and(Vec::is_empty);
        assert!(!empty, "{} finds nobody: {}", user.name, answer.text);
        if answer.is_error {
            let text = agent.refused("get_user", json!({"user": someone.name})).await;
            assert!(text.contains("Browse users and groups"), "{}: {text}", user.name);
        }
        told += usize::from(answer.is_error && answer.text.contains("Browse users and groups"));
    }
    assert!(told > 0, "at least one account of the sandbox may not browse users");
}
