//! The system's keyring: Keychain on macOS, Credential Manager on Windows, Secret Service elsewhere.
//!
//! A document is kept in parts, as Windows takes 2,560 bytes an entry and tokens are longer. There
//! are two sets of parts, `a` and `b`, and a head that says which one counts: a new document goes
//! into the other set, then the head is replaced. A write that ends half way leaves the head, and
//! with it the old document, as it was; the old set stays until the next write, for who reads it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use keyring::Entry;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The name by which people here know the keyring.
pub(super) const NAME: &str = if cfg!(target_os = "macos") {
    "the macOS keychain"
} else if cfg!(windows) {
    "the Windows Credential Manager"
} else {
    "the system's keyring"
};

/// The service under which entries are kept.
const SERVICE: &str = "mcp-server-jira";
/// The most bytes in one part: below Windows' limit of 2,560.
const MAX_PART_BYTES: usize = 2_400;
/// The most parts of a document, more than any has.
const MAX_PARTS: usize = 64;
/// Time for the keyring to answer: a locked one waits for a person, who may not be there.
const KEYRING_TIMEOUT: Duration = Duration::from_secs(3);
/// Reads of a document that another process is just replacing, and the wait between them.
const MAX_READS: usize = 10;
const READ_RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Calls that may wait for the keyring at the same time.
const MAX_WAITING_CALLS: usize = 4;

/// Calls that the keyring has not answered yet.
static WAITING_CALLS: AtomicUsize = AtomicUsize::new(0);

/// The reason why the keyring cannot be used, as a clause.
#[derive(Debug)]
pub(super) enum KeyringError {
    Absent,
    /// Nobody unlocked it, where it asked for that.
    Locked(String),
    TimedOut,
    Failed(String),
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no keyring on this system"),
            Self::TimedOut => {
                write!(
                    f,
                    "the keyring does not answer within {} s: it may be locked",
                    KEYRING_TIMEOUT.as_secs()
                )
            }
            Self::Locked(problem) => write!(f, "the keyring is locked or out of reach ({problem})"),
            Self::Failed(problem) => write!(f, "the keyring fails ({problem})"),
        }
    }
}

impl From<keyring::Error> for KeyringError {
    fn from(error: keyring::Error) -> Self {
        match error {
            keyring::Error::NoDefaultStore => Self::Absent,
            // Some variants hold what was read, which must not be told.
            keyring::Error::NoStorageAccess(error) => Self::Locked(error.to_string()),
            keyring::Error::PlatformFailure(error) => Self::Failed(error.to_string()),
            keyring::Error::TooLong(name, caller) => Self::Failed(format!("{name} is longer than {caller}")),
            _ => Self::Failed("it holds something else under this name".into()),
        }
    }
}

/// Reads a document; `None` where there is none.
pub(super) async fn load(name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
    let name = name.to_owned();
    with_timeout(move |_| read(&name)).await
}

/// Keeps a document in place of the one before.
pub(super) async fn save(name: &str, document: &Zeroizing<Vec<u8>>) -> Result<(), KeyringError> {
    let (name, document) = (name.to_owned(), document.clone());
    with_timeout(move |caller| write(&name, &document, caller)).await
}

/// Keeps something under this name, and forgets it again.
pub(super) async fn check_writable(name: &str) -> Result<(), KeyringError> {
    let name = name.to_owned();
    with_timeout(move |caller| {
        let entry = entry(&name)?;
        entry.set_secret(b"nothing")?;
        caller.check()?;
        delete(&entry).map(drop)
    })
    .await
}

/// Forgets a document and what may be left of others.
pub(super) async fn remove(name: &str) -> Result<(), KeyringError> {
    let name = name.to_owned();
    with_timeout(move |caller| {
        caller.check()?;
        delete(&entry(&name)?)?;
        clear(&name, PartSet::A, caller)?;
        clear(&name, PartSet::B, caller)
    })
    .await
}

/// Tells work on the keyring whether its caller still waits. One that does not has given the profile's lock back:
/// nothing more may be changed then.
#[derive(Clone, Default)]
struct CallerWaits(Arc<AtomicBool>);

impl CallerWaits {
    fn check(&self) -> Result<(), KeyringError> {
        if self.0.load(Ordering::Acquire) { Err(KeyringError::TimedOut) } else { Ok(()) }
    }
}

/// Runs `work` on a thread of its own. One that hangs stays behind: while it does, no others follow.
async fn with_timeout<T: Send + 'static>(
    work: impl FnOnce(&CallerWaits) -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    struct OnReturn(CallerWaits);
    impl Drop for OnReturn {
        fn drop(&mut self) {
            self.0.0.store(true, Ordering::Release);
        }
    }
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING_CALLS.fetch_sub(1, Ordering::Relaxed);
        }
    }
    if WAITING_CALLS.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING_CALLS {
        drop(Waiting);
        return Err(KeyringError::TimedOut);
    }
    let waiting = Waiting;
    let caller = CallerWaits::default();
    // Also where the caller goes away.
    let _on_return = OnReturn(caller.clone());
    let task = tokio::task::spawn_blocking(move || {
        let _waiting = waiting;
        work(&caller)
    });
    match tokio::time::timeout(KEYRING_TIMEOUT, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(KeyringError::Failed("it broke off".into())),
        Err(_) => Err(KeyringError::TimedOut),
    }
}

/// The head of a document: which parts count.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    set: PartSet,
    parts: usize,
    /// The digest of the whole document, in base64: parts of two documents make none.
    sha256: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PartSet {
    A,
    B,
}

impl PartSet {
    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Reads a document that another process may just be replacing: what does not fit together, or goes away on the
/// way, is read again. One that is locked is not: it would ask its user each time.
fn read(name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
    let mut error = KeyringError::Failed("what it holds is incomplete".into());
    for _ in 0..MAX_READS {
        match read_once(name) {
            Ok(ReadOutcome::Document(document)) => return Ok(Some(document)),
            Ok(ReadOutcome::Nothing) => return Ok(None),
            Ok(ReadOutcome::Torn) => {}
            Err(failed @ KeyringError::Failed(_)) => error = failed,
            Err(other) => return Err(other),
        }
        std::thread::sleep(READ_RETRY_INTERVAL);
    }
    Err(error)
}

enum ReadOutcome {
    Document(Zeroizing<Vec<u8>>),
    /// Parts of two documents.
    Torn,
    Nothing,
}

fn read_once(name: &str) -> Result<ReadOutcome, KeyringError> {
    let Some(head) = head(name)? else { return Ok(ReadOutcome::Nothing) };
    let parts = head.parts.min(MAX_PARTS);
    let mut document = Zeroizing::new(Vec::with_capacity(parts * MAX_PART_BYTES));
    for index in 0..parts {
        match secret(&part(name, head.set, index)?)? {
            Some(bytes) => document.extend_from_slice(&bytes),
            None => return Ok(ReadOutcome::Torn),
        }
    }
    Ok(if sha256(&document) == head.sha256 { ReadOutcome::Document(document) } else { ReadOutcome::Torn })
}

fn write(name: &str, document: &[u8], caller: &CallerWaits) -> Result<(), KeyringError> {
    let set = head(name)?.map_or(PartSet::A, |head| head.set.other());
    let parts = document.chunks(MAX_PART_BYTES);
    let head = Head { version: 1, set, parts: parts.len(), sha256: sha256(document) };
    for (index, bytes) in parts.enumerate() {
        let part = part(name, set, index)?;
        caller.check()?;
        part.set_secret(bytes)?;
    }
    let head = serde_json::to_vec(&head).map_err(|_| KeyringError::Failed("no head".into()))?;
    let entry = entry(name)?;
    caller.check()?;
    Ok(entry.set_secret(&head)?)
}

fn head(name: &str) -> Result<Option<Head>, KeyringError> {
    let bytes = secret(&entry(name)?)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn clear(name: &str, set: PartSet, caller: &CallerWaits) -> Result<(), KeyringError> {
    for index in 0..MAX_PARTS {
        caller.check()?;
        if !delete(&part(name, set, index)?)? {
            break;
        }
    }
    Ok(())
}

fn entry(name: &str) -> Result<Entry, KeyringError> {
    Ok(Entry::new(SERVICE, name)?)
}

fn part(name: &str, set: PartSet, index: usize) -> Result<Entry, KeyringError> {
    let set = match set {
        PartSet::A => 'a',
        PartSet::B => 'b',
    };
    entry(&format!("{name}/{set}{index}"))
}

fn secret(entry: &Entry) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
    match entry.get_secret() {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// False where there was nothing to delete.
fn delete(entry: &Entry) -> Result<bool, KeyringError> {
    match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(keyring::Error::NoEntry) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes))
}
