//! What can be wrong with a record or a leaf, as closed enums that tests and callers compare.

use thiserror::Error;

/// Why a value has no canonical form here.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CanonicalError {
    /// A number is not an integer; how it is written would depend on the writer.
    #[error("a number is not an integer")]
    NotAnInteger,
    /// An integer is 2^53 or more in magnitude; some readers would round it.
    #[error("an integer is 2^53 or more in magnitude")]
    IntegerTooLarge,
    /// A value is null; absence is told by leaving the member out.
    #[error("a value is null")]
    Null,
    /// A member's name is not ASCII; the order of names would depend on the encoding.
    #[error("the name of a member is not ASCII")]
    NameNotAscii,
    /// The value is nested more than [`DEPTH_MAX`](crate::limits::DEPTH_MAX) deep.
    #[error("the value is nested too deep")]
    TooDeep,
}

/// Why a record cannot be sealed into an entry.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EntryError {
    /// The record has no canonical form.
    #[error("the record has no canonical form: {0}")]
    Canonical(#[from] CanonicalError),
    /// The record is not a JSON object.
    #[error("the record is not an object")]
    NotAnObject,
    /// `time` is missing, not a whole number of seconds since 1970, or beyond what a leaf holds.
    #[error("the record's `time` is missing or unusable")]
    Time,
    /// `record_id` is missing, empty, too long or not visible ASCII.
    #[error("the record's `record_id` is missing or unusable")]
    RecordId,
    /// The record is larger than [`RECORD_BYTES_MAX`](crate::limits::RECORD_BYTES_MAX).
    #[error("the record is too large")]
    TooLarge,
}

/// Why bytes are not a leaf.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LeafError {
    /// A leaf is exactly [`LEAF_BYTES`](crate::limits::LEAF_BYTES) long.
    #[error("a leaf is 40 bytes")]
    Length,
    /// The first byte names a layout this version does not know.
    #[error("the leaf's layout version is unknown")]
    Version,
    /// A reserved byte is not zero.
    #[error("a reserved byte of the leaf is not zero")]
    Reserved,
}
