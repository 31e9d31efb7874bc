//! The file of a profile: its document, or the name of the keyring's entry that holds it.

use std::path::Path;
use std::{fs, io};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::auth::profile::{Profile, ProfileName};
use crate::error::{Error, Result};

/// Content of a profile's file.
pub(super) enum ProfileFile {
    /// The document is in the keyring, under this name.
    Keyring(String),
    /// The document is the file.
    Document(Box<Profile>),
}

#[derive(Serialize, Deserialize)]
struct Pointer {
    version: u32,
    keyring: String,
}

impl ProfileFile {
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        match self {
            Self::Document(profile) => profile.to_json(),
            Self::Keyring(entry) => serde_json::to_vec(&Pointer { version: 1, keyring: entry.clone() })
                .map(Zeroizing::new)
                .map_err(|_| Error::Internal("a profile's file has no JSON form".into())),
        }
    }

    pub(super) fn from_bytes(name: &ProfileName, bytes: &[u8]) -> Result<Self> {
        match serde_json::from_slice::<Pointer>(bytes) {
            Ok(pointer) => Ok(Self::Keyring(pointer.keyring)),
            Err(_) => Profile::from_json(name, bytes).map(|profile| Self::Document(Box::new(profile))),
        }
    }
}

/// The names of the profiles in this folder, in order.
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
