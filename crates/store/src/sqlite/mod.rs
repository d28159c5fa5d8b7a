//! The store embedded by default: one SQLite file, one writer, one reader.
//!
//! Entries go through a bounded queue to one writer thread, which commits whatever is waiting in
//! one transaction and acknowledges after its sync. Questions go to one reader thread with a
//! connection of its own, so that they never wait for a sync.

mod place;
mod reader;
mod schema;
mod writer;

#[cfg(test)]
mod tests;

use crate::contract::{AppendError, BoxFuture, Health, Ledger, ReadError, Refusal, StoredRecord};
use crate::limits::{
    APPENDS_WAITING_MAX, POLICY_OUTLINE_BYTES_MAX, POLICY_VERSION_BYTES_MAX, READS_WAITING_MAX,
};
use octroi_ledger::{Entry, Leaf, Receipt};
use place::Place;
use reader::{Question, Reader};
use rusqlite::ErrorCode;
use std::path::Path;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use writer::{HealthCell, Job, Writer};

/// Why a ledger could not be opened.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// Another process, or another part of this one, has the ledger open.
    #[error("another process has this ledger open: one ledger has one writer")]
    InUse,
    /// The directory, the lock file or the database file cannot be created or opened.
    #[error("the ledger's directory or files cannot be created or opened: {0}")]
    Files(std::io::ErrorKind),
    /// The disk has no space, and what the last process left could not be made safe.
    #[error("the ledger's disk is full")]
    Full,
    /// A newer octroi wrote this ledger; an older one would not know what it must keep.
    #[error("the ledger has format {found}, written by a newer octroi; this one knows {known}")]
    NewerSchema {
        /// The format of the file.
        found: i32,
        /// The newest format known here.
        known: i32,
    },
    /// The file is a database, but not a ledger.
    #[error("the file is not a ledger of octroi")]
    Foreign,
    /// The file system cannot hold a write-ahead file, which durable group commit rests on.
    #[error("the file system does not support SQLite's write-ahead file")]
    NoWriteAhead,
    /// SQLite failed, with this extended result code.
    #[error("SQLite failed with code {code}")]
    Database {
        /// As listed at <https://sqlite.org/rescode.html>.
        code: i32,
    },
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(error) if error.code == ErrorCode::DiskFull => Self::Full,
            Some(error) if error.code == ErrorCode::NotADatabase => Self::Foreign,
            Some(error) => Self::Database { code: error.extended_code },
            // One of rusqlite's own: a value of a type that a ledger does not have there.
            None => Self::Foreign,
        }
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            kind => Self::Files(kind),
        }
    }
}

/// A ledger in a directory of its own.
///
/// Dropping it, or [`close`](Self::close), makes durable what is waiting, answers it, and then
/// returns: it blocks for as long as that takes.
#[derive(Debug)]
pub struct SqliteLedger {
    jobs: Option<mpsc::Sender<Job>>,
    questions: Option<mpsc::Sender<Question>>,
    health: Arc<HealthCell>,
    writer: Option<JoinHandle<()>>,
    reader: Option<JoinHandle<()>>,
    // Last, so that the lock outlives both threads.
    _place: Place,
}

impl SqliteLedger {
    /// Opens the ledger in `dir`, or makes a new one there.
    ///
    /// What is made is for the process's own account only: directory 0700, files 0600. Blocks.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, is open already, or is not one this version can keep.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(dir, None)
    }

    /// `pages_max` bounds the database's size, so that tests meet a full one.
    fn open_with(dir: &Path, pages_max: Option<u32>) -> Result<Self, OpenError> {
        let place = Place::take(dir)?;
        let connection = schema::open_for_writing(&place.database(), pages_max)?;
        place.sync()?;

        let health = Arc::new(HealthCell::default());
        let (jobs, waiting) = mpsc::channel(APPENDS_WAITING_MAX);
        let writer = Writer::new(connection, waiting, Arc::clone(&health))?;
        let (questions, asked) = mpsc::channel(READS_WAITING_MAX);
        let reader = Reader::new(schema::open_for_reading(&place.database())?, asked);

        let mut ledger = Self {
            jobs: Some(jobs),
            questions: Some(questions),
            health,
            writer: None,
            reader: None,
            _place: place,
        };
        let thread = |name: &str| Builder::new().name(name.to_owned());
        ledger.writer = Some(thread("ledger-writer").spawn(move || writer.run())?);
        ledger.reader = Some(thread("ledger-reader").spawn(move || reader.run())?);
        Ok(ledger)
    }

    /// Makes durable what is waiting, and says how the ledger was left. Blocks.
    pub fn close(mut self) -> Health {
        self.finish();
        self.health.get()
    }

    fn finish(&mut self) {
        drop(self.questions.take());
        drop(self.jobs.take());
        // The reader first: the connection that closes last folds the write-ahead file, and that
        // is the writer's task. A thread that panicked has nothing left to wait for.
        for thread in [self.reader.take(), self.writer.take()].into_iter().flatten() {
            let _panicked = thread.join().is_err();
        }
    }

    async fn submit<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, AppendError>>) -> Job,
    ) -> Result<T, AppendError> {
        let jobs = self.jobs.as_ref().ok_or(AppendError::Failed)?;
        let (answer, answered) = oneshot::channel();
        jobs.try_send(job(answer)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => AppendError::Failed,
        })?;
        // A writer that ended without an answer says nothing about the entry.
        answered.await.unwrap_or(Err(AppendError::Failed))
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&rusqlite::Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let questions = self.questions.as_ref().ok_or(ReadError::Failed)?;
        let (answer, answered) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            let _nobody_waits = answer.send(question(connection)).is_err();
        });
        questions.try_send(question).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => ReadError::Busy,
            mpsc::error::TrySendError::Closed(_) => ReadError::Failed,
        })?;
        answered.await.unwrap_or(Err(ReadError::Failed))
    }
}

impl Drop for SqliteLedger {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Ledger for SqliteLedger {
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, AppendError>> {
        Box::pin(self.submit(move |answer| Job::Append { entry, answer }))
    }

    fn record<'a>(
        &'a self,
        record_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredRecord>, ReadError>> {
        let record_id = record_id.to_owned();
        Box::pin(self.ask(move |connection| reader::record(connection, &record_id)))
    }

    fn leaves(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Leaf>, ReadError>> {
        Box::pin(self.ask(move |connection| reader::leaves(connection, from, most)))
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, ReadError>> {
        Box::pin(self.ask(reader::size))
    }

    fn remember_policy<'a>(
        &'a self,
        version: &'a str,
        outline: &'a str,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        Box::pin(async move {
            if !(1..=POLICY_VERSION_BYTES_MAX).contains(&version.len())
                || outline.len() > POLICY_OUTLINE_BYTES_MAX
            {
                return Err(Refusal::PolicySize.into());
            }
            let (version, outline) = (version.to_owned(), outline.to_owned());
            self.submit(move |answer| Job::Policy { version, outline, answer }).await
        })
    }

    fn policies(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, ReadError>> {
        Box::pin(self.ask(reader::policies))
    }

    fn health(&self) -> Health {
        match &self.jobs {
            Some(jobs) if !jobs.is_closed() => self.health.get(),
            _ => Health::Failed,
        }
    }
}
