//! Where fields are written.

use crate::jira::platform::metadata::IssueType;
use crate::jira::platform::transition::Transition;
use crate::jira::{AllowedIssue, AllowedProject};

/// Where fields are written.
#[derive(Debug, Clone)]
pub enum Target {
    /// On creating an issue.
    Create {
        /// The project.
        project: AllowedProject,
        /// Type of the issue.
        kind: IssueType,
    },
    /// On an issue that exists.
    Edit(AllowedIssue),
    /// On the screen of a transition of an issue.
    Move(AllowedIssue, Transition),
}
