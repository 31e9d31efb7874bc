//! What the tests share.

#[cfg(feature = "contract")]
pub(crate) mod openapi;
