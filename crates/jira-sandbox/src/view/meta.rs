//! Fields that can be set: create and edit metadata, transitions.

use serde_json::{Map, Value as Json, json};

use super::View;
use crate::world::{
    Field, FieldKind, FieldOption, Id, Issue, Permission, Project, ProjectType, ScreenField, Transition,
};

/// A field as the list of fields shows it.
pub(crate) fn field_row(field: &Field) -> Json {
    let mut out = json!({ "id": field.id, "key": field.id, "name": field.name });
    if field.custom.is_some() {
        out["untranslatedName"] = field.name.clone().into();
    }
    out["custom"] = field.custom.is_some().into();
    out["orderable"] = field.orderable.into();
    out["navigable"] = field.navigable.into();
    out["searchable"] = field.searchable.into();
    out["clauseNames"] = field.clause_names.clone().into();
    if !field.schema.is_null() {
        out["schema"] = field.schema.clone();
    }
    out
}

impl View<'_> {
    /// A field of a screen; `by_id` adds what create metadata has.
    pub(crate) fn field_meta(
        &self,
        project: &Project,
        issue_type: Id,
        shown: &ScreenField,
        by_id: bool,
    ) -> Option<Json> {
        let field = self.world.field(&shown.field)?;
        let schema = if field.schema.is_null() {
            json!({ "type": "issuelink", "system": "parent" })
        } else {
            field.schema.clone()
        };
        let mut out = json!({
            "required": shown.required,
            "schema": schema,
            "name": field.name,
            "key": field.id,
        });
        if by_id {
            out["fieldId"] = field.id.clone().into();
        }
        let system = field.custom.is_none();
        match field.kind {
            FieldKind::User if system => {
                let path = format!("user/assignable/search?project={}&query=", project.key);
                out["autoCompleteUrl"] = self.link(&path).into();
            }
            FieldKind::User | FieldKind::Users => {
                out["autoCompleteUrl"] = self.link("user/search?query=").into();
            }
            FieldKind::Labels => {
                out["autoCompleteUrl"] = format!("{}/rest/api/1.0/labels/suggest?query=", self.base).into();
            }
            _ => {}
        }
        out["hasDefaultValue"] = shown.default.is_some().into();
        out["operations"] = operations(field).into();
        if let Some(values) = self.allowed(project, issue_type, field) {
            out["allowedValues"] = values;
        }
        if let Some(default) = &shown.default {
            out["defaultValue"] = self.value(default);
        }
        Some(out)
    }

    fn allowed(&self, project: &Project, issue_type: Id, field: &Field) -> Option<Json> {
        let world = self.world;
        Some(match field.kind {
            FieldKind::IssueType => json!([self.issue_type(issue_type)]),
            FieldKind::Project => json!([self.project_ref(project.id)]),
            FieldKind::Priority => world
                .priorities
                .iter()
                .filter(|p| project.priorities.contains(&p.id))
                .map(|p| self.priority(p))
                .collect(),
            FieldKind::Resolution => world.resolutions.iter().map(|r| self.resolution(r)).collect(),
            FieldKind::Version | FieldKind::Versions => world
                .versions
                .values()
                .filter(|v| v.project == project.id && !v.archived)
                .map(|v| self.version(v))
                .collect(),
            FieldKind::Components => world
                .components
                .values()
                .filter(|c| c.project == project.id)
                .map(|c| self.component_ref(c))
                .collect(),
            FieldKind::Select
            | FieldKind::Radio
            | FieldKind::MultiSelect
            | FieldKind::Checkboxes
            | FieldKind::Cascade => {
                field.options.iter().filter(|o| !o.disabled).map(|o| self.option_meta(o)).collect()
            }
            _ => return None,
        })
    }

    fn option_meta(&self, option: &FieldOption) -> Json {
        let mut out = self.option(option.id);
        if !option.children.is_empty() {
            let children = option.children.iter().filter(|c| !c.disabled);
            out["children"] = children.map(|c| self.option_meta(c)).collect();
        }
        out
    }

    /// All fields of a create screen.
    pub(crate) fn create_meta(&self, project: &Project, used: &ProjectType) -> Vec<Json> {
        used.screen.iter().filter_map(|f| self.field_meta(project, used.id, f, true)).collect()
    }

    /// Fields of an issue that can be edited: `{"fields": {...}}`.
    pub(crate) fn edit_meta(&self, issue: &Issue) -> Json {
        let project = self.world.project_of(issue);
        let screen = project.type_of(issue.issue_type).map_or(&[][..], |t| &t.screen);
        let fields: Map<_, _> = if self.world.may_on(self.who, Permission::EditIssues, issue) {
            let editable = screen.iter().filter(|f| f.field != "project");
            let comment = ScreenField::optional("comment");
            editable
                .chain([&comment])
                .filter_map(|f| {
                    let mut meta = self.field_meta(project, issue.issue_type, f, false)?;
                    if f.field == "issuetype" {
                        meta["allowedValues"] = project.types.iter().map(|t| self.issue_type(t.id)).collect();
                    }
                    Some((f.field.clone(), meta))
                })
                .collect()
        } else {
            Map::new()
        };
        json!({ "fields": fields })
    }

    /// The transitions that the caller can make now, or the one asked for.
    pub(crate) fn transitions(&self, issue: &Issue, fields: bool, only: Option<&str>) -> Json {
        let may = self.world.may_on(self.who, Permission::TransitionIssues, issue);
        self.world
            .workflow_of(issue)
            .transitions
            .iter()
            .filter(|t| may && self.available(issue, t) && only.is_none_or(|id| id == t.id.to_string()))
            .map(|t| self.transition(issue, t, fields))
            .collect()
    }

    /// True where a transition starts where the issue is, and its condition lets the caller make it.
    pub(crate) fn available(&self, issue: &Issue, transition: &Transition) -> bool {
        (transition.from.is_empty() || transition.from.contains(&issue.status))
            && transition.condition.is_none_or(|p| self.world.may_on(self.who, p, issue))
    }

    fn transition(&self, issue: &Issue, transition: &Transition, fields: bool) -> Json {
        let first = self.world.workflow_of(issue).statuses.first() == Some(&transition.to);
        let mut out = json!({
            "id": transition.id.to_string(),
            "name": transition.name,
            "to": self.status(transition.to),
            "hasScreen": !transition.screen.is_empty(),
            "isGlobal": transition.from.is_empty(),
            "isInitial": false,
            "isAvailable": true,
            "isConditional": transition.condition.is_some(),
            "isLooped": first && transition.from.contains(&transition.to),
        });
        if fields {
            let project = self.world.project_of(issue);
            let shown = transition.screen.iter();
            out["fields"] = shown
                .filter_map(|f| {
                    Some((f.field.clone(), self.field_meta(project, issue.issue_type, f, false)?))
                })
                .collect::<Map<_, _>>()
                .into();
        }
        out
    }
}

/// Operations of an edit on a field.
fn operations(field: &Field) -> &'static [&'static str] {
    match (field.id.as_str(), field.kind) {
        ("comment" | "worklog", _) => &["add", "edit", "remove"],
        ("timetracking", _) => &["set", "edit"],
        ("issuelinks", _) => &["add", "copy"],
        ("attachment", _) => &["set", "copy"],
        (
            _,
            FieldKind::Labels
            | FieldKind::Versions
            | FieldKind::Components
            | FieldKind::MultiSelect
            | FieldKind::Checkboxes
            | FieldKind::Users,
        ) => &["add", "set", "remove"],
        _ => &["set"],
    }
}
