//! Every size, time and count of the run, each with its reason.

use std::time::Duration;

/// Bytes of the article: the mean of the news pages on which the gate was designed.
pub(crate) const ARTICLE_BYTES: usize = 174_000;

/// Bytes of the long page: a live report at the end of its day, six times the article.
pub(crate) const LONG_PAGE_BYTES: usize = 1_000_000;

/// Bytes of the asset: a photograph as sites send them to telephones.
pub(crate) const ASSET_BYTES: usize = 100_000;

/// Keep-alive connections: one shows what a visitor waits for, 64 what the machine can carry; more
/// would only lengthen the queue before two cores.
pub(crate) const CONNECTIONS: [usize; 2] = [1, 64];

/// Rounds of each set of connections, there and back by turns: an even number, so that a machine
/// that warms or tires during the run does so on all arms alike.
pub(crate) const ROUNDS: usize = 4;

/// Time of one arm in one round: 200 long pages at one connection, enough for a 99th percentile
/// over four rounds, and the whole run stays under four minutes.
pub(crate) const ARM_TIME: Duration = Duration::from_millis(2_000);

/// Time of each arm before the first round, not counted: the gate learns the site's services, pools
/// fill, pages of memory are touched.
pub(crate) const WARMING_TIME: Duration = Duration::from_millis(400);

/// Time for one answer, and for the gate to start: beyond it the run is broken, not slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How far a compressed body's length may be from the first one's, in percent: the nonce is drawn
/// for each answer, and each piece that arrives is flushed on its own.
pub(crate) const CODED_LENGTH_PERCENT: usize = 10;

/// Bytes handed to the rewriter at once, as the layer does (its own bound on a slice).
pub(crate) const SLICE_BYTES: usize = 16 * 1_024;

/// Rounds of the rewriter alone, by turns; the median is reported.
pub(crate) const MICRO_ROUNDS: usize = 7;

/// Thread CPU time of each of its turns: 100 articles or more.
pub(crate) const MICRO_TIME: Duration = Duration::from_millis(250);
