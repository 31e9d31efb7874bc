//! The way back from Atlassian's consent page: `http://localhost:PORT/callback`.
//!
//! [`Callback`] listens on this machine only, lets one redirect of the right sign-in through and
//! ends. Whoever else connects, browsers that ask for an icon or open a connection to be quick
//! later, programs that try what is there, is answered or cut off without getting in its way. The
//! browser that brought the redirect waits until [`WaitingBrowser::show`] tells it how the sign-in went.
//!
//! A browser that is opened by us begins here too, at an address that leads to Atlassian's page
//! once. That page's own address holds the state, and all users of a machine see with which
//! arguments a program is started: who knew the state could lead the browser's way back to an
//! account of their own. (A private file that leads on, as other programs use, is out of reach for
//! browsers in a sandbox, such as those of Ubuntu.)

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::{Url, form_urlencoded};

use super::page::{self, Page};
use crate::error::{ConfigurationProblem, ConsentProblem, Error, Result};

/// Path of the redirect.
pub const CALLBACK_PATH: &str = "/callback";

/// Beginning of the path that leads to Atlassian's page; what follows is unguessable.
pub const START_PATH: &str = "/start/";

/// The most bytes of a request's head; none that a browser brings from Atlassian has more.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Time for a connection to say what it wants, and to take its answer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// The most connections at a time; the oldest gives way.
const MAX_CONNECTIONS: usize = 32;

/// Outcome of Atlassian's consent page, as its redirect tells it.
#[derive(Debug)]
pub enum ConsentOutcome {
    /// The person agreed: the code to exchange for tokens.
    Code(SecretString),
    /// The person said no.
    Denied,
    /// Another outcome that Atlassian reports: its error code and words.
    Failed(String),
}

impl ConsentOutcome {
    /// Reads the query of a redirect to the sign-in that was begun with `state`; `None` where it
    /// belongs to another one, or is no redirect at all.
    #[must_use]
    pub fn from_query(query: &str, state: &str) -> Option<Self> {
        let only = |name: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            let value = values.next()?.1.into_owned();
            // Two of the same name could mean one thing to us and another to whoever made them.
            values.next().is_none().then_some(value).filter(|value| !value.is_empty())
        };
        if !matches(&only("state")?, state) {
            return None;
        }
        match (only("code"), only("error")) {
            (Some(code), None) => Some(Self::Code(code.into())),
            (None, Some(error)) if error == "access_denied" => Some(Self::Denied),
            (None, Some(error)) => Some(Self::Failed(match only("error_description") {
                Some(words) => format!("{error}: {words}"),
                None => error,
            })),
            _ => None,
        }
    }

    /// Reads a redirect from the address that a person copied out of the browser.
    #[must_use]
    pub fn from_address(address: &str, state: &str) -> Option<Self> {
        Self::from_query(Url::parse(address.trim()).ok()?.query()?, state)
    }
}

/// Compares in a time that tells nothing: of digests, the first bytes that differ are no help.
fn matches(given: &str, expected: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(expected)
}

/// The sign-in that a [`Callback`] waits for.
#[derive(Debug)]
pub struct AwaitedConsent {
    /// The value that the redirect must bring back.
    pub state: SecretString,
    /// The path that leads to Atlassian's page, once: `/start/...`.
    pub start: String,
    /// The address of Atlassian's page, which holds the state.
    pub page: SecretString,
}

/// The listening end; dropping it closes it.
#[derive(Debug)]
pub struct Callback {
    v4: TcpListener,
    /// The listener on `::1`; missing where the machine has no IPv6.
    v6: Option<TcpListener>,
}

/// The redirect, and the browser that waits for a page.
#[derive(Debug)]
pub struct ReceivedRedirect {
    /// The outcome that the redirect tells.
    pub outcome: ConsentOutcome,
    /// The browser that waits for its page.
    pub browser: WaitingBrowser,
}

/// A browser that waits for its page.
#[derive(Debug)]
pub struct WaitingBrowser(TcpStream);

impl Callback {
    /// Listens on `port` of 127.0.0.1 and `::1`, as browsers take `localhost` for either.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] where another program has the port.
    pub async fn bind(port: u16) -> Result<Self> {
        let v4 =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| port_taken(port, &error))?;
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(port_taken(port, &error)),
            Err(_) => None,
        };
        Ok(Self { v4, v6 })
    }

    /// Waits for the redirect of the sign-in.
    ///
    /// # Errors
    /// [`Error::SignIn`] after `limit`.
    pub async fn receive_redirect(
        self,
        awaited: AwaitedConsent,
        limit: Duration,
    ) -> Result<ReceivedRedirect> {
        let awaited = Arc::new((awaited, AtomicBool::new(false)));
        let (found, mut redirects) = mpsc::channel(1);
        let mut connections = JoinSet::new();
        let mut order = VecDeque::with_capacity(MAX_CONNECTIONS);
        let serve = async {
            loop {
                let stream = tokio::select! {
                    Some(redirect) = redirects.recv() => return redirect,
                    accepted = self.accept() => match accepted {
                        Ok((stream, _)) => stream,
                        // Out of descriptors, or a peer that was gone at once: neither lasts.
                        Err(_) => {
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            continue;
                        }
                    },
                };
                while connections.try_join_next().is_some() {}
                order.retain(|handle: &tokio::task::AbortHandle| !handle.is_finished());
                if order.len() == MAX_CONNECTIONS
                    && let Some(oldest) = order.pop_front()
                {
                    oldest.abort();
                }
                let (awaited, found) = (Arc::clone(&awaited), found.clone());
                order.push_back(connections.spawn(async move {
                    let (awaited, opened) = &*awaited;
                    if let Some(redirect) = handle_connection(stream, awaited, opened).await {
                        // The channel takes one: of two redirects at the same time, the first.
                        let _ = found.try_send(redirect);
                    }
                }));
            }
        };
        tokio::time::timeout(limit, serve)
            .await
            .map_err(|_| ConsentProblem::Timeout { minutes: limit.as_secs() / 60 }.into())
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.v6 {
            Some(v6) => tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
            None => self.v4.accept().await,
        }
    }
}

impl WaitingBrowser {
    /// Sends the page to the browser.
    pub async fn show(mut self, page: &Page) {
        write_reply(&mut self.0, &page.reply()).await;
    }
}

/// Reads what one connection wants; gives it back where it brings the redirect, and else answers. `opened` tells that
/// the way to Atlassian's page has been taken.
async fn handle_connection(
    mut stream: TcpStream,
    awaited: &AwaitedConsent,
    opened: &AtomicBool,
) -> Option<ReceivedRedirect> {
    let head = tokio::time::timeout(CONNECTION_TIMEOUT, head(&mut stream)).await.ok()?.ok()??;
    let reply = match std::str::from_utf8(&head).ok().and_then(target) {
        Some(target) if target == awaited.start => {
            if opened.swap(true, Ordering::Relaxed) {
                Page::UsedLink.reply()
            } else {
                page::redirect_to(awaited.page.expose_secret())
            }
        }
        Some(target) => match target.split_once('?') {
            Some((CALLBACK_PATH, query)) => {
                match ConsentOutcome::from_query(query, awaited.state.expose_secret()) {
                    Some(outcome) => {
                        return Some(ReceivedRedirect { outcome, browser: WaitingBrowser(stream) });
                    }
                    None => Page::StaleLink.reply(),
                }
            }
            _ if target == CALLBACK_PATH => Page::StaleLink.reply(),
            _ => Page::NotFound.reply(),
        },
        None => Page::NotFound.reply(),
    };
    write_reply(&mut stream, &reply).await;
    None
}

/// A request's head up to its empty line; `None` where it is longer than any that belongs here.
async fn head(stream: &mut TcpStream) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Its whole room at once: it holds the code, and what it grew out of would not be zeroised.
    let mut head = Zeroizing::new(Vec::with_capacity(MAX_HEAD_BYTES));
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() == MAX_HEAD_BYTES
            || (&mut *stream).take((MAX_HEAD_BYTES - head.len()) as u64).read_buf(&mut *head).await? == 0
        {
            return Ok(None);
        }
    }
    Ok(Some(head))
}

/// The path and query of a GET.
fn target(head: &str) -> Option<&str> {
    let mut line = head.lines().next()?.split(' ');
    match (line.next()?, line.next()?, line.next()?, line.next()) {
        ("GET", target, "HTTP/1.1" | "HTTP/1.0", None) => Some(target),
        _ => None,
    }
}

async fn write_reply(stream: &mut TcpStream, reply: &[u8]) {
    // A browser that does not wait for its page has missed nothing else.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, async {
        stream.write_all(reply).await?;
        stream.shutdown().await
    })
    .await;
}

fn port_taken(port: u16, error: &io::Error) -> Error {
    ConfigurationProblem::PortTaken { port, error: error.to_string(), path: CALLBACK_PATH }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "the state of this sign-in";
    const GOOD: &str =
        "GET /callback?state=the+state+of+this+sign-in&code=c0de HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// A callback on a free port of both families, and its port.
    async fn listening() -> (Callback, u16) {
        loop {
            let any = Callback::bind(0).await.unwrap();
            let port = any.v4.local_addr().unwrap().port();
            drop(any);
            if let Ok(callback) = Callback::bind(port).await {
                return (callback, port);
            }
        }
    }

    fn awaited() -> AwaitedConsent {
        let page = "https://auth.atlassian.com/authorize?state=s".into();
        AwaitedConsent { state: STATE.into(), start: "/start/once".into(), page }
    }

    async fn send(port: u16, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn read(mut stream: TcpStream) -> String {
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply
    }

    fn code(outcome: Option<ConsentOutcome>) -> Option<String> {
        match outcome {
            Some(ConsentOutcome::Code(code)) => Some(code.expose_secret().to_owned()),
            _ => None,
        }
    }

    #[tokio::test]
    async fn only_the_redirect_of_this_sign_in_ends_the_waiting() {
        let (callback, port) = listening().await;
        let waiting = tokio::spawn(callback.receive_redirect(awaited(), Duration::from_secs(60)));
        for (request, status) in [
            ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
            ("GET / HTTP/1.1\r\n\r\n", "404"),
            ("POST /callback?state=the+state+of+this+sign-in&code=c HTTP/1.1\r\n\r\n", "404"),
            ("nonsense\r\n\r\n", "404"),
            ("GET /callback HTTP/1.1\r\n\r\n", "400"),
            ("GET /callback?code=c HTTP/1.1\r\n\r\n", "400"),
            ("GET /callback?state=another&code=c HTTP/1.1\r\n\r\n", "400"),
            ("GET /callback?state=the+state+of+this+sign-in HTTP/1.1\r\n\r\n", "400"),
            ("GET /callback?state=the+state+of+this+sign-in&code=a&code=b HTTP/1.1\r\n\r\n", "400"),
        ] {
            let reply = read(send(port, request).await).await;
            assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{request}{reply}");
        }
        let browser = send(port, GOOD).await;
        let redirect = waiting.await.unwrap().unwrap();
        redirect.browser.show(&Page::Denied).await;
        assert!(read(browser).await.contains("Nothing was allowed"));
        // Used once: nothing listens any more.
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err());
    }

    #[tokio::test]
    async fn the_way_to_the_page_is_open_once() {
        let (callback, port) = listening().await;
        let waiting = tokio::spawn(callback.receive_redirect(awaited(), Duration::from_secs(60)));
        for (path, status, part) in [
            ("/start/guessed", "404", "Nothing to see here"),
            ("/start/once", "303", "Location: https://auth.atlassian.com/authorize?state=s\r\n"),
            ("/start/once", "410", "has been used"),
        ] {
            let reply = read(send(port, &format!("GET {path} HTTP/1.1\r\n\r\n")).await).await;
            assert!(
                reply.starts_with(&format!("HTTP/1.1 {status} ")) && reply.contains(part),
                "{path}: {reply}"
            );
        }
        let _browser = send(port, GOOD).await;
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn those_who_say_nothing_or_too_much_are_in_nobodys_way() {
        let (callback, port) = listening().await;
        let waiting = tokio::spawn(callback.receive_redirect(awaited(), Duration::from_secs(60)));
        let mut quiet = Vec::new();
        for _ in 0..3 * MAX_CONNECTIONS {
            quiet.push(send(port, "GET /callback?state=").await);
        }
        let mut flood = send(port, "GET /").await;
        let flooded = async {
            while flood.write_all(&[b'a'; 4096]).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        flooded.await;
        let _browser = send(port, GOOD).await;
        let redirect = waiting.await.unwrap().unwrap();
        assert_eq!(code(Some(redirect.outcome)).as_deref(), Some("c0de"));
    }

    #[tokio::test]
    async fn both_families_are_heard() {
        let (callback, port) = listening().await;
        if callback.v6.is_none() {
            return;
        }
        let waiting = tokio::spawn(callback.receive_redirect(awaited(), Duration::from_secs(60)));
        let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(GOOD.as_bytes()).await.unwrap();
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_told() {
        let (_first, port) = listening().await;
        let error = Callback::bind(port).await.unwrap_err().text_for(crate::error::Reader::Stdio);
        assert!(
            error.contains(&format!("Port {port}")) && error.contains("JIRA_OAUTH_CALLBACK_PORT"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn waiting_ends() {
        let (callback, _) = listening().await;
        let error = callback.receive_redirect(awaited(), Duration::from_millis(1)).await.unwrap_err();
        assert!(error.to_string().contains("Nobody answered"), "{error}");
    }

    #[test]
    fn a_redirect_is_read_in_all_its_forms() {
        let query = |rest: &str| ConsentOutcome::from_query(&format!("state=s%20t&{rest}"), "s t");
        assert_eq!(code(query("code=a%2Bb")).as_deref(), Some("a+b"));
        assert!(matches!(query("error=access_denied&error_description=No"), Some(ConsentOutcome::Denied)));
        assert!(matches!(query("error=server_error&error_description=So+sorry"),
            Some(ConsentOutcome::Failed(words)) if words == "server_error: So sorry"));
        assert!(query("error=access_denied&code=c").is_none());
        let pasted = |text: &str| code(ConsentOutcome::from_address(text, "s t"));
        assert_eq!(pasted(" http://localhost:8976/callback?state=s+t&code=c\n").as_deref(), Some("c"));
        assert_eq!(pasted("http://localhost:8976/callback?state=other&code=c"), None);
        assert_eq!(pasted("c"), None);
    }
}
