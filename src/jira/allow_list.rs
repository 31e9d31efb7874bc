//! The operator's project allow-list, and proof that something lies inside.
//!
//! With `--projects`, what lies outside does not exist for a client. Functions that read or write a container
//! (issue, project, board, sprint, version, component, filter, attachment, request) take its proof, such as an
//! [`AllowedIssue`], so that none can forget the check. A proof is made in [`checks`] alone: by the container's
//! *present* project, as an old key or an id may lead elsewhere. Without an allow-list a proof costs no request.

mod checks;
mod container;
pub(in crate::jira) mod jql;
mod list;
mod proofs;
mod visible;

pub use container::ContainerSummary;
pub use list::ProjectAllowList;
pub use proofs::{
    AllowedAttachment, AllowedBoard, AllowedComponent, AllowedFilter, AllowedIssue, AllowedProject,
    AllowedRequest, AllowedSprint, AllowedVersion,
};
