//! What the gate asks of a ledger: to make an entry durable, or to say that it did not.

use octroi_ledger::{Entry, Receipt};

use crate::BoxFuture;

/// The entry was not acknowledged as durable: the visitor is told so, and nothing is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the decision was not recorded")]
pub struct NotRecorded;

/// Makes decisions durable.
pub trait Recorder: Send + Sync {
    /// Resolves with a receipt once the entry is on disk, synced; the receipt is the entry's own.
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, NotRecorded>>;
}
