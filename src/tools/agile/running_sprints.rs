//! The sprints that run on a board, with their issues.

use serde::Serialize;

use crate::error::Result;
use crate::jira::{Sprint, SprintState};
use crate::server::Call;
use crate::tools::issues::search::{COLUMNS, IssueRow};

/// Issues that are shown of one sprint at most.
const MAX_ISSUES: u64 = 100;

/// A board's sprints that run. Members without a value are left out.
#[derive(Debug, Serialize)]
pub(crate) struct RunningSprints {
    /// Name.
    board: String,
    /// Key of its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// One, as a rule; none between two sprints, and on boards without sprints.
    sprints: Vec<SprintView>,
}

#[derive(Debug, Serialize)]
struct SprintView {
    id: u64,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    goal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    /// In the order of the board.
    issues: Vec<IssueRow>,
    /// How to see the issues that are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<String>,
    /// Issues outside the allowed projects.
    #[serde(skip_serializing_if = "is_zero")]
    outside: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The sprints that run on a board, with their issues.
///
/// # Errors
/// [`crate::error::Error::NotFound`] for a board that there is not.
pub(crate) async fn running_sprints(call: &Call, board: u64) -> Result<RunningSprints> {
    let jira = call.jira()?;
    let proof = jira.allowed_board(board).await?;
    let board = jira.board(&proof).await?;
    let mut sprints = Vec::new();
    for sprint in jira.sprints_if_any(&proof, &[SprintState::Active]).await? {
        sprints.push(view(call, sprint).await?);
    }
    Ok(RunningSprints { project: board.project().map(str::to_owned), board: board.name, sprints })
}

async fn view(call: &Call, sprint: Sprint) -> Result<SprintView> {
    let jira = call.jira()?;
    let condition = format!("sprint = {}", sprint.id);
    let jql = format!("{condition} ORDER BY rank ASC");
    let page = jira.search(&jql, &COLUMNS.map(str::to_owned), MAX_ISSUES, None).await?;
    let formatter = jira.formatter().await?;
    let more = match page.after(page.rows.len()) {
        Some(_) => {
            let left = jira.count(&condition).await?.saturating_sub(page.rows.len() as u64);
            Some(format!("{left} issues: search_issues with `{condition}`"))
        }
        None => None,
    };
    let day = |at: &Option<String>| at.as_deref().map(|at| formatter.day(at));
    Ok(SprintView {
        id: sprint.id,
        start: day(&sprint.start_date),
        end: day(&sprint.end_date),
        name: sprint.name,
        goal: sprint.goal,
        issues: page.rows.iter().map(|issue| IssueRow::new(issue, &formatter)).collect(),
        more,
        outside: jira.count_outside(&condition).await?,
    })
}
