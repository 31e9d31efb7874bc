//! Boards, sprints, the backlog, epics, releases, components, and what administrators set up.

use reqwest::Method;
use serde_json::{Value, json};

use super::Sweep;
use super::issues::new_issue;

pub(super) async fn all(jira: &mut Sweep) {
    boards(jira).await;
    sprints(jira).await;
    epics(jira).await;
    backlog(jira).await;
    releases(jira).await;
    components(jira).await;
    administration(jira).await;
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

/// The id of the scrum board of DEMO.
async fn scrum(jira: &mut Sweep) -> i64 {
    let boards = jira.get("/rest/agile/1.0/board?projectKeyOrId=DEMO&type=scrum").await;
    number(&boards["values"][0]["id"])
}

async fn boards(jira: &mut Sweep) {
    let board = scrum(jira).await;
    for what in [
        "",
        "/configuration",
        "/epic?done=false",
        "/project",
        "/quickfilter",
        "/sprint?state=active,closed",
        "/version",
    ] {
        jira.get(&format!("/rest/agile/1.0/board/{board}{what}")).await;
    }
    for what in ["issue", "backlog", "epic/none/issue"] {
        jira.get(&format!("/rest/software/1.0/board/{board}/{what}?maxResults=2&fields=summary,status"))
            .await;
    }
    let kept = "jql=statusCategory%20%21%3D%20Done";
    jira.get(&format!("/rest/software/1.0/board/{board}/issue/approximate-count?{kept}")).await;
    jira.get(&format!("/rest/software/1.0/board/{board}/backlog/approximate-count")).await;
    jira.refused(404, Method::GET, "/rest/agile/1.0/board/99999", None).await;
    jira.refused(404, Method::GET, "/rest/agile/1.0/board/99999/sprint", None).await;
    jira.refused(404, Method::GET, "/rest/software/1.0/board/99999/issue", None).await;
    let kanban = jira.get("/rest/agile/1.0/board?type=kanban").await;
    let kanban = number(&kanban["values"][0]["id"]);
    jira.refused(400, Method::GET, &format!("/rest/agile/1.0/board/{kanban}/sprint"), None).await;
}

async fn sprints(jira: &mut Sweep) {
    let board = scrum(jira).await;
    let sprint = jira
        .post("/rest/agile/1.0/sprint", json!({ "name": "Swept", "originBoardId": board, "goal": "All" }))
        .await;
    let path = format!("/rest/agile/1.0/sprint/{}", number(&sprint["id"]));
    let key = new_issue(jira).await;
    jira.post(&format!("{path}/issue"), json!({ "issues": [key] })).await;
    jira.get(&format!("/rest/software/1.0/sprint/{}/issue?fields=summary", number(&sprint["id"]))).await;
    jira.get(&format!("/rest/software/1.0/board/{board}/sprint/{}/issue", number(&sprint["id"]))).await;
    jira.post(&path, json!({ "name": "Swept again" })).await;
    let whole = json!({
        "name": "Swept", "state": "future", "originBoardId": board, "goal": "",
        "startDate": "2030-01-01T09:00:00.000Z", "endDate": "2030-01-14T09:00:00.000Z",
    });
    jira.put(&path, whole).await;
    jira.get(&path).await;
    jira.refused(404, Method::POST, "/rest/agile/1.0/sprint", Some(json!({ "name": "No board" }))).await;
    jira.refused(400, Method::POST, &path, Some(json!({ "state": "closed" }))).await;
    jira.refused(404, Method::GET, "/rest/agile/1.0/sprint/99999", None).await;
    jira.delete(&path).await;
    jira.refused(404, Method::DELETE, &path, None).await;
}

async fn epics(jira: &mut Sweep) {
    let board = scrum(jira).await;
    let epics = jira.get(&format!("/rest/agile/1.0/board/{board}/epic?maxResults=1")).await;
    let epic = number(&epics["values"][0]["id"]);
    let key = new_issue(jira).await;
    jira.get(&format!("/rest/agile/1.0/epic/{epic}")).await;
    jira.post(&format!("/rest/agile/1.0/epic/{epic}/issue"), json!({ "issues": [key] })).await;
    jira.get(&format!("/rest/software/1.0/epic/{epic}/issue?maxResults=2&fields=summary")).await;
    jira.get(&format!("/rest/software/1.0/board/{board}/epic/{epic}/issue?maxResults=2")).await;
    jira.get("/rest/software/1.0/epic/none/issue?maxResults=2&fields=summary").await;
    jira.post("/rest/agile/1.0/epic/none/issue", json!({ "issues": [key] })).await;
    jira.refused(404, Method::GET, "/rest/agile/1.0/epic/DEMO-99999", None).await;
}

async fn backlog(jira: &mut Sweep) {
    let board = scrum(jira).await;
    let (one, other) = (new_issue(jira).await, new_issue(jira).await);
    jira.put("/rest/agile/1.0/issue/rank", json!({ "issues": [one], "rankBeforeIssue": other })).await;
    jira.put("/rest/agile/1.0/issue/rank", json!({ "issues": [one, "DEMO-99999"], "rankAfterIssue": other }))
        .await;
    jira.post("/rest/agile/1.0/backlog/issue", json!({ "issues": [one] })).await;
    jira.post(&format!("/rest/agile/1.0/backlog/{board}/issue"), json!({ "issues": [one] })).await;
    jira.get(&format!("/rest/agile/1.0/issue/{one}?fields=summary,sprint")).await;
    let estimation = format!("/rest/agile/1.0/issue/{one}/estimation?boardId={board}");
    jira.put(&estimation, json!({ "value": "8" })).await;
    jira.get(&estimation).await;
    jira.refused(400, Method::PUT, "/rest/agile/1.0/issue/rank", Some(json!({ "issues": [one] }))).await;
    let many: Vec<String> = (0..51).map(|number| format!("DEMO-{number}")).collect();
    jira.refused(400, Method::POST, "/rest/agile/1.0/backlog/issue", Some(json!({ "issues": many }))).await;
}

async fn releases(jira: &mut Sweep) {
    let project = jira.get("/rest/api/3/project/DEMO").await;
    let project: i64 = text(&project["id"]).parse().unwrap_or_default();
    let new = |name: &str| json!({ "name": name, "projectId": project, "releaseDate": "2030-01-31", "description": "" });
    let version = jira.post("/rest/api/3/version", new("9.9")).await;
    let path = format!("/rest/api/3/version/{}", text(&version["id"]));
    jira.put(&path, json!({ "name": "9.9.1", "released": true })).await;
    jira.get(&format!("{path}?expand=issuesstatus,operations")).await;
    jira.get(&format!("{path}/relatedIssueCounts")).await;
    jira.get(&format!("{path}/unresolvedIssueCount")).await;
    jira.refused(400, Method::POST, "/rest/api/3/version", Some(new("9.9.1"))).await;
    jira.refused(404, Method::GET, "/rest/api/3/version/99999", None).await;
    jira.post(&format!("{path}/removeAndSwap"), json!({})).await;
    jira.refused(404, Method::GET, &path, None).await;
}

async fn components(jira: &mut Sweep) {
    let new = |name: &str| json!({ "name": name, "project": "DEMO", "description": "Swept", "assigneeType": "UNASSIGNED" });
    let component = jira.post("/rest/api/3/component", new("Swept")).await;
    let path = format!("/rest/api/3/component/{}", text(&component["id"]));
    jira.put(&path, json!({ "name": "Swept again" })).await;
    jira.get(&path).await;
    jira.get(&format!("{path}/relatedIssueCounts")).await;
    jira.refused(400, Method::POST, "/rest/api/3/component", Some(new("Swept again"))).await;
    jira.refused(404, Method::GET, "/rest/api/3/component/99999", None).await;
    jira.delete(&path).await;
    jira.refused(404, Method::DELETE, &path, None).await;
}

async fn administration(jira: &mut Sweep) {
    let me = jira.get("/rest/api/3/myself").await["accountId"].clone();
    let new = json!({
        "key": "SWEPT", "name": "Swept", "projectTypeKey": "software", "leadAccountId": me,
        "projectTemplateKey": "com.pyxis.greenhopper.jira:gh-simplified-agility-scrum",
    });
    jira.post("/rest/api/3/project", new.clone()).await;
    jira.refused(400, Method::POST, "/rest/api/3/project", Some(new)).await;
    let roles = jira.get("/rest/api/3/role").await;
    let other = jira.sandbox.info().users[1].account_id.clone();
    let role = format!("/rest/api/3/project/SWEPT/role/{}", number(&roles[0]["id"]));
    jira.post(&role, json!({ "user": [other] })).await;
    let kind = "com.atlassian.jira.plugin.system.customfieldtypes:textfield";
    jira.post("/rest/api/3/field", json!({ "name": "Swept", "type": kind })).await;
    jira.refused(400, Method::POST, "/rest/api/3/field", Some(json!({ "name": "Swept", "type": "nope" })))
        .await;
    let kind = "com.atlassian.jira.plugin.system.customfieldtypes:cascadingselect";
    let field = jira.post("/rest/api/3/field", json!({ "name": "Swept from a list", "type": kind })).await;
    let path = format!("/rest/api/3/field/{}/context", text(&field["id"]));
    let context = jira.get(&path).await;
    let path = format!("{path}/{}/option", text(&context["values"][0]["id"]));
    let parent = jira.post(&path, json!({ "options": [{ "value": "One" }] })).await;
    let child = json!({ "value": "One and a half", "optionId": parent["options"][0]["id"] });
    jira.post(&path, json!({ "options": [child] })).await;
    jira.get(&path).await;
    jira.get("/rest/api/3/field/search?type=custom&query=swept").await;
    let scrum = scrum(jira).await;
    let filter = jira.get(&format!("/rest/agile/1.0/board/{scrum}/configuration")).await;
    let filter: i64 = text(&filter["filter"]["id"]).parse().unwrap_or_default();
    let new = json!({ "name": "Swept", "jql": "project = DEMO" });
    let saved = jira.post("/rest/api/3/filter", new).await;
    let path = format!("/rest/api/3/filter/{}", text(&saved["id"]));
    jira.get(&path).await;
    jira.get("/rest/api/3/filter/my").await;
    jira.get("/rest/api/3/filter/search?filterName=swept&expand=jql,owner").await;
    jira.put(&path, json!({ "name": "Swept again", "jql": "project = OPS" })).await;
    jira.refused(400, Method::POST, "/rest/api/3/filter", Some(json!({ "name": "x", "jql": "nope" }))).await;
    jira.delete(&path).await;
    let location = json!({ "type": "project", "projectKeyOrId": "DEMO" });
    let board = json!({ "name": "Swept", "type": "kanban", "filterId": filter, "location": location });
    jira.post("/rest/agile/1.0/board", board).await;
    jira.delete("/rest/api/3/project/SWEPT?enableUndo=false").await;
    jira.refused(404, Method::DELETE, "/rest/api/3/project/SWEPT", None).await;
}
