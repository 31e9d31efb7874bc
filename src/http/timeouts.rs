//! Timeouts of connections, requests and the shutdown.

use std::time::Duration;

/// Timeouts of a server, each with its default.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The time for a new connection's first request: 10 s.
    pub first_request: Duration,
    /// The time between a connection's requests, and for a request's head: 75 s, longer than that of proxies.
    pub idle: Duration,
    /// The time for the body of a request: 30 s.
    pub body: Duration,
    /// The time until a principal has fewer requests in flight, or fewer credentials are being verified: 10 s.
    pub admission: Duration,
    /// The time for the client to acknowledge data that was sent, where the system tells: 60 s.
    pub unacknowledged: Duration,
    /// The time until credentials are verified again: 15 minutes. Jira checks them at each of its requests anyway.
    pub verification: Duration,
    /// The time for calls that are under way when the shutdown begins: 20 s.
    pub drain: Duration,
    /// The time for connections once nothing is under way: 3 s.
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
