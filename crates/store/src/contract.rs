//! What every store promises: the trait, its answers, and the suite that checks them.
//!
//! 1. **Acknowledged means synced.** A [`Receipt`] is given only after the sync that covers its
//!    entry returned without error. Whatever happens afterwards, the entry is there.
//! 2. **Indices are dense from 0 and never reused.** The order of the ledger is the index, not the
//!    clock. Concurrent appends get distinct indices, in some order.
//! 3. **An error is never a false success.** After an error the entry may or may not be there;
//!    which it is, the variant says where it is known.
//! 4. **After a failed sync nothing is accepted until the program starts again.** What the disk
//!    holds is then unknown, and a second sync could succeed without having written anything.
//! 5. **Waiting is bounded.** When the queue is full the answer is [`AppendError::Busy`], at once.
//! 6. **Damage is never served as truth.** What is read is checked against its leaf.

pub mod suite;

use octroi_ledger::{Entry, Leaf, Receipt};
use std::pin::Pin;
use std::sync::Arc;
use thiserror::Error;

/// A future in a box, so that a [`Ledger`] can stand behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A place where entries are durable. The module's documentation lists its promises.
///
/// A future does nothing until it is polled. One that is dropped half-way may leave its entry in
/// the ledger without anybody having been told: as after an error.
pub trait Ledger: Send + Sync {
    /// Makes an entry durable.
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, AppendError>>;

    /// The entry with this record id; none if there never was one or it was erased.
    fn record<'a>(
        &'a self,
        record_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredRecord>, ReadError>>;

    /// Leaves in order, from an index on: at most `most`, and at most
    /// [`LEAVES_PER_READ_MAX`](crate::limits::LEAVES_PER_READ_MAX). None are left when it is empty.
    fn leaves(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Leaf>, ReadError>>;

    /// How many entries there are. It counts each entry whose receipt was given.
    fn size(&self) -> BoxFuture<'_, Result<u64, ReadError>>;

    /// Keeps the outline of a policy, durably, before decisions cite its version.
    ///
    /// Once kept, an outline is never replaced: the same again is accepted, another is refused.
    fn remember_policy<'a>(
        &'a self,
        version: &'a str,
        outline: &'a str,
    ) -> BoxFuture<'a, Result<(), AppendError>>;

    /// Version and outline of the policies remembered, oldest first; of very many, the newest
    /// [`POLICIES_PER_READ_MAX`](crate::limits::POLICIES_PER_READ_MAX).
    fn policies(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, ReadError>>;

    /// Whether entries are being accepted, from memory: cheap, never waits.
    fn health(&self) -> Health;
}

impl<L: Ledger + ?Sized> Ledger for Arc<L> {
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, AppendError>> {
        (**self).append(entry)
    }

    fn record<'a>(
        &'a self,
        record_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredRecord>, ReadError>> {
        (**self).record(record_id)
    }

    fn leaves(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Leaf>, ReadError>> {
        (**self).leaves(from, most)
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, ReadError>> {
        (**self).size()
    }

    fn remember_policy<'a>(
        &'a self,
        version: &'a str,
        outline: &'a str,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        (**self).remember_policy(version, outline)
    }

    fn policies(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, ReadError>> {
        (**self).policies()
    }

    fn health(&self) -> Health {
        (**self).health()
    }
}

/// An entry as it is kept, already checked against its leaf.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    /// Its place in the ledger.
    pub index: u64,
    /// The entry: leaf, record, key.
    pub entry: Entry,
}

/// Why something was not acknowledged as durable.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AppendError {
    /// Too much is waiting already, or another program holds the ledger. Nothing was written;
    /// trying again later may succeed.
    #[error("the ledger is busy")]
    Busy,
    /// The disk has no space. The write was undone; it may be tried again when there is space.
    #[error("the ledger's disk is full")]
    Full,
    /// The disk or the database failed. The entry may or may not be there, and nothing more is
    /// accepted until the program starts again.
    #[error("the ledger has failed and accepts nothing until the program is restarted")]
    Failed,
    /// The caller's doing: the same again will be refused again. Nothing was written.
    #[error("the ledger refused it: {0}")]
    Refused(#[from] Refusal),
}

/// Why a store refuses what it is given.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// A policy's version or outline is too large, or its version empty.
    #[error("the version or outline of the policy is empty or too large")]
    PolicySize,
    /// A record of this id is there already.
    #[error("a record of this id is there already")]
    DuplicateRecordId,
    /// Another outline is kept for this version.
    #[error("another outline is kept for this version of the policy")]
    PolicyDiffers,
}

/// Why something could not be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// Too many questions are waiting already.
    #[error("the ledger is busy")]
    Busy,
    /// The disk or the database failed.
    #[error("the ledger could not be read")]
    Failed,
    /// What is kept at this index does not fit its leaf, or is missing.
    #[error("the ledger is damaged at index {index}")]
    Damaged {
        /// Where.
        index: u64,
    },
}

/// Whether a store accepts entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// The last write succeeded, or there was none yet.
    Accepting,
    /// The last write found no space.
    Full,
    /// A write failed: nothing is accepted until the program starts again.
    Failed,
}
