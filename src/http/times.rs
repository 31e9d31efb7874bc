//! How long things may take.

use std::time::Duration;

/// How long things may take, each with what is usual.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// A new connection's first request: 10 s.
    pub first_request: Duration,
    /// Between the requests of a connection, and the head of a request: 75 s, which is longer than proxies keep theirs.
    pub idle: Duration,
    /// The body of a request: 30 s.
    pub body: Duration,
    /// Until a person has fewer requests in flight, or fewer people are being verified: 10 s.
    pub turn: Duration,
    /// What was sent and is not taken by the client, where the system tells: 60 s.
    pub unread: Duration,
    /// Until an identity is verified again: 15 minutes. Jira checks the credentials at each of its requests all the same.
    pub verified: Duration,
    /// Calls that are under way when the server is asked to end: 20 s.
    pub drain: Duration,
    /// Connections once nothing is under way: 3 s.
    pub close: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            first_request: seconds(10),
            idle: seconds(75),
            body: seconds(30),
            turn: seconds(10),
            unread: seconds(60),
            verified: seconds(900),
            drain: seconds(20),
            close: seconds(3),
        }
    }
}
