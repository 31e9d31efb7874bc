//! Work logged on an issue.

use jira_sandbox::world::Value as Stored;
use jira_sandbox::{Fault, Trouble};
use serde_json::{Value, json};

use crate::support::{Agent, Jira};

/// An issue on which no work is logged.
const ISSUE: &str = "DEMO-1";

async fn agent(jira: &Jira) -> Agent {
    let agent = jira.agent_with(&[("JIRA_TOOLSETS", "default,worklogs")]).await;
    // What is asked once in a session is asked here.
    agent.ok("list_worklogs", json!({"issue": ISSUE})).await;
    jira.requests();
    agent
}

/// A worklog of this much, with these members on top; gives its id.
async fn log(agent: &Agent, spent: &str, more: Value) -> String {
    let mut arguments = json!({"issue": ISSUE, "spent": spent});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    agent.ok("add_worklog", arguments).await.data["id"].as_str().unwrap().to_owned()
}

async fn list(agent: &Agent, more: Value) -> Value {
    let mut arguments = json!({"issue": ISSUE});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    agent.ok("list_worklogs", arguments).await.data
}

fn ids(list: &Value) -> Vec<&str> {
    list["worklogs"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// The worklog as Jira has it: its comment, its seconds, its start, whom it is for.
fn stored(jira: &Jira, id: &str) -> (Option<Value>, i64, String, bool) {
    jira.sandbox.with_world(|world| {
        let worklogs = &world.issue(ISSUE).unwrap().worklogs;
        let worklog = worklogs.iter().find(|worklog| worklog.id.to_string() == id).unwrap();
        let started = worklog.started.to_string();
        (worklog.comment.clone(), worklog.seconds, started, worklog.visibility.is_some())
    })
}

fn blocks(jira: &Jira, id: &str) -> Vec<Value> {
    stored(jira, id).0.unwrap()["content"].as_array().unwrap().clone()
}

/// Sets the issue's remaining estimate.
fn estimate(jira: &Jira, hours: i64) {
    let me = jira.info().users[0].account_id.clone();
    jira.sandbox.with_world(|world| {
        let issue = world.issue(ISSUE).unwrap().id;
        world.set_field(&me, issue, "timeestimate", Some(Stored::Seconds(hours * 3600)));
    });
}

#[tokio::test]
async fn work_is_logged_and_the_answer_is_small() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let work = json!({"issue": "demo-1", "spent": "1H30m", "started": "2026-11-20T10:15Z", "comment": "Thought **hard**."});
    let written = agent.ok("add_worklog", work).await.data;
    let path = format!("/rest/api/3/issue/{ISSUE}");
    assert_eq!(jira.requests(), [format!("POST {path}/worklog"), format!("GET {path}")]);
    let id = written["id"].as_str().unwrap();
    let url = format!("{}/browse/DEMO-1?focusedWorklogId={id}", jira.info().url);
    let started = written["started"].as_str().unwrap();
    assert_eq!(written, json!({"issue": ISSUE, "id": id, "url": url, "spent": "1h 30m", "started": started}));
    assert_eq!((stored(&jira, id).1, stored(&jira, id).2), (5400, "2026-11-20T10:15:00Z".to_owned()));
    let list = list(&agent, json!({})).await;
    let row = json!({"id": id, "author": jira.info().users[0].name, "started": started, "spent": "1h 30m",
        "comment": "Thought **hard**.", "version": list["worklogs"][0]["version"]});
    assert_eq!(list, json!({"total": 1, "spent": "1h 30m", "worklogs": [row]}));
    assert!(list["worklogs"][0]["version"].is_string());
}

#[tokio::test]
async fn a_start_is_one_of_ones_own_time_zone_and_a_day_alone_is_its_noon() {
    let jira = Jira::start().await;
    let me = jira.info().users[0].account_id.clone();
    jira.sandbox.with_world(|world| world.users.get_mut(&me).unwrap().time_zone = "America/Denver".into());
    let agent = agent(&jira).await;
    for (given, utc, shown) in [
        ("2026-07-01T10:15", "2026-07-01T16:15:00Z", "2026-07-01T10:15-06:00"),
        ("2026-12-01 10:15", "2026-12-01T17:15:00Z", "2026-12-01T10:15-07:00"),
        ("2026-12-01T10:15+01:00", "2026-12-01T09:15:00Z", "2026-12-01T02:15-07:00"),
        ("2026-12-01T10:15:30Z", "2026-12-01T10:15:30Z", "2026-12-01T03:15-07:00"),
        ("2026-12-01", "2026-12-01T19:00:00Z", "2026-12-01T12:00-07:00"),
    ] {
        let work = json!({"issue": ISSUE, "spent": "1h", "started": given});
        let written = agent.ok("add_worklog", work).await.data;
        assert_eq!(written["started"], shown, "{given}");
        assert_eq!(stored(&jira, written["id"].as_str().unwrap()).2, utc, "{given}");
    }
    let before = jiff::Timestamp::now();
    let id = log(&agent, "5m", json!({})).await;
    let began: jiff::Timestamp = stored(&jira, &id).2.parse().unwrap();
    assert!(began.duration_since(before).as_secs().abs() < 600, "without a start it began now");

    let text =
        agent.refused("add_worklog", json!({"issue": ISSUE, "spent": "1h", "started": "yesterday"})).await;
    assert!(text.contains("`started` takes a day or a time, such as `2026-11-20`"), "{text}");
}

#[tokio::test]
async fn the_latest_comes_first_pages_go_on_without_loss_and_the_sum_is_of_all() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let mut logged = Vec::new();
    // Logged in another order than that in which the work was done.
    for (day, spent) in [(3, "1d"), (1, "7h"), (5, "2h 30m"), (2, "45m"), (4, "3h")] {
        logged.push((day, log(&agent, spent, json!({"started": format!("2026-11-0{day}")})).await));
    }
    logged.sort();
    let expected: Vec<String> = logged.into_iter().rev().map(|(_, id)| id).collect();
    let mut seen = Vec::new();
    let mut arguments = json!({"limit": 2});
    loop {
        let page = list(&agent, arguments.clone()).await;
        assert_eq!((&page["total"], &page["spent"]), (&json!(5), &json!("2d 5h 15m")), "{page}");
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page.get("next_cursor") else { break };
        arguments["cursor"] = cursor.clone();
    }
    assert_eq!(seen, expected);

    for (bounds, days, spent) in [
        (json!({"since": "2026-11-03"}), 3, "1d 5h 30m"),
        (json!({"until": "2026-11-02"}), 2, "7h 45m"),
        (json!({"since": "2026-11-02", "until": "2026-11-04"}), 3, "1d 3h 45m"),
        (json!({"since": "2026-11-02T12:01", "until": "2026-11-04T11:59"}), 1, "1d"),
        (json!({"since": "2027-01-01"}), 0, "0m"),
    ] {
        let found = list(&agent, bounds.clone()).await;
        assert_eq!((&found["total"], &found["spent"]), (&json!(days), &json!(spent)), "{bounds}");
    }
    let other = json!({"issue": ISSUE, "since": "2026-11-02", "cursor": arguments["cursor"]});
    assert!(agent.refused("list_worklogs", other).await.contains("cursor"), "of another query");
    let text = agent.refused("list_worklogs", json!({"issue": ISSUE, "since": "last week"})).await;
    assert!(text.contains("`since` takes a day or a time"), "{text}");
}

#[tokio::test]
async fn a_sum_is_given_in_hours_where_jira_does_not_tell_how_long_its_days_are() {
    let jira = Jira::start().await;
    let trouble = Trouble::Answer { status: 403, body: "{}".into(), content_type: None, retry_after: None };
    jira.sandbox.fail(Fault::new("GET", "/rest/api/3/configuration", trouble).times(9));
    let agent = agent(&jira).await;
    log(&agent, "1d 2h", json!({})).await;
    let found = list(&agent, json!({})).await;
    assert_eq!((&found["spent"], &found["worklogs"][0]["spent"]), (&json!("10h"), &json!("1d 2h")));
}

#[tokio::test]
async fn the_remaining_estimate_follows_as_told() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    estimate(&jira, 20);
    let add = async |spent: &str, remaining: Value| {
        let work = json!({"issue": ISSUE, "spent": spent, "remaining": remaining});
        agent.ok("add_worklog", work).await.data
    };
    assert_eq!(add("4h", Value::Null).await["remaining"], "2d");
    assert_eq!(add("1h", json!("auto")).await["remaining"], "1d 7h");
    let left = add("2h", json!("leave")).await;
    assert!(left.get("remaining").is_none(), "{left}");
    let last = add("1h", json!("3D 4h")).await;
    assert_eq!(last["remaining"], "3d 4h");
    let mut change = json!({"issue": ISSUE, "worklog": last["id"], "spent": "3h"});
    assert_eq!(agent.ok("update_worklog", change.clone()).await.data["remaining"], "3d 2h");
    change["spent"] = "1h".into();
    change["remaining"] = "leave".into();
    assert!(agent.ok("update_worklog", change).await.data.get("remaining").is_none());
    let only = json!({"issue": ISSUE, "worklog": last["id"], "remaining": "1d"});
    assert_eq!(agent.ok("update_worklog", only).await.data["remaining"], "1d");
    let gone = agent.ok("delete_worklog", json!({"issue": ISSUE, "worklog": last["id"]})).await.data;
    assert_eq!(gone, json!({"issue": ISSUE, "deleted": last["id"], "remaining": "1d 1h"}));
    let second = add("1h", json!("leave")).await["id"].clone();
    let gone = json!({"issue": ISSUE, "worklog": second, "remaining": "leave"});
    assert_eq!(agent.ok("delete_worklog", gone).await.data, json!({"issue": ISSUE, "deleted": second}));
}

#[tokio::test]
async fn a_duration_that_is_none_is_refused_before_jira_is_asked() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    for bad in ["90", "two hours", "1h 1h", "30m 2h", "-1h", ""] {
        for argument in ["spent", "remaining"] {
            let mut work = json!({"issue": ISSUE, "spent": "1h"});
            work[argument] = bad.into();
            let text = agent.refused("add_worklog", work).await;
            assert!(
                text.contains("`1w 2d 3h 30m` or `1.5h`, each number with its unit"),
                "{argument} {bad}: {text}"
            );
        }
    }
    let text = agent.refused("add_worklog", json!({"issue": ISSUE, "spent": 90})).await;
    assert!(text.contains("`1w 2d 3h 30m`"), "{text}");
    let text = agent.refused("add_worklog", json!({"issue": ISSUE, "spent": "1h", "remaining": "new"})).await;
    assert!(text.contains("`auto`, `leave` or a new estimate"), "{text}");
    assert_eq!(jira.requests(), Vec::<String>::new());
    for (given, shown) in [("1.5h", "1h 30m"), ("1w 2d 3h 30m", "1w 2d 3h 30m")] {
        let written = agent.ok("add_worklog", json!({"issue": ISSUE, "spent": given})).await;
        assert_eq!(written.data["spent"], shown);
    }
}

/// A worklog whose comment has what Markdown alone cannot say, with a table, of the administrator.
async fn rich(jira: &Jira, agent: &Agent) -> String {
    let cell = |kind: &str, text: &str| {
        json!({"type": kind, "attrs": {"background": "#eae6ff"}, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
    };
    let comment = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "attrs": {"localId": "p1"}, "content": [
            {"type": "mention", "attrs": {"id": jira.info().users[1].account_id, "text": "@Somebody", "localId": "m1"}},
            {"type": "text", "text": " and I did the old thing."}]},
        {"type": "panel", "attrs": {"panelType": "warning", "localId": "p2"}, "content": [
            {"type": "paragraph", "attrs": {"localId": "p3"}, "content": [{"type": "text", "text": "Careful"}]}]},
        {"type": "table", "attrs": {"layout": "wide", "localId": "t1"}, "content": [
            {"type": "tableRow", "content": [cell("tableHeader", "Task"), cell("tableHeader", "Hours")]},
            {"type": "tableRow", "content": [cell("tableCell", "Review"), cell("tableCell", "2")]}]},
        {"type": "paragraph", "attrs": {"localId": "p4"}, "content": [{"type": "text", "text": "Last words."}]},
    ]});
    log(agent, "2h", json!({"started": "2026-11-20T10:15Z", "comment": comment})).await
}

#[tokio::test]
async fn a_comment_comes_back_as_it_was_written() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let other = &jira.info().users[1];
    let text = format!(
        "@[{}] and I:\n\n> [!NOTE]\n> Half a day each.\n\n| Task | Hours |\n| --- | --- |\n| Review | 2 |\n\n- [x] Done",
        other.name
    );
    let id = log(&agent, "4h", json!({"comment": text})).await;
    let kinds: Vec<Value> = blocks(&jira, &id).iter().map(|block| block["type"].clone()).collect();
    assert_eq!(kinds, ["paragraph", "panel", "table", "taskList"]);
    assert_eq!(blocks(&jira, &id)[0]["content"][0]["attrs"]["id"], other.account_id);
    let before = blocks(&jira, &id);
    let row = list(&agent, json!({})).await["worklogs"][0].clone();
    let again = json!({"issue": ISSUE, "worklog": id, "comment": row["comment"], "version": row["version"]});
    agent.ok("update_worklog", again).await;
    assert_eq!(blocks(&jira, &id), before);
}

#[tokio::test]
async fn a_change_keeps_all_that_it_does_not_name() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let id = rich(&jira, &agent).await;
    let before = stored(&jira, &id);
    jira.requests();
    let edits = json!([{"old": "the old thing", "new": "the **new** thing"}]);
    agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": id, "edits": edits})).await;
    let path = format!("/rest/api/3/issue/{ISSUE}/worklog/{id}");
    assert_eq!(jira.requests(), [format!("GET {path}"), format!("PUT {path}")]);
    let after = stored(&jira, &id);
    assert_eq!((after.1, &after.2), (before.1, &before.2));
    let (old, new) = (before.0.unwrap(), after.0.clone().unwrap());
    let (old, new) = (old["content"].as_array().unwrap(), new["content"].as_array().unwrap());
    assert_eq!(old[1..], new[1..]);
    assert_eq!(old[0]["content"][0], new[0]["content"][0], "the mention");
    assert_eq!(new[0]["content"][2]["text"], "new");

    agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": id, "spent": "3h"})).await;
    assert_eq!(stored(&jira, &id), (after.0.clone(), 3 * 3600, after.2.clone(), after.3));
    let moved = json!({"issue": ISSUE, "worklog": id, "started": "2026-11-21T10:15Z"});
    agent.ok("update_worklog", moved).await;
    let now = stored(&jira, &id);
    assert_eq!(now, (after.0.clone(), 3 * 3600, "2026-11-21T10:15:00Z".to_owned(), after.3));

    for (more, expected) in [
        (json!({"edits": [{"old": "absent words", "new": "x"}]}), "absent words"),
        (json!({"comment": "x", "edits": [{"old": "Careful", "new": "x"}]}), "either `comment` or `edits`"),
        (json!({"version": "x", "spent": "1h"}), "`version` goes with `comment`"),
        (json!({}), "Give what is to change"),
    ] {
        let mut arguments = json!({"issue": ISSUE, "worklog": id});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = agent.refused("update_worklog", arguments.clone()).await;
        assert!(text.contains(expected), "{arguments}: {text}");
    }
    assert_eq!(stored(&jira, &id), now, "what is refused changes nothing");

    let silent = log(&agent, "1h", json!({})).await;
    let edits = json!({"issue": ISSUE, "worklog": silent, "edits": [{"old": "a", "new": "b"}]});
    assert!(agent.refused("update_worklog", edits).await.contains("comment is empty"));
    agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": silent, "comment": "Now it speaks."})).await;
    assert_eq!(blocks(&jira, &silent)[0]["content"][0]["text"], "Now it speaks.");
}

#[tokio::test]
async fn a_comment_that_has_changed_since_it_was_read_is_not_written_over() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let id = rich(&jira, &agent).await;
    let version = list(&agent, json!({})).await["worklogs"][0]["version"].clone();
    let edits = json!([{"old": "Last words", "new": "Newer words"}]);
    agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": id, "edits": edits})).await;
    let mut replacement = json!({"issue": ISSUE, "worklog": id, "comment": "All mine.", "version": version});
    let text = agent.refused("update_worklog", replacement.clone()).await;
    assert!(
        text.contains("The worklog's comment has changed since") && text.contains("Newer words"),
        "{text}"
    );
    replacement["version"] = list(&agent, json!({})).await["worklogs"][0]["version"].clone();
    agent.ok("update_worklog", replacement).await;
    assert_eq!(blocks(&jira, &id).len(), 1);
}

#[tokio::test]
async fn a_comment_is_read_again_where_people_had_to_be_found_since() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let id = rich(&jira, &agent).await;
    let worklog = id.parse::<u64>().unwrap();
    // The search for the person comes between the first read and this change.
    jira.sandbox.meanwhile("GET", "/user/search", move |world| {
        let issue = world.issue(ISSUE).unwrap().id;
        world.touch(issue, |issue| {
            let stored = issue.worklogs.iter_mut().find(|stored| stored.id == worklog).unwrap();
            stored.seconds = 5 * 3600;
            stored.comment.as_mut().unwrap()["content"][3]["content"][0]["text"] = "Their last words.".into();
        });
    });
    let name = &jira.info().users[1].name;
    let edits = json!([{"old": "Careful", "new": format!("Careful, @[{name}]")}]);
    agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": id, "edits": edits})).await;
    let text = Value::Array(blocks(&jira, &id)).to_string();
    assert!(text.contains("Their last words.") && text.contains("Careful, "), "{text}");
    assert_eq!(stored(&jira, &id).1, 5 * 3600);
}

#[tokio::test]
async fn raw_adf_is_given_where_it_is_asked_for() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let id = rich(&jira, &agent).await;
    let row = list(&agent, json!({"format": "adf"})).await["worklogs"][0].clone();
    assert_eq!(row["comment"]["content"], Value::Array(blocks(&jira, &id)));
    jira.requests();
    let faulty = json!({"type": "doc", "version": 1, "content": [{"type": "tableRow", "content": []}]});
    for (tool, arguments) in [
        ("add_worklog", json!({"issue": ISSUE, "spent": "1h", "comment": faulty})),
        ("update_worklog", json!({"issue": ISSUE, "worklog": id, "comment": faulty})),
    ] {
        let text = agent.refused(tool, arguments).await;
        assert!(text.contains("/content/0") && text.contains("tableRow"), "{tool}: {text}");
    }
    assert!(jira.requests().iter().all(|request| request.starts_with("GET ")));
}

#[tokio::test]
async fn files_of_the_issue_are_named_by_their_file_names() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let me = jira.info().users[0].account_id.clone();
    jira.sandbox.with_world(|world| {
        let issue = world.issue(ISSUE).unwrap().id;
        world.add_attachment(&me, issue, "board.png", "image/png", b"bytes".to_vec());
    });
    let id = log(&agent, "1h", json!({"comment": "![](board.png)"})).await;
    assert_eq!(blocks(&jira, &id)[0]["type"], "mediaSingle");
    let text = agent
        .refused("add_worklog", json!({"issue": ISSUE, "spent": "1h", "comment": "![](bord.png)"}))
        .await;
    assert!(text.contains("No attachment fits `bord.png`"), "{text}");
}

#[tokio::test]
async fn a_restriction_is_stored_shown_and_kept_by_an_update() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let role = "role:Administrators";
    let work = json!({"issue": ISSUE, "spent": "1h", "visible_to": "Role: administrators"});
    let written = agent.ok("add_worklog", work).await.data;
    assert_eq!(written["visible_to"], role, "spelled as Jira wants it");
    let id = written["id"].as_str().unwrap();
    let updated = agent.ok("update_worklog", json!({"issue": ISSUE, "worklog": id, "spent": "2h"})).await;
    assert_eq!(updated.data["visible_to"], role, "an update does not open a worklog to everybody");
    assert!(stored(&jira, id).3);
    assert_eq!(list(&agent, json!({})).await["worklogs"][0]["visible_to"], role);

    let open = log(&agent, "1h", json!({})).await;
    let closed = json!({"issue": ISSUE, "worklog": open, "visible_to": role});
    assert_eq!(agent.ok("update_worklog", closed).await.data["visible_to"], role);

    jira.requests();
    for (audience, expected) in [
        ("role:Janitors", "No role fits `Janitors`; use one of: Administrators"),
        ("internal", "`visible_to` of a worklog takes `role:NAME` or `group:NAME`"),
        ("Janitors", "`role:NAME`, `group:NAME`"),
    ] {
        let work = json!({"issue": ISSUE, "spent": "1h", "visible_to": audience});
        let text = agent.refused("add_worklog", work).await;
        assert!(text.contains(expected), "{audience}: {text}");
    }
}

#[tokio::test]
async fn a_worklog_that_is_not_there_is_told_as_such() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    for (tool, arguments) in [
        ("update_worklog", json!({"issue": ISSUE, "worklog": "99999", "spent": "1h"})),
        ("update_worklog", json!({"issue": ISSUE, "worklog": "99999", "comment": "x"})),
        ("delete_worklog", json!({"issue": ISSUE, "worklog": "99999"})),
    ] {
        let text = agent.refused(tool, arguments).await;
        assert!(text.contains("Cannot find worklog with id: '99999'"), "{tool}: {text}");
    }
}

#[tokio::test]
async fn work_is_not_logged_twice_where_nobody_knows_whether_it_is_logged() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let path = "/rest/api/3/issue/{issueIdOrKey}/worklog";
    jira.sandbox.fail(Fault::new("POST", path, Trouble::CutAfter));
    let text = agent.refused("add_worklog", json!({"issue": ISSUE, "spent": "1h"})).await;
    assert!(text.contains("unknown whether") && text.contains("list_worklogs DEMO-1"), "{text}");
    assert_eq!(list(&agent, json!({})).await["total"], 1);

    // What is done stays done where the estimate cannot be read afterwards.
    let trouble = Trouble::Answer { status: 404, body: "{}".into(), content_type: None, retry_after: None };
    jira.sandbox.fail(Fault::new("GET", "/rest/api/3/issue/{issueIdOrKey}", trouble));
    let written = agent.ok("add_worklog", json!({"issue": ISSUE, "spent": "2h"})).await.data;
    assert!(written["id"].is_string() && written.get("remaining").is_none(), "{written}");
    assert_eq!(list(&agent, json!({})).await["spent"], "3h");
}

#[tokio::test]
async fn an_issue_named_by_its_id_is_answered_with_its_key() {
    let jira = Jira::start().await;
    let agent = agent(&jira).await;
    let id = jira.sandbox.with_world(|world| world.issue(ISSUE).unwrap().id.to_string());
    let written = agent.ok("add_worklog", json!({"issue": id, "spent": "1h"})).await.data;
    assert_eq!(written["issue"], ISSUE);
    let deleted = agent.ok("delete_worklog", json!({"issue": id, "worklog": written["id"]})).await.data;
    assert_eq!((&deleted["issue"], &deleted["deleted"]), (&json!(ISSUE), &written["id"]));
}
