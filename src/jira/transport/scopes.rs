//! What an OAuth token, or a scoped API token, must allow for each operation of Jira that is used here.
//!
//! Jira refuses a token without saying which scope it lacks, so the table says it. A contract test
//! holds it to Atlassian's documents, and every request of every test to the table.

type Scopes = &'static [&'static str];

const READ: Scopes = &["read:jira-work"];
const WRITE: Scopes = &["write:jira-work"];
const PEOPLE: Scopes = &["read:jira-user"];
// Boards and sprints have no classic scopes.
const MAX_BOARDS: Scopes = &["read:board-scope:jira-software", "read:project:jira"];
const BOARD: Scopes = &["read:board-scope:jira-software", "read:issue-details:jira"];
const SPRINTS: Scopes = &["read:sprint:jira-software"];

/// Method, path template, and the scopes that it takes, all of them. Classic scopes are named
/// where there are any, as Atlassian recommends.
pub const OPERATIONS: &[(&str, &str, Scopes)] = &[
    ("GET", "/rest/agile/1.0/board", MAX_BOARDS),
    ("GET", "/rest/agile/1.0/board/{}", BOARD),
    ("GET", "/rest/agile/1.0/board/{}/sprint", SPRINTS),
    ("GET", "/rest/api/3/attachment/content/{}", READ),
    ("GET", "/rest/api/3/configuration", PEOPLE),
    ("GET", "/rest/api/3/field", READ),
    ("POST", "/rest/api/3/issue", WRITE),
    ("POST", "/rest/api/3/issue/bulkfetch", READ),
    ("GET", "/rest/api/3/issue/createmeta/{}/issuetypes", READ),
    ("GET", "/rest/api/3/issue/createmeta/{}/issuetypes/{}", READ),
    ("GET", "/rest/api/3/issue/{}", READ),
    ("PUT", "/rest/api/3/issue/{}", WRITE),
    ("DELETE", "/rest/api/3/issue/{}", WRITE),
    ("GET", "/rest/api/3/issue/{}/changelog", READ),
    ("GET", "/rest/api/3/issue/{}/comment", READ),
    ("POST", "/rest/api/3/issue/{}/comment", WRITE),
    ("GET", "/rest/api/3/issue/{}/comment/{}", READ),
    ("PUT", "/rest/api/3/issue/{}/comment/{}", WRITE),
    ("DELETE", "/rest/api/3/issue/{}/comment/{}", WRITE),
    ("GET", "/rest/api/3/issue/{}/editmeta", READ),
    ("GET", "/rest/api/3/issue/{}/remotelink", READ),
    ("POST", "/rest/api/3/issue/{}/remotelink", WRITE),
    ("PUT", "/rest/api/3/issue/{}/remotelink/{}", WRITE),
    ("DELETE", "/rest/api/3/issue/{}/remotelink/{}", WRITE),
    ("GET", "/rest/api/3/issue/{}/transitions", READ),
    ("POST", "/rest/api/3/issue/{}/transitions", WRITE),
    ("GET", "/rest/api/3/issue/{}/worklog", READ),
    ("POST", "/rest/api/3/issue/{}/worklog", WRITE),
    ("GET", "/rest/api/3/issue/{}/worklog/{}", READ),
    ("PUT", "/rest/api/3/issue/{}/worklog/{}", WRITE),
    ("DELETE", "/rest/api/3/issue/{}/worklog/{}", WRITE),
    ("POST", "/rest/api/3/issueLink", WRITE),
    ("DELETE", "/rest/api/3/issueLink/{}", WRITE),
    ("GET", "/rest/api/3/issueLinkType", READ),
    ("GET", "/rest/api/3/jql/autocompletedata", READ),
    ("GET", "/rest/api/3/jql/autocompletedata/suggestions", READ),
    ("GET", "/rest/api/3/mypermissions", READ),
    ("GET", "/rest/api/3/myself", PEOPLE),
    ("GET", "/rest/api/3/project/search", READ),
    ("GET", "/rest/api/3/project/{}", READ),
    ("GET", "/rest/api/3/project/{}/statuses", READ),
    ("POST", "/rest/api/3/search/approximate-count", READ),
    ("POST", "/rest/api/3/search/jql", READ),
    ("GET", "/rest/api/3/status", READ),
    ("GET", "/rest/api/3/user", PEOPLE),
    ("GET", "/rest/api/3/user/assignable/search", PEOPLE),
    ("GET", "/rest/api/3/user/search", PEOPLE),
];

/// All that boards and their sprints take. No toolset needs it: it is asked for where somebody wants a sprint by its name,
/// or a board as a resource.
pub const AGILE: Scopes = &[
    "read:board-scope:jira-software",
    "read:issue-details:jira",
    "read:project:jira",
    "read:sprint:jira-software",
];

/// The scopes to have for an operation; none where it is unknown. For one of boards those of all of them, as one leads
/// to the next and people should not have to sign in again for each.
#[must_use]
pub fn needed(method: &str, template: &str) -> Scopes {
    if template.starts_with("/rest/agile/") {
        return AGILE;
    }
    OPERATIONS
        .iter()
        .find(|(known, path, _)| *known == method && *path == template)
        .map_or(&[], |(_, _, scopes)| scopes)
}
