//! The word of a store that an entry is durable, and at which index.

use crate::leaf::LeafHash;

/// An entry with this leaf hash is on disk, synced, at this index.
///
/// It is a permit: what follows a recorded decision asks for one. So it cannot be cloned, and its
/// one constructor is for stores.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    index: u64,
    leaf_hash: LeafHash,
}

impl Receipt {
    /// Asserts that the entry of `leaf_hash` is durable at `index`.
    ///
    /// Only a store may call this, and only after the sync that covers the entry has returned
    /// without error. Anything else would tell a visitor that a decision is kept which is not.
    pub const fn assertion_durable(index: u64, leaf_hash: LeafHash) -> Self {
        Self { index, leaf_hash }
    }

    /// The entry's place in the ledger, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The hash of the entry's leaf.
    pub const fn leaf_hash(&self) -> &LeafHash {
        &self.leaf_hash
    }
}
