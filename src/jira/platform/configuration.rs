//! The configuration of the site, as far as durations depend on it.

use std::sync::Arc;

use serde::Deserialize;

use crate::error::Result;
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, READ_USERS, operations};
use crate::jira::{Client, WorkingTime};

operations! {
    /// Configuration of the site.
    GET = Operation::get(Api::Platform, "configuration")
        .scopes(READ_USERS, "read:instance-configuration:jira read:issue.time-tracking:jira");
}

/// The kind of the cached working time of the site.
enum SiteWorkingTime {}

impl CacheKind for SiteWorkingTime {
    type Key = ();
    type Value = WorkingTime;
}

impl Client {
    /// The hours of a working day and the days of a working week on this site, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request.
    pub async fn working_time(&self) -> Result<Arc<WorkingTime>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Configuration {
            time_tracking_configuration: WorkingTime,
        }
        let fetch = || async {
            let reply: Configuration = self.send(GET.request([])).await?.json()?;
            Ok(reply.time_tracking_configuration)
        };
        self.site.caches.of::<SiteWorkingTime>().get((), fetch).await
    }
}
