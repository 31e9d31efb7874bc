//! The fields of the site.

use std::sync::Arc;

use crate::error::Result;
use crate::jira::transport::cache::CacheKind;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{Client, Fields};

operations! {
    /// Fields of the site.
    LIST = Operation::get(Api::Platform, "field")
        .scopes(READ_WORK, "read:field:jira read:avatar:jira read:project-category:jira read:project:jira read:field-configuration:jira");
}

/// The fields of the site, as they are cached.
enum SiteFields {}

impl CacheKind for SiteFields {
    type Key = ();
    type Value = Fields;
}

impl Client {
    /// The site's fields, from the cache where they are fresh.
    ///
    /// # Errors
    /// As every request.
    pub async fn fields(&self) -> Result<Arc<Fields>> {
        let fetch = || async { Ok(Fields(self.send(LIST.request([])).await?.json()?)) };
        self.site.caches.of::<SiteFields>().get((), fetch).await
    }
}
