//! Boards, sprints, epics, backlog and rank.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{search, values};
use crate::sandbox::{
    call::Call,
    reply::{Outcome, Reply},
    view::{Expand, FieldSet},
    world::{
        Board, BoardKind, Category, Id, Issue, Permission, Place, SPRINT, STORY_POINTS, Sprint, SprintState,
        Value,
    },
};

const NO_BOARD: &str = "The requested board cannot be viewed because it either does not exist or you do not have \
    permission to view it.";

const NO_SPRINT: &str = "Sprint does not exist.";

fn boards<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Board> {
    call.world.boards.values().filter(|b| call.visible_project(&b.project.to_string()).is_some())
}

fn board<'a>(call: &'a Call<'_>) -> Result<&'a Board, Reply> {
    let id = call.id("boardId", NO_BOARD)?;
    boards(call).find(|b| b.id == id).ok_or_else(|| Reply::error(404, NO_BOARD))
}

fn sprint<'a>(call: &'a Call<'_>) -> Result<&'a Sprint, Reply> {
    let id = call.id("sprintId", NO_SPRINT)?;
    let seen = |s: &&Sprint| boards(call).any(|b| b.id == s.board);
    call.world.sprints.get(&id).filter(seen).ok_or_else(|| Reply::error(404, NO_SPRINT))
}

/// `GET /board`.
pub(in crate::sandbox) fn board_list(call: &mut Call<'_>) -> Outcome {
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
pub(in crate::sandbox) fn board_get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().board(board(call)?))
}

/// `POST /board`: over a filter that exists.
pub(in crate::sandbox) fn board_create(call: &mut Call<'_>) -> Outcome {
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
pub(in crate::sandbox) fn board_configuration(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().board_configuration(board(call)?))
}

/// `GET /board/{id}/project`.
pub(in crate::sandbox) fn board_projects(call: &mut Call<'_>) -> Outcome {
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
pub(in crate::sandbox) fn quick_filters(call: &mut Call<'_>) -> Outcome {
    board(call)?;
    Reply::ok(call.page(Vec::new(), 50, 50)?)
}

/// `GET /board/{id}/version`.
pub(in crate::sandbox) fn board_versions(call: &mut Call<'_>) -> Outcome {
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
pub(in crate::sandbox) fn board_epics(call: &mut Call<'_>) -> Outcome {
    let done = call.query("done").map(|d| d == "true");
    let epics = on_board(call, board(call)?)?.into_iter().filter_map(|id| call.world.issues.get(&id));
    let epics = epics.filter(|i| is_epic(call, i));
    let epics = epics.filter(|i| done.is_none_or(|d| d == (call.world.category_of(i) == Category::Done)));
    let rows = epics.map(|i| epic_json(call, i)).collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// The epic of the path.
fn epic<'a>(call: &'a Call<'_>) -> Result<&'a Issue, Reply> {
    let found = call.issue_by(call.param("epicIdOrKey"))?;
    if is_epic(call, found) { Ok(found) } else { Err(Reply::error(400, "The issue is not an epic.")) }
}

/// `GET /epic/{key}`.
pub(in crate::sandbox) fn epic_get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(epic_json(call, epic(call)?))
}

/// `POST /epic/{key}/issue` and `POST /epic/none/issue`.
pub(in crate::sandbox) fn epic_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let parent = if call.param("epicIdOrKey").is_empty() { None } else { Some(epic(call)?.id) };
    let body = call.object(&["issues"])?;
    for issue in issues(call, &body, Permission::EditIssues)? {
        call.world.set_field(&me, issue, "parent", parent.map(Value::Parent));
    }
    Reply::no_content()
}

/// `GET /board/{id}/sprint`.
pub(in crate::sandbox) fn sprint_list(call: &mut Call<'_>) -> Outcome {
    let board = board(call)?;
    if board.kind == BoardKind::Kanban {
        return Err(Reply::error(400, "The board does not support sprints"));
    }
    let states = call.query_list("state");
    let found = call.world.sprints.values().filter(|s| s.board == board.id);
    let found = found.filter(|s| states.is_empty() || states.contains(&s.state.key()));
    let rows = found.map(|s| call.view().sprint(s)).collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// `GET /sprint/{id}`.
pub(in crate::sandbox) fn sprint_get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().sprint(sprint(call)?))
}

/// Whether the caller may make and change sprints of a board.
fn may_manage(call: &Call<'_>, board: Id) -> Result<(), Reply> {
    let project = call.world.boards.get(&board).and_then(|b| call.world.projects.get(&b.project));
    let may =
        project.is_some_and(|p| call.world.may_in(call.who.as_deref(), Permission::ManageSprints, p, None));
    let refused = "You do not have permission to manage sprints in all projects of this board.";
    if may { Ok(()) } else { Err(Reply::error(403, refused)) }
}

/// What a body says of a sprint's dates.
fn date(body: &Map<String, Json>, name: &str) -> Result<Option<Timestamp>, Reply> {
    let Some(value) = body.get(name).filter(|v| !v.is_null()) else { return Ok(None) };
    let moment = value.as_str().and_then(|text| values::moment(text).ok());
    moment.map(Some).ok_or_else(|| Reply::field_error(name, "The date is not valid."))
}

/// `POST /sprint`.
pub(in crate::sandbox) fn sprint_create(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["endDate", "goal", "name", "originBoardId", "startDate"])?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (name, goal) = (text("name"), text("goal"));
    let origin = body.get("originBoardId").and_then(Json::as_u64);
    let origin = origin.and_then(|id| boards(call).find(|b| b.id == id));
    let origin = origin.ok_or_else(|| Reply::error(404, NO_BOARD))?;
    if origin.kind == BoardKind::Kanban {
        return Err(Reply::error(400, "The board does not support sprints"));
    }
    let origin = origin.id;
    may_manage(call, origin)?;
    if name.trim().is_empty() || name.chars().count() > 30 {
        return Err(Reply::field_error("name", "The sprint name must be between 1 and 30 characters long."));
    }
    let (start, end) = (date(&body, "startDate")?, date(&body, "endDate")?);
    let id = call.world.add_sprint(origin, &name, &goal);
    if let Some(sprint) = call.world.sprints.get_mut(&id) {
        (sprint.start, sprint.end) = (start, end);
    }
    let made = call.world.sprints.get(&id).map(|s| call.view().sprint(s));
    Ok(Reply::json(201, json!(made)))
}

/// `POST /sprint/{id}`: changes what is given.
pub(in crate::sandbox) fn sprint_patch(call: &mut Call<'_>) -> Outcome {
    sprint_change(call, false)
}

/// `PUT /sprint/{id}`: sets everything, what is not given to nothing.
pub(in crate::sandbox) fn sprint_put(call: &mut Call<'_>) -> Outcome {
    sprint_change(call, true)
}

fn sprint_change(call: &mut Call<'_>, full: bool) -> Outcome {
    let me = call.me()?;
    let body = call.object(&[
        "completeDate",
        "createdDate",
        "endDate",
        "goal",
        "id",
        "name",
        "originBoardId",
        "self",
        "startDate",
        "state",
    ])?;
    let old = sprint(call)?.clone();
    may_manage(call, old.board)?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
    if full && text("name").is_none() {
        return Err(Reply::field_error("name", "The sprint name must not be empty."));
    }
    let mut new = old.clone();
    new.name = text("name").unwrap_or(old.name);
    new.goal = text("goal").unwrap_or(if full { String::new() } else { old.goal });
    new.start = date(&body, "startDate")?.or(if full { None } else { old.start });
    new.end = date(&body, "endDate")?.or(if full { None } else { old.end });
    let wanted = match text("state").as_deref() {
        None => old.state,
        Some("future") => SprintState::Future,
        Some("active") => SprintState::Active,
        Some("closed") => SprintState::Closed,
        Some(_) => return Err(Reply::field_error("state", "The sprint state is not valid.")),
    };
    let refuse = |message: &str| Err(Reply::error(400, message));
    match (old.state, wanted) {
        (from, to) if from == to => {}
        (SprintState::Future, SprintState::Active) if new.start.is_none() || new.end.is_none() => {
            return refuse("A sprint needs a start and an end date to be started.");
        }
        (SprintState::Future, SprintState::Active) | (SprintState::Active, SprintState::Closed) => {}
        (SprintState::Closed, _) => return refuse("A closed sprint cannot be changed to another state."),
        _ => return refuse("A sprint goes from future to active to closed."),
    }
    if new.start.zip(new.end).is_some_and(|(start, end)| start >= end) {
        return refuse("The start date of a sprint must be before its end date.");
    }
    let closing = old.state == SprintState::Active && wanted == SprintState::Closed;
    if !closing {
        new.state = wanted;
    }
    let id = new.id;
    call.world.sprints.insert(id, new);
    if closing {
        call.world.close_sprint(&me, id, None);
    }
    Reply::ok(call.view().sprint(sprint(call)?))
}

/// `DELETE /sprint/{id}`: its issues go back to the backlog.
pub(in crate::sandbox) fn sprint_delete(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let (id, board) = (sprint(call)?.id, sprint(call)?.board);
    may_manage(call, board)?;
    let inside: Vec<Id> =
        call.world.issues.values().filter(|i| i.ids(SPRINT).contains(&id)).map(|i| i.id).collect();
    for issue in inside {
        let mut list = call.world.issues.get(&issue).map_or(Vec::new(), |i| i.ids(SPRINT).to_vec());
        list.retain(|s| *s != id);
        call.world.set_field(&me, issue, SPRINT, Some(Value::Sprints(list)));
    }
    call.world.sprints.remove(&id);
    Reply::no_content()
}

/// The issues of a body, at most 50, each of which the caller may change.
fn issues(call: &Call<'_>, body: &Map<String, Json>, permission: Permission) -> Result<Vec<Id>, Reply> {
    let Some(Json::Array(list)) = body.get("issues") else { return Err(Reply::bad_payload()) };
    if list.is_empty() || list.len() > 50 {
        return Err(Reply::error(400, "Between 1 and 50 issues can be moved at a time."));
    }
    list.iter()
        .map(|name| {
            let name = name.as_str().ok_or_else(Reply::bad_payload)?;
            let issue = call.issue_by(name)?;
            call.require(permission, issue, 403, "You do not have permission to schedule this issue.")?;
            Ok(issue.id)
        })
        .collect()
}

/// Where a body wants issues to be ranked.
fn place(call: &Call<'_>, body: &Map<String, Json>) -> Result<Option<Place>, Reply> {
    let name = |name: &str| body.get(name).and_then(Json::as_str);
    match (name("rankBeforeIssue"), name("rankAfterIssue")) {
        (Some(_), Some(_)) => {
            Err(Reply::error(400, "Only one of rankBeforeIssue and rankAfterIssue can be given."))
        }
        (Some(other), None) => Ok(Some(Place::Before(call.issue_by(other)?.id))),
        (None, Some(other)) => Ok(Some(Place::After(call.issue_by(other)?.id))),
        (None, None) => Ok(None),
    }
}

const MOVE: [&str; 4] = ["issues", "rankAfterIssue", "rankBeforeIssue", "rankCustomFieldId"];

/// `POST /sprint/{id}/issue`.
pub(in crate::sandbox) fn sprint_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&MOVE)?;
    let sprint = sprint(call)?;
    if sprint.state == SprintState::Closed {
        return Err(Reply::error(400, "Issues cannot be moved to a closed sprint."));
    }
    let (sprint, place) = (sprint.id, place(call, &body)?);
    let issues = issues(call, &body, Permission::ScheduleIssues)?;
    call.world.move_to_sprint(&me, sprint, &issues);
    if let Some(place) = place {
        call.world.rank(&issues, place);
    }
    Reply::no_content()
}

/// `POST /backlog/issue` and `POST /backlog/{board}/issue`.
pub(in crate::sandbox) fn backlog_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&MOVE)?;
    let issues = issues(call, &body, Permission::ScheduleIssues)?;
    let place = place(call, &body)?;
    call.world.move_to_backlog(&me, &issues);
    if let Some(place) = place {
        call.world.rank(&issues, place);
    }
    Reply::no_content()
}

/// `PUT /issue/rank`: 207 with an entry for each issue when some could not be ranked.
pub(in crate::sandbox) fn rank(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&MOVE)?;
    let place = place(call, &body)?.ok_or_else(|| Reply::error(400, "A place to rank to is required."))?;
    let Some(Json::Array(list)) = body.get("issues") else { return Err(Reply::bad_payload()) };
    if list.is_empty() || list.len() > 50 {
        return Err(Reply::error(400, "Between 1 and 50 issues can be ranked at a time."));
    }
    let (mut ranked, mut entries) = (Vec::new(), Vec::new());
    for name in list {
        let name = name.as_str().ok_or_else(Reply::bad_payload)?;
        let issue = call.issue_by(name).ok();
        let may = issue.filter(|i| call.world.may_on(call.who.as_deref(), Permission::ScheduleIssues, i));
        entries.push(match (issue, may) {
            (_, Some(issue)) => {
                ranked.push(issue.id);
                json!({ "issueId": issue.id, "issueKey": issue.key, "status": 200 })
            }
            (Some(issue), None) => json!({
                "issueId": issue.id,
                "issueKey": issue.key,
                "status": 403,
                "errors": ["You do not have permission to rank this issue."],
            }),
            (None, None) => json!({
                "issueKey": name,
                "status": 404,
                "errors": ["Issue does not exist or you do not have permission to see it."],
            }),
        });
    }
    call.world.rank(&ranked, place);
    if ranked.len() == entries.len() {
        Reply::no_content()
    } else {
        Ok(Reply::json(207, json!({ "entries": entries })))
    }
}

/// `GET /issue/{key}` of the agile API.
pub(in crate::sandbox) fn issue_get(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let fields = FieldSet::read(call.query_list("fields"), "*all");
    Reply::ok(call.view().issue(issue, &fields, &Expand::read(call.query("expand").unwrap_or_default())))
}

/// `GET /issue/{key}/estimation`.
pub(in crate::sandbox) fn estimation(call: &mut Call<'_>) -> Outcome {
    let value = match call.world.value(call.issue()?, STORY_POINTS) {
        Some(Value::Number(points)) => Json::from(points.to_string()),
        _ => Json::Null,
    };
    Reply::ok(json!({ "fieldId": STORY_POINTS, "value": value }))
}

/// `PUT /issue/{key}/estimation`.
pub(in crate::sandbox) fn set_estimation(call: &mut Call<'_>) -> Outcome {
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
    let query = crate::sandbox::jql::Query::parse(jql).map_err(Reply::bad_query)?;
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

/// Whether an issue waits in the backlog: on scrum boards, what is not done and in no open sprint.
fn in_backlog(call: &Call<'_>, issue: &Issue) -> bool {
    let open = |id: &Id| call.world.sprints.get(id).is_some_and(|s| s.state != SprintState::Closed);
    let level = call.world.issue_types.get(&issue.issue_type).map_or(0, |t| t.level);
    level == 0 && call.world.category_of(issue) != Category::Done && !issue.ids(SPRINT).iter().any(open)
}

/// `GET /board/{id}/issue`.
pub(in crate::sandbox) fn board_issues(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    listing(call, all, |_, _| true)
}

/// `GET /board/{id}/backlog`.
pub(in crate::sandbox) fn board_backlog(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    listing(call, all, in_backlog)
}

/// `GET /board/{id}/issue/approximate-count`.
pub(in crate::sandbox) fn board_count(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    let found = search::narrow(call, &all)?;
    Reply::ok(json!({ "count": found.len() }))
}

/// `GET /board/{id}/backlog/approximate-count`.
pub(in crate::sandbox) fn backlog_count(call: &mut Call<'_>) -> Outcome {
    let all = on_board(call, board(call)?)?;
    let all: Vec<Id> =
        all.into_iter().filter(|id| call.world.issues.get(id).is_some_and(|i| in_backlog(call, i))).collect();
    let found = search::narrow(call, &all)?;
    Reply::ok(json!({ "count": found.len() }))
}

/// `GET /sprint/{id}/issue` and `GET /board/{board}/sprint/{id}/issue`.
pub(in crate::sandbox) fn sprint_issues(call: &mut Call<'_>) -> Outcome {
    let id = sprint(call)?.id;
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |_, i| i.ids(SPRINT).contains(&id))
}

/// `GET /epic/{key}/issue` and `GET /board/{board}/epic/{id}/issue`.
pub(in crate::sandbox) fn epic_issues(call: &mut Call<'_>) -> Outcome {
    let name = call.param("epicId").to_owned();
    let id = if name.is_empty() { epic(call)?.id } else { call.issue_by(&name)?.id };
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |_, i| i.parent() == Some(id))
}

/// `GET /epic/none/issue` and `GET /board/{board}/epic/none/issue`.
pub(in crate::sandbox) fn epicless_issues(call: &mut Call<'_>) -> Outcome {
    let all = if call.param("boardId").is_empty() { ranked(call) } else { on_board(call, board(call)?)? };
    listing(call, all, |call, i| {
        let level = call.world.issue_types.get(&i.issue_type).map_or(0, |t| t.level);
        level == 0 && i.parent().is_none()
    })
}
