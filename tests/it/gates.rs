//! The operator's gates: a tool that is switched off stays off, however it is asked for.

use serde_json::json;

use crate::support::{Agent, Jira};

async fn names(agent: &Agent) -> Vec<String> {
    agent.client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned()).collect()
}

#[tokio::test]
async fn read_only_hides_what_writes_and_refuses_it_when_called_directly() {
    let jira = Jira::start().await;
    let agent = jira
        .agent_with(&[("JIRA_READ_ONLY", "true"), ("JIRA_TOOLS", "create_issue"), ("JIRA_TOOLSETS", "all")])
        .await;
    let tools = agent.client.list_all_tools().await.unwrap();
    assert!(tools.iter().all(|tool| tool.annotations.as_ref().unwrap().read_only_hint == Some(true)));
    assert!(tools.iter().any(|tool| tool.name == "search_issues"));
    let text =
        agent.refused("create_issue", json!({"project": "DEMO", "type": "Task", "summary": "x"})).await;
    assert!(text.contains("read-only"), "{text}");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn toolsets_tools_and_exclusions_make_the_list_and_the_rest_is_refused() {
    let jira = Jira::start().await;
    let agent = jira
        .agent_with(&[
            ("JIRA_TOOLSETS", "comments"),
            ("JIRA_TOOLS", "jira_get_issue"),
            ("JIRA_EXCLUDE_TOOLS", "delete_comment"),
        ])
        .await;
    let mut list = names(&agent).await;
    list.sort();
    assert_eq!(list, ["add_comment", "get_issue", "list_comments", "update_comment"]);
    let text = agent.refused("delete_comment", json!({"issue": "DEMO-1", "comment": "1"})).await;
    assert!(text.contains("switched off"), "{text}");
    assert!(jira.requests().is_empty());
}

/// Calls that would lead out of `--projects`, and what must not come out of them.
#[tokio::test]
async fn the_wall_around_projects_holds_for_every_way_to_name_something_outside() {
    let jira = Jira::start().await;
    let everything = jira.agent().await;
    let outside = everything.ok("search_issues", json!({"jql": "project = OPS", "limit": 1})).await;
    let key = outside.data["issues"][0]["key"].as_str().unwrap().to_owned();
    let id = jira.sandbox.with_world(|world| world.issue(&key).unwrap().id.to_string());
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "demo"), ("JIRA_TOOLSETS", "all")]).await;

    for issue in [key.clone(), key.to_lowercase(), id, format!("{}/browse/{key}", jira.info().url)] {
        for tool in [
            "get_issue",
            "list_changes",
            "list_comments",
            "list_transitions",
            "list_remote_links",
            "list_worklogs",
            "get_edit_fields",
        ] {
            let text = agent.refused(tool, json!({"issue": issue})).await;
            assert!(text.contains("outside the projects"), "{tool} {issue}: {text}");
        }
    }
    jira.requests();
    for (tool, arguments) in [
        ("update_issue", json!({"issue": key, "summary": "x"})),
        ("delete_issue", json!({"issue": key})),
        ("clone_issue", json!({"issue": key})),
        ("clone_issue", json!({"issue": "DEMO-1", "project": "OPS"})),
        ("transition_issue", json!({"issue": key, "to": "Done"})),
        ("add_comment", json!({"issue": key, "body": "x"})),
        ("add_worklog", json!({"issue": key, "spent": "1h"})),
        ("update_worklog", json!({"issue": key, "worklog": "10000", "spent": "1h"})),
        ("delete_worklog", json!({"issue": key, "worklog": "10000"})),
        ("link_issues", json!({"issue": "DEMO-1", "relation": "blocks", "targets": key})),
        ("link_issues", json!({"issue": key, "relation": "blocks", "targets": "DEMO-1"})),
        ("add_remote_link", json!({"issue": key, "url": "https://example.com", "title": "x"})),
        ("create_issue", json!({"project": "OPS", "type": "Task", "summary": "x"})),
        ("create_issue", json!({"project": "DEMO", "type": "Sub-task", "summary": "x", "parent": key})),
        ("update_issue", json!({"issue": "DEMO-1", "parent": key})),
        ("update_issue", json!({"issue": "DEMO-1", "fields": {"Epic Link": key}})),
        ("search_users", json!({"issue": key})),
        ("search_users", json!({"project": "OPS"})),
        ("get_project", json!({"project": "OPS"})),
        ("list_issue_types", json!({"project": "OPS"})),
        ("get_create_fields", json!({"project": "OPS", "type": "Task"})),
    ] {
        let text = agent.refused(tool, arguments.clone()).await;
        assert!(text.contains("outside the projects"), "{tool} {arguments}: {text}");
    }
    let writes: Vec<String> =
        jira.requests().into_iter().filter(|r| !r.starts_with("GET ") && !r.contains("/search")).collect();
    assert_eq!(writes, Vec::<String>::new());
}

#[tokio::test]
async fn whether_something_outside_exists_is_not_told() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    for (tool, there, not_there) in [
        ("get_issue", json!({"issue": "OPS-1"}), json!({"issue": "OPS-99999"})),
        ("add_comment", json!({"issue": "OPS-1", "body": "x"}), json!({"issue": "XYZ-1", "body": "x"})),
        ("get_project", json!({"project": "OPS"}), json!({"project": "XYZ"})),
    ] {
        let (there, not_there) = (agent.refused(tool, there).await, agent.refused(tool, not_there).await);
        let same = |text: &str| text.replace("OPS-1", "?").replace("OPS-99999", "?").replace("XYZ-1", "?");
        let same = |text: &str| same(text).replace("OPS", "?").replace("XYZ", "?");
        assert_eq!(same(&there), same(&not_there), "{tool}");
    }
    // Within the wall, what is not there is told as such.
    let text = agent.refused("get_issue", json!({"issue": "DEMO-99999"})).await;
    assert!(text.contains("does not exist"), "{text}");
}

#[tokio::test]
async fn queries_stay_inside_the_wall_whatever_they_say() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    for jql in [
        "project = OPS",
        "project = DEMO OR project = OPS",
        "project in (OPS, BIZ) OR (project = DEMO AND (project = OPS OR status = Done))",
        "NOT project = DEMO",
        "updated >= -1000d ORDER BY created",
        "",
        "order by key",
    ] {
        let list = agent.ok("search_issues", json!({"jql": jql, "limit": 100})).await;
        for issue in list.data["issues"].as_array().unwrap() {
            assert!(issue["key"].as_str().unwrap().starts_with("DEMO-"), "{jql}: {issue}");
        }
    }
    for jql in [
        "project = DEMO) OR (project = OPS",
        "project = DEMO) OR project = OPS ORDER BY (key",
        "summary ~ \"x",
    ] {
        let text = agent.refused("search_issues", json!({"jql": jql})).await;
        assert!(text.contains("cannot be read"), "{jql}: {text}");
    }
    let inside = jira.agent().await.ok("count_issues", json!({"jql": "project = DEMO"})).await;
    let all = agent.ok("count_issues", json!({"jql": "updated >= -3650d"})).await;
    assert_eq!(all.data["count"], inside.data["count"]);
}

#[tokio::test]
async fn what_is_linked_outside_shows_as_a_count_only() {
    let jira = Jira::start().await;
    let everything = jira.agent().await;
    let linked = everything.ok("search_issues", json!({"jql": "project = OPS", "limit": 1})).await;
    let outside = linked.data["issues"][0]["key"].as_str().unwrap().to_owned();
    everything.ok("link_issues", json!({"issue": "DEMO-1", "relation": "blocks", "targets": outside})).await;
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    let shown = agent
        .ok("get_issue", json!({"issue": "DEMO-1", "include": ["links", "history", "subtasks", "comments"]}))
        .await;
    assert!(!shown.text.contains(&outside), "{}", shown.text);
    assert!(shown.text.contains("outside"), "{}", shown.text);
    let projects = agent.ok("list_projects", json!({})).await;
    assert!(!projects.text.contains("OPS") && projects.text.contains("DEMO"), "{}", projects.text);
}
