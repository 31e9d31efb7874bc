//! A load generator for MCP servers over HTTP, with nothing between it and the wire that could be slow itself.
//!
//! ```text
//! load URL calls CLIENTS SECONDS TOOL JSON    calls in sessions: how many a second, and how long they take
//! load URL idle SESSIONS PID                  what an idle session costs, without and with an open stream
//! load URL flat CALLS PID TOOL JSON           memory before and after so many calls
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [url, "calls", clients, seconds, tool, json] => {
            calls(url, clients.parse()?, Duration::from_secs(seconds.parse()?), tool, json).await
        }
        [url, "idle", sessions, pid] => idle(url, sessions.parse()?, pid).await,
        [url, "flat", count, pid, tool, json] => flat(url, count.parse()?, pid, tool, json).await,
        _ => {
            Err("load URL calls CLIENTS SECONDS TOOL JSON | idle SESSIONS PID | flat CALLS PID TOOL JSON"
                .into())
        }
    }
}

async fn calls(url: &str, clients: usize, time: Duration, tool: &str, json: &str) -> Outcome<()> {
    let params = json!({"name": tool, "arguments": serde_json::from_str::<Value>(json)?});
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let mut session = Session::open(url).await?;
        let params = params.clone();
        tasks.push(tokio::spawn(async move {
            let (end, mut took) = (Instant::now() + time, Vec::new());
            while Instant::now() < end {
                let start = Instant::now();
                session.call(&params).await?;
                took.push(start.elapsed());
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(took)
        }));
    }
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let rate = took.len() as f64 / time.as_secs_f64();
    println!("{clients} clients: {rate:.0} calls/s, p50 {:.2} ms, p99 {:.2} ms", at(50), at(99));
    Ok(())
}

async fn idle(url: &str, count: usize, pid: &str) -> Outcome<()> {
    // What a server needs once, it has after a few.
    let mut first = Vec::new();
    for _ in 0..20 {
        first.push(Session::open(url).await?.listen().await?);
    }
    for streaming in [false, true] {
        let (before, mut kept) = (resident(pid)?, Vec::new());
        for _ in 0..count {
            let session = Session::open(url).await?;
            kept.push(if streaming { Some(session.listen().await?) } else { None });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let each = resident(pid)?.saturating_sub(before) / count;
        let what = if streaming { "with an open stream" } else { "without a stream" };
        println!("{count} idle sessions {what}: {each} KiB each");
    }
    Ok(())
}

async fn flat(url: &str, count: usize, pid: &str, tool: &str, json: &str) -> Outcome<()> {
    let params = json!({"name": tool, "arguments": serde_json::from_str::<Value>(json)?});
    let mut session = Session::open(url).await?;
    for part in 0..=10 {
        if part > 0 {
            for _ in 0..count / 10 {
                session.call(&params).await?;
            }
        }
        println!("after {} calls: {} KiB", part * (count / 10), resident(pid)?);
    }
    Ok(())
}

/// What a process has in memory, in KiB.
fn resident(pid: &str) -> Outcome<usize> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}

/// A session of 2025-11-25 over one connection.
struct Session {
    stream: BufReader<TcpStream>,
    host: String,
    path: String,
    id: String,
}

impl Session {
    async fn open(url: &str) -> Outcome<Self> {
        let (host, path) =
            url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("no URL")?;
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let mut session =
            Self { stream: BufReader::new(stream), host: host.into(), path: path.into(), id: String::new() };
        let about = json!({"name": "load", "version": "1"});
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": about});
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let (head, _) = session.exchange("POST", &message.to_string()).await?;
        session.id = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("mcp-session-id"))
            .map(|(_, id)| id.trim().to_owned())
            .ok_or("the server opened no session")?;
        session.exchange("POST", r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await?;
        Ok(session)
    }

    async fn call(&mut self, params: &Value) -> Outcome<()> {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let (_, body) = self.exchange("POST", &message.to_string()).await?;
        if !body.contains("\"result\"") || body.contains("\"isError\":true") {
            return Err(body.into());
        }
        Ok(())
    }

    /// Opens the session's stream and leaves it open.
    async fn listen(mut self) -> Outcome<TcpStream> {
        self.send("GET", "").await?;
        self.head().await?;
        Ok(self.stream.into_inner())
    }

    async fn send(&mut self, method: &str, body: &str) -> Outcome<()> {
        let Self { host, path, id, .. } = self;
        let session = if id.is_empty() { String::new() } else { format!("mcp-session-id: {id}\r\n") };
        let request = format!(
            "{method} /{path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json, text/event-stream\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{session}\r\n{body}",
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
    async fn exchange(&mut self, method: &str, body: &str) -> Outcome<(String, String)> {
        self.send(method, body).await?;
        let head = self.head().await?;
        let lower = head.to_ascii_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = Vec::new();
        if let Some(length) = length {
            body.resize(length.trim().parse()?, 0);
            self.stream.read_exact(&mut body).await?;
        } else if lower.contains("transfer-encoding: chunked") {
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
