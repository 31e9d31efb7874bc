//! Values as the history of an issue has them: the id and the text of each.

use super::{ChangeItem, Field, Id, Value, World, plain_text};

impl World {
    /// The id and the text of a value as Jira's changelog has them; lists are joined.
    #[must_use]
    pub fn display(&self, value: &Value) -> (Option<String>, String) {
        let one = |id: Id, name: Option<&str>| (Some(id.to_string()), name.unwrap_or_default().to_owned());
        let many = |list: &[Id], name: &dyn Fn(Id) -> String| {
            let ids: Vec<_> = list.iter().map(Id::to_string).collect();
            let names: Vec<_> = list.iter().map(|id| name(*id)).collect();
            (Some(ids.join(", ")), names.join(", "))
        };
        let user = |account_id: &String| self.users.get(account_id).map_or(account_id, |u| &u.name).clone();
        let option =
            |id: Id| self.fields.iter().find_map(|f| f.option(id)).map_or(String::new(), |o| o.value.clone());
        let version = |id: Id| self.versions.get(&id).map_or(String::new(), |v| v.name.clone());
        match value {
            Value::Text(text) => (None, text.clone()),
            Value::Doc(doc) => (None, plain_text(doc)),
            Value::Number(number) => (None, number.to_string()),
            Value::Date(date) => (Some(date.to_string()), date.to_string()),
            Value::DateTime(at) => (Some(at.to_string()), at.to_string()),
            Value::User(account_id) => (Some(account_id.clone()), user(account_id)),
            Value::Users(list) => {
                (Some(list.join(", ")), list.iter().map(user).collect::<Vec<_>>().join(", "))
            }
            Value::Labels(labels) => (None, labels.join(" ")),
            Value::Group(name) => (Some(name.clone()), name.clone()),
            Value::Option(id) => (Some(id.to_string()), option(*id)),
            Value::Options(list) => many(list, &option),
            Value::Cascade(parent, None) => (Some(parent.to_string()), option(*parent)),
            Value::Cascade(parent, Some(child)) => {
                (Some(format!("{parent}, {child}")), format!("{} - {}", option(*parent), option(*child)))
            }
            Value::Version(id) => (Some(id.to_string()), version(*id)),
            Value::Versions(list) => many(list, &version),
            Value::Components(list) => {
                many(list, &|id| self.components.get(&id).map_or(String::new(), |c| c.name.clone()))
            }
            Value::Sprints(list) => {
                many(list, &|id| self.sprints.get(&id).map_or(String::new(), |s| s.name.clone()))
            }
            Value::Priority(id) => {
                one(*id, self.priorities.iter().find(|p| p.id == *id).map(|p| p.name.as_str()))
            }
            Value::Resolution(id) => {
                one(*id, self.resolutions.iter().find(|r| r.id == *id).map(|r| r.name.as_str()))
            }
            Value::Status(id) => one(*id, self.statuses.get(id).map(|s| s.name.as_str())),
            Value::Type(id) => one(*id, self.issue_types.get(id).map(|t| t.name.as_str())),
            Value::Project(id) => one(*id, self.projects.get(id).map(|p| p.name.as_str())),
            Value::Parent(id) => one(*id, self.issues.get(id).map(|i| i.key.as_str())),
            Value::Seconds(seconds) => (Some(seconds.to_string()), seconds.to_string()),
        }
    }

    /// History items of a field's change. Lists of versions and components get an item for each member that came
    /// or went, as Jira does it; other fields get one.
    pub(super) fn change_items(
        &self,
        field: &Field,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> Vec<ChangeItem> {
        let members = |value: Option<&Value>| match value {
            Some(Value::Versions(ids)) => ids.iter().map(|id| Value::Version(*id)).collect(),
            Some(Value::Components(ids)) => ids.iter().map(|id| Value::Components(vec![*id])).collect(),
            _ => Vec::new(),
        };
        if field.custom.is_none() && matches!(old.or(new), Some(Value::Versions(_) | Value::Components(_))) {
            let (old, new) = (members(old), members(new));
            let gone =
                old.iter().filter(|m| !new.contains(m)).map(|m| self.change_item(field, Some(m), None));
            let come =
                new.iter().filter(|m| !old.contains(m)).map(|m| self.change_item(field, None, Some(m)));
            return gone.chain(come).collect();
        }
        vec![self.change_item(field, old, new)]
    }

    fn change_item(&self, field: &Field, old: Option<&Value>, new: Option<&Value>) -> ChangeItem {
        let (from, from_text) = old.map(|v| self.display(v)).unzip();
        let (to, to_text) = new.map(|v| self.display(v)).unzip();
        ChangeItem {
            field: history_name(field),
            field_id: field.id.clone(),
            custom: field.custom.is_some(),
            from: from.flatten(),
            from_text,
            to: to.flatten(),
            to_text,
        }
    }
}

/// The name by which history calls a field; older than the names on the screen.
fn history_name(field: &Field) -> String {
    match field.id.as_str() {
        "fixVersions" => "Fix Version".into(),
        "versions" => "Version".into(),
        "components" => "Component".into(),
        "parent" => "IssueParentAssociation".into(),
        _ if field.custom.is_some() => field.name.clone(),
        id => id.into(),
    }
}
