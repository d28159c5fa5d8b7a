//! The one thread that writes: it commits whatever is waiting, syncs, and only then acknowledges.
//!
//! A batch must produce, in this order: BEGIN IMMEDIATE; inserts; COMMIT, which is write(WAL) and
//! fdatasync(WAL); then the answers. After a failure of the disk no batch is tried any more.

use crate::contract::{AppendError, Health, Refusal};
use crate::limits::{BATCH_MAX, ENTRIES_PER_FOLD};
use crate::sqlite::OpenError;
use octroi_ledger::{Entry, Receipt};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, ffi, params};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot};

/// Where the answer to a job goes.
type Answer<T> = oneshot::Sender<Result<T, AppendError>>;

/// One thing to make durable, and who waits for it.
pub(super) enum Job {
    /// An entry.
    Append { entry: Entry, answer: Answer<Receipt> },
    /// The outline of a policy.
    Policy { version: String, outline: String, answer: Answer<()> },
}

/// Where a job was put in the transaction, or why it was not.
type Staged = Result<u64, Refusal>;

impl Job {
    /// Called after the sync only: here receipts are made.
    fn acknowledge(self, staged: Staged) {
        // Who has stopped waiting need not be told; the entry is there all the same.
        let _waiting = match self {
            Self::Append { entry, answer } => answer
                .send(match staged {
                    Ok(index) => Ok(Receipt::assertion_durable(index, entry.leaf_hash())),
                    Err(refusal) => Err(refusal.into()),
                })
                .is_ok(),
            Self::Policy { answer, .. } => {
                answer.send(staged.map(|_| ()).map_err(AppendError::from)).is_ok()
            }
        };
    }

    fn fail(self, error: AppendError) {
        let _waiting = match self {
            Self::Append { answer, .. } => answer.send(Err(error)).is_ok(),
            Self::Policy { answer, .. } => answer.send(Err(error)).is_ok(),
        };
    }
}

/// The health of a store, shared between its writer and those who ask.
#[derive(Debug, Default)]
pub(super) struct HealthCell(AtomicU8);

impl HealthCell {
    pub(super) fn get(&self) -> Health {
        match self.0.load(Ordering::Acquire) {
            0 => Health::Accepting,
            1 => Health::Full,
            _ => Health::Failed,
        }
    }

    fn set(&self, health: Health) {
        let code = match health {
            Health::Accepting => 0,
            Health::Full => 1,
            Health::Failed => 2,
        };
        self.0.store(code, Ordering::Release);
    }
}

/// The writer's own state: nobody else writes, so the next index is known without asking.
pub(super) struct Writer {
    connection: Connection,
    jobs: mpsc::Receiver<Job>,
    health: Arc<HealthCell>,
    next: u64,
    unfolded: usize,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        jobs: mpsc::Receiver<Job>,
        health: Arc<HealthCell>,
    ) -> Result<Self, OpenError> {
        let next = "SELECT coalesce(max(idx) + 1, 0) FROM leaf";
        let next: i64 = connection.query_row(next, [], |row| row.get(0))?;
        let next = u64::try_from(next).map_err(|_| OpenError::Foreign)?;
        Ok(Self { connection, jobs, health, next, unfolded: 0 })
    }

    /// Works until the last sender is gone and the queue is empty.
    pub(super) fn run(mut self) {
        while let Some(first) = self.jobs.blocking_recv() {
            // Whatever came while the last batch was synced; nobody waits for a batch to fill.
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX {
                let Ok(job) = self.jobs.try_recv() else { break };
                batch.push(job);
            }
            self.settle(batch);
        }
    }

    fn settle(&mut self, batch: Vec<Job>) {
        let committed = match self.health.get() {
            Health::Failed => Err(AppendError::Failed),
            Health::Accepting | Health::Full => self.commit(&batch),
        };
        match committed {
            Ok(staged) => {
                self.health.set(Health::Accepting);
                self.unfolded += batch.len();
                for (job, staged) in batch.into_iter().zip(staged) {
                    job.acknowledge(staged);
                }
                self.fold_when_due();
            }
            Err(error) => {
                match error {
                    AppendError::Failed => self.stop(),
                    AppendError::Full => self.health.set(Health::Full),
                    AppendError::Busy | AppendError::Refused(_) => {}
                }
                for job in batch {
                    job.fail(error);
                }
            }
        }
    }

    /// All of the batch or none of it; the sync has returned when this does.
    fn commit(&mut self, batch: &[Job]) -> Result<Vec<Staged>, AppendError> {
        let attempt = Self::write(&mut self.connection, self.next, batch);
        // Whether it was rolled back, by SQLite or by us: if not, nothing is known any more.
        if !self.connection.is_autocommit() {
            return Err(AppendError::Failed);
        }
        let (staged, next) = attempt.map_err(|error| culprit(&error))?;
        self.next = next;
        Ok(staged)
    }

    fn write(
        connection: &mut Connection,
        mut next: u64,
        batch: &[Job],
    ) -> rusqlite::Result<(Vec<Staged>, u64)> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut staged = Vec::with_capacity(batch.len());
        for job in batch {
            staged.push(match job {
                Job::Append { entry, .. } => insert_entry(&transaction, &mut next, entry)?,
                Job::Policy { version, outline, .. } => {
                    insert_policy(&transaction, version, outline)?
                }
            });
        }
        transaction.commit()?;
        Ok((staged, next))
    }

    /// Moves the write-ahead file's pages into the database, so that the file stays small.
    ///
    /// Everything acknowledged is in the write-ahead file until the database is synced. If that
    /// sync fails it must not be tried again, for it could then succeed untruly and the
    /// write-ahead file would be overwritten.
    fn fold_when_due(&mut self) {
        if self.unfolded < ENTRIES_PER_FOLD {
            return;
        }
        self.unfolded = 0;
        let folded = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = folded
            && culprit(&error) == AppendError::Failed
        {
            self.stop();
        }
    }

    /// After a failure of the disk: nothing is written any more, not even on closing. What was
    /// acknowledged is in the files as they are, and the next process starts from them.
    fn stop(&self) {
        self.health.set(Health::Failed);
        let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        // If even this fails, closing folds pages that are durable already: nothing is lost.
        let _kept = self.connection.set_db_config(keep, true).is_ok();
    }
}

/// The record before its leaf, so that a duplicate uses up no index.
fn insert_entry(
    transaction: &Transaction<'_>,
    next: &mut u64,
    entry: &Entry,
) -> rusqlite::Result<Staged> {
    let index = *next;
    let column = i64::try_from(index)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO record (idx, record_id, key, json) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (record_id) DO NOTHING",
        )?
        .execute(params![column, entry.record_id(), entry.key().as_bytes(), entry.record()])?;
    if inserted == 0 {
        return Ok(Err(Refusal::DuplicateRecordId));
    }
    transaction
        .prepare_cached("INSERT INTO leaf (idx, bytes) VALUES (?1, ?2)")?
        .execute(params![column, entry.leaf().as_bytes()])?;
    *next += 1;
    Ok(Ok(index))
}

fn insert_policy(
    transaction: &Transaction<'_>,
    version: &str,
    outline: &str,
) -> rusqlite::Result<Staged> {
    // For the reader's orientation only: nothing is decided by it, so a wrong clock does no harm.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    transaction
        .prepare_cached(
            "INSERT INTO policy (version, outline, first_seen) VALUES (?1, ?2, ?3)
             ON CONFLICT (version) DO NOTHING",
        )?
        .execute(params![version, outline, i64::try_from(now).unwrap_or(i64::MAX)])?;
    let kept: String = transaction
        .prepare_cached("SELECT outline FROM policy WHERE version = ?1")?
        .query_row([version], |row| row.get(0))?;
    Ok(if kept == outline { Ok(0) } else { Err(Refusal::PolicyDiffers) })
}

/// What an error of SQLite means to those who wait. What is not known to be harmless is not.
fn culprit(error: &rusqlite::Error) -> AppendError {
    match error.sqlite_error() {
        Some(ffi::Error { code: ErrorCode::DiskFull, .. }) => AppendError::Full,
        // The shared index of the write-ahead file could not grow: met before anything is written.
        Some(ffi::Error { extended_code: ffi::SQLITE_IOERR_SHMSIZE, .. }) => AppendError::Full,
        Some(ffi::Error { code: ErrorCode::DatabaseBusy, .. }) => AppendError::Busy,
        _ => AppendError::Failed,
    }
}
