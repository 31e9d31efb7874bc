//! The keys that seal what clients carry from one request to the next.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// The shortest secret that makes a key.
const MIN_SECRET: usize = 32;

/// The keys of a process or of all its replicas: the first one seals, each one opens.
#[derive(Clone)]
pub struct StateKeys(Arc<[[u8; 32]]>);

impl std::fmt::Debug for StateKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateKeys").field("keys", &self.0.len()).finish_non_exhaustive()
    }
}

impl StateKeys {
    /// One key that nobody else has.
    ///
    /// # Errors
    /// [`Error::Internal`] where this machine has no random numbers.
    pub fn random() -> Result<Self> {
        Ok(Self(Arc::new([random_bytes()?])))
    }

    /// The keys of a file: a secret in each line, the newest first; `#` begins a comment.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for a file that cannot be read, is empty, or has a short secret.
    pub fn read(path: &Path) -> Result<Self> {
        let secrets = secrets(path, "--state-key-file", MIN_SECRET)?;
        Ok(Self(secrets.iter().map(|secret| Sha256::digest(secret.as_bytes()).into()).collect()))
    }

    /// The keys for one purpose of one identity.
    pub(crate) fn derive(&self, purpose: &str, identity: &str) -> Vec<[u8; 32]> {
        self.0.iter().map(|key| keyed_hash(key, &[purpose, identity])).collect()
    }
}

/// Bytes that nobody can guess.
///
/// # Errors
/// [`Error::Internal`] where the machine has no random numbers.
pub(crate) fn random_bytes() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Error::Internal("this machine gives no random numbers".into()))?;
    Ok(bytes)
}

/// Bytes as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A hash that only who has the key can make; the parts cannot run into each other.
pub(crate) fn keyed_hash(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// The secrets of a file that the operator names with `flag`, one in each line.
///
/// # Errors
/// [`Error::NotConfigured`], which never quotes the file.
pub(crate) fn secrets(path: &Path, flag: &str, shortest: usize) -> Result<Vec<String>> {
    let unusable = |problem: String| {
        Error::at_start(
            format!("{flag} {} {problem}", path.display()),
            "Put one secret into each line, as `openssl rand -hex 32` prints it.",
        )
    };
    let text =
        std::fs::read_to_string(path).map_err(|error| unusable(format!("cannot be read ({error})")))?;
    let secrets: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if secrets.is_empty() {
        return Err(unusable("holds no secret".into()));
    }
    if secrets.iter().any(|secret| secret.len() < shortest) {
        return Err(unusable(format!("has a secret of less than {shortest} characters")));
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<StateKeys> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        StateKeys::read(file.path())
    }

    #[test]
    fn keys_rotate_and_differ_by_purpose_and_identity() {
        let (old, new) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
        let before = keys(&format!("# first\n{old}\n")).unwrap();
        let after = keys(&format!("{new}\n\n{old}\n")).unwrap();
        let sealing = before.derive("cursor", "ana")[0];
        assert_ne!(after.derive("cursor", "ana")[0], sealing);
        assert!(after.derive("cursor", "ana").contains(&sealing));
        assert!(!after.derive("cursor", "bo").contains(&sealing));
        assert!(!after.derive("confirm", "ana").contains(&sealing));
    }

    #[test]
    fn a_weak_file_is_refused_without_being_quoted() {
        for text in ["", "# only words\n", "0123456789abcdef0123456789abcdef\ns3cret\n"] {
            let error = keys(text).unwrap_err().text_for(crate::error::Reader::Stdio);
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert!(!format!("{:?}", StateKeys::random().unwrap()).contains('['));
    }
}
