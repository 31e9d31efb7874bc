//! The seeded world must be sound, or tests on it prove nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::*;
use crate::adf;
use crate::world::{Category, ChangeItem, Issue, Permission, SPRINT, SprintState, Value};

fn world() -> World {
    build("2026-11-23T14:37:05Z".parse().expect("a moment"))
}

#[test]
fn every_text_is_a_valid_document_as_jira_keeps_it() {
    for issue in world().issues.values() {
        let fields = issue.fields.values().filter_map(|value| match value {
            Value::Doc(doc) => Some(doc),
            _ => None,
        });
        let comments = issue.comments.iter().map(|comment| &comment.body);
        let worklogs = issue.worklogs.iter().filter_map(|worklog| worklog.comment.as_ref());
        for doc in fields.chain(comments).chain(worklogs) {
            assert_eq!(adf::validate(doc), Ok(()), "{}: {doc:#}", issue.key);
            let mut kept = doc.clone();
            adf::normalise(&mut kept);
            assert_eq!(*doc, kept, "{}", issue.key);
        }
    }
}

#[test]
fn no_markup_is_left_in_the_texts() {
    fn check(node: &Json, key: &str) {
        if node["type"] != "codeBlock" && node["marks"][0]["type"] != "code" {
            let text = node["text"].as_str().unwrap_or_default();
            for sign in ["**", "~~", "](", "`", " _", "{", ":|", "@ana", ":tada:", "||"] {
                assert!(!text.contains(sign), "{key}: {sign:?} is left in {text:?}");
            }
            node["content"].as_array().into_iter().flatten().for_each(|child| check(child, key));
        }
    }
    for issue in world().issues.values() {
        let bodies = issue.comments.iter().map(|comment| &comment.body);
        let description = issue.fields.get("description").and_then(|value| match value {
            Value::Doc(doc) => Some(doc),
            _ => None,
        });
        bodies.chain(description).for_each(|doc| check(doc, &issue.key));
    }
}

#[test]
fn what_an_issue_names_exists() {
    let world = world();
    let known = |account: &str| assert!(world.users.contains_key(account), "{account}");
    for issue in world.issues.values() {
        known(&issue.creator);
        issue.watchers.iter().chain(&issue.voters).for_each(|account| known(account));
        assert!(world.workflow_of(issue).statuses.contains(&issue.status), "{}", issue.key);
        assert_eq!(world.issue(&issue.key).map(|found| found.id), Some(issue.id));
        for old in &issue.old_keys {
            assert_eq!(world.issue(old).map(|found| found.id), Some(issue.id), "{old}");
        }
        let used = world.project_of(issue).type_of(issue.issue_type).expect("a type of the project");
        for field in issue.fields.keys() {
            let elsewhere = ["resolution", "timeoriginalestimate", "timeestimate", SPRINT];
            assert!(
                used.on_screen(field).is_some() || elsewhere.contains(&field.as_str()),
                "{} has {field}",
                issue.key
            );
            assert!(world.value(issue, field).is_some());
        }
        if let Some(parent) = issue.parent() {
            let level = |issue: &Issue| world.issue_types[&issue.issue_type].level;
            assert_eq!(level(&world.issues[&parent]), level(issue) + 1, "{}", issue.key);
        }
    }
    for link in world.links.values() {
        assert!(world.issues.contains_key(&link.source) && world.issues.contains_key(&link.destination));
    }
}

#[test]
fn who_acts_may_do_so() {
    let world = world();
    for issue in world.issues.values().filter(|issue| issue.old_keys.is_empty()) {
        let check = |account: &str, permission: Permission| {
            let left = !world.users[account].active;
            assert!(left || world.may_on(Some(account), permission, issue), "{account} on {}", issue.key);
        };
        check(&issue.creator, Permission::CreateIssues);
        issue.user("assignee").into_iter().for_each(|account| check(account, Permission::AssignableUser));
        issue.comments.iter().for_each(|comment| check(&comment.author, Permission::AddComments));
        issue.worklogs.iter().for_each(|worklog| check(&worklog.author, Permission::WorkOnIssues));
    }
}

#[test]
fn some_may_do_less_than_others() {
    let world = world();
    let sees = |nick: &str, key: &str| {
        let account = people::account(nick);
        world.issues.values().filter(|i| i.key.starts_with(key) && world.sees(Some(account), i)).count()
    };
    assert!(sees("omar", "BIZ") > 20 && sees("omar", "OPS") == 0);
    assert!(sees("dana", "DEMO") > 70 && sees("dana", "OPS") > 40);
    assert!(sees("wanjiru", "OPS") > 5 && sees("wanjiru", "DEMO") == 0);
    let own = world.issues.values().filter(|i| i.creator == people::account("wanjiru")).count();
    assert_eq!(sees("wanjiru", "OPS"), own);
    for project in world.projects.values() {
        let reads = [Permission::BrowseProjects, Permission::ViewVotersAndWatchers];
        for permission in Permission::ALL.iter().filter(|p| !p.is_global()) {
            let may = world.may_in(Some(people::account("dana")), *permission, project, None);
            assert_eq!(may, reads.contains(permission), "{permission:?} in {}", project.key);
        }
    }
}

#[test]
fn history_tells_how_the_present_came_about() {
    let world = world();
    for issue in world.issues.values() {
        let items = || issue.history.iter().flat_map(|change| &change.items);
        let last = |field: &str| items().rfind(|item| item.field_id == field);
        for id in ["status", "assignee", "resolution", "priority", "summary", SPRINT, "customfield_10016"] {
            let now = world.value(issue, id).map(|value| world.display(&value).1);
            if let Some(item) = last(id) {
                assert_eq!(item.to_text, now, "{}: {id}", issue.key);
            }
        }
        // Each change of a field starts where the one before it ended.
        for id in ["status", "assignee", SPRINT, "customfield_10016"] {
            let steps: Vec<&ChangeItem> = items().filter(|item| item.field_id == id).collect();
            for pair in steps.windows(2) {
                assert_eq!(pair[0].to_text, pair[1].from_text, "{}: {id}", issue.key);
            }
        }
        let done = world.category_of(issue) == Category::Done;
        assert_eq!(issue.fields.contains_key("resolution"), done, "{}", issue.key);
        assert_eq!(issue.resolved.is_some(), done, "{}", issue.key);
    }
}

#[test]
fn time_runs_forward_to_the_present() {
    for moment in MOMENTS {
        check_times(&build(moment.parse().expect("a moment")));
    }
}

/// Early and late in a day, and on a leap day.
const MOMENTS: [&str; 3] = ["2026-11-23T00:00:01Z", "2027-02-28T23:59:59Z", "2028-02-29T05:30:00Z"];

fn check_times(world: &World) {
    let now = world.clock.now();
    let mut newest = world.issues.values().next().expect("issues").created;
    for issue in world.issues.values() {
        assert!(
            newest <= issue.created && issue.created <= issue.updated && issue.updated <= now,
            "{}",
            issue.key
        );
        newest = issue.created;
        let changes: Vec<_> = issue.history.iter().map(|change| change.created).collect();
        let comments: Vec<_> = issue.comments.iter().map(|comment| comment.created).collect();
        for times in [changes, comments] {
            assert!(
                times.is_sorted() && times.first().is_none_or(|first| *first >= issue.created),
                "{}",
                issue.key
            );
        }
    }
}

#[test]
fn ids_keys_and_texts_do_not_depend_on_the_moment() {
    let outline = |world: &World| -> Vec<String> {
        let issues = world.issues.values();
        issues
            .map(|i| {
                let comments: Vec<_> = i.comments.iter().map(|comment| comment.id).collect();
                let changes: Vec<_> = i.history.iter().map(|change| change.id).collect();
                format!("{} {} {} {comments:?} {changes:?}", i.id, i.key, i.summary())
            })
            .collect()
    };
    let here = outline(&world());
    for moment in MOMENTS {
        assert_eq!(outline(&build(moment.parse().expect("a moment"))), here);
    }
}

#[test]
fn there_is_some_of_everything() {
    let world = world();
    let issues = || world.issues.values();
    let count = |key: &str| issues().filter(|issue| world.project_of(issue).key == key).count();
    assert!(
        count("DEMO") >= 70 && count("OPS") >= 40 && count("BIZ") >= 25,
        "{:?}",
        ["DEMO", "OPS", "BIZ"].map(count)
    );
    assert!((140..=170).contains(&issues().count()));
    let states: Vec<_> = world.sprints.values().map(|sprint| sprint.state).collect();
    assert_eq!(states, [SprintState::Closed, SprintState::Closed, SprintState::Active, SprintState::Future]);
    for sprint in world.sprints.keys() {
        assert!(issues().any(|issue| issue.ids(SPRINT).last() == Some(sprint)), "sprint {sprint} is empty");
    }
    let used: BTreeSet<_> = issues().flat_map(|issue| issue.fields.keys()).collect();
    for field in world.fields.iter().filter(|field| field.custom.is_some() && field.id != "customfield_10019")
    {
        assert!(used.contains(&field.id), "no issue has {}", field.name);
    }
    let mut statuses = BTreeSet::new();
    issues().for_each(|issue| _ = statuses.insert(issue.status));
    assert!(statuses.len() >= 14, "{} statuses", statuses.len());
    let kinds: BTreeSet<_> = world.links.values().map(|link| link.link_type).collect();
    assert_eq!(kinds.len(), world.link_types.len());
    let mut nodes = BTreeSet::new();
    issues().for_each(|issue| {
        issue.fields.values().for_each(|value| {
            if let Value::Doc(doc) = value {
                kinds_of(doc, &mut nodes);
            }
        });
        issue.comments.iter().for_each(|comment| kinds_of(&comment.body, &mut nodes));
    });
    for node in [
        "panel",
        "nestedExpand",
        "extension",
        "bodiedExtension",
        "inlineExtension",
        "mediaInline",
        "embedCard",
        "caption",
        "placeholder",
        "table",
        "expand",
        "taskList",
        "decisionList",
        "mediaSingle",
        "mediaGroup",
        "inlineCard",
        "blockCard",
        "status",
        "date",
        "emoji",
        "mention",
        "codeBlock",
        "layoutSection",
        "blockquote",
        "rule",
        "orderedList",
        "bulletList",
        "heading",
        "hardBreak",
    ] {
        assert!(nodes.contains(node), "no text has a {node}");
    }
    assert!(issues().any(|issue| issue.comments.len() > 30));
    let length = |issue: &Issue| match issue.fields.get("description") {
        Some(Value::Doc(doc)) => adf::plain_text(doc).len(),
        _ => 0,
    };
    assert!(issues().map(length).max() > Some(40_000), "no description is too long to read at once");
    assert_eq!(issues().filter(|issue| !issue.old_keys.is_empty()).count(), 2);
    assert!(issues().flat_map(|issue| &issue.comments).any(|comment| comment.visibility.is_some()));
    assert!(
        issues().any(|issue| !issue.worklogs.is_empty())
            && issues().any(|issue| !issue.remote_links.is_empty())
    );
    let mimes: BTreeSet<_> =
        issues().flat_map(|issue| &issue.attachments).map(|file| file.mime.as_str()).collect();
    assert_eq!(mimes.len(), 3);
}

fn kinds_of(node: &Json, kinds: &mut BTreeSet<String>) {
    kinds.extend(node["type"].as_str().map(str::to_owned));
    node["content"].as_array().into_iter().flatten().for_each(|child| kinds_of(child, kinds));
}
