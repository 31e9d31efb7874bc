//! Metadata of the site: issue types, statuses, priorities, and what can be set on creating an issue.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Category, Issue, Permission, Project},
};

/// `GET /serverInfo`.
pub(crate) fn server_info(call: &mut Call<'_>) -> Outcome {
    Reply::ok(json!({
        "baseUrl": call.site,
        "displayUrl": call.site,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_300,
        "buildDate": "2026-11-02T04:10:31.000+0000",
        "serverTime": call.view().moment(call.world.clock.now()),
        "scmInfo": "0d1c7a3f6f2e4b5a9c8d7e6f5a4b3c2d1e0f9a8b",
        "serverTitle": "Jira",
        "defaultLocale": { "locale": "en_US" },
        "serverTimeZone": "Etc/UTC",
    }))
}

fn with_untranslated(mut thing: Json) -> Json {
    thing["untranslatedName"] = thing["name"].clone();
    thing
}

/// `GET /issuetype`: those of the projects that the caller sees.
pub(crate) fn issue_types(call: &mut Call<'_>) -> Outcome {
    let seen: BTreeSet<_> = visible(call).iter().flat_map(|p| &p.types).map(|t| t.id).collect();
    Reply::ok(seen.iter().map(|id| with_untranslated(call.view().issue_type(*id))).collect())
}

/// `GET /issuetype/project`.
pub(crate) fn issue_types_of_project(call: &mut Call<'_>) -> Outcome {
    let id = call.query("projectId").unwrap_or_default();
    let project = call.visible_project(id).ok_or_else(|| Reply::error(404, "The project does not exist."))?;
    Reply::ok(project.types.iter().map(|t| with_untranslated(call.view().issue_type(t.id))).collect())
}

/// `GET /issuetype/{id}`.
pub(crate) fn issue_type(call: &mut Call<'_>) -> Outcome {
    let missing = "The issue type with the given ID was not found.";
    let id = call.id("id", missing)?;
    let found = call.world.issue_types.get(&id).ok_or_else(|| Reply::error(404, missing))?;
    Reply::ok(with_untranslated(call.view().issue_type_json(found)))
}

fn visible<'a>(call: &'a Call<'_>) -> Vec<&'a Project> {
    let who = call.who.as_deref();
    let sees = |p: &&Project| call.world.may_in(who, Permission::BrowseProjects, p, None);
    call.world.projects.values().filter(sees).collect()
}

/// `GET /status`: those of workflows that are in use, in the order of their making.
pub(crate) fn statuses(call: &mut Call<'_>) -> Outcome {
    let workflows: BTreeSet<_> = visible(call).iter().flat_map(|p| &p.types).map(|t| t.workflow).collect();
    let used: BTreeSet<_> =
        workflows.iter().filter_map(|w| call.world.workflows.get(w)).flat_map(|w| &w.statuses).collect();
    let all = call.world.statuses.values().filter(|s| used.contains(&s.id));
    Reply::ok(all.map(|s| with_untranslated(call.view().status_json(s))).collect())
}

/// `GET /status/{idOrName}`.
pub(crate) fn status(call: &mut Call<'_>) -> Outcome {
    let wanted = call.param("idOrName");
    let found = call.world.statuses.values().find(|s| s.id.to_string() == wanted || s.name == wanted);
    let found = found.ok_or_else(|| Reply::error(404, format!("The status '{wanted}' was not found.")))?;
    Reply::ok(with_untranslated(call.view().status_json(found)))
}

/// `GET /statuscategory`.
pub(crate) fn categories(call: &mut Call<'_>) -> Outcome {
    Reply::ok(Category::ALL.iter().map(|c| call.view().category(*c)).collect())
}

/// Colours of priorities, from the highest.
const COLORS: [&str; 5] = ["#d04437", "#f15C75", "#f79232", "#707070", "#999999"];

fn priority_rows(call: &Call<'_>) -> Vec<Json> {
    let colors = COLORS.iter().chain(std::iter::repeat(&COLORS[4]));
    let rows = call.world.priorities.iter().zip(colors).map(|(priority, color)| {
        let mut out = call.view().priority(priority);
        out["statusColor"] = (*color).into();
        out["description"] = priority.description.clone().into();
        out
    });
    rows.collect()
}

/// `GET /priority`.
pub(crate) fn priorities(call: &mut Call<'_>) -> Outcome {
    Reply::ok(priority_rows(call).into())
}

/// `GET /priority/{id}`.
pub(crate) fn priority(call: &mut Call<'_>) -> Outcome {
    let row = priority_rows(call).into_iter().find(|row| row["id"] == call.param("id"));
    Reply::ok(row.ok_or_else(|| Reply::error(404, "The priority with the given ID was not found."))?)
}

/// `GET /resolution/search`.
pub(crate) fn resolutions(call: &mut Call<'_>) -> Outcome {
    let rows = call.world.resolutions.iter().map(|resolution| {
        let mut out = call.view().resolution(resolution);
        out["isDefault"] = false.into();
        out
    });
    let rows = rows.collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// `GET /label`: all labels of issues that the caller sees.
pub(crate) fn labels(call: &mut Call<'_>) -> Outcome {
    let who = call.who.as_deref();
    let seen = call.world.issues.values().filter(|i| call.world.sees(who, i));
    let labels: BTreeSet<&String> = seen.flat_map(Issue::labels).collect();
    let labels = labels.into_iter().map(|l| l.clone().into()).collect();
    Reply::ok(call.page(labels, 1000, 1000)?)
}

/// `GET /issueLinkType`.
pub(crate) fn link_types(call: &mut Call<'_>) -> Outcome {
    let all: Vec<_> = call.world.link_types.values().map(|kind| call.view().link_type(kind)).collect();
    Reply::ok(json!({ "issueLinkTypes": all }))
}

/// `GET /issueLinkType/{id}`.
pub(crate) fn link_type(call: &mut Call<'_>) -> Outcome {
    let wanted = call.param("issueLinkTypeId");
    let found = wanted.parse().ok().and_then(|id| call.world.link_types.get(&id));
    let found =
        found.ok_or_else(|| Reply::error(404, format!("No issue link type with id '{wanted}' found.")))?;
    Reply::ok(call.view().link_type(found))
}

/// A page with a name of its own for its rows, and at most 200 of them.
fn named_page(call: &Call<'_>, name: &str, rows: Vec<Json>) -> Outcome {
    if call.number("maxResults", 50)? > 200 {
        return Err(Reply::error(400, "Parameter 'maxResults' must not exceed the limit '200'"));
    }
    let mut page = call.page(rows, 50, 200)?;
    let values = page["values"].take();
    Reply::ok(json!({
        "startAt": page["startAt"],
        "maxResults": page["maxResults"],
        "total": page["total"],
        name: values,
    }))
}

/// The project of create metadata, if the caller may create issues in it.
fn creatable<'a>(call: &'a Call<'_>) -> Result<&'a Project, Reply> {
    let project = call.visible_project(call.param("projectIdOrKey"));
    project.filter(|p| call.world.may_in(call.who.as_deref(), Permission::CreateIssues, p, None)).ok_or_else(
        || {
            Reply::error(
                404,
                "Project does not exist or you do not have permission to create work items in it.",
            )
        },
    )
}

/// `GET /configuration`.
pub(crate) fn configuration(_: &mut Call<'_>) -> Outcome {
    Reply::ok(json!({
        "votingEnabled": true,
        "watchingEnabled": true,
        "unassignedIssuesAllowed": true,
        "subTasksEnabled": true,
        "issueLinkingEnabled": true,
        "timeTrackingEnabled": true,
        "attachmentsEnabled": true,
        "timeTrackingConfiguration": {
            "workingHoursPerDay": 8.0,
            "workingDaysPerWeek": 5.0,
            "timeFormat": "pretty",
            "defaultUnit": "minute",
        },
    }))
}

/// `GET /issue/createmeta/{p}/issuetypes`.
pub(crate) fn create_types(call: &mut Call<'_>) -> Outcome {
    let types = creatable(call)?.types.iter();
    let rows = types.map(|t| with_untranslated(call.view().issue_type(t.id))).collect();
    named_page(call, "issueTypes", rows)
}

/// `GET /issue/createmeta/{p}/issuetypes/{type}`.
pub(crate) fn create_fields(call: &mut Call<'_>) -> Outcome {
    let project = creatable(call)?;
    let used = call.param("issueTypeId").parse().ok().and_then(|id| project.type_of(id));
    let used = used.ok_or_else(|| Reply::error(404, "Issue type does not exist in this project."))?;
    let rows = call.view().create_meta(project, used);
    named_page(call, "fields", rows)
}
