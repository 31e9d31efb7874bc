//! The part of Jira that a client sees: what lies in allowed projects.

use std::sync::Arc;

use crate::error::Error;
use crate::jira::values::issue_ref::is_key;
use crate::jira::{Client, ProjectAllowList, Screen, Shape};

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
