//! The faulty double does exactly what it is told, and then works again.

use octroi_store::contract::suite::sample;
use octroi_store::{AppendError, Fault, FaultyLedger, Ledger, SqliteLedger};
use std::time::{Duration, Instant};

#[tokio::test]
async fn each_fault_is_a_row_of_the_table() {
    let fast = Duration::ZERO;
    let slow = Duration::from_millis(120);
    let table = [
        (Fault::NotSaved, Some(AppendError::Failed), false, fast),
        (Fault::SavedButUnacknowledged, Some(AppendError::Failed), true, fast),
        (Fault::Busy, Some(AppendError::Busy), false, fast),
        (Fault::Slow(slow), None, true, slow),
    ];
    for (fault, error, saved, time) in table {
        let place = tempfile::tempdir().unwrap();
        let ledger = FaultyLedger::new(SqliteLedger::open(place.path()).unwrap());
        ledger.fail_next(2, fault);
        for number in 0..2 {
            let entry = sample(number).unwrap();
            let record_id = entry.record_id().to_owned();
            let asked = Instant::now();
            assert_eq!(ledger.append(entry).await.err(), error, "{fault:?}");
            assert!(asked.elapsed() >= time, "{fault:?}");
            assert_eq!(ledger.record(&record_id).await.unwrap().is_some(), saved, "{fault:?}");
        }
        let receipt = ledger.append(sample(2).unwrap()).await.unwrap();
        assert_eq!(receipt.index(), if saved { 2 } else { 0 }, "{fault:?}");
    }
}
