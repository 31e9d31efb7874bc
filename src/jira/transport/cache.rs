//! The cache of Jira's metadata: each value is kept for a while, and fetched once for all who ask at the same time.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::error::Result;

/// The time for which metadata counts as fresh.
const METADATA_TTL: Duration = Duration::from_secs(300);
/// The number of keys that one kind of metadata keeps; beyond, it starts anew.
const MAX_KEYS_CACHED: usize = 256;

/// A kind of metadata. Whoever reads it declares it, beside the operation that it comes from.
pub(in crate::jira) trait CacheKind: 'static {
    /// The key of a cached value.
    type Key: Eq + Hash + Send + 'static;
    /// The cached value.
    type Value: Send + Sync + 'static;
}

/// The caches of one account, by kind.
#[derive(Debug, Default)]
pub(in crate::jira) struct MetadataCaches(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl MetadataCaches {
    /// The cache of a kind, empty at first.
    pub(in crate::jira) fn of<K: CacheKind>(&self) -> Arc<MetadataCache<K::Key, K::Value>> {
        let mut caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = caches
            .entry(TypeId::of::<K>())
            .or_insert_with(|| Arc::new(MetadataCache::<K::Key, K::Value>::default()));
        Arc::clone(cache).downcast().expect("a kind tells the type of its cache")
    }
}

/// The cache of one kind of metadata of one account.
#[derive(Debug)]
pub(crate) struct MetadataCache<K, V> {
    slots: Mutex<HashMap<K, Slot<V>>>,
}

#[derive(Debug)]
struct Slot<V> {
    since: Instant,
    value: Arc<OnceCell<Arc<V>>>,
}

impl<K, V> Default for MetadataCache<K, V> {
    fn default() -> Self {
        Self { slots: Mutex::new(HashMap::new()) }
    }
}

impl<K: Eq + Hash, V> MetadataCache<K, V> {
    /// The value for `key`, fetched where there is no fresh one. Callers at the same time share
    /// one fetch; when its caller is cancelled, the next one takes over. Errors are not kept.
    pub(crate) async fn get<F>(&self, key: K, fetch: impl FnOnce() -> F) -> Result<Arc<V>>
    where
        F: Future<Output = Result<V>>,
    {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() >= MAX_KEYS_CACHED {
                slots.clear();
            }
            let slot = slots.entry(key).or_insert_with(Slot::new);
            if slot.since.elapsed() > METADATA_TTL {
                *slot = Slot::new();
            }
            Arc::clone(&slot.value)
        };
        slot.get_or_try_init(|| async { fetch().await.map(Arc::new) }).await.cloned()
    }

    /// Forgets everything: what was asked for may have been added a moment ago.
    pub(crate) fn clear(&self) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl<V> Slot<V> {
    fn new() -> Self {
        Self { since: Instant::now(), value: Arc::default() }
    }
}
