//! The gate as a tower layer: put it on any service that answers for a site.
//!
//! [`GateLayer`] wraps a service of [`http::Request`]s; everything that the service answers leaves
//! gated, and the gate's own addresses (`/_octroi/…`) are answered before the service is asked.
//! What the gate needs of the world is in [`GateOptions`]: a policy, keys, and a [`Recorder`] that
//! makes decisions durable.

mod coding;
mod consent;
mod gate;
pub mod limits;
mod recorder;

pub use gate::{Gate, GateLayer, GateOptions, GateService, UpstreamError, VisitorScheme};
pub use recorder::{NotRecorded, Recorder};

use std::future::Future;
use std::pin::Pin;

/// A failure below HTTP, as bodies report it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The bodies of requests and responses.
pub type Body = http_body_util::combinators::UnsyncBoxBody<bytes::Bytes, BoxError>;

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A body of bytes that are all there.
pub(crate) fn full(bytes: impl Into<bytes::Bytes>) -> Body {
    use http_body_util::BodyExt;
    http_body_util::Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
