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

/// What people call the keyring here.
pub(super) const NAME: &str = if cfg!(target_os = "macos") {
    "the macOS keychain"
} else if cfg!(windows) {
    "the Windows Credential Manager"
} else {
    "the system's keyring"
};

/// The service under which entries are kept.
const SERVICE: &str = "mcp-server-jira";
/// Bytes in one part: below Windows' limit of 2,560.
const PART: usize = 2_400;
/// More parts than any document has.
const MOST_PARTS: usize = 64;
/// How long the keyring may take: a locked one waits for a person, who may not be there.
const LIMIT: Duration = Duration::from_secs(3);
/// How often a document is read that another process is just replacing, and how long to wait in between.
const READS: usize = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// Calls that the keyring has not answered yet.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Why the keyring cannot be used, as a clause.
#[derive(Debug)]
pub(super) enum Trouble {
    Absent,
    /// Nobody unlocked it, where it asked for that.
    Locked(String),
    TimedOut,
    Failed(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no keyring on this system"),
            Self::TimedOut => {
                write!(f, "the keyring does not answer within {} s: it may be locked", LIMIT.as_secs())
            }
            Self::Locked(problem) => write!(f, "the keyring is locked or out of reach ({problem})"),
            Self::Failed(problem) => write!(f, "the keyring fails ({problem})"),
        }
    }
}

impl From<keyring::Error> for Trouble {
    fn from(error: keyring::Error) -> Self {
        match error {
            keyring::Error::NoDefaultStore => Self::Absent,
            // Some variants hold what was read, which must not be told.
            keyring::Error::NoStorageAccess(error) => Self::Locked(error.to_string()),
            keyring::Error::PlatformFailure(error) => Self::Failed(error.to_string()),
            keyring::Error::TooLong(name, limit) => Self::Failed(format!("{name} is longer than {limit}")),
            _ => Self::Failed("it holds something else under this name".into()),
        }
    }
}

/// Reads a document; `None` where there is none.
pub(super) async fn load(name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
    let name = name.to_owned();
    within_limit(move |_| read(&name)).await
}

/// Keeps a document in place of the one before.
pub(super) async fn save(name: &str, document: &Zeroizing<Vec<u8>>) -> Result<(), Trouble> {
    let (name, document) = (name.to_owned(), document.clone());
    within_limit(move |limit| write(&name, &document, limit)).await
}

/// Keeps something under this name, and forgets it again.
pub(super) async fn try_out(name: &str) -> Result<(), Trouble> {
    let name = name.to_owned();
    within_limit(move |limit| {
        let entry = entry(&name)?;
        entry.set_secret(b"nothing")?;
        limit.check()?;
        delete(&entry).map(drop)
    })
    .await
}

/// Forgets a document and what may be left of others.
pub(super) async fn remove(name: &str) -> Result<(), Trouble> {
    let name = name.to_owned();
    within_limit(move |limit| {
        limit.check()?;
        delete(&entry(&name)?)?;
        clear(&name, Set::A, limit)?;
        clear(&name, Set::B, limit)
    })
    .await
}

/// Whether somebody still waits for what is done. Who does not has given the profile's lock back: nothing more may be
/// changed then.
#[derive(Clone, Default)]
struct Limit(Arc<AtomicBool>);

impl Limit {
    fn check(&self) -> Result<(), Trouble> {
        if self.0.load(Ordering::Acquire) { Err(Trouble::TimedOut) } else { Ok(()) }
    }
}

/// Runs `work` on a thread of its own. One that hangs stays behind: while it does, no others follow.
async fn within_limit<T: Send + 'static>(
    work: impl FnOnce(&Limit) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    struct Passed(Limit);
    impl Drop for Passed {
        fn drop(&mut self) {
            self.0.0.store(true, Ordering::Release);
        }
    }
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    const MOST: usize = 4;
    if WAITING.fetch_add(1, Ordering::Relaxed) >= MOST {
        drop(Waiting);
        return Err(Trouble::TimedOut);
    }
    let waiting = Waiting;
    let limit = Limit::default();
    // Also where the caller goes away.
    let _passed = Passed(limit.clone());
    let task = tokio::task::spawn_blocking(move || {
        let _waiting = waiting;
        work(&limit)
    });
    match tokio::time::timeout(LIMIT, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Trouble::Failed("it broke off".into())),
        Err(_) => Err(Trouble::TimedOut),
    }
}

/// Which parts count.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    set: Set,
    parts: usize,
    /// Of the whole document, in base64: parts of two documents make none.
    sha256: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Set {
    A,
    B,
}

impl Set {
    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Reads a document that another process may just be replacing: what does not fit together, or goes away on the
/// way, is read again. One that is locked is not: it would ask its user each time.
fn read(name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
    let mut trouble = Trouble::Failed("what it holds is incomplete".into());
    for _ in 0..READS {
        match read_once(name) {
            Ok(Read::Document(document)) => return Ok(Some(document)),
            Ok(Read::Nothing) => return Ok(None),
            Ok(Read::Torn) => {}
            Err(failed @ Trouble::Failed(_)) => trouble = failed,
            Err(other) => return Err(other),
        }
        std::thread::sleep(PAUSE);
    }
    Err(trouble)
}

enum Read {
    Document(Zeroizing<Vec<u8>>),
    /// Parts of two documents.
    Torn,
    Nothing,
}

fn read_once(name: &str) -> Result<Read, Trouble> {
    let Some(head) = head(name)? else { return Ok(Read::Nothing) };
    let parts = head.parts.min(MOST_PARTS);
    let mut document = Zeroizing::new(Vec::with_capacity(parts * PART));
    for index in 0..parts {
        match secret(&part(name, head.set, index)?)? {
            Some(bytes) => document.extend_from_slice(&bytes),
            None => return Ok(Read::Torn),
        }
    }
    Ok(if sha256(&document) == head.sha256 { Read::Document(document) } else { Read::Torn })
}

fn write(name: &str, document: &[u8], limit: &Limit) -> Result<(), Trouble> {
    let set = head(name)?.map_or(Set::A, |head| head.set.other());
    let parts = document.chunks(PART);
    let head = Head { version: 1, set, parts: parts.len(), sha256: sha256(document) };
    for (index, bytes) in parts.enumerate() {
        let part = part(name, set, index)?;
        limit.check()?;
        part.set_secret(bytes)?;
    }
    let head = serde_json::to_vec(&head).map_err(|_| Trouble::Failed("no head".into()))?;
    let entry = entry(name)?;
    limit.check()?;
    Ok(entry.set_secret(&head)?)
}

fn head(name: &str) -> Result<Option<Head>, Trouble> {
    let bytes = secret(&entry(name)?)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn clear(name: &str, set: Set, limit: &Limit) -> Result<(), Trouble> {
    for index in 0..MOST_PARTS {
        limit.check()?;
        if !delete(&part(name, set, index)?)? {
            break;
        }
    }
    Ok(())
}

fn entry(name: &str) -> Result<Entry, Trouble> {
    Ok(Entry::new(SERVICE, name)?)
}

fn part(name: &str, set: Set, index: usize) -> Result<Entry, Trouble> {
    let set = match set {
        Set::A => 'a',
        Set::B => 'b',
    };
    entry(&format!("{name}/{set}{index}"))
}

fn secret(entry: &Entry) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
    match entry.get_secret() {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// False where there was nothing to delete.
fn delete(entry: &Entry) -> Result<bool, Trouble> {
    match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(keyring::Error::NoEntry) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes))
}
