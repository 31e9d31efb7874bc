//! A small site: what its tests look for is written beside each issue.

use serde_json::json;

use crate::world::{
    Clock, Id, Permission, ProjectKind, SPRINT, STORY_POINTS, Value, Visibility, Worklog, World, paragraph,
};

pub(super) const ADA: &str = "712020:ada";
pub(super) const BEN: &str = "712020:ben";
/// Sees only `DEMO`.
pub(super) const GUEST: &str = "712020:guest";

fn at(world: &mut World, moment: &str) {
    world.clock = Clock::Fixed(moment.parse().unwrap());
}

fn users(names: &[&str]) -> Value {
    Value::Users(names.iter().map(|name| (*name).to_owned()).collect())
}

fn option(world: &World, field: &str, value: &str) -> Id {
    let all =
        world.field_named(field).unwrap().options.iter().flat_map(|o| std::iter::once(o).chain(&o.children));
    all.clone().find(|o| o.value == value).unwrap().id
}

fn custom(world: &World, name: &str) -> String {
    world.field_named(name).unwrap().id.clone()
}

/// Ada lives in Berlin, Ben in UTC; now is Wednesday 2026-03-11 at 15:20 in Berlin, 14:20 in UTC.
#[expect(clippy::too_many_lines, reason = "a story told from the first day to the last")]
pub(super) fn site() -> World {
    let mut world = World::site(Clock::Fixed("2026-03-02T09:00:00Z".parse().unwrap()));
    let w = &mut world;
    w.add_user(ADA, "Ada Moreau", "ada@example.com");
    w.add_user(BEN, "Ben Ortiz", "ben@example.com");
    w.add_user(GUEST, "Gus Guest", "gus@example.com");
    w.users.get_mut(ADA).unwrap().time_zone = "Europe/Berlin".into();
    w.add_to_group("developers", ADA);
    w.add_to_group("developers", BEN);
    let demo = w.create_project("DEMO", "Demo shop", ProjectKind::Software, ADA);
    let ops = w.create_project("OPS", "Operations", ProjectKind::Service, BEN);
    let browse = w.projects.get_mut(&ops).unwrap().grants.get_mut(&Permission::BrowseProjects).unwrap();
    *browse = vec![crate::world::PermissionHolder::Group("developers".into())];
    let kind = |w: &World, project, name: &str| w.type_named(project, name).unwrap().id;
    let (epic, story, bug, subtask) =
        (kind(w, demo, "Epic"), kind(w, demo, "Story"), kind(w, demo, "Bug"), kind(w, demo, "Subtask"));
    let incident = kind(w, ops, "Incident");
    let board = *w.boards.keys().next().unwrap();
    let (past, present, future) = (
        w.add_sprint(board, "Sprint 1", ""),
        w.add_sprint(board, "Sprint 2", ""),
        w.add_sprint(board, "Sprint 3", ""),
    );
    let old = w.add_version(demo, "1.0");
    let new = w.add_version(demo, "1.1");
    w.versions.get_mut(&old).unwrap().released = true;
    let ops_new = w.add_version(ops, "1.1");
    let web = w.add_component(demo, "Web", "", Some(ADA));
    let api = w.add_component(demo, "API", "", None);
    let text = |words: &str| Value::Text(words.to_owned());

    // DEMO-1: the epic.
    let rework = w.create_issue(ADA, demo, epic, vec![("summary", text("Checkout rework"))]);
    // DEMO-2: a story with nearly everything.
    at(w, "2026-03-03T22:30:00Z");
    let cards = w.create_issue(
        ADA,
        demo,
        story,
        vec![
            ("summary", text("Let people pay by card")),
            ("description", Value::Doc(paragraph("Cards of all brands, saved for later."))),
            ("parent", Value::Parent(rework)),
            ("priority", Value::Priority(2)),
            ("labels", Value::Labels(vec!["Payments".into(), "web".into()])),
            ("components", Value::Components(vec![web, api])),
            ("fixVersions", Value::Versions(vec![new])),
            ("duedate", Value::Date("2026-03-12".parse().unwrap())),
            ("timeoriginalestimate", Value::Seconds(2 * 8 * 3600)),
            (STORY_POINTS, Value::Number(5.0)),
        ],
    );
    // DEMO-3: a bug, done by now.
    at(w, "2026-03-04T08:00:00Z");
    let failure = w.create_issue(
        BEN,
        demo,
        bug,
        vec![
            ("summary", text("Payment fails with an expired card")),
            ("priority", Value::Priority(1)),
            ("labels", Value::Labels(vec!["payments".into()])),
            ("versions", Value::Versions(vec![old])),
            ("fixVersions", Value::Versions(vec![old])),
            ("assignee", Value::User(ADA.into())),
            (STORY_POINTS, Value::Number(1.5)),
        ],
    );
    // DEMO-4: a subtask of the story.
    let form = w.create_issue(
        ADA,
        demo,
        subtask,
        vec![
            ("summary", text("Wire the form")),
            ("parent", Value::Parent(cards)),
            ("priority", Value::Priority(4)),
        ],
    );
    // OPS-1: hidden from the guest.
    let outage = w.create_issue(
        BEN,
        ops,
        incident,
        vec![
            ("summary", text("Card terminal is down")),
            ("environment", Value::Doc(paragraph("Rack 7, third floor"))),
            ("priority", Value::Priority(1)),
            ("fixVersions", Value::Versions(vec![ops_new])),
        ],
    );
    let (severity, area, reviewers) = (custom(w, "Severity"), custom(w, "Area"), custom(w, "Reviewers"));
    let (group, customer, topics) = (custom(w, "Owning group"), custom(w, "Customer"), custom(w, "Topics"));
    let (link, live, url_text) =
        (custom(w, "Design link"), custom(w, "Go live"), "https://example.com/design");
    let major = option(w, "Severity", "Major");
    let (shop, cart) = (option(w, "Area", "Checkout"), option(w, "Area", "Cart"));
    let values = [
        (cards, area.clone(), Some(Value::Cascade(shop, Some(cart)))),
        (cards, reviewers, Some(users(&[ADA, BEN]))),
        (cards, group, Some(Value::Group("developers".into()))),
        (cards, customer, Some(text("Acme Corporation"))),
        (cards, topics, Some(Value::Labels(vec!["Growth".into()]))),
        (cards, link, Some(text(url_text))),
        (cards, live, Some(Value::DateTime("2026-04-01T10:00:00Z".parse().unwrap()))),
        (failure, severity, Some(Value::Option(major))),
        (failure, area, Some(Value::Cascade(shop, None))),
    ];
    for (issue, field, value) in values {
        w.set_field(ADA, issue, &field, value);
    }

    at(w, "2026-03-05T10:00:00Z");
    w.set_field(ADA, cards, "assignee", Some(Value::User(BEN.into())));
    w.transition_to(BEN, cards, "In Progress");
    w.set_field(ADA, failure, SPRINT, Some(Value::Sprints(vec![past])));
    w.sprints.get_mut(&past).unwrap().state = crate::world::SprintState::Closed;
    w.sprints.get_mut(&present).unwrap().state = crate::world::SprintState::Active;
    w.move_to_sprint(ADA, present, &[cards]);
    w.move_to_sprint(ADA, future, &[form]);
    at(w, "2026-03-06T10:00:00Z");
    w.transition_to(ADA, failure, "In Progress");
    w.transition_to(BEN, failure, "Done");
    w.set_field(BEN, cards, "priority", Some(Value::Priority(3)));
    at(w, "2026-03-10T23:30:00Z");
    w.set_field(ADA, cards, "assignee", Some(Value::User(ADA.into())));
    w.link(ADA, 10000, failure, cards);
    w.add_comment(BEN, cards, paragraph("The bank wants a signature"), None);
    w.add_comment(
        ADA,
        failure,
        paragraph("Internal: refund the customer"),
        Some(Visibility::Group("developers".into())),
    );
    w.add_attachment(BEN, failure, "log.txt", "text/plain", b"boom".to_vec());
    let now = w.clock.now();
    w.touch(cards, |issue| {
        issue.worklogs.push(Worklog {
            id: 1,
            author: BEN.into(),
            editor: BEN.into(),
            comment: Some(paragraph("Read the standard")),
            started: "2026-03-09T23:30:00Z".parse().unwrap(),
            seconds: 8 * 3600,
            created: now,
            updated: now,
            visibility: None,
        });
        issue.watchers.insert(BEN.into());
        issue.voters.insert(BEN.into());
    });
    w.add_filter("Ada's open work", ADA, "assignee = currentUser() AND resolution = Unresolved ORDER BY key");
    w.add_filter("Loop", ADA, "filter = Loop");
    at(w, "2026-03-11T14:20:30Z");
    w.touch(outage, |issue| drop(issue.properties.insert("sync".into(), json!({ "id": 4 }))));
    world
}
