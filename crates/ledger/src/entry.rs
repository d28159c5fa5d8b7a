//! A record sealed for the ledger: its leaf, and what is kept beside the leaf and can be erased.

use crate::canonical::canonical_json;
use crate::error::EntryError;
use crate::leaf::{Leaf, LeafHash, RecordKey};
use crate::limits::{RECORD_BYTES_MAX, RECORD_ID_BYTES_MAX};
use serde_json::Value;
use std::fmt;
use subtle::ConstantTimeEq;

const SECONDS_PER_HOUR: u64 = 3600;

/// One entry: what a store appends.
///
/// It can only be made by [`Entry::seal`], so its parts always belong together. There is no
/// `Debug` of record and key: they concern a person.
#[derive(Clone)]
pub struct Entry {
    leaf: Leaf,
    record: String,
    key: RecordKey,
    record_id: String,
}

impl Entry {
    /// Commits `record` under `key`, which must be fresh for this record.
    ///
    /// Two members are read: `time`, seconds since 1970, of which the leaf shows the hour; and
    /// `record_id`, by which the store finds the record again. The rest is opaque here.
    ///
    /// # Errors
    ///
    /// When one of the two is missing or unusable, or the record has no canonical form or is too
    /// large.
    pub fn seal(record: &Value, key: RecordKey) -> Result<Self, EntryError> {
        let members = record.as_object().ok_or(EntryError::NotAnObject)?;
        let hour = members
            .get("time")
            .and_then(Value::as_u64)
            .and_then(|seconds| u32::try_from(seconds / SECONDS_PER_HOUR).ok())
            .ok_or(EntryError::Time)?;
        let record_id = members
            .get("record_id")
            .and_then(Value::as_str)
            .filter(|id| (1..=RECORD_ID_BYTES_MAX).contains(&id.len()))
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or(EntryError::RecordId)?
            .to_owned();
        let record = canonical_json(record)?;
        if record.len() > RECORD_BYTES_MAX {
            return Err(EntryError::TooLarge);
        }
        let leaf = Leaf::commit(hour, &record, &key);
        Ok(Self { leaf, record, key, record_id })
    }

    /// Puts an entry together again from what a store kept, if the three belong together.
    ///
    /// `record` is a canonical text; any other text, even of the same record, does not open the
    /// leaf. The leaf is re-derived whole, hour included, and compared in constant time.
    pub fn open(leaf: &Leaf, record: &str, key: RecordKey) -> Option<Self> {
        let value = serde_json::from_str(record).ok()?;
        let entry = Self::seal(&value, key).ok()?;
        let same = entry.record == record && bool::from(entry.leaf.ct_eq(leaf));
        same.then_some(entry)
    }

    /// The leaf: what stays for ever.
    pub const fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    /// The hash of the leaf, which the receipt of this entry will name.
    pub fn leaf_hash(&self) -> LeafHash {
        self.leaf.hash()
    }

    /// The record in canonical form: kept beside the leaf, erasable.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The key that opens the leaf: kept beside the record, erased with it.
    pub const fn key(&self) -> &RecordKey {
        &self.key
    }

    /// The record's own id.
    pub fn record_id(&self) -> &str {
        &self.record_id
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Entry").field("leaf", &self.leaf).finish_non_exhaustive()
    }
}
