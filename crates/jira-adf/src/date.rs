//! Dates of `date` nodes: milliseconds since 1970 as text, always a UTC midnight when Jira writes them.

const DAY_MS: i64 = 86_400_000;

/// `YYYY-MM-DD` of a timestamp that is a UTC midnight between the years 0000 and 9999, written as Jira does.
pub(super) fn from_timestamp(text: &str) -> Option<String> {
    let ms: i64 = text.parse().ok()?;
    if ms.to_string() != text || ms % DAY_MS != 0 {
        return None;
    }
    // Days to a civil date: count from 0000-03-01, in eras of 400 years, so that leap days fall at the end.
    let days = ms / DAY_MS + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The timestamp of `YYYY-MM-DD`, if there is such a day.
pub(super) fn to_timestamp(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) {
        return None;
    }
    let shifted_year = year - i64::from(month <= 2);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let stamp = ((era * 146_097 + day_of_era - 719_468) * DAY_MS).to_string();
    // The way back refuses days that a month does not have.
    (from_timestamp(&stamp)? == text).then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_both_ways() {
        for (day, stamp) in [
            ("1970-01-01", "0"),
            ("2024-02-29", "1709164800000"),
            ("1969-12-31", "-86400000"),
            ("2026-11-23", "1795392000000"),
        ] {
            assert_eq!(to_timestamp(day).as_deref(), Some(stamp));
            assert_eq!(from_timestamp(stamp).as_deref(), Some(day));
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for day in
            ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "tomorrow", "2026-04-31", "20260401"]
        {
            assert_eq!(to_timestamp(day), None, "{day}");
        }
        for stamp in ["1", "0086400000", "-0", "", "86400000.0", "999999999999999999"] {
            assert_eq!(from_timestamp(stamp), None, "{stamp}");
        }
    }
}
