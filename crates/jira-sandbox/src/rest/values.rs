//! Values of fields, read from the JSON of requests as strictly as Jira reads them.

use jiff::{Timestamp, civil::Date};
use serde_json::Value as Json;

use crate::{
    adf::{self, Refusal},
    reply::Reply,
    world::{Field, FieldKind, FieldOption, Id, Permission, Project, Value, World},
};

/// The reason why a value is refused.
pub(super) enum InvalidValue {
    /// One field is wrong; the others are still looked at.
    Field(String),
    /// The request as a whole is wrong.
    Request(Reply),
}

impl From<&str> for InvalidValue {
    fn from(message: &str) -> Self {
        Self::Field(message.into())
    }
}

impl From<String> for InvalidValue {
    fn from(message: String) -> Self {
        Self::Field(message)
    }
}

/// Longest single line, and longest text of a document.
const MAX_LINE_CHARS: usize = 255;
const MAX_TEXT_CHARS: usize = 32_767;

/// Reads values for the issues of a project.
pub(super) struct Reader<'a> {
    pub(super) world: &'a World,
    pub(super) project: &'a Project,
    pub(super) who: Option<&'a str>,
}

impl Reader<'_> {
    /// The value that a field gets by `set`; none clears it.
    pub(super) fn read(&self, field: &Field, json: &Json) -> Result<Option<Value>, InvalidValue> {
        if json.is_null() {
            return Ok(None);
        }
        Ok(Some(match field.kind {
            FieldKind::Text => Value::Text(line(field, json)?),
            FieldKind::Url => {
                let url = line(field, json)?;
                if !url.contains("://") {
                    return Err(
                        "The URL is not valid. It has to start with a protocol, such as https://.".into()
                    );
                }
                Value::Text(url)
            }
            FieldKind::TextArea => Value::Doc(document(json)?),
            FieldKind::Number => Value::Number(json.as_f64().ok_or("Operation value must be a number")?),
            FieldKind::Date => {
                let text = string(json)?;
                Value::Date(text.parse::<Date>().map_err(|_| format!("Error parsing date string: {text}"))?)
            }
            FieldKind::DateTime => Value::DateTime(moment(string(json)?)?),
            FieldKind::Select | FieldKind::Radio => Value::Option(option(&field.options, json)?.id),
            FieldKind::MultiSelect | FieldKind::Checkboxes => {
                Value::Options(list(json, |item| Ok(option(&field.options, item)?.id))?)
            }
            FieldKind::Cascade => {
                let parent = option(&field.options, json)?;
                let child = match json.get("child") {
                    None | Some(Json::Null) => None,
                    Some(child) => Some(option(&parent.children, child)?.id),
                };
                Value::Cascade(parent.id, child)
            }
            FieldKind::User => return self.user(field, json),
            FieldKind::Users => Value::Users(list(json, |item| self.account(item))?),
            FieldKind::Labels => Value::Labels(list(json, label)?),
            FieldKind::Group => {
                let (_, name) = named(json, &["name", "groupId"]).ok_or("Group name or id is required.")?;
                let group = self.world.groups.iter().find(|g| g.name == name || g.id == name);
                Value::Group(group.ok_or_else(|| format!("Group '{name}' does not exist."))?.name.clone())
            }
            FieldKind::Version => Value::Version(self.version(json)?),
            FieldKind::Versions => Value::Versions(list(json, |item| self.version(item))?),
            FieldKind::Components => Value::Components(list(json, |item| self.component(item))?),
            FieldKind::Sprint => Value::Sprints(vec![self.sprint(json)?]),
            FieldKind::Priority => Value::Priority(self.priority(json)?),
            FieldKind::Resolution => {
                let (_, name) =
                    named(json, &["id", "name"]).ok_or("Specify the resolution by id or name.")?;
                let found =
                    self.world.resolutions.iter().find(|r| r.id.to_string() == name || r.name == name);
                Value::Resolution(found.ok_or_else(|| format!("Resolution '{name}' is not valid."))?.id)
            }
            FieldKind::IssueType => Value::Type(self.issue_type(json)?),
            FieldKind::Parent => {
                if json.get("none") == Some(&Json::Bool(true)) {
                    return Ok(None);
                }
                if !json.is_object() {
                    return Err("data was not an object".into());
                }
                Value::Parent(self.issue(json).ok_or("Could not find issue by id or key.")?)
            }
            _ => return Err(not_on_screen(&field.id).into()),
        }))
    }

    /// A list with one member more, or without it.
    pub(super) fn change_list(
        &self,
        field: &Field,
        old: Option<&Value>,
        add: bool,
        json: &Json,
    ) -> Result<Option<Value>, InvalidValue> {
        let one = Json::Array(vec![json.clone()]);
        let member = match field.kind {
            FieldKind::MultiSelect
            | FieldKind::Checkboxes
            | FieldKind::Users
            | FieldKind::Labels
            | FieldKind::Versions
            | FieldKind::Components => self.read(field, &one)?,
            _ => return Err(format!("Field '{}' does not support the operation.", field.name).into()),
        };
        Ok(match (old.cloned(), member) {
            (old, None) => old,
            (None, member) => member.filter(|_| add),
            (Some(mut old), Some(member)) => {
                match (&mut old, member) {
                    (Value::Labels(list), Value::Labels(member))
                    | (Value::Users(list), Value::Users(member)) => {
                        change(list, member, add);
                    }
                    (Value::Options(list), Value::Options(member))
                    | (Value::Versions(list), Value::Versions(member))
                    | (Value::Components(list), Value::Components(member)) => change(list, member, add),
                    _ => {}
                }
                Some(old)
            }
        })
    }

    /// An issue that the caller sees, by `{"key"}` or `{"id"}`.
    pub(super) fn issue(&self, json: &Json) -> Option<Id> {
        let (_, name) = named(json, &["key", "id"])?;
        self.world.issue(&name).filter(|i| self.world.sees(self.who, i)).map(|i| i.id)
    }

    /// The issue type of `{"id"}` or `{"name"}`, if the project has it.
    pub(super) fn issue_type(&self, json: &Json) -> Result<Id, InvalidValue> {
        let (_, name) = named(json, &["id", "name"]).ok_or("Specify an issue type")?;
        let found = self.project.types.iter().filter_map(|t| self.world.issue_types.get(&t.id));
        let found = found.into_iter().find(|t| t.id.to_string() == name || t.name == name);
        Ok(found.ok_or("Specify a valid issue type")?.id)
    }

    fn user(&self, field: &Field, json: &Json) -> Result<Option<Value>, InvalidValue> {
        let account = self.account(json)?;
        // -1 asks for the project's default.
        if field.id == "assignee" && account == "-1" {
            return Ok(self.project.assign_to_lead.then(|| Value::User(self.project.lead.clone())));
        }
        if field.id == "assignee"
            && !self.world.may_in(Some(&account), Permission::AssignableUser, self.project, None)
        {
            return Err(format!("User '{account}' cannot be assigned issues.").into());
        }
        Ok(Some(Value::User(account)))
    }

    fn account(&self, json: &Json) -> Result<String, InvalidValue> {
        if !json.is_object() {
            return Err("data was not an object".into());
        }
        let id = json.get("accountId").or_else(|| json.get("id")).and_then(Json::as_str);
        let Some(id) = id else {
            return Err(
                "'accountId' must be the only user identifying query parameter in GDPR strict mode.".into()
            );
        };
        match self.world.users.get(id) {
            Some(user) if user.active => Ok(id.into()),
            _ if id == "-1" => Ok(id.into()),
            _ => Err(format!("User '{id}' does not exist.").into()),
        }
    }

    fn version(&self, json: &Json) -> Result<Id, InvalidValue> {
        let (by, name) = named(json, &["id", "name"]).ok_or("expected 'id' or 'name' property")?;
        let mut own = self.world.versions.values().filter(|v| v.project == self.project.id);
        let found = own.find(|v| if by == "id" { v.id.to_string() == name } else { v.name == name });
        Ok(found.ok_or_else(|| format!("Version {by} '{name}' is not valid"))?.id)
    }

    fn component(&self, json: &Json) -> Result<Id, InvalidValue> {
        let (by, name) = named(json, &["id", "name"]).ok_or("expected 'id' or 'name' property")?;
        let mut own = self.world.components.values().filter(|c| c.project == self.project.id);
        let found = own.find(|c| if by == "id" { c.id.to_string() == name } else { c.name == name });
        Ok(found.ok_or_else(|| format!("Component {by} '{name}' is not valid"))?.id)
    }

    fn sprint(&self, json: &Json) -> Result<Id, InvalidValue> {
        let id = json.as_u64().or_else(|| json.as_str()?.parse().ok());
        let id = id.ok_or("Number value expected as the Sprint id.")?;
        match self.world.sprints.get(&id) {
            Some(sprint) if sprint.state != crate::world::SprintState::Closed => Ok(id),
            Some(_) => Err("The issue cannot be assigned to a closed sprint.".into()),
            None => Err(format!("Sprint with id '{id}' does not exist.").into()),
        }
    }

    fn priority(&self, json: &Json) -> Result<Id, InvalidValue> {
        let (by, name) =
            named(json, &["id", "name"]).ok_or("Specify the Priority (id or name) in the request.")?;
        let offered = self.world.priorities.iter().filter(|p| self.project.priorities.contains(&p.id));
        let found =
            offered.into_iter().find(|p| if by == "id" { p.id.to_string() == name } else { p.name == name });
        Ok(found
            .ok_or_else(|| {
                if by == "id" {
                    "The priority selected is invalid.".to_owned()
                } else {
                    format!("Priority name '{name}' is not valid")
                }
            })?
            .id)
    }
}

/// Jira's words for a field that this request cannot set.
pub(super) fn not_on_screen(field: &str) -> String {
    format!("Field '{field}' cannot be set. It is not on the appropriate screen, or unknown.")
}

/// The first of some members that an object has, as text.
pub(super) fn named(json: &Json, members: &[&'static str]) -> Option<(&'static str, String)> {
    members.iter().find_map(|member| match json.get(member)? {
        Json::String(text) => Some((*member, text.clone())),
        Json::Number(number) => Some((*member, number.to_string())),
        _ => None,
    })
}

/// A document in the form that Jira keeps.
pub(super) fn document(json: &Json) -> Result<Json, InvalidValue> {
    match adf::check(json) {
        Ok(()) => {}
        Err(Refusal::NotADocument) => return Err(adf::NOT_A_DOCUMENT.into()),
        Err(Refusal::Invalid(_)) => return Err(InvalidValue::Request(Reply::error(400, adf::INVALID_INPUT))),
    }
    let mut doc = json.clone();
    adf::normalise(&mut doc);
    if adf::plain_text(&doc).chars().count() > MAX_TEXT_CHARS {
        return Err("The entered text is too long. It exceeds the allowed limit of 32,767 characters.".into());
    }
    Ok(doc)
}

/// A moment as Jira writes it (`2026-04-28T15:41:27.114+0200`) or as RFC 3339 has it.
pub(super) fn moment(text: &str) -> Result<Timestamp, InvalidValue> {
    let jira = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"];
    text.parse()
        .ok()
        .or_else(|| jira.iter().find_map(|format| Timestamp::strptime(format, text).ok()))
        .ok_or_else(|| format!("Error parsing time: {text}").into())
}

/// The longest duration that can be entered, in seconds: more than a working life.
pub(super) const MAX_SECONDS: i64 = 1_000_000_000;

/// A duration as people write it for Jira, such as `1d 4h`; days have eight hours and weeks five days.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if let Ok(minutes) = text.parse::<i64>() {
        return (0..=MAX_SECONDS / 60).contains(&minutes).then(|| minutes * 60);
    }
    let mut total = 0.0;
    for part in text.split_whitespace() {
        let (number, unit) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let unit = match unit {
            "w" => 144_000.0,
            "d" => 28_800.0,
            "h" => 3600.0,
            "m" => 60.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok().filter(|n| *n >= 0.0)? * unit;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds are enough")]
    let total = total as i64;
    (total <= MAX_SECONDS).then_some(total)
}

fn string(json: &Json) -> Result<&str, InvalidValue> {
    json.as_str().ok_or_else(|| "Operation value must be a string".into())
}

fn line(field: &Field, json: &Json) -> Result<String, InvalidValue> {
    let text = string(json)?;
    if field.id == "summary" && text.contains(['\n', '\r']) {
        return Err("The summary is invalid because it contains newline characters.".into());
    }
    if text.chars().count() > MAX_LINE_CHARS {
        return Err(if field.id == "summary" {
            "Summary can't exceed 255 characters.".into()
        } else {
            "The entered text is too long. It exceeds the allowed limit of 255 characters.".into()
        });
    }
    Ok(text.into())
}

fn label(json: &Json) -> Result<String, InvalidValue> {
    let text = string(json)?;
    if text.contains(char::is_whitespace) {
        return Err(format!("The label '{text}' contains spaces which is invalid.").into());
    }
    Ok(text.into())
}

fn list<T: PartialEq>(
    json: &Json,
    read: impl Fn(&Json) -> Result<T, InvalidValue>,
) -> Result<Vec<T>, InvalidValue> {
    let items = json.as_array().ok_or("data was not an array")?;
    let mut out = Vec::new();
    for item in items {
        let item = read(item)?;
        if !out.contains(&item) {
            out.push(item);
        }
    }
    Ok(out)
}

fn option<'o>(options: &'o [FieldOption], json: &Json) -> Result<&'o FieldOption, InvalidValue> {
    let (by, name) = named(json, &["id", "value"])
        .ok_or("Could not find valid 'id' or 'value' in the Parent Option object.")?;
    let found = options.iter().filter(|o| !o.disabled);
    let found =
        found.into_iter().find(|o| if by == "id" { o.id.to_string() == name } else { o.value == name });
    found.ok_or_else(|| format!("Option {by} '{name}' is not valid").into())
}

fn change<T: PartialEq>(list: &mut Vec<T>, members: Vec<T>, add: bool) {
    for member in members {
        let there = list.iter().position(|m| *m == member);
        match (there, add) {
            (None, true) => list.push(member),
            (Some(at), false) => {
                list.remove(at);
            }
            _ => {}
        }
    }
}
