//! The settings with which a sandbox starts.

use std::time::Duration;

use jiff::Timestamp;

/// Settings of a sandbox. The default: any free port, the real time, the seeded world, no trouble.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on loopback; 0 for any that is free.
    pub port: u16,
    /// The time at which the site starts; the real time when absent. The seed is laid relative to it.
    pub now: Option<Timestamp>,
    /// True where the site starts with projects and issues; it starts with users only when not.
    pub seed: bool,
    /// Time for which search does not know what was written.
    pub search_lag: Duration,
    /// True where pages of search hold fewer issues than asked for, as Jira's may.
    pub short_pages: bool,
    /// Time that each reply takes at least.
    pub latency: Duration,
    /// Number of sites. Those after the first have the same people and one project, `LAB`.
    pub sites: usize,
    /// Lifetime of an access token.
    pub access_token_ttl: Duration,
    /// Time for which a used refresh token can be used again.
    pub refresh_reuse_leeway: Duration,
    /// The address to which the app's users are sent back.
    pub redirect_uri: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            now: None,
            seed: true,
            search_lag: Duration::ZERO,
            short_pages: false,
            latency: Duration::ZERO,
            sites: 1,
            access_token_ttl: Duration::from_secs(3600),
            refresh_reuse_leeway: Duration::from_secs(600),
            redirect_uri: "http://localhost:8976/callback".into(),
        }
    }
}
