//! Storage of sign-ins: the system's keyring, or a file that only its user can read.
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

use super::fs::{self, run_blocking};
use super::lock::FileLock;
use super::profile::{Profile, ProfileName};
use crate::error::{Error, KeyringFault, Result, SignInProblem};
use file::ProfileFile;

/// Time to wait for another process that changes the same profile: longer than one renewal.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(60);
/// The beginning of the error where a profile's file cannot be used.
const FAILURE: &str = "the stored sign-in cannot be used";

/// Place where a profile is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageLocation {
    /// In the system's keyring.
    Keyring,
    /// In this file, which only its user can read.
    File(PathBuf),
}

impl fmt::Display for StorageLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str(keyring::NAME),
            Self::File(path) => write!(f, "{} (readable for you alone)", path.display()),
        }
    }
}

/// Outcome of [`Store::save`].
#[derive(Debug, Clone)]
pub struct SaveOutcome {
    /// The place in which the profile now is.
    pub location: StorageLocation,
    /// The reason why it is in a file and not in the keyring, as a clause: `there is no keyring on this system`.
    pub fallback_reason: Option<String>,
}

/// All profiles of a user.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    keyring: bool,
}

/// A profile under lock: the right to change it, for which other processes wait.
#[derive(Debug)]
pub struct LockedProfile {
    name: ProfileName,
    _lock: FileLock,
}

impl Store {
    /// The profiles in this configuration folder and the keyring. Nothing is touched yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into().join("profiles"), keyring: true }
    }

    /// The same store, but new profiles go into files even where there is a keyring.
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
    pub async fn lock(&self, name: &ProfileName) -> Result<LockedProfile> {
        self.lock_within(name, LOCK_TIMEOUT).await
    }

    /// Waits as [`Store::lock`] does, for this time at most.
    pub(super) async fn lock_within(&self, name: &ProfileName, timeout: Duration) -> Result<LockedProfile> {
        let path = self.folder.join(format!("{name}.lock"));
        Ok(LockedProfile { name: name.clone(), _lock: FileLock::acquire(&path, timeout).await? })
    }

    /// Reads a profile; `None` where there is none of that name.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a document that cannot be read, [`Error::SignIn`] for a
    /// keyring that is locked or gone, or has lost it.
    pub async fn load(&self, name: &ProfileName) -> Result<Option<Profile>> {
        match self.profile_file(name).await? {
            None => Ok(None),
            Some(ProfileFile::Document(profile)) => Ok(Some(*profile)),
            Some(ProfileFile::Keyring(entry)) => match keyring::load(&entry).await {
                Ok(Some(document)) => Profile::from_json(name, &document).map(Some),
                Ok(None) => Err(keyring_problem(name, KeyringFault::Lost)),
                Err(error) => Err(keyring_problem(name, KeyringFault::Unreadable(error.to_string()))),
            },
        }
    }

    /// The place of a profile; `None` where there is none of that name. Asks no keyring.
    ///
    /// # Errors
    /// As [`Store::load`], of the file alone.
    pub async fn location(&self, name: &ProfileName) -> Result<Option<StorageLocation>> {
        Ok(self.profile_file(name).await?.map(|content| match content {
            ProfileFile::Document(_) => StorageLocation::File(self.path(name)),
            ProfileFile::Keyring(_) => StorageLocation::Keyring,
        }))
    }

    /// Checks that there is a keyring that takes something new, which a locked one does not.
    ///
    /// # Errors
    /// The reason why it cannot be used, as a clause.
    pub async fn check_keyring(&self) -> std::result::Result<(), String> {
        let trial = format!("trial of {}", self.entry(&ProfileName::default()));
        keyring::check_writable(&trial).await.map_err(|error| error.to_string())
    }

    /// The names of all profiles, in order. Asks no keyring.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the folder cannot be read.
    pub async fn list(&self) -> Result<Vec<ProfileName>> {
        let folder = self.folder.clone();
        run_blocking(FAILURE, move || file::list(&folder)).await
    }

    /// Keeps a new sign-in: in the keyring, or, where that fails, in a file; the answer says which
    /// and why.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where neither can be written.
    pub async fn save(&self, locked: &LockedProfile, profile: &Profile) -> Result<SaveOutcome> {
        debug_assert_eq!(locked.name, profile.name);
        if !self.keyring {
            return self.save_in_file(profile, "no keyring was asked for".into()).await;
        }
        let entry = self.entry(&profile.name);
        match keyring::save(&entry, &profile.to_json()?).await {
            Ok(()) => {
                self.write(&profile.name, ProfileFile::Keyring(entry)).await?;
                Ok(SaveOutcome { location: StorageLocation::Keyring, fallback_reason: None })
            }
            Err(error) => self.save_in_file(profile, error.to_string()).await,
        }
    }

    /// Replaces a stored profile where it is. A keyring that fails then is told on stderr, and a
    /// file takes over: a pair of tokens that is not kept is lost.
    ///
    /// # Errors
    /// As [`Store::save`].
    pub async fn update(&self, locked: &LockedProfile, profile: &Profile) -> Result<()> {
        debug_assert_eq!(locked.name, profile.name);
        let Some(ProfileFile::Keyring(entry)) = self.profile_file(&profile.name).await? else {
            return self.save_in_file(profile, String::new()).await.map(drop);
        };
        if let Err(error) = keyring::save(&entry, &profile.to_json()?).await {
            let saved = self.save_in_file(profile, error.to_string()).await?;
            tracing::warn!(
                "the sign-in `{}` is kept in {} from now on: {error}",
                profile.name,
                saved.location
            );
        }
        Ok(())
    }

    /// Forgets a profile, wherever it is. Leaves its lock, for which others may be waiting.
    ///
    /// # Errors
    /// [`Error::SignIn`] where the keyring does not let it go, [`Error::Unavailable`] where the
    /// file stays.
    pub async fn remove(&self, locked: &LockedProfile) -> Result<()> {
        // What cannot be read can be forgotten all the same.
        let entry = match self.profile_file(&locked.name).await {
            Ok(Some(ProfileFile::Keyring(entry))) => Some(entry),
            _ => self.keyring.then(|| self.entry(&locked.name)),
        };
        let path = self.path(&locked.name);
        let was_in_file = matches!(self.location(&locked.name).await, Ok(Some(StorageLocation::File(_))));
        if let Some(entry) = entry
            && let Err(error) = keyring::remove(&entry).await
            && !was_in_file
        {
            return Err(keyring_problem(&locked.name, KeyringFault::Undeletable(error.to_string())));
        }
        run_blocking(FAILURE, move || fs::remove(&path)).await
    }

    async fn save_in_file(&self, profile: &Profile, reason: String) -> Result<SaveOutcome> {
        self.write(&profile.name, ProfileFile::Document(Box::new(profile.clone()))).await?;
        Ok(SaveOutcome {
            location: StorageLocation::File(self.path(&profile.name)),
            fallback_reason: Some(reason),
        })
    }

    async fn write(&self, name: &ProfileName, content: ProfileFile) -> Result<()> {
        let path = self.path(name);
        let bytes = content.to_bytes()?;
        run_blocking(FAILURE, move || fs::write(&path, &bytes)).await
    }

    async fn profile_file(&self, name: &ProfileName) -> Result<Option<ProfileFile>> {
        let path = self.path(name);
        match run_blocking(FAILURE, move || fs::read(&path)).await? {
            None => Ok(None),
            Some(bytes) => ProfileFile::from_bytes(name, &bytes).map(Some),
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
