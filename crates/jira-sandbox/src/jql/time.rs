//! Dates, periods and durations as JQL writes them.

use jiff::{
    SignedDuration, Span, Timestamp, ToSpan, ZonedDateTime,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};
use winnow::{
    Parser, Result,
    ascii::{dec_uint, space0, space1},
    combinator::{alt, eof, opt, preceded, repeat, terminated},
    error::ContextError,
    token::{one_of, take_while},
};

/// Seconds of a working day and of a working week, as time tracking counts them.
const WORKDAY: i64 = 8 * 3600;
const WORKWEEK: i64 = 5 * WORKDAY;

/// The stretch of time that a literal means: a day, a minute, or for a relative period the moment alone.
/// `start` is what `<` and `>` compare with; `=` asks for what lies within, `end` not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Range {
    /// One moment, to the second.
    pub(super) fn moment(at: Timestamp) -> Self {
        Self { start: at, end: at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX) }
    }
}

/// A literal such as `2026-01-31`, `2026/01/31 14:00`, `-7d` or `4w 2d`, in somebody's time zone.
pub(super) fn literal(text: &str, now: &ZonedDateTime) -> Option<Range> {
    let text = text.trim();
    if let Some((date, time)) = parse(text, absolute) {
        let from = in_zone(date.at(0, 0, 0, 0), now)?;
        return match time {
            None => Some(Range { start: from.timestamp(), end: from.tomorrow().ok()?.timestamp() }),
            Some((hour, minute)) => {
                let start = in_zone(date.at(hour, minute, 0, 0), now)?.timestamp();
                Some(Range { start, end: start.checked_add(1.minute()).ok()? })
            }
        };
    }
    let (negative, seconds) = parse(text, period)?;
    let seconds = i64::try_from(seconds).ok()?;
    let moved = SignedDuration::from_secs(if negative { -seconds } else { seconds });
    Some(Range::moment(now.timestamp().checked_add(moved).ok()?))
}

/// Milliseconds since 1970, which a bare number means.
pub(super) fn epoch(milliseconds: i64) -> Option<Range> {
    Timestamp::from_millisecond(milliseconds).ok().map(Range::moment)
}

/// Seconds of a duration such as `1h 30m`, `2d` or `90` (minutes), in working days and weeks.
pub(super) fn duration(text: &str) -> Option<i64> {
    let unit = |c| match c {
        Some('w') => WORKWEEK,
        Some('d') => WORKDAY,
        Some('h') => 3600,
        _ => 60,
    };
    let parts = |input: &mut &str| -> Result<i64> {
        let part = (dec_uint::<_, u32, ContextError>, opt(one_of(['w', 'd', 'h', 'm'])));
        let add = |sum: i64, (amount, c)| sum.saturating_add(i64::from(amount).saturating_mul(unit(c)));
        repeat(1.., terminated(part, space0)).fold(|| 0, add).parse_next(input)
    };
    parse(text.trim(), parts)
}

/// The natural period of a function such as `startOfWeek`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Week,
    Month,
    Year,
}

/// Start, or end, of the period around now, moved by an increment such as `-1`, `-1w` or `+14d`.
///
/// An increment in the period's own unit moves the period, so that the end of a month stays one; a smaller one
/// moves the result.
pub(super) fn boundary(
    period: Period,
    end: bool,
    increment: Option<&str>,
    now: &ZonedDateTime,
) -> Option<Timestamp> {
    let (unit, amount) = match increment {
        Some(text) => parse(text.trim(), step)?,
        None => (None, 0),
    };
    let own = match period {
        Period::Day => 'd',
        Period::Week => 'w',
        Period::Month => 'M',
        Period::Year => 'y',
    };
    let unit = unit.unwrap_or(own);
    let span = match unit {
        'y' => Span::new().try_years(amount),
        'M' => Span::new().try_months(amount),
        'w' => Span::new().try_weeks(amount),
        'd' => Span::new().try_days(amount),
        'h' => Span::new().try_hours(amount),
        _ => Span::new().try_minutes(amount),
    }
    .ok()?;
    let whole = unit == own || unit == 'y';
    let around = if whole { now.checked_add(span).ok()? } else { now.clone() };
    let date = around.date();
    let first = match period {
        Period::Day => date,
        Period::Week => date.checked_sub(i64::from(date.weekday().since(Weekday::Sunday)).days()).ok()?,
        Period::Month => date.first_of_month(),
        Period::Year => date.first_of_year(),
    };
    let day = match (end, period) {
        (false, _) | (true, Period::Day) => first,
        (true, Period::Week) => first.checked_add(6.days()).ok()?,
        (true, Period::Month) => date.last_of_month(),
        (true, Period::Year) => date.last_of_year(),
    };
    let clock = if end { day.at(23, 59, 59, 999_000_000) } else { day.at(0, 0, 0, 0) };
    let at = in_zone(clock, now)?;
    let at = if whole { at } else { at.checked_add(span).ok()? };
    Some(at.timestamp())
}

/// A day's moment in a zone; a moment that the clocks skip is taken as soon as they go on.
fn in_zone(at: DateTime, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    at.to_zoned_datetime(now.time_zone().clone()).ok()
}

/// The time zone with an IANA name; UTC for one that nobody knows.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn parse<T>(text: &str, parser: impl FnMut(&mut &str) -> Result<T>) -> Option<T> {
    let mut parser = terminated(parser, eof);
    let mut input = text;
    parser.parse_next(&mut input).ok()
}

fn number<'a>(digits: usize) -> impl Parser<&'a str, i16, ContextError> {
    take_while(1..=digits, |c: char| c.is_ascii_digit()).try_map(str::parse)
}

/// `yyyy-MM-dd`, with slashes as well, and perhaps `HH:mm`.
fn absolute(input: &mut &str) -> Result<(Date, Option<(i8, i8)>)> {
    let year =
        take_while(4..=4, |c: char| c.is_ascii_digit()).try_map(str::parse::<i16>).parse_next(input)?;
    let dash = one_of(['-', '/']).parse_next(input)?;
    let (month, _, day) = (number(2), dash, number(2)).parse_next(input)?;
    let clock = (number(2), preceded(':', number(2)))
        .verify_map(|(hour, minute)| Some((i8::try_from(hour).ok()?, i8::try_from(minute).ok()?)))
        .verify(|(hour, minute)| *hour < 24 && *minute < 60);
    let time = opt(preceded(space1, clock)).parse_next(input)?;
    let narrow = |n| i8::try_from(n).map_err(|_| ContextError::new());
    let date = Date::new(year, narrow(month)?, narrow(day)?).map_err(|_| ContextError::new())?;
    Ok((date, time))
}

/// `-7d`, `4w 2d`, `30` (minutes): whether it goes back, and how many seconds. Unlike in the increments of functions,
/// capitals are the same: `M` is a minute.
fn period(input: &mut &str) -> Result<(bool, u64)> {
    let sign = opt(alt(('-', '+'))).parse_next(input)?;
    let unit = |c: Option<char>| match c.map(|c| c.to_ascii_lowercase()) {
        Some('w') => 7 * 86400,
        Some('d') => 86400,
        Some('h') => 3600,
        _ => 60,
    };
    let part = (dec_uint::<_, u32, ContextError>, opt(one_of(['w', 'd', 'h', 'm', 'W', 'D', 'H', 'M'])));
    let seconds = repeat(1..=8, terminated(part, space0))
        .fold(|| 0_u64, |sum, (amount, c)| sum + u64::from(amount) * unit(c))
        .parse_next(input)?;
    Ok((sign == Some('-'), seconds))
}

/// `-1`, `+2w`: a unit, if there is one, and how far.
fn step(input: &mut &str) -> Result<(Option<char>, i64)> {
    let sign = opt(alt(('-', '+'))).parse_next(input)?;
    let amount = i64::from(dec_uint::<_, u32, ContextError>.parse_next(input)?);
    let unit = opt(one_of(['y', 'M', 'w', 'd', 'h', 'm'])).parse_next(input)?;
    Ok((unit, if sign == Some('-') { -amount } else { amount }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> ZonedDateTime {
        "2026-03-11T15:20:30+01:00[Europe/Berlin]".parse().unwrap()
    }

    #[test]
    fn literals() {
        let cases = [
            ("2026-03-01", "2026-02-28T23:00:00Z", "2026-03-01T23:00:00Z"),
            ("2026/3/1", "2026-02-28T23:00:00Z", "2026-03-01T23:00:00Z"),
            ("2026-03-01 14:05", "2026-03-01T13:05:00Z", "2026-03-01T13:06:00Z"),
            ("-7d", "2026-03-04T14:20:30Z", "2026-03-04T14:20:31Z"),
            ("1w 1d", "2026-03-19T14:20:30Z", "2026-03-19T14:20:31Z"),
            ("-90", "2026-03-11T12:50:30Z", "2026-03-11T12:50:31Z"),
            ("-1W 7D", "2026-02-25T14:20:30Z", "2026-02-25T14:20:31Z"),
            ("-90M", "2026-03-11T12:50:30Z", "2026-03-11T12:50:31Z"),
        ];
        for (text, start, end) in cases {
            let range = literal(text, &now()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(range, Range { start: start.parse().unwrap(), end: end.parse().unwrap() }, "{text}");
        }
        for bad in [
            "",
            "d",
            "14/May/09",
            "2026-02-30",
            "2026-01-01 25:00",
            "2026-01-01 bad",
            "09/1/1",
            "-1y",
            "1d x",
        ] {
            assert_eq!(literal(bad, &now()), None, "{bad}");
        }
    }

    #[test]
    fn boundaries() {
        use Period::{Day, Month, Week, Year};
        let cases = [
            (Day, false, None, "2026-03-10T23:00:00Z"),
            (Day, false, Some("-1"), "2026-03-09T23:00:00Z"),
            (Day, false, Some("+9h"), "2026-03-11T08:00:00Z"),
            (Week, false, None, "2026-03-07T23:00:00Z"),
            (Week, true, Some("1w"), "2026-03-21T22:59:59.999Z"),
            (Month, false, Some("+14d"), "2026-03-14T23:00:00Z"),
            (Month, true, Some("-1M"), "2026-02-28T22:59:59.999Z"),
            (Month, true, Some("1"), "2026-04-30T21:59:59.999Z"),
            (Year, false, Some("-1y"), "2024-12-31T23:00:00Z"),
        ];
        for (period, end, increment, expected) in cases {
            let at = boundary(period, end, increment, &now());
            assert_eq!(at, Some(expected.parse().unwrap()), "{period:?} {end} {increment:?}");
        }
        assert_eq!(boundary(Day, false, Some("soon"), &now()), None);
    }

    #[test]
    fn durations() {
        for (text, seconds) in [("60", 3600), ("1h 30m", 5400), ("1d", WORKDAY), ("1w", WORKWEEK), ("0m", 0)]
        {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for bad in ["", "hh", "-240", "1x"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }
}
