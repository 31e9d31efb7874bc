//! Which issue is meant, and whether the operator's project allow-list lets it through.
//!
//! With `--projects`, what lies outside does not exist for a client. Endpoints that take an issue
//! take an [`AllowedIssue`], which only [`Client::admit`] and a creation make: it decides by the issue's
//! *present* key, as an old key or an id may lead elsewhere.

pub(in crate::jira) mod jql;

use std::sync::Arc;

use serde::Deserialize;
use url::Url;

use crate::error::{Error, Result};
use crate::jira::platform::issue;
use crate::jira::values::screen::Screen;
use crate::jira::{Client, Shape};

/// An issue as a person names it: key, id, or an address copied from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct IssueRef {
    name: String,
    /// The host of the address, where it was one.
    host: Option<String>,
}

impl IssueRef {
    /// The key, in upper case, or the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl TryFrom<String> for IssueRef {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        let (found, host) = match Url::parse(text.trim()) {
            Ok(url) => (in_address(&url), url.host_str().map(str::to_owned)),
            Err(_) => (key_or_id(&text), None),
        };
        found.map(|name| Self { name, host }).ok_or_else(|| {
            format!("`{text}` is no issue; give a key such as PROJ-123, an id, or the issue's address")
        })
    }
}

/// The issue that an address shows: `/browse/KEY`, or what a board or queue has selected.
fn in_address(url: &Url) -> Option<String> {
    let selected =
        url.query_pairs().find(|(name, _)| name == "selectedIssue").map(|(_, value)| value.into_owned());
    selected
        .and_then(|key| key_or_id(&key))
        .or_else(|| url.path_segments()?.rev().filter(|segment| segment.contains('-')).find_map(key_or_id))
}

/// True for what has the form of an issue's key.
pub(in crate::jira) fn is_key(text: &str) -> bool {
    key_or_id(text).is_some_and(|found| found.contains('-'))
}

fn key_or_id(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.is_empty() && text.len() <= 19 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let (project, number) = text.rsplit_once('-')?;
    let project_fits = project.len() <= 255
        && project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let number_fits = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    (project_fits && number_fits).then(|| text.to_ascii_uppercase())
}

/// An issue that may be read or written: its key or id, within the allow-list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedIssue(String);

impl AllowedIssue {
    /// The key or id to put into a path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An issue that was just created in an allowed project.
    pub(in crate::jira) fn written(created: &crate::jira::Created) -> Self {
        Self(created.id.clone())
    }
}

impl Client {
    /// Lets an issue through the allow-list. Without an allow-list this asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] for an issue outside, also for one of another project that does not
    /// exist; [`Error::NotFound`] for none; [`Error::Argument`] for an address of another site.
    pub async fn allowed_issue(&self, issue: &IssueRef) -> Result<AllowedIssue> {
        if let Some(host) = &issue.host {
            self.check_site(host, &issue.name).await?;
        }
        if self.limits.projects.is_none() {
            return Ok(AllowedIssue(issue.name.clone()));
        }
        match self.present_key(&issue.name).await {
            Ok(present) if self.allows_issue(&present) => Ok(AllowedIssue(present)),
            // Neither its present key nor whether it exists is the caller's to know.
            Err(Error::NotFound { .. }) if !self.allows_issue(&issue.name) => {
                Err(self.not_allowed(&issue.name))
            }
            Ok(_) => Err(self.not_allowed(&issue.name)),
            Err(error) => Err(error),
        }
    }

    /// Refuses the address of an issue on another site, where the same key means something else.
    async fn check_site(&self, host: &str, issue: &str) -> Result<()> {
        let site = self.site.session.browse_url().await?;
        match site.host_str() {
            Some(home) if home != host => Err(Error::Argument(format!(
                "That is an address of {host}, and this server works on {home}; `{issue}` alone means the issue there."
            ))),
            _ => Ok(()),
        }
    }

    /// The key of an issue, asked of Jira only where it was named by its id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn key_of(&self, issue: &AllowedIssue) -> Result<String> {
        if issue.0.contains('-') {
            return Ok(issue.0.clone());
        }
        self.present_key(&issue.0).await
    }

    async fn present_key(&self, issue: &str) -> Result<String> {
        #[derive(Deserialize)]
        struct Keyed {
            key: String,
        }
        let request = issue::GET.request([issue]).query("fields", "project");
        let present: Keyed = self.send(request).await?.json()?;
        Ok(present.key)
    }

    /// Lets a project key through the allow-list.
    ///
    /// # Errors
    /// [`Error::Refused`] for a project outside.
    pub fn allowed_project(&self, key: &str) -> Result<()> {
        if self.allows_project(key) { Ok(()) } else { Err(self.not_allowed(key)) }
    }

    /// True where a project may be seen.
    #[must_use]
    pub fn allows_project(&self, key: &str) -> bool {
        self.limits
            .projects
            .as_ref()
            .is_none_or(|projects| projects.iter().any(|p| p.eq_ignore_ascii_case(key)))
    }

    /// True where an issue with this present key may be seen.
    #[must_use]
    pub fn allows_issue(&self, key: &str) -> bool {
        self.limits.projects.is_none()
            || key.rsplit_once('-').is_some_and(|(project, _)| self.allows_project(project))
    }

    /// The allow-list, where there is one.
    #[must_use]
    pub fn projects(&self) -> Option<&[String]> {
        self.limits.projects.as_deref()
    }

    /// True where a text is the key of an issue outside the allowed projects, and nothing else; an old key may
    /// yet lead inside.
    pub(in crate::jira) fn names_hidden_issue(&self, text: &str) -> bool {
        is_key(text) && !self.allows_issue(text.trim())
    }

    /// Takes the projects that lie outside from the values of a screen.
    pub(in crate::jira) fn remove_hidden_projects(&self, screen: &mut Screen) {
        let of_one = Shape::Choice("project");
        let of_many = Shape::List(Box::new(of_one.clone()));
        for field in &mut screen.0 {
            if let Some(choices) = &mut field.choices
                && [&of_one, &of_many].contains(&&Shape::of(&field.id, field.schema.as_ref()))
            {
                choices.retain(|project| self.allows_project(project.key()));
            }
        }
    }

    /// A screen from the cache, which other limits share, as [`Client::remove_hidden_projects`] leaves it.
    pub(in crate::jira) fn without_hidden_projects(&self, mut screen: Arc<Screen>) -> Arc<Screen> {
        if self.limits.projects.is_some() {
            self.remove_hidden_projects(Arc::make_mut(&mut screen));
        }
        screen
    }

    pub(in crate::jira) fn not_allowed(&self, what: &str) -> Error {
        let projects = self.limits.projects.as_deref().unwrap_or_default().join(", ");
        Error::Refused {
            problem: format!("`{what}` is outside the projects that this server may use"),
            hint: format!("Only these are open: {projects}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_understood_however_it_is_named() {
        for (text, expected) in [
            ("proj-12", "PROJ-12"),
            (" PROJ-12 ", "PROJ-12"),
            ("10042", "10042"),
            ("https://acme.atlassian.net/browse/PROJ-12?focusedCommentId=3", "PROJ-12"),
            (
                "https://acme.atlassian.net/jira/software/projects/PROJ/boards/1?selectedIssue=PROJ-12",
                "PROJ-12",
            ),
            ("https://acme.atlassian.net/jira/servicedesk/projects/OPS/queues/custom/1/OPS-7", "OPS-7"),
        ] {
            assert_eq!(IssueRef::try_from(text.to_owned()).unwrap().as_str(), expected, "{text}");
        }
        for text in
            ["", "PROJ", "PROJ-", "-1", "PROJ-1/../x", "../admin", "https://acme.atlassian.net/", "1 2"]
        {
            assert!(IssueRef::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
