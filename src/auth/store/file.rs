//! The file of a profile: private, and replaced at once or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::auth::profile::{Profile, ProfileName};
use crate::error::{Error, Result};

/// What the file of a profile says.
pub(super) enum Kept {
    /// The document is in the keyring, under this name.
    Keyring(String),
    /// The document is the file.
    Here(Box<Profile>),
}

#[derive(Serialize, Deserialize)]
struct Pointer {
    version: u32,
    keyring: String,
}

impl Kept {
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        match self {
            Self::Here(profile) => profile.to_json(),
            Self::Keyring(entry) => serde_json::to_vec(&Pointer { version: 1, keyring: entry.clone() })
                .map(Zeroizing::new)
                .map_err(|_| Error::Internal("a profile's file has no JSON form".into())),
        }
    }

    pub(super) fn from_bytes(name: &ProfileName, bytes: &[u8]) -> Result<Self> {
        match serde_json::from_slice::<Pointer>(bytes) {
            Ok(pointer) => Ok(Self::Keyring(pointer.keyring)),
            Err(_) => Profile::from_json(name, bytes).map(|profile| Self::Here(Box::new(profile))),
        }
    }
}

pub(super) fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the file: readers see the old content or the new, also after a power cut. The caller
/// holds the profile's lock, so that nobody else uses the same temporary name; what a killed
/// process left there is overwritten.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let temporary = temporary(path);
    delete(&temporary)?;
    let mut file = private_file(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(folder)
}

/// Removes the file, and what a killed process may have left beside it.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    delete(path)?;
    delete(&temporary(path))
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension("new")
}

fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn list(folder: &Path) -> io::Result<Vec<ProfileName>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let file = entry?.file_name();
        let name = file.to_str().and_then(|file| file.strip_suffix(".json")?.parse().ok());
        names.extend(name);
    }
    names.sort();
    Ok(names)
}

/// Makes a folder, and those above it, for its user alone.
pub(in crate::auth) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A new file for its user alone. On Windows the user's own folders are that already.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename last; folders cannot be opened for this on Windows, where it is not needed.
#[cfg_attr(windows, expect(clippy::unnecessary_wraps, reason = "its twin on Unix can fail"))]
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
