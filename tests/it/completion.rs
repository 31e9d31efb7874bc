//! Completions in prompts and resources.

use jira_sandbox::{Fault, Trouble};
use serde_json::{Value, json};

use crate::support::Jira;
use crate::support::wire::{ERAS, Era, Wire};

async fn open(jira: &Jira, settings: &[(&str, &str)], era: Era) -> Wire {
    Wire::open(jira.config(settings), era, json!({})).await
}

fn of_prompt(name: &str) -> Value {
    json!({"type": "ref/prompt", "name": name})
}

fn of_resource(uri: &str) -> Value {
    json!({"type": "ref/resource", "uri": uri})
}

async fn complete(wire: &mut Wire, reference: Value, argument: (&str, &str), given: Value) -> Value {
    let (name, value) = argument;
    let request = json!({"ref": reference, "argument": {"name": name, "value": value}, "context": {"arguments": given}});
    let reply = wire.ask("completion/complete", request).await;
    assert!(reply["result"]["completion"]["values"].is_array(), "{reply}");
    reply["result"]["completion"].clone()
}

fn values(completion: &Value) -> Vec<&str> {
    completion["values"].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_kind_of_argument_is_completed() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        let demo = json!({"project": "DEMO"});
        let none = json!({});
        let person = jira.info().users[1].name.clone();
        let first_name = person.split(' ').next().unwrap();
        let (board, sprint) = jira.sandbox.with_world(|world| {
            let running = world.sprints.values().find(|sprint| sprint.complete.is_none()).unwrap();
            (running.board.to_string(), running.name.clone())
        });
        let board_name = jira.sandbox.with_world(|world| {
            world.boards.values().find(|b| b.id.to_string() == board).unwrap().name.clone()
        });
        for (reference, argument, given, expected) in [
            (of_prompt("standup"), ("project", "de"), &none, "DEMO"),
            (of_prompt("standup"), ("person", first_name), &none, person.as_str()),
            (of_prompt("standup"), ("person", ""), &demo, "me"),
            (of_prompt("sprint_review"), ("sprint", &sprint[..3]), &demo, sprint.as_str()),
            (of_prompt("triage_bugs"), ("status", "to"), &demo, "To Do"),
            (of_prompt("triage_bugs"), ("status", "prog"), &none, "In Progress"),
            (of_prompt("triage_bugs"), ("jql", "priority = Hi"), &demo, "priority = High"),
            (of_prompt("triage_bugs"), ("jql", "labels = x AND compo"), &demo, "labels = x AND component"),
            (of_prompt("triage_bugs"), ("jql", "project = de"), &none, "project = DEMO"),
            (of_prompt("release_notes"), ("version", "2"), &demo, "2.5"),
            (of_prompt("split_epic"), ("epic", "DEMO-"), &none, "DEMO-2"),
            (of_prompt("split_epic"), ("epic", "guest"), &none, "DEMO-3"),
            (of_resource("jira://issue/{key}"), ("key", "demo-1"), &none, "DEMO-12"),
            (of_resource("jira://issue/{key}"), ("key", ""), &none, "DEMO-"),
            (of_resource("jira://project/{key}"), ("key", "O"), &none, "OPS"),
            (of_resource("jira://board/{id}/sprint"), ("id", ""), &none, board.as_str()),
            (of_resource("jira://board/{id}/sprint"), ("id", board_name.as_str()), &none, board.as_str()),
        ] {
            let completion = complete(&mut wire, reference.clone(), argument, given.clone()).await;
            let found = values(&completion);
            let fits =
                |value: &&str| *value == expected || (expected == "DEMO-" && value.starts_with(expected));
            assert!(found.iter().any(fits), "{reference} {argument:?}: {completion}");
        }
    }
}

#[tokio::test]
async fn what_was_chosen_before_narrows_what_can_follow() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, &[], Era::Stateless).await;
    for argument in ["version", "project"] {
        let completion =
            complete(&mut wire, of_prompt("release_notes"), (argument, ""), json!({"project": "BIZ"})).await;
        assert!(!values(&completion).contains(&"2.5"), "{completion}");
    }
    let without = complete(&mut wire, of_prompt("release_notes"), ("version", "2"), json!({})).await;
    assert!(values(&without).is_empty());
    let epics = complete(&mut wire, of_prompt("split_epic"), ("epic", "DEMO-1"), json!({})).await;
    assert!(values(&epics).contains(&"DEMO-1") && !values(&epics).contains(&"DEMO-10"), "{epics}");
}

#[tokio::test]
async fn there_are_at_most_a_hundred_and_it_says_whether_more() {
    let jira = Jira::start().await;
    let mut wire = open(&jira, &[], Era::Handshake).await;
    let key = of_resource("jira://issue/{key}");
    let many = complete(&mut wire, key.clone(), ("key", ""), json!({})).await;
    assert_eq!(values(&many).len(), 100);
    assert_eq!(many["hasMore"], true);
    let few = complete(&mut wire, of_resource("jira://project/{key}"), ("key", ""), json!({})).await;
    assert_eq!(few["hasMore"], false);
    assert_eq!(few["total"].as_u64().unwrap(), values(&few).len() as u64);
}

#[tokio::test]
async fn nothing_outside_the_wall_is_offered() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[("JIRA_PROJECTS", "BIZ")], era).await;
        let demo = json!({"project": "DEMO"});
        for (reference, argument, given) in [
            (of_prompt("standup"), ("project", ""), json!({})),
            (of_prompt("standup"), ("project", "DEMO"), json!({})),
            (of_prompt("sprint_review"), ("sprint", ""), demo.clone()),
            (of_prompt("triage_bugs"), ("status", ""), demo.clone()),
            (of_prompt("release_notes"), ("version", ""), demo.clone()),
            (of_prompt("triage_bugs"), ("jql", "project = "), json!({})),
            (of_prompt("triage_bugs"), ("jql", "fixVersion = "), json!({})),
            (of_prompt("triage_bugs"), ("jql", "component = "), json!({})),
            (of_resource("jira://issue/{key}"), ("key", "DEMO-"), json!({})),
            (of_resource("jira://issue/{key}"), ("key", ""), json!({})),
            (of_resource("jira://board/{id}/sprint"), ("id", ""), json!({})),
        ] {
            let completion = complete(&mut wire, reference.clone(), argument, given).await;
            let outside =
                |value: &&str| value.contains("DEMO") || value.contains("OPS") || value.contains("2.5");
            assert!(!values(&completion).iter().any(outside), "{reference} {argument:?} {completion}");
        }
        let boards =
            complete(&mut wire, of_resource("jira://board/{id}/sprint"), ("id", ""), json!({})).await;
        let inside: Vec<String> = jira.sandbox.with_world(|world| {
            let inside = |project| world.projects.get(project).is_some_and(|project| project.key == "BIZ");
            world
                .boards
                .values()
                .filter(|board| inside(&board.project))
                .map(|board| board.id.to_string())
                .collect()
        });
        assert_eq!(values(&boards), inside);
    }
}

#[tokio::test]
async fn what_cannot_be_completed_is_no_fault() {
    for era in ERAS {
        let jira = Jira::start().await;
        let mut wire = open(&jira, &[], era).await;
        for (reference, argument) in [
            (of_prompt("nothing"), ("project", "D")),
            (of_prompt("standup"), ("nothing", "D")),
            (of_prompt("standup"), ("since", "-1")),
            (of_resource("jira://nothing/{key}"), ("key", "D")),
            (of_resource("jira://issue/{key}"), ("key", "NONE-1")),
            (of_resource("jira://issue/{key}"), ("key", "\")) OR (project = x")),
            (of_prompt("triage_bugs"), ("jql", "nonsense = ")),
        ] {
            let completion = complete(&mut wire, reference.clone(), argument, json!({})).await;
            assert!(values(&completion).is_empty(), "{reference} {argument:?} {completion}");
        }
        // That Jira fails is told.
        jira.sandbox.fail(Fault::new(
            "GET",
            "/project/search",
            Trouble::Answer { status: 403, body: String::new(), content_type: None, retry_after: None },
        ));
        let request = json!({"ref": of_prompt("standup"), "argument": {"name": "project", "value": "x"}});
        assert!(wire.ask("completion/complete", request).await["error"]["message"].is_string());
    }
}
