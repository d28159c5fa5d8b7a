//! The directory of a ledger: made private, locked against a second process, synced once made.

use crate::sqlite::OpenError;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const DATABASE: &str = "ledger.sqlite";
const LOCK: &str = "ledger.lock";

/// A directory that this process alone writes to, for as long as the value lives.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    // The lock ends when the file is closed, also when the process is killed.
    _lock: File,
}

impl Place {
    /// Makes the directory if need be, and takes the lock.
    ///
    /// New directory: mkdir, fsync(parent). New files: open(O_CREAT), 0600; SQLite gives its own
    /// files beside the database the same mode.
    pub(super) fn take(dir: &Path) -> Result<Self, OpenError> {
        if !dir.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
            if let Some(parent) = dir.canonicalize()?.parent() {
                sync_dir(parent)?;
            }
        }
        let lock = private_file(&dir.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::InUse,
            TryLockError::Error(error) => error.into(),
        })?;
        private_file(&dir.join(DATABASE))?;
        Ok(Self { dir: dir.to_owned(), _lock: lock })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.dir.join(DATABASE)
    }

    /// fsync(directory): until then, a power cut could take the files' names away.
    pub(super) fn sync(&self) -> Result<(), OpenError> {
        Ok(sync_dir(&self.dir)?)
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
