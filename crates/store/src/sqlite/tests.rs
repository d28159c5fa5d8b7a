//! What the writer does when it cannot write: a full database, a broken one, a held one.

use super::*;
use crate::contract::suite::sample;
use crate::limits::BUSY_TIMEOUT;
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

fn place() -> (TempDir, std::path::PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let database = place.path().join("ledger.sqlite");
    (place, database)
}

async fn append(ledger: &SqliteLedger, number: u64) -> Result<u64, AppendError> {
    ledger.append(sample(number).unwrap()).await.map(|receipt| receipt.index())
}

#[tokio::test]
async fn a_full_database_says_so_and_keeps_what_it_acknowledged() {
    let (place, _) = place();
    let ledger = SqliteLedger::open_with(place.path(), Some(20)).unwrap();
    let mut kept = 0;
    let error = loop {
        match append(&ledger, kept).await {
            Ok(index) => assert_eq!(index, kept),
            Err(error) => break error,
        }
        kept += 1;
    };
    assert_eq!(error, AppendError::Full);
    assert_eq!(ledger.health(), Health::Full);
    assert!(kept > 10, "{kept}");
    assert_eq!(append(&ledger, kept).await, Err(AppendError::Full));
    assert_eq!(ledger.size().await, Ok(kept));
    assert!(ledger.record(sample(kept).unwrap().record_id()).await.unwrap().is_none());
    assert_eq!(ledger.close(), Health::Full);

    let ledger = SqliteLedger::open(place.path()).unwrap();
    assert_eq!(append(&ledger, kept).await, Ok(kept));
    assert_eq!(ledger.health(), Health::Accepting);
}

#[tokio::test]
async fn after_a_failure_nothing_is_accepted_until_it_is_opened_again() {
    let (place, database) = place();
    let ledger = SqliteLedger::open(place.path()).unwrap();
    assert_eq!(append(&ledger, 0).await, Ok(0));

    let vandal = Connection::open(&database).unwrap();
    vandal.execute_batch("ALTER TABLE leaf RENAME TO gone").unwrap();
    assert_eq!(append(&ledger, 1).await, Err(AppendError::Failed));
    vandal.execute_batch("ALTER TABLE gone RENAME TO leaf").unwrap();
    drop(vandal);

    assert_eq!(append(&ledger, 2).await, Err(AppendError::Failed));
    assert_eq!(ledger.remember_policy("v", "{}").await, Err(AppendError::Failed));
    assert_eq!(ledger.size().await, Ok(1), "reading goes on");
    assert_eq!(ledger.close(), Health::Failed);

    let ledger = SqliteLedger::open(place.path()).unwrap();
    assert_eq!(append(&ledger, 3).await, Ok(1));
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once_and_loses_nothing() {
    let (place, database) = place();
    let ledger = Arc::new(SqliteLedger::open(place.path()).unwrap());
    let holder = Connection::open(&database).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();

    // The writer takes the first and waits for the holder; the others wait in the queue.
    let mut waiting = JoinSet::new();
    let first = Arc::clone(&ledger);
    waiting.spawn(async move { append(&first, 0).await });
    while ledger.jobs.as_ref().unwrap().capacity() < APPENDS_WAITING_MAX {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    for number in 1..=APPENDS_WAITING_MAX as u64 {
        let ledger = Arc::clone(&ledger);
        waiting.spawn(async move { append(&ledger, number).await });
    }
    while ledger.jobs.as_ref().unwrap().capacity() > 0 {
        tokio::task::yield_now().await;
    }
    let asked = Instant::now();
    assert_eq!(append(&ledger, u64::from(u32::MAX)).await, Err(AppendError::Busy));
    assert!(asked.elapsed() < BUSY_TIMEOUT / 4);

    holder.execute_batch("ROLLBACK").unwrap();
    let answers = waiting.join_all().await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(ledger.size().await, Ok(APPENDS_WAITING_MAX as u64 + 1));
    assert_eq!(ledger.health(), Health::Accepting);
}

#[tokio::test]
async fn a_database_held_too_long_is_busy_and_nothing_is_written() {
    let (place, database) = place();
    let ledger = SqliteLedger::open(place.path()).unwrap();
    let holder = Connection::open(&database).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(append(&ledger, 0).await, Err(AppendError::Busy));
    assert_eq!(ledger.health(), Health::Accepting);
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(append(&ledger, 0).await, Ok(0));
}

#[tokio::test]
async fn dropping_makes_durable_what_is_waiting() {
    let (place, _) = place();
    let ledger = Arc::new(SqliteLedger::open(place.path()).unwrap());
    let mut waiting = JoinSet::new();
    for number in 0..100 {
        let ledger = Arc::clone(&ledger);
        waiting.spawn(async move { append(&ledger, number).await });
    }
    // Each task has handed its entry over, and holds the ledger until it is answered.
    drop(ledger);
    assert!(waiting.join_all().await.iter().all(Result::is_ok));
    let ledger = SqliteLedger::open(place.path()).unwrap();
    assert_eq!(ledger.size().await, Ok(100));
}

#[tokio::test]
async fn the_write_ahead_file_stays_small() {
    let (place, database) = place();
    let ledger = SqliteLedger::open(place.path()).unwrap();
    for number in 0..3 * crate::limits::ENTRIES_PER_FOLD as u64 {
        append(&ledger, number).await.unwrap();
    }
    let ahead = std::fs::metadata(database.with_extension("sqlite-wal")).unwrap().len();
    assert!(ahead < 32 << 20, "{ahead} bytes");
    assert!(std::fs::metadata(&database).unwrap().len() > 500_000, "nothing was folded");
}
