//! Everything that the sandbox serves of Jira's API, in one table.

use axum::http::HeaderValue;

use super::{call::Call, reply::Outcome, rest};

/// Answers a request.
type Handler = fn(&mut Call<'_>) -> Outcome;

/// One operation.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// The path as in Atlassian's documents of the API.
    pub(super) path: &'static str,
    /// True where Jira lets it be called without signing in.
    pub(super) anonymous: bool,
    /// The scopes that an app or a scoped token must have, all of them, with spaces between.
    pub(super) scopes: &'static str,
    pub(super) run: Handler,
}

impl Route {
    const fn signed_in(mut self) -> Self {
        self.anonymous = false;
        self
    }

    const fn needs(mut self, scopes: &'static str) -> Self {
        self.scopes = scopes;
        self
    }

    /// True where these scopes are enough.
    pub(super) fn allows(&self, scopes: &[String]) -> bool {
        self.scopes.split_whitespace().all(|needed| scopes.iter().any(|scope| scope == needed))
    }

    /// True where a body with this media type is read: JSON, but for files.
    pub(super) fn takes(&self, mime: Option<&HeaderValue>) -> bool {
        let mime = mime.and_then(|mime| mime.to_str().ok()).unwrap_or_default();
        let wanted =
            if self.path.ends_with("/attachments") { "multipart/form-data" } else { "application/json" };
        mime.split(';').next().is_some_and(|mime| mime.trim().eq_ignore_ascii_case(wanted))
    }

    /// The named segments of a path that is of this template; none when it is not.
    fn read(&self, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
        let template: Vec<&'static str> = self.path.split('/').skip(1).collect();
        if template.len() != segments.len() {
            return None;
        }
        let mut named = Vec::new();
        for (part, segment) in template.into_iter().zip(segments) {
            match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => named.push((name, segment.clone())),
                _ if part == segment => {}
                _ => return None,
            }
        }
        Some(named)
    }
}

/// Every operation.
pub(super) fn all() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter()
}

/// The route of a request, or why there is none.
pub(super) enum RouteMatch {
    Route(&'static Route, Vec<(&'static str, String)>),
    /// There is something there, for other methods.
    WrongMethod,
    Nothing,
}

/// Finds the operation of a method and decoded segments; the table has the more literal templates first.
pub(super) fn find(method: &str, segments: &[String]) -> RouteMatch {
    let mut there = false;
    for route in ROUTES {
        if let Some(named) = route.read(segments) {
            if route.method == method {
                return RouteMatch::Route(route, named);
            }
            there = true;
        }
    }
    if there { RouteMatch::WrongMethod } else { RouteMatch::Nothing }
}

/// The scope that most operations need that only read.
const READ: &str = "read:jira-work";
/// The scope that most operations need that change something.
const WRITE: &str = "write:jira-work";

const fn get(path: &'static str, run: Handler) -> Route {
    Route { method: "GET", path, anonymous: true, scopes: READ, run }
}

const fn post(path: &'static str, run: Handler) -> Route {
    Route { method: "POST", path, anonymous: true, scopes: WRITE, run }
}

const fn put(path: &'static str, run: Handler) -> Route {
    Route { method: "PUT", path, anonymous: true, scopes: WRITE, run }
}

const fn delete(path: &'static str, run: Handler) -> Route {
    Route { method: "DELETE", path, anonymous: true, scopes: WRITE, run }
}

use rest::{
    admin, agile, attachment, backlog, bulk, comment, field, filter, issue, jql, link, meta, people, project,
    release, search, social, sprint, worklog, write,
};

#[rustfmt::skip]
static ROUTES: &[Route] = &[
    // Search.
    get("/rest/api/3/search/jql", search::by_query),
    post("/rest/api/3/search/jql", search::by_body).needs("read:jira-work"),
    post("/rest/api/3/search/approximate-count", search::count).needs("read:jira-work"),
    get("/rest/api/3/search", search::gone),
    post("/rest/api/3/search", search::gone).needs("read:jira-work"),
    post("/rest/api/3/jql/parse", jql::parse).needs("read:jira-work"),
    get("/rest/api/3/jql/autocompletedata", jql::reference_data),
    post("/rest/api/3/jql/autocompletedata", jql::reference_data_of).needs("read:jira-work"),
    get("/rest/api/3/jql/autocompletedata/suggestions", jql::suggestions),
    post("/rest/api/3/jql/match", jql::matching).needs("read:jira-work"),

    get("/rest/api/3/filter/search", filter::search),
    get("/rest/api/3/filter/my", filter::mine).signed_in(),
    post("/rest/api/3/filter", filter::create).signed_in(),
    get("/rest/api/3/filter/{id}", filter::get),
    put("/rest/api/3/filter/{id}", filter::edit).signed_in(),
    delete("/rest/api/3/filter/{id}", filter::delete).signed_in(),

    // People.
    get("/rest/api/3/myself", people::myself).signed_in().needs("read:jira-user"),
    get("/rest/api/3/user", people::user).signed_in().needs("read:jira-user"),
    get("/rest/api/3/user/bulk", people::bulk).signed_in().needs("read:jira-user"),
    get("/rest/api/3/user/search", people::search).needs("read:jira-user"),
    get("/rest/api/3/user/assignable/search", people::assignable).signed_in().needs("read:jira-user"),
    get("/rest/api/3/user/groups", people::groups_of).signed_in().needs("read:jira-user"),
    get("/rest/api/3/users/search", people::everybody).signed_in().needs("read:jira-user"),
    get("/rest/api/3/groups/picker", people::find_groups).needs("read:jira-user"),
    get("/rest/api/3/group/member", people::members).signed_in().needs("manage:jira-configuration"),
    get("/rest/api/3/group/bulk", people::groups).signed_in().needs("read:jira-user"),
    get("/rest/api/3/role", people::roles).signed_in().needs("manage:jira-configuration"),
    get("/rest/api/3/permissions", people::permissions).needs("manage:jira-configuration"),
    get("/rest/api/3/mypermissions", people::my_permissions),

    // What there is.
    get("/rest/api/3/serverInfo", meta::server_info).needs(""),
    get("/rest/api/3/configuration", meta::configuration).signed_in().needs("read:jira-user"),
    get("/rest/api/3/field", field::list),
    get("/rest/api/3/field/search", field::search).signed_in(),
    get("/rest/api/3/field/{fieldId}/context", field::contexts).signed_in().needs("manage:jira-configuration"),
    get("/rest/api/3/field/{fieldId}/context/{contextId}/option", field::options).signed_in().needs("manage:jira-configuration"),
    post("/rest/api/3/field/{fieldId}/context/{contextId}/option", field::add_options).signed_in().needs("manage:jira-configuration"),
    get("/rest/api/3/issuetype", meta::issue_types),
    get("/rest/api/3/issuetype/project", meta::issue_types_of_project),
    get("/rest/api/3/issuetype/{id}", meta::issue_type),
    get("/rest/api/3/status", meta::statuses),
    get("/rest/api/3/status/{idOrName}", meta::status),
    get("/rest/api/3/statuscategory", meta::categories).signed_in(),
    get("/rest/api/3/priority", meta::priorities).signed_in(),
    get("/rest/api/3/priority/{id}", meta::priority).signed_in(),
    get("/rest/api/3/resolution/search", meta::resolutions).signed_in(),
    get("/rest/api/3/label", meta::labels).signed_in(),
    get("/rest/api/3/issueLinkType", meta::link_types),
    get("/rest/api/3/issueLinkType/{issueLinkTypeId}", meta::link_type),
    get("/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes", meta::create_types),
    get("/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", meta::create_fields),

    // Projects.
    get("/rest/api/3/project/search", project::search),
    get("/rest/api/3/project/{projectIdOrKey}", project::get),
    get("/rest/api/3/project/{projectIdOrKey}/statuses", project::statuses),
    get("/rest/api/3/project/{projectIdOrKey}/components", project::components),
    get("/rest/api/3/project/{projectIdOrKey}/component", project::component_page),
    get("/rest/api/3/project/{projectIdOrKey}/versions", project::versions),
    get("/rest/api/3/project/{projectIdOrKey}/version", project::version_page),
    get("/rest/api/3/project/{projectIdOrKey}/role", project::roles),
    get("/rest/api/3/project/{projectIdOrKey}/role/{id}", project::role),

    // Issues.
    post("/rest/api/3/issue/bulkfetch", issue::bulk_fetch).needs("read:jira-work"),
    get("/rest/api/3/issue/{issueIdOrKey}", issue::get),
    get("/rest/api/3/issue/{issueIdOrKey}/editmeta", issue::edit_meta),
    get("/rest/api/3/issue/{issueIdOrKey}/transitions", issue::transitions),
    get("/rest/api/3/issue/{issueIdOrKey}/changelog", issue::changelog),
    post("/rest/api/3/issue", write::create).signed_in(),
    post("/rest/api/3/issue/bulk", write::create_bulk).signed_in(),
    put("/rest/api/3/issue/{issueIdOrKey}", write::edit),
    delete("/rest/api/3/issue/{issueIdOrKey}", write::delete),
    put("/rest/api/3/issue/{issueIdOrKey}/assignee", write::assign),
    post("/rest/api/3/issue/{issueIdOrKey}/transitions", write::transition),

    post("/rest/api/3/bulk/issues/move", bulk::move_issues).signed_in(),
    get("/rest/api/3/bulk/queue/{taskId}", bulk::progress).signed_in(),

    // What hangs on an issue.
    get("/rest/api/3/issue/{issueIdOrKey}/comment", comment::list),
    post("/rest/api/3/issue/{issueIdOrKey}/comment", comment::add),
    get("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", comment::get),
    put("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", comment::edit),
    delete("/rest/api/3/issue/{issueIdOrKey}/comment/{id}", comment::delete).signed_in(),
    post("/rest/api/3/comment/list", comment::by_ids).needs("read:jira-work"),
    get("/rest/api/3/issue/{issueIdOrKey}/worklog", worklog::list),
    post("/rest/api/3/issue/{issueIdOrKey}/worklog", worklog::add),
    get("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", worklog::get),
    put("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", worklog::edit),
    delete("/rest/api/3/issue/{issueIdOrKey}/worklog/{id}", worklog::delete),
    post("/rest/api/3/issueLink", link::create),
    get("/rest/api/3/issueLink/{linkId}", link::get),
    delete("/rest/api/3/issueLink/{linkId}", link::delete),
    get("/rest/api/3/issue/{issueIdOrKey}/remotelink", link::remote_list),
    post("/rest/api/3/issue/{issueIdOrKey}/remotelink", link::remote_add),
    delete("/rest/api/3/issue/{issueIdOrKey}/remotelink", link::remote_delete),
    get("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", link::remote_get),
    put("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", link::remote_edit),
    delete("/rest/api/3/issue/{issueIdOrKey}/remotelink/{linkId}", link::remote_delete),
    get("/rest/api/3/issue/{issueIdOrKey}/watchers", social::watchers),
    post("/rest/api/3/issue/{issueIdOrKey}/watchers", social::watch).signed_in(),
    delete("/rest/api/3/issue/{issueIdOrKey}/watchers", social::unwatch).signed_in(),
    get("/rest/api/3/issue/{issueIdOrKey}/votes", social::votes),
    post("/rest/api/3/issue/{issueIdOrKey}/votes", social::vote).signed_in(),
    delete("/rest/api/3/issue/{issueIdOrKey}/votes", social::unvote).signed_in(),
    get("/rest/api/3/issue/{issueIdOrKey}/properties", social::properties),
    get("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", social::property),
    put("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", social::put_property),
    delete("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", social::delete_property),
    post("/rest/api/3/issue/{issueIdOrKey}/attachments", attachment::add),
    get("/rest/api/3/attachment/meta", attachment::settings),
    get("/rest/api/3/attachment/{id}", attachment::get),
    delete("/rest/api/3/attachment/{id}", attachment::delete),
    get("/rest/api/3/attachment/content/{id}", attachment::content),
    get("/rest/api/3/attachment/thumbnail/{id}", attachment::content),
    get("/__media/file/{id}", attachment::media).needs(""),

    // What administrators set up.
    post("/rest/api/3/project", admin::create_project).signed_in().needs("manage:jira-configuration"),
    delete("/rest/api/3/project/{projectIdOrKey}", admin::delete_project).signed_in().needs("manage:jira-configuration"),
    post("/rest/api/3/project/{projectIdOrKey}/role/{id}", admin::add_actors).needs("manage:jira-configuration"),
    post("/rest/api/3/field", field::create).signed_in().needs("manage:jira-configuration"),
    post("/rest/api/3/component", release::create_component).needs("manage:jira-project"),
    get("/rest/api/3/component/{id}", release::component),
    put("/rest/api/3/component/{id}", release::edit_component).needs("manage:jira-project"),
    delete("/rest/api/3/component/{id}", release::delete_component).needs("manage:jira-project"),
    get("/rest/api/3/component/{id}/relatedIssueCounts", release::component_counts),
    post("/rest/api/3/version", release::create_version).needs("manage:jira-project"),
    get("/rest/api/3/version/{id}", release::version),
    put("/rest/api/3/version/{id}", release::edit_version).needs("manage:jira-project"),
    post("/rest/api/3/version/{id}/removeAndSwap", release::remove_version).needs("manage:jira-project"),
    get("/rest/api/3/version/{id}/relatedIssueCounts", release::version_counts),
    get("/rest/api/3/version/{id}/unresolvedIssueCount", release::version_unresolved),

    // Boards and sprints.
    get("/rest/agile/1.0/board", agile::board_list).signed_in().needs("read:board-scope:jira-software read:project:jira"),
    post("/rest/agile/1.0/board", agile::board_create).signed_in().needs("write:board-scope:jira-software"),
    get("/rest/agile/1.0/board/{boardId}", agile::board_get).signed_in().needs("read:board-scope:jira-software read:issue-details:jira"),
    get("/rest/agile/1.0/board/{boardId}/configuration", agile::board_configuration).signed_in().needs("read:board-scope.admin:jira-software read:project:jira"),
    get("/rest/agile/1.0/board/{boardId}/project", agile::board_projects).signed_in().needs("read:board-scope.admin:jira-software read:project:jira"),
    get("/rest/agile/1.0/board/{boardId}/quickfilter", agile::quick_filters).signed_in().needs("read:board-scope.admin:jira-software read:jql:jira"),
    get("/rest/agile/1.0/board/{boardId}/version", agile::board_versions).signed_in().needs("read:board-scope:jira-software"),
    get("/rest/agile/1.0/board/{boardId}/epic", agile::board_epics).signed_in().needs("read:epic:jira-software"),
    get("/rest/agile/1.0/board/{boardId}/sprint", sprint::list).signed_in().needs("read:sprint:jira-software"),
    post("/rest/agile/1.0/sprint", sprint::create).signed_in().needs("write:sprint:jira-software"),
    get("/rest/agile/1.0/sprint/{sprintId}", sprint::get).signed_in().needs("read:sprint:jira-software"),
    post("/rest/agile/1.0/sprint/{sprintId}", sprint::patch).signed_in().needs("write:sprint:jira-software"),
    put("/rest/agile/1.0/sprint/{sprintId}", sprint::put).signed_in().needs("write:sprint:jira-software"),
    delete("/rest/agile/1.0/sprint/{sprintId}", sprint::delete).signed_in().needs("delete:sprint:jira-software"),
    post("/rest/agile/1.0/sprint/{sprintId}/issue", backlog::sprint_add).signed_in().needs("write:sprint:jira-software"),
    post("/rest/agile/1.0/backlog/issue", backlog::backlog_add).signed_in().needs("write:board-scope:jira-software"),
    post("/rest/agile/1.0/backlog/{boardId}/issue", backlog::backlog_add).signed_in().needs("write:board-scope:jira-software"),
    put("/rest/agile/1.0/issue/rank", backlog::rank).signed_in().needs("write:issue:jira-software"),
    get("/rest/agile/1.0/issue/{issueIdOrKey}", agile::issue_get).signed_in().needs("read:issue:jira-software"),
    get("/rest/agile/1.0/issue/{issueIdOrKey}/estimation", agile::estimation).signed_in().needs("read:issue:jira-software read:issue-details:jira"),
    put("/rest/agile/1.0/issue/{issueIdOrKey}/estimation", agile::set_estimation).signed_in().needs("write:issue:jira-software read:issue-details:jira"),
    post("/rest/agile/1.0/epic/none/issue", backlog::epic_add).signed_in().needs("write:epic:jira-software"),
    get("/rest/agile/1.0/epic/{epicIdOrKey}", agile::epic_get).signed_in().needs("read:epic:jira-software"),
    post("/rest/agile/1.0/epic/{epicIdOrKey}/issue", backlog::epic_add).signed_in().needs("write:epic:jira-software"),
    get("/rest/software/1.0/board/{boardId}/issue", agile::board_issues).signed_in().needs("read:board-scope:jira-software read:issue-details:jira"),
    get("/rest/software/1.0/board/{boardId}/issue/approximate-count", agile::board_count).signed_in().needs("read:board-scope:jira-software read:issue-details:jira"),
    get("/rest/software/1.0/board/{boardId}/backlog", agile::board_backlog).signed_in().needs("read:board-scope:jira-software read:issue-details:jira"),
    get("/rest/software/1.0/board/{boardId}/backlog/approximate-count", agile::backlog_count).signed_in().needs("read:board-scope:jira-software read:issue-details:jira"),
    get("/rest/software/1.0/board/{boardId}/sprint/{sprintId}/issue", agile::sprint_issues).signed_in().needs("read:sprint:jira-software read:issue-details:jira read:jql:jira"),
    get("/rest/software/1.0/board/{boardId}/epic/none/issue", agile::epicless_issues).signed_in().needs("read:epic:jira-software read:issue-details:jira read:jql:jira"),
    get("/rest/software/1.0/board/{boardId}/epic/{epicId}/issue", agile::epic_issues).signed_in().needs("read:epic:jira-software read:issue-details:jira read:jql:jira"),
    get("/rest/software/1.0/sprint/{sprintId}/issue", agile::sprint_issues).signed_in().needs("read:sprint:jira-software read:issue-details:jira read:jql:jira"),
    get("/rest/software/1.0/epic/none/issue", agile::epicless_issues).signed_in().needs("read:epic:jira-software read:issue-details:jira read:jql:jira"),
    get("/rest/software/1.0/epic/{epicIdOrKey}/issue", agile::epic_issues).signed_in().needs("read:epic:jira-software read:issue-details:jira read:jql:jira"),
];
