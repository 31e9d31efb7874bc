//! An issue's JSON: the envelope, and every field of it.

use serde_json::{Map, Value as Json, json};

use super::{View, agile::sprint_in_issue, duration};
use crate::world::{Field, Id, Issue, Link, Value, plain_text};

/// The fields that a request asks for: `*all`, `*navigable`, names, and names after a minus to leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldSet {
    all: bool,
    navigable: bool,
    with: Vec<String>,
    without: Vec<String>,
}

impl FieldSet {
    /// Reads the names; when there are none, `default` stands for them.
    pub(crate) fn read<'s>(names: impl IntoIterator<Item = &'s str>, default: &str) -> Self {
        let mut names: Vec<_> = names.into_iter().map(str::trim).filter(|n| !n.is_empty()).collect();
        if names.is_empty() {
            names.push(default);
        }
        // Names after a minus alone take away from what is usual.
        let usual = names.iter().all(|n| n.starts_with('-'));
        let (without, with): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|n| n.starts_with('-'));
        Self {
            all: with.contains(&"*all") || usual && default == "*all",
            navigable: with.contains(&"*navigable") || usual && default != "*all",
            with: with.into_iter().filter(|n| !n.starts_with('*')).map(Into::into).collect(),
            without: without.into_iter().map(|n| n[1..].to_owned()).collect(),
        }
    }

    fn has(&self, field: &Field) -> bool {
        let named = |list: &[String]| list.contains(&field.id);
        let wanted = self.all || self.navigable && field.navigable || named(&self.with);
        wanted && !named(&self.without)
    }

    /// True where nothing but the id is asked for, so that a reply holds nothing else.
    pub(crate) fn only_id(&self) -> bool {
        !self.all && !self.navigable && self.with.iter().all(|n| n == "id")
    }

    /// True where no field is asked for but the id and the key.
    pub(crate) fn only_names(&self) -> bool {
        !self.all
            && !self.navigable
            && self.with.iter().all(|n| matches!(n.as_str(), "id" | "key" | "issuekey"))
    }
}

/// Parts of an issue that a request asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expand(Vec<String>);

impl Expand {
    /// Reads a list such as `names,changelog`.
    pub(crate) fn read(text: &str) -> Self {
        Self(text.split(',').map(|e| e.trim().to_owned()).filter(|e| !e.is_empty()).collect())
    }

    /// The same without the names and schemas of fields, which a page has once for all its issues.
    pub(crate) fn of_each(&self) -> Self {
        Self(self.0.iter().filter(|e| *e != "names" && *e != "schema").cloned().collect())
    }

    /// True where the named expansion is asked for.
    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.iter().any(|e| e == what)
    }
}

impl View<'_> {
    /// An issue with the fields asked for, what is to be expanded with it, and entity properties by key (`*all` for
    /// all of them).
    pub(crate) fn issue(
        &self,
        issue: &Issue,
        fields: &FieldSet,
        expand: &Expand,
        properties: &[String],
    ) -> Json {
        if fields.only_id() && expand.0.is_empty() && properties.is_empty() {
            return json!({ "id": issue.id.to_string() });
        }
        let mut out = json!({
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.id.to_string(),
            "self": self.link(&format!("issue/{}", issue.id)),
            "key": issue.key,
        });
        let shown: Vec<&Field> = self.shown(issue, fields);
        if expand.has("renderedFields") {
            out["renderedFields"] = shown.iter().map(|f| (f.id.clone(), self.rendered(issue, f))).collect();
        }
        describe(&shown, expand, &mut out);
        if expand.has("transitions") {
            out["transitions"] = self.transitions(issue, expand.has("transitions.fields"), None);
        }
        if expand.has("operations") {
            out["operations"] = json!({ "linkGroups": [] });
        }
        if expand.has("editmeta") {
            out["editmeta"] = self.edit_meta(issue);
        }
        if expand.has("changelog") {
            // Newest first here, unlike in the resource of its own.
            let mut histories: Vec<_> = issue.history.iter().rev().map(|c| self.change(c)).collect();
            let total = histories.len();
            histories.truncate(100);
            out["changelog"] = json!({ "startAt": 0, "maxResults": histories.len(), "total": total, "histories": histories });
        }
        if !properties.is_empty() {
            let wanted = |key: &String| properties.contains(key) || properties.iter().any(|p| p == "*all");
            let shown = issue.properties.iter().filter(|(key, _)| wanted(key));
            out["properties"] = shown.map(|(key, value)| (key.clone(), value.clone())).collect();
        }
        if !fields.only_names() {
            out["fields"] = shown
                .iter()
                .filter_map(|f| Some((f.id.clone(), self.field(issue, &f.id)?)))
                .collect::<Map<_, _>>()
                .into();
        }
        out
    }

    /// Puts the names and schemas of all fields of some issues into a page, if they are asked for.
    pub(crate) fn describe_all(
        &self,
        issues: &[&Issue],
        fields: &FieldSet,
        expand: &Expand,
        page: &mut Json,
    ) {
        let shown =
            |field: &&Field| issues.iter().any(|i| self.shown(i, fields).iter().any(|f| f.id == field.id));
        if !issues.is_empty() && (expand.has("names") || expand.has("schema")) {
            let all: Vec<_> = self.world.fields.iter().filter(shown).collect();
            describe(&all, expand, page);
        }
    }

    fn shown(&self, issue: &Issue, fields: &FieldSet) -> Vec<&Field> {
        let screen = self.world.project_of(issue).type_of(issue.issue_type);
        let applies = |f: &Field| {
            f.custom.is_none()
                || self.world.value(issue, &f.id).is_some()
                || screen.is_some_and(|s| s.on_screen(&f.id).is_some())
        };
        self.world.fields.iter().filter(|f| fields.has(f) && applies(f)).collect()
    }

    /// An issue as others show it: its names and four fields.
    pub(crate) fn issue_ref(&self, id: Id) -> Json {
        let Some(issue) = self.world.issues.get(&id) else { return Json::Null };
        let fields: Map<_, _> = ["summary", "status", "priority", "issuetype"]
            .into_iter()
            .filter_map(|f| Some((f.to_owned(), self.field(issue, f)?)))
            .collect();
        json!({
            "id": id.to_string(),
            "key": issue.key,
            "self": self.link(&format!("issue/{id}")),
            "fields": fields,
        })
    }

    /// A field's value in an issue's JSON; none where Jira leaves the field out.
    pub(crate) fn field(&self, issue: &Issue, field: &str) -> Option<Json> {
        let children = || self.world.children(issue.id).into_iter().filter(|c| self.is_subtask(c));
        let total = |field: &str| -> Option<i64> {
            let own = [issue].into_iter().chain(children());
            own.filter_map(|i| self.time(i, field)).reduce(|a, b| a + b)
        };
        Some(match field {
            "issuekey" | "thumbnail" => return None,
            "parent" => return issue.parent().map(|id| self.issue_ref(id)),
            "statusCategory" => self.category(self.world.category_of(issue)),
            "lastViewed" | "security" => Json::Null,
            "issuerestriction" => json!({ "issuerestrictions": {}, "shouldDisplay": false }),
            "labels" => issue.labels().into(),
            "fixVersions" | "versions" | "components" => {
                self.world.value(issue, field).map_or_else(|| json!([]), |v| self.value(&v))
            }
            "workratio" => match (issue.seconds("timeoriginalestimate"), issue.time_spent()) {
                (None | Some(0), _) => (-1).into(),
                (Some(estimate), spent) => (spent * 100 / estimate).into(),
            },
            "watches" => json!({
                "self": self.link(&format!("issue/{}/watchers", issue.key)),
                "watchCount": issue.watchers.len(),
                "isWatching": self.who.is_some_and(|who| issue.watchers.contains(who)),
            }),
            "votes" => json!({
                "self": self.link(&format!("issue/{}/votes", issue.key)),
                "votes": issue.voters.len(),
                "hasVoted": self.who.is_some_and(|who| issue.voters.contains(who)),
            }),
            "aggregatetimespent" => json!(total("timespent")),
            "aggregatetimeestimate" => json!(total("timeestimate")),
            "aggregatetimeoriginalestimate" => json!(total("timeoriginalestimate")),
            "progress" => progress(issue.time_spent(), issue.seconds("timeestimate")),
            "aggregateprogress" => progress(total("timespent").unwrap_or(0), total("timeestimate")),
            "timetracking" => time_tracking(issue),
            "issuelinks" => {
                self.world.links_of(issue.id).filter_map(|l| self.issue_link(l, issue.id)).collect()
            }
            "subtasks" => children().map(|c| self.issue_ref(c.id)).collect(),
            "attachment" => issue.attachments.iter().map(|a| self.attachment(a, true)).collect(),
            "comment" => {
                let comments: Vec<_> =
                    issue.comments.iter().filter(|c| self.sees_part(issue, c.visibility.as_ref())).collect();
                json!({
                    "comments": comments.iter().map(|c| self.comment(issue, c)).collect::<Vec<_>>(),
                    "self": self.link(&format!("issue/{}/comment", issue.id)),
                    "maxResults": comments.len(),
                    "total": comments.len(),
                    "startAt": 0,
                })
            }
            "worklog" => {
                let worklogs: Vec<_> =
                    issue.worklogs.iter().filter(|w| self.sees_part(issue, w.visibility.as_ref())).collect();
                json!({
                    "startAt": 0,
                    "maxResults": 20,
                    "total": worklogs.len(),
                    "worklogs": worklogs.iter().take(20).map(|w| self.worklog(issue, w)).collect::<Vec<_>>(),
                })
            }
            _ => self.world.value(issue, field).map_or(Json::Null, |v| self.value(&v)),
        })
    }

    fn is_subtask(&self, issue: &Issue) -> bool {
        self.world.issue_types.get(&issue.issue_type).is_some_and(|t| t.level < 0)
    }

    fn time(&self, issue: &Issue, field: &str) -> Option<i64> {
        match self.world.value(issue, field) {
            Some(Value::Seconds(seconds)) => Some(seconds),
            _ => None,
        }
    }

    /// The JSON of a stored value.
    pub(crate) fn value(&self, value: &Value) -> Json {
        let world = self.world;
        let version = |id: &Id| world.versions.get(id).map(|v| self.version_ref(v));
        match value {
            Value::Text(text) => text.clone().into(),
            Value::Doc(doc) => doc.clone(),
            Value::Number(number) => (*number).into(),
            Value::Date(date) => date.to_string().into(),
            Value::DateTime(at) => self.moment(*at).into(),
            Value::User(account_id) => self.user(account_id),
            Value::Users(list) => list.iter().map(|u| self.user(u)).collect(),
            Value::Labels(labels) => labels.clone().into(),
            Value::Group(name) => {
                world.groups.iter().find(|g| g.name == *name).map_or(Json::Null, |g| self.group(g))
            }
            Value::Option(id) => self.option(*id),
            Value::Options(list) => list.iter().map(|id| self.option(*id)).collect(),
            Value::Cascade(id, child) => {
                let mut out = self.option(*id);
                if let Some(child) = child {
                    out["child"] = self.option(*child);
                }
                out
            }
            Value::Version(id) => json!(version(id)),
            Value::Versions(list) => list.iter().filter_map(version).collect(),
            Value::Components(list) => {
                list.iter().filter_map(|id| world.components.get(id)).map(|c| self.component_ref(c)).collect()
            }
            Value::Sprints(list) => {
                list.iter().filter_map(|id| world.sprints.get(id)).map(sprint_in_issue).collect()
            }
            Value::Priority(id) => {
                json!(world.priorities.iter().find(|p| p.id == *id).map(|p| self.priority(p)))
            }
            Value::Resolution(id) => {
                json!(world.resolutions.iter().find(|r| r.id == *id).map(|r| self.resolution(r)))
            }
            Value::Status(id) => self.status(*id),
            Value::Type(id) => self.issue_type(*id),
            Value::Project(id) => self.project_ref(*id),
            Value::Parent(id) => self.issue_ref(*id),
            Value::Seconds(seconds) => (*seconds).into(),
        }
    }

    pub(crate) fn option(&self, id: Id) -> Json {
        let option = self.world.fields.iter().find_map(|f| f.option(id));
        option.map_or(Json::Null, |option| {
            json!({
                "self": self.link(&format!("customFieldOption/{id}")),
                "value": option.value,
                "id": id.to_string(),
            })
        })
    }

    /// A link as the issue at one end of it shows it; none when the caller cannot see the other end.
    pub(crate) fn issue_link(&self, link: &Link, here: Id) -> Option<Json> {
        let kind = self.world.link_types.get(&link.link_type)?;
        let (end, other) = if link.source == here {
            ("outwardIssue", link.destination)
        } else {
            ("inwardIssue", link.source)
        };
        self.world.issues.get(&other).filter(|i| self.world.sees(self.who, i))?;
        Some(json!({
            "id": link.id.to_string(),
            "self": self.link(&format!("issueLink/{}", link.id)),
            "type": self.link_type(kind),
            end: self.issue_ref(other),
        }))
    }

    /// A field for people to look at: HTML for rich text, null for what reads the same as its value.
    fn rendered(&self, issue: &Issue, field: &Field) -> Json {
        match self.world.value(issue, &field.id) {
            Some(Value::Doc(doc)) => html(&doc).into(),
            Some(Value::DateTime(at)) => {
                at.to_zoned_datetime(self.zone()).strftime("%d/%b/%y %-I:%M %p").to_string().into()
            }
            Some(Value::Date(date)) => date.strftime("%d/%b/%y").to_string().into(),
            Some(Value::Seconds(seconds)) => duration(seconds).into(),
            _ => Json::Null,
        }
    }
}

/// Puts the names and schemas of fields into a reply, if they are asked for.
fn describe(fields: &[&Field], expand: &Expand, out: &mut Json) {
    if expand.has("names") {
        out["names"] = fields.iter().map(|f| (f.id.clone(), Json::from(f.name.clone()))).collect();
    }
    if expand.has("schema") {
        let schemas = fields.iter().filter(|f| !f.schema.is_null());
        out["schema"] = schemas.map(|f| (f.id.clone(), f.schema.clone())).collect();
    }
}

/// A document for people to look at: its words in paragraphs.
pub(super) fn html(doc: &Json) -> String {
    let escaped = plain_text(doc).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.lines().map(|line| format!("<p>{line}</p>")).collect::<Vec<_>>().join("\n\n")
}

fn progress(spent: i64, remaining: Option<i64>) -> Json {
    let total = spent + remaining.unwrap_or(0);
    let mut out = json!({ "progress": spent, "total": total });
    if total > 0 {
        out["percent"] = (spent * 100 / total).into();
    }
    out
}

fn time_tracking(issue: &Issue) -> Json {
    let mut out = Map::new();
    let parts = [
        ("originalEstimate", issue.seconds("timeoriginalestimate")),
        ("remainingEstimate", issue.seconds("timeestimate")),
        ("timeSpent", Some(issue.time_spent()).filter(|s| *s > 0)),
    ];
    for (name, seconds) in parts {
        if let Some(seconds) = seconds {
            out.insert(name.into(), duration(seconds).into());
            out.insert(format!("{name}Seconds"), seconds.into());
        }
    }
    out.into()
}
