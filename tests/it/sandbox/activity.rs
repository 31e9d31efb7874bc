//! Comments, worklogs, links, watchers, votes, properties.

use reqwest::Method;
use serde_json::json;

use super::{Site, paragraph};

#[tokio::test]
async fn a_restricted_comment_is_seen_by_those_it_is_for() {
    let site = Site::start().await;
    let path = "/rest/api/3/issue/DEMO-1/comment";
    let before = site.call_as("Dana", Method::GET, path, None).await.ok()["total"].as_u64();
    let body =
        json!({ "body": paragraph("Among us"), "visibility": { "type": "group", "value": "developers" } });
    let made = site.post(path, body).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.header("location"), made.body["self"].as_str());
    assert_eq!(made.body["visibility"]["value"], "developers");
    assert_eq!(site.call_as("Dana", Method::GET, path, None).await.ok()["total"].as_u64(), before);
    let own = format!("{path}/{}", made.body["id"].as_str().unwrap());
    site.call_as("Dana", Method::GET, &own, None).await.refused(404);
    site.call_as("Tomáš", Method::GET, &own, None).await.ok();

    let outside = json!({ "body": paragraph("x"), "visibility": { "type": "group", "value": "nowhere" } });
    site.post(path, outside).await.refused(400);
    let text = site.post(path, json!({ "body": "text" })).await.refused(400);
    assert_eq!(text["errors"], json!({ "comment": "Comment body is not valid!" }));
}

#[tokio::test]
async fn comments_are_changed_by_their_authors() {
    let site = Site::start().await;
    let path = "/rest/api/3/issue/DEMO-1/comment";
    let made =
        site.call_as("Tomáš", Method::POST, path, Some(json!({ "body": paragraph("One") }))).await.ok();
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    let other = Some(json!({ "body": paragraph("Two") }));
    site.call_as("Mei-Ling", Method::PUT, &own, other.clone()).await.refused(400);
    let edited = site.call_as("Tomáš", Method::PUT, &own, other).await.ok();
    assert_eq!(edited["body"]["content"][0]["content"][0]["text"], "Two");
    site.call_as("Tomáš", Method::DELETE, &own, None).await.ok();
    site.call_as("Tomáš", Method::GET, &own, None).await.refused(404);
}

#[tokio::test]
async fn logged_work_lowers_what_remains_as_told() {
    let site = Site::start().await;
    let key = site.task("Work").await;
    let issue = format!("/rest/api/3/issue/{key}");
    site.put(&issue, json!({ "fields": { "timetracking": { "originalEstimate": "1d" } } })).await.ok();
    let remains =
        async || site.fields(&key, "timetracking").await["timetracking"]["remainingEstimate"].clone();
    let path = format!("{issue}/worklog");
    let started = "2026-11-02T09:00:00.000+0100";
    let made = site.post(&path, json!({ "timeSpent": "1h 30m", "started": started })).await.ok();
    assert_eq!((&made["timeSpentSeconds"], remains().await), (&json!(5400), json!("6h 30m")));
    site.post(&format!("{path}?adjustEstimate=leave"), json!({ "timeSpentSeconds": 3600 })).await.ok();
    assert_eq!(remains().await, "6h 30m");
    site.post(&format!("{path}?adjustEstimate=new&newEstimate=2h"), json!({ "timeSpent": "1h" })).await.ok();
    assert_eq!(remains().await, "2h");
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    site.put(&own, json!({ "timeSpent": "2h" })).await.ok();
    assert_eq!(remains().await, "1h 30m");
    site.delete(&own).await.ok();
    assert_eq!(remains().await, "3h 30m");
    assert_eq!(site.fields(&key, "timespent").await["timespent"], 7200);

    site.post(&format!("{path}?adjustEstimate=new"), json!({ "timeSpent": "1h" })).await.refused(400);
    site.post(&path, json!({ "timeSpent": "1h", "started": "2026-11-02T09:00:00Z" })).await.refused(400);
    site.post(&path, json!({ "timeSpent": "a while" })).await.refused(400);
    site.post(&path, json!({ "timeSpentSeconds": i64::MAX })).await.refused(400);
}

#[tokio::test]
async fn a_worklog_keeps_what_a_change_does_not_name() {
    let site = Site::start().await;
    let path = "/rest/api/3/issue/DEMO-1/worklog";
    let started = "2026-11-02T09:00:00.000+0100";
    let body = json!({ "timeSpent": "1h", "started": started, "comment": paragraph("Thought") });
    let made = site.post(path, body).await.ok();
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    let group = json!({ "type": "group", "value": "developers" });
    let restricted = site.put(&own, json!({ "visibility": group })).await.ok();
    assert_eq!(restricted["visibility"]["value"], "developers");
    site.call_as("Dana", Method::GET, &own, None).await.refused(404);
    let changed = site.put(&own, json!({ "timeSpent": "2h" })).await.ok();
    assert_eq!(changed["timeSpentSeconds"], 7200);
    for member in ["started", "comment", "visibility"] {
        assert_eq!(changed[member], restricted[member], "{member}");
    }
    let nowhere = json!({ "visibility": { "type": "group", "value": "nowhere" } });
    site.put(&own, nowhere).await.refused(400);
}

#[tokio::test]
async fn the_inward_issue_of_a_link_is_its_source() {
    let site = Site::start().await;
    let (source, target) = (site.task("First").await, site.task("Then").await);
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": source }, "outwardIssue": { "key": target } });
    for _ in 0..2 {
        assert_eq!(site.post("/rest/api/3/issueLink", link.clone()).await.status, 201);
    }
    let seen = site.fields(&source, "issuelinks").await["issuelinks"].clone();
    assert_eq!(seen.as_array().unwrap().len(), 1, "the same link again is the same link");
    assert_eq!(
        (&seen[0]["type"]["outward"], &seen[0]["outwardIssue"]["key"]),
        (&json!("blocks"), &json!(target))
    );
    let seen = site.fields(&target, "issuelinks").await["issuelinks"].clone();
    assert_eq!(
        (&seen[0]["type"]["inward"], &seen[0]["inwardIssue"]["key"]),
        (&json!("is blocked by"), &json!(source))
    );
    let unknown = json!({ "type": { "name": "Hates" }, "inwardIssue": { "key": source }, "outwardIssue": { "key": target } });
    let refused = site.post("/rest/api/3/issueLink", unknown).await.message(404);
    assert_eq!(refused, "No issue link type with name 'Hates' found.");
    let path = format!("/rest/api/3/issueLink/{}", seen[0]["id"].as_str().unwrap());
    site.delete(&path).await.ok();
    site.get(&path).await.refused(404);
}

#[tokio::test]
async fn a_remote_link_with_a_known_global_id_replaces_the_old_one() {
    let site = Site::start().await;
    let key = site.task("Linked").await;
    let path = format!("/rest/api/3/issue/{key}/remotelink");
    let link = |title: &str| json!({ "globalId": "page=7", "object": { "url": "https://wiki.example.com/7", "title": title } });
    assert_eq!(site.post(&path, link("Old")).await.status, 201);
    assert_eq!(site.post(&path, link("New")).await.status, 200);
    let all = site.get(&path).await.ok();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["object"]["title"]), (1, &json!("New")));
    site.delete(&format!("{path}?globalId=page%3D7")).await.ok();
    assert_eq!(site.get(&path).await.ok(), json!([]));
}

#[tokio::test]
async fn people_watch_and_vote_for_themselves() {
    let site = Site::start().await;
    let key = site.task("Popular").await;
    let watchers = format!("/rest/api/3/issue/{key}/watchers");
    let lars = site.user("Lars").account_id.clone();
    site.post(&watchers, json!(lars)).await.ok();
    assert_eq!(site.get(&watchers).await.ok()["watchCount"], 2);
    site.delete(&format!("{watchers}?accountId={lars}")).await.ok();
    site.delete(&watchers).await.refused(400);
    assert_eq!(site.get(&watchers).await.ok()["watchCount"], 1);

    let votes = format!("/rest/api/3/issue/{key}/votes");
    assert_eq!(
        site.post(&votes, json!(null)).await.message(404),
        "You cannot vote for an issue you have reported."
    );
    site.call_as("Lars", Method::POST, &votes, None).await.ok();
    assert_eq!(site.get(&votes).await.ok()["votes"], 1);
}

#[tokio::test]
async fn properties_are_new_or_replaced() {
    let site = Site::start().await;
    let path = "/rest/api/3/issue/DEMO-1/properties/com.example.state";
    assert_eq!(site.put(path, json!({ "seen": 1 })).await.status, 201);
    assert_eq!(site.put(path, json!({ "seen": 2 })).await.status, 200);
    assert_eq!(site.get(path).await.ok()["value"], json!({ "seen": 2 }));
    assert_eq!(site.delete(path).await.status, 204);
    site.get(path).await.refused(404);
}
