//! Boards and epics, and the issues on them.

use serde_json::{Value as Json, json};

use super::{search, values};
use crate::{
    call::Call,
    reply::{Outcome, Reply},
    view::{Expand, FieldSet},
    world::{
        Board, BoardKind, Category, Id, Issue, Permission, SPRINT, STORY_POINTS, Sprint, SprintState, Value,
    },
};

pub(super) const NO_BOARD: &str = "The requested board cannot be viewed because it either does not exist or you do not have \
    permission to view it.";

const NO_SPRINT: &str = "Sprint does not exist.";

pub(super) fn boards<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Board> {
    call.world.boards.values().filter(|b| call.visible_project(&b.project.to_string()).is_some())
}

pub(super) fn board<'a>(call: &'a Call<'_>) -> Result<&'a Board, Reply> {
    let id = call.id("boardId", NO_BOARD)?;
    boards(call).find(|b| b.id == id).ok_or_else(|| Reply::error(404, NO_BOARD))
}

pub(super) fn sprint<'a>(call: &'a Call<'_>) -> Result<&'a Sprint, Reply> {
    let id = call.id("sprintId", NO_SPRINT)?;
    let seen = |s: &&Sprint| boards(call).any(|b| b.id == s.board);
    call.world.sprints.get(&id).filter(seen).ok_or_else(|| Reply::error(404, NO_SPRINT))
}

/// `GET /board`.
pub(crate) fn board_list(call: &mut Call<'_>) -> Outcome {
    let kinds = call.query_list("type");
    let name = call.query("name").unwrap_or_default().to_lowercase();
    let project = match call.query("projectKeyOrId") {
        None => None,
        Some(key) => {
            let missing = || Reply::error(400, format!("No project could be found with key or ID '{key}'."));
            Some(call.visible_project(key).ok_or_else(missing)?.id)
        }
    };
    let found = boards(call).filter(|b| {
        (kinds.is_empty() || kinds.contains(&b.kind.key()))
            && b.name.to_lowercase().contains(&name)
            && project.is_none_or(|p| p == b.project)
    });
    let rows = found.map(|b| call.view().board(b)).collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// `GET /board/{id}`.
pub(crate) fn board_get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().board(board(call)?))
}

/// `POST /board`: over a filter that exists.
pub(crate) fn board_create(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["filterId", "location", "name", "type"])?;
    let me = call.me()?;
    let filter = body.get("filterId").and_then(Json::as_u64).filter(|id| call.world.filters.contains_key(id));
    let filter = filter.ok_or_else(|| Reply::error(400, "The filter does not exist."))?;
    let kind = match body.get("type").and_then(Json::as_str) {
        Some("scrum") => BoardKind::Scrum,
        Some("kanban") => BoardKind::Kanban,
        _ => return Err(Reply::error(400, "The board type is not valid.")),
    };
    let name = body.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(Reply::error(400, "The board name must not be empty."));
    }
    let place = body.get("location").and_then(|l| values::named(l, &["projectKeyOrId"]));
    let project = place.and_then(|(_, key)| call.visible_project(&key)).map(|p| p.id);
    let project =
        project.ok_or_else(|| Reply::error(400, "The location has to be a project that you can see."))?;
    let id = call.world.add_board(project, &name, kind, &me, "");
    if let Some(board) = call.world.boards.get_mut(&id) {
        board.filter = filter;
    }
    let made = call.world.boards.get(&id).map(|b| call.view().board(b));
    Ok(Reply::json(201, json!(made)))
}

/// `GET /board/{id}/configuration`.
pub(crate) fn board_configuration(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().board_configuration(board(call)?))
}

/// `GET /board/{id}/project`.
pub(crate) fn board_projects(call: &mut Call<'_>) -> Outcome {
    let project = call.world.projects.get(&board(call)?.project);
    let rows = project.map(|p| {
        let mut out = call.view().project_ref(p.id);
        out["style"] = "classic".into();
        out
    });
    let rows = rows.into_iter().collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// `GET /board/{id}/quickfilter`: boards have none here.
pub(crate) fn quick_filters(call: &mut Call<'_>) -> Outcome {
    board(call)?;
    Reply::ok(call.page(Vec::new(), 50, 50)?)
}

/// `GET /board/{id}/version`.
pub(crate) fn board_versions(call: &mut Call<'_>) -> Outcome {
    let project = board(call)?.project;
    let released = call.query("released").map(|r| r == "true");
    let found = call
        .world
        .versions
        .values()
        .filter(|v| v.project == project && released.is_none_or(|r| r == v.released));
    let rows = found.map(|v| {
        let mut out = json!({
            "self": call.view().link(&format!("version/{}", v.id)),
            "id": v.id,
            "projectId": v.project,
            "name": v.name,
            "description": v.description,
            "archived": v.archived,
            "released": v.released,
        });
        if let Some(date) = v.release {
            out["releaseDate"] = format!("{date}T00:00:00.000Z").into();
        }
        out
    });
    let rows = rows.collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

fn is_epic(call: &Call<'_>, issue: &Issue) -> bool {
    call.world.issue_types.get(&issue.issue_type).is_some_and(|t| t.level == 1)
}

fn epic_json(call: &Call<'_>, issue: &Issue) -> Json {
    json!({
        "id": issue.id,
        "key": issue.key,
        "self": format!("{}/rest/agile/1.0/epic/{}", call.base, issue.id),
        "name": issue.summary(),
        "summary": issue.summary(),
        "color": { "key": "color_1" },
        "done": call.world.category_of(issue) == Category::Done,
    })
}

/// `GET /board/{id}/epic`.
pub(crate) fn board_epics(call: &mut Call<'_>) -> Outcome {
    let done = call.query("done").map(|d| d == "true");
    let epics = on_board(call, board(call)?)?.into_iter().filter_map(|id| call.world.issues.get(&id));
    let epics = epics.filter(|i| is_epic(call, i));
    let epics = epics.filter(|i| done.is_none_or(|d| d == (call.world.category_of(i) == Category::Done)));
    let rows = epics.map(|i| epic_json(call, i)).collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// The epic of the path.
pub(super) fn epic<'a>(call: &'a Call<'_>) -> Result<&'a Issue, Reply> {
    let found = call.issue_by(call.param("epicIdOrKey"))?;
    if is_epic(call, found) { Ok(found) } else { Err(Reply::error(400, "The issue is not an epic.")) }
}

/// `GET /epic/{key}`.
pub(crate) fn epic_get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(epic_json(call, epic(call)?))
}

/// `GET /issue/{key}` of the agile API.
pub(crate) fn issue_get(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let fields = FieldSet::read(call.query_list("fields"), "*all");
    Reply::ok(call.view().issue(issue, &fields, &Expand::read(call.query("expand").unwrap_or_default()), &[]))
}

/// `GET /issue/{key}/estimation`.
pub(crate) fn estimation(call: &mut Call<'_>) -> Outcome {
    let value = match call.world.value(call.issue()?, STORY_POINTS) {
        Some(Value::Number(points)) => Json::from(points.to_string()),
        _ => Json::Null,
    };
    Reply::ok(json!({ "fieldId": STORY_POINTS, "value": value }))
}

/// `PUT /issue/{key}/estimation`.
pub(crate) fn set_estimation(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&["value"])?;
    let id = call.issue_for(Permission::EditIssues, 403, "You do not have permission to edit this issue.")?;
    let value = match body.get("value") {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => {
            Some(text.parse().map_err(|_| Reply::error(400, "The estimate must be a number."))?)
        }
        Some(value) => Some(value.as_f64().ok_or_else(Reply::bad_payload)?),
    };
    call.world.set_field(&me, id, STORY_POINTS, value.map(Value::Number));
    estimation(call)
}

/// Ids of the issues that a board shows, in its order.
fn on_board(call: &Call<'_>, board: &Board) -> Result<Vec<Id>, Reply> {
    let jql = call.world.filters.get(&board.filter).map_or("", |f| f.jql.as_str());
    let query = crate::jql::Query::parse(jql).map_err(Reply::bad_query)?;
    query.run(call.world, call.who.as_deref()).map_err(Reply::bad_query)
}

/// A listing of the software API: what of a board (or of all) is wanted, narrowed by `jql`, in pages by token.
fn listing(call: &mut Call<'_>, all: Vec<Id>, wanted: impl Fn(&Call<'_>, &Issue) -> bool) -> Outcome {
    let found: Vec<Id> = all
        .into_iter()
        .filter(|id| {
            call.world
                .issues
                .get(id)
                .is_some_and(|i| call.world.sees(call.who.as_deref(), i) && wanted(call, i))
        })
        .collect();
    search::narrowed(call, &found)
}

/// All issues by rank.
fn ranked(call: &Call<'_>) -> Vec<Id> {
    let mut all: Vec<_> = call.world.issues.values().collect();
    all.sort_by_key(|i| i.rank);
    all.into_iter().map(|i| i.id).collect()
}

/// True where an issue waits in the backlog: on scrum boards, what is not done and in no open sprint.
fn in_backlog(call: &Call<'_>, issue: &Issue) -> bool {
    let open = |id: &Id| call.world.sprints.get(id).is_some_and(|s| s.state != SprintState::Closed);
    let level = call.world.issue_types.get(&issue.issue_type).map_or(0, |t| t.level);
    level == 0 && call.world.category_of(issue) != Category::Done && !issue.ids(SPRINT).iter().any(open)
}

/// `GET /board/{id}/issue`.
pub(crate) fn board_issues(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    listing(call, all, |_, _| true)
}

/// `GET /board/{id}/backlog`.
pub(crate) fn board_backlog(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    listing(call, all, in_backlog)
}

/// `GET /board/{id}/issue/approximate-count`.
pub(crate) fn board_count(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    let found = search::narrow(call, &all)?;
    Reply::ok(json!({ "count": found.len() }))
}

/// `GET /board/{id}/backlog/approximate-count`.
pub(crate) fn backlog_count(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    let all: Vec<Id> =
        all.into_iter().filter(|id| call.world.issues.get(id).is_some_and(|i| in_backlog(call, i))).collect();
    let found = search::narrow(call, &all)?;
    Reply::ok(json!({ "count": found.len() }))
}

/// `GET /sprint/{id}/issue` and `GET /board/{board}/sprint/{id}/issue`.
pub(crate) fn sprint_issues(call: &mut Call<'_>) -> Outcome {
    let id = sprint(call)?.id;
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |_, i| i.ids(SPRINT).contains(&id))
}

/// `GET /epic/{key}/issue` and `GET /board/{board}/epic/{id}/issue`.
pub(crate) fn epic_issues(call: &mut Call<'_>) -> Outcome {
    let name = call.param("epicId").to_owned();
    let id = if name.is_empty() { epic(call)?.id } else { call.issue_by(&name)?.id };
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |_, i| i.parent() == Some(id))
}

/// `GET /epic/none/issue` and `GET /board/{board}/epic/none/issue`.
pub(crate) fn epicless_issues(call: &mut Call<'_>) -> Outcome {
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |call, i| {
        let level = call.world.issue_types.get(&i.issue_type).map_or(0, |t| t.level);
        level == 0 && i.parent().is_none()
    })
}
