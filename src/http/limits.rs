//! The limits of what clients may bring and hold; how long things may take is in `timeouts`.

/// The largest body of a request, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 4 << 20;
/// The largest head of a request, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 32 << 10;
/// The most header fields of a request.
pub(super) const MAX_HEADERS: usize = 64;
/// The largest reply that is turned from JSON into an event, in bytes.
pub(super) const MAX_REPLY_BYTES: usize = 64 << 20;

/// Connections that are open at the same time; more wait until one closes.
pub(super) const MAX_CONNECTIONS: usize = 10_000;
/// Sessions of Streamable HTTP, over everybody.
pub(super) const MAX_SESSIONS: usize = 10_000;
/// Sessions of the older transport, over everybody.
pub(super) const MAX_SSE_SESSIONS: usize = 2_000;
/// Messages of a session of the older transport that wait for the server.
pub(super) const MAX_QUEUED_CLIENT_MESSAGES: usize = 64;
/// Messages of a session of the older transport that wait for the client.
pub(super) const MAX_QUEUED_SERVER_MESSAGES: usize = 256;
/// Replies that wait for the return of their client, of one session.
pub(super) const MAX_MISSED_REPLIES_PER_SESSION: usize = 16;
/// Replies that wait for the return of their client, over all sessions.
pub(super) const MAX_MISSED_REPLIES: usize = 1_024;

/// Credentials, and quotas of principals, that are remembered.
pub(super) const MAX_PRINCIPALS: usize = 1_024;
/// Credentials that are verified with Jira at the same time.
pub(super) const MAX_CONCURRENT_VERIFICATIONS: usize = 16;
/// The fewest characters of a client's token.
pub(super) const MIN_CLIENT_TOKEN_LENGTH: usize = 24;
