//! The whole way of a request, from the visitor to the site's own server, in one function.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use octroi_tower::{Body, Gate, GateLayer};
use tower_layer::Layer;
use tower_service::Service;

use super::forward::Forward;
use super::reception::ReceptionLayer;
use crate::config::{Timeouts, Upstream};

/// Assembles the stack, innermost first.
pub(crate) fn assemble(
    gate: Arc<Gate>,
    upstream: &Upstream,
    timeouts: &Timeouts,
) -> impl Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    // The site's own server: canonical heads, streamed bodies, every wait bounded.
    let service = Forward::new(upstream, timeouts);
    // Around nothing but that, so that whatever leaves for the visitor has been gated.
    let service = GateLayer::new(gate).layer(service);
    // Outermost, so that nothing behind it meets a request that two readers would cut differently.
    ReceptionLayer.layer(service)
}
