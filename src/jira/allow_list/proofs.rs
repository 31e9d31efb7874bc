//! Proofs that a container lies in an allowed project.

macro_rules! proofs {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            pub struct $name(String);

            impl $name {
                /// A proof, made where a check was passed.
                pub(in crate::jira::allow_list) fn new(key_or_id: impl Into<String>) -> Self {
                    Self(key_or_id.into())
                }

                /// The key or id to put into a path.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }
        )+
    };
}

proofs! {
    /// An issue that may be read or written, by its key or id.
    AllowedIssue;
    /// A project that may be read or written, by its key.
    AllowedProject;
    /// A board of an allowed project, by its id.
    AllowedBoard;
    /// A sprint of an allowed board, by its id.
    AllowedSprint;
    /// A version of an allowed project, by its id.
    AllowedVersion;
    /// A component of an allowed project, by its id.
    AllowedComponent;
    /// A filter that finds nothing outside the allowed projects, by its id.
    AllowedFilter;
    /// An attachment of an allowed issue, by its id.
    AllowedAttachment;
    /// A request on a service desk, by the key or id of its issue.
    AllowedRequest;
}

impl AllowedProject {
    /// The proof for the project of an allowed issue, by the issue's key.
    pub(in crate::jira) fn of_issue_key(key: &str) -> Option<Self> {
        key.rsplit_once('-').map(|(project, _)| Self::new(project))
    }
}

impl AllowedRequest {
    /// The proof for a request, which is its issue.
    #[must_use]
    pub fn of_issue(issue: &AllowedIssue) -> Self {
        Self::new(issue.as_str())
    }
}

impl AllowedAttachment {
    /// The proof for a file that came with an allowed issue.
    pub(in crate::jira) fn of_issue(_: &AllowedIssue, id: &str) -> Self {
        Self::new(id)
    }
}
