//! A fault of the ledger that works for every account: somebody else holds the database.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// A write lock on a ledger; dropping it gives the ledger back.
#[derive(Debug)]
pub struct LockedLedger {
    connection: Connection,
}

impl LockedLedger {
    pub(crate) fn lock(database: &Path) -> Self {
        let connection = Connection::open(database).expect("the ledger is an SQLite database");
        connection.execute_batch("BEGIN IMMEDIATE").expect("the ledger can be locked");
        Self { connection }
    }
}

impl Drop for LockedLedger {
    fn drop(&mut self) {
        self.connection.execute_batch("ROLLBACK").ok();
    }
}

/// The ledger's database somewhere below a data directory.
pub(crate) fn ledger_of(directory: &Path) -> PathBuf {
    let mut waiting = vec![directory.to_owned()];
    while let Some(place) = waiting.pop() {
        for entry in fs::read_dir(&place).expect("the data directory can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if entry.file_name() == "ledger.sqlite" {
                return path;
            }
        }
    }
    panic!("no ledger.sqlite below {}", directory.display())
}
