//! The words on a sign-in for people in remote clients: never to set a variable or to run a command on the server.

use jira_sandbox::{Fault, Trouble};
use serde_json::json;

use super::Team;
use crate::support::{Jira, http};
use mcp_server_jira::config::{Config, Flags};
use mcp_server_jira::http::{Settings, start};
use mcp_server_jira::tools::CATALOGUE;

/// Words that only people at the server's machine could act upon.
const LOCAL: [&str; 6] = ["JIRA_", "restart", "Restart", "auth login", "auth switch", "--"];

async fn refused(team: &Team, name: Option<&str>) -> String {
    let ask = name.map_or_else(|| team.ask(), |name| team.ask_as(name));
    let reply = ask.call("search_issues", json!({"jql": "project = DEMO", "limit": 1})).send().await;
    assert_eq!(reply.message()["result"]["isError"], true, "{}", reply.text);
    let text = reply.message()["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(LOCAL.iter().all(|local| !text.contains(local)), "{text}");
    text
}

#[tokio::test]
async fn a_token_of_ones_own_that_ends_is_to_be_sent_anew() {
    let team = Team::of_many().await;
    team.ask_as("Ana")
        .call("search_issues", json!({"jql": "project = DEMO", "limit": 1}))
        .send()
        .await
        .data();
    team.jira.sandbox.expire_token(&team.account("Ana").api_token);
    let text = refused(&team, Some("Ana")).await;
    assert!(text.contains("took this API token earlier and refuses it now"), "{text}");
    assert!(text.contains("in `Authorization`") && text.contains("api-tokens"), "{text}");
}

#[tokio::test]
async fn a_scope_that_ones_own_token_lacks_is_named() {
    let team = Team::of_many().await;
    team.ask_as("Ana")
        .call("search_issues", json!({"jql": "project = DEMO", "limit": 1}))
        .send()
        .await
        .data();
    let body = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.to_owned();
    let lacking = Trouble::Answer { status: 401, body, content_type: None, retry_after: None };
    team.jira.sandbox.fail(Fault::new("POST", "/rest/api/3/search/jql", lacking));
    let text = refused(&team, Some("Ana")).await;
    assert!(text.contains("lacks a scope") && text.contains("read:jira-work"), "{text}");
    assert!(text.contains("in `Authorization`"), "{text}");
}

#[tokio::test]
async fn what_is_wrong_with_the_servers_account_is_the_operators_to_mend() {
    let team = Team::of_one_account().await;
    team.ask().call("search_issues", json!({"jql": "project = DEMO", "limit": 1})).send().await.data();
    team.jira.sandbox.expire_token(&team.jira.info().api_token);
    let text = refused(&team, None).await;
    assert!(text.contains("refuses it now") && text.contains("Ask the operator of this server"), "{text}");
}

#[tokio::test]
async fn a_server_without_an_account_says_so_without_its_variables() {
    let jira = Jira::start().await;
    let config =
        Config::load(&Flags::default(), |name| jira.variable(name).filter(|_| name != "JIRA_API_TOKEN"));
    let settings = Settings { address: "0".into(), ..Settings::default() };
    let running = start(config.unwrap(), &CATALOGUE, &settings).await.unwrap();
    let team = Team { jira, running, http: http() };
    let text = refused(&team, None).await;
    assert!(text.contains("has no Jira account") && text.contains("Ask its operator"), "{text}");
}
