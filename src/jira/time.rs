//! Jira's dates, as a person in the account's time zone reads them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A date and time with its offset, to the minute: `2026-11-20T10:15+01:00`; what cannot be read
/// stays as it is.
pub(crate) fn local(text: &str, zone: &TimeZone) -> String {
    parse(text).map_or_else(
        || text.to_owned(),
        |at| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string(),
    )
}

/// The day of it: `2026-11-20`.
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
}
