//! The wait that a reply asks for, in every form that Atlassian has for it.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// The wait that a reply of Atlassian's asks for: `Retry-After` in seconds or as a date, else `X-RateLimit-Reset`
/// (ISO 8601 or seconds since 1970), else the reset of the structured `RateLimit` header.
pub(crate) fn requested_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(value) = text("retry-after") {
        if let Some(seconds) = value.parse::<f64>().ok().filter(|seconds| !seconds.is_nan()) {
            return Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX));
        }
        if let Ok(date) = httpdate::parse_http_date(value) {
            return Some(date.duration_since(now).unwrap_or_default());
        }
    }
    if let Some(value) = text("x-ratelimit-reset") {
        let reset = value
            .parse::<jiff::Timestamp>()
            .ok()
            // Jira writes minutes only: 2025-07-14T10:00Z.
            .or_else(|| value.replace('Z', ":00Z").parse().ok())
            .or_else(|| jiff::Timestamp::from_second(value.parse().ok()?).ok());
        if let Some(reset) = reset {
            let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let reset = Duration::from_millis(u64::try_from(reset.as_millisecond()).unwrap_or_default());
            return Some(reset.saturating_sub(now));
        }
    }
    let exhausted =
        ["ratelimit", "beta-ratelimit"].into_iter().filter_map(text).flat_map(|v| v.split(',')).find_map(
            |policy| {
                let number = |key: &str| {
                    policy.split(';').find_map(|part| part.trim().strip_prefix(key)?.parse::<u64>().ok())
                };
                (number("r=") == Some(0)).then(|| number("t=")).flatten()
            },
        );
    exhausted.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        let table: [(&str, &str, Option<u64>); 13] = [
            ("retry-after", "7", Some(7)),
            ("retry-after", "0", Some(0)),
            ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("x-ratelimit-reset", "1994-11-06T08:50:00Z", Some(30)),
            ("x-ratelimit-reset", "1994-11-06T08:50Z", Some(30)),
            ("x-ratelimit-reset", "784111780", Some(10)),
            ("ratelimit", "\"a\";r=9;t=5,\"b\";r=0;t=50", Some(50)),
            ("retry-after", "-5", Some(0)),
            ("retry-after", "86400.0", Some(86_400)),
            ("retry-after", "NaN", None),
            ("retry-after", "soon", None),
            ("ratelimit", "\"a\";r=0;t=18446744073709551615", Some(u64::MAX)),
        ];
        for (name, value, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(requested_wait(&headers, now), expected.map(Duration::from_secs), "{name}: {value}");
        }
    }
}
