//! The listener to what a call waits for: a plain callback, as Jira knows nothing of protocols above it.

use std::fmt;
use std::sync::Arc;

/// A callback that is told, in words, what a call waits for. Does nothing unless made with [`ProgressListener::new`].
#[derive(Clone, Default)]
pub struct ProgressListener(Option<Arc<dyn Fn(String) + Send + Sync>>);

impl ProgressListener {
    /// A listener that hands all words to `tell`, which must not block.
    pub fn new(tell: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    pub(in crate::jira) fn tell(&self, words: impl FnOnce() -> String) {
        if let Some(tell) = &self.0 {
            tell(words());
        }
    }
}

impl fmt::Debug for ProgressListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgressListener")
    }
}
