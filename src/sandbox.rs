//! The embedded Jira.
pub mod adf;
