//! One holder at a time, over all processes of a user.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Result};

/// How long to wait between two looks at a lock that another process holds.
const LOOK: Duration = Duration::from_millis(25);

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
    /// [`Error::Unavailable`] where another process still holds it after `patience`, or where the
    /// file cannot be had.
    pub(super) async fn acquire(path: &Path, patience: Duration) -> Result<Self> {
        let give_up = Instant::now() + patience;
        let path = path.to_owned();
        let mut file = Some(
            off_thread({
                let path = path.clone();
                move || open(&path)
            })
            .await?,
        );
        loop {
            let taken = file.take();
            let tried = off_thread(move || match taken {
                Some(file) => try_lock(file),
                None => Err(std::io::Error::other("the lock's file is gone")),
            })
            .await?;
            match tried {
                Tried::Taken(lock) => return Ok(lock),
                Tried::Busy(again) => file = Some(again),
            }
            if Instant::now() >= give_up {
                return Err(Error::Unavailable {
                    problem: format!(
                        "another process has held the sign-in's lock for {} s ({})",
                        patience.as_secs(),
                        path.display()
                    ),
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

enum Tried {
    Taken(FileLock),
    Busy(File),
}

fn try_lock(file: File) -> std::io::Result<Tried> {
    match file.try_lock() {
        Ok(()) => Ok(Tried::Taken(FileLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(Tried::Busy(file)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        super::store::make_private_folder(folder)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            Err(Error::Unavailable { problem: format!("the sign-in's lock cannot be had ({error})") })
        }
        Err(_) => Err(Error::Internal("taking the sign-in's lock failed".into())),
    }
}
