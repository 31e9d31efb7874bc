//! Moving issues from project to project.

use super::{BulkTask, Category, ChangeItem, Id, SPRINT, Value, World};

impl World {
    /// Moves an issue, with its subtasks, into another project, where it keeps its type if there is such a one, or
    /// gets one of the same level. Answers with the new key; see [`World::move_issue_as`].
    ///
    /// # Panics
    /// When the target project does not exist or has no types.
    pub fn move_issue(&mut self, by: &str, issue: Id, project: Id) -> String {
        let types = &self.projects.get(&project).expect("the target project exists").types;
        let level = |id: Id| self.issue_types.get(&id).map_or(0, |t| t.level);
        let old = self.issues.get(&issue).map(|i| i.issue_type).unwrap_or_default();
        let same = types.iter().find(|t| t.id == old);
        let alike = || types.iter().find(|t| level(t.id) == level(old));
        let new = same.or_else(alike).or(types.first()).map(|t| t.id).expect("a project has types");
        self.move_issue_as(by, issue, project, new)
    }

    /// Moves an issue, with its subtasks, into another project and gives it a type of that project. It gets a new
    /// key, and the old one still leads to it. Components, versions and sprints do not come along; a status that the
    /// new workflow does not know becomes its first. Answers with the new key.
    ///
    /// # Panics
    /// When the target project does not exist.
    pub fn move_issue_as(&mut self, by: &str, issue: Id, project: Id, issue_type: Id) -> String {
        let home = self.projects.get_mut(&project).expect("the target project exists");
        home.last_number += 1;
        let key = format!("{}-{}", home.key, home.last_number);
        let workflow = home.type_of(issue_type).and_then(|t| self.workflows.get(&t.workflow));
        let statuses = workflow.map_or(Vec::new(), |w| w.statuses.clone());
        let gone = ["components", "fixVersions", "versions", SPRINT].map(|f| (f.to_owned(), None));
        self.set_fields(by, issue, gone.into());
        let Some(stored) = self.issues.get(&issue) else { return key };
        let status = if statuses.contains(&stored.status) {
            stored.status
        } else {
            statuses.first().copied().unwrap_or_default()
        };
        let old_key = stored.key.clone();
        let items = [
            ("project", Value::Project(stored.project), Value::Project(project)),
            ("Key", Value::Text(old_key.clone()), Value::Text(key.clone())),
            ("issuetype", Value::Type(stored.issue_type), Value::Type(issue_type)),
            ("status", Value::Status(stored.status), Value::Status(status)),
        ];
        let items: Vec<_> =
            items.iter().filter(|(_, old, new)| old != new).map(|(n, o, w)| self.moved(n, o, w)).collect();
        let now = self.clock.now();
        let before = self.category_of(stored);
        let after = self.statuses.get(&status).map_or(before, |s| s.category);
        if let Some(stored) = self.issues.get_mut(&issue) {
            stored.project = project;
            stored.issue_type = issue_type;
            stored.status = status;
            stored.old_keys.push(old_key);
            stored.key.clone_from(&key);
            if before != after {
                stored.category_changed = now;
            }
        }
        self.keys.insert(key.to_uppercase(), issue);
        self.record(by, issue, items);
        if before == Category::Done && after != Category::Done {
            self.set_field(by, issue, "resolution", None);
        }
        let level = |id: Id| self.issue_types.get(&id).map_or(0, |t| t.level);
        let subtasks: Vec<Id> = self
            .children(issue)
            .iter()
            .filter(|c| level(c.issue_type) < 0 && c.project != project)
            .map(|c| c.id)
            .collect();
        for subtask in subtasks {
            self.move_issue(by, subtask, project);
        }
        key
    }

    /// Keeps what became of a bulk change; answers with the task's id.
    pub(crate) fn add_bulk_task(&mut self, task: BulkTask) -> Id {
        let id = self.next_id("task");
        self.bulk_tasks.insert(id, task);
        id
    }

    fn moved(&self, field: &str, old: &Value, new: &Value) -> ChangeItem {
        let ((from, from_text), (to, to_text)) = (self.display(old), self.display(new));
        let field_id = if field == "Key" { "issuekey" } else { field }.to_owned();
        let (from_text, to_text) = (Some(from_text), Some(to_text));
        ChangeItem { field: field.into(), field_id, custom: false, from, from_text, to, to_text }
    }
}
