//! Results of queries, and errors of those that find nothing.

use super::{
    super::Query,
    site::{ADA, BEN, GUEST, site},
};
use crate::world::World;

fn keys(world: &World, who: Option<&str>, source: &str) -> Result<String, String> {
    let found = Query::parse(source).and_then(|query| query.run(world, who));
    let key = |id| world.issues[&id].key.clone();
    found
        .map(|ids| ids.into_iter().map(key).collect::<Vec<_>>().join(" "))
        .map_err(|errors| errors.join(" | "))
}

/// Checks a table of queries that Ada asks, each with the keys that it finds in order.
fn finds(cases: &[(&str, &str)]) {
    let world = site();
    for (source, expected) in cases {
        assert_eq!(keys(&world, Some(ADA), source).as_deref(), Ok(*expected), "{source}");
    }
}

#[test]
fn everything_backwards_by_key() {
    finds(&[
        ("", "OPS-1 DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("project is not empty", "OPS-1 DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
    ]);
}

#[test]
fn values_by_name_key_and_id() {
    finds(&[
        ("project = demo", "DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("project = \"Demo shop\" and type = bug", "DEMO-3"),
        ("project in (OPS, 10000) and issuetype in (Incident, Epic)", "OPS-1 DEMO-1"),
        ("key = demo-2", "DEMO-2"),
        ("key in (DEMO-1, DEMO-3) order by key asc", "DEMO-1 DEMO-3"),
        ("key > DEMO-2", "DEMO-4 DEMO-3"),
        ("key <= DEMO-2", "DEMO-2 DEMO-1"),
        ("id = 10001", "DEMO-2"),
        ("status = \"in progress\"", "DEMO-2"),
        ("status = 3", "DEMO-2"),
        ("statusCategory = Done", "DEMO-3"),
        ("statusCategory in (\"To Do\", indeterminate) and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
        ("statusCategory != 3 and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
        ("priority = Highest", "OPS-1 DEMO-3"),
        ("priority > Medium", "OPS-1 DEMO-3"),
        ("priority <= Medium and priority is not empty", "DEMO-4 DEMO-2 DEMO-1"),
        ("resolution = Unresolved and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
        ("resolution = Done", "DEMO-3"),
        ("hierarchyLevel = 1", "DEMO-1"),
        ("hierarchyLevel < 0", "DEMO-4"),
        ("projectType = service_desk", "OPS-1"),
        ("category is empty and key = DEMO-1", "DEMO-1"),
    ]);
}

#[test]
fn people() {
    finds(&[
        ("assignee = currentUser()", "DEMO-3 DEMO-2"),
        ("assignee = \"Ada Moreau\"", "DEMO-3 DEMO-2"),
        ("assignee = \"ada@example.com\"", "DEMO-3 DEMO-2"),
        ("assignee = \"712020:ada\"", "DEMO-3 DEMO-2"),
        ("assignee is EMPTY", "OPS-1 DEMO-4 DEMO-1"),
        ("assignee in (EMPTY, currentUser()) and project = DEMO", "DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("assignee = nobody", ""),
        ("reporter in membersOf(developers) and project = OPS", "OPS-1"),
        ("creator = \"Ben Ortiz\"", "OPS-1 DEMO-3"),
        ("voter = \"Ben Ortiz\"", "DEMO-2"),
        ("issue in watchedIssues() and type = Story", "DEMO-2"),
        ("votes >= 1", "DEMO-2"),
        ("watchers > 1", "DEMO-2"),
        ("worklogAuthor = \"Ben Ortiz\"", "DEMO-2"),
        ("Reviewers = currentUser()", "DEMO-2"),
        ("\"Owning group\" = developers", "DEMO-2"),
    ]);
}

/// The opposite of a missing value is not true either.
#[test]
fn negation_leaves_out_what_has_no_value() {
    finds(&[
        ("assignee != currentUser()", ""),
        ("not assignee = currentUser()", ""),
        ("not (assignee = currentUser() or priority = Low)", ""),
        ("not (type = Bug and priority = Highest) and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
        ("labels != payments", ""),
        ("labels not in (web, nothing)", "DEMO-3"),
        ("labels not in (web) or labels is empty", "OPS-1 DEMO-4 DEMO-3 DEMO-1"),
        ("description !~ brands", ""),
        ("! description ~ nothing", "DEMO-2"),
        ("\"Story Points\" != 5", "DEMO-3"),
        ("not not type = Bug", "DEMO-3"),
        ("issueLinkType != blocks and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
    ]);
}

#[test]
fn parts_of_projects() {
    finds(&[
        ("labels = PAYMENTS", "DEMO-3 DEMO-2"),
        ("labels = payments and labels = web", "DEMO-2"),
        ("component = Web", "DEMO-2"),
        ("component in componentsLeadByUser()", "DEMO-2"),
        ("fixVersion = \"1.1\"", "OPS-1 DEMO-2"),
        ("fixVersion = \"1.1\" and project = DEMO", "DEMO-2"),
        ("fixVersion > \"1.0\"", "DEMO-2"),
        ("affectedVersion in releasedVersions()", "DEMO-3"),
        ("fixVersion in unreleasedVersions(DEMO)", "DEMO-2"),
        ("fixVersion = latestReleasedVersion(DEMO)", "DEMO-3"),
        ("fixVersion = earliestUnreleasedVersion(OPS)", "OPS-1"),
        ("sprint in openSprints()", "DEMO-2"),
        ("sprint in closedSprints()", "DEMO-3"),
        ("sprint in futureSprints()", "DEMO-4"),
        ("sprint = \"Sprint 2\"", "DEMO-2"),
        ("sprint is EMPTY and project = DEMO", "DEMO-1"),
        ("project in projectsLeadByUser()", "DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("project in projectsWhereUserHasPermission(\"Edit Issues\") and type = Incident", "OPS-1"),
        ("type in standardIssueTypes() and project = DEMO", "DEMO-3 DEMO-2 DEMO-1"),
        ("type in subtaskIssueTypes()", "DEMO-4"),
    ]);
}

#[test]
fn hierarchy_and_links() {
    finds(&[
        ("parent = DEMO-1", "DEMO-2"),
        ("parent in (DEMO-1, DEMO-2)", "DEMO-4 DEMO-2"),
        ("parent is empty and project = DEMO", "DEMO-3 DEMO-1"),
        ("\"Epic Link\" = DEMO-1", "DEMO-2"),
        ("\"epic link\" = \"Checkout rework\"", "DEMO-2"),
        ("issue in linkedIssues(DEMO-2)", "DEMO-3"),
        ("issue in linkedIssues(DEMO-2, \"is blocked by\")", "DEMO-3"),
        ("issue in linkedIssues(DEMO-2, blocks)", ""),
        ("issueLinkType = \"is blocked by\"", "DEMO-2"),
        ("issueLinkType = blocks", "DEMO-3"),
        ("issueLinkType in (Blocks, Relates, \"is blocked by\")", "DEMO-3 DEMO-2"),
        ("linkedIssue = DEMO-3", "DEMO-2"),
        ("attachments is not empty", "DEMO-3"),
    ]);
}

#[test]
fn text() {
    finds(&[
        ("summary ~ card", "OPS-1 DEMO-3 DEMO-2"),
        ("summary ~ \"expired payments\"", "DEMO-3"),
        ("summary ~ \"\\\"pay by card\\\"\"", "DEMO-2"),
        ("summary ~ 'expir*'", "DEMO-3"),
        ("text ~ signature", "DEMO-2"),
        ("text ~ acme", "DEMO-2"),
        ("text ~ \"third floor\"", "OPS-1"),
        ("comment ~ refund", "DEMO-3"),
        ("description ~ 'saving brand'", "DEMO-2"),
        ("environment is not empty", "OPS-1"),
        ("worklogComment ~ standard", "DEMO-2"),
        ("Customer ~ corporation", "DEMO-2"),
        ("not text ~ card", "DEMO-4 DEMO-1"),
    ]);
}

/// Ada's day began at 23:00 UTC.
#[test]
fn dates_in_the_callers_time_zone() {
    finds(&[
        ("created >= \"2026-03-04\"", "OPS-1 DEMO-4 DEMO-3"),
        ("created < \"2026/03/03 23:31\" and created >= \"2026/03/03 23:30\"", "DEMO-2"),
        ("created = \"2026-03-02\"", "DEMO-1"),
        ("created = \"2026-03-03 23:30\"", "DEMO-2"),
        ("updated >= startOfDay() and project = DEMO", "DEMO-3 DEMO-2"),
        ("updated >= -15h and project = DEMO", "DEMO-3 DEMO-2"),
        ("updated >= -14h and project = DEMO", ""),
        ("created >= startOfWeek(-1w) and created < startOfWeek()", "OPS-1 DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("due = 1d", "DEMO-2"),
        ("due <= endOfWeek() and due > now()", "DEMO-2"),
        ("due = \"2026-03-12\"", "DEMO-2"),
        ("due is empty and type = Epic", "DEMO-1"),
        ("due in (\"2026-03-12\", \"2026-03-13\")", "DEMO-2"),
        ("resolved >= \"2026-03-06\"", "DEMO-3"),
        ("worklogDate = \"2026-03-10\"", "DEMO-2"),
        ("\"Go live\" > startOfYear()", "DEMO-2"),
        ("created > 1772582400000 and type = Story", ""),
    ]);
    let world = site();
    assert_eq!(keys(&world, Some(BEN), "updated >= startOfDay() and project = DEMO").as_deref(), Ok(""));
    assert_eq!(keys(&world, Some(BEN), "worklogDate = \"2026-03-09\"").as_deref(), Ok("DEMO-2"));
}

#[test]
fn numbers_and_durations() {
    finds(&[
        ("\"Story Points\" = 5", "DEMO-2"),
        ("\"Story Points[Number]\" > 1 order by \"Story Points\" asc", "DEMO-3 DEMO-2"),
        ("cf[10016] in (1.5, 8)", "DEMO-3"),
        ("cf[10016] is empty and project = DEMO", "DEMO-4 DEMO-1"),
        ("originalEstimate = 2d", "DEMO-2"),
        ("timespent >= 8h", "DEMO-2"),
        ("workratio = 50", "DEMO-2"),
    ]);
}

#[test]
fn options() {
    finds(&[
        ("Severity = major", "DEMO-3"),
        ("Area = Checkout", "DEMO-3 DEMO-2"),
        ("Area = Cart", "DEMO-2"),
        ("Area in cascadeOption(Checkout, Cart)", "DEMO-2"),
        ("Area in cascadeOption(Checkout, none)", "DEMO-3"),
        ("Topics = growth", "DEMO-2"),
        ("\"Design link\" = \"https://example.com/design\"", "DEMO-2"),
        ("\"Design link\" is empty and type = Bug", "DEMO-3"),
    ]);
}

#[test]
fn history() {
    finds(&[
        ("status was \"In Progress\"", "DEMO-3 DEMO-2"),
        ("status was \"To Do\" and status was not \"In Progress\" and project = DEMO", "DEMO-4 DEMO-1"),
        ("status was in (Done, \"In Review\")", "DEMO-3"),
        ("status was not in (\"In Progress\") and project = DEMO", "DEMO-4 DEMO-1"),
        ("not status was \"In Progress\" and project = DEMO", "DEMO-4 DEMO-1"),
        ("status was \"In Progress\" by currentUser()", "DEMO-3"),
        ("status was \"In Progress\" before \"2026-03-06\"", "DEMO-2"),
        ("status was \"In Progress\" on \"2026-03-05\"", "DEMO-2"),
        ("status was \"To Do\" during (\"2026-03-06\", \"2026-03-07\") and type = Bug", "DEMO-3"),
        ("assignee was \"Ben Ortiz\"", "DEMO-2"),
        ("assignee was EMPTY and project = DEMO", "DEMO-4 DEMO-2 DEMO-1"),
        ("status changed", "DEMO-3 DEMO-2"),
        ("status changed to Done by \"712020:ben\" after -7d", "DEMO-3"),
        ("status changed from \"To Do\" to \"In Progress\" before \"2026-03-06\"", "DEMO-2"),
        ("status changed on \"2026-03-06\"", "DEMO-3"),
        ("status changed during (startOfMonth(), now())", "DEMO-3 DEMO-2"),
        ("priority changed from High", "DEMO-2"),
        ("assignee changed from EMPTY", "DEMO-2"),
        ("not status changed and project = DEMO", "DEMO-4 DEMO-1"),
        ("key in updatedBy(\"Ben Ortiz\", \"2026-03-06\", \"2026-03-06\")", "DEMO-3 DEMO-2"),
    ]);
}

#[test]
fn order() {
    finds(&[
        ("project = DEMO order by priority desc", "DEMO-3 DEMO-2 DEMO-1 DEMO-4"),
        ("project = DEMO order by priority", "DEMO-3 DEMO-2 DEMO-1 DEMO-4"),
        ("project = DEMO order by priority asc, key asc", "DEMO-4 DEMO-1 DEMO-2 DEMO-3"),
        ("project = DEMO order by created", "DEMO-4 DEMO-3 DEMO-2 DEMO-1"),
        ("project = DEMO order by created asc", "DEMO-1 DEMO-2 DEMO-4 DEMO-3"),
        ("project = DEMO order by summary asc", "DEMO-1 DEMO-2 DEMO-3 DEMO-4"),
        ("project = DEMO order by Rank", "DEMO-1 DEMO-2 DEMO-3 DEMO-4"),
        ("project = DEMO order by assignee, type desc", "DEMO-2 DEMO-3 DEMO-4 DEMO-1"),
        ("project = DEMO order by due asc, key asc", "DEMO-2 DEMO-1 DEMO-3 DEMO-4"),
        ("project = DEMO order by statusCategory desc, updated asc", "DEMO-3 DEMO-2 DEMO-1 DEMO-4"),
    ]);
}

#[test]
fn filters() {
    finds(&[
        ("filter = \"Ada's open work\"", "DEMO-2"),
        ("filter != \"Ada's open work\" and project = DEMO", "DEMO-4 DEMO-3 DEMO-1"),
    ]);
    let world = site();
    let loops = keys(&world, Some(ADA), "filter = Loop").unwrap_err();
    assert!(loops.contains("cyclical reference"), "{loops}");
}

#[test]
fn what_the_caller_may_not_see_is_not_there() {
    let world = site();
    for who in [Some(GUEST), None] {
        assert_eq!(keys(&world, who, "summary ~ terminal").as_deref(), Ok(""), "{who:?}");
        assert_eq!(
            keys(&world, who, "project = OPS"),
            Err("The value 'OPS' does not exist for the field 'project'.".into())
        );
        assert_eq!(
            keys(&world, who, "key = OPS-1"),
            Err("An issue with key 'OPS-1' does not exist for field 'key'.".into())
        );
    }
    let guest = |source| keys(&world, Some(GUEST), source);
    assert_eq!(guest("comment ~ refund").as_deref(), Ok(""));
    assert_eq!(guest("comment ~ signature").as_deref(), Ok("DEMO-2"));
    assert_eq!(keys(&world, None, "assignee = currentUser()").as_deref(), Ok(""));
    assert_eq!(
        keys(&world, None, "universe = 42"),
        Err("Field 'universe' does not exist or this field cannot be viewed by anonymous users.".into())
    );
}

#[test]
fn errors() {
    const DATES: &str = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
    const DAYS: &str =
        "Valid formats include: 'YYYY/MM/DD', 'YYYY-MM-DD', or a period format e.g. '-5d', '4w 2d'.";
    let world = site();
    let cases = [
        ("universe = 42", "Field 'universe' does not exist or you do not have permission to view it.".to_owned()),
        ("cf[99999] = 1", "Field 'cf[99999]' does not exist or you do not have permission to view it.".into()),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'.".into()),
        ("project = 666", "A value with ID '666' does not exist for the field 'project'.".into()),
        ("status = Frozen or priority = Critical", "The value 'Frozen' does not exist for the field 'status'. | The value 'Critical' does not exist for the field 'priority'.".into()),
        ("status in (Done, Frozen)", "The value 'Frozen' does not exist for the field 'status'.".into()),
        ("fixVersion = \"9.9\"", "The value '9.9' does not exist for the field 'fixVersion'.".into()),
        ("key = 12", "A value with ID '12' does not exist for the field 'key'.".into()),
        ("key = nonsense", "The issue key 'nonsense' for field 'key' is invalid.".into()),
        ("parent = DEMO-99", "An issue with key 'DEMO-99' does not exist for field 'parent'.".into()),
        ("sprint = \"Sprint 9\"", "Sprint with name 'Sprint 9' does not exist or you do not have permission to view it.".into()),
        ("\"Epic Link\" = Jupiter", "No issues have a parent epic with key or name 'Jupiter'".into()),
        ("Severity = Enormous", "The option 'Enormous' for field 'Severity' does not exist.".into()),
        ("\"Owning group\" = nobody", "The group 'nobody' for field 'Owning group' does not exist.".into()),
        ("summary = test", "The operator '=' is not supported by the 'summary' field.".into()),
        ("summary in test", "Operator 'in' does not support the non-list value '\"test\"' for field 'summary'.".into()),
        ("status ~ Done", "The operator '~' is not supported by the 'status' field.".into()),
        ("text !~ x", "The operator '!~' is not supported by the 'text' field.".into()),
        ("assignee > x", "The operator '>' is not supported by the 'assignee' field.".into()),
        ("status = (Done)", "Operator '=' does not support the list value '(Done)' for field 'status'.".into()),
        ("assignee = membersOf(developers)", "Operator '=' does not support the list value 'membersOf(developers)' for field 'assignee'.".into()),
        ("assignee in currentUser()", "Operator 'in' does not support the non-list value 'currentUser()' for field 'assignee'.".into()),
        ("assignee is x", "Operator 'is' does not support searching for non-empty values for field 'assignee'.".into()),
        ("created > EMPTY", "Operator '>' does not support the empty value representation 'EMPTY' for field 'created'.".into()),
        ("comment ~ EMPTY", "The field 'comment' does not support searching for EMPTY values.".into()),
        ("summary ~ ''", "The field 'summary' does not support searching for an empty string.".into()),
        ("summary ~ '*x'", "The text query '*x' for field 'summary' is not allowed to start with '*'.".into()),
        ("text ~ 'BAD +'", "Unable to parse the text 'BAD +' for field 'text'.".into()),
        ("created > yesterday", format!("Date value 'yesterday' for field 'created' is invalid. {DATES}")),
        ("due > '17/FAKE/09'", format!("Date value '17/FAKE/09' for field 'due' is invalid. {DAYS}")),
        ("cf[10016] = many", "Value 'many' for the 'cf[10016]' field is not a valid number.".into()),
        ("timespent > soon", "The value 'soon' for field 'timespent' is invalid. Please specify a positive duration format; for example: '1h 30m', '2d'.".into()),
        ("votes = -3", "Value '-3' is invalid for the 'votes' field. Votes must be a positive whole number.".into()),
        ("workratio = 33.3", "The value '33.3' for field 'workratio' is invalid - please specify an integer.".into()),
        ("assignee = bogus()", "Unable to find JQL function 'bogus()'.".into()),
        ("issue in issueHistory()", "Unable to find JQL function 'issueHistory()'.".into()),
        ("project in echo(HSP)", "Unable to find JQL function 'echo(HSP)'.".into()),
        ("created > now(invalid)", "Function 'now' expected '0' arguments but received '1'.".into()),
        ("created > startOfDay(invalid)", "Duration for function 'startOfDay' should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.".into()),
        ("status = currentUser()", "A value provided by the function 'currentUser' is invalid for the field 'status'.".into()),
        ("created > currentUser()", "A date for the field 'created' provided by the function 'currentUser' is not valid.".into()),
        ("assignee in membersOf(blub)", "Function 'membersOf' can not generate a list of usernames for group 'blub'; the group does not exist.".into()),
        ("issue in linkedIssues(NO-1)", "Issue 'NO-1' could not be found in function 'linkedIssues'.".into()),
        ("status changed from fred", "The value 'fred' does not exist for the field 'status'.".into()),
        ("status changed after '20/12/10'", format!("Date value '20/12/10' for predicate 'after' is invalid. {DATES}")),
        ("status changed after currentUser()", "A date for the predicate 'after' provided by the function 'currentUser' is not valid.".into()),
        ("status changed before (11, 12)", "The BEFORE predicate must be supplied with only 1 date value.".into()),
        ("status changed during 11", "The DURING predicate must be supplied with exactly 2 date values.".into()),
        ("assignee changed by bogus()", "Unable to find JQL function 'bogus()'.".into()),
        (
            "status changed by 'ada@example.com'",
            "The user 'ada@example.com' does not exist and cannot be used in the 'by' predicate.".into(),
        ),
        ("assignee was nobody", "The value 'nobody' does not exist for the field 'assignee'.".into()),
        ("summary changed", "The operator 'changed' is not supported by the 'summary' field.".into()),
        ("labels was x", "The operator 'was' is not supported by the 'labels' field.".into()),
        ("project = DEMO order by bogus", "Not able to sort using field 'bogus'.".into()),
        ("project = DEMO order by comment", "Field 'comment' does not support sorting.".into()),
        ("issue.property[sync].id = 4", "Field 'issue.property[sync].id' does not exist or you do not have permission to view it.".into()),
    ];
    for (source, expected) in cases {
        assert_eq!(keys(&world, Some(ADA), source), Err(expected), "{source}");
    }
    let many = keys(
        &world,
        Some(ADA),
        "project = DEMO order by key, type, status, priority, due, created, updated, votes",
    );
    assert!(many.unwrap_err().contains("maximum of 7 fields"));
}

#[test]
fn unknown_people_are_a_warning() {
    let world = site();
    let checked = |source| Query::parse(source).unwrap().check(&world, Some(ADA));
    assert_eq!(
        checked("assignee = nobody"),
        Ok(vec!["The value 'nobody' does not exist for the field 'assignee'.".to_owned()])
    );
    assert_eq!(checked("labels = never-seen"), Ok(Vec::new()));
}

#[test]
fn an_order_alone_is_no_restriction() {
    for (source, bounded) in
        [("", false), ("order by key desc", false), ("assignee = currentUser() order by key", true)]
    {
        assert_eq!(Query::parse(source).unwrap().is_bounded(), bounded, "{source}");
    }
}
