//! The one thread that reads, and the questions it can answer; each answer is checked.

use crate::contract::{ReadError, StoredRecord};
use crate::limits::{LEAVES_PER_READ_MAX, POLICIES_PER_READ_MAX};
use octroi_ledger::{Entry, Leaf, RecordKey};
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::mpsc;

/// A question, which sends its own answer.
pub(super) type Question = Box<dyn FnOnce(&Connection) + Send>;

/// The reader's own state.
pub(super) struct Reader {
    connection: Connection,
    questions: mpsc::Receiver<Question>,
}

impl Reader {
    pub(super) fn new(connection: Connection, questions: mpsc::Receiver<Question>) -> Self {
        Self { connection, questions }
    }

    /// Answers until the last sender is gone and the queue is empty.
    pub(super) fn run(mut self) {
        while let Some(question) = self.questions.blocking_recv() {
            question(&self.connection);
        }
    }
}

/// Any failure of SQLite while reading; its code is of no use to who asked.
fn failed(_error: rusqlite::Error) -> ReadError {
    ReadError::Failed
}

/// The entry of a record id, put together again and checked against its leaf.
pub(super) fn record(
    connection: &Connection,
    record_id: &str,
) -> Result<Option<StoredRecord>, ReadError> {
    type Row = (i64, String, Vec<u8>, Option<Vec<u8>>);
    let row: Option<Row> = connection
        .prepare_cached(
            "SELECT record.idx, json, key, bytes FROM record LEFT JOIN leaf USING (idx)
             WHERE record_id = ?1",
        )
        .and_then(|mut statement| {
            statement
                .query_row([record_id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()
        })
        .map_err(failed)?;
    let Some((index, json, key, bytes)) = row else { return Ok(None) };
    let index = u64::try_from(index).map_err(|_| ReadError::Failed)?;
    let damaged = ReadError::Damaged { index };
    let leaf = Leaf::parse(&bytes.ok_or(damaged)?).map_err(|_| damaged)?;
    let key = RecordKey::from_bytes(key.try_into().map_err(|_| damaged)?);
    let entry = Entry::open(&leaf, &json, key).ok_or(damaged)?;
    if entry.record_id() != record_id {
        return Err(damaged);
    }
    Ok(Some(StoredRecord { index, entry }))
}

/// Leaves from an index on, each at its place.
pub(super) fn leaves(
    connection: &Connection,
    from: u64,
    most: usize,
) -> Result<Vec<Leaf>, ReadError> {
    // Beyond what the database can number there are none.
    let Ok(start) = i64::try_from(from) else { return Ok(Vec::new()) };
    let most = i64::try_from(most.min(LEAVES_PER_READ_MAX)).map_err(|_| ReadError::Failed)?;
    let mut statement = connection
        .prepare_cached("SELECT idx, bytes FROM leaf WHERE idx >= ?1 ORDER BY idx LIMIT ?2")
        .map_err(failed)?;
    let rows = statement
        .query_map([start, most], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .map_err(failed)?;
    let mut leaves = Vec::new();
    for (expected, row) in (start..).zip(rows) {
        let (index, bytes) = row.map_err(failed)?;
        let damaged = ReadError::Damaged { index: expected.unsigned_abs() };
        if index != expected {
            return Err(damaged);
        }
        leaves.push(Leaf::parse(&bytes).map_err(|_| damaged)?);
    }
    Ok(leaves)
}

/// How many leaves there are.
pub(super) fn size(connection: &Connection) -> Result<u64, ReadError> {
    let size: i64 = connection
        .prepare_cached("SELECT coalesce(max(idx) + 1, 0) FROM leaf")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(failed)?;
    u64::try_from(size).map_err(|_| ReadError::Failed)
}

/// The policies remembered, oldest first.
pub(super) fn policies(connection: &Connection) -> Result<Vec<(String, String)>, ReadError> {
    let most = i64::try_from(POLICIES_PER_READ_MAX).map_err(|_| ReadError::Failed)?;
    connection
        .prepare_cached(
            "SELECT version, outline FROM
                 (SELECT * FROM policy ORDER BY seq DESC LIMIT ?1) ORDER BY seq",
        )
        .and_then(|mut statement| {
            statement.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(failed)
}
