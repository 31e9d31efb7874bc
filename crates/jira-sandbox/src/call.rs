//! One request to the REST API, as a handler gets it.

use axum::http::HeaderMap;
use serde_json::{Map, Value as Json};

use super::{
    index::Index,
    reply::Reply,
    view::View,
    world::{Id, Issue, Permission, Project, World},
};

/// One request: who calls, what was asked, and the world to answer from.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) index: &'a mut Index,
    /// The caller's account id; none for an anonymous caller.
    pub(super) who: Option<String>,
    /// Base address of links in replies.
    pub(super) base: String,
    /// The site's own address.
    pub(super) site: &'a str,
    /// Address of downloads: another host in Jira, another port here.
    pub(super) media: &'a str,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    /// True where pages of search are shorter than asked for.
    pub(super) short_pages: bool,
}

impl Call<'_> {
    /// The world as the caller sees it.
    pub(super) fn view(&self) -> View<'_> {
        View { world: self.world, base: &self.base, site: self.site, who: self.who.as_deref() }
    }

    /// A segment of the path by its name in the template.
    pub(super) fn param(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// A segment that is a number; 404 with the given message when it is none.
    pub(super) fn id(&self, name: &str, message: &str) -> Result<Id, Reply> {
        self.param(name).parse().map_err(|_| Reply::error(404, message))
    }

    /// The first value of a query parameter.
    pub(super) fn query(&self, name: &'static str) -> Option<&str> {
        self.query_all(name).next()
    }

    /// All values of a query parameter.
    pub(super) fn query_all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter that may also be joined by commas.
    pub(super) fn query_list(&self, name: &'static str) -> Vec<&str> {
        self.query_all(name).flat_map(|v| v.split(',')).map(str::trim).filter(|v| !v.is_empty()).collect()
    }

    /// A query parameter that is `true` or `false`.
    pub(super) fn flag(&self, name: &'static str, default: bool) -> bool {
        self.query(name).map_or(default, |value| value.eq_ignore_ascii_case("true"))
    }

    /// A query parameter that is a whole number; 404, as Jira answers a parameter that it cannot convert.
    pub(super) fn number(&self, name: &'static str, default: usize) -> Result<usize, Reply> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().map_err(|_| Reply::error(404, format!("Invalid value '{text}' for parameter '{name}'.")))
    }

    /// The body as a JSON object that has no other members than these.
    pub(super) fn object(&self, known: &[&str]) -> Result<Map<String, Json>, Reply> {
        let Ok(Json::Object(body)) = serde_json::from_slice(self.body) else {
            return Err(Reply::bad_payload());
        };
        if body.keys().all(|key| known.contains(&key.as_str())) {
            Ok(body)
        } else {
            Err(Reply::bad_payload())
        }
    }

    /// The account that calls.
    pub(super) fn me(&self) -> Result<String, Reply> {
        self.who.clone().ok_or_else(Reply::unauthorized)
    }

    /// The issue of the path, if the caller sees it.
    pub(super) fn issue(&self) -> Result<&Issue, Reply> {
        self.issue_by(self.param("issueIdOrKey"))
    }

    /// An issue by id or key, if the caller sees it.
    pub(super) fn issue_by(&self, id_or_key: &str) -> Result<&Issue, Reply> {
        self.world
            .issue(id_or_key)
            .filter(|issue| self.world.sees(self.who.as_deref(), issue))
            .ok_or_else(Reply::no_issue)
    }

    /// The issue of the path, if the caller holds a permission on it.
    pub(super) fn issue_for(&self, permission: Permission, status: u16, refusal: &str) -> Result<Id, Reply> {
        let issue = self.issue()?;
        self.require(permission, issue, status, refusal)?;
        Ok(issue.id)
    }

    /// Refuses unless the caller holds a permission on an issue. Jira's status for it differs from one operation to
    /// the next.
    pub(super) fn require(
        &self,
        permission: Permission,
        issue: &Issue,
        status: u16,
        refusal: impl Into<String>,
    ) -> Result<(), Reply> {
        let may = self.world.may_on(self.who.as_deref(), permission, issue);
        if may { Ok(()) } else { Err(Reply::error(status, refusal)) }
    }

    /// A project that the caller sees.
    pub(super) fn project(&self, name: &str) -> Result<&Project, Reply> {
        let id_or_key = self.param(name);
        let kind = if id_or_key.parse::<Id>().is_ok() { "id" } else { "key" };
        self.visible_project(id_or_key)
            .ok_or_else(|| Reply::error(404, format!("No project could be found with {kind} '{id_or_key}'.")))
    }

    /// A project by id or key, if the caller sees it.
    pub(super) fn visible_project(&self, id_or_key: &str) -> Option<&Project> {
        self.world
            .project(id_or_key)
            .filter(|p| self.world.may_in(self.who.as_deref(), Permission::BrowseProjects, p, None))
    }

    /// Refuses unless the caller administers the project, or the site.
    pub(super) fn require_admin(&self, project: &Project, status: u16, refusal: &str) -> Result<(), Reply> {
        let who = self.who.as_deref();
        let may = self.world.may_in(who, Permission::AdministerProjects, project, None)
            || self.world.may(who, Permission::Administer);
        if may { Ok(()) } else { Err(Reply::error(status, refusal)) }
    }

    /// Refuses with 403 unless the caller administers the site.
    pub(super) fn require_site_admin(&self, refusal: &str) -> Result<String, Reply> {
        let me = self.me()?;
        if self.world.may(Some(&me), Permission::Administer) {
            Ok(me)
        } else {
            Err(Reply::error(403, refusal))
        }
    }

    /// A page by `startAt` and `maxResults`: `{startAt, maxResults, total, isLast, values}`.
    pub(super) fn page(&self, all: Vec<Json>, default: usize, most: usize) -> Result<Json, Reply> {
        let (start, max) = (self.number("startAt", 0)?, self.number("maxResults", default)?.min(most));
        let total = all.len();
        let values: Vec<_> = all.into_iter().skip(start).take(max).collect();
        Ok(serde_json::json!({
            "startAt": start,
            "maxResults": max,
            "total": total,
            "isLast": start + values.len() >= total,
            "values": values,
        }))
    }
}
