//! Timeouts of connections, requests and the shutdown.

use std::time::Duration;

/// Timeouts of a server, each with its default.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// A new connection's first request: 10 s.
    pub first_request: Duration,
    /// Between the requests of a connection, and the head of a request: 75 s, which is longer than proxies keep theirs.
    pub idle: Duration,
    /// The body of a request: 30 s.
    pub body: Duration,
    /// Until a principal has fewer requests in flight, or fewer credentials are being verified: 10 s.
    pub admission: Duration,
    /// Data that was sent and is not acknowledged by the client, where the system tells: 60 s.
    pub unacknowledged: Duration,
    /// Until credentials are verified again: 15 minutes. Jira checks them at each of its requests all the same.
    pub verification: Duration,
    /// Calls that are under way when the shutdown begins: 20 s.
    pub drain: Duration,
    /// Connections once nothing is under way: 3 s.
    pub close: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            first_request: seconds(10),
            idle: seconds(75),
            body: seconds(30),
            admission: seconds(10),
            unacknowledged: seconds(60),
            verification: seconds(900),
            drain: seconds(20),
            close: seconds(3),
        }
    }
}
