//! Lengths of time as Jira writes them: `1w 2d 3h 30m`, where days and weeks are those of work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The form of durations, for an error to those who wrote one in another way.
pub(in crate::jira) const DURATION_FORM: &str = "`1w 2d 3h 30m` or `1.5h`, each number with its unit";

/// The units, the longest first, as Jira wants them.
const UNITS: &str = "wdhm";

/// A duration in the form that Jira takes: each unit once at the most, `1h30m` as `1h 30m`.
pub(in crate::jira) fn read(text: &str) -> Option<String> {
    let (mut rest, mut units, mut parts) = (text.trim(), UNITS.chars(), Vec::new());
    while !rest.is_empty() {
        let unit = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, after) = rest.split_at(unit);
        let number = number.trim();
        let plain = number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok();
        let unit = after.chars().next()?.to_ascii_lowercase();
        if !plain || !units.any(|known| known == unit) {
            return None;
        }
        parts.push(format!("{number}{unit}"));
        rest = after[1..].trim_start();
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A duration that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline)]
pub struct WorkDuration(String);

impl TryFrom<String> for WorkDuration {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        read(&text).map(Self).ok_or_else(|| format!("A duration is written as {DURATION_FORM}, not `{text}`"))
    }
}

impl WorkDuration {
    /// The duration in the form that Jira takes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hours of a working day and the days of a working week on a site.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkingTime {
    working_hours_per_day: f64,
    working_days_per_week: f64,
}

impl WorkingTime {
    /// A duration as Jira spells it on this site.
    #[must_use]
    pub fn spelled(&self, seconds: u64) -> String {
        let day = whole_minutes(self.working_hours_per_day);
        let week = whole_minutes(self.working_hours_per_day * self.working_days_per_week);
        spelled(seconds, &[(week, 'w'), (day, 'd'), (60, 'h'), (1, 'm')])
    }
}

/// A duration in hours and minutes, which are the same everywhere.
#[must_use]
pub fn in_hours(seconds: u64) -> String {
    spelled(seconds, &[(60, 'h'), (1, 'm')])
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
fn whole_minutes(hours: f64) -> u64 {
    (hours * 60.0).round() as u64
}

/// A duration in units of so many minutes; a unit of none is passed over.
fn spelled(seconds: u64, units: &[(u64, char)]) -> String {
    let mut left = seconds / 60;
    let mut parts = Vec::new();
    for (minutes, unit) in units {
        let count = left.checked_div(*minutes).unwrap_or_default();
        if count > 0 {
            parts.push(format!("{count}{unit}"));
            left -= count * minutes;
        }
    }
    if parts.is_empty() { "0m".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them_for_jira() {
        for (text, expected) in [
            ("2h 30m", Some("2h 30m")),
            ("1W 2D", Some("1w 2d")),
            ("1.5h", Some("1.5h")),
            ("1h30m", Some("1h 30m")),
            (" 2 h ", Some("2h")),
            ("30m 2h", None),
            ("1h 2h", None),
            ("2 hours", None),
            ("90", None),
            ("1h 30", None),
            ("-1h", None),
            ("inf h", None),
            ("h", None),
            ("1½h", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_sum_is_spelled_with_the_days_and_weeks_of_the_site() {
        let office = WorkingTime { working_hours_per_day: 8.0, working_days_per_week: 5.0 };
        let part_time = WorkingTime { working_hours_per_day: 7.5, working_days_per_week: 4.0 };
        let always = WorkingTime { working_hours_per_day: 24.0, working_days_per_week: 7.0 };
        let unset = WorkingTime { working_hours_per_day: 0.0, working_days_per_week: 0.0 };
        let seconds = 50 * 3600 + 30 * 60;
        assert_eq!(office.spelled(seconds), "1w 1d 2h 30m");
        assert_eq!(part_time.spelled(seconds), "1w 2d 5h 30m");
        assert_eq!(always.spelled(seconds), "2d 2h 30m");
        assert_eq!(unset.spelled(seconds), "50h 30m");
        assert_eq!((office.spelled(59), in_hours(seconds)), ("0m".to_owned(), "50h 30m".to_owned()));
    }
}
