//! Every bound of the store, each with its reason.

use std::time::Duration;

/// Entries waiting for the writer, at most: a third of a second of work at 3,000 commits per
/// second, and 32 MiB if each record had its largest size. Beyond it a visitor reads "busy" at
/// once instead of waiting.
pub const APPENDS_WAITING_MAX: usize = 1_024;

/// Entries in one commit, at most: enough to hide the sync, few enough that one transaction stays
/// in SQLite's page cache.
pub const BATCH_MAX: usize = 256;

/// Questions waiting for the reader, at most.
pub const READS_WAITING_MAX: usize = 256;

/// Leaves given by one read, at most: 160 KiB.
pub const LEAVES_PER_READ_MAX: usize = 4_096;

/// Bytes of a policy's version, at most: a hash in any notation fits.
pub const POLICY_VERSION_BYTES_MAX: usize = 128;

/// Bytes of a policy's outline, at most: a catalogue of 1,000 services by name.
pub const POLICY_OUTLINE_BYTES_MAX: usize = 262_144;

/// Policies given by one read, at most, the newest: more than a year of a change each working day,
/// and 100 MiB if each had its largest size.
pub const POLICIES_PER_READ_MAX: usize = 400;

/// Entries after which the write-ahead file is folded into the database: some 5,000 pages, 20 MiB,
/// when each entry had a commit of its own.
pub const ENTRIES_PER_FOLD: usize = 1_024;

/// How long the writer waits for another program that holds the database, such as the `sqlite3`
/// command line; a visitor waits with it.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// Prepared statements kept by a connection: more than there are.
pub const STATEMENTS_CACHED: usize = 16;
