//! The fields that JQL knows: names, and what can be asked of each.

use super::syntax::{FieldRef, Operator};
use crate::world::{Field, FieldKind, RANK, SPRINT, World};

/// The field that a condition or an order is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject<'w> {
    /// A field that holds one value: its id, and what it holds.
    Stored(&'w str, FieldKind),
    Key,
    ProjectType,
    Category,
    Hierarchy,
    StatusCategory,
    Level,
    EpicLink,
    LinkType,
    LinkedIssue,
    Filter,
    Voter,
    Watcher,
    Votes,
    Watchers,
    Attachments,
    Comment,
    AllText,
    WorkRatio,
    LastViewed,
    WorklogAuthor,
    WorklogDate,
    WorklogComment,
}

/// The way in which values of a subject are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Members of a set: people, options, labels.
    Members,
    /// Members that also have an order: priorities, versions, keys.
    Ranked,
    Number,
    /// Working time.
    Duration,
    Moment,
    Day,
    /// Searched by words.
    Text,
    /// There or not there.
    Presence,
    /// Nothing can be asked; good for an order.
    OrderOnly,
}

/// The kind of thing that the members of a subject are; functions yield one kind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Domain {
    User,
    Issue,
    Version,
    Sprint,
    Type,
    Project,
    Component,
    Option,
    Date,
    Other,
}

/// Name shown in lists, other names, subject. The first is the one that Jira's reference data gives.
pub(super) const SYSTEM: &[(&[&str], Subject<'static>)] = &[
    (&["affectedVersion"], Subject::Stored("versions", FieldKind::Versions)),
    (&["assignee"], Subject::Stored("assignee", FieldKind::User)),
    (&["attachments"], Subject::Attachments),
    (&["category"], Subject::Category),
    (&["comment"], Subject::Comment),
    (&["component"], Subject::Stored("components", FieldKind::Components)),
    (&["created", "createdDate"], Subject::Stored("created", FieldKind::DateTime)),
    (&["creator"], Subject::Stored("creator", FieldKind::User)),
    (&["description"], Subject::Stored("description", FieldKind::TextArea)),
    (&["due", "duedate"], Subject::Stored("duedate", FieldKind::Date)),
    (&["environment"], Subject::Stored("environment", FieldKind::TextArea)),
    (&["Epic Link"], Subject::EpicLink),
    (&["filter", "request", "savedFilter", "searchRequest"], Subject::Filter),
    (&["fixVersion"], Subject::Stored("fixVersions", FieldKind::Versions)),
    (&["hierarchyLevel"], Subject::Hierarchy),
    (&["issueLinkType", "workItemLinkType"], Subject::LinkType),
    (&["issuekey", "id", "issue", "key", "workItem", "workItemKey"], Subject::Key),
    (&["issuetype", "type", "workType"], Subject::Stored("issuetype", FieldKind::IssueType)),
    (&["labels"], Subject::Stored("labels", FieldKind::Labels)),
    (&["lastViewed"], Subject::LastViewed),
    (&["level"], Subject::Level),
    (&["linkedIssue", "issueLink", "linkedWorkItem", "workItemLink"], Subject::LinkedIssue),
    (
        &["originalEstimate", "timeoriginalestimate"],
        Subject::Stored("timeoriginalestimate", FieldKind::Seconds),
    ),
    (&["parent"], Subject::Stored("parent", FieldKind::Parent)),
    (&["priority"], Subject::Stored("priority", FieldKind::Priority)),
    (&["project", "space"], Subject::Stored("project", FieldKind::Project)),
    (&["projectType", "spaceType"], Subject::ProjectType),
    (&["Rank"], Subject::Stored(RANK, FieldKind::Rank)),
    (&["remainingEstimate", "timeestimate"], Subject::Stored("timeestimate", FieldKind::Seconds)),
    (&["reporter"], Subject::Stored("reporter", FieldKind::User)),
    (&["resolution"], Subject::Stored("resolution", FieldKind::Resolution)),
    (&["resolved", "resolutiondate"], Subject::Stored("resolutiondate", FieldKind::DateTime)),
    (&["Sprint"], Subject::Stored(SPRINT, FieldKind::Sprint)),
    (&["status"], Subject::Stored("status", FieldKind::Status)),
    (&["statusCategory"], Subject::StatusCategory),
    (&["statusCategoryChangedDate"], Subject::Stored("statuscategorychangedate", FieldKind::DateTime)),
    (&["summary"], Subject::Stored("summary", FieldKind::Text)),
    (&["text", "textfields"], Subject::AllText),
    (&["timespent"], Subject::Stored("timespent", FieldKind::Seconds)),
    (&["updated", "updatedDate"], Subject::Stored("updated", FieldKind::DateTime)),
    (&["voter"], Subject::Voter),
    (&["votes"], Subject::Votes),
    (&["watcher"], Subject::Watcher),
    (&["watchers"], Subject::Watchers),
    (&["worklogAuthor"], Subject::WorklogAuthor),
    (&["worklogComment"], Subject::WorklogComment),
    (&["worklogDate"], Subject::WorklogDate),
    (&["workratio"], Subject::WorkRatio),
];

/// The subject of a name: a system field, `cf[10016]`, a custom field by its name or as `Story Points[Number]`.
pub(super) fn find<'w>(world: &'w World, field: &FieldRef) -> Option<Subject<'w>> {
    if field.property.is_some() {
        return None;
    }
    let name = field.name.as_str();
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    if let Some((_, subject)) = SYSTEM.iter().find(|(names, _)| names.iter().any(|n| is(n))) {
        return Some(*subject);
    }
    let custom = |field: &&Field| field.custom.is_some() && field.clause_names.iter().any(|n| is(n));
    world.fields.iter().find(custom).map(|field| Subject::Stored(&field.id, field.kind))
}

impl Subject<'_> {
    /// The way in which its values are compared.
    pub(super) fn class(self) -> Class {
        use FieldKind as Kind;
        match self {
            Self::Stored(_, kind) => match kind {
                Kind::Text | Kind::TextArea => Class::Text,
                Kind::Number => Class::Number,
                Kind::Seconds => Class::Duration,
                Kind::Date => Class::Day,
                Kind::DateTime => Class::Moment,
                Kind::Priority | Kind::Resolution | Kind::Version | Kind::Versions => Class::Ranked,
                Kind::Rank | Kind::Special => Class::OrderOnly,
                _ => Class::Members,
            },
            Self::Key => Class::Ranked,
            Self::Hierarchy | Self::Votes | Self::Watchers | Self::WorkRatio => Class::Number,
            Self::Attachments => Class::Presence,
            Self::Comment | Self::AllText | Self::WorklogComment => Class::Text,
            Self::LastViewed => Class::Moment,
            Self::WorklogDate => Class::Day,
            _ => Class::Members,
        }
    }

    /// The kind of its members.
    pub(super) fn domain(self) -> Domain {
        use FieldKind as Kind;
        match (self, self.class()) {
            (_, Class::Moment | Class::Day) => Domain::Date,
            (Self::Key | Self::EpicLink | Self::LinkedIssue, _) => Domain::Issue,
            (Self::Voter | Self::Watcher | Self::WorklogAuthor, _) => Domain::User,
            (Self::Stored(_, kind), _) => match kind {
                Kind::User | Kind::Users => Domain::User,
                Kind::Parent => Domain::Issue,
                Kind::Version | Kind::Versions => Domain::Version,
                Kind::Sprint => Domain::Sprint,
                Kind::IssueType => Domain::Type,
                Kind::Project => Domain::Project,
                Kind::Components => Domain::Component,
                Kind::Cascade => Domain::Option,
                _ => Domain::Other,
            },
            _ => Domain::Other,
        }
    }

    /// True where an operator can be asked of the field.
    pub(super) fn supports(self, operator: Operator) -> bool {
        self.operators().contains(&operator)
    }

    /// The operators that can be asked of it, in the order of Jira's reference data.
    pub(super) fn operators(self) -> &'static [Operator] {
        use Operator::{
            Equal, Greater, GreaterEqual, In, Is, IsNot, Less, LessEqual, Like, NotEqual, NotIn, NotLike,
        };
        const MEMBERS: &[Operator] = &[Equal, NotEqual, In, NotIn, Is, IsNot];
        const ALWAYS_THERE: &[Operator] = &[Equal, NotEqual, In, NotIn];
        const ORDERED: &[Operator] =
            &[Equal, NotEqual, In, NotIn, Is, IsNot, Less, LessEqual, Greater, GreaterEqual];
        const COUNTED: &[Operator] = &[Equal, NotEqual, In, NotIn, Less, LessEqual, Greater, GreaterEqual];
        match (self, self.class()) {
            (Self::AllText, _) => &[Like],
            (Self::Comment | Self::WorklogComment, _) => &[Like, NotLike],
            (Self::StatusCategory | Self::LinkType | Self::Filter | Self::ProjectType, _) => ALWAYS_THERE,
            (Self::Votes | Self::Watchers | Self::Hierarchy | Self::WorklogDate, _) => COUNTED,
            (_, Class::Members) => MEMBERS,
            (_, Class::Ranked | Class::Number | Class::Duration | Class::Moment | Class::Day) => ORDERED,
            (_, Class::Text) => &[Like, NotLike, Is, IsNot],
            (_, Class::Presence) => &[Is, IsNot],
            (_, Class::OrderOnly) => &[],
        }
    }

    /// True where the field's past can be asked for with `WAS` and `CHANGED`; `creator` never changes.
    pub(super) fn has_history(self) -> bool {
        matches!(
            self,
            Self::Stored("assignee" | "fixVersions" | "priority" | "reporter" | "resolution" | "status", _)
        )
    }

    /// True where issues can be ordered by the field.
    pub(super) fn orders(self) -> bool {
        !matches!(
            self,
            Self::AllText
                | Self::Attachments
                | Self::Category
                | Self::Comment
                | Self::Filter
                | Self::LinkType
                | Self::LinkedIssue
                | Self::Voter
                | Self::Watcher
                | Self::WorklogAuthor
                | Self::WorklogComment
                | Self::WorklogDate
        )
    }
}
