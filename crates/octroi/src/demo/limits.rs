//! The bounds of the demo, each with its reason.

use std::time::Duration;

/// Events kept for the list of what was received; older ones go, the counts stay.
/// A page makes about fifteen: this is some six hundred page views.
pub(super) const EVENTS_MAX: usize = 10_000;

/// Bytes of a request's body that a stand-in accepts: beacons stay under the browsers' 64 KiB.
pub(super) const BODY_BYTES_MAX: usize = 64 * 1024;

/// Characters of a body, referrer or address that the record keeps, so that it stays small.
pub(super) const RECORDED_CHARS_MAX: usize = 2_048;

/// Connections that one demo server holds at a time: several browsers with six to each host.
pub(super) const CONNECTIONS_MAX: usize = 512;

/// How long a connection may stay without a request; longer than browsers keep a preconnection.
pub(super) const HEAD_WAIT: Duration = Duration::from_secs(60);

/// The ports that a person would rather type; others are taken where these are not free.
pub(super) const GATE_PORT: u16 = 8080;
pub(super) const DIRECT_PORT: u16 = 8081;
pub(super) const THIRD_PARTIES_PORT: u16 = 8082;

/// Attempts to find one port that is free on both loopback addresses.
pub(super) const PORT_ATTEMPTS_MAX: usize = 16;

/// Shortest time between two drawings of the table, so that a page's burst is drawn once.
pub(super) const REDRAW_WAIT: Duration = Duration::from_millis(100);

/// How long the gate may take to end before the demo leaves without it.
pub(super) const STOP_WAIT: Duration = Duration::from_secs(5);

/// The unit of a cookie's lifetime.
pub(super) const DAY_SECONDS: u64 = 86_400;
