//! The 40 bytes that stay for ever: a keyed commitment to a record, without personal data.
//!
//! | offset | bytes | content |
//! | --- | --- | --- |
//! | 0 | 1 | layout version, 1 |
//! | 1 | 3 | zero |
//! | 4 | 4 | hours since 1970, big-endian |
//! | 8 | 32 | HMAC-SHA-256 of [`COMMIT_PREFIX`] and the canonical record, under the record's key |

use crate::entry::Entry;
use crate::error::LeafError;
use crate::limits::{LEAF_BYTES, RECORD_KEY_BYTES};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// What precedes the record under the commitment, so that it is never one of another protocol.
pub const COMMIT_PREFIX: &[u8] = b"octroi/c-leaf/v1\n";

const LAYOUT_VERSION: u8 = 1;
const RESERVED: [u8; 3] = [0; 3];
const LEAF_HASH_PREFIX: [u8; 1] = [0];

/// The secret that commits one record: 32 random bytes, made for it alone.
///
/// Whoever holds key and record can open the leaf; when the key is erased, nobody can.
/// Comparison takes constant time; there is no `Debug` of the content.
#[derive(Clone)]
pub struct RecordKey([u8; RECORD_KEY_BYTES]);

impl RecordKey {
    /// Takes 32 bytes that the caller drew from the operating system's generator.
    pub const fn from_bytes(bytes: [u8; RECORD_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store that keeps them beside the record.
    pub const fn as_bytes(&self) -> &[u8; RECORD_KEY_BYTES] {
        &self.0
    }

    fn commit(&self, record: &str) -> [u8; 32] {
        // HMAC pads a key shorter than its 64-byte block with zeros; doing it here makes the
        // key's length a matter of types.
        let mut block = [0; 64];
        for (slot, byte) in block.iter_mut().zip(self.0) {
            *slot = byte;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(COMMIT_PREFIX);
        mac.update(record.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecordKey(..)")
    }
}

impl PartialEq for RecordKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for RecordKey {}

/// One leaf of the ledger's tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Leaf([u8; LEAF_BYTES]);

impl Leaf {
    pub(crate) fn commit(hour: u32, record: &str, key: &RecordKey) -> Self {
        let content = [LAYOUT_VERSION]
            .into_iter()
            .chain(RESERVED)
            .chain(hour.to_be_bytes())
            .chain(key.commit(record));
        let mut bytes = [0; LEAF_BYTES];
        for (slot, byte) in bytes.iter_mut().zip(content) {
            *slot = byte;
        }
        Self(bytes)
    }

    /// Reads a leaf from where it was stored.
    ///
    /// # Errors
    ///
    /// When the bytes are not of layout version 1: nothing unknown is ever carried along.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let bytes: [u8; LEAF_BYTES] = bytes.try_into().map_err(|_| LeafError::Length)?;
        let [version, reserved_1, reserved_2, reserved_3, ..] = bytes;
        if version != LAYOUT_VERSION {
            return Err(LeafError::Version);
        }
        if [reserved_1, reserved_2, reserved_3] != RESERVED {
            return Err(LeafError::Reserved);
        }
        Ok(Self(bytes))
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; LEAF_BYTES] {
        &self.0
    }

    /// The hour of the record, in hours since 1970: no finer, so that the ledger is no diary.
    pub const fn hour(&self) -> u32 {
        let [_, _, _, _, a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// SHA-256 of a zero byte and the leaf, as RFC 6962 hashes the leaves of its tree.
    pub fn hash(&self) -> LeafHash {
        let digest = Sha256::new().chain_update(LEAF_HASH_PREFIX).chain_update(self.0).finalize();
        LeafHash(digest.into())
    }

    /// Whether this is the leaf of that record under that key: see [`Entry::open`].
    pub fn opens_with(&self, record: &str, key: &RecordKey) -> bool {
        Entry::open(self, record, key.clone()).is_some()
    }
}

impl ConstantTimeEq for Leaf {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Leaf({})", STANDARD.encode(self.0))
    }
}

/// The hash of a leaf: what the tree is built of and what a receipt names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeafHash([u8; 32]);

impl LeafHash {
    /// The bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Base64, as hashes are written in C2SP proofs and checkpoints.
impl fmt::Display for LeafHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for LeafHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LeafHash({self})")
    }
}
