//! Values of fields as the seed's scripts write them: `points=5`, `component=Cart, Payment`, `due=+3`.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use super::{markup, people::account};
use crate::world::{Field, FieldKind, Id, START_DATE, STORY_POINTS, Value, World};

/// Short names of fields whose own names are long.
const SHORT_NAMES: [(&str, &str); 12] = [
    ("component", "components"),
    ("fix", "fixVersions"),
    ("affects", "versions"),
    ("due", "duedate"),
    ("points", STORY_POINTS),
    ("start", START_DATE),
    ("estimate", "timeoriginalestimate"),
    ("qa", "QA owner"),
    ("cause", "Root cause"),
    ("envs", "Environments"),
    ("users", "Affected users"),
    ("note", "Release note"),
];

/// Reads `field=value`; `field=-` clears. An estimate sets what remains, too.
///
/// # Panics
/// When there is no such field or no such value.
pub(super) fn read(world: &World, project: Id, now: Timestamp, text: &str) -> Vec<(String, Option<Value>)> {
    let (name, value) = text.split_once('=').unwrap_or_else(|| panic!("{text:?} is no field=value"));
    let known = SHORT_NAMES.iter().find(|(short, _)| *short == name).map_or(name, |(_, known)| known);
    let field = world.field(known).or_else(|| world.field_named(known));
    let field = field.unwrap_or_else(|| panic!("there is no field {name:?}"));
    if value == "-" {
        return vec![(field.id.clone(), None)];
    }
    let value = parse(world, project, now, field, value).unwrap_or_else(|| panic!("{text:?} is no value"));
    let mut values = vec![(field.id.clone(), Some(value.clone()))];
    if field.id == "timeoriginalestimate" {
        values.push(("timeestimate".into(), Some(value)));
    }
    values
}

fn parse(world: &World, project: Id, now: Timestamp, field: &Field, text: &str) -> Option<Value> {
    let words = || text.split(", ");
    let option = |name: &str| field.option_named(name).map(|option| option.id);
    let version =
        |name: &str| world.versions.values().find(|v| v.project == project && v.name == name).map(|v| v.id);
    let component =
        |name: &str| world.components.values().find(|c| c.project == project && c.name == name).map(|c| c.id);
    Some(match field.kind {
        FieldKind::Text | FieldKind::Url => Value::Text(text.into()),
        FieldKind::TextArea => Value::Doc(markup::document(text, now)),
        FieldKind::Number => Value::Number(text.parse().ok()?),
        FieldKind::Date => Value::Date(day(now, text)?),
        FieldKind::DateTime => {
            let noon = day(now, text)?.at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).ok()?;
            Value::DateTime(noon.timestamp() + SignedDuration::from_mins(150))
        }
        FieldKind::Select | FieldKind::Radio => Value::Option(option(text)?),
        FieldKind::MultiSelect | FieldKind::Checkboxes => {
            Value::Options(words().map(option).collect::<Option<_>>()?)
        }
        FieldKind::Cascade => {
            let (parent, child) = text.split_once('/').unwrap_or((text, ""));
            let parent = field.option_named(parent)?;
            Value::Cascade(parent.id, parent.children.iter().find(|c| c.value == child).map(|c| c.id))
        }
        FieldKind::User => Value::User(account(text).into()),
        FieldKind::Users => Value::Users(words().map(|nick| account(nick).into()).collect()),
        FieldKind::Labels => Value::Labels(words().map(Into::into).collect()),
        FieldKind::Group => Value::Group(text.into()),
        FieldKind::Version => Value::Version(version(text)?),
        FieldKind::Versions => Value::Versions(words().map(version).collect::<Option<_>>()?),
        FieldKind::Components => Value::Components(words().map(component).collect::<Option<_>>()?),
        FieldKind::Priority => Value::Priority(world.priority_named(text)?.id),
        FieldKind::Parent => Value::Parent(world.issue(text)?.id),
        FieldKind::Seconds => Value::Seconds(seconds(text)),
        _ => return None,
    })
}

/// A day such as `+3` or `-10`, counted from today.
fn day(now: Timestamp, text: &str) -> Option<Date> {
    Some(now.to_zoned_datetime(TimeZone::UTC).date().saturating_add(text.parse::<i32>().ok()?.days()))
}

/// The length of `1d4h30m`, a day being eight hours.
///
/// # Panics
/// When the text is no duration.
pub(super) fn seconds(text: &str) -> i64 {
    let mut sum = 0;
    for part in text.split_inclusive(['d', 'h', 'm']) {
        let (number, unit) = part.split_at(part.len() - 1);
        let number: i64 = number.parse().unwrap_or_else(|_| panic!("{text:?} is no duration"));
        sum += number
            * match unit {
                "d" => 28_800,
                "h" => 3_600,
                _ => 60,
            };
    }
    sum
}
