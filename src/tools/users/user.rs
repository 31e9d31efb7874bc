//! People: who calls, who somebody is, who there is.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::platform::user;
use crate::jira::{AllowedProject, IssueRef, User, UserScope};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::operations::PEOPLE;
use crate::tools::shared::paging::Paging;

#[derive(Debug, Deserialize, JsonSchema)]
struct GetMyself {}

#[derive(Debug, Serialize, JsonSchema)]
struct Myself {
    #[serde(flatten)]
    user: UserView,
    /// The site's address.
    site: String,
    /// The only projects that this server may use, where the operator limits them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    projects: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"user": "me"}))]
struct GetUser {
    /// `me`, name, e-mail or account id.
    user: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
// Where nobody is found, Jira is asked whether the account may see people at all.
#[schemars(example = json!({"query": "Nobody of this name"}))]
struct SearchUsers {
    /// Start of a name or e-mail.
    #[serde(default)]
    query: String,
    /// Key: only who is assignable there.
    project: Option<String>,
    /// Only who is assignable to it.
    issue: Option<IssueRef>,
    #[serde(flatten)]
    paging: Paging<20>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UserList {
    /// The people, by name.
    users: Vec<UserView>,
    /// Present where more may follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A person or an app.
#[derive(Debug, Serialize, JsonSchema)]
struct UserView {
    /// Display name.
    name: String,
    /// Atlassian account id.
    account_id: String,
    /// E-mail address, where it is shown to you.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// IANA time zone, where it is shown to you.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// `app` or `customer`; absent for people of the site.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// True where the account is closed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inactive: bool,
}

impl UserView {
    fn new(user: &User) -> Self {
        Self {
            name: user.name().to_owned(),
            account_id: user.account_id.clone(),
            email: user.email().map(str::to_owned),
            time_zone: user.time_zone.clone().filter(|zone| !zone.is_empty()),
            kind: user.account_type.clone().filter(|kind| kind != "atlassian"),
            inactive: !user.active,
        }
    }

    /// A row of a list, where time zones only cost room.
    fn row(user: &User) -> Self {
        Self { time_zone: None, ..Self::new(user) }
    }
}

#[tool_router(router = user_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Who am I, on which site; checks the connection.
    #[tool(meta = uses(&[&user::GET_MYSELF], &[]))]
    async fn get_myself(
        &self,
        call: Call,
        Parameters(GetMyself {}): Parameters<GetMyself>,
    ) -> Result<Json<Myself>> {
        let jira = call.jira()?;
        let user = UserView::new(&jira.myself().await?);
        let projects = jira.projects().unwrap_or_default().to_vec();
        Ok(Json(Myself { user, site: jira.site_url().await?, projects }))
    }

    /// Read one user.
    #[tool(meta = uses(&[&user::GET], &[PEOPLE]))]
    async fn get_user(&self, call: Call, Parameters(input): Parameters<GetUser>) -> Result<Json<UserView>> {
        let jira = call.jira()?;
        let account_id = match jira.person(&input.user, UserScope::Everyone).await {
            Ok(person) => person.account_id,
            // Whoever left cannot be given work, but can be read about.
            Err(error @ Error::Unresolved { .. }) => {
                let found = jira.find_users(input.user.trim(), UserScope::Everyone, 2).await?;
                let [user] = found.as_slice() else { return Err(error) };
                user.account_id.clone()
            }
            Err(error) => return Err(error),
        };
        Ok(Json(UserView::new(&jira.user(&account_id).await?)))
    }

    /// Find users.
    #[tool(meta = uses(&[&user::SEARCH, &user::SEARCH_ASSIGNABLE, &user::GET_MY_PERMISSIONS], &[]))]
    async fn search_users(
        &self,
        call: Call,
        Parameters(input): Parameters<SearchUsers>,
    ) -> Result<Json<UserList>> {
        let jira = call.jira()?;
        let project = match &input.project {
            Some(key) => Some(jira.allowed_project(key).await?),
            None => None,
        };
        let issue = match &input.issue {
            Some(issue) => Some(jira.allowed_issue(issue).await?),
            None => None,
        };
        let among = match (&issue, &project) {
            (Some(issue), _) => UserScope::AssignableTo(issue),
            (None, Some(project)) => UserScope::AssignableIn(project),
            (None, None) if input.query.trim().is_empty() => {
                return Err(InvalidArgument::parameter("query", ArgumentProblem::NoUserQuery).into());
            }
            (None, None) => UserScope::Everyone,
        };
        let query = (
            "search_users",
            &input.query,
            project.as_ref().map(AllowedProject::as_str),
            input.issue.as_ref().map(IssueRef::as_str),
        );
        let list = input.paging.open(&call, &query).await?;
        let page = jira.users_like(input.query.trim(), among, list.limit, list.start.clone()).await?;
        if page.rows.is_empty() && list.start.is_none() {
            jira.check_browsing().await?;
        }
        let (users, next_cursor) = list.rows(&page, UserView::row).await?;
        Ok(Json(UserList { users, next_cursor }))
    }
}
