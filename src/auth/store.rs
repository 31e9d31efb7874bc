//! Where sign-ins are kept: the system's keyring, or a file that only its user can read.
//!
//! Each profile has a small file in the user's configuration folder. It either names the entry of
//! the keyring that holds the document, or, where there is no keyring, is the document itself,
//! with mode 0600. So one rename decides what counts, and listing asks no keyring. A lock beside
//! it goes before each change.

mod file;
mod keyring;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::lock::FileLock;
use super::profile::{Profile, ProfileName};
use crate::error::{Error, KeyringFault, Result, SignInProblem};
use file::Kept;
pub(super) use file::make_private_folder;

/// How long to wait for another process that changes the same profile: longer than one renewal.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Where a profile is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the system's keyring.
    Keyring,
    /// In this file, which only its user can read.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str(keyring::NAME),
            Self::File(path) => write!(f, "{} (readable for you alone)", path.display()),
        }
    }
}

/// What [`Store::put`] did.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Where the profile is now.
    pub place: Place,
    /// Why it is in a file and not in the keyring, as a clause: `there is no keyring on this system`.
    pub because: Option<String>,
}

/// All profiles of a user.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    keyring: bool,
}

/// The right to change one profile; other processes wait for it.
#[derive(Debug)]
pub struct Held {
    name: ProfileName,
    _lock: FileLock,
}

impl Store {
    /// The profiles in this configuration folder and the keyring. Nothing is touched yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().join("profiles"), keyring: true }
    }

    /// The same, where new profiles go into files even where there is a keyring.
    #[must_use]
    pub fn without_keyring(self) -> Self {
        Self { keyring: false, ..self }
    }

    /// The folder with the profiles' files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits for the right to change a profile, which need not exist yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where another process does not give it back in time.
    pub async fn hold(&self, name: &ProfileName) -> Result<Held> {
        self.hold_within(name, PATIENCE).await
    }

    /// As [`Store::hold`], for who can do without it.
    pub(super) async fn hold_within(&self, name: &ProfileName, patience: Duration) -> Result<Held> {
        let path = self.folder.join(format!("{name}.lock"));
        Ok(Held { name: name.clone(), _lock: FileLock::acquire(&path, patience).await? })
    }

    /// Reads a profile; `None` where there is none of that name.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a document that cannot be read, [`Error::SignIn`] for a
    /// keyring that is locked or gone, or has lost it.
    pub async fn load(&self, name: &ProfileName) -> Result<Option<Profile>> {
        match self.kept(name).await? {
            None => Ok(None),
            Some(Kept::Here(profile)) => Ok(Some(*profile)),
            Some(Kept::Keyring(entry)) => match keyring::load(&entry).await {
                Ok(Some(document)) => Profile::from_json(name, &document).map(Some),
                Ok(None) => Err(keyring_problem(name, KeyringFault::Lost)),
                Err(error) => Err(keyring_problem(name, KeyringFault::Unreadable(error.to_string()))),
            },
        }
    }

    /// Where a profile is kept; `None` where there is none of that name. Asks no keyring.
    ///
    /// # Errors
    /// As [`Store::load`], of the file alone.
    pub async fn place(&self, name: &ProfileName) -> Result<Option<Place>> {
        Ok(self.kept(name).await?.map(|kept| match kept {
            Kept::Here(_) => Place::File(self.path(name)),
            Kept::Keyring(_) => Place::Keyring,
        }))
    }

    /// Whether there is a keyring that takes something new, which a locked one does not.
    ///
    /// # Errors
    /// Why it cannot be used, as a clause.
    pub async fn keyring_takes(&self) -> std::result::Result<(), String> {
        let trial = format!("trial of {}", self.entry(&ProfileName::default()));
        keyring::try_out(&trial).await.map_err(|trouble| trouble.to_string())
    }

    /// The names of all profiles, in order. Asks no keyring.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the folder cannot be read.
    pub async fn list(&self) -> Result<Vec<ProfileName>> {
        let folder = self.folder.clone();
        off_thread(move || file::list(&folder)).await
    }

    /// Keeps a new sign-in: in the keyring, or, where that fails, in a file; the answer says which
    /// and why.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where neither can be written.
    pub async fn put(&self, held: &Held, profile: &Profile) -> Result<Stored> {
        debug_assert_eq!(held.name, profile.name);
        if !self.keyring {
            return self.put_in_file(profile, "no keyring was asked for".into()).await;
        }
        let entry = self.entry(&profile.name);
        match keyring::save(&entry, &profile.to_json()?).await {
            Ok(()) => {
                self.write(&profile.name, Kept::Keyring(entry)).await?;
                Ok(Stored { place: Place::Keyring, because: None })
            }
            Err(trouble) => self.put_in_file(profile, trouble.to_string()).await,
        }
    }

    /// Replaces a stored profile where it is. A keyring that fails then is told on stderr, and a
    /// file takes over: a pair of tokens that is not kept is lost.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub async fn update(&self, held: &Held, profile: &Profile) -> Result<()> {
        debug_assert_eq!(held.name, profile.name);
        let Some(Kept::Keyring(entry)) = self.kept(&profile.name).await? else {
            return self.put_in_file(profile, String::new()).await.map(drop);
        };
        if let Err(trouble) = keyring::save(&entry, &profile.to_json()?).await {
            let stored = self.put_in_file(profile, trouble.to_string()).await?;
            tracing::warn!(
                "the sign-in `{}` is kept in {} from now on: {trouble}",
                profile.name,
                stored.place
            );
        }
        Ok(())
    }

    /// Forgets a profile, wherever it is. Leaves its lock, for which others may be waiting.
    ///
    /// # Errors
    /// [`Error::SignIn`] where the keyring does not let it go, [`Error::Unavailable`] where the
    /// file stays.
    pub async fn remove(&self, held: &Held) -> Result<()> {
        // What cannot be read can be forgotten all the same.
        let entry = match self.kept(&held.name).await {
            Ok(Some(Kept::Keyring(entry))) => Some(entry),
            _ => self.keyring.then(|| self.entry(&held.name)),
        };
        let path = self.path(&held.name);
        let was_in_file = matches!(self.place(&held.name).await, Ok(Some(Place::File(_))));
        if let Some(entry) = entry
            && let Err(trouble) = keyring::remove(&entry).await
            && !was_in_file
        {
            return Err(keyring_problem(&held.name, KeyringFault::Undeletable(trouble.to_string())));
        }
        off_thread(move || file::remove(&path)).await
    }

    async fn put_in_file(&self, profile: &Profile, because: String) -> Result<Stored> {
        self.write(&profile.name, Kept::Here(Box::new(profile.clone()))).await?;
        Ok(Stored { place: Place::File(self.path(&profile.name)), because: Some(because) })
    }

    async fn write(&self, name: &ProfileName, kept: Kept) -> Result<()> {
        let path = self.path(name);
        let bytes = kept.to_bytes()?;
        off_thread(move || file::write(&path, &bytes)).await
    }

    async fn kept(&self, name: &ProfileName) -> Result<Option<Kept>> {
        let path = self.path(name);
        match off_thread(move || file::read(&path)).await? {
            None => Ok(None),
            Some(bytes) => Kept::from_bytes(name, &bytes).map(Some),
        }
    }

    fn path(&self, name: &ProfileName) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// The entry's name in the keyring: another configuration folder has other entries.
    fn entry(&self, name: &ProfileName) -> String {
        let folder = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        format!("{name}@{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
    }
}

fn keyring_problem(name: &ProfileName, fault: KeyringFault) -> Error {
    SignInProblem::Keyring { keyring: keyring::NAME, profile: name.to_string(), fault }.into()
}

/// Runs what may wait for a disk on a thread of its own.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            Err(Error::Unavailable { problem: format!("the stored sign-in cannot be used ({error})") })
        }
        Err(_) => Err(Error::Internal("keeping a sign-in failed".into())),
    }
}
