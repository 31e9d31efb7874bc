//! Boards and sprints.

use serde_json::json;

use crate::allow_list::containers;
use crate::support::Jira;

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
