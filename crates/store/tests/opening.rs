//! What is opened, made, refused and detected as damaged.

#![expect(clippy::expect_used, reason = "a test file: the helper fails as the tests do")]

use octroi_store::contract::suite::sample;
use octroi_store::{Ledger, OpenError, ReadError, SqliteLedger};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn alter(place: &Path, sql: &str) {
    let connection = Connection::open(place.join("ledger.sqlite")).expect("the file opens");
    connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
    connection.execute_batch(sql).expect("the statements run");
}

#[tokio::test]
async fn what_is_made_is_for_its_owner_only() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("deep/ledger");
    let ledger = SqliteLedger::open(&dir).unwrap();
    ledger.append(sample(0).unwrap()).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = dir.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn one_ledger_has_one_writer() {
    let place = tempfile::tempdir().unwrap();
    let first = SqliteLedger::open(place.path()).unwrap();
    assert_eq!(SqliteLedger::open(place.path()).err(), Some(OpenError::InUse));
    first.append(sample(0).unwrap()).await.unwrap();
    drop(first);
    assert_eq!(SqliteLedger::open(place.path()).unwrap().size().await, Ok(1));
}

#[test]
fn a_newer_format_is_refused_untouched() {
    let place = tempfile::tempdir().unwrap();
    drop(SqliteLedger::open(place.path()).unwrap());
    alter(place.path(), "PRAGMA user_version = 7");
    let refused = OpenError::NewerSchema { found: 7, known: 1 };
    assert_eq!(SqliteLedger::open(place.path()).err(), Some(refused));
    assert!(refused.to_string().contains("newer octroi"));
    alter(place.path(), "PRAGMA user_version = 1");
    assert!(SqliteLedger::open(place.path()).is_ok());
}

#[test]
fn another_programs_file_is_refused() {
    let place = tempfile::tempdir().unwrap();
    alter(place.path(), "CREATE TABLE theirs (a)");
    assert_eq!(SqliteLedger::open(place.path()).err(), Some(OpenError::Foreign));
    std::fs::write(place.path().join("ledger.sqlite"), "not a database ".repeat(100)).unwrap();
    assert_eq!(SqliteLedger::open(place.path()).err(), Some(OpenError::Foreign));
    std::fs::write(place.path().join("file"), "").unwrap();
    let below = SqliteLedger::open(&place.path().join("file/ledger"));
    assert!(matches!(below.err(), Some(OpenError::Files(_))));
}

#[tokio::test]
async fn damage_is_named_and_never_served() {
    let at_1 = ReadError::Damaged { index: 1 };
    let (one, two) = (sample(1).unwrap(), sample(2).unwrap());
    let table = [
        ("UPDATE record SET json = replace(json, 'false', 'true') WHERE idx = 1", None),
        ("UPDATE record SET key = zeroblob(32) WHERE idx = 1", None),
        ("UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE idx = 2) WHERE idx = 1", None),
        ("UPDATE leaf SET bytes = zeroblob(40) WHERE idx = 1", Some(at_1)),
        ("DELETE FROM leaf WHERE idx = 1", Some(at_1)),
        (
            "UPDATE record SET (key, json) = (SELECT key, json FROM record WHERE idx = 2),
                 idx = 1 WHERE idx = 1",
            None,
        ),
    ];
    for (sql, leaves) in table {
        let place = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(place.path()).unwrap();
        for number in 0..3 {
            ledger.append(sample(number).unwrap()).await.unwrap();
        }
        alter(place.path(), sql);
        assert_eq!(ledger.record(one.record_id()).await.err(), Some(at_1), "{sql}");
        assert!(ledger.record(two.record_id()).await.is_ok(), "{sql}");
        assert_eq!(ledger.leaves(0, 9).await.err(), leaves, "{sql}");
    }
}

#[tokio::test]
async fn an_erased_record_is_absent_and_its_leaf_stays() {
    let place = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(place.path()).unwrap();
    ledger.append(sample(0).unwrap()).await.unwrap();
    alter(place.path(), "DELETE FROM record");
    assert!(ledger.record(sample(0).unwrap().record_id()).await.unwrap().is_none());
    assert_eq!(ledger.leaves(0, 9).await.unwrap(), [*sample(0).unwrap().leaf()]);
    assert_eq!(ledger.append(sample(1).unwrap()).await.unwrap().index(), 1);
}
