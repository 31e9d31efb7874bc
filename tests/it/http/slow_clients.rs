//! Clients that are slow, silent or gone, over real sockets.

use std::time::Duration;

use mcp_server_jira::http::{Settings, Timeouts};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::Team;
use crate::support::Jira;

const SHORT: Duration = Duration::from_millis(300);

async fn team(change: impl FnOnce(&mut Timeouts)) -> Team {
    Team::with(Jira::start().await, |settings: &mut Settings| change(&mut settings.timeouts)).await
}

async fn connect(team: &Team) -> TcpStream {
    TcpStream::connect(team.running.address).await.unwrap()
}

/// All that comes until the server closes the connection.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut reply = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut reply)).await;
    // It may close before it has read all that was sent, which resets the connection.
    let _ = end.expect("the server keeps the connection");
    String::from_utf8_lossy(&reply).into_owned()
}

/// Sends a text, then one more byte now and then; gives what comes until the server has enough of it.
async fn trickle(stream: TcpStream, text: &str) -> String {
    let (mut read, mut write) = stream.into_split();
    let writing = async {
        let mut open = write.write_all(text.as_bytes()).await.is_ok();
        while open {
            tokio::time::sleep(Duration::from_millis(20)).await;
            open = write.write_all(b"x").await.is_ok();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        reply = rest(&mut read) => reply,
        () = writing => String::new(),
    }
}

async fn works(team: &Team) {
    let count = team.ask().call("count_issues", json!({"jql": "project = DEMO"})).send().await;
    assert!(count.data()["count"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let team = team(|timeouts| timeouts.first_request = SHORT).await;
    assert_eq!(rest(&mut connect(&team).await).await, "");
    for head in ["G", "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-long: "] {
        let reply = trickle(connect(&team).await, head).await;
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 408 "), "{reply}");
    }
    works(&team).await;
}

#[tokio::test]
async fn a_connection_that_rests_too_long_is_closed() {
    let team = team(|timeouts| timeouts.idle = SHORT).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut silent = connect(&team).await;
    silent.write_all(request.as_bytes()).await.unwrap();
    assert!(rest(&mut silent).await.ends_with("ok\n"));
    let reply = trickle(connect(&team).await, &format!("{request}GET /healthz HTTP/1.1\r\nx-long: ")).await;
    assert_eq!(reply.matches("HTTP/1.1 200 ").count(), 1, "{reply}");
    works(&team).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let team = team(|timeouts| timeouts.body = SHORT).await;
    for framing in ["content-length: 1000000", "transfer-encoding: chunked"] {
        let head = format!("POST /mcp HTTP/1.1\r\nhost: localhost\r\n{framing}\r\n\r\n");
        // A part of it, and then nothing; and one byte after the other.
        let begun = if framing.starts_with('t') { "fff\r\n{" } else { "{" };
        let mut silent = connect(&team).await;
        silent.write_all(format!("{head}{begun}").as_bytes()).await.unwrap();
        for reply in [rest(&mut silent).await, trickle(connect(&team).await, &format!("{head}{begun}")).await]
        {
            assert!(reply.starts_with("HTTP/1.1 408 "), "{framing}: {reply}");
        }
    }
    works(&team).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_or_says_too_much_is_refused() {
    let team = team(|_| {}).await;
    let post = "POST /mcp HTTP/1.1\r\nhost: localhost\r\n";
    for (rest_of_it, status) in [
        ("transfer-encoding: chunked\r\n\r\nnonsense\r\n", 400),
        ("transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
        ("content-length: 5000000\r\n\r\n", 413),
        ("content-length: 99999999999999999999\r\n\r\n", 400),
        ("content-length: -1\r\n\r\n", 400),
        // Two ways to frame one body could mean two different requests.
        ("content-length: 4\r\ntransfer-encoding: gzip\r\n\r\n{}{}", 400),
    ] {
        let mut stream = connect(&team).await;
        stream.write_all(format!("{post}{rest_of_it}").as_bytes()).await.unwrap();
        let reply = rest(&mut stream).await;
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{rest_of_it}: {reply}");
    }
    works(&team).await;
}

/// A connection whose client takes hardly anything.
async fn deaf(team: &Team) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(team.running.address).await.unwrap()
}

#[tokio::test]
async fn an_old_client_that_reads_nothing_holds_up_only_itself() {
    let team = Team::with(Jira::start().await, |settings| settings.sse = true).await;
    let mut stream = deaf(&team).await;
    stream.write_all(b"GET /sse HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut begun = String::new();
    while !begun.contains("session_id=") || !begun.ends_with('\n') {
        let mut part = [0; 256];
        let length = stream.read(&mut part).await.unwrap();
        begun.push_str(std::str::from_utf8(&part[..length]).unwrap());
    }
    let endpoint = begun.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let say = async |method: &str, params| team.ask().path(endpoint).legacy(method, params).send().await;
    let about = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    assert_eq!(say("initialize", about).await.status, 202);
    let ready = team.ask().path(endpoint).body(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    assert_eq!(ready.send().await.status, 202);
    // Its answers pile up, until the session is over.
    for attempt in 0.. {
        let status = say("tools/list", json!({})).await.status;
        if status == 404 {
            break;
        }
        assert_eq!(status, 202);
        assert!(attempt < 2_000, "it is never stopped");
    }
    works(&team).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_reads_nothing_is_given_up() {
    let team = team(|timeouts| timeouts.unacknowledged = SHORT).await;
    let (_never_read, mut write) = deaf(&team).await.into_split();
    // More than fits on the way to somebody who takes nothing.
    let asking = tokio::spawn(async move {
        let request = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
        while write.write_all(&request).await.is_ok() {}
    });
    let connections = async || {
        let metrics =
            team.ask().method("GET").path("/metrics").header("connection", "close").send().await.text;
        let line = metrics.lines().find(|line| line.starts_with("mcp_http_connections ")).unwrap().to_owned();
        line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(connections().await, 2);
    while connections().await > 1 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    asking.abort();
}
