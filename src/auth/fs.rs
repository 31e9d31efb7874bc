//! Private files and folders, and file work off the async threads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Runs what may wait for a disk on a thread of its own. `failure` begins the error: `the stored sign-in
/// cannot be used`.
pub(super) async fn run_blocking<T: Send + 'static>(
    failure: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Error::Unavailable { problem: format!("{failure} ({error})") }),
        Err(_) => Err(Error::Internal(format!("{failure}: its thread broke off"))),
    }
}

/// Reads a file whose bytes may be a secret; `None` where there is none.
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

/// Makes a folder, and those above it, for its user alone.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
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
