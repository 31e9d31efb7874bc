//! The three projects of the seeded site: who works in them, how work flows, and what they are made of.

use jiff::{ToSpan, civil::Date};

use super::people::account;
use crate::world::{
    Actor, BoardKind, Category, Id, Permission, PermissionHolder, ProjectKind, RANK, SPRINT, ScreenField,
    World,
};

const ADMINISTRATORS: Id = 10002;
const MEMBER: Id = 10003;
const VIEWER: Id = 10004;

/// Makes the projects as they stood before the first issue.
pub(super) fn set_up(world: &mut World, today: Date) {
    world.add_custom_field("Squad", crate::world::FieldKind::Text);
    world.add_custom_field("Release note", crate::world::FieldKind::Text);
    demo(world, today);
    ops(world);
    biz(world, today);
    read_only_viewers(world);
}

/// The software project of a team that builds a web shop.
fn demo(world: &mut World, today: Date) {
    let demo = world.create_project("DEMO", "Demo Shop", ProjectKind::Software, account("lars"));
    describe(world, demo, "The web shop: storefront, cart, checkout and what stands behind them.");
    keep_off_screens(world, demo, &["Customer", "Go live", "Owning group"]);
    let statuses = ["To Do", "In Progress", "In Review", "Blocked", "Done"];
    let flow = world.add_workflow("Delivery", &statuses);
    world.add_transition(flow, "Start work", &["To Do"], "In Progress");
    world.add_transition(flow, "Ask for review", &["In Progress"], "In Review");
    world.add_transition(flow, "Request changes", &["In Review"], "In Progress");
    let release_note = field_id(world, "Release note");
    world.add_transition(flow, "Finish", &["In Review"], "Done").screen =
        vec![ScreenField::required("resolution"), ScreenField::optional(&release_note)];
    world.add_transition(flow, "Block", &["To Do", "In Progress", "In Review"], "Blocked");
    world.add_transition(flow, "Unblock", &["Blocked"], "In Progress");
    world.add_transition(flow, "Stop work", &["In Progress"], "To Do");
    world.add_transition(flow, "Reopen", &["Done"], "To Do");
    world.add_transition(flow, "Close without work", &[], "Done").condition =
        Some(Permission::AdministerProjects);
    world.use_workflow(demo, flow);
    if let Some(project) = world.projects.get_mut(&demo) {
        let business = Actor::User(account("omar").into());
        project.actors.entry(MEMBER).or_default().push(business);
    }
    for (name, about, lead) in [
        ("Cart", "Basket, vouchers, mini cart", "mei"),
        ("Payment", "Providers, 3-D Secure, refunds", "tomas"),
        ("Catalog", "Search, product pages, import", "christina"),
        ("Accounts", "Sign-in, profile, consent", "mei"),
        ("Platform", "Build, deploy, observability", "lars"),
    ] {
        world.add_component(demo, name, about, Some(account(lead)));
    }
    for (name, owner, jql) in [
        ("My open work", "ana", "assignee = currentUser() AND statusCategory != Done ORDER BY priority DESC"),
        (
            "Bugs before 2.5",
            "priya",
            "project = DEMO AND type = Bug AND statusCategory != Done AND fixVersion = 2.5",
        ),
    ] {
        world.add_filter(name, account(owner), jql);
    }
    for (name, about, days, state) in [
        ("1.0", "First public shop", -210, "archived"),
        ("2.3", "Vouchers and gift cards", -52, "released"),
        ("2.4", "Express checkout", -9, "released"),
        ("2.5", "Guest checkout", 18, ""),
        ("3.0", "Marketplace", 120, ""),
    ] {
        let id = world.add_version(demo, name);
        if let Some(version) = world.versions.get_mut(&id) {
            version.description = about.into();
            version.start = Some(today.saturating_add((days - 40).days()));
            version.release = Some(today.saturating_add(days.days()));
            version.released = !state.is_empty();
            version.archived = state == "archived";
        }
    }
}

/// The service desk and the incidents of the team that runs the shop.
fn ops(world: &mut World) {
    for (name, category) in [
        ("Investigating", Category::ToDo),
        ("Identified", Category::InProgress),
        ("Monitoring", Category::InProgress),
        ("Scheduled", Category::InProgress),
    ] {
        world.add_status(name, category);
    }
    let ops = world.create_project("OPS", "Shop Operations", ProjectKind::Service, account("chris"));
    describe(world, ops, "Incidents, changes and requests around the running shop.");
    keep_off_screens(
        world,
        ops,
        &["Story Points", "Design link", "QA owner", "Release note", "Platforms", "Target versions"],
    );

    let support =
        ["Waiting for support", "In Progress", "Waiting for customer", "Escalated", "Resolved", "Closed"];
    let request = world.add_workflow("Support", &support);
    let open = &support[..4];
    world.add_transition(request, "Pick up", &["Waiting for support", "Escalated"], "In Progress");
    world.add_transition(request, "Ask customer", &["In Progress"], "Waiting for customer");
    world.add_transition(request, "Respond to support", &["Waiting for customer"], "In Progress");
    world.add_transition(request, "Escalate", &open[..2], "Escalated");
    world.add_transition(request, "Resolve this issue", open, "Resolved").screen =
        vec![ScreenField::required("resolution")];
    world.add_transition(request, "Back to support", &["Resolved"], "Waiting for support");
    world.add_transition(request, "Close", &["Resolved"], "Closed").condition = Some(Permission::CloseIssues);
    world.use_workflow(ops, request);

    let incident =
        world.add_workflow("Incident", &["Investigating", "Identified", "Monitoring", "Resolved", "Closed"]);
    let root_cause = field_id(world, "Root cause");
    world.add_transition(incident, "Cause found", &["Investigating", "Monitoring"], "Identified");
    world.add_transition(incident, "Fix is out", &["Investigating", "Identified"], "Monitoring");
    world.add_transition(incident, "Resolve", &["Identified", "Monitoring"], "Resolved").screen =
        vec![ScreenField::required("resolution"), ScreenField::required(&root_cause)];
    world.add_transition(incident, "It is back", &["Monitoring", "Resolved"], "Investigating");
    world.add_transition(incident, "Close after review", &["Resolved"], "Closed").condition =
        Some(Permission::AdministerProjects);

    let change =
        world.add_workflow("Change", &["Awaiting approval", "Scheduled", "In Progress", "Done", "Closed"]);
    world.add_transition(change, "Approve", &["Awaiting approval"], "Scheduled").condition =
        Some(Permission::AdministerProjects);
    world.add_transition(change, "Decline", &["Awaiting approval"], "Closed").screen =
        vec![ScreenField::required("resolution")];
    world.add_transition(change, "Begin", &["Scheduled"], "In Progress");
    world.add_transition(change, "Complete", &["In Progress"], "Done");
    world.add_transition(change, "Roll back", &["In Progress", "Done"], "Scheduled");

    for (issue_type, workflow) in [("Incident", incident), ("Change", change)] {
        let id = world.type_named(ops, issue_type).map(|t| t.id);
        let types = world.projects.get_mut(&ops).into_iter().flat_map(|project| &mut project.types);
        types.filter(|used| Some(used.id) == id).for_each(|used| used.workflow = workflow);
    }
    for (name, about) in [
        ("Checkout API", "Cart, orders, payment"),
        ("Search cluster", "Product search"),
        ("Content delivery", "Images and static files"),
        ("Warehouse link", "Stock and parcels"),
    ] {
        world.add_component(ops, name, about, Some(account("chris")));
    }
    let incidents = "project = OPS AND type = Incident ORDER BY priority DESC, created DESC";
    let board = world.add_board(ops, "Incidents", BoardKind::Kanban, account("chris"), incidents);
    let columns = world.columns_of(incident);
    world.boards.entry(board).and_modify(|board| board.columns = columns);
    if let Some(project) = world.projects.get_mut(&ops) {
        project.actors.insert(MEMBER, vec![Actor::Group("support".into())]);
        project.actors.insert(VIEWER, vec![Actor::Group("auditors".into())]);
        let customer = PermissionHolder::User(account("wanjiru").into());
        project.grants.entry(Permission::CreateIssues).or_default().push(customer);
        for permission in [Permission::BrowseProjects, Permission::AddComments] {
            project.grants.entry(permission).or_default().push(PermissionHolder::Reporter);
        }
    }
}

/// The business project: campaigns, contracts, new colleagues.
fn biz(world: &mut World, today: Date) {
    let biz = world.create_project("BIZ", "Business", ProjectKind::Business, account("omar"));
    describe(world, biz, "Campaigns, contracts and onboarding.");
    keep_off_screens(
        world,
        biz,
        &[
            "Story Points",
            "Severity",
            "Platforms",
            "Area",
            "QA owner",
            "Environments",
            "Risk",
            "Found in",
            "Root cause",
            "Target versions",
            "Affected users",
            "Release note",
            "environment",
            "versions",
        ],
    );
    let flow = world.add_workflow("Business", &["To Do", "In Progress", "Awaiting approval", "Done"]);
    for (name, to) in [
        ("Begin", "In Progress"),
        ("Submit", "Awaiting approval"),
        ("Back to do", "To Do"),
        ("Complete", "Done"),
    ] {
        world.add_transition(flow, name, &[], to);
    }
    world.use_workflow(biz, flow);
    for (name, about) in [
        ("Marketing", "Campaigns and press"),
        ("Legal", "Contracts and privacy"),
        ("People", "Hiring and onboarding"),
    ] {
        world.add_component(biz, name, about, None);
    }
    let season = world.add_version(biz, "Spring season");
    if let Some(version) = world.versions.get_mut(&season) {
        version.release = Some(today.saturating_add(45.days()));
    }
    world.add_filter(
        "Waits for approval",
        account("omar"),
        "project = BIZ AND status = \"Awaiting approval\"",
    );
    if let Some(project) = world.projects.get_mut(&biz) {
        project.assign_to_lead = true;
        let members = ["omar", "ana", "lars", "christina"].map(|nick| Actor::User(account(nick).into()));
        project.actors.insert(MEMBER, members.into());
    }
}

/// Lets people who have only the role Viewer read, and comment nowhere.
fn read_only_viewers(world: &mut World) {
    for project in world.projects.values_mut() {
        for permission in
            [Permission::AddComments, Permission::EditOwnComments, Permission::DeleteOwnComments]
        {
            let holders = project.grants.entry(permission).or_default();
            holders.retain(|holder| *holder != PermissionHolder::Role(VIEWER));
        }
        project.actors.entry(ADMINISTRATORS).or_default().dedup();
    }
}

fn describe(world: &mut World, project: Id, text: &str) {
    if let Some(project) = world.projects.get_mut(&project) {
        project.description = text.into();
    }
}

/// Takes fields, by name or system id, off a project's screens; sprints too, where nobody plans them.
fn keep_off_screens(world: &mut World, project: Id, names: &[&str]) {
    let off: Vec<String> = names
        .iter()
        .map(|name| world.field_named(name).map_or_else(|| (*name).to_owned(), |field| field.id.clone()))
        .collect();
    let Some(project) = world.projects.get_mut(&project) else { return };
    let plans = project.kind == ProjectKind::Software;
    for used in &mut project.types {
        used.screen
            .retain(|f| !off.contains(&f.field) && (plans || ![SPRINT, RANK].contains(&f.field.as_str())));
    }
}

fn field_id(world: &World, name: &str) -> String {
    world.field_named(name).unwrap_or_else(|| panic!("there is no field {name:?}")).id.clone()
}
