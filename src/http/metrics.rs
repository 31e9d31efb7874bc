//! Counters for `/metrics`: every label has few values, and none of them is anybody's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::refusal::Reason;
use crate::server::Observer;

/// The paths that are served; what asks for another counts under the last.
pub(super) const ENDPOINTS: [&str; 7] =
    ["/mcp", "/sse", "/messages", "/healthz", "/readyz", "/metrics", "other"];
/// Upper bounds of the durations of calls, in milliseconds.
const DURATION_BUCKETS_MS: [u64; 10] = [5, 10, 25, 50, 100, 250, 1_000, 2_500, 10_000, 60_000];

/// Counts of this process.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// The counts of requests, by endpoint, then by the first digit of the status.
    requests: [[AtomicU64; 5]; ENDPOINTS.len()],
    refused: [AtomicU64; Reason::ALL.len()],
    /// The counts of calls by tool: those that went well, and the others. The catalogue bounds the number of tools.
    calls: Mutex<BTreeMap<String, [u64; 2]>>,
    durations: [AtomicU64; DURATION_BUCKETS_MS.len() + 1],
    duration_micros: AtomicU64,
}

/// Values as they are at this moment.
pub(super) struct Gauges {
    pub(super) connections: usize,
    pub(super) calls: usize,
    pub(super) sessions: usize,
    pub(super) sse_sessions: usize,
    pub(super) identities: usize,
}

impl Metrics {
    /// Counts a request by its response.
    pub(super) fn record_response(&self, path: &str, status: u16, refused: Option<Reason>) {
        let endpoint = ENDPOINTS.iter().position(|known| *known == path).unwrap_or(ENDPOINTS.len() - 1);
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.requests[endpoint][class].fetch_add(1, Ordering::Relaxed);
        if let Some(at) = refused.and_then(|reason| Reason::ALL.iter().position(|known| *known == reason)) {
            self.refused[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The text format of Prometheus.
    pub(super) fn render(&self, gauges: &Gauges) -> String {
        let mut out = String::new();
        let mut kind = |name: &str, kind: &str, help: &str, rows: Vec<(String, String)>| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let mut requests = Vec::new();
        for (endpoint, classes) in ENDPOINTS.iter().zip(&self.requests) {
            for (class, count) in (1..).zip(classes) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    requests.push((
                        format!("{{endpoint=\"{endpoint}\",status=\"{class}xx\"}}"),
                        count.to_string(),
                    ));
                }
            }
        }
        kind("mcp_http_requests_total", "counter", "Requests answered.", requests);
        let refused = Reason::ALL.iter().zip(&self.refused).map(|(reason, count)| {
            (format!("{{reason=\"{}\"}}", reason.name()), count.load(Ordering::Relaxed).to_string())
        });
        kind("mcp_http_refused_total", "counter", "Requests refused before any call.", refused.collect());
        let one = |value: usize| vec![(String::new(), value.to_string())];
        kind("mcp_http_connections", "gauge", "Open connections.", one(gauges.connections));
        kind("mcp_requests_in_flight", "gauge", "Requests being worked on.", one(gauges.calls));
        let sessions = [("streamable", gauges.sessions), ("sse", gauges.sse_sessions)];
        let sessions = sessions.map(|(name, n)| (format!("{{transport=\"{name}\"}}"), n.to_string()));
        kind("mcp_sessions", "gauge", "Open sessions of protocols up to 2025-11-25.", sessions.into());
        kind("mcp_identities", "gauge", "Identities that were verified lately.", one(gauges.identities));
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let calls = calls.into_iter().flat_map(|(tool, counts)| {
            ["ok", "error"].into_iter().zip(counts).map(move |(outcome, count)| {
                (format!("{{tool=\"{tool}\",outcome=\"{outcome}\"}}"), count.to_string())
            })
        });
        kind("mcp_tool_calls_total", "counter", "Calls of tools.", calls.collect());
        let name = "mcp_tool_call_duration_seconds";
        let _ = writeln!(out, "# HELP {name} How long calls of tools take.\n# TYPE {name} histogram");
        let mut sum = 0;
        for (at, count) in self.durations.iter().enumerate() {
            sum += count.load(Ordering::Relaxed);
            let bound = DURATION_BUCKETS_MS.get(at).map_or("+Inf".to_owned(), |ms| seconds(ms * 1_000));
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {sum}");
        }
        let _ = writeln!(out, "{name}_sum {}", seconds(self.duration_micros.load(Ordering::Relaxed)));
        let _ = writeln!(out, "{name}_count {sum}");
        out
    }
}

impl Observer for Metrics {
    fn called(&self, tool: &str, is_error: bool, duration: Duration) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = calls.get_mut(tool) {
            counts[usize::from(is_error)] += 1;
        } else {
            let mut counts = [0; 2];
            counts[usize::from(is_error)] = 1;
            calls.insert(tool.to_owned(), counts);
        }
        drop(calls);
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let bucket =
            DURATION_BUCKETS_MS.iter().position(|bound| ms < *bound).unwrap_or(DURATION_BUCKETS_MS.len());
        self.durations[bucket].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(duration.as_micros()).unwrap_or_default();
        self.duration_micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Microseconds as seconds, without rounding.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_bounded_whatever_is_asked_for() {
        let metrics = Metrics::default();
        metrics.record_response("/mcp", 200, None);
        metrics.record_response("/../etc/passwd\"}", 404, None);
        metrics.record_response("/mcp", 403, Some(Reason::Origin));
        metrics.called("get_issue", false, Duration::from_millis(7));
        metrics.called("get_issue", true, Duration::from_secs(100));
        let text =
            metrics.render(&Gauges { connections: 3, calls: 0, sessions: 0, sse_sessions: 0, identities: 1 });
        for line in [
            "mcp_http_requests_total{endpoint=\"/mcp\",status=\"2xx\"} 1",
            "mcp_http_requests_total{endpoint=\"other\",status=\"4xx\"} 1",
            "mcp_http_refused_total{reason=\"origin\"} 1",
            "mcp_http_connections 3",
            "mcp_tool_calls_total{tool=\"get_issue\",outcome=\"error\"} 1",
            "mcp_tool_call_duration_seconds_bucket{le=\"0.005\"} 0",
            "mcp_tool_call_duration_seconds_bucket{le=\"0.01\"} 1",
            "mcp_tool_call_duration_seconds_bucket{le=\"+Inf\"} 2",
            "mcp_tool_call_duration_seconds_sum 100.007",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("passwd"));
    }
}
