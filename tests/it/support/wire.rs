//! The protocol as it goes over the wire, in either era: for what a client library does by itself or hides.

use std::time::Duration;

use mcp_server_jira::config::Config;
use mcp_server_jira::tools;
use rmcp::ServiceExt as _;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
};

/// The way in which a client and the server understand each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// With a handshake: 2025-11-25.
    Handshake,
    /// Each request for itself: 2026-07-28.
    Stateless,
}

pub(crate) const ERAS: [Era; 2] = [Era::Handshake, Era::Stateless];

/// One connection to a server.
pub(crate) struct Wire {
    pub(crate) era: Era,
    capabilities: Value,
    next_id: u64,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: WriteHalf<DuplexStream>,
    /// The messages beside replies: notifications, and requests to the client.
    pub(crate) others: Vec<Value>,
}

impl Wire {
    /// Connects a client with these capabilities.
    pub(crate) async fn open(config: Config, era: Era, capabilities: Value) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let server = tools::server(config).unwrap();
        tokio::spawn(async move {
            if let Ok(running) = Box::pin(server.serve(theirs)).await {
                let _ = running.waiting().await;
            }
        });
        let (read, out) = tokio::io::split(ours);
        let lines = BufReader::new(read).lines();
        let mut wire = Self { era, capabilities, next_id: 0, lines, out, others: Vec::new() };
        if era == Era::Handshake {
            let capabilities = wire.capabilities.clone();
            wire.ask(
                "initialize",
                json!({"protocolVersion": "2025-11-25", "capabilities": capabilities,
                "clientInfo": {"name": "test", "version": "1"}}),
            )
            .await;
            wire.write(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        }
        wire
    }

    async fn write(&mut self, message: &Value) {
        self.out.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    /// Sends a request and does not wait for its reply.
    pub(crate) async fn send(&mut self, method: &str, mut params: Value) -> u64 {
        self.next_id += 1;
        if self.era == Era::Stateless {
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": "test", "version": "1"});
        }
        let id = self.next_id;
        self.write(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        id
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Answers a request of the server.
    pub(crate) async fn answer(&mut self, request: &Value, result: Value) {
        self.write(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).await;
    }

    /// Says that a request of the server failed.
    pub(crate) async fn fail(&mut self, request: &Value) {
        let error = json!({"code": -32601, "message": "Method not found"});
        self.write(&json!({"jsonrpc": "2.0", "id": request["id"], "error": error})).await;
    }

    /// The next message, whatever it is.
    pub(crate) async fn receive(&mut self) -> Value {
        // Only so that a test which waits for nothing ends with words.
        let line = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await;
        serde_json::from_str(&line.expect("nothing comes").unwrap().expect("the server has ended")).unwrap()
    }

    /// The next notification or request of the server with this method.
    pub(crate) async fn next(&mut self, method: &str) -> Value {
        if let Some(at) = self.others.iter().position(|message| message["method"] == method) {
            return self.others.remove(at);
        }
        loop {
            let message = self.receive().await;
            if message["method"] == method {
                return message;
            }
            self.others.push(message);
        }
    }

    /// The reply to a request; what comes before it is kept in `others`.
    pub(crate) async fn reply(&mut self, id: u64) -> Value {
        loop {
            let message = self.receive().await;
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.others.push(message);
        }
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.reply(id).await
    }

    /// Calls a tool and gives its whole result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments})).await["result"].clone()
    }
}

/// The text of a result.
pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {result}"))
}
