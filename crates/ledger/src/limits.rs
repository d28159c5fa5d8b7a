//! Every bound of the ledger's mathematics, each with its reason.

/// Bytes of a leaf: version, reserved bytes, hour, commitment. Fixed for layout version 1.
pub const LEAF_BYTES: usize = 40;

/// Bytes of the secret that commits one record: as many as the hash gives, so that neither is the
/// weaker part.
pub const RECORD_KEY_BYTES: usize = 32;

/// Bytes of a canonical record, at most. A record is 300 to 500 bytes; one that lists a choice for
/// each of 1,000 services stays below. A log entry of the C2SP tile format ends at 65,535.
pub const RECORD_BYTES_MAX: usize = 32_768;

/// Bytes of a record's id, at most. A UUID has 36; other schemes fit.
pub const RECORD_ID_BYTES_MAX: usize = 64;

/// Nesting of a record, at most. The deepest field in use is at 3; the bound keeps the recursion of
/// the canonical form, and so its stack, small.
pub const DEPTH_MAX: usize = 16;

/// Largest magnitude of an integer: beyond it a reader that holds numbers as IEEE doubles, as
/// JavaScript does, would read another number.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;
