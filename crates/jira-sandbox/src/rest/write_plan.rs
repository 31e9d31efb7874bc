//! A write to an issue as its body asks for it: `fields` and `update`, read as a whole before anything is changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    comment, link,
    values::{InvalidValue, Reader, not_on_screen, seconds},
    worklog,
};
use crate::{
    call::Call,
    reply::Reply,
    world::{
        Field, FieldKind, Id, Issue, Permission, Project, SPRINT, ScreenField, SprintState, Value, Visibility,
    },
};

/// The screen that a write comes from, which decides what it may set.
pub(super) enum Screen<'a> {
    /// Fields of the create screen.
    Create(&'a [ScreenField]),
    /// Any field of an issue that can be edited.
    Edit(&'a [ScreenField]),
    /// Fields of a transition's screen; comments only if it has one.
    Transition(&'a [ScreenField]),
}

/// A write that can be carried out.
#[derive(Default)]
pub(super) struct WritePlan {
    /// New values; none clears.
    pub(super) values: BTreeMap<String, Option<Value>>,
    comments: Vec<(Json, Option<Visibility>, Option<Json>)>,
    worklogs: Vec<worklog::NewWorklog>,
    links: Vec<link::NewLink>,
}

/// Reads the body of a write.
pub(super) struct WritePlanner<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) project: &'a Project,
    pub(super) screen: Screen<'a>,
    /// None on create.
    pub(super) issue: Option<&'a Issue>,
}

impl WritePlanner<'_> {
    /// Reads `fields` and `update`; all fields that are wrong are told at once.
    pub(super) fn read(&self, body: &Map<String, Json>) -> Result<WritePlan, Reply> {
        let object = |name: &str| match body.get(name) {
            None | Some(Json::Null) => Ok(Map::new()),
            Some(Json::Object(object)) => Ok(object.clone()),
            Some(_) => Err(Reply::bad_payload()),
        };
        let (fields, update) = (object("fields")?, object("update")?);
        let (mut plan, mut errors) = (WritePlan::default(), Vec::new());
        for (name, json) in &fields {
            if update.contains_key(name) {
                errors.push((
                    name.clone(),
                    format!("Field '{name}' cannot appear in both 'fields' and 'update'"),
                ));
                continue;
            }
            note(self.set(&mut plan, name, json), name, &mut errors)?;
        }
        for (name, operations) in update.iter().filter(|(name, _)| !fields.contains_key(*name)) {
            let operations = operations.as_array().ok_or_else(Reply::bad_payload)?;
            for operation in operations {
                let mut parts = operation.as_object().ok_or_else(Reply::bad_payload)?.iter();
                let (Some((verb, json)), None) = (parts.next(), parts.next()) else {
                    return Err(Reply::bad_payload());
                };
                note(self.operate(&mut plan, name, verb, json), name, &mut errors)?;
            }
        }
        self.check_required(&plan, &mut errors);
        if errors.is_empty() { Ok(plan) } else { Err(Reply::field_errors(errors)) }
    }

    fn reader(&self) -> Reader<'_> {
        Reader { world: self.call.world, project: self.project, who: self.call.who.as_deref() }
    }

    fn may(&self, permission: Permission) -> bool {
        self.call.world.may_in(self.call.who.as_deref(), permission, self.project, self.issue)
    }

    /// The field, if this write may set it.
    fn settable(&self, name: &str) -> Result<&Field, InvalidValue> {
        let refused = || InvalidValue::Field(not_on_screen(name));
        let field = self.call.world.field(name).ok_or_else(refused)?;
        let there = match &self.screen {
            Screen::Create(screen) | Screen::Transition(screen) => screen.iter().any(|f| f.field == name),
            Screen::Edit(screen) => {
                self.may(Permission::EditIssues)
                    && name != "project"
                    && (screen.iter().any(|f| f.field == name) || field.orderable && field.custom.is_some())
            }
        };
        let permitted = match name {
            "reporter" => self.may(Permission::ModifyReporter),
            "assignee" => self.may(Permission::AssignIssues),
            "duedate" | SPRINT => self.may(Permission::ScheduleIssues),
            _ => true,
        };
        if there && permitted { Ok(field) } else { Err(refused()) }
    }

    fn set(&self, plan: &mut WritePlan, name: &str, json: &Json) -> Result<(), InvalidValue> {
        match name {
            // Creating has read these before, and an edit cannot move an issue.
            "project" | "issuetype" if matches!(self.screen, Screen::Create(_)) => Ok(()),
            "timetracking" => {
                self.settable(name)?;
                self.estimates(plan, json)
            }
            "comment" | "worklog" | "issuelinks" | "attachment" => {
                Err(format!("Field does not support update '{name}'").into())
            }
            _ => {
                let field = self.settable(name)?;
                let mut value = self.reader().read(field, json)?;
                if field.kind == FieldKind::Sprint {
                    value = Some(self.with_closed_sprints(value));
                }
                plan.values.insert(name.into(), value);
                Ok(())
            }
        }
    }

    fn operate(&self, plan: &mut WritePlan, name: &str, verb: &str, json: &Json) -> Result<(), InvalidValue> {
        let unsupported = || InvalidValue::Field(format!("Field does not support update '{verb}'"));
        match (name, verb) {
            ("comment", _) => self.comment(plan, verb, json).unwrap_or_else(|| Err(unsupported())),
            ("worklog", "add") => {
                plan.worklogs.push(worklog::NewWorklog::read(json, self.call)?);
                Ok(())
            }
            ("issuelinks", "add") => {
                plan.links.push(link::NewLink::read(json, self.call)?);
                Ok(())
            }
            ("timetracking", "edit") | (_, "set") => self.set(plan, name, json),
            (_, "add" | "remove") if !matches!(name, "worklog" | "issuelinks" | "attachment") => {
                let field = self.settable(name)?;
                let stored = self.issue.and_then(|i| i.fields.get(name).cloned());
                let old = plan.values.get(name).cloned().unwrap_or(stored);
                let new = self.reader().change_list(field, old.as_ref(), verb == "add", json)?;
                plan.values.insert(name.into(), new);
                Ok(())
            }
            _ => Err(unsupported()),
        }
    }

    /// A comment to be added; none when the operation is not known.
    fn comment(&self, plan: &mut WritePlan, verb: &str, json: &Json) -> Option<Result<(), InvalidValue>> {
        if verb != "add" {
            return None;
        }
        // What Jira does with a comment on a transition without a screen: nothing, and it says nothing.
        if matches!(self.screen, Screen::Transition([])) {
            return Some(Ok(()));
        }
        if !self.may(Permission::AddComments) {
            return Some(Err(not_on_screen("comment").into()));
        }
        let read = || {
            let body = comment::body(json.get("body").unwrap_or(&Json::Null))?;
            let visibility = comment::visibility(json.get("visibility"), self.call, self.project)?;
            Ok((body, visibility, json.get("properties").cloned()))
        };
        Some(read().map(|new| plan.comments.push(new)))
    }

    fn estimates(&self, plan: &mut WritePlan, json: &Json) -> Result<(), InvalidValue> {
        let Some(parts) = json.as_object() else { return Err("data was not an object".into()) };
        for (name, field) in
            [("originalEstimate", "timeoriginalestimate"), ("remainingEstimate", "timeestimate")]
        {
            let Some(text) = parts.get(name) else { continue };
            let value = match text {
                Json::Null => None,
                Json::String(text) => Some(
                    seconds(text)
                        .ok_or_else(|| format!("'{text}' is not a valid duration for the {name}."))?,
                ),
                _ => return Err("Operation value must be a string".into()),
            };
            plan.values.insert(field.into(), value.map(Value::Seconds));
        }
        // What remains of work that nobody has begun is all of it.
        let untouched = self.issue.is_none_or(|i| i.worklogs.is_empty());
        if untouched
            && !parts.contains_key("remainingEstimate")
            && let Some(original) = plan.values.get("timeoriginalestimate").cloned()
        {
            plan.values.insert("timeestimate".into(), original);
        }
        Ok(())
    }

    /// The sprints that an issue was in stay, whatever it is put into now.
    fn with_closed_sprints(&self, value: Option<Value>) -> Value {
        let world = &self.call.world;
        let closed = |id: &Id| world.sprints.get(id).is_some_and(|s| s.state == SprintState::Closed);
        let mut list: Vec<Id> = self.issue.map_or(&[][..], |i| i.ids(SPRINT)).to_vec();
        list.retain(closed);
        if let Some(Value::Sprints(open)) = value {
            list.extend(open);
        }
        Value::Sprints(list)
    }

    fn check_required(&self, plan: &WritePlan, errors: &mut Vec<(String, String)>) {
        let (screen, all) = match &self.screen {
            Screen::Create(screen) | Screen::Transition(screen) => (*screen, true),
            Screen::Edit(screen) => (*screen, false),
        };
        for shown in screen.iter().filter(|f| f.required) {
            let name = shown.field.as_str();
            let given = plan.values.get(name);
            let has = match given {
                Some(value) => value.as_ref().is_some_and(|v| !v.is_empty() && !blank(v)),
                None if !all => true,
                None => {
                    shown.default.is_some()
                        || matches!(name, "project" | "issuetype" | "reporter")
                        || self.issue.is_some_and(|i| i.fields.contains_key(name))
                }
            };
            if has || errors.iter().any(|(field, _)| field == name) {
                continue;
            }
            let label = self.call.world.field(name).map_or(name, |f| &f.name);
            errors.push((
                name.into(),
                match name {
                    "summary" => "You must specify a summary of the issue.".into(),
                    "parent" => "Issue type is a sub-task but parent issue key or id not specified.".into(),
                    _ => format!("{label} is required."),
                },
            ));
        }
    }
}

fn blank(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.trim().is_empty())
}

fn note(done: Result<(), InvalidValue>, name: &str, errors: &mut Vec<(String, String)>) -> Result<(), Reply> {
    match done {
        Ok(()) => Ok(()),
        Err(InvalidValue::Field(message)) => {
            errors.push((name.into(), message));
            Ok(())
        }
        Err(InvalidValue::Request(reply)) => Err(reply),
    }
}

impl WritePlan {
    /// Adds the comments, worklogs and links; the values are for the caller, who knows what goes with them.
    pub(super) fn add_parts(self, call: &mut Call<'_>, me: &str, issue: Id) {
        for (body, visibility, properties) in self.comments {
            comment::put(call, me, issue, body, visibility, properties.as_ref());
        }
        for worklog in self.worklogs {
            worklog.put(call, me, issue);
        }
        for link in self.links {
            link.put(call, me, issue);
        }
    }
}
