//! A double of a store that fails on command, so that the layers above can show what they do then.
//!
//! Not for use in front of visitors: it wraps a real store and does what that one does, except
//! for the next appends that it was told to spoil.

use crate::contract::{AppendError, BoxFuture, Health, Ledger, ReadError, StoredRecord};
use octroi_ledger::{Entry, Leaf, Receipt};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What goes wrong with an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The entry is not written; the answer is [`AppendError::Failed`].
    NotSaved,
    /// The entry is written and durable, but the answer is [`AppendError::Failed`].
    SavedButUnacknowledged,
    /// The answer comes after this time, and is the true one.
    Slow(Duration),
    /// The entry is not written; the answer is [`AppendError::Busy`].
    Busy,
}

/// A store that fails on command.
#[derive(Debug)]
pub struct FaultyLedger<L> {
    inner: L,
    next: Mutex<Option<(Fault, usize)>>,
}

impl<L: Ledger> FaultyLedger<L> {
    /// Wraps a store; nothing fails yet.
    pub const fn new(inner: L) -> Self {
        Self { inner, next: Mutex::new(None) }
    }

    /// Spoils the next `appends`, in place of what was ordered before.
    pub fn fail_next(&self, appends: usize, fault: Fault) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some((fault, appends));
    }

    fn fault(&self) -> Option<Fault> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, left) = (*next)?;
        let left = left.checked_sub(1)?;
        *next = Some((fault, left));
        Some(fault)
    }
}

impl<L: Ledger> Ledger for FaultyLedger<L> {
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, AppendError>> {
        Box::pin(async move {
            match self.fault() {
                None => self.inner.append(entry).await,
                Some(Fault::NotSaved) => Err(AppendError::Failed),
                Some(Fault::SavedButUnacknowledged) => {
                    self.inner.append(entry).await.and(Err(AppendError::Failed))
                }
                Some(Fault::Slow(time)) => {
                    tokio::time::sleep(time).await;
                    self.inner.append(entry).await
                }
                Some(Fault::Busy) => Err(AppendError::Busy),
            }
        })
    }

    fn record<'a>(
        &'a self,
        record_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<StoredRecord>, ReadError>> {
        self.inner.record(record_id)
    }

    fn leaves(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Leaf>, ReadError>> {
        self.inner.leaves(from, most)
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, ReadError>> {
        self.inner.size()
    }

    fn remember_policy<'a>(
        &'a self,
        version: &'a str,
        outline: &'a str,
    ) -> BoxFuture<'a, Result<(), AppendError>> {
        self.inner.remember_policy(version, outline)
    }

    fn policies(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, ReadError>> {
        self.inner.policies()
    }

    fn health(&self) -> Health {
        self.inner.health()
    }
}
