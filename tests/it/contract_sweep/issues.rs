//! Issues and what hangs on them.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{Info, Sweep};

/// Words as an Atlassian document.
fn text(words: &str) -> Value {
    let content = json!([{ "type": "paragraph", "content": [{ "type": "text", "text": words }] }]);
    json!({ "type": "doc", "version": 1, "content": content })
}

pub(super) async fn all(jira: &mut Sweep) {
    reads(jira).await;
    changes(jira).await;
    talk(jira).await;
    work(jira).await;
    links(jira).await;
    followers(jira).await;
    files(jira).await;
    moves(jira).await;
}

async fn reads(jira: &mut Sweep) {
    jira.get("/rest/api/3/issue/DEMO-1").await;
    let all = "names,schema,renderedFields,transitions,editmeta,changelog,operations";
    jira.get(&format!("/rest/api/3/issue/DEMO-1?fields=*all&expand={all}")).await;
    jira.get("/rest/api/3/issue/DEMO-1/editmeta").await;
    jira.get("/rest/api/3/issue/DEMO-1/transitions?expand=transitions.fields").await;
    jira.get("/rest/api/3/issue/DEMO-1/changelog?maxResults=10").await;
    jira.post(
        "/rest/api/3/issue/bulkfetch",
        json!({ "issueIdsOrKeys": ["DEMO-1", "DEMO-99999"], "fields": ["summary"], "expand": ["changelog"] }),
    )
    .await;
    for unknown in ["DEMO-99999", "DEMO-99999/editmeta", "DEMO-99999/transitions", "DEMO-99999/changelog"] {
        jira.refused(404, Method::GET, &format!("/rest/api/3/issue/{unknown}"), None).await;
    }
}

/// A new issue's key.
pub(super) async fn new_issue(jira: &mut Sweep) -> String {
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "Swept" });
    let created = jira.post("/rest/api/3/issue", json!({ "fields": fields })).await;
    created["key"].as_str().unwrap_or_default().to_owned()
}

async fn changes(jira: &mut Sweep) {
    let me = jira.get("/rest/api/3/myself").await["accountId"].clone();
    let project = json!({ "key": "DEMO" });
    let fields = json!({
        "project": project, "issuetype": { "name": "Task" }, "summary": "Swept", "description": text("All of it"),
        "labels": ["swept"], "assignee": { "accountId": me }, "duedate": "2030-01-31", "priority": { "name": "High" },
    });
    let created = jira.post("/rest/api/3/issue", json!({ "fields": fields })).await;
    let key = created["key"].as_str().unwrap_or_default().to_owned();
    let one = |summary: &str| json!({ "fields": { "project": project, "issuetype": { "name": "Task" }, "summary": summary } });
    jira.post("/rest/api/3/issue/bulk", json!({ "issueUpdates": [one("Both"), one("")] })).await;

    let issue = format!("/rest/api/3/issue/{key}");
    jira.put(
        &issue,
        json!({ "fields": { "summary": "Changed" }, "update": { "labels": [{ "add": "more" }] } }),
    )
    .await;
    jira.put(
        &format!("{issue}?notifyUsers=false&returnIssue=true"),
        json!({ "fields": { "duedate": null } }),
    )
    .await;
    jira.put(&format!("{issue}/assignee"), json!({ "accountId": null })).await;
    let moves = jira.get(&format!("{issue}/transitions")).await;
    let body = json!({ "transition": { "id": moves["transitions"][0]["id"] }, "update": { "comment": [{ "add": { "body": text("Moved") } }] } });
    jira.post(&format!("{issue}/transitions"), body).await;
    jira.get(&format!("{issue}?fields=*all&expand=changelog,names,schema,transitions")).await;
    jira.get(&format!("{issue}/changelog")).await;

    let broken = [
        json!({ "fields": { "project": { "key": "NOPE" }, "issuetype": { "name": "Task" }, "summary": "x" } }),
        json!({ "fields": { "project": project, "issuetype": { "name": "Task" } } }),
        json!({ "fields": { "project": project, "issuetype": { "name": "Task" }, "summary": "x", "description": "x" } }),
        json!({ "fields": { "project": project, "issuetype": { "name": "Task" }, "summary": "x", "nope": 1 } }),
    ];
    for body in broken {
        jira.refused(400, Method::POST, "/rest/api/3/issue", Some(body)).await;
    }
    jira.refused(400, Method::PUT, &issue, Some(json!({ "fields": { "priority": { "name": "Nope" } } })))
        .await;
    jira.refused(
        404,
        Method::PUT,
        "/rest/api/3/issue/DEMO-99999",
        Some(json!({ "fields": { "summary": "x" } })),
    )
    .await;
    jira.refused(400, Method::PUT, &format!("{issue}/assignee"), Some(json!({ "accountId": "nobody" })))
        .await;
    let unknown = Some(json!({ "transition": { "id": "99999" } }));
    jira.refused(400, Method::POST, &format!("{issue}/transitions"), unknown).await;
    jira.delete(&format!("{issue}?deleteSubtasks=true")).await;
    jira.refused(404, Method::DELETE, &issue, None).await;
}

async fn talk(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let comments = format!("/rest/api/3/issue/{key}/comment");
    let restricted =
        json!({ "body": text("Hello"), "visibility": { "type": "role", "value": "Administrators" } });
    let comment = jira.post(&comments, restricted).await;
    let id = comment["id"].as_str().unwrap_or_default().to_owned();
    jira.put(&format!("{comments}/{id}"), json!({ "body": text("Goodbye") })).await;
    jira.get(&format!("{comments}/{id}?expand=renderedBody")).await;
    jira.get(&format!("{comments}?orderBy=-created&startAt=0&maxResults=5")).await;
    jira.post("/rest/api/3/comment/list", json!({ "ids": [id.parse::<i64>().unwrap_or_default()] })).await;
    jira.refused(400, Method::POST, &comments, Some(json!({ "body": "plain text" }))).await;
    jira.refused(400, Method::POST, &comments, Some(json!({}))).await;
    jira.refused(404, Method::GET, &format!("{comments}/99999"), None).await;
    jira.refused(
        404,
        Method::POST,
        "/rest/api/3/issue/DEMO-99999/comment",
        Some(json!({ "body": text("x") })),
    )
    .await;
    jira.delete(&format!("{comments}/{id}")).await;
    jira.refused(404, Method::DELETE, &format!("{comments}/{id}"), None).await;
}

async fn work(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let worklogs = format!("/rest/api/3/issue/{key}/worklog");
    let body = json!({ "timeSpent": "1h 30m", "started": "2026-01-17T12:34:00.000+0000", "comment": text("Thought") });
    let worklog = jira.post(&format!("{worklogs}?adjustEstimate=new&newEstimate=2h"), body).await;
    let id = worklog["id"].as_str().unwrap_or_default().to_owned();
    jira.put(&format!("{worklogs}/{id}"), json!({ "timeSpentSeconds": 3600 })).await;
    jira.get(&format!("{worklogs}/{id}")).await;
    jira.get(&format!("{worklogs}?maxResults=5")).await;
    jira.refused(400, Method::POST, &worklogs, Some(json!({ "timeSpent": "soon" }))).await;
    jira.refused(404, Method::GET, &format!("{worklogs}/99999"), None).await;
    jira.delete(&format!("{worklogs}/{id}?adjustEstimate=leave")).await;
}

async fn links(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-1" } });
    jira.post("/rest/api/3/issueLink", link).await;
    let issue = jira.get(&format!("/rest/api/3/issue/{key}?fields=issuelinks")).await;
    let id = issue["fields"]["issuelinks"][0]["id"].as_str().unwrap_or_default().to_owned();
    jira.get(&format!("/rest/api/3/issueLink/{id}")).await;
    jira.delete(&format!("/rest/api/3/issueLink/{id}")).await;
    jira.refused(404, Method::GET, &format!("/rest/api/3/issueLink/{id}"), None).await;
    let unknown = json!({ "type": { "name": "Nope" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-1" } });
    jira.refused(404, Method::POST, "/rest/api/3/issueLink", Some(unknown)).await;
    let lost = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-99999" } });
    jira.refused(404, Method::POST, "/rest/api/3/issueLink", Some(lost)).await;

    let remotes = format!("/rest/api/3/issue/{key}/remotelink");
    let page = json!({ "globalId": "id=1", "object": { "url": "https://example.com/1", "title": "A page" }, "relationship": "told in" });
    let created = jira.post(&remotes, page.clone()).await;
    jira.post(&remotes, page.clone()).await;
    let id = created["id"].as_i64().unwrap_or_default();
    jira.put(&format!("{remotes}/{id}"), page.clone()).await;
    jira.get(&format!("{remotes}/{id}")).await;
    jira.get(&remotes).await;
    jira.refused(400, Method::POST, &remotes, Some(json!({ "object": { "title": "No address" } }))).await;
    jira.refused(404, Method::GET, &format!("{remotes}/99999"), None).await;
    jira.delete(&format!("{remotes}/{id}")).await;
    jira.post(&remotes, page).await;
    jira.delete(&format!("{remotes}?globalId=id%3D1")).await;
}

async fn followers(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let issue = format!("/rest/api/3/issue/{key}");
    let other = jira.sandbox.info().users[1].account_id.clone();
    jira.post(&format!("{issue}/watchers"), json!(other)).await;
    jira.get(&format!("{issue}/watchers")).await;
    jira.delete(&format!("{issue}/watchers?accountId={other}")).await;
    jira.refused(404, Method::POST, &format!("{issue}/watchers"), Some(json!("nobody"))).await;
    jira.refused(404, Method::POST, &format!("{issue}/votes"), None).await;
    let others = json!({ "jql": "project = DEMO AND reporter != currentUser() AND resolution IS EMPTY", "fields": ["key"] });
    let found = jira.post("/rest/api/3/search/jql", others).await;
    let votes = format!("/rest/api/3/issue/{}/votes", found["issues"][0]["key"].as_str().unwrap_or_default());
    jira.ok(Method::POST, &votes, None).await;
    jira.get(&votes).await;
    jira.delete(&votes).await;
    jira.put(&format!("{issue}/properties/swept"), json!({ "by": "a test" })).await;
    jira.get(&format!("{issue}/properties")).await;
    jira.get(&format!("{issue}/properties/swept")).await;
    jira.delete(&format!("{issue}/properties/swept")).await;
    jira.refused(404, Method::GET, &format!("{issue}/properties/swept"), None).await;
}

async fn files(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let Info { url, email, api_token, .. } = jira.sandbox.info().clone();
    let part = Part::bytes(b"words".to_vec()).file_name("words.txt").mime_str("text/plain").unwrap();
    let request = jira
        .http
        .post(format!("{url}/rest/api/3/issue/{key}/attachments"))
        .basic_auth(&email, Some(&api_token))
        .header("X-Atlassian-Token", "no-check")
        .multipart(Form::new().part("file", part));
    let (call, attachments) = jira.exchange(request).await;
    jira.saw(&call);
    let id = attachments[0]["id"].as_str().unwrap_or_default().to_owned();
    jira.get("/rest/api/3/attachment/meta").await;
    jira.get(&format!("/rest/api/3/attachment/{id}")).await;
    jira.get(&format!("/rest/api/3/attachment/content/{id}?redirect=false")).await;
    jira.get(&format!("/rest/api/3/attachment/thumbnail/{id}?redirect=false")).await;
    jira.refused(303, Method::GET, &format!("/rest/api/3/attachment/content/{id}"), None).await;
    jira.refused(404, Method::GET, "/rest/api/3/attachment/99999", None).await;
    jira.delete(&format!("/rest/api/3/attachment/{id}")).await;
}

async fn moves(jira: &mut Sweep) {
    let key = new_issue(jira).await;
    let types = jira.get("/rest/api/3/issue/createmeta/BIZ/issuetypes").await;
    let task = types["issueTypes"][1]["id"].as_str().unwrap_or_default();
    let mapping = json!({
        "inferClassificationDefaults": true, "inferFieldDefaults": true, "inferStatusDefaults": true,
        "inferSubtaskTypeDefault": true, "issueIdsOrKeys": [key, "DEMO-99999"],
    });
    let body = json!({ "targetToSourcesMapping": { format!("BIZ,{task}"): mapping } });
    let handed_in = jira.post("/rest/api/3/bulk/issues/move", body).await;
    let path = format!("/rest/api/3/bulk/queue/{}", handed_in["taskId"].as_str().unwrap_or_default());
    jira.get(&path).await;
    jira.refused(400, Method::GET, "/rest/api/3/bulk/queue/99999", None).await;
    jira.refused(
        400,
        Method::POST,
        "/rest/api/3/bulk/issues/move",
        Some(json!({ "targetToSourcesMapping": {} })),
    )
    .await;
}
