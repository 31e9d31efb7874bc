//! Sprints: planning, starting, closing.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{
    agile::{NO_BOARD, board, boards, sprint},
    values,
};
use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{BoardKind, Id, Permission, SPRINT, SprintState, Value},
};

/// `GET /board/{id}/sprint`.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
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
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().sprint(sprint(call)?))
}

/// Checks that the caller may make and change sprints of a board.
fn may_manage(call: &Call<'_>, board: Id) -> Result<(), Reply> {
    let project = call.world.boards.get(&board).and_then(|b| call.world.projects.get(&b.project));
    let may =
        project.is_some_and(|p| call.world.may_in(call.who.as_deref(), Permission::ManageSprints, p, None));
    let refused = "You do not have permission to manage sprints in all projects of this board.";
    if may { Ok(()) } else { Err(Reply::error(403, refused)) }
}

/// A sprint's date from a body.
fn date(body: &Map<String, Json>, name: &str) -> Result<Option<Timestamp>, Reply> {
    let Some(value) = body.get(name).filter(|v| !v.is_null()) else { return Ok(None) };
    let moment = value.as_str().and_then(|text| values::moment(text).ok());
    moment.map(Some).ok_or_else(|| Reply::field_error(name, "The date is not valid."))
}

/// `POST /sprint`.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
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
pub(crate) fn patch(call: &mut Call<'_>) -> Outcome {
    change(call, false)
}

/// `PUT /sprint/{id}`: sets everything, what is not given to nothing.
pub(crate) fn put(call: &mut Call<'_>) -> Outcome {
    change(call, true)
}

fn change(call: &mut Call<'_>, full: bool) -> Outcome {
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
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
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
