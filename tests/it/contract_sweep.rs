//! Each operation that the embedded Jira serves, called directly and held to Atlassian's documents, whether a tool
//! needs it yet or not: successes by request and reply, refusals by the reply.

mod issues;
mod planning;

use std::collections::BTreeSet;

use jira_sandbox::{Info, Options, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::contract::recorded;
use crate::support;
use crate::support::openapi::{CONTRACT, Call, DEPARTURES, Fault, report, unexcused};

/// An embedded Jira and what was seen of it.
struct Sweep {
    sandbox: Sandbox,
    http: reqwest::Client,
    /// Operations that were called with success.
    served: BTreeSet<String>,
    /// All differences, known departures included.
    differences: Vec<Fault>,
    /// Replies of another status than expected.
    surprises: Vec<String>,
}

impl Sweep {
    async fn start() -> Self {
        Self {
            sandbox: Sandbox::start(Options::default()).await.unwrap(),
            http: support::http(),
            served: BTreeSet::new(),
            differences: Vec::new(),
            surprises: Vec::new(),
        }
    }

    /// Sends a request that must succeed as the administrator; gives the reply's body.
    async fn ok(&mut self, method: Method, target: &str, body: Option<Value>) -> Value {
        let exchange = self.send(method, target, body).await;
        if !(200..300).contains(&exchange.0.status) {
            self.surprises
                .push(format!("{} {target}: {} {}", exchange.0.method, exchange.0.status, exchange.1));
            return Value::Null;
        }
        self.saw(&exchange.0);
        exchange.1
    }

    /// Notes a call that succeeded.
    fn saw(&mut self, call: &Call) {
        self.differences.extend(CONTRACT.differences(call));
        self.served.insert(CONTRACT.operation(call));
    }

    /// Sends a request that must be refused with this status, however wrong the request is.
    async fn refused(&mut self, status: u16, method: Method, target: &str, body: Option<Value>) {
        let (call, reply) = self.send(method, target, body).await;
        if call.status != status {
            self.surprises
                .push(format!("{} {target}: {} instead of {status}: {reply}", call.method, call.status));
        }
        self.differences.extend(CONTRACT.reply_differences(&call));
    }

    async fn get(&mut self, target: &str) -> Value {
        self.ok(Method::GET, target, None).await
    }

    async fn post(&mut self, target: &str, body: Value) -> Value {
        self.ok(Method::POST, target, Some(body)).await
    }

    async fn put(&mut self, target: &str, body: Value) -> Value {
        self.ok(Method::PUT, target, Some(body)).await
    }

    async fn delete(&mut self, target: &str) -> Value {
        self.ok(Method::DELETE, target, None).await
    }

    async fn send(&mut self, method: Method, target: &str, body: Option<Value>) -> (Call, Value) {
        let info = self.sandbox.info();
        let request = self
            .http
            .request(method, format!("{}{target}", info.url))
            .basic_auth(&info.email, Some(&info.api_token));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.exchange(request).await
    }

    async fn exchange(&self, request: RequestBuilder) -> (Call, Value) {
        request.send().await.unwrap();
        let exchange = self.sandbox.exchanges().pop().unwrap();
        self.sandbox.forget_exchanges();
        (Call::of(&exchange).unwrap(), exchange.response_body)
    }
}

#[tokio::test]
async fn the_embedded_jira_keeps_the_contract() {
    let mut sweep = Sweep::start().await;
    strangers(&mut sweep).await;
    people(&mut sweep).await;
    catalogues(&mut sweep).await;
    projects(&mut sweep).await;
    search(&mut sweep).await;
    queries(&mut sweep).await;
    issues::all(&mut sweep).await;
    planning::all(&mut sweep).await;

    let faults = unexcused(sweep.differences.clone());
    assert!(
        faults.is_empty() && sweep.surprises.is_empty(),
        "{}\nsurprises: {:#?}",
        report(&faults),
        sweep.surprises
    );
    let offered: BTreeSet<String> = Sandbox::operations()
        // The old search only says that it is gone, and the media host is not part of the API.
        .filter(|(_, path)| path.starts_with("/rest/") && *path != "/rest/api/3/search")
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let unseen: Vec<_> = offered.difference(&sweep.served).collect();
    assert!(unseen.is_empty(), "served but not swept: {unseen:#?}");

    let met: Vec<Fault> = recorded()
        .iter()
        .flat_map(|(_, call)| CONTRACT.reply_differences(call))
        .chain(sweep.differences)
        .collect();
    let unmet: Vec<_> =
        DEPARTURES.iter().filter(|known| !met.iter().any(|fault| known.excuses(fault))).collect();
    assert!(unmet.is_empty(), "nothing shows these departures any more, so take them out: {unmet:#?}");
}

/// Nobody, and tokens that do not fit the address.
async fn strangers(jira: &mut Sweep) {
    let Info { url, api_url, cloud_id, email, api_token, scoped_api_token, .. } = jira.sandbox.info().clone();
    let gateway = format!("{api_url}/ex/jira/{cloud_id}");
    for (base, token) in
        [(&url, None), (&url, Some(&scoped_api_token)), (&gateway, Some(&api_token)), (&gateway, None)]
    {
        let request = jira.http.get(format!("{base}/rest/api/3/myself"));
        let request = if token.is_some() { request.basic_auth(&email, token) } else { request };
        let (call, _) = jira.exchange(request).await;
        assert_eq!(call.status, 401, "{base}");
        jira.differences.extend(CONTRACT.reply_differences(&call));
    }
    let request =
        jira.http.get(format!("{gateway}/rest/api/3/myself")).basic_auth(&email, Some(&scoped_api_token));
    let (call, _) = jira.exchange(request).await;
    assert_eq!(call.status, 200);
    jira.differences.extend(CONTRACT.differences(&call));
}

async fn people(jira: &mut Sweep) {
    let me = jira.get("/rest/api/3/myself?expand=groups,applicationRoles").await;
    let id = me["accountId"].as_str().unwrap_or_default().to_owned();
    for target in [
        format!("/rest/api/3/user?accountId={id}"),
        format!("/rest/api/3/user/bulk?accountId={id}&maxResults=10"),
        "/rest/api/3/user/search?query=a&startAt=0&maxResults=5".into(),
        "/rest/api/3/user/assignable/search?project=DEMO&query=a".into(),
        "/rest/api/3/user/assignable/search?issueKey=DEMO-1".into(),
        format!("/rest/api/3/user/groups?accountId={id}"),
        "/rest/api/3/users/search?maxResults=3".into(),
        "/rest/api/3/groups/picker?query=jira".into(),
        "/rest/api/3/group/member?groupname=jira-administrators".into(),
        "/rest/api/3/group/bulk".into(),
        "/rest/api/3/role".into(),
        "/rest/api/3/permissions".into(),
        "/rest/api/3/mypermissions?permissions=BROWSE_PROJECTS,EDIT_ISSUES&projectKey=DEMO".into(),
    ] {
        jira.get(&target).await;
    }
    jira.refused(404, Method::GET, "/rest/api/3/user?accountId=nobody", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/user", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/user/search", None).await;
    jira.refused(404, Method::GET, "/rest/api/3/user/assignable/search?project=NOPE", None).await;
    jira.refused(404, Method::GET, "/rest/api/3/group/member?groupname=nobody", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/mypermissions", None).await;
}

async fn catalogues(jira: &mut Sweep) {
    for target in [
        "serverInfo",
        "configuration",
        "field",
        "issuetype",
        "status",
        "statuscategory",
        "priority",
        "label",
        "issueLinkType",
    ] {
        jira.get(&format!("/rest/api/3/{target}")).await;
    }
    jira.get("/rest/api/3/resolution/search?maxResults=2").await;
    let types = jira.get("/rest/api/3/issuetype").await;
    let issue_type = types[0]["id"].as_str().unwrap_or_default().to_owned();
    jira.get(&format!("/rest/api/3/issuetype/{issue_type}")).await;
    let project = jira.get("/rest/api/3/project/DEMO").await;
    let project = project["id"].as_str().unwrap_or_default().to_owned();
    jira.get(&format!("/rest/api/3/issuetype/project?projectId={project}")).await;
    let statuses = jira.get("/rest/api/3/status").await;
    jira.get(&format!("/rest/api/3/status/{}", statuses[0]["id"].as_str().unwrap_or_default())).await;
    let priorities = jira.get("/rest/api/3/priority").await;
    jira.get(&format!("/rest/api/3/priority/{}", priorities[0]["id"].as_str().unwrap_or_default())).await;
    let links = jira.get("/rest/api/3/issueLinkType").await;
    let link = links["issueLinkTypes"][0]["id"].as_str().unwrap_or_default();
    jira.get(&format!("/rest/api/3/issueLinkType/{link}")).await;
    let types = jira.get("/rest/api/3/issue/createmeta/DEMO/issuetypes?maxResults=50").await;
    let issue_type = types["issueTypes"][0]["id"].as_str().unwrap_or_default().to_owned();
    jira.get(&format!("/rest/api/3/issue/createmeta/DEMO/issuetypes/{issue_type}?startAt=0")).await;
    for unknown in ["issuetype/99999", "status/99999", "priority/99999", "issueLinkType/99999"] {
        jira.refused(404, Method::GET, &format!("/rest/api/3/{unknown}"), None).await;
    }
    jira.refused(404, Method::GET, "/rest/api/3/issue/createmeta/NOPE/issuetypes", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/issue/createmeta/DEMO/issuetypes?maxResults=500", None).await;
}

async fn projects(jira: &mut Sweep) {
    jira.get(
        "/rest/api/3/project/search?query=de&orderBy=key&expand=description,lead,issueTypes&maxResults=2",
    )
    .await;
    for target in [
        "DEMO?expand=description,issueTypes,lead,projectKeys",
        "DEMO/statuses",
        "DEMO/components",
        "DEMO/component?maxResults=5",
        "DEMO/versions",
        "DEMO/version?orderBy=name&maxResults=5",
        "DEMO/role",
    ] {
        jira.get(&format!("/rest/api/3/project/{target}")).await;
    }
    let roles = jira.get("/rest/api/3/role").await;
    let role = roles[0]["id"].as_i64().unwrap_or_default();
    jira.get(&format!("/rest/api/3/project/DEMO/role/{role}")).await;
    for unknown in
        ["NOPE", "NOPE/statuses", "NOPE/components", "NOPE/versions", "NOPE/role", "DEMO/role/99999"]
    {
        jira.refused(404, Method::GET, &format!("/rest/api/3/project/{unknown}"), None).await;
    }
}

async fn search(jira: &mut Sweep) {
    let jql = "project%20%3D%20DEMO%20ORDER%20BY%20created";
    let first = jira
        .get(&format!(
            "/rest/api/3/search/jql?jql={jql}&maxResults=1&fields=*all&expand=names,schema,changelog"
        ))
        .await;
    let token = first["nextPageToken"].as_str().unwrap_or_default().to_owned();
    jira.get(&format!("/rest/api/3/search/jql?jql={jql}&maxResults=1&nextPageToken={token}")).await;
    let body =
        json!({ "jql": "project = DEMO", "fields": ["*navigable"], "maxResults": 5, "expand": "changelog" });
    jira.post("/rest/api/3/search/jql", body).await;
    jira.post("/rest/api/3/search/approximate-count", json!({ "jql": "project = DEMO" })).await;
    jira.refused(400, Method::GET, "/rest/api/3/search/jql?jql=order%20by%20created", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/search/jql?jql=project%20%3D%20NOPE", None).await;
    jira.refused(400, Method::GET, "/rest/api/3/search/jql?jql=project%20%3D%20%3D", None).await;
    jira.refused(
        400,
        Method::POST,
        "/rest/api/3/search/jql",
        Some(json!({ "jql": "project = DEMO", "startAt": 1 })),
    )
    .await;
    jira.refused(400, Method::POST, "/rest/api/3/search/approximate-count", Some(json!({ "jql": "" }))).await;
    jira.refused(400, Method::POST, "/rest/api/3/search/jql", Some(json!({ "jql": "project = NOPE" }))).await;
    jira.refused(410, Method::GET, "/rest/api/3/search?jql=project%20%3D%20DEMO", None).await;
    jira.refused(410, Method::POST, "/rest/api/3/search", Some(json!({ "jql": "project = DEMO" }))).await;
}

async fn queries(jira: &mut Sweep) {
    let all = "summary ~ test AND (labels in (urgent, \"two words\") OR assignee = currentUser()) AND NOT status \
               CHANGED AFTER startOfMonth(\"-1M\") AND status WAS NOT EMPTY ORDER BY updated DESC, key";
    let queries = json!({ "queries": [all, "issue.property[sync].id is not EMPTY", "project = NOPE", "a b", "order by key"] });
    for validation in ["strict", "warn", "none"] {
        let parsed =
            jira.post(&format!("/rest/api/3/jql/parse?validation={validation}"), queries.clone()).await;
        let parsed = parsed["queries"].as_array().cloned().unwrap_or_default();
        let has = |part: &str| parsed.iter().map(|query| query.get(part).is_some()).collect::<Vec<_>>();
        assert_eq!(has("structure"), [true, validation != "strict", validation != "strict", false, true]);
        assert_eq!(has("errors"), [false, validation != "none", validation != "none", true, false]);
    }
    jira.get("/rest/api/3/jql/autocompletedata").await;
    jira.post(
        "/rest/api/3/jql/autocompletedata",
        json!({ "projectIds": [10000], "includeCollapsedFields": true }),
    )
    .await;
    let suggestions = "/rest/api/3/jql/autocompletedata/suggestions?fieldName=status";
    jira.get(&format!("{suggestions}&fieldValue=pro")).await;
    jira.get(&format!("{suggestions}&predicateName=by&predicateValue=a")).await;
    let found = jira
        .post("/rest/api/3/search/jql", json!({ "jql": "project = DEMO order by key asc", "maxResults": 2 }))
        .await;
    let id = |at: usize| {
        found["issues"][at]["id"].as_str().and_then(|id| id.parse::<u64>().ok()).unwrap_or_default()
    };
    let matched = jira
        .post(
            "/rest/api/3/jql/match",
            json!({ "jqls": ["key = DEMO-1", "broken"], "issueIds": [id(0), id(1)] }),
        )
        .await;
    assert_eq!(matched["matches"][0]["matchedIssues"], json!([id(0)]));
    assert_eq!(matched["matches"][1]["errors"].as_array().map(Vec::len), Some(1));
    jira.refused(400, Method::POST, "/rest/api/3/jql/parse?validation=lax", Some(queries)).await;
    jira.refused(400, Method::GET, &format!("{suggestions}&predicateValue=a"), None).await;
}
