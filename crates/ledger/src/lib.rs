//! The proof, as mathematics: a record becomes an entry, an entry a leaf, a durable leaf a receipt.
//!
//! The crate knows nothing of consent, and has no clock, file, network or randomness: time is a
//! field of the record, keys are arguments. `docs/reference/ledger.md` is the byte layout in words.
//!
//! In the order a record meets them:
//!
//! 1. [`canonical`]: one text for one record.
//! 2. [`entry`]: the record is sealed; [`Leaf`] is the 40 bytes that stay for ever.
//! 3. [`receipt`]: a store's word that the entry is durable, at an index.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod canonical;
pub mod entry;
pub mod leaf;
pub mod receipt;

pub mod error;
pub mod limits;

pub use canonical::canonical_json;
pub use entry::Entry;
pub use error::{CanonicalError, EntryError, LeafError};
pub use leaf::{Leaf, LeafHash, RecordKey};
pub use receipt::Receipt;
