//! Issues, projects and running sprints as resources: the same text as the tools, within the same gates.

use std::time::Duration;

use mcp_server_jira::config::Config;
use serde_json::{Value, json};

use crate::support::Jira;
use crate::support::wire::{ERAS, Era, Wire, text};

async fn open(jira: &Jira, settings: &[(&str, &str)], era: Era) -> Wire {
    Wire::open(jira.config(settings), era, json!({})).await
}

async fn read(wire: &mut Wire, uri: &str) -> Value {
    wire.ask("resources/read", json!({ "uri": uri })).await
}

fn contents(reply: &Value) -> &str {
    reply["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {reply}"))
}

/// The addresses of a list.
fn uris(reply: &Value, list: &str, member: &str) -> Vec<String> {
    let items = reply["result"][list].as_array().unwrap_or_else(|| panic!("no {list} in {reply}"));
    items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

fn scrum_board(jira: &Jira) -> u64 {
    jira.sandbox.with_world(|world| world.sprints.values().next().unwrap().board)
}

#[tokio::test]
async fn a_resource_is_what_the_tool_says() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        for (uri, tool, arguments) in [
            ("jira://issue/DEMO-1", "get_issue", json!({"issue": "DEMO-1"})),
            ("jira://project/DEMO", "get_project", json!({"project": "DEMO"})),
        ] {
            let expected = wire.call(tool, arguments).await;
            let reply = read(&mut wire, uri).await;
            assert_eq!(contents(&reply), text(&expected), "{uri}");
            assert_eq!(reply["result"]["contents"][0]["uri"], uri);
        }
        let sprint = format!("jira://board/{}/sprint", scrum_board(&jira));
        let reply = read(&mut wire, &sprint).await;
        let running =
            wire.call("search_issues", json!({"jql": "sprint in openSprints()", "limit": 100})).await;
        let keys = running["structuredContent"]["issues"].as_array().unwrap();
        assert!(!keys.is_empty());
        for issue in keys {
            assert!(contents(&reply).contains(issue["key"].as_str().unwrap()), "{issue} {reply}");
        }
    }
}

#[tokio::test]
async fn hints_say_how_long_a_resource_is_good_and_for_whom() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, &[], Era::Stateless).await;
    let issue = read(&mut wire, "jira://issue/DEMO-1").await;
    let project = read(&mut wire, "jira://project/DEMO").await;
    let ttl = |reply: &Value| reply["result"]["ttlMs"].as_u64().unwrap();
    assert!(0 < ttl(&issue) && ttl(&issue) < ttl(&project));
    assert_eq!(issue["result"]["cacheScope"], "private");
    let list = wire.ask("resources/list", json!({})).await;
    assert_eq!(list["result"]["cacheScope"], "private");
    let templates = wire.ask("resources/templates/list", json!({})).await;
    assert_eq!(templates["result"]["cacheScope"], "public");
    let mut older = open(&jira, &[], Era::Handshake).await;
    let issue = read(&mut older, "jira://issue/DEMO-1").await;
    assert!(issue["result"].get("ttlMs").is_none() && issue["result"].get("cacheScope").is_none());
}

#[tokio::test]
async fn the_list_begins_with_what_is_the_callers_own() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        let mine =
            json!({"jql": "assignee = currentUser() AND statusCategory != Done ORDER BY updated DESC"});
        let mine = wire.call("search_issues", mine).await;
        let list = wire.ask("resources/list", json!({})).await;
        let listed = uris(&list, "resources", "uri");
        let first = mine["structuredContent"]["issues"][0]["key"].as_str().unwrap();
        assert_eq!(listed[0], format!("jira://issue/{first}"));
        assert!(listed.contains(&"jira://project/DEMO".to_owned()), "{listed:?}");
        assert!(listed.len() <= 70);
        for uri in [&listed[0], listed.last().unwrap()] {
            assert!(!contents(&read(&mut wire, uri).await).is_empty());
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_as_each_era_says_it() {
    for (era, code) in ERAS.into_iter().zip([-32002, -32602]) {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        for uri in [
            "jira://issue/DEMO-99999",
            "jira://project/NONE",
            "jira://board/99999/sprint",
            "jira://issue/nonsense",
            "jira://nothing",
            "https://example.com/DEMO-1",
        ] {
            let reply = read(&mut wire, uri).await;
            assert_eq!(reply["error"]["code"], code, "{uri} {reply}");
            assert_eq!(reply["error"]["data"]["uri"], uri);
        }
    }
}

#[tokio::test]
async fn gates_and_the_wall_hold_for_resources() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[("JIRA_PROJECTS", "OPS")], era).await;
        let list = wire.ask("resources/list", json!({})).await;
        let listed = uris(&list, "resources", "uri");
        assert!(listed.contains(&"jira://project/OPS".to_owned()), "{listed:?}");
        assert!(listed.iter().all(|uri| uri.contains("OPS")), "{listed:?}");
        let sprint = format!("jira://board/{}/sprint", scrum_board(&jira));
        let (there, missing) = (sprint.as_str(), "jira://board/99999/sprint");
        for uri in ["jira://issue/DEMO-1", "jira://project/DEMO", there, missing] {
            let reply = read(&mut wire, uri).await;
            let words = reply["error"]["message"].as_str().unwrap_or_else(|| panic!("{uri} {reply}"));
            assert!(words.contains("outside the projects"), "{uri} {words}");
        }

        let mut wire = open(&jira, &[("JIRA_TOOLS", "get_project")], era).await;
        let templates = wire.ask("resources/templates/list", json!({})).await;
        assert_eq!(uris(&templates, "resourceTemplates", "uriTemplate"), ["jira://project/{key}"]);
        for uri in ["jira://issue/DEMO-1", there] {
            assert!(
                read(&mut wire, uri).await["error"]["message"].as_str().unwrap().contains("switched off")
            );
        }
        let list = wire.ask("resources/list", json!({})).await;
        assert!(uris(&list, "resources", "uri").iter().all(|uri| uri.starts_with("jira://project/")));
    }
}

#[tokio::test]
async fn who_is_not_signed_in_has_no_resources_yet() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[("JIRA_API_TOKEN", "")], era).await;
        let list = wire.ask("resources/list", json!({})).await;
        assert_eq!(uris(&list, "resources", "uri"), [""; 0]);
        let reply = read(&mut wire, "jira://issue/DEMO-1").await;
        assert!(reply["error"]["message"].as_str().unwrap().contains("JIRA_API_TOKEN"), "{reply}");
    }
}

/// The settings, with looks that come quickly.
fn quick(jira: &Jira) -> Config {
    let mut config = jira.config(&[]);
    config.poll = Duration::from_millis(40);
    config
}

/// Waits until Jira was asked for this issue once more.
async fn looked_at(jira: &Jira, key: &str) {
    jira.requests();
    while !jira.requests().iter().any(|request| request.ends_with(key)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn subscribe(wire: &mut Wire, uri: &str) -> u64 {
    match wire.era {
        Era::Handshake => {
            let reply = wire.ask("resources/subscribe", json!({ "uri": uri })).await;
            assert!(reply.get("result").is_some(), "{reply}");
            0
        }
        Era::Stateless => {
            let filter = json!({"notifications": {"resourceSubscriptions": [uri, "jira://nothing"]}});
            let id = wire.send("subscriptions/listen", filter).await;
            let granted = wire.next("notifications/subscriptions/acknowledged").await;
            assert_eq!(granted["params"]["notifications"]["resourceSubscriptions"], json!([uri]));
            id
        }
    }
}

#[tokio::test]
async fn who_watches_an_issue_hears_of_its_changes_until_it_is_enough() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = Wire::open(quick(&jira), era, json!({})).await;
        let id = subscribe(&mut wire, "jira://issue/DEMO-1").await;
        looked_at(&jira, "/DEMO-1").await;
        let change = json!({"issue": "DEMO-1", "summary": "Watched"});
        jira.agent().await.ok("update_issue", change).await;
        let update = wire.next("notifications/resources/updated").await;
        assert_eq!(update["params"]["uri"], "jira://issue/DEMO-1");
        if era == Era::Stateless {
            assert_eq!(update["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], id);
        }
        assert!(contents(&read(&mut wire, "jira://issue/DEMO-1").await).contains("Watched"));

        match era {
            Era::Handshake => {
                wire.ask("resources/unsubscribe", json!({"uri": "jira://issue/DEMO-1"})).await;
            }
            Era::Stateless => wire.notify("notifications/cancelled", json!({"requestId": id})).await,
        }
        // Another subscription goes on, and by its looks the time passes; the first is looked at no more.
        subscribe(&mut wire, "jira://issue/DEMO-2").await;
        looked_at(&jira, "/DEMO-2").await;
        jira.requests();
        looked_at(&jira, "/DEMO-2").await;
        looked_at(&jira, "/DEMO-2").await;
        let after = jira.requests();
        assert!(!after.iter().any(|request| request.ends_with("/DEMO-1")), "{after:?}");
    }
}

#[tokio::test]
async fn looking_ends_when_the_client_goes() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = Wire::open(quick(&jira), era, json!({})).await;
        subscribe(&mut wire, "jira://issue/DEMO-1").await;
        looked_at(&jira, "/DEMO-1").await;
        drop(wire);
        // Looks that were under way come to their end; then there is silence.
        let mut silent = 0;
        while silent < 10 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            silent = if jira.requests().is_empty() { silent + 1 } else { 0 };
        }
    }
}

#[tokio::test]
async fn there_is_an_end_to_what_one_client_may_watch() {
    let jira = Jira::start().await;
    let mut older = open(&jira, &[], Era::Handshake).await;
    for n in 1..=32 {
        subscribe(&mut older, &format!("jira://issue/DEMO-{n}")).await;
    }
    let reply = older.ask("resources/subscribe", json!({"uri": "jira://issue/DEMO-33"})).await;
    assert!(reply["error"]["message"].as_str().unwrap().contains("32 resources"), "{reply}");
    let missing = json!({"uri": "jira://issue/DEMO-99999"});
    let mut other = open(&jira, &[], Era::Handshake).await;
    assert_eq!(other.ask("resources/subscribe", missing).await["error"]["code"], -32002);

    let mut newer = open(&jira, &[], Era::Stateless).await;
    let uris: Vec<String> = (1..=40).map(|n| format!("jira://issue/DEMO-{n}")).collect();
    newer.send("subscriptions/listen", json!({"notifications": {"resourceSubscriptions": uris}})).await;
    let granted = newer.next("notifications/subscriptions/acknowledged").await;
    let granted = granted["params"]["notifications"]["resourceSubscriptions"].as_array().unwrap().len();
    assert_eq!(granted, 32);
}
