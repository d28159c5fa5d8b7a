//! Every bound of the server: connections, times and sizes, each with its reason.

use std::time::Duration;

/// Visitors' connections at one time, open tunnels included: each takes two file descriptors, and
/// systemd grants a service 524,288 while a plain shell grants 1,024 (accepting then pauses).
pub const CONNECTIONS_MAX: usize = 8_192;

/// How long accepting pauses when the machine is out of file descriptors: long enough not to spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Bytes of one request's or response's head: twice what nginx accepts of a visitor (32 kB in 4
/// buffers), as one connection's buffer; hyper's own figure would be 400 kB for each.
pub const HEAD_BYTES_MAX: usize = 65_536;

/// Fields of one head: hyper's own figure, stated so that an upgrade does not change it.
pub const HEAD_FIELDS_MAX: usize = 100;

/// Time for a request's head, and for an idle connection before it: nginx waits 60 s for either,
/// and browsers reopen at no cost that a visitor notices.
pub const HEAD_READ: Duration = Duration::from_secs(30);

/// Bytes after which a connection has shown its protocol: the HTTP/2 preface (RFC 9113 section
/// 3.4). No HTTP/1.1 request with a Host is shorter.
pub const PREFACE_BYTES: usize = 24;

/// Streams at one time on an HTTP/2 connection: RFC 9113 section 6.5.2 advises no fewer than 100.
pub const STREAMS_MAX: u32 = 128;

/// Streams that a visitor may reset before they were served (CVE-2023-44487, rapid reset).
pub const PENDING_RESETS_MAX: usize = 20;

/// Time without an answer to a ping after which an HTTP/2 connection counts as gone.
pub const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Idle connections kept to the upstream: more than the concurrent requests of a busy site; the
/// kernel keeps the rest in TIME_WAIT.
pub const IDLE_UPSTREAM_MAX: usize = 256;

/// How long an idle connection to the upstream is kept: below the 60 s and 65 s at which gunicorn,
/// node and nginx close theirs, so that a request rarely meets a closing one.
pub const IDLE_UPSTREAM: Duration = Duration::from_secs(4);

/// Time for requests in flight to end after a stop signal; systemd kills after 90 s.
pub const STOP_WAIT: Duration = Duration::from_secs(15);

/// Bytes of an unread request body that are read and dropped, so that a refusal reaches a visitor
/// who is still sending (closing at once would reset the connection under the answer).
pub const DRAIN_BYTES_MAX: u64 = 262_144;

/// Time for that.
pub const DRAIN_WAIT: Duration = Duration::from_secs(5);

/// Bytes in each direction of a tunnel's buffer: one WebSocket frame of usual size.
pub const TUNNEL_BYTES: usize = 16_384;

/// Seconds that a timeout may be set to: an hour is beyond any page that a visitor waits for.
pub const TIMEOUT_SECONDS_MAX: u64 = 3_600;

/// Bytes of a configuration file: 130 services described in full take 150 kB.
pub const CONFIG_BYTES_MAX: u64 = 1_048_576;

/// Bytes of the keys' file: eight keys and its header take 1 kB.
pub const KEYS_FILE_BYTES_MAX: u64 = 16_384;

/// Keys of the token ring, as the core bounds it.
pub const KEYS_MAX: usize = octroi_core::limits::KEYS_MAX;

/// Letters by which a key may differ from a known one to be suggested in its place.
pub const TYPO_DISTANCE_MAX: usize = 3;

/// Bytes of a line of a wrong file that is shown; the rest of a longer one is cut.
pub const EXCERPT_CHARS_MAX: usize = 160;
