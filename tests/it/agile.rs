//! Boards and sprints.

use jira_sandbox::world::BoardKind;
use serde_json::{Value, json};

use crate::allow_list::containers;
use crate::support::{Agent, Jira};

/// The names of all rows of a list, read page after page.
async fn names(agent: &Agent, tool: &str, rows: &str, mut arguments: Value) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let page = agent.ok(tool, arguments.clone()).await.data;
        names.extend(
            page[rows].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        match page.get("next_cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => return names,
        }
    }
}

#[tokio::test]
async fn boards_are_found_by_project_and_name_page_after_page() {
    let jira = Jira::start().await;
    for project in ["DEMO", "OPS"] {
        jira.sandbox.with_world(|world| containers(world, project));
    }
    let all: Vec<String> =
        jira.sandbox.with_world(|world| world.boards.values().map(|board| board.name.clone()).collect());
    for (projects, arguments, expected) in [
        ("", json!({"limit": 1}), all.clone()),
        ("", json!({"name": "plann", "limit": 1}), vec!["Planning".to_owned(); 2]),
        ("", json!({"name": "plann", "project": "ops"}), vec!["Planning".to_owned()]),
        ("DEMO", json!({"name": "plann", "limit": 1}), vec!["Planning".to_owned()]),
    ] {
        let agent = jira.agent_with(&[("JIRA_TOOLSETS", "agile"), ("JIRA_PROJECTS", projects)]).await;
        assert_eq!(names(&agent, "list_boards", "boards", arguments.clone()).await, expected, "{arguments}");
    }
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "agile"), ("JIRA_PROJECTS", "DEMO")]).await;
    assert!(agent.refused("list_boards", json!({"project": "OPS"})).await.contains("outside the projects"));
}

#[tokio::test]
async fn sprints_are_found_by_board_and_by_project() {
    let jira = Jira::start().await;
    let (inside, outside) =
        jira.sandbox.with_world(|world| (containers(world, "DEMO"), containers(world, "OPS")));
    let kanban = jira.sandbox.with_world(|world| {
        world.boards.values().find(|board| board.kind == BoardKind::Kanban).map(|board| board.id)
    });
    let open = jira.agent_with(&[("JIRA_TOOLSETS", "agile")]).await;
    let planned = ["Planned sprint"];
    for (arguments, expected) in [
        (json!({"board": outside.board}), planned.as_slice()),
        (json!({"board": outside.board, "states": ["closed", "active"]}), &[]),
        (json!({"project": "ops", "states": ["future"]}), &planned),
    ] {
        assert_eq!(names(&open, "list_sprints", "sprints", arguments.clone()).await, expected, "{arguments}");
    }
    let whole = names(&open, "list_sprints", "sprints", json!({"project": "DEMO"})).await;
    assert!(whole.len() > 1, "{whole:?}");
    assert_eq!(names(&open, "list_sprints", "sprints", json!({"project": "DEMO", "limit": 1})).await, whole);

    let text = open.refused("list_sprints", json!({"board": kanban.unwrap()})).await;
    assert!(text.contains("does not support sprints"), "{text}");
    for neither_or_both in [json!({}), json!({"board": inside.board, "project": "DEMO"})] {
        let text = open.refused("list_sprints", neither_or_both).await;
        assert!(text.contains("Give either `board` or `project`."), "{text}");
    }
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "agile"), ("JIRA_PROJECTS", "DEMO")]).await;
    agent.ok("list_sprints", json!({"board": inside.board})).await;
    for other in [json!({"board": outside.board}), json!({"project": "OPS"})] {
        assert!(agent.refused("list_sprints", other).await.contains("outside the projects"));
    }
}

#[tokio::test]
async fn a_sprint_of_another_projects_board_is_refused_by_its_id() {
    let jira = Jira::start().await;
    let (inside, outside) =
        jira.sandbox.with_world(|world| (containers(world, "DEMO"), containers(world, "OPS")));
    let agent = jira.agent_with(&[("JIRA_PROJECTS", "DEMO")]).await;
    let in_sprint = |id: u64| json!({"issue": "DEMO-1", "fields": {"Sprint": id}});
    agent.ok("update_issue", in_sprint(inside.sprint)).await;
    let text = agent.refused("update_issue", in_sprint(outside.sprint)).await;
    assert!(text.contains(&format!("`sprint {}` is outside the projects", outside.sprint)), "{text}");
}
