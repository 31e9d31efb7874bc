//! However much an issue holds, a result keeps within its bound, and says what it left out.

use jira_sandbox::world::Value as Stored;
use jira_sandbox::{Fault, Trouble};
use mcp_server_jira::render;
use serde_json::{Value, json};

use crate::catalog::every_entry;
use crate::support::{Answer, Jira, tokens};

const BOUND: usize = 12_000;

fn document(text: &str) -> Value {
    let paragraphs = text
        .split("\n\n")
        .map(|text| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]}));
    json!({"type": "doc", "version": 1, "content": paragraphs.collect::<Vec<_>>()})
}

/// An issue with more of everything than any result has room for; gives its key and description.
fn giant(jira: &Jira) -> (String, String) {
    let paragraphs: Vec<String> =
        (0..400).map(|n| format!("第{n}段 {}", "漢字の説明文".repeat(12))).collect();
    let description = paragraphs.join("\n\n");
    let me = jira.info().users[0].account_id.clone();
    let key = jira.sandbox.with_world(|world| {
        let id = world.issue("DEMO-20").unwrap().id;
        let others: Vec<_> =
            world.issues.values().filter(|issue| issue.key.starts_with("DEMO-")).map(|i| i.id).collect();
        let blocks = *world.link_types.keys().next().unwrap();
        for other in others.into_iter().filter(|other| *other != id) {
            world.link(&me, blocks, id, other);
        }
        for n in 0..150 {
            world.add_attachment(
                &me,
                id,
                &format!("スクリーンショット-{n:03}-von-gestern.png"),
                "image/png",
                vec![0],
            );
        }
        for n in 0..30 {
            let started = world.clock.now() - jiff::Span::new().hours(100 - n);
            let note = document(&"作業の記録".repeat(200));
            world.add_worklog(&me, id, started, 3600 + 60 * n, Some(note));
            world.add_comment(&me, id, document(&format!("{n}: {}", "長い話".repeat(5_000))), None);
        }
        world.set_field(&me, id, "description", Some(Stored::Doc(document(&description))));
        world.issue("DEMO-20").unwrap().key.clone()
    });
    (key, description)
}

fn hold(answer: &Answer) {
    for text in [&answer.text, &answer.data.to_string()] {
        assert!(render::tokens(text) <= BOUND, "{} tokens", render::tokens(text));
    }
}

#[tokio::test]
async fn an_issue_with_much_of_everything_keeps_within_the_bound_and_counts_the_rest() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let (key, _) = giant(&jira);
    let all = ["comments", "links", "subtasks", "attachments", "history", "transitions", "worklogs"];
    let answer = agent.ok("get_issue", json!({"issue": key, "include": all})).await;
    hold(&answer);
    let more = answer.data["more"].as_str().unwrap();
    for section in ["comments 30 (", "links ", "attachments 150 (", "worklogs 30 (", "history "] {
        assert!(more.contains(section), "{section}: {more}");
    }
    for section in all.iter().filter(|section| **section != "subtasks") {
        assert!(!answer.data[*section].as_array().unwrap().is_empty(), "{section}");
    }
    assert!(answer.data["next_offset"].is_u64());
    // The newest, of which Jira sends none with the issue.
    assert_eq!(answer.data["worklogs"][0]["spent"], "1h 29m");
    assert!(answer.data["comments"][0]["body"].as_str().unwrap().ends_with("characters are not shown]"));
}

#[tokio::test]
async fn a_long_description_is_read_whole_in_parts() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let (key, description) = giant(&jira);
    let (mut whole, mut offset) = (String::new(), Value::Null);
    loop {
        let part = agent.ok("get_issue", json!({"issue": key, "offset": offset})).await;
        hold(&part);
        whole.push_str(part.data["description"].as_str().unwrap());
        offset = part.data["next_offset"].clone();
        if offset.is_null() {
            break;
        }
    }
    assert_eq!(whole.trim(), description);
    // In its raw form it is whole or not at all.
    let text = agent.refused("get_issue", json!({"issue": key, "format": "adf"})).await;
    assert!(text.contains("read it as Markdown"), "{text}");
}

#[tokio::test]
async fn listings_of_long_texts_keep_within_the_bound() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "all")]).await;
    let (key, _) = giant(&jira);
    let comments = agent.ok("list_comments", json!({"issue": key, "limit": 100})).await;
    hold(&comments);
    assert!(comments.text.contains("characters are not shown]"), "{}", comments.text);
    assert!(comments.data["next_cursor"].is_string());
    let worklogs = agent.ok("list_worklogs", json!({"issue": key, "limit": 100})).await;
    hold(&worklogs);
    assert!(worklogs.data["next_cursor"].is_string());
    let found = agent
        .ok("search_issues", json!({"jql": format!("key = {key}"), "fields": ["description", "comment"]}))
        .await;
    hold(&found);
}

#[tokio::test]
async fn no_result_of_any_tool_goes_beyond_the_bound() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "all")]).await;
    let (key, _) = giant(&jira);
    for entry in every_entry() {
        hold(&agent.call(&entry.name, entry.example.clone()).await);
        let mut arguments = entry.example.clone();
        if entry.name != "delete_issue" && arguments.get("issue").is_some() {
            arguments["issue"] = key.as_str().into();
            hold(&agent.call(&entry.name, arguments).await);
        }
    }
}

#[tokio::test]
async fn the_children_of_an_epic_are_found_whatever_fields_are_asked_for() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let epic = jira.sandbox.with_world(|world| {
        let parent = world.issues.values().find_map(jira_sandbox::world::Issue::parent).unwrap();
        world.issues[&parent].key.clone()
    });
    let all = agent.ok("get_issue", json!({"issue": epic, "include": ["subtasks"]})).await;
    let few =
        agent.ok("get_issue", json!({"issue": epic, "include": ["subtasks"], "fields": ["summary"]})).await;
    assert!(!all.data["subtasks"].as_array().unwrap().is_empty());
    assert_eq!(all.data["subtasks"], few.data["subtasks"]);
}

#[tokio::test]
async fn a_cursor_is_short_enough_to_be_repeated() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    // Searches look at what was written lately, and keep that in mind from page to page.
    for n in 0..12 {
        let arguments = json!({"project": "DEMO", "type": "Task", "summary": format!("Task {n}")});
        agent.ok("create_issue", arguments).await;
    }
    let page = agent.ok("search_issues", json!({"jql": "project = DEMO ORDER BY key", "limit": 30})).await;
    let cursor = page.data["next_cursor"].as_str().unwrap();
    assert!(tokens(cursor) <= 80, "{}", tokens(cursor));
}

fn answer(body: String) -> Trouble {
    Trouble::Answer { status: 200, body, content_type: Some("application/json".into()), retry_after: None }
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_refused_by_its_size() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let large = answer(format!("{{\"key\": \"{}\"}}", "x".repeat(33 << 20)));
    jira.sandbox.fail(Fault::new("GET", "/rest/api/3/issue/DEMO-1", large));
    let text = agent.refused("get_issue", json!({"issue": "DEMO-1"})).await;
    assert!(text.contains("it is larger than 32 MiB"), "{text}");
    agent.ok("get_issue", json!({"issue": "DEMO-1"})).await;
}

#[tokio::test]
async fn a_listing_without_an_end_is_not_followed_for_ever() {
    let jira = Jira::start().await;
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "worklogs")]).await;
    agent.ok("list_worklogs", json!({"issue": "DEMO-1"})).await;
    jira.requests();
    let row = json!({"id": "1", "started": "2026-11-20T10:15:00.000+0000", "timeSpent": "1h", "timeSpentSeconds": 3600});
    let page = json!({"worklogs": [row], "total": 1_000_000_000_000_u64}).to_string();
    jira.sandbox.fail(Fault::new("GET", "/rest/api/3/issue/DEMO-1/worklog", answer(page)).times(1_000));
    let text = agent.refused("list_worklogs", json!({"issue": "DEMO-1"})).await;
    assert!(text.contains("the listing has more than 100 pages"), "{text}");
    assert_eq!(jira.requests().len(), 100);
}

#[tokio::test]
async fn rows_that_nobody_asked_for_are_not_shown() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let rows: Vec<Value> =
        (1..=50).map(|n| json!({"id": n.to_string(), "key": format!("DEMO-{n}"), "fields": {}})).collect();
    let page = json!({"issues": rows, "isLast": true}).to_string();
    jira.sandbox.fail(Fault::new("POST", "/rest/api/3/search/jql", answer(page)));
    let found = agent.ok("search_issues", json!({"jql": "project = DEMO", "limit": 10})).await;
    assert_eq!(found.data["issues"].as_array().unwrap().len(), 10);
}
