//! One request to Jira and its reply: paths, repeating, paging, caching.

pub(in crate::jira) mod cache;
pub mod operation;
pub(in crate::jira) mod page;
pub(in crate::jira) mod pool;
pub(in crate::jira) mod progress_listener;
pub(in crate::jira) mod reply;
pub(in crate::jira) mod request;
pub(in crate::jira) mod retry;
pub(in crate::jira) mod send;

pub use operation::{Api, Effect, Operation, Source, Timeout};
pub use page::{Page, Position};
pub use pool::Pool;
pub use progress_listener::ProgressListener;
pub use request::{Body, File};
