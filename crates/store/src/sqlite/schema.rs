//! The tables of a ledger, how a connection to them is set up, and which formats are known.

use crate::limits::{BUSY_TIMEOUT, STATEMENTS_CACHED};
use crate::sqlite::OpenError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;

/// `octr`, in the file's header: SQLite's mark for whose file it is.
const APPLICATION_ID: i32 = 0x6f63_7472;

/// Each step takes a ledger from the format of its place to the next; steps are only ever added.
const STEPS: [&str; 1] = ["
    CREATE TABLE leaf (
        idx INTEGER PRIMARY KEY CHECK (idx >= 0),
        bytes BLOB NOT NULL CHECK (length(bytes) = 40)
    ) STRICT;
    -- Erasable. The writer inserts it before its leaf, hence the deferred reference.
    CREATE TABLE record (
        idx INTEGER PRIMARY KEY REFERENCES leaf (idx) DEFERRABLE INITIALLY DEFERRED,
        record_id TEXT NOT NULL UNIQUE,
        key BLOB NOT NULL CHECK (length(key) = 32),
        json TEXT NOT NULL
    ) STRICT;
    CREATE TABLE policy (
        seq INTEGER PRIMARY KEY,
        version TEXT NOT NULL UNIQUE,
        outline TEXT NOT NULL,
        first_seen INTEGER NOT NULL
    ) STRICT;
"];

/// Opens the database, brings it to the newest format, and makes durable what was left over.
pub(super) fn open_for_writing(
    path: &Path,
    pages_max: Option<u32>,
) -> Result<Connection, OpenError> {
    let mut connection = connect(path)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::NoWriteAhead);
    }
    // FULL: each commit syncs the write-ahead file before it returns. No automatic folding: its
    // errors would be swallowed, so the writer folds. Secure delete: what is erased later must
    // not linger in free pages, and pages are freed from the first day.
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;",
    )?;
    migrate(&mut connection)?;
    fold_left_over(&connection)?;
    if let Some(pages) = pages_max {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// Opens a connection that cannot change anything.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, OpenError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (owner, found) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let fresh = owner == 0 && found == 0 && tables == 0;
    if !fresh && owner != APPLICATION_ID {
        return Err(OpenError::Foreign);
    }
    let known = i32::try_from(STEPS.len()).unwrap_or(i32::MAX);
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    let done = usize::try_from(found).map_err(|_| OpenError::Foreign)?;
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    if found < known {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", known)?;
    }
    Ok(transaction.commit()?)
}

/// Folds what an earlier process left in the write-ahead file into the database, and syncs both.
///
/// That process may have stopped on a failed sync. Its pages can then be readable here although
/// the disk never got them, and another sync of the same file would do nothing. Folding writes
/// them anew, elsewhere, so that whatever is readable after opening is durable.
fn fold_left_over(connection: &Connection) -> Result<(), OpenError> {
    let (pages, folded): (i64, i64) =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            Ok((row.get(1)?, row.get(2)?))
        })?;
    // Another program that reads may keep the file from being cut, but not from being folded.
    if pages == folded { Ok(()) } else { Err(OpenError::InUse) }
}
