//! Integration tests: one binary.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report, in its helpers too")]

mod agile;
mod allow_list;
mod architecture;
mod auth;
mod auth_login;
mod bounds;
mod catalog;
mod clone;
mod comments;
mod completion;
mod confirm;
#[cfg(feature = "contract")]
mod contract;
#[cfg(feature = "contract")]
mod contract_adf;
#[cfg(feature = "contract")]
mod contract_sweep;
mod create;
mod declared_operations;
mod elicited_sign_in;
mod failures;
mod figures;
mod gates;
mod http;
mod keyring;
mod leaks;
mod links;
mod metadata;
mod network;
mod progress;
mod projects;
mod prompts;
mod protocol;
mod race;
mod readme;
mod resources;
mod rich_text;
mod rotation;
mod sandbox;
mod scopes;
mod search;
mod support;
mod transition;
mod update;
mod users;
mod worklogs;
