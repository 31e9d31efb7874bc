//! The embedded Jira.
