//! Every store keeps the contract: the same suite, unchanged.

use octroi_store::contract::suite;
use octroi_store::{FaultyLedger, Ledger, SqliteLedger};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    let place = tempfile::tempdir().unwrap();
    let open = async || Some(Arc::new(SqliteLedger::open(place.path()).ok()?) as Arc<dyn Ledger>);
    assert_eq!(suite::check(open).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faulty_double_keeps_the_contract_while_nothing_is_ordered() {
    let place = tempfile::tempdir().unwrap();
    let open = async || {
        let sqlite = SqliteLedger::open(place.path()).ok()?;
        Some(Arc::new(FaultyLedger::new(sqlite)) as Arc<dyn Ledger>)
    };
    assert_eq!(suite::check(open).await, Ok(()));
}
