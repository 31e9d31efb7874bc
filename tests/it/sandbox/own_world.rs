//! Somebody lays a world of their own through Jira's API alone.

use jira_sandbox::Options;
use serde_json::{Value, json};

use super::{Site, keys, paragraph};

#[tokio::test]
async fn an_empty_site_is_filled_over_rest() {
    let site = Site::with(Options { seed: false, ..Options::default() }).await;
    assert_eq!(site.get("/rest/api/3/project/search").await.ok()["total"], 0);
    let lead = site.user("Ana").account_id.clone();
    let project = json!({
        "key": "ROAD", "name": "Road works", "projectTypeKey": "software", "leadAccountId": lead, "assigneeType": "PROJECT_LEAD",
        "projectTemplateKey": "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic",
    });
    assert_eq!(site.post("/rest/api/3/project", project.clone()).await.status, 201);
    let again = site.post("/rest/api/3/project", project).await.refused(400);
    assert_eq!(again["errors"]["projectKey"], "Project 'Road works' uses this project key.");

    let release = site.post("/rest/api/3/version", json!({ "name": "1.0", "project": "ROAD" })).await.ok();
    let part = site.post("/rest/api/3/component", json!({ "name": "Bridges", "project": "ROAD" })).await.ok();
    let kind = "com.atlassian.jira.plugin.system.customfieldtypes:float";
    let field = site.post("/rest/api/3/field", json!({ "name": "Length (m)", "type": kind })).await.ok();
    let field = field["id"].as_str().unwrap();
    let kind = "com.atlassian.jira.plugin.system.customfieldtypes:select";
    let choice = site.post("/rest/api/3/field", json!({ "name": "Surface", "type": kind })).await.ok();
    let choice = choice["id"].as_str().unwrap();
    let path = format!("/rest/api/3/field/{choice}/context");
    let context = site.get(&path).await.ok()["values"][0]["id"].as_str().unwrap().to_owned();
    let surfaces = json!({ "options": [{ "value": "Gravel" }, { "value": "Asphalt" }] });
    site.post(&format!("{path}/{context}/option"), surfaces).await.ok();
    let fields = json!({
        choice: { "value": "Asphalt" },
        "project": { "key": "ROAD" }, "issuetype": { "name": "Story" }, "summary": "Span the river",
        "description": paragraph("It is wide."), "fixVersions": [{ "name": "1.0" }],
        "components": [{ "id": part["id"] }], field: 120.5, "customfield_10034": { "value": "Checkout", "child": { "value": "Cart" } },
    });
    let issue = site.post("/rest/api/3/issue", json!({ "fields": fields })).await.ok();
    assert_eq!(issue["key"], "ROAD-1");
    assert_eq!(site.fields("ROAD-1", "assignee").await["assignee"]["accountId"], lead);
    let found = json!({ "jql": "fixVersion = 1.0 AND component = Bridges AND \"Length (m)\" > 100 AND Surface = Asphalt", "fields": ["key"] });
    assert_eq!(keys(&site.post("/rest/api/3/search/jql", found).await.ok()), ["ROAD-1"]);

    let board = site.get("/rest/agile/1.0/board?projectKeyOrId=ROAD").await.ok()["values"][0].clone();
    let sprint = json!({ "name": "First", "originBoardId": board["id"] });
    let sprint = site.post("/rest/agile/1.0/sprint", sprint).await.ok();
    let path = format!("/rest/agile/1.0/sprint/{}/issue", sprint["id"]);
    site.post(&path, json!({ "issues": ["ROAD-1"] })).await.ok();
    let values = site.fields("ROAD-1", &format!("{field},customfield_10020,customfield_10034")).await;
    assert_eq!(values[field], 120.5);
    assert_eq!(values["customfield_10020"][0]["name"], "First");
    assert_eq!(values["customfield_10034"]["child"]["value"], "Cart");

    let swap = format!("/rest/api/3/version/{}/removeAndSwap", release["id"].as_str().unwrap());
    site.post(&swap, json!({})).await.ok();
    assert_eq!(site.fields("ROAD-1", "fixVersions").await["fixVersions"], Value::Array(Vec::new()));
    site.delete("/rest/api/3/project/ROAD").await.ok();
    site.get("/rest/api/3/issue/ROAD-1").await.refused(404);
}
