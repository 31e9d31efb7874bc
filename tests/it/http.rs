//! Serving over HTTP, as clients, strangers and proxies meet it.

mod admission;
mod bearer;
mod eras;
mod identity;
mod injection;
mod limits;
mod protocol;
mod questions;
mod reconnect;
mod replicas;
mod restrictions;
mod shutdown;
mod slow_clients;
mod sse;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use jira_sandbox::Account;
use mcp_server_jira::config::{Config, Flags};
use mcp_server_jira::http::{IdentityFrom, Running, Settings, start};
use mcp_server_jira::tools::CATALOGUE;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tempfile::TempPath;

use crate::support::{Jira, http};

/// A server for several people over HTTP, in front of an embedded Jira.
pub(crate) struct Team {
    pub(crate) jira: Jira,
    pub(crate) running: Running,
    http: reqwest::Client,
}

impl Team {
    /// Everybody as the server's account.
    pub(crate) async fn of_one_account() -> Self {
        Self::with(Jira::start().await, |_| {}).await
    }

    /// Each request as the account that it brings.
    pub(crate) async fn of_many() -> Self {
        Self::with(Jira::start().await, |settings| settings.identity = IdentityFrom::Request).await
    }

    pub(crate) async fn with(jira: Jira, edit: impl FnOnce(&mut Settings)) -> Self {
        Self::with_flags(jira, &Flags::default(), edit).await
    }

    pub(crate) async fn with_flags(jira: Jira, flags: &Flags, edit: impl FnOnce(&mut Settings)) -> Self {
        let running = serve(&jira, flags, edit).await.unwrap();
        Self { jira, running, http: http() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// Somebody with an account, by the beginning of the name.
    pub(crate) fn account(&self, name: &str) -> Account {
        self.jira.info().users.iter().find(|user| user.name.starts_with(name)).unwrap().clone()
    }

    /// A request to `/mcp`.
    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask { team: self, method: "POST", path: "/mcp".into(), headers: usual(), body: Vec::new() }
    }

    /// A request to `/mcp` with this person's account.
    pub(crate) fn ask_as(&self, name: &str) -> Ask<'_> {
        self.ask().header("authorization", &basic(&self.account(name)))
    }
}

/// Starts a server for the embedded Jira on any free port.
pub(crate) async fn serve(
    jira: &Jira,
    flags: &Flags,
    edit: impl FnOnce(&mut Settings),
) -> mcp_server_jira::error::Result<Running> {
    let mut settings = Settings { address: "0".into(), ..Settings::default() };
    edit(&mut settings);
    start(Config::load(flags, |name| jira.variable(name)).unwrap(), &CATALOGUE, &settings).await
}

/// A file with this text, for as long as the path is kept.
pub(crate) fn file(text: &str) -> (TempPath, PathBuf) {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    std::fs::write(&file, text).unwrap();
    let path = file.to_path_buf();
    (file, path)
}

pub(crate) fn basic(account: &Account) -> String {
    let pair = format!("{}:{}", account.email, account.api_token);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn usual() -> Vec<(String, String)> {
    [("content-type", "application/json"), ("accept", "application/json, text/event-stream")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// A request that is being written.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    team: &'a Team,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn session(self, id: &str) -> Self {
        self.header("mcp-session-id", id).header("mcp-protocol-version", "2025-11-25")
    }

    /// A message of protocols up to 2025-11-25.
    pub(crate) fn legacy(self, method: &str, params: Value) -> Self {
        self.body(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string())
    }

    /// A request of 2026-07-28, with all that it has to say.
    pub(crate) fn modern(self, method: &str, params: Value) -> Self {
        self.capable(json!({}), method, params)
    }

    /// The same from a client with these capabilities.
    pub(crate) fn capable(self, capabilities: Value, method: &str, mut params: Value) -> Self {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let name = params["name"].as_str().map(str::to_owned);
        let asked = self.header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        let asked = match name {
            Some(name) => asked.header("mcp-name", &name),
            None => asked,
        };
        asked.legacy(method, params)
    }

    /// A call of a tool in 2026-07-28.
    pub(crate) fn call(self, tool: &str, arguments: Value) -> Self {
        self.modern("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    fn builder(&self) -> reqwest::RequestBuilder {
        let method = self.method.parse::<reqwest::Method>().unwrap();
        let mut builder = self.team.http.request(method, self.team.url(&self.path));
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        builder.body(self.body.clone())
    }

    /// Sends it and reads the reply's head; the body is still to come.
    pub(crate) async fn begin(&self) -> reqwest::Response {
        self.builder().send().await.unwrap()
    }

    pub(crate) async fn send(&self) -> Reply {
        let response = self.begin().await;
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, text: response.text().await.unwrap() }
    }

    /// Sends an `initialize`, and the notification that ends the handshake.
    pub(crate) async fn session_of(self) -> String {
        let again = self.clone();
        let id = self.initialize().await;
        let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert_eq!(again.session(&id).body(ready).send().await.status, 202);
        id
    }

    /// Sends an `initialize` and gives the new session's id.
    pub(crate) async fn initialize(self) -> String {
        let reply = self
            .legacy(
                "initialize",
                json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}),
            )
            .send()
            .await;
        assert_eq!(reply.message()["result"]["protocolVersion"], "2025-11-25", "{}", reply.text);
        reply.headers["mcp-session-id"].to_str().unwrap().to_owned()
    }
}

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The last message of the reply, whether it came as JSON or as events.
    pub(crate) fn message(&self) -> Value {
        let mut events = self.text.lines().filter_map(|line| line.strip_prefix("data: "));
        let last = events.rfind(|data| !data.is_empty()).unwrap_or(&self.text);
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// The text that a model reads of a call's result.
    pub(crate) fn told(&self) -> String {
        let message = self.message();
        message["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned()
    }

    /// The result of a call that went well.
    pub(crate) fn data(&self) -> Value {
        let message = self.message();
        assert_eq!(message["result"]["isError"], false, "{message}");
        message["result"]["structuredContent"].clone()
    }

    pub(crate) fn tools(&self) -> Vec<String> {
        let message = self.message();
        let tools = message["result"]["tools"].as_array().unwrap_or_else(|| panic!("{message}"));
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// Waits until something is so, and fails where it never becomes so.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}
