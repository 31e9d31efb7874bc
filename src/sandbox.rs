//! The embedded Jira: a strict, in-memory Jira Cloud on loopback, for trying the server and for every test.
//!
//! It has its own readers and validators for everything and uses nothing of the client's side.

pub mod adf;
pub mod world;
