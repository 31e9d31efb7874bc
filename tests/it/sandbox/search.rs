//! Search: what a page holds, how pages follow each other, what search does not know yet.

use std::time::Duration;

use jira_sandbox::Options;
use serde_json::{Value, json};

use super::{Site, keys};

const SEARCH: &str = "/rest/api/3/search/jql";

#[tokio::test]
async fn a_search_gives_ids_alone_unless_fields_are_asked_for() {
    let site = Site::start().await;
    let page = site.post(SEARCH, json!({ "jql": "key = DEMO-1" })).await.ok();
    assert_eq!(page, json!({ "issues": [{ "id": page["issues"][0]["id"] }], "isLast": true }));

    let page =
        site.post(SEARCH, json!({ "jql": "key = DEMO-1", "fields": ["summary", "status"] })).await.ok();
    let fields = page["issues"][0]["fields"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["status", "summary"]);

    let page =
        site.post(SEARCH, json!({ "jql": "key = DEMO-1", "fields": ["*navigable", "-summary"] })).await.ok();
    let fields = page["issues"][0]["fields"].as_object().unwrap();
    assert!(
        fields.contains_key("description")
            && !fields.contains_key("comment")
            && !fields.contains_key("summary")
    );

    let named = json!({ "jql": "key in (DEMO-1, DEMO-2)", "fields": ["summary"], "expand": "names" });
    let page = site.post(SEARCH, named).await.ok();
    assert_eq!(page["names"], json!({ "summary": "Summary" }), "once for the page");

    let page = site.post(SEARCH, json!({ "jql": "key = DEMO-1", "fields": ["*all"] })).await.ok();
    assert!(page["issues"][0]["fields"]["comment"].is_object());
}

/// Walks all pages; how many there were, and all keys.
async fn walk(site: &Site, mut body: Value) -> (usize, Vec<String>) {
    let (mut pages, mut all) = (0, Vec::new());
    loop {
        let page = site.post(SEARCH, body.clone()).await.ok();
        pages += 1;
        all.extend(keys(&page).into_iter().map(str::to_owned));
        let Some(token) = page.get("nextPageToken") else {
            assert_eq!(page["isLast"], true);
            return (pages, all);
        };
        assert_eq!(page["isLast"], false);
        body["nextPageToken"] = token.clone();
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let body = json!({ "jql": "project = DEMO ORDER BY key ASC", "fields": ["key"], "maxResults": 30 });
    let whole = Site::start().await;
    let (pages, all) = walk(&whole, body.clone()).await;
    let count =
        whole.post("/rest/api/3/search/approximate-count", json!({ "jql": "project = DEMO" })).await.ok();
    assert_eq!((pages, json!(all.len())), (all.len().div_ceil(30), count["count"].clone()));

    let short = Site::with(Options { short_pages: true, ..Options::default() }).await;
    let (more_pages, same) = walk(&short, body).await;
    assert_eq!(same, all);
    assert!(more_pages > pages, "{more_pages}");
}

#[tokio::test]
async fn a_page_keeps_its_place_when_issues_are_deleted_meanwhile() {
    let site = Site::start().await;
    let mut body = json!({ "jql": "project = BIZ ORDER BY key ASC", "fields": ["key"], "maxResults": 3 });
    let first = site.post(SEARCH, body.clone()).await.ok();
    site.delete(&format!("/rest/api/3/issue/{}?deleteSubtasks=true", keys(&first)[0])).await.ok();
    body["nextPageToken"] = first["nextPageToken"].clone();
    let second = site.post(SEARCH, body).await.ok();
    assert_eq!(keys(&second)[0], "BIZ-4");
}

#[tokio::test]
async fn what_jira_does_not_take_is_refused() {
    let site = Site::start().await;
    let unbounded = site.post(SEARCH, json!({ "jql": "ORDER BY created" })).await;
    assert_eq!(
        unbounded.message(400),
        "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
    );
    let unknown = site.post(SEARCH, json!({ "jql": "project = NOPE" })).await;
    assert_eq!(unknown.message(400), "The value 'NOPE' does not exist for the field 'project'.");
    for body in [
        json!({ "jql": "project = DEMO", "startAt": 0 }),
        json!({ "jql": "project = DEMO", "expand": ["names"] }),
        json!({ "jql": "project = DEMO", "fields": "summary" }),
    ] {
        let refused = site.post(SEARCH, body).await;
        assert_eq!(
            refused.message(400),
            "Invalid request payload. Refer to the REST API documentation and try again."
        );
    }
    site.post(SEARCH, json!({ "jql": "project = DEMO", "maxResults": 5001 })).await.refused(400);
    let page = site.post(SEARCH, json!({ "jql": "project = DEMO", "maxResults": 1 })).await.ok();
    let stolen = json!({ "jql": "project = BIZ", "nextPageToken": page["nextPageToken"] });
    site.post(SEARCH, stolen).await.refused(400);
    let old = json!({ "jql": "project = DEMO", "nextPageToken": page["nextPageToken"] });
    site.post(SEARCH, old.clone()).await.ok();
    site.sandbox.advance_clock(Duration::from_secs(8 * 86_400));
    site.post(SEARCH, old).await.refused(400);
    let gone = site.get("/rest/api/3/search?jql=project%20%3D%20DEMO").await;
    assert!(gone.message(410).contains("/rest/api/3/search/jql"));
}

#[tokio::test]
async fn search_lags_behind_until_told_what_to_reconcile() {
    let site = Site::with(Options { search_lag: Duration::from_secs(20), ..Options::default() }).await;
    site.freeze();
    let key = site.task("Just written").await;
    let id: u64 =
        site.get(&format!("/rest/api/3/issue/{key}")).await.ok()["id"].as_str().unwrap().parse().unwrap();
    let jql = format!("project = BIZ AND summary ~ \"written\" AND key = {key}");
    let plain = json!({ "jql": jql, "fields": ["key"] });
    assert!(keys(&site.post(SEARCH, plain.clone()).await.ok()).is_empty());
    let reconciled = json!({ "jql": jql, "fields": ["key"], "reconcileIssues": [id] });
    assert_eq!(keys(&site.post(SEARCH, reconciled).await.ok()), [key.as_str()]);
    site.sandbox.advance_clock(Duration::from_secs(21));
    assert_eq!(keys(&site.post(SEARCH, plain).await.ok()), [key.as_str()]);
}
