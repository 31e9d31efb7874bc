//! Reading issues, and what there is to know about projects, fields and people.

use reqwest::Method;
use serde_json::{Value, json};

use super::Site;

#[tokio::test]
async fn an_issue_is_found_by_id_by_key_in_any_case_and_by_the_key_before_a_move() {
    let site = Site::start().await;
    let issue = site.get("/rest/api/3/issue/demo-1").await.ok();
    assert_eq!(issue["key"], "DEMO-1");
    let id = issue["id"].as_str().unwrap();
    assert_eq!(site.get(&format!("/rest/api/3/issue/{id}")).await.ok()["key"], "DEMO-1");
    let task =
        site.get("/rest/api/3/project/BIZ").await.ok()["issueTypes"][1]["id"].as_str().unwrap().to_owned();
    let mapping = json!({
        "inferFieldDefaults": true, "inferStatusDefaults": true, "inferSubtaskTypeDefault": true,
        "inferClassificationDefaults": true, "issueIdsOrKeys": ["DEMO-1", "NOPE-1"],
    });
    let body = json!({ "targetToSourcesMapping": { format!("BIZ,{task}"): mapping } });
    let handed_in = site.post("/rest/api/3/bulk/issues/move", body).await.ok();
    let path = format!("/rest/api/3/bulk/queue/{}", handed_in["taskId"].as_str().unwrap());
    let done = site.get(&path).await.ok();
    assert_eq!((&done["status"], &done["invalidOrInaccessibleIssueCount"]), (&json!("COMPLETE"), &json!(1)));
    assert_eq!(done["processedAccessibleIssues"], json!([id.parse::<u64>().unwrap()]));
    let moved = site.get(&format!("/rest/api/3/issue/{id}")).await.ok()["key"].as_str().unwrap().to_owned();
    assert!(moved.starts_with("BIZ-"), "{moved}");
    assert_eq!(site.get("/rest/api/3/issue/DEMO-1").await.ok()["key"], moved);
    let whole = site.get(&format!("/rest/api/3/issue/{moved}?expand=changelog")).await.ok();
    let changes = whole["changelog"]["histories"].as_array().unwrap().iter();
    let mut items = changes.flat_map(|change| change["items"].as_array().unwrap());
    let key = items.find(|item| item["field"] == "Key").unwrap();
    assert_eq!((&key["fromString"], &key["toString"]), (&json!("DEMO-1"), &json!(moved)));
}

#[tokio::test]
async fn expansions_bring_what_they_name() {
    let site = Site::start().await;
    let path = "/rest/api/3/issue/DEMO-1?fields=summary,status&expand=names,schema,transitions.fields,transitions,editmeta,changelog,operations,renderedFields";
    let issue = site.get(path).await.ok();
    assert_eq!(issue["names"], json!({ "status": "Status", "summary": "Summary" }));
    assert_eq!(issue["schema"]["summary"]["type"], "string");
    assert_eq!(issue["editmeta"]["fields"]["summary"]["required"], true);
    for part in ["transitions", "changelog", "operations", "renderedFields"] {
        assert!(!issue[part].is_null(), "{part}");
    }
}

#[tokio::test]
async fn create_metadata_has_required_fields_allowed_values_and_a_limit() {
    let site = Site::start().await;
    let types = site.get("/rest/api/3/issue/createmeta/DEMO/issuetypes").await.ok();
    let bug = types["issueTypes"].as_array().unwrap().iter().find(|t| t["name"] == "Bug").unwrap();
    let path = format!("/rest/api/3/issue/createmeta/DEMO/issuetypes/{}", bug["id"].as_str().unwrap());
    let meta = site.get(&format!("{path}?maxResults=200")).await.ok();
    let fields = meta["fields"].as_array().unwrap();
    let field = |id: &str| fields.iter().find(|f| f["fieldId"] == id).unwrap();
    assert_eq!(field("summary")["required"], true);
    assert_eq!(field("priority")["hasDefaultValue"], true);
    let severities = field("customfield_10032")["allowedValues"].as_array().unwrap();
    assert!(severities.iter().any(|s| s["value"] == "Major"));
    assert!(field("customfield_10034")["allowedValues"][0]["children"].is_array());
    let too_many = site.get(&format!("{path}?maxResults=201")).await;
    assert_eq!(too_many.message(400), "Parameter 'maxResults' must not exceed the limit '200'");
    let page = site.get(&format!("{path}?startAt=2&maxResults=3")).await.ok();
    assert_eq!(page["fields"], Value::from(&fields[2..5]));
}

#[tokio::test]
async fn people_are_searched_by_name_and_by_the_mail_that_they_show() {
    let site = Site::start().await;
    let search = async |who: &str, query: &str| {
        let path = format!("/rest/api/3/user/search?query={query}");
        let found = site.call_as(who, Method::GET, &path, None).await.ok();
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["displayName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(search("Ana", "okafor").await, ["Chris Okafor", "Christina Okafor"]);
    assert_eq!(search("Ana", "chris.okafor@example.com").await, ["Chris Okafor"]);
    assert_eq!(search("Ana", "yuki.sato@example.com").await, Vec::<String>::new());
    let assignable = site.get("/rest/api/3/user/assignable/search?project=DEMO&query=dana").await.ok();
    assert_eq!(assignable, json!([]), "an auditor is not assignable");
    let bulk = format!("/rest/api/3/user/bulk?accountId={}&accountId=nobody", site.user("Omar").account_id);
    assert_eq!(site.get(&bulk).await.ok()["total"], 1);
}

#[tokio::test]
async fn dates_are_in_the_zone_of_who_asks() {
    let site = Site::start().await;
    let created = async |who: &str| {
        let path = "/rest/api/3/issue/DEMO-1?fields=created";
        let issue = site.call_as(who, Method::GET, path, None).await.ok();
        issue["fields"]["created"].as_str().unwrap().to_owned()
    };
    let (tokyo, taipei) = (created("佐藤").await, created("Mei-Ling").await);
    assert!(tokyo.ends_with("+0900") && taipei.ends_with("+0800"), "{tokyo} {taipei}");
}
