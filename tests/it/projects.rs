//! Projects.

use serde_json::json;

use crate::support::Jira;

#[tokio::test]
async fn projects_are_listed_searched_and_paged() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let keys = |data: &serde_json::Value| -> Vec<String> {
        let rows = data["projects"].as_array().unwrap();
        rows.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
    };
    let all = agent.ok("list_projects", json!({})).await;
    assert_eq!(keys(&all.data), ["BIZ", "DEMO", "OPS"]);
    assert_eq!(all.data["total"], 3);
    let shop = agent.ok("list_projects", json!({"query": "demo"})).await;
    assert_eq!(keys(&shop.data), ["DEMO"]);
    assert_eq!(agent.ok("list_projects", json!({"query": "zzz"})).await.data["total"], 0);

    let mut seen = Vec::new();
    let mut arguments = json!({"limit": 1});
    while seen.len() < 4 {
        let page = agent.ok("list_projects", arguments.clone()).await;
        seen.extend(keys(&page.data));
        let Some(cursor) = page.data.get("next_cursor") else { break };
        arguments["cursor"] = cursor.clone();
    }
    assert_eq!(seen, ["BIZ", "DEMO", "OPS"]);
    let text = agent.refused("list_projects", json!({"query": "x", "cursor": arguments["cursor"]})).await;
    assert!(text.contains("`cursor` belongs to other arguments"), "{text}");
}

#[tokio::test]
async fn a_project_is_found_by_key_in_any_case_by_id_and_by_name() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let (id, name) = jira.sandbox.with_world(|world| {
        let project = world.projects.values().find(|project| project.key == "DEMO").unwrap();
        (project.id.to_string(), project.name.clone())
    });
    let reference = agent.ok("get_project", json!({"project": "DEMO"})).await;
    for project in ["demo", &id, &name, &name.to_lowercase()] {
        assert_eq!(
            agent.ok("get_project", json!({"project": project})).await.data,
            reference.data,
            "{project}"
        );
    }
    let text = agent.refused("get_project", json!({"project": "DEMOO"})).await;
    assert!(text.contains("No project fits `DEMOO`; use one of: ") && text.contains("DEMO ("), "{text}");
}

#[tokio::test]
async fn a_project_says_what_its_issues_can_be_made_of() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    jira.requests();
    let project = agent.ok("get_project", json!({"project": "DEMO"})).await;
    assert_eq!(jira.requests().last().unwrap(), "GET /rest/api/3/project/DEMO");
    for member in ["key", "name", "type", "lead", "url", "issue_types", "components", "versions", "roles"] {
        assert!(project.data.get(member).is_some(), "{member}: {}", project.text);
    }
    assert!(project.data.get("statuses").is_none());
    let all = agent.ok("get_project", json!({"project": "DEMO", "include": "statuses"})).await;
    assert!(all.data["statuses"][0]["statuses"].as_array().unwrap().contains(&json!("Done")), "{}", all.text);
}

#[tokio::test]
async fn projects_outside_the_wall_are_not_there() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO,BIZ")]).await;
    let list = agent.ok("list_projects", json!({})).await;
    assert_eq!(list.data["total"], 2);
    assert!(!list.text.contains("OPS"), "{}", list.text);
    let ops = jira.sandbox.with_world(|world| {
        world.projects.values().find(|project| project.key == "OPS").unwrap().id.to_string()
    });
    for project in ["OPS", "ops", &ops] {
        let text = agent.refused("get_project", json!({"project": project})).await;
        assert!(text.contains("outside the projects"), "{project}: {text}");
    }
    let text = agent.refused("get_project", json!({"project": "Shop Operations"})).await;
    assert!(text.contains("DEMO") && !text.contains("OPS"), "{text}");
}
