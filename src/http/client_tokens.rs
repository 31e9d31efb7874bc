//! Tokens of clients, as the operator's file has them now.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::limits::MIN_CLIENT_TOKEN_LENGTH;
use crate::error::Result;
use crate::server::{keyed_hash, random_bytes, secrets};

/// The interval in which the file is checked for changes, where requests come.
const FILE_CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The tokens of which clients send one.
pub(super) struct ClientTokens {
    file: PathBuf,
    /// The key of this process alone.
    key: [u8; 32],
    loaded: Mutex<LoadedTokens>,
}

struct LoadedTokens {
    hashes: Vec<[u8; 32]>,
    modified: Option<SystemTime>,
    checked: Instant,
}

impl std::fmt::Debug for ClientTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientTokens").field("file", &self.file).finish_non_exhaustive()
    }
}

impl ClientTokens {
    /// Reads a file with a token in each line.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a file that cannot be read, is empty, or has a short token.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let (key, modified) = (random_bytes()?, modified(file));
        let loaded = LoadedTokens { hashes: hashes(file, &key)?, modified, checked: Instant::now() };
        Ok(Self { file: file.to_owned(), key, loaded: Mutex::new(loaded) })
    }

    /// True where it is one of them. Hashes of a secret key are compared: how long that takes tells nothing of a token.
    pub(super) fn contains(&self, token: &str) -> bool {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.checked.elapsed() >= FILE_CHECK_INTERVAL {
            loaded.checked = Instant::now();
            self.reload(&mut loaded);
        }
        loaded.hashes.contains(&keyed_hash(&self.key, &[token]))
    }

    /// Reads the file again where it was changed; one that cannot be used changes nothing.
    fn reload(&self, loaded: &mut LoadedTokens) {
        let modified = modified(&self.file);
        if modified == loaded.modified {
            return;
        }
        loaded.modified = modified;
        match hashes(&self.file, &self.key) {
            Ok(hashes) => {
                tracing::info!(tokens = hashes.len(), "read the tokens of clients again");
                loaded.hashes = hashes;
            }
            Err(error) => tracing::warn!("the tokens of clients stay as they were: {error}"),
        }
    }
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|about| about.modified()).ok()
}

fn hashes(file: &Path, key: &[u8; 32]) -> Result<Vec<[u8; 32]>> {
    let tokens = secrets(file, "--http-token-file", MIN_CLIENT_TOKEN_LENGTH)?;
    Ok(tokens.iter().map(|token| keyed_hash(key, &[token])).collect())
}
