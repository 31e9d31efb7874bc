//! Boards and sprints.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::View;
use crate::world::{Board, Sprint};

/// Sprints have their dates in UTC, unlike issues.
fn utc(at: Timestamp) -> Json {
    format!("{at:.3}").into()
}

/// A sprint as the Sprint field of an issue shows it.
pub(crate) fn sprint_in_issue(sprint: &Sprint) -> Json {
    let mut out = json!({
        "id": sprint.id,
        "name": sprint.name,
        "state": sprint.state.key(),
        "boardId": sprint.board,
        "goal": sprint.goal,
    });
    put_dates(sprint, &mut out);
    out
}

impl View<'_> {
    fn agile(&self, path: &str) -> String {
        format!("{}/rest/agile/1.0/{path}", self.base)
    }

    pub(crate) fn sprint(&self, sprint: &Sprint) -> Json {
        let mut out = json!({
            "id": sprint.id,
            "self": self.agile(&format!("sprint/{}", sprint.id)),
            "state": sprint.state.key(),
            "name": sprint.name,
        });
        put_dates(sprint, &mut out);
        out["createdDate"] = utc(sprint.created);
        out["originBoardId"] = sprint.board.into();
        if !sprint.goal.is_empty() {
            out["goal"] = sprint.goal.clone().into();
        }
        out
    }

    pub(crate) fn board(&self, board: &Board) -> Json {
        let mut out = json!({
            "id": board.id,
            "self": self.agile(&format!("board/{}", board.id)),
            "name": board.name,
            "type": board.kind.key(),
        });
        if let Some(project) = self.world.projects.get(&board.project) {
            out["location"] = json!({
                "projectId": project.id,
                "displayName": format!("{} ({})", project.name, project.key),
                "projectName": project.name,
                "projectKey": project.key,
                "projectTypeKey": project.kind.key(),
                "avatarURI": format!(
                    "{}/rest/api/2/universal_avatar/view/type/project/avatar/10416?size=small", self.base
                ),
                "name": format!("{} ({})", project.name, project.key),
            });
        }
        out["isPrivate"] = false.into();
        out
    }

    pub(crate) fn board_configuration(&self, board: &Board) -> Json {
        let column = |name: &str, statuses: &[u64]| {
            let statuses = statuses
                .iter()
                .map(|id| json!({ "id": id.to_string(), "self": self.link(&format!("status/{id}")) }));
            json!({ "name": name, "statuses": statuses.collect::<Vec<_>>() })
        };
        let mut out = json!({
            "id": board.id,
            "name": board.name,
            "type": board.kind.key(),
            "self": self.agile(&format!("board/{}/configuration", board.id)),
        });
        if let Some(project) = self.world.projects.get(&board.project) {
            out["location"] = json!({
                "type": "project",
                "key": project.key,
                "id": project.id.to_string(),
                "self": self.link(&format!("project/{}", project.id)),
                "name": project.name,
            });
        }
        out["filter"] =
            json!({ "id": board.filter.to_string(), "self": self.link(&format!("filter/{}", board.filter)) });
        out["columnConfig"] = json!({
            "columns": board.columns.iter().map(|c| column(&c.name, &c.statuses)).collect::<Vec<_>>(),
            "constraintType": "issueCount",
        });
        if board.kind == crate::world::BoardKind::Scrum {
            out["estimation"] = json!({
                "type": "field",
                "field": { "fieldId": crate::world::STORY_POINTS, "displayName": "Story Points" },
            });
        }
        out["ranking"] = json!({ "rankCustomFieldId": 10019 });
        out
    }
}

fn put_dates(sprint: &Sprint, out: &mut Json) {
    for (name, at) in
        [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.complete)]
    {
        if let Some(at) = at {
            out[name] = utc(at);
        }
    }
}
