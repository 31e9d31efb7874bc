//! The prompts: each names calls that work as they stand, and only of tools that are on.

use serde_json::{Value, json};

use crate::support::wire::{ERAS, Era, Wire, text};
use crate::support::{Jira, tokens};

const PROMPTS: [&str; 5] = ["standup", "sprint_review", "triage_bugs", "release_notes", "split_epic"];

async fn open(jira: &Jira, settings: &[(&str, &str)], era: Era) -> Wire {
    Wire::open(jira.config(settings), era, json!({})).await
}

/// Arguments with which a prompt makes sense in the seeded world.
fn sensible(prompt: &str) -> Value {
    match prompt {
        "standup" => json!({"project": "demo", "since": "-30d"}),
        "sprint_review" => json!({"project": "DEMO"}),
        "triage_bugs" => json!({"project": "DEMO", "jql": "priority != Lowest"}),
        "release_notes" => json!({"project": "DEMO", "version": "2.4"}),
        "split_epic" => json!({"epic": "demo-2"}),
        other => panic!("{other}: say in this test what its arguments may be"),
    }
}

async fn names(wire: &mut Wire) -> Vec<String> {
    let list = wire.ask("prompts/list", json!({})).await;
    let prompts = list["result"]["prompts"].as_array().unwrap();
    prompts.iter().map(|prompt| prompt["name"].as_str().unwrap().to_owned()).collect()
}

async fn prompt(wire: &mut Wire, name: &str, arguments: Value) -> String {
    let reply = wire.ask("prompts/get", json!({"name": name, "arguments": arguments})).await;
    assert_eq!(reply["result"]["messages"][0]["role"], "user", "{name}: {reply}");
    reply["result"]["messages"][0]["content"]["text"].as_str().unwrap().to_owned()
}

/// The calls that a text names, as `tool` `{arguments}`.
fn calls(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split('`').collect();
    let named = parts.windows(3).filter(|three| three[1] == " " && three[2].starts_with('{'));
    named.map(|three| (three[0].to_owned(), three[2].to_owned())).collect()
}

#[tokio::test]
async fn each_call_that_a_prompt_names_works() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        assert_eq!(names(&mut wire).await, PROMPTS);
        for name in PROMPTS {
            let words = prompt(&mut wire, name, sensible(name)).await;
            assert!(tokens(&words) <= 450, "{name} costs {} tokens", tokens(&words));
            let calls = calls(&words);
            assert!(calls.len() >= 2, "{name}: {words}");
            let mut key = "DEMO-10".to_owned();
            for (tool, arguments) in calls {
                let arguments =
                    arguments.replace("KEY", &key).replace("OTHER", "DEMO-11").replace("WORDS", "search");
                let result = wire.call(&tool, serde_json::from_str(&arguments).unwrap()).await;
                assert_eq!(result["isError"], false, "{name}: {tool} {arguments}: {}", text(&result));
                if let Some(first) = result["structuredContent"]["issues"][0]["key"].as_str() {
                    first.clone_into(&mut key);
                }
            }
        }
    }
}

#[tokio::test]
async fn the_first_call_of_each_finds_something_in_the_sandbox() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, &[], Era::Stateless).await;
    for name in PROMPTS.iter().filter(|name| **name != "split_epic") {
        let words = prompt(&mut wire, name, sensible(name)).await;
        let (tool, arguments) = calls(&words).remove(0);
        let result = wire.call(&tool, serde_json::from_str(&arguments).unwrap()).await;
        assert!(
            result["structuredContent"]["issues"][0].is_object(),
            "{name}: {arguments} {}",
            text(&result)
        );
    }
}

#[tokio::test]
async fn people_and_names_are_understood_as_in_tools() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, &[], Era::Handshake).await;
    let somebody = &jira.info().users[1];
    let words = prompt(&mut wire, "standup", json!({"person": somebody.name})).await;
    assert!(words.contains(&somebody.account_id), "{words}");
    assert!(prompt(&mut wire, "standup", json!({})).await.contains("currentUser()"));
    let odd = prompt(&mut wire, "sprint_review", json!({"project": "DEMO", "sprint": "A \"B\" C"})).await;
    let (tool, arguments) = calls(&odd).remove(0);
    let arguments: Value = serde_json::from_str(&arguments).unwrap();
    assert_eq!(tool, "search_issues");
    assert!(arguments["jql"].as_str().unwrap().contains(r#"sprint = "A \"B\" C""#), "{arguments}");
}

#[tokio::test]
async fn prompts_name_only_tools_that_are_on() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[("JIRA_READ_ONLY", "true")], era).await;
        let tools = wire.ask("tools/list", json!({})).await;
        let on: Vec<&str> = tools["result"]["tools"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tool| tool["name"].as_str().unwrap())
            .collect();
        for name in names(&mut wire).await {
            let words = prompt(&mut wire, &name, sensible(&name)).await;
            for (tool, _) in calls(&words) {
                assert!(on.contains(&tool.as_str()), "{name} names {tool}");
            }
        }
        assert!(prompt(&mut wire, "split_epic", sensible("split_epic")).await.contains("Change nothing"));
        let mut wire = open(&jira, &[("JIRA_TOOLS", "get_issue")], era).await;
        assert_eq!(names(&mut wire).await, ["split_epic"]);
        let off = wire.ask("prompts/get", json!({"name": "standup"})).await;
        assert_eq!(off["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_words() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[("JIRA_PROJECTS", "OPS")], era).await;
        for (name, arguments, words) in [
            ("nothing", json!({}), "There is no prompt `nothing`"),
            ("sprint_review", json!({}), "`project` is missing"),
            ("sprint_review", json!({"project": " "}), "`project` is missing"),
            ("standup", json!({"projekt": "OPS"}), "There is no argument `projekt`"),
            ("standup", json!({"project": "DEMO"}), "outside the projects"),
            ("split_epic", json!({"epic": "DEMO-2"}), "outside the projects"),
            ("split_epic", json!({"epic": "the first"}), "is no issue"),
            ("standup", json!({"person": "Nobody Nowhere"}), "No user fits"),
        ] {
            let reply = wire.ask("prompts/get", json!({"name": name, "arguments": arguments})).await;
            assert_eq!(reply["error"]["code"], -32602, "{name} {arguments}: {reply}");
            assert!(
                reply["error"]["message"].as_str().unwrap().contains(words),
                "{name} {arguments}: {reply}"
            );
        }
    }
}
