//! Every bound of the layer, with its reason.

/// Bytes that one slice of a compressed body may grow to: 16 KiB of gzip grow to 16 MiB at the
/// very most, and real pages to a tenth of this. What grows more is a bomb, and is broken off.
pub const DECODED_SLICE_BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// Bytes of a compressed body that are decoded at once.
pub const CODED_SLICE_BYTES: usize = 16 * 1_024;

/// Sites of which the gate remembers what their pages use: without a configuration any `Host` is a
/// site, and a stranger could name many.
pub const SITES_SEEN_MAX: usize = 256;

/// Unlisted hosts remembered for one site.
pub const HOSTS_SEEN_MAX: usize = 500;

/// The zstd window: a decoder of a browser keeps this much, and so does the gate for each page that
/// is on its way.
pub const ZSTD_WINDOW_LOG: u32 = 18;
