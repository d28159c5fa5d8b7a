//! How long a journey waits, each figure with its reason.

use std::time::Duration;

/// For a program to say where it listens: a browser took up to six seconds on a loaded machine.
pub const START_WAIT: Duration = Duration::from_secs(60);

/// For a page to load, or for an expected event.
pub const PAGE_WAIT: Duration = Duration::from_secs(30);

/// Between two looks at something that is awaited.
pub const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// How long third parties must stay silent before silence is believed: on loopback a page's
/// requests follow its load within milliseconds.
pub const SILENCE: Duration = Duration::from_millis(600);

/// For one exchange over a socket: longer than the gate's own wait for a locked ledger.
pub const EXCHANGE_WAIT: Duration = Duration::from_secs(20);
