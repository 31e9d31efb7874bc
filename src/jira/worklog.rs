//! Work logged on an issue.

use serde::Deserialize;
use serde_json::Value;

use super::request::{Path, Request};
use super::{Admitted, Client};
use crate::error::Result;

impl Client {
    /// The latest worklogs of an issue that has `total` of them, at most `count`, the oldest first as
    /// Jira sends them.
    ///
    /// # Errors
    /// As every request.
    pub async fn latest_worklogs(&self, issue: &Admitted, total: u64, count: u64) -> Result<Vec<Value>> {
        #[derive(Deserialize)]
        struct Listing {
            worklogs: Vec<Value>,
        }
        let request = Request::get(Path::api("issue").arg(issue.as_str()).then("worklog"))
            .query("startAt", total.saturating_sub(count))
            .query("maxResults", count);
        let listing: Listing = self.send(request).await?.json()?;
        Ok(listing.worklogs)
    }
}
