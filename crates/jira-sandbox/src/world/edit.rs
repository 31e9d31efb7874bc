//! Changing issues: every method takes the acting account first, writes history and keeps `updated`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{
    Attachment, Category, Change, ChangeItem, Comment, Id, Issue, Link, RemoteLink, SPRINT, SprintState,
    Value, Visibility, Worklog, World, media_id,
};

impl World {
    /// Makes an issue in the first status of its workflow; answers with its id. The creator watches it, reports it
    /// unless `reporter` is given, and defaults of the screen fill what is not given.
    ///
    /// # Panics
    /// When the project does not exist or does not have the issue type.
    pub fn create_issue(&mut self, by: &str, project: Id, issue_type: Id, fields: Vec<(&str, Value)>) -> Id {
        let now = self.clock.now();
        let id = self.next_id("issue");
        let rank = self.last_rank();
        let home = self.projects.get_mut(&project).expect("the project exists");
        home.last_number += 1;
        let key = format!("{}-{}", home.key, home.last_number);
        let used = home.type_of(issue_type).expect("the project has the issue type");
        let mut values = BTreeMap::from([("reporter".to_owned(), Value::User(by.into()))]);
        values.extend(used.screen.iter().filter_map(|f| Some((f.field.clone(), f.default.clone()?))));
        values.extend(fields.into_iter().map(|(field, value)| (field.to_owned(), value)));
        values.retain(|_, value| !value.is_empty());
        let status =
            self.workflows.get(&used.workflow).and_then(|w| w.statuses.first()).copied().unwrap_or_default();
        self.keys.insert(key.to_uppercase(), id);
        self.issues.insert(
            id,
            Issue {
                id,
                key,
                old_keys: Vec::new(),
                project,
                issue_type,
                status,
                creator: by.into(),
                created: now,
                updated: now,
                category_changed: now,
                resolved: None,
                rank,
                fields: values,
                comments: Vec::new(),
                worklogs: Vec::new(),
                attachments: Vec::new(),
                remote_links: Vec::new(),
                history: Vec::new(),
                watchers: BTreeSet::from([by.to_owned()]),
                voters: BTreeSet::new(),
                properties: BTreeMap::new(),
            },
        );
        self.changed_issues.insert(id);
        id
    }

    /// Sets one field, or clears it with none.
    pub fn set_field(&mut self, by: &str, issue: Id, field: &str, value: Option<Value>) {
        self.set_fields(by, issue, vec![(field.to_owned(), value)]);
    }

    /// Sets several fields as one entry of the history. What does not change leaves no trace.
    pub fn set_fields(&mut self, by: &str, issue: Id, values: Vec<(String, Option<Value>)>) {
        let mut items = Vec::new();
        for (name, new) in values {
            let new = new.filter(|v| !v.is_empty());
            let Some(stored) = self.issues.get(&issue) else { return };
            let old = self.value(stored, &name);
            if old == new {
                continue;
            }
            if let Some(field) = self.field(&name) {
                items.extend(self.change_items(field, old.as_ref(), new.as_ref()));
            }
            let now = self.clock.now();
            let Some(stored) = self.issues.get_mut(&issue) else { return };
            match (name.as_str(), new) {
                ("issuetype", Some(Value::Type(id))) => stored.issue_type = id,
                ("resolution", new) => {
                    stored.resolved = new.is_some().then_some(now);
                    put(&mut stored.fields, name, new);
                }
                (_, new) => put(&mut stored.fields, name, new),
            }
        }
        self.record(by, issue, items);
    }

    /// Takes an issue through a transition, with the values of its screen. Entering a status of the category Done
    /// resolves it ("Done" unless the values say otherwise), leaving it takes the resolution away.
    pub fn transition(&mut self, by: &str, issue: Id, transition: Id, values: Vec<(String, Option<Value>)>) {
        let Some(stored) = self.issues.get(&issue) else { return };
        let Some(to) = self.workflow_of(stored).transitions.iter().find(|t| t.id == transition).map(|t| t.to)
        else {
            return;
        };
        self.enter_status(by, issue, to, values);
    }

    /// Takes an issue through the first transition that leads from where it is to a status, by the status's name.
    /// Answers whether there was one.
    pub fn transition_to(&mut self, by: &str, issue: Id, status: &str) -> bool {
        let Some((stored, to)) = self.issues.get(&issue).zip(self.status_named(status).map(|s| s.id)) else {
            return false;
        };
        let from = stored.status;
        let leads = self
            .workflow_of(stored)
            .transitions
            .iter()
            .any(|t| t.to == to && (t.from.is_empty() || t.from.contains(&from)));
        if leads {
            self.enter_status(by, issue, to, Vec::new());
        }
        leads
    }

    fn enter_status(&mut self, by: &str, issue: Id, to: Id, mut values: Vec<(String, Option<Value>)>) {
        let now = self.clock.now();
        let Some(stored) = self.issues.get(&issue) else { return };
        let old = Value::Status(stored.status);
        let before = self.category_of(stored);
        let after = self.statuses.get(&to).map_or(before, |s| s.category);
        let chosen = values.iter().any(|(field, _)| field == "resolution");
        match (before == Category::Done, after == Category::Done) {
            (false, true) if !chosen => {
                let done = self.resolution_named("Done").map(|r| Value::Resolution(r.id));
                values.push(("resolution".into(), done));
            }
            (true, false) => values.push(("resolution".into(), None)),
            _ => {}
        }
        let mut items = Vec::new();
        if old != Value::Status(to)
            && let Some(field) = self.field("status")
        {
            items = self.change_items(field, Some(&old), Some(&Value::Status(to)));
        }
        if let Some(stored) = self.issues.get_mut(&issue) {
            stored.status = to;
            if before != after {
                stored.category_changed = now;
            }
        }
        // Jira writes the fields of the screen and the status as one entry.
        let entries = self.issues.get(&issue).map_or(0, |i| i.history.len());
        self.set_fields(by, issue, values);
        match self.issues.get_mut(&issue).and_then(|i| i.history.get_mut(entries)) {
            Some(change) => change.items.extend(items),
            None => self.record(by, issue, items),
        }
    }

    /// Deletes an issue with all that hangs on it. Children lose their parent; subtasks are deleted too.
    pub fn delete_issue(&mut self, issue: Id) {
        let children: Vec<_> = self.children(issue).iter().map(|c| (c.id, c.issue_type)).collect();
        for (child, issue_type) in children {
            if self.issue_types.get(&issue_type).is_some_and(|t| t.level < 0) {
                self.delete_issue(child);
            } else if let Some(child) = self.issues.get_mut(&child) {
                child.fields.remove("parent");
            }
        }
        self.links.retain(|_, l| l.source != issue && l.destination != issue);
        self.issues.remove(&issue);
        self.keys.retain(|_, id| *id != issue);
        self.changed_issues.insert(issue);
    }

    /// Comments on an issue; answers with the comment's id. History does not tell of comments.
    pub fn add_comment(&mut self, by: &str, issue: Id, body: Json, visibility: Option<Visibility>) -> Id {
        let (id, now) = (self.next_id("comment"), self.clock.now());
        let (author, editor) = (by.to_owned(), by.to_owned());
        let properties = BTreeMap::new();
        let comment =
            Comment { id, author, editor, body, created: now, updated: now, visibility, properties };
        self.touch(issue, |stored| stored.comments.push(comment));
        id
    }

    /// Logs time, which lowers what remains of the estimate; answers with the worklog's id.
    pub fn add_worklog(
        &mut self,
        by: &str,
        issue: Id,
        started: Timestamp,
        seconds: i64,
        comment: Option<Json>,
    ) -> Id {
        let remaining = self.issues.get(&issue).and_then(|i| i.seconds("timeestimate"));
        let remaining = remaining.map(|r| (r - seconds).max(0));
        self.put_worklog(by, issue, (started, seconds), comment, None, remaining)
    }

    /// Logs time and sets what remains; answers with the worklog's id.
    pub(crate) fn put_worklog(
        &mut self,
        by: &str,
        issue: Id,
        (started, seconds): (Timestamp, i64),
        comment: Option<Json>,
        visibility: Option<Visibility>,
        remaining: Option<i64>,
    ) -> Id {
        let (id, now) = (self.next_id("worklog"), self.clock.now());
        let spent = self.issues.get(&issue).map_or(0, Issue::time_spent);
        let (author, editor) = (by.to_owned(), by.to_owned());
        let worklog =
            Worklog { id, author, editor, comment, started, seconds, created: now, updated: now, visibility };
        self.touch(issue, |stored| stored.worklogs.push(worklog));
        self.record_time(by, issue, spent, remaining);
        id
    }

    /// After a change of the worklogs: sets what remains and writes the history of both.
    pub(crate) fn record_time(&mut self, by: &str, issue: Id, spent_before: i64, remaining: Option<i64>) {
        let spent = self.issues.get(&issue).map_or(0, Issue::time_spent);
        let text = |seconds: i64| (seconds != 0).then(|| seconds.to_string());
        let entries = self.issues.get(&issue).map_or(0, |i| i.history.len());
        self.set_field(by, issue, "timeestimate", remaining.map(Value::Seconds));
        if spent == spent_before {
            return;
        }
        let item = ChangeItem {
            field: "timespent".into(),
            field_id: "timespent".into(),
            custom: false,
            from: text(spent_before),
            from_text: text(spent_before),
            to: text(spent),
            to_text: text(spent),
        };
        match self.issues.get_mut(&issue).and_then(|i| i.history.get_mut(entries)) {
            Some(change) => change.items.push(item),
            None => self.record(by, issue, vec![item]),
        }
    }

    /// Attaches a file; answers with its id.
    pub fn add_attachment(&mut self, by: &str, issue: Id, name: &str, mime: &str, content: Vec<u8>) -> Id {
        let (id, created) = (self.next_id("attachment"), self.clock.now());
        let (name, mime, author) = (name.to_owned(), mime.to_owned(), by.to_owned());
        let item = attachment_item(None, Some((id, &name)));
        let all = self.issues.values().flat_map(|issue| &issue.attachments);
        let media = media_id(&name, all.filter(|attachment| attachment.name == name).count());
        self.touch(issue, |stored| {
            stored.attachments.push(Attachment { id, media, name, mime, author, created, content });
        });
        self.record(by, issue, vec![item]);
        id
    }

    /// Takes a file away.
    pub fn delete_attachment(&mut self, by: &str, issue: Id, attachment: Id) {
        let mut gone = None;
        self.touch(issue, |stored| gone = stored.attachments.extract_if(.., |a| a.id == attachment).next());
        if let Some(gone) = gone {
            self.record(by, issue, vec![attachment_item(Some((gone.id, &gone.name)), None)]);
        }
    }

    /// Links two issues: the source "outward" the destination, as in "source blocks destination". Answers with the
    /// link's id; the same link a second time is the same link.
    pub fn link(&mut self, by: &str, link_type: Id, source: Id, destination: Id) -> Id {
        let same = |l: &&Link| l.link_type == link_type && l.source == source && l.destination == destination;
        if let Some(link) = self.links.values().find(same) {
            return link.id;
        }
        let id = self.next_id("link");
        self.links.insert(id, Link { id, link_type, source, destination });
        self.record_link(by, link_type, (source, destination), true);
        id
    }

    /// Takes a link away.
    pub fn unlink(&mut self, by: &str, link: Id) {
        if let Some(link) = self.links.remove(&link) {
            self.record_link(by, link.link_type, (link.source, link.destination), false);
        }
    }

    fn record_link(&mut self, by: &str, link_type: Id, (source, destination): (Id, Id), made: bool) {
        let Some(kind) = self.link_types.get(&link_type).cloned() else { return };
        for (here, there, words) in [(source, destination, kind.outward), (destination, source, kind.inward)]
        {
            let Some(other) = self.issues.get(&there).map(|i| i.key.clone()) else { continue };
            let text = format!("This issue {words} {other}");
            let (old, new) = if made { (None, Some((other, text))) } else { (Some((other, text)), None) };
            let ((from, from_text), (to, to_text)) = (old.unzip(), new.unzip());
            let (field, field_id) = ("Link".to_owned(), "issuelinks".to_owned());
            self.record(
                by,
                here,
                vec![ChangeItem { field, field_id, custom: false, from, from_text, to, to_text }],
            );
        }
    }

    /// Links an issue to something outside; a link with the same global id is replaced. Answers with its id and
    /// whether it is new.
    pub fn put_remote_link(&mut self, issue: Id, mut link: RemoteLink) -> (Id, bool) {
        let same = |l: &&mut RemoteLink| l.global_id.is_some() && l.global_id == link.global_id;
        if let Some(old) = self.issues.get_mut(&issue).and_then(|i| i.remote_links.iter_mut().find(same)) {
            link.id = old.id;
            *old = link;
            let id = old.id;
            self.touch(issue, |_| ());
            return (id, false);
        }
        link.id = self.next_id("remotelink");
        let id = link.id;
        self.touch(issue, |stored| stored.remote_links.push(link));
        (id, true)
    }

    /// Puts issues into a sprint that is not closed, and out of the open one they were in.
    pub fn move_to_sprint(&mut self, by: &str, sprint: Id, issues: &[Id]) {
        self.set_open_sprint(by, Some(sprint), issues);
    }

    /// Takes issues out of their open sprint.
    pub fn move_to_backlog(&mut self, by: &str, issues: &[Id]) {
        self.set_open_sprint(by, None, issues);
    }

    fn set_open_sprint(&mut self, by: &str, sprint: Option<Id>, issues: &[Id]) {
        for issue in issues {
            let Some(stored) = self.issues.get(issue) else { continue };
            let closed = |id: &&Id| self.sprints.get(id).is_some_and(|s| s.state == SprintState::Closed);
            let mut list: Vec<Id> = stored.ids(SPRINT).iter().filter(closed).copied().collect();
            list.extend(sprint);
            self.set_field(by, *issue, SPRINT, Some(Value::Sprints(list)));
        }
    }

    /// Starts a planned sprint now.
    pub fn start_sprint(&mut self, sprint: Id, end: Timestamp) {
        let now = self.clock.now();
        if let Some(sprint) = self.sprints.get_mut(&sprint) {
            (sprint.state, sprint.start, sprint.end) = (SprintState::Active, Some(now), Some(end));
        }
    }

    /// Closes a sprint now. What is not done goes to the given sprint, or back to the backlog.
    pub fn close_sprint(&mut self, by: &str, sprint: Id, next: Option<Id>) {
        let now = self.clock.now();
        if let Some(sprint) = self.sprints.get_mut(&sprint) {
            (sprint.state, sprint.complete) = (SprintState::Closed, Some(now));
        }
        let open = |i: &&Issue| i.ids(SPRINT).contains(&sprint) && self.category_of(i) != Category::Done;
        let open: Vec<Id> = self.issues.values().filter(open).map(|i| i.id).collect();
        if let Some(next) = next {
            self.move_to_sprint(by, next, &open);
        }
    }

    /// Changes an issue in a way that history does not tell: watchers, votes, properties, comments, worklogs.
    pub fn touch(&mut self, issue: Id, change: impl FnOnce(&mut Issue)) {
        let now = self.clock.now();
        if let Some(stored) = self.issues.get_mut(&issue) {
            change(stored);
            stored.updated = now;
            self.changed_issues.insert(issue);
        }
    }

    pub(super) fn record(&mut self, by: &str, issue: Id, items: Vec<ChangeItem>) {
        if items.is_empty() {
            return;
        }
        let (id, created) = (self.next_id("change"), self.clock.now());
        self.touch(issue, |stored| stored.history.push(Change { id, author: by.into(), created, items }));
    }
}

fn put(fields: &mut BTreeMap<String, Value>, name: String, value: Option<Value>) {
    match value {
        Some(value) => fields.insert(name, value),
        None => fields.remove(&name),
    };
}

fn attachment_item(old: Option<(Id, &str)>, new: Option<(Id, &str)>) -> ChangeItem {
    let parts = |part: Option<(Id, &str)>| part.map(|(id, name)| (id.to_string(), name.to_owned())).unzip();
    let ((from, from_text), (to, to_text)) = (parts(old), parts(new));
    let (field, field_id) = ("Attachment".into(), "attachment".into());
    ChangeItem { field, field_id, custom: false, from, from_text, to, to_text }
}
