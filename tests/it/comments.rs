//! Comments.

use serde_json::{Value, json};

use crate::support::Jira;

const ISSUE: &str = "DEMO-1";

fn bodies(data: &Value) -> Vec<&str> {
    data["comments"].as_array().unwrap().iter().map(|comment| comment["body"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_comment_is_added_in_one_request_and_the_answer_is_small() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    agent.ok("get_myself", json!({})).await;
    jira.requests();
    let written = agent.ok("add_comment", json!({"issue": "demo-1", "body": "Looks **good** to me."})).await;
    assert_eq!(jira.requests(), ["POST /rest/api/3/issue/DEMO-1/comment"]);
    let id = written.data["id"].as_str().unwrap();
    let url = format!("{}/browse/DEMO-1?focusedCommentId={id}", jira.info().url);
    assert_eq!(written.data, json!({"issue": "DEMO-1", "id": id, "url": url}));
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1})).await;
    assert_eq!(bodies(&list.data), ["Looks **good** to me."]);
}

#[tokio::test]
async fn the_newest_comes_first_and_pages_go_on_without_loss() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let before = agent.ok("list_comments", json!({"issue": ISSUE})).await.data["total"].as_u64().unwrap();
    for n in 1..=5 {
        agent.ok("add_comment", json!({"issue": ISSUE, "body": format!("Comment {n}")})).await;
    }
    let mut seen = Vec::new();
    let mut arguments = json!({"issue": ISSUE, "limit": 2});
    loop {
        let page = agent.ok("list_comments", arguments.clone()).await;
        assert_eq!(page.data["total"], before + 5);
        seen.extend(page.data["comments"].as_array().unwrap().iter().map(|c| c["id"].clone()));
        if seen.len() == 2 {
            assert_eq!(bodies(&page.data), ["Comment 5", "Comment 4"]);
        }
        let Some(cursor) = page.data.get("next_cursor") else { break };
        arguments["cursor"] = cursor.clone();
    }
    assert_eq!(seen.len() as u64, before + 5);
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len() as u64, before + 5, "no row comes twice");
}

#[tokio::test]
async fn a_restriction_is_stored_shown_and_kept_by_an_update() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let role = "role:Administrators";
    let written =
        agent.ok("add_comment", json!({"issue": ISSUE, "body": "Between us", "visible_to": role})).await;
    assert_eq!(written.data["visible_to"], role);
    let id = &written.data["id"];
    let updated =
        agent.ok("update_comment", json!({"issue": ISSUE, "comment": id, "body": "Between us two"})).await;
    assert_eq!(updated.data["visible_to"], role, "an update does not open a comment to everybody");
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1})).await;
    assert_eq!(list.data["comments"][0]["visible_to"], role);
    assert_eq!(bodies(&list.data), ["Between us two"]);

    let written = agent
        .ok("add_comment", json!({"issue": ISSUE, "body": "x", "visible_to": "Role: administrators"}))
        .await;
    assert_eq!(written.data["visible_to"], role, "spelled as Jira wants it");
    let text = agent
        .refused("add_comment", json!({"issue": ISSUE, "body": "x", "visible_to": "role:Janitors"}))
        .await;
    assert!(text.contains("No role fits `Janitors`; use one of: Administrators"), "{text}");
    let text =
        agent.refused("add_comment", json!({"issue": ISSUE, "body": "x", "visible_to": "Janitors"})).await;
    assert!(text.contains("`role:NAME`, `group:NAME`, or `internal`"), "{text}");
}

#[tokio::test]
async fn an_internal_comment_of_a_service_desk_stays_with_its_agents() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let written = agent
        .ok("add_comment", json!({"issue": "OPS-1", "body": "Not for them", "visible_to": "internal"}))
        .await;
    assert_eq!(written.data["visible_to"], "internal");
    let open = agent.ok("add_comment", json!({"issue": "OPS-1", "body": "For all"})).await;
    assert!(open.data.get("visible_to").is_none());
    let id = &written.data["id"];
    let updated =
        agent.ok("update_comment", json!({"issue": "OPS-1", "comment": id, "body": "Still not"})).await;
    assert_eq!(updated.data["visible_to"], "internal");
}

#[tokio::test]
async fn an_issue_named_by_its_id_is_answered_with_its_key() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = jira.sandbox.with_world(|world| world.issue(ISSUE).unwrap().id.to_string());
    let written = agent.ok("add_comment", json!({"issue": id, "body": "By id"})).await;
    assert_eq!(written.data["issue"], ISSUE);
    let deleted = agent.ok("delete_comment", json!({"issue": id, "comment": written.data["id"]})).await;
    assert_eq!(deleted.data, json!({"issue": ISSUE, "deleted": written.data["id"]}));
    let text = agent.refused("delete_comment", json!({"issue": id, "comment": written.data["id"]})).await;
    assert!(text.contains("Can not find a comment"), "{text}");
}

/// A comment with what Markdown alone cannot say, straight from Jira's own API.
fn rich_comment(jira: &Jira) -> String {
    let body = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "attrs": {"localId": "p1"}, "content": [
            {"type": "mention", "attrs": {"id": jira.info().users[0].account_id, "text": "@Somebody"}},
            {"type": "text", "text": " please look, it is "},
            {"type": "status", "attrs": {"text": "URGENT", "color": "red", "localId": "s1"}}]},
        {"type": "paragraph", "attrs": {"localId": "p2"}, "content": [{"type": "text", "text": "The old words."}]},
        {"type": "panel", "attrs": {"panelType": "warning", "localId": "p4"}, "content": [
            {"type": "paragraph", "attrs": {"localId": "p3"}, "content": [{"type": "text", "text": "Careful"}]}]},
    ]});
    let author = jira.info().users[0].account_id.clone();
    jira.sandbox.with_world(|world| {
        let issue = world.issue(ISSUE).unwrap().id;
        world.add_comment(&author, issue, body, None).to_string()
    })
}

/// The comment's blocks as Jira has them now.
fn blocks(jira: &Jira, id: &str) -> Vec<Value> {
    jira.sandbox.with_world(|world| {
        let comments = &world.issue(ISSUE).unwrap().comments;
        let comment = comments.iter().find(|comment| comment.id.to_string() == id).unwrap();
        comment.body["content"].as_array().unwrap().clone()
    })
}

#[tokio::test]
async fn an_edit_changes_its_words_and_loses_nothing_else() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = rich_comment(&jira);
    let before = blocks(&jira, &id);
    agent.ok("get_myself", json!({})).await;
    jira.requests();
    let edit =
        json!({"issue": ISSUE, "comment": id, "edits": [{"old": "old words", "new": "**new** words"}]});
    agent.ok("update_comment", edit).await;
    let path = format!("/rest/api/3/issue/{ISSUE}/comment/{id}");
    assert_eq!(jira.requests(), [format!("GET {path}"), format!("PUT {path}")]);
    let after = blocks(&jira, &id);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    let words = after[1]["content"].as_array().unwrap();
    assert_eq!(words[1], json!({"type": "text", "text": "new", "marks": [{"type": "strong"}]}), "{words:?}");

    for (edits, expected) in [
        (json!([{"old": "absent words", "new": "x"}]), "absent words"),
        (json!([{"old": "e", "new": "x"}]), "times"),
        (json!([]), "either `body` or `edits`"),
    ] {
        let arguments = json!({"issue": ISSUE, "comment": id, "edits": edits});
        let text = agent.refused("update_comment", arguments.clone()).await;
        assert!(text.contains(expected), "{arguments}: {text}");
    }
    assert_eq!(blocks(&jira, &id), after, "what is refused changes nothing");
}

#[tokio::test]
async fn a_replacement_keeps_the_blocks_that_it_repeats() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = rich_comment(&jira);
    let before = blocks(&jira, &id);
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1})).await;
    let shown = bodies(&list.data)[0].to_owned();
    let body = format!("First.\n\n{shown}");
    agent.ok("update_comment", json!({"issue": ISSUE, "comment": id, "body": body})).await;
    assert_eq!(blocks(&jira, &id)[1..], before[..]);
}

#[tokio::test]
async fn people_are_mentioned_by_name_and_a_wrong_name_sends_nothing() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let user = &jira.info().users[0];
    let body = format!("@[{}] please look", user.name);
    let written = agent.ok("add_comment", json!({"issue": ISSUE, "body": body})).await;
    let mention = &blocks(&jira, written.data["id"].as_str().unwrap())[0]["content"][0];
    assert_eq!(mention["attrs"]["id"], user.account_id);
    jira.requests();
    let text = agent.refused("add_comment", json!({"issue": ISSUE, "body": "@[Nobody Atall] hello"})).await;
    assert!(text.contains("No user fits `@[Nobody Atall]`"), "{text}");
    assert!(jira.requests().iter().all(|request| request.starts_with("GET ")));
}

#[tokio::test]
async fn a_comment_that_has_changed_since_it_was_read_is_not_written_over() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = rich_comment(&jira);
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1})).await;
    let version = list.data["comments"][0]["version"].clone();
    let edit = json!({"issue": ISSUE, "comment": id, "edits": [{"old": "old words", "new": "newer words"}]});
    agent.ok("update_comment", edit).await;
    let mut replacement = json!({"issue": ISSUE, "comment": id, "body": "All mine.", "version": version});
    let text = agent.refused("update_comment", replacement.clone()).await;
    assert!(text.contains("The comment has changed since") && text.contains("newer words"), "{text}");
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1})).await;
    replacement["version"] = list.data["comments"][0]["version"].clone();
    agent.ok("update_comment", replacement).await;

    let both =
        json!({"issue": ISSUE, "comment": id, "edits": [{"old": "a", "new": "b"}], "version": version});
    assert!(agent.refused("update_comment", both).await.contains("`version` goes with `body`"));
}

#[tokio::test]
async fn versions_are_shown_of_ones_own_comments_only() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let other = jira.info().users[1].account_id.clone();
    jira.sandbox.with_world(|world| {
        let issue = world.issue(ISSUE).unwrap().id;
        let body = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Not mine"}]}]});
        world.add_comment(&other, issue, body, None);
    });
    agent.ok("add_comment", json!({"issue": ISSUE, "body": "Mine"})).await;
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 2})).await;
    assert_eq!(bodies(&list.data), ["Mine", "Not mine"]);
    let versions: Vec<bool> =
        list.data["comments"].as_array().unwrap().iter().map(|c| c["version"].is_string()).collect();
    assert_eq!(versions, [true, false]);
}

#[tokio::test]
async fn comments_come_as_raw_adf_where_that_is_asked_for() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = rich_comment(&jira);
    let list = agent.ok("list_comments", json!({"issue": ISSUE, "limit": 1, "format": "adf"})).await;
    assert_eq!(list.data["comments"][0]["body"]["content"], Value::Array(blocks(&jira, &id)));
}

#[tokio::test]
async fn a_comment_is_read_again_where_people_had_to_be_found_since() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let id = rich_comment(&jira);
    let (path, comment) = (format!("/comment/{id}"), id.parse::<u64>().unwrap());
    // The search for the person comes between the first read and this change.
    jira.sandbox.meanwhile("GET", "/user/search", move |world| {
        let issue = world.issue(ISSUE).unwrap().id;
        world.touch(issue, |issue| {
            let stored = issue.comments.iter_mut().find(|stored| stored.id == comment).unwrap();
            stored.body["content"][1]["content"][0]["text"] = "The old words, and theirs.".into();
        });
    });
    let name = &jira.info().users[1].name;
    let edits = json!([{"old": "Careful", "new": format!("Careful, @[{name}]")}]);
    agent.ok("update_comment", json!({"issue": ISSUE, "comment": id, "edits": edits})).await;
    let stored = Value::Array(blocks(&jira, &id)).to_string();
    assert!(stored.contains("and theirs.") && stored.contains(&jira.info().users[1].account_id), "{stored}");
    let reads = jira
        .requests()
        .iter()
        .filter(|request| **request == format!("GET /rest/api/3/issue/{ISSUE}{path}"))
        .count();
    assert_eq!(reads, 2);
}

/// A file on the issue, by its id in the media store.
fn attach(jira: &Jira, name: &str, mime: &str) -> (String, String) {
    let author = jira.info().users[0].account_id.clone();
    jira.sandbox.with_world(|world| {
        let issue = world.issue(ISSUE).unwrap().id;
        let id = world.add_attachment(&author, issue, name, mime, b"bytes".to_vec());
        let file = world.issue(ISSUE).unwrap().attachments.iter().find(|file| file.id == id).unwrap();
        (id.to_string(), file.media.clone())
    })
}

#[tokio::test]
async fn attachments_are_named_by_their_file_names() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let (_, shot) = attach(&jira, "my shot.png", "image/png");
    let (_, log) = attach(&jira, "app.log", "text/plain");
    let body = "Look:\n\n![](<my shot.png>)\n\nand [the log](app.log), not [the site](example.com).";
    let written = agent.ok("add_comment", json!({"issue": ISSUE, "body": body})).await;
    let id = written.data["id"].as_str().unwrap();
    let stored = blocks(&jira, id);
    assert_eq!(stored[1]["type"], "mediaSingle");
    let media = json!({"type": "file", "id": shot, "collection": "", "alt": "my shot.png"});
    assert_eq!(stored[1]["content"][0]["attrs"], media);
    assert_eq!(stored[2]["content"][1]["type"], "mediaInline");
    assert_eq!(stored[2]["content"][1]["attrs"]["id"], log);
    assert_eq!(stored[2]["content"][3]["marks"][0]["attrs"]["href"], "example.com");

    // What the text had already stays as it is, also a link that has become a file's name since.
    attach(&jira, "example.com", "text/plain");
    let edits = json!([{"old": "Look:", "new": "Look here:"}, {"old": "not [the", "new": "never [the"}]);
    agent.ok("update_comment", json!({"issue": ISSUE, "comment": id, "edits": edits})).await;
    let now = blocks(&jira, id);
    assert_eq!(now[1], stored[1]);
    assert_eq!(now[2]["content"][3]["marks"][0]["attrs"]["href"], "example.com");
}

#[tokio::test]
async fn an_image_that_is_not_attached_is_refused_with_what_is() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    let (first, _) = attach(&jira, "shot.png", "image/png");
    let (second, media) = attach(&jira, "shot.png", "image/png");
    jira.requests();
    for (body, expected) in [
        ("![](shto.png)", "No attachment fits `shto.png`; use one of: ".to_owned()),
        ("[x](attachment:99)", "No attachment fits `99`".to_owned()),
        ("![](shot.png)", format!("attachment:{first} (shot.png, ")),
    ] {
        let text = agent.refused("add_comment", json!({"issue": ISSUE, "body": body})).await;
        assert!(text.contains(&expected), "{body}: {text}");
    }
    assert!(jira.requests().iter().all(|request| request.starts_with("GET ")));
    let body = format!("![two](attachment:{second})");
    let written = agent.ok("add_comment", json!({"issue": ISSUE, "body": body})).await;
    let stored = blocks(&jira, written.data["id"].as_str().unwrap());
    assert_eq!(stored[0]["content"][0]["attrs"]["id"], media);

    let new = json!({"project": "DEMO", "type": "Task", "summary": "x", "description": "![](shot.png)"});
    let text = agent.refused("create_issue", new).await;
    assert!(text.contains("a new issue has no attachments"), "{text}");
}

#[tokio::test]
async fn an_edit_takes_its_two_texts_and_nothing_else() {
    let jira = Jira::start().await;
    let agent = jira.agent().await;
    jira.requests();
    let edit = json!({"old": "Agreed", "new": "Settled", "everywhere": true});
    let text = agent
        .refused("update_comment", json!({"issue": "DEMO-3", "comment": "10009", "edits": [edit]}))
        .await;
    assert!(text.contains("There is no argument `everywhere`; there are old, new"), "{text}");
    // An argument of another tool's page is none of this one's.
    let text = agent.refused("add_comment", json!({"issue": "DEMO-3", "body": "a", "limit": 5})).await;
    assert!(text.contains("There is no argument `limit`"), "{text}");
    let text = agent.refused("list_comments", json!({"issue": "DEMO-3", "limits": 5})).await;
    assert!(text.contains("There is no argument `limits`; did you mean `limit`?"), "{text}");
    assert!(jira.requests().is_empty(), "nothing is sent");
}
