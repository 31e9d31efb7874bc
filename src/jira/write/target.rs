//! The target of a write: an issue to be created, an issue that exists, or a transition's screen.

use crate::jira::platform::metadata::IssueType;
use crate::jira::platform::transition::Transition;
use crate::jira::{AllowedIssue, AllowedProject};

/// The target of a write of fields.
#[derive(Debug, Clone)]
pub enum Target {
    /// A new issue.
    Create {
        /// The project.
        project: AllowedProject,
        /// Type of the issue.
        kind: IssueType,
    },
    /// An issue that exists.
    Edit(AllowedIssue),
    /// The screen of a transition of an issue.
    Move(AllowedIssue, Transition),
}
