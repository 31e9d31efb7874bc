//! Headers take away from what the operator allows, and never add to it.

use mcp_server_jira::config::Flags;
use mcp_server_jira::http::IdentityFrom;
use serde_json::json;

use super::Team;
use crate::support::Jira;

#[tokio::test]
async fn a_request_can_narrow_its_tools() {
    let team = Team::of_one_account().await;
    let list = |name: &'static str, value: &'static str| {
        team.ask().header(name, value).modern("tools/list", json!({}))
    };
    let all = team.ask().modern("tools/list", json!({})).send().await.tools();
    let reading = list("jira-read-only", "true").send().await;
    assert_eq!(reading.message()["result"]["cacheScope"], "private");
    let reading = reading.tools();
    assert!(reading.len() < all.len() && reading.contains(&"get_issue".to_owned()));
    assert!(!reading.contains(&"create_issue".to_owned()));
    assert_eq!(list("jira-read-only", "false").send().await.tools(), all);
    let users = list("jira-toolsets", "users").send().await.tools();
    assert!(users.contains(&"get_myself".to_owned()) && !users.contains(&"get_issue".to_owned()));

    let create = json!({"project": "DEMO", "type": "Task", "summary": "No"});
    let refused = team.ask().header("jira-read-only", "1").call("create_issue", create).send().await;
    assert!(refused.told().contains("read-only"), "{}", refused.text);
    let hidden = team.ask().header("jira-toolsets", "users").call("get_issue", json!({"issue": "DEMO-1"}));
    assert!(hidden.send().await.told().contains("switched off"));

    for (name, value) in [
        ("jira-read-only", "ture"),
        ("jira-toolsets", "no_such"),
        ("jira-toolsets", ","),
        ("jira-projects", ""),
        ("jira-projects", "DEMO\" OR project = \"OPS"),
    ] {
        assert_eq!(list(name, value).send().await.status, 400, "{name}: {value}");
    }
    let twice = team.ask().header("jira-projects", "DEMO").header("jira-projects", "OPS");
    assert_eq!(twice.modern("tools/list", json!({})).send().await.status, 400);
}

#[tokio::test]
async fn what_a_request_takes_away_is_not_completed_either() {
    let team = Team::of_one_account().await;
    let complete = |reference: serde_json::Value, argument: &str, toolsets: &str| {
        let argument = json!({"name": argument, "value": "D"});
        team.ask()
            .header("jira-toolsets", toolsets)
            .modern("completion/complete", json!({"ref": reference, "argument": argument}))
    };
    for (reference, argument) in [
        (json!({"type": "ref/prompt", "name": "standup"}), "project"),
        (json!({"type": "ref/resource", "uri": "jira://project/{key}"}), "key"),
    ] {
        let on = complete(reference.clone(), argument, "default").send().await.message();
        assert_eq!(on["result"]["completion"]["values"], json!(["DEMO"]), "{on}");
        team.jira.requests();
        let off = complete(reference, argument, "users").send().await.message();
        assert_eq!(off["result"]["completion"]["values"], json!([]), "{off}");
        assert!(team.jira.requests().is_empty());
    }
}

#[tokio::test]
async fn a_request_can_narrow_its_projects_and_widens_nothing() {
    let flags = Flags {
        read_only: true,
        projects: Some("DEMO,OPS".into()),
        toolsets: Some("issues".into()),
        ..Flags::default()
    };
    let team = Team::with_flags(Jira::start().await, &flags, |settings| {
        settings.identity = IdentityFrom::Request;
    })
    .await;
    let read = |headers: &[(&str, &str)], issue: &str| {
        let ask = headers.iter().fold(team.ask_as("Ana"), |ask, (name, value)| ask.header(name, value));
        ask.call("get_issue", json!({"issue": issue}))
    };
    assert_eq!(read(&[], "OPS-1").send().await.data()["key"], "OPS-1");
    assert_eq!(read(&[("jira-projects", "demo")], "DEMO-1").send().await.data()["key"], "DEMO-1");
    let outside = read(&[("jira-projects", "DEMO")], "OPS-1").send().await;
    assert!(outside.told().contains("outside the projects"), "{}", outside.text);
    // BIZ is behind the operator's wall, whatever a request asks for.
    assert!(read(&[("jira-projects", "BIZ,DEMO")], "BIZ-1").send().await.told().contains("outside"));
    assert_eq!(read(&[("jira-projects", "BIZ")], "BIZ-1").send().await.status, 403);

    let wider = team
        .ask_as("Ana")
        .header("jira-read-only", "false")
        .header("jira-toolsets", "all")
        .modern("tools/list", json!({}))
        .send()
        .await
        .tools();
    assert!(wider.contains(&"get_issue".to_owned()));
    assert!(!wider.iter().any(|tool| ["create_issue", "get_myself"].contains(&tool.as_str())), "{wider:?}");
}
