//! The allow-list itself.

use std::sync::Arc;

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
