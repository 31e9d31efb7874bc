//! Boards, sprints, backlog and rank.

use serde_json::{Value, json};

use super::{Site, keys};

const BOARD: &str = "/rest/agile/1.0/board";
const SPRINT: &str = "/rest/agile/1.0/sprint";

/// The first board of a project.
async fn board(site: &Site, project: &str) -> Value {
    site.get(&format!("{BOARD}?projectKeyOrId={project}")).await.ok()["values"][0].clone()
}

#[tokio::test]
async fn a_sprint_goes_from_plan_to_end() {
    let site = Site::start().await;
    let board = board(&site, "DEMO").await;
    let made =
        site.post(SPRINT, json!({ "name": "Sprint 99", "originBoardId": board["id"], "goal": "All" })).await;
    assert_eq!((made.status, &made.body["state"]), (201, &json!("future")));
    let path = format!("{SPRINT}/{}", made.body["id"]);
    site.post(&path, json!({ "state": "active" })).await.refused(400);
    let dates = json!({ "startDate": "2026-11-20T09:00:00.000Z", "endDate": "2026-12-04T09:00:00.000Z" });
    site.post(&path, dates).await.ok();
    site.post(&path, json!({ "state": "closed" })).await.refused(400);
    assert_eq!(site.post(&path, json!({ "state": "active" })).await.ok()["goal"], "All");
    site.post(&format!("{path}/issue"), json!({ "issues": ["DEMO-2"] })).await.ok();
    let inside =
        site.get(&format!("/rest/software/1.0/sprint/{}/issue?fields=key", made.body["id"])).await.ok();
    assert_eq!(keys(&inside), ["DEMO-2"]);
    let closed = site.post(&path, json!({ "state": "closed" })).await.ok();
    assert!(closed["completeDate"].is_string());
    site.post(&format!("{path}/issue"), json!({ "issues": ["DEMO-3"] })).await.refused(400);
}

#[tokio::test]
async fn kanban_boards_have_no_sprints() {
    let site = Site::start().await;
    let board = board(&site, "OPS").await;
    assert_eq!(board["type"], "kanban");
    let refused = site.get(&format!("{BOARD}/{}/sprint", board["id"])).await;
    assert_eq!(refused.message(400), "The board does not support sprints");
}

#[tokio::test]
async fn issues_move_between_backlog_and_sprint_and_keep_the_rank_they_are_given() {
    let site = Site::start().await;
    let board = board(&site, "DEMO").await;
    let id = &board["id"];
    let backlog = format!("/rest/software/1.0/board/{id}/backlog?fields=key&maxResults=100");
    let waiting = site.get(&backlog).await.ok();
    let waiting = keys(&waiting);
    let (first, last) = (waiting[0], waiting[waiting.len() - 1]);
    site.put("/rest/agile/1.0/issue/rank", json!({ "issues": [last], "rankBeforeIssue": first })).await.ok();
    assert_eq!(keys(&site.get(&backlog).await.ok())[..2], [last, first]);

    let future = site.get(&format!("{BOARD}/{id}/sprint?state=future")).await.ok()["values"][0].clone();
    site.post(&format!("{SPRINT}/{}/issue", future["id"]), json!({ "issues": [last] })).await.ok();
    assert_eq!(keys(&site.get(&backlog).await.ok())[0], first);
    site.post("/rest/agile/1.0/backlog/issue", json!({ "issues": [last] })).await.ok();
    assert_eq!(keys(&site.get(&backlog).await.ok())[0], last);

    let partly = site
        .put("/rest/agile/1.0/issue/rank", json!({ "issues": [last, "NOPE-1"], "rankAfterIssue": first }))
        .await;
    assert_eq!((partly.status, &partly.body["entries"][1]["status"]), (207, &json!(404)));
    let many: Vec<_> = (1..=51).map(|n| format!("DEMO-{n}")).collect();
    site.post("/rest/agile/1.0/backlog/issue", json!({ "issues": many })).await.refused(400);
}
