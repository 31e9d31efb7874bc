//! A lock with one holder at a time, over all processes of a user.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::fs::{make_private_folder, run_blocking};
use crate::error::{Error, Result};

/// The time between two tries for a lock that another process holds.
const RETRY_INTERVAL: Duration = Duration::from_millis(25);
/// The beginning of the error where the lock's file cannot be used.
const FAILURE: &str = "the sign-in's lock cannot be had";

/// A lock that this process holds until it is dropped. The system releases it when the process
/// ends, however it ends.
#[derive(Debug)]
pub(super) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock on the file at `path`, which is made where it is missing and never removed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where another process still holds it after `timeout`, or where the
    /// file cannot be had.
    pub(super) async fn acquire(path: &Path, timeout: Duration) -> Result<Self> {
        let give_up = Instant::now() + timeout;
        let path = path.to_owned();
        let mut file = Some(
            run_blocking(FAILURE, {
                let path = path.clone();
                move || open(&path)
            })
            .await?,
        );
        loop {
            let taken = file.take();
            let attempt = run_blocking(FAILURE, move || match taken {
                Some(file) => try_lock(file),
                None => Err(std::io::Error::other("the lock's file is gone")),
            })
            .await?;
            match attempt {
                Attempt::Taken(lock) => return Ok(lock),
                Attempt::Busy(busy) => file = Some(busy),
            }
            if Instant::now() >= give_up {
                return Err(Error::Unavailable {
                    problem: format!(
                        "another process has held the sign-in's lock for {} s ({})",
                        timeout.as_secs(),
                        path.display()
                    ),
                });
            }
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    }
}

enum Attempt {
    Taken(FileLock),
    Busy(File),
}

fn try_lock(file: File) -> std::io::Result<Attempt> {
    match file.try_lock() {
        Ok(()) => Ok(Attempt::Taken(FileLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(Attempt::Busy(file)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}
