//! Jira's dates, as a person in the account's time zone reads them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A time as a person writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeInput {
    /// A day: `2026-11-20`.
    Day(Date),
    /// A date and time without an offset: `2026-11-20T10:15`.
    Clock(DateTime),
    /// A date and time with its offset: `2026-11-20T10:15+01:00`.
    Instant(Timestamp),
}

impl TimeInput {
    /// Reads ISO 8601 in the forms that people use, and Jira's own.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        // A zone in brackets would be read over.
        if text.contains('[') {
            return None;
        }
        let instant = parse(text).or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M%:z", text).ok());
        let day = || (text.len() == 10).then(|| text.parse().ok().map(Self::Day)).flatten();
        instant.map(Self::Instant).or_else(day).or_else(|| text.parse().ok().map(Self::Clock))
    }

    /// The instant in this zone; of a day its beginning. `None` beyond the end of time.
    pub(crate) fn start(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Self::Clock(day.at(0, 0, 0, 0)).start(zone),
            Self::Clock(at) => Some(at.to_zoned_datetime(zone.clone()).ok()?.timestamp()),
            Self::Instant(at) => Some(at),
        }
    }

    /// The instant in this zone; of a day its end, where the next one begins.
    pub(crate) fn end(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Self::Day(day.tomorrow().ok()?).start(zone),
            other => other.start(zone),
        }
    }

    /// The instant in this zone; of a day its noon, which is of the same day for most of the world.
    pub(crate) fn middle(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => Self::Clock(day.at(12, 0, 0, 0)).start(zone),
            other => other.start(zone),
        }
    }
}

/// An instant in Jira's form, with the offset of this zone.
pub(crate) fn wire(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S.000%z").to_string()
}

/// A date and time with its offset, to the minute: `2026-11-20T10:15+01:00`; what cannot be read
/// stays as it is.
pub(crate) fn local(text: &str, zone: &TimeZone) -> String {
    parse(text).map_or_else(
        || text.to_owned(),
        |at| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string(),
    )
}

/// The day of a date and time: `2026-11-20`.
pub(crate) fn day(text: &str, zone: &TimeZone) -> String {
    parse(text).map_or_else(
        || text.to_owned(),
        |at| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d").to_string(),
    )
}

/// Reads Jira's `2015-12-02T07:39:15.000-0800` and RFC 3339.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jiras_forms_are_read_and_shown_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(local("2015-12-02T07:39:15.000-0800", &zone), "2015-12-02T17:39+02:00");
        assert_eq!(local("2015-12-02T07:39:15.000Z", &zone), "2015-12-02T09:39+02:00");
        assert_eq!(day("2015-12-02T23:39:15.000+0000", &zone), "2015-12-03");
        assert_eq!(local("soon", &zone), "soon");
    }

    #[test]
    fn a_day_has_a_beginning_a_middle_and_an_end_in_its_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let day = TimeInput::read("2026-11-20").unwrap();
        let written = |at: Option<Timestamp>| wire(at.unwrap(), &zone);
        assert_eq!(written(day.start(&zone)), "2026-11-20T00:00:00.000+0200");
        assert_eq!(written(day.middle(&zone)), "2026-11-20T12:00:00.000+0200");
        assert_eq!(written(day.end(&zone)), "2026-11-21T00:00:00.000+0200");
        let at = TimeInput::read("2026-11-20T10:15").unwrap();
        assert_eq!(at.start(&zone), at.end(&zone));
        assert_eq!((TimeInput::read("2026-02-30"), TimeInput::read("yesterday")), (None, None));
        assert_eq!(TimeInput::read("9999-12-31").unwrap().end(&zone), None);
    }
}
