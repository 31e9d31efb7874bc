//! The tokens of which clients send one, as the operator's file has them now.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::error::Result;
use crate::server::{keyed_hash, random_bytes, secrets};

/// The shortest token.
const SHORTEST: usize = 24;
/// How often the file is looked at, where requests come.
const LOOK: Duration = Duration::from_secs(1);

/// The tokens of a file.
pub(super) struct Tokens {
    file: PathBuf,
    /// Nobody else's.
    key: [u8; 32],
    known: Mutex<Known>,
}

struct Known {
    hashes: Vec<[u8; 32]>,
    modified: Option<SystemTime>,
    looked: Instant,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Reads a file with a token in each line.
    ///
    /// # Errors
    /// [`crate::error::Error::NotConfigured`] for a file that cannot be read, is empty, or has a short token.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let (key, modified) = (random_bytes()?, modified(file));
        let known = Known { hashes: hashes(file, &key)?, modified, looked: Instant::now() };
        Ok(Self { file: file.to_owned(), key, known: Mutex::new(known) })
    }

    /// True where it is one of them. Hashes of a secret key are compared: how long that takes tells nothing of a token.
    pub(super) fn have(&self, token: &str) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked.elapsed() >= LOOK {
            known.looked = Instant::now();
            self.look_again(&mut known);
        }
        known.hashes.contains(&keyed_hash(&self.key, &[token]))
    }

    /// Reads the file again where it was changed; one that cannot be used changes nothing.
    fn look_again(&self, known: &mut Known) {
        let modified = modified(&self.file);
        if modified == known.modified {
            return;
        }
        known.modified = modified;
        match hashes(&self.file, &self.key) {
            Ok(hashes) => {
                tracing::info!(tokens = hashes.len(), "read the tokens of clients again");
                known.hashes = hashes;
            }
            Err(error) => tracing::warn!("the tokens of clients stay as they were: {error}"),
        }
    }
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|about| about.modified()).ok()
}

fn hashes(file: &Path, key: &[u8; 32]) -> Result<Vec<[u8; 32]>> {
    let tokens = secrets(file, "--http-token-file", SHORTEST)?;
    Ok(tokens.iter().map(|token| keyed_hash(key, &[token])).collect())
}
