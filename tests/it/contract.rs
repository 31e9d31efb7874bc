//! The contract tests' own proof: recorded replies of the real Jira pass, with the list of departures and only with it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::openapi::{Body, CONTRACT, Call, contract_dir, report, unexcused};
use crate::support::{self, Jira};

/// Recorded exchanges of Jira Cloud, with their file names.
pub(crate) fn recorded() -> Vec<(String, Call)> {
    let dir = contract_dir().join("recorded/cloud-2026");
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| (file.file_stem().unwrap().to_string_lossy().into_owned(), read(file))).collect()
}

fn read(file: &Path) -> Call {
    let exchange: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let (request, response) = (&exchange["request"], &exchange["response"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let query = request["params"].as_object().into_iter().flatten();
    Call {
        method: text(&request["method"]),
        path: text(&request["path"]),
        query: query.map(|(name, value)| (name.clone(), text(value))).collect(),
        sent: Body::Empty,
        status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
        got: Body::new(response["headers"]["content-type"].as_str(), &response["body"]),
    }
}

/// The complaints of the documents about a call, as `rule pointer`, without the known departures.
fn complaints(call: &Call) -> Vec<String> {
    let faults = unexcused(CONTRACT.differences(call));
    faults.iter().map(|fault| format!("{} {}", fault.rule, fault.pointer)).collect()
}

/// A call without bodies; the reply is an empty 204.
fn call(method: &str, path: &str, query: &[(&str, &str)]) -> Call {
    Call {
        method: method.into(),
        path: path.into(),
        query: query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        sent: Body::Empty,
        status: 204,
        got: Body::Empty,
    }
}

fn paragraph(text: &str) -> Value {
    let content = json!([{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }]);
    json!({ "type": "doc", "version": 1, "content": content })
}

#[test]
fn recorded_replies_pass_with_the_departures() {
    let faults = recorded()
        .iter()
        .flat_map(|(_, call)| unexcused(CONTRACT.reply_differences(call)))
        .collect::<Vec<_>>();
    assert!(faults.is_empty(), "{}", report(&faults));
}

#[test]
fn recorded_replies_fail_without_the_departures() {
    let differing: BTreeSet<String> = recorded()
        .into_iter()
        .filter_map(|(name, call)| (!CONTRACT.reply_differences(&call).is_empty()).then_some(name))
        .collect();
    let expected = [
        "get-create-issue-metadata-0",
        "get-field-0",
        "get-issue-type-0",
        "issue-types-0",
        "list-fields-0",
        "list-issue-types-0",
        "project-components-0",
        "projects-0",
    ];
    assert_eq!(differing, expected.map(String::from).into());
}

#[test]
fn a_sound_exchange_passes() {
    let mut edit = call("PUT", "/ex/jira/11111111-2222/rest/api/3/issue/DEMO-1", &[("notifyUsers", "false")]);
    edit.sent = Body::Json(json!({ "fields": { "summary": "New", "description": paragraph("Text") } }));
    assert_eq!(complaints(&edit), [""; 0]);
    let mut search =
        call("GET", "/rest/api/3/search/jql", &[("jql", "project = DEMO"), ("fields", "summary,status")]);
    search.status = 200;
    search.got = Body::Json(json!({ "isLast": true, "issues": [
        { "id": "10000", "key": "DEMO-1", "fields": { "summary": "One", "assignee": null, "created": "2026-11-23T10:00:00.000+0100" } },
    ] }));
    assert_eq!(complaints(&search), [""; 0]);
}

#[test]
fn paths_and_queries_are_held_to_the_documents() {
    assert_eq!(complaints(&call("GET", "/rest/api/3/isue/DEMO-1", &[])), ["path "]);
    assert_eq!(complaints(&call("PATCH", "/rest/api/3/issue/DEMO-1", &[])), ["path "]);
    assert_eq!(
        complaints(&call("DELETE", "/rest/api/3/issue/DEMO-1", &[("subtasks", "true")])),
        ["query ?subtasks"]
    );
    assert_eq!(complaints(&call("DELETE", "/rest/api/3/user", &[])), ["query ?accountId"]);
    assert_eq!(complaints(&call("DELETE", "/rest/agile/1.0/sprint/two", &[])), ["path "]);
    let twice = [("deleteSubtasks", "true"), ("deleteSubtasks", "false")];
    assert!(
        complaints(&call("DELETE", "/rest/api/3/issue/DEMO-1", &twice))
            .contains(&"query ?deleteSubtasks".into())
    );
    let typed = call("PUT", "/rest/api/3/issue/DEMO-1", &[("notifyUsers", "no")]);
    assert!(complaints(&typed).contains(&"query ?notifyUsers".into()));
}

#[test]
fn request_bodies_are_held_to_the_documents() {
    let complaints = |method: &str, path: &str, status: u16, body: Value| {
        complaints(&Call { sent: Body::Json(body), status, ..call(method, path, &[]) })
    };
    let issue = "/rest/api/3/issue/DEMO-1";
    assert_eq!(complaints("PUT", issue, 204, json!({ "field": {} })), ["additionalProperties /field"]);
    let nested = json!({ "update": { "labels": [{ "append": "a" }] } });
    assert_eq!(complaints("PUT", issue, 204, nested), ["additionalProperties /update/labels/0/append"]);
    let transition = json!({ "transition": { "id": "31", "name": "Done" } });
    let transitions = "/rest/api/3/issue/DEMO-1/transitions";
    assert_eq!(complaints("POST", transitions, 204, transition), ["direction /transition/name"]);
    assert_eq!(
        complaints("POST", transitions, 204, json!({ "transition": { "id": 31 } })),
        ["type /transition/id"]
    );
    let link = json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "DEMO-1" } });
    let missing = complaints("POST", "/rest/api/3/issueLink", 201, link);
    assert!(missing.contains(&"required /outwardIssue".into()), "{missing:?}");
}

#[test]
fn rich_text_is_held_to_its_schema() {
    let edit = |description: Value| {
        let sent = Body::Json(json!({ "fields": { "description": description } }));
        complaints(&Call { sent, ..call("PUT", "/rest/api/3/issue/DEMO-1", &[]) })
    };
    assert_eq!(edit(Value::Null), [""; 0]);
    assert_eq!(edit(json!("plain text")), ["adf /fields/description"]);
    let empty_text = edit(paragraph(""));
    assert_eq!(empty_text, ["adf /fields/description/content/0/content/0/text"], "empty text is not allowed");
    let comment = json!({ "update": { "comment": [{ "add": { "body": "plain text" } }] } });
    let call = call("PUT", "/rest/api/3/issue/DEMO-1", &[]);
    assert_eq!(complaints(&Call { sent: Body::Json(comment), ..call }), ["adf /update/comment/0/add"]);
}

#[test]
fn replies_are_held_to_the_documents() {
    let reply = |status: u16, got: Body| {
        complaints(&Call { status, got, ..call("GET", "/rest/api/3/issue/DEMO-1", &[]) })
    };
    assert_eq!(reply(200, Body::Json(json!({ "id": 10000, "key": "DEMO-1" }))), ["type /id"]);
    assert_eq!(reply(200, Body::Json(json!({ "id": "1", "links": [] }))), ["additionalProperties /links"]);
    assert_eq!(reply(200, Body::Empty), ["body "]);
    assert_eq!(reply(418, Body::Empty), ["status "]);
    assert_eq!(reply(200, Body::Other("text/html".into())), ["media type "]);
    let odd_error = Body::Json(json!({ "message": "Issue does not exist", "errors": [] }));
    assert_eq!(reply(404, odd_error), ["type /errors", "additionalProperties /message"]);
    let fields =
        json!({ "created": "2026-11-23T10:00:00Z", "status": "Done", "assignee": { "account_id": "a" } });
    let issue = reply(200, Body::Json(json!({ "id": "1", "key": "DEMO-1", "fields": fields })));
    assert_eq!(
        issue,
        ["format /fields/created", "type /fields/status", "additionalProperties /fields/assignee/account_id"]
    );
    let mut created = call("POST", "/rest/api/3/issue", &[]);
    created.status = 201;
    created.sent = Body::Json(json!({ "fields": {} }));
    created.got = Body::Json(json!({ "id": "1", "key": "DEMO-1", "self": "x" }));
    assert_eq!(complaints(&created), [""; 0]);
}

#[tokio::test]
#[should_panic(expected = "path: /rest/api/3/isue/DEMO-1 is in none of Atlassian's documents")]
async fn a_test_fails_on_traffic_that_jira_does_not_know() {
    let jira = Jira::start().await;
    support::http().get(format!("{}/rest/api/3/isue/DEMO-1", jira.info().url)).send().await.unwrap();
}
