//! Connections: taken in, bounded in number, size and time, and closed in order.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_service::Service as _;

use super::limits::{MAX_CONNECTIONS, MAX_HEAD_BYTES, MAX_HEADERS};
use super::shutdown::Shutdown;
use super::timeouts::Timeouts;
use crate::error::{Error, Result};

/// The interval in which a silent client is probed; one that stays unreachable loses its connection.
const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);

/// Finds the address that is meant: `8080`, `127.0.0.1:8080`, `localhost:8080`, `[::]:8080`.
///
/// # Errors
/// [`Error::NotConfigured`].
pub(super) async fn resolve(text: &str) -> Result<SocketAddr> {
    let full = if text.parse::<u16>().is_ok() { format!("127.0.0.1:{text}") } else { text.to_owned() };
    let unusable = |problem: String| {
        Error::at_start(
            format!("--http takes an address such as 127.0.0.1:8080, not `{text}`{problem}"),
            "Give a port, or an address and a port.",
        )
    };
    let mut found = tokio::net::lookup_host(&full).await.map_err(|error| unusable(format!(" ({error})")))?;
    found.next().ok_or_else(|| unusable(String::new()))
}

/// Opens the port.
///
/// # Errors
/// [`Error::NotConfigured`].
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::at_start(
            format!("cannot listen on {address} ({error})"),
            "Choose another address with --http.",
        )
    })
}

/// Accepts connections until the shutdown begins.
pub(super) async fn accept(listener: TcpListener, router: Router, shutdown: Shutdown, timeouts: Timeouts) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let begun = shutdown.begun();
    loop {
        let next = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = begun.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = serve(stream, router.clone(), shutdown.clone(), timeouts);
                shutdown.spawn_connection(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Mostly a lack of file descriptors, which only time mends.
                tracing::warn!(%error, "a connection could not be taken in");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, router: Router, shutdown: Shutdown, timeouts: Timeouts) {
    // Replies are written in small parts, each of which would wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let probing =
        socket2::TcpKeepalive::new().with_time(TCP_KEEPALIVE_INTERVAL).with_interval(TCP_KEEPALIVE_INTERVAL);
    let socket = socket2::SockRef::from(&stream);
    let _ = socket.set_tcp_keepalive(&probing);
    // A client that has vanished, or reads nothing of what it asked for.
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(timeouts.unacknowledged));
    let started = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request: Request<Incoming>| {
        started.store(true, Ordering::Relaxed);
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.idle)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let begun = shutdown.begun();
    let mut first = pin!(tokio::time::sleep(timeouts.first_request));
    let (mut waiting, mut stopping) = (true, false);
    loop {
        tokio::select! {
            // What fails here is the client's own connection, which nobody can be told about.
            _ = connection.as_mut() => return,
            () = begun.cancelled(), if !stopping => {
                connection.as_mut().graceful_shutdown();
                stopping = true;
            }
            () = first.as_mut(), if waiting => {
                if !started.load(Ordering::Relaxed) {
                    return;
                }
                waiting = false;
            }
        }
    }
}
