//! The embedded Jira behaves as Jira does, seen over HTTP by a client that knows nothing of it.
//!
//! All replies that these tests provoke are held to Atlassian's documents too.

mod activity;
mod agile;
mod files;
mod gateway;
mod oauth;
mod own_world;
mod read;
mod search;
mod sign_in;
mod trouble;
mod write;

use jira_sandbox::world::Clock;
use jira_sandbox::{Account, Options, Sandbox};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support;

/// A sandbox, and a client of it.
struct Site {
    sandbox: Sandbox,
    http: reqwest::Client,
}

/// A reply, read.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    /// Parsed when it is JSON, else text.
    body: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body of a success.
    fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self.body
    }

    /// The body of a refusal with this status.
    fn refused(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The one message of a refusal with this status.
    fn message(self, status: u16) -> String {
        let body = self.refused(status);
        let messages = body["errorMessages"].as_array().unwrap();
        assert_eq!(messages.len(), 1, "{body}");
        messages[0].as_str().unwrap().to_owned()
    }
}

impl Site {
    async fn start() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap(), http: support::http() }
    }

    /// Stops the clock, so that only the test moves it.
    fn freeze(&self) {
        self.sandbox.with_world(|world| world.clock = Clock::Fixed(world.clock.now()));
    }

    fn user(&self, name: &str) -> &Account {
        self.sandbox.info().users.iter().find(|user| user.name.starts_with(name)).unwrap()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.info().url))
    }

    /// Calls as a user, by the beginning of the name.
    async fn call_as(&self, name: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let user = self.user(name);
        let mut request = self.request(method, path).basic_auth(&user.email, Some(&user.api_token));
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call_as("Ana", Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call_as("Ana", Method::POST, path, Some(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.call_as("Ana", Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.call_as("Ana", Method::DELETE, path, None).await
    }

    /// A new task in `BIZ`, where nothing is required but the summary; its key.
    async fn task(&self, summary: &str) -> String {
        let fields =
            json!({ "project": { "key": "BIZ" }, "issuetype": { "name": "Task" }, "summary": summary });
        let made = self.post("/rest/api/3/issue", json!({ "fields": fields })).await.ok();
        made["key"].as_str().unwrap().to_owned()
    }

    /// Some fields of an issue.
    async fn fields(&self, key: &str, fields: &str) -> Value {
        self.get(&format!("/rest/api/3/issue/{key}?fields={fields}")).await.ok()["fields"].clone()
    }
}

#[cfg(feature = "contract")]
impl Drop for Site {
    fn drop(&mut self) {
        use support::openapi::{Body, CONTRACT, Call, report, unexcused};
        // What stands before Jira answers for media types and cross-site requests is in no document.
        let documented = |call: &Call| call.status != 415 && !matches!(call.got, Body::Other(_));
        if !std::thread::panicking() {
            let exchanges = self.sandbox.exchanges();
            let calls = exchanges.iter().filter_map(Call::of).filter(documented);
            let faults: Vec<_> =
                calls.flat_map(|call| unexcused(CONTRACT.reply_differences(&call))).collect();
            assert!(faults.is_empty(), "replies differ from Atlassian's documents:{}", report(&faults));
        }
    }
}

/// A document of one paragraph.
fn paragraph(text: &str) -> Value {
    json!({
        "type": "doc", "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }]
    })
}

/// The keys of a list of issues.
fn keys(page: &Value) -> Vec<&str> {
    page["issues"].as_array().unwrap().iter().map(|issue| issue["key"].as_str().unwrap()).collect()
}
