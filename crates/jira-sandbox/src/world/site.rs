//! Contents of every new site: fields, priorities, statuses, types, roles, groups.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value as Json, json};

use super::{
    Category, Clock, Field, FieldKind, Group, Id, IssueType, LinkType, Named, Permission, PermissionHolder,
    Role, Status, World,
};

/// Field id of "Start date".
pub const START_DATE: &str = "customfield_10015";
/// Field id of "Story Points".
pub const STORY_POINTS: &str = "customfield_10016";
/// Field id of "Rank".
pub const RANK: &str = "customfield_10019";
/// Field id of "Sprint".
pub const SPRINT: &str = "customfield_10020";
/// Field id of "Flagged", whose one option is "Impediment".
pub const FLAGGED: &str = "customfield_10021";

impl World {
    /// A site without people and projects, with the statuses To Do, In Progress, In Review, Done (and more), the
    /// issue types Epic, Story, Task, Bug, Subtask (and those of service and business projects), and a custom field
    /// of each common type beside the ones named by constants here.
    #[must_use]
    pub fn site(clock: Clock) -> Self {
        let mut world = Self {
            clock,
            users: BTreeMap::new(),
            groups: ["jira-administrators", "jira-users", "developers", "support"]
                .into_iter()
                .map(group)
                .collect(),
            roles: roles(),
            global_grants: global_grants(),
            fields: system_fields(),
            issue_types: issue_types().map(|t| (t.id, t)).collect(),
            statuses: statuses().map(|s| (s.id, s)).collect(),
            priorities: priorities(),
            resolutions: resolutions(),
            link_types: link_types().map(|l| (l.id, l)).collect(),
            workflows: BTreeMap::new(),
            projects: BTreeMap::new(),
            components: BTreeMap::new(),
            versions: BTreeMap::new(),
            filters: BTreeMap::new(),
            boards: BTreeMap::new(),
            sprints: BTreeMap::new(),
            issues: BTreeMap::new(),
            links: BTreeMap::new(),
            bulk_tasks: BTreeMap::new(),
            keys: HashMap::new(),
            next: HashMap::from([("status", 10010), ("issuetype", 10020), ("linktype", 10010)]),
            changed_issues: BTreeSet::new(),
        };
        custom_fields(&mut world);
        world
    }
}

pub(super) fn group(name: &str) -> Group {
    let number = name.bytes().fold(7_u64, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(b)));
    Group {
        id: format!("{:08x}-5d1c-4b9e-9a61-{number:012x}", number >> 16 & 0xffff_ffff),
        name: name.into(),
        members: BTreeSet::new(),
    }
}

fn roles() -> Vec<Role> {
    let role =
        |id, name: &str, description: &str| Role { id, name: name.into(), description: description.into() };
    vec![
        role(10002, "Administrators", "A project role that represents administrators in a project"),
        role(10003, "Member", "A project role for people who work in a project"),
        role(10004, "Viewer", "A project role for people who read and comment"),
    ]
}

fn global_grants() -> BTreeMap<Permission, Vec<PermissionHolder>> {
    let admins = || PermissionHolder::Group("jira-administrators".into());
    let users = || PermissionHolder::Group("jira-users".into());
    BTreeMap::from([
        (Permission::Administer, vec![admins()]),
        (Permission::BulkChange, vec![admins(), users()]),
        (Permission::CreateSharedObjects, vec![admins(), users()]),
        (Permission::ManageGroupFilterSubscriptions, vec![admins()]),
        (Permission::UserPicker, vec![admins(), users()]),
    ])
}

fn issue_types() -> impl Iterator<Item = IssueType> {
    [
        (10000, "Epic", "A big piece of work that is broken down into stories.", 1, 10307),
        (10001, "Story", "Functionality expressed as a user's goal.", 0, 10315),
        (10002, "Task", "A small, distinct piece of work.", 0, 10318),
        (10003, "Bug", "A problem or an error.", 0, 10303),
        (10004, "Subtask", "A small piece of work that is part of a larger one.", -1, 10316),
        (10005, "Service request", "Something that a customer asks for.", 0, 10313),
        (10006, "Incident", "An outage or a degradation of a service.", 0, 10304),
        (10007, "Change", "A planned change of a service.", 0, 10305),
        (10008, "Problem", "The cause behind incidents.", 0, 10309),
    ]
    .into_iter()
    .map(|(id, name, description, level, avatar)| IssueType {
        id,
        name: name.into(),
        description: description.into(),
        level,
        avatar,
    })
}

fn statuses() -> impl Iterator<Item = Status> {
    use Category::{Done, InProgress, ToDo};
    [
        (10000, "To Do", "", ToDo),
        (3, "In Progress", "Somebody works on it at the moment.", InProgress),
        (10001, "In Review", "Others look at the work.", InProgress),
        (10002, "Done", "", Done),
        (10003, "Blocked", "Waits for something else.", InProgress),
        (10004, "Waiting for support", "The team has to answer.", ToDo),
        (10005, "Waiting for customer", "The customer has to answer.", InProgress),
        (10006, "Escalated", "", InProgress),
        (10007, "Resolved", "", Done),
        (10008, "Closed", "The matter is finished.", Done),
        (10009, "Awaiting approval", "Somebody has to agree.", ToDo),
    ]
    .into_iter()
    .map(|(id, name, description, category)| Status {
        id,
        name: name.into(),
        description: description.into(),
        category,
    })
}

fn named(list: &[(Id, &str, &str)]) -> Vec<Named> {
    list.iter()
        .map(|(id, name, description)| Named {
            id: *id,
            name: (*name).into(),
            description: (*description).into(),
        })
        .collect()
}

fn priorities() -> Vec<Named> {
    named(&[
        (1, "Highest", "This problem will block progress."),
        (2, "High", "Serious problem that could block progress."),
        (3, "Medium", "Has the potential to affect progress."),
        (4, "Low", "Minor problem or easily worked around."),
        (5, "Lowest", "Trivial problem with little or no impact on progress."),
    ])
}

fn resolutions() -> Vec<Named> {
    named(&[
        (10000, "Done", "Work has been completed."),
        (10001, "Won't Do", "This will not be acted on."),
        (10002, "Duplicate", "The problem is a duplicate of another."),
        (10003, "Cannot Reproduce", "All attempts at reproducing it failed."),
    ])
}

fn link_types() -> impl Iterator<Item = LinkType> {
    [
        (10000, "Blocks", "is blocked by", "blocks"),
        (10001, "Cloners", "is cloned by", "clones"),
        (10002, "Duplicate", "is duplicated by", "duplicates"),
        (10003, "Relates", "relates to", "relates to"),
        (10004, "Problem/Incident", "is caused by", "causes"),
    ]
    .into_iter()
    .map(|(id, name, inward, outward)| LinkType {
        id,
        name: name.into(),
        inward: inward.into(),
        outward: outward.into(),
    })
}

/// A system field: id, name, kind, flags, schema type, JQL names.
type Row = (&'static str, &'static str, FieldKind, &'static str, &'static str, &'static [&'static str]);

/// Id, name, kind, flags (o: on screens, n: navigable, s: searchable), schema type (`[x]` for an array), JQL names.
#[rustfmt::skip]
const SYSTEM: &[Row] = &[
    ("statuscategorychangedate", "Status Category Changed", FieldKind::DateTime, "ns", "datetime", &["statusCategoryChangedDate"]),
    ("issuetype", "Issue Type", FieldKind::IssueType, "ons", "issuetype", &["issuetype", "type", "worktype"]),
    ("timespent", "Time Spent", FieldKind::Seconds, "n", "number", &["timespent"]),
    ("project", "Project", FieldKind::Project, "ns", "project", &["project", "spaceJira"]),
    ("fixVersions", "Fix versions", FieldKind::Versions, "ons", "[version]", &["fixVersion"]),
    ("aggregatetimespent", "Σ Time Spent", FieldKind::Special, "n", "number", &[]),
    ("statusCategory", "Status Category", FieldKind::Special, "ns", "statusCategory", &["statusCategory"]),
    ("parent", "Parent", FieldKind::Parent, "ons", "", &["parent"]),
    ("resolution", "Resolution", FieldKind::Resolution, "ons", "resolution", &["resolution"]),
    ("resolutiondate", "Resolved", FieldKind::DateTime, "ns", "datetime", &["resolutiondate", "resolved"]),
    ("workratio", "Work Ratio", FieldKind::Special, "ns", "number", &["workratio"]),
    ("lastViewed", "Last Viewed", FieldKind::Special, "n", "datetime", &["lastViewed"]),
    ("watches", "Watchers", FieldKind::Special, "n", "watches", &["watchers"]),
    ("issuerestriction", "Restrict to", FieldKind::Special, "os", "issuerestriction", &[]),
    ("thumbnail", "Images", FieldKind::Special, "n", "", &[]),
    ("created", "Created", FieldKind::DateTime, "ns", "datetime", &["created", "createdDate"]),
    ("priority", "Priority", FieldKind::Priority, "ons", "priority", &["priority"]),
    ("labels", "Labels", FieldKind::Labels, "ons", "[string]", &["labels"]),
    ("timeestimate", "Remaining Estimate", FieldKind::Seconds, "n", "number", &["remainingEstimate", "timeestimate"]),
    ("aggregatetimeoriginalestimate", "Σ Original Estimate", FieldKind::Special, "n", "number", &[]),
    ("versions", "Affects versions", FieldKind::Versions, "ons", "[version]", &["affectedVersion"]),
    ("issuelinks", "Linked Issues", FieldKind::Special, "ons", "[issuelinks]", &["issueLink", "workItemLink"]),
    ("assignee", "Assignee", FieldKind::User, "ons", "user", &["assignee"]),
    ("updated", "Updated", FieldKind::DateTime, "ns", "datetime", &["updated", "updatedDate"]),
    ("status", "Status", FieldKind::Status, "ns", "status", &["status"]),
    ("components", "Components", FieldKind::Components, "ons", "[component]", &["component"]),
    ("issuekey", "Key", FieldKind::Special, "n", "", &["id", "issue", "issuekey", "key", "workItem", "workItemKey"]),
    ("timeoriginalestimate", "Original estimate", FieldKind::Seconds, "n", "number", &["originalEstimate", "timeoriginalestimate"]),
    ("description", "Description", FieldKind::TextArea, "ons", "string", &["description"]),
    ("timetracking", "Time tracking", FieldKind::Special, "os", "timetracking", &[]),
    ("security", "Security Level", FieldKind::Special, "ons", "securitylevel", &["level"]),
    ("attachment", "Attachment", FieldKind::Special, "os", "[attachment]", &["attachments"]),
    ("aggregatetimeestimate", "Σ Remaining Estimate", FieldKind::Special, "n", "number", &[]),
    ("summary", "Summary", FieldKind::Text, "ons", "string", &["summary"]),
    ("creator", "Creator", FieldKind::User, "ns", "user", &["creator"]),
    ("subtasks", "Sub-tasks", FieldKind::Special, "n", "[issuelinks]", &["subtasks"]),
    ("reporter", "Reporter", FieldKind::User, "ons", "user", &["reporter"]),
    ("aggregateprogress", "Σ Progress", FieldKind::Special, "n", "progress", &[]),
    ("environment", "Environment", FieldKind::TextArea, "ons", "string", &["environment"]),
    ("duedate", "Due date", FieldKind::Date, "ons", "date", &["due", "duedate"]),
    ("progress", "Progress", FieldKind::Special, "n", "progress", &["progress"]),
    ("votes", "Votes", FieldKind::Special, "n", "votes", &["votes"]),
    ("comment", "Comment", FieldKind::Special, "os", "comments-page", &["comment"]),
    ("worklog", "Log Work", FieldKind::Special, "os", "[worklog]", &[]),
];

fn system_fields() -> Vec<Field> {
    SYSTEM
        .iter()
        .map(|&(id, name, kind, flags, schema, clauses)| Field {
            id: id.into(),
            custom: None,
            name: name.into(),
            description: String::new(),
            kind,
            clause_names: clauses.iter().map(|c| (*c).to_owned()).collect(),
            orderable: flags.contains('o'),
            navigable: flags.contains('n'),
            searchable: flags.contains('s'),
            schema: match schema.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
                Some(items) => json!({ "type": "array", "items": items, "system": id }),
                None if schema.is_empty() => Json::Null,
                None => json!({ "type": schema, "system": id }),
            },
            options: Vec::new(),
        })
        .collect()
}

#[rustfmt::skip]
fn custom_fields(world: &mut World) {
    use FieldKind as Kind;
    let fields: [(Id, &str, Kind, &[&str]); 21] = [
        (10015, "Start date", Kind::Date, &[]),
        (10016, "Story Points", Kind::Number, &[]),
        (10019, "Rank", Kind::Rank, &[]),
        (10020, "Sprint", Kind::Sprint, &[]),
        (10021, "Flagged", Kind::Checkboxes, &["Impediment"]),
        (10030, "Root cause", Kind::TextArea, &[]),
        (10031, "Customer", Kind::Text, &[]),
        (10032, "Severity", Kind::Select, &["Critical", "Major", "Minor", "Cosmetic"]),
        (10033, "Platforms", Kind::MultiSelect, &["Web", "iOS", "Android", "API"]),
        (10034, "Area", Kind::Cascade, &["Checkout", "Catalog", "Accounts"]),
        (10035, "QA owner", Kind::User, &[]),
        (10036, "Reviewers", Kind::Users, &[]),
        (10037, "Environments", Kind::Checkboxes, &["Production", "Staging", "Development"]),
        (10038, "Risk", Kind::Radio, &["High", "Medium", "Low"]),
        (10039, "Design link", Kind::Url, &[]),
        (10040, "Go live", Kind::DateTime, &[]),
        (10041, "Affected users", Kind::Number, &[]),
        (10042, "Topics", Kind::Labels, &[]),
        (10043, "Found in", Kind::Version, &[]),
        (10044, "Target versions", Kind::Versions, &[]),
        (10045, "Owning group", Kind::Group, &[]),
    ];
    for (number, name, kind, options) in fields {
        let id = world.put_custom_field(number, name, kind);
        for option in options {
            world.add_option(&id, None, option);
        }
    }
    for (parent, children) in [
        ("Checkout", ["Cart", "Payment", "Shipping"]),
        ("Catalog", ["Search", "Product page", "Import"]),
        ("Accounts", ["Sign-in", "Profile", "Consent"]),
    ] {
        let area = world.field_named("Area").and_then(|f| f.option_named(parent)).map(|o| o.id);
        for child in children {
            world.add_option("customfield_10034", area, child);
        }
    }
}
