//! Literals to what numbers, dates and texts are compared with, or Jira's words for why not.

use jiff::{Timestamp, civil::Date};

use super::{
    fields::{Class, Subject},
    names::{self, Literal},
    scope::Scope,
    text::{self, Search},
    time,
};

/// The hint that Jira adds when it cannot read a date.
pub(super) const DATE_FORMATS: &str = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', \
     'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
const DAY_FORMATS: &str =
    "Valid formats include: 'YYYY/MM/DD', 'YYYY-MM-DD', or a period format e.g. '-5d', '4w 2d'.";

#[expect(clippy::cast_precision_loss, reason = "as in Jira, where a number field is a double")]
pub(super) fn number(subject: Subject<'_>, name: &str, literal: &Literal) -> Result<f64, String> {
    let asked = names::text(literal);
    let whole = |least: i64| asked.trim().parse::<i64>().ok().filter(|n| *n >= least).map(|n| n as f64);
    match subject {
        Subject::Votes | Subject::Watchers => whole(0).ok_or_else(|| {
            let what = if subject == Subject::Votes { "Votes" } else { "Watchers" };
            format!("Value '{asked}' is invalid for the '{name}' field. {what} must be a positive whole number.")
        }),
        Subject::WorkRatio => whole(i64::MIN)
            .ok_or_else(|| format!("The value '{asked}' for field '{name}' is invalid - please specify an integer.")),
        _ if subject.class() == Class::Duration => time::duration(&asked).map(|seconds| seconds as f64).ok_or_else(|| {
            format!(
                "The value '{asked}' for field '{name}' is invalid. Please specify a positive duration format; for \
                 example: '1h 30m', '2d'."
            )
        }),
        _ => asked
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| format!("Value '{asked}' for the '{name}' field is not a valid number.")),
    }
}

fn range(scope: &Scope<'_>, literal: &Literal) -> Option<time::Range> {
    match literal {
        Literal::Text(text) => time::literal(text, &scope.now),
        Literal::Number(number) => time::epoch(*number),
        Literal::Moment(at) => Some(time::Range::moment(Timestamp::from_second(at.as_second()).ok()?)),
        Literal::Empty | Literal::Member(_) => None,
    }
}

pub(super) fn moment(scope: &Scope<'_>, name: &str, literal: &Literal) -> Result<time::Range, String> {
    range(scope, literal).ok_or_else(|| bad_date(name, literal, DATE_FORMATS))
}

pub(super) fn day(scope: &Scope<'_>, name: &str, literal: &Literal) -> Result<Date, String> {
    let found = range(scope, literal)
        .map(|range| range.start.to_zoned_datetime(scope.now.time_zone().clone()).date());
    found.ok_or_else(|| bad_date(name, literal, DAY_FORMATS))
}

fn bad_date(name: &str, literal: &Literal, formats: &str) -> String {
    format!("Date value '{}' for field '{name}' is invalid. {formats}", names::text(literal))
}

/// The range of a predicate's literal; the message is without the formats.
pub(super) fn predicate_range(
    scope: &Scope<'_>,
    predicate: &str,
    literal: &Literal,
) -> Result<time::Range, String> {
    range(scope, literal).ok_or_else(|| {
        format!(
            "Date value '{}' for predicate '{predicate}' is invalid. {DATE_FORMATS}",
            names::text(literal)
        )
    })
}

pub(super) fn search(name: &str, literal: &Literal) -> Result<Search, String> {
    let asked = names::text(literal);
    Search::parse(&asked).map_err(|fault| match fault {
        text::SearchTextError::Empty => {
            format!("The field '{name}' does not support searching for an empty string.")
        }
        text::SearchTextError::Start(c) => {
            format!("The text query '{asked}' for field '{name}' is not allowed to start with '{c}'.")
        }
        text::SearchTextError::Syntax => format!("Unable to parse the text '{asked}' for field '{name}'."),
    })
}
