//! Where the ledger sleeps: the only crate that talks to disks and databases.
//!
//! [`contract`] is what every store promises, with the suite that checks it; [`sqlite`] is the
//! store embedded by default; [`faulty`] is a double that fails on command, for tests of the
//! layers above. `docs/reference/ledger.md` says what each file is trusted for.

pub mod contract;
pub mod faulty;
pub mod limits;
pub mod sqlite;

pub use contract::{AppendError, BoxFuture, Health, Ledger, ReadError, Refusal, StoredRecord};
pub use faulty::{Fault, FaultyLedger};
pub use sqlite::{OpenError, SqliteLedger};
