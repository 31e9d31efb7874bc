//! The operator's project allow-list, and proof that something lies inside.
//!
//! With `--projects`, what lies outside does not exist for a client. Functions that read or write a container
//! (issue, project, board, sprint, version, component, filter, attachment, request) take its proof, such as an
//! [`AllowedIssue`], so that none can forget the check. A proof is made in [`proofs`] alone: by the container's
//! *present* project, as an old key or an id may lead elsewhere. Without an allow-list a proof costs no request.

mod container;
pub(in crate::jira) mod jql;
mod proofs;

use std::sync::Arc;

use crate::error::Error;
use crate::jira::values::issue_ref::is_key;
use crate::jira::{Client, Screen, Shape};

pub use container::ContainerSummary;
pub use proofs::{
    AllowedAttachment, AllowedBoard, AllowedComponent, AllowedFilter, AllowedIssue, AllowedProject,
    AllowedRequest, AllowedSprint, AllowedVersion,
};

/// Keys of the only projects that exist for a client, in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectAllowList(Arc<[String]>);

impl From<Vec<String>> for ProjectAllowList {
    fn from(keys: Vec<String>) -> Self {
        Self(keys.into())
    }
}

impl ProjectAllowList {
    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// True for a project that exists for the client.
    #[must_use]
    pub fn allows(&self, key: &str) -> bool {
        self.0.iter().any(|allowed| allowed.eq_ignore_ascii_case(key))
    }

    /// The projects that are on both lists; `None` where no project is.
    pub(in crate::jira) fn narrowed(&self, other: &Self) -> Option<Self> {
        let both: Arc<[String]> = self.0.iter().filter(|key| other.0.contains(key)).cloned().collect();
        (!both.is_empty()).then_some(Self(both))
    }
}

impl Client {
    /// True where a project may be seen.
    #[must_use]
    pub fn allows_project(&self, key: &str) -> bool {
        self.limits.projects.as_ref().is_none_or(|projects| projects.allows(key))
    }

    /// True where an issue with this present key may be seen.
    #[must_use]
    pub fn allows_issue(&self, key: &str) -> bool {
        self.limits.projects.is_none()
            || key.rsplit_once('-').is_some_and(|(project, _)| self.allows_project(project))
    }

    /// Keys of the allowed projects, where there is an allow-list.
    #[must_use]
    pub fn projects(&self) -> Option<&[String]> {
        self.limits.projects.as_ref().map(ProjectAllowList::keys)
    }

    /// True where a text is the key of an issue outside, and nothing else; an old key may yet lead inside.
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

    /// The refusal of what lies outside, the same whether or not it exists.
    pub(in crate::jira) fn not_allowed(&self, what: &str) -> Error {
        Error::Refused {
            problem: format!("`{what}` is outside the projects that this server may use"),
            hint: format!("Only these are open: {}.", self.projects().unwrap_or_default().join(", ")),
        }
    }
}
