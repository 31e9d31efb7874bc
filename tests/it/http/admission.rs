//! Admission: tokens, strangers, pages in a browser, and slow clients.

use mcp_server_jira::config::Flags;
use mcp_server_jira::error::Reader;
use mcp_server_jira::http::{IdentityFrom, Settings};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Team, file, serve};
use crate::support::Jira;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_start_that_would_let_strangers_in_is_refused() {
    let jira = Jira::start().await;
    let (_short, short) = file("s3cret\n");
    let (_good, good) = file(TOKEN);
    let refused = async |edit: &dyn Fn(&mut Settings)| {
        serve(&jira, &Flags::default(), |settings| edit(settings)).await.unwrap_err().text_for(Reader::Shell)
    };
    let open = refused(&|settings| settings.address = "0.0.0.0:0".into()).await;
    assert!(open.contains("--http-token-file"), "{open}");
    let weak = refused(&|settings| settings.token_file = Some(short.clone())).await;
    assert!(weak.contains("less than 24") && !weak.contains("s3cret"), "{weak}");
    let both = refused(&|settings| {
        settings.token_file = Some(good.clone());
        settings.identity = IdentityFrom::Request;
    })
    .await;
    assert!(both.contains("Leave --http-token-file out"), "{both}");
    let sites = refused(&|settings| settings.sites = vec!["acme".into()]).await;
    assert!(sites.contains("--http-identity request"), "{sites}");
    for host in ["https://jira-mcp.example.com", "jira-mcp.example.com:8080", "jira mcp", "*.example.com/"] {
        let named = refused(&|settings| settings.hosts = vec![host.into()]).await;
        assert!(named.contains("--hosts takes names") && named.contains(host), "{named}");
    }
    let server = refused(&|settings| {
        settings.identity = IdentityFrom::Request;
        settings.sites = vec!["jira.example.com".into()];
    })
    .await;
    assert!(server.contains("Data Center"), "{server}");
    assert!(refused(&|settings| settings.address = "no port".into()).await.contains("--http takes"));
    // With a token, or with an identity per request, the whole network may come.
    for identity in [IdentityFrom::Server, IdentityFrom::Request] {
        let edit = |settings: &mut Settings| {
            settings.address = "0.0.0.0:0".into();
            settings.identity = identity;
            settings.token_file = Some(good.clone()).filter(|_| identity == IdentityFrom::Server);
        };
        serve(&jira, &Flags::default(), edit).await.unwrap();
    }
}

#[tokio::test]
async fn with_tokens_only_who_has_one_comes_in() {
    let (_kept, path) = file(&format!("# the team's\n{TOKEN}\nanother-token-of-the-same-team\n"));
    let team = Team::with(Jira::start().await, |settings| settings.token_file = Some(path)).await;
    let list = |value: Option<&str>| {
        let ask = value.map_or(team.ask(), |value| team.ask().header("authorization", value));
        ask.modern("tools/list", json!({}))
    };
    for good in [format!("Bearer {TOKEN}"), "bearer another-token-of-the-same-team".into()] {
        assert_eq!(list(Some(&good)).send().await.status, 200);
    }
    let wrong = format!("Bearer {}", &TOKEN[1..]);
    for bad in
        [None, Some("Bearer "), Some(&*wrong), Some(TOKEN), Some("Bearer # the team's"), Some("Basic YTpi")]
    {
        let refused = list(bad).send().await;
        assert_eq!(refused.status, 401, "{bad:?}");
        assert!(refused.headers.contains_key("www-authenticate"));
    }
    assert_eq!(team.ask().method("GET").path("/healthz").send().await.status, 200);
}

#[tokio::test]
async fn a_token_that_is_taken_out_of_the_file_is_no_longer_good() {
    let (_kept, path) = file(TOKEN);
    let edited = path.clone();
    let team = Team::with(Jira::start().await, |settings| settings.token_file = Some(path)).await;
    let status = async |token: &str| {
        let ask = team.ask().header("authorization", &format!("Bearer {token}"));
        ask.modern("tools/list", json!({})).send().await.status
    };
    let new = "fedcba9876543210fedcba9876543210";
    assert_eq!((status(TOKEN).await.as_u16(), status(new).await.as_u16()), (200, 401));
    std::fs::write(&edited, new).unwrap();
    for attempt in 0.. {
        if status(new).await == 200 {
            break;
        }
        assert!(attempt < 1_000, "the file is not read again");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(status(TOKEN).await, 401);
}

#[tokio::test]
async fn a_page_in_a_browser_gets_nothing() {
    let team = Team::with(Jira::start().await, |settings| {
        settings.sse = true;
        settings.hosts = vec!["jira-mcp.example.com".into()];
    })
    .await;
    for path in ["/mcp", "/sse", "/messages?session_id=x", "/metrics", "/healthz", "/nothing"] {
        for (name, value) in [
            ("host", "evil.example.com"),
            ("host", "127.0.0.1.evil.example.com"),
            ("origin", "http://evil.example.com"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
        ] {
            let reply =
                team.ask().path(path).header(name, value).modern("tools/list", json!({})).send().await;
            assert_eq!(reply.status, 403, "{path} {name}: {value}");
            assert!(reply.headers.get("access-control-allow-origin").is_none());
        }
    }
    let named = team.ask().header("host", "jira-mcp.example.com").modern("tools/list", json!({}));
    assert_eq!(named.send().await.status, 200);
}

#[tokio::test]
async fn no_page_of_another_origin_is_told_that_it_may_ask() {
    let team = Team::with(Jira::start().await, |settings| settings.sse = true).await;
    for path in ["/mcp", "/sse", "/messages", "/metrics", "/healthz"] {
        let preflight = |origin: &str| {
            team.ask()
                .method("OPTIONS")
                .path(path)
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization, content-type")
        };
        let own = team.url("");
        for (origin, statuses) in
            [("http://evil.example.com", &[403][..]), ("null", &[403]), (own.as_str(), &[405])]
        {
            let reply = preflight(origin).send().await;
            assert!(statuses.contains(&reply.status.as_u16()), "{path} {origin}: {reply:?}");
            assert!(!reply.headers.keys().any(|name| name.as_str().starts_with("access-control")));
        }
    }
}

#[tokio::test]
async fn paths_lead_nowhere_else() {
    let team = Team::of_one_account().await;
    let list = |path: &str| team.ask().path(path).modern("tools/list", json!({}));
    for path in [
        "/mcp/",
        "//mcp",
        "/mcp/../mcp/x",
        "/MCP",
        "/mcp%2f",
        "/%6dcp/..",
        "/",
        "/sse",
        "/messages",
        "/mcp;x",
    ] {
        assert_eq!(list(path).send().await.status, 404, "{path}");
    }
    // Some things no client library sends.
    for path in [
        "/../../etc/passwd",
        "/mcp/..%2f..%2fetc/passwd",
        "/healthz/../metrics",
        "/mcp/../mcp",
        "/./mcp",
        "//mcp",
        "/%2e/mcp",
        "/mcp/%2e%2e/mcp",
        "/mcp%00",
        "/mcp%0d%0ax:y",
        "/mcp/.",
        "/metrics/",
        "mcp",
        "*",
        "/mcp\\..\\metrics",
    ] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let reply = raw(&team, head.as_bytes()).await;
        let refused = ["HTTP/1.1 404 ", "HTTP/1.1 400 "].iter().any(|status| reply.starts_with(status));
        assert!(refused, "{path}: {reply}");
    }
    let probe = raw(&team, b"GET /readyz HTTP/1.0\r\n\r\n").await;
    assert!(probe.starts_with("HTTP/1.0 200 "), "{probe}");
    let proxy = raw(&team, b"GET http://evil.example.com/healthz HTTP/1.1\r\nhost: evil.example.com\r\nconnection: close\r\n\r\n").await;
    assert!(proxy.starts_with("HTTP/1.1 403 "), "{proxy}");
}

#[tokio::test]
async fn heads_and_bodies_are_bounded() {
    let team = Team::of_one_account().await;
    let large = vec![b' '; (4 << 20) + 1];
    assert_eq!(team.ask().body(large).send().await.status, 413);
    let head =
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-long: {}\r\n\r\n", "x".repeat(64 << 10));
    assert!(raw(&team, head.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    let many = "x-many: 1\r\n".repeat(200);
    let head = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
    assert!(raw(&team, head.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    // Two lengths could mean one body to a proxy and another one here.
    let smuggled =
        b"POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello";
    assert!(raw(&team, smuggled).await.starts_with("HTTP/1.1 400 "));
    for injected in [
        "x: a\rset-cookie: b",
        // A value that goes on in the next line.
        "jira-read-only: true\r\n , false",
        "jira-read-only : true",
        "x: a\0b",
        "jira read only: true",
        ": true",
    ] {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{injected}\r\n\r\n");
        let reply = raw(&team, head.as_bytes()).await;
        assert!(reply.starts_with("HTTP/1.1 400 "), "{injected:?}: {reply}");
    }
    assert_eq!(team.ask().method("GET").path("/healthz").send().await.status, 200);
}

/// Sends bytes as they are, and reads until the server closes or waits for more.
async fn raw(team: &Team, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(team.running.address).await.unwrap();
    // A server that has refused the head may close before it has read all of it.
    let _ = stream.write_all(bytes).await;
    let mut reply = vec![0; 4096];
    let length = stream.read(&mut reply).await.unwrap_or_default();
    String::from_utf8_lossy(&reply[..length]).into_owned()
}
