//! The gate's recorder over the ledger: a decision is acknowledged when its entry is durable.

use std::sync::Arc;

use octroi_ledger::{Entry, Receipt};
use octroi_store::Ledger;
use octroi_tower::{BoxFuture, NotRecorded, Recorder};

/// Records decisions in a ledger.
pub(crate) struct LedgerRecorder {
    ledger: Arc<dyn Ledger>,
}

impl LedgerRecorder {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger }
    }
}

impl Recorder for LedgerRecorder {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, NotRecorded>> {
        Box::pin(async move {
            self.ledger.append(entry).await.map_err(|error| {
                // The visitor is told so by the gate; the operator must hear of it as well.
                tracing::error!(%error, "a decision was not recorded, and nothing was granted");
                NotRecorded
            })
        })
    }
}
