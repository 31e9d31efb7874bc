//! A client of Streamable HTTP with nothing between it and the wire that could be slow itself.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::Outcome;

/// The protocol's generation that a client speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// In a session, as up to 2025-11-25.
    Sessions,
    /// Each request by itself, as since 2026-07-28.
    Stateless,
}

/// One connection, and in the older era its session.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    /// The fields of each request's head besides its length.
    fields: String,
    era: Era,
}

impl Client {
    pub(crate) async fn open(address: &str, era: Era) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let fields = format!(
            "host: {address}\r\naccept: application/json, text/event-stream\r\ncontent-type: application/json\r\n"
        );
        let mut client = Self { stream: BufReader::new(stream), fields, era };
        if era == Era::Stateless {
            client.fields += "mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\n";
            return Ok(client);
        }
        let about = json!({"name": "load", "version": "1"});
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": about});
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let (head, _) = client.exchange("POST", "", &message.to_string()).await?;
        let id = field(&head, "mcp-session-id").ok_or("the server opened no session")?;
        client.fields += &format!("mcp-protocol-version: 2025-11-25\r\nmcp-session-id: {id}\r\n");
        client.exchange("POST", "", r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await?;
        Ok(client)
    }

    /// Calls a tool and waits for its result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> Outcome<()> {
        let mut params = json!({"name": tool, "arguments": arguments});
        let mut more = String::new();
        if self.era == Era::Stateless {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            more = format!("mcp-name: {tool}\r\n");
        }
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let (_, body) = self.exchange("POST", &more, &message.to_string()).await?;
        if !body.contains("\"result\"") || body.contains("\"isError\":true") {
            return Err(body.into());
        }
        Ok(())
    }

    /// Opens the session's own stream.
    pub(crate) async fn listen(&mut self) -> Outcome<()> {
        self.send("GET", "", "").await?;
        self.head().await?;
        Ok(())
    }

    async fn send(&mut self, method: &str, more: &str, body: &str) -> Outcome<()> {
        let request = format!(
            "{method} /mcp HTTP/1.1\r\n{}{more}content-length: {}\r\n\r\n{body}",
            self.fields,
            body.len()
        );
        Ok(self.stream.get_mut().write_all(request.as_bytes()).await?)
    }

    async fn head(&mut self) -> Outcome<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        if head.starts_with("HTTP/1.1 2") { Ok(head) } else { Err(head.into()) }
    }

    /// One request and its whole reply: head, body.
    async fn exchange(&mut self, method: &str, more: &str, body: &str) -> Outcome<(String, String)> {
        self.send(method, more, body).await?;
        let head = self.head().await?;
        let mut body = Vec::new();
        if let Some(length) = field(&head, "content-length") {
            body.resize(length.parse()?, 0);
            self.stream.read_exact(&mut body).await?;
        } else if field(&head, "transfer-encoding").is_some() {
            loop {
                let mut line = String::new();
                self.stream.read_line(&mut line).await?;
                let size = usize::from_str_radix(line.trim(), 16)?;
                let start = body.len();
                body.resize(start + size + 2, 0);
                self.stream.read_exact(&mut body[start..]).await?;
                body.truncate(start + size);
                if size == 0 {
                    break;
                }
            }
        }
        Ok((head, String::from_utf8(body)?))
    }
}

/// A field of a head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}
