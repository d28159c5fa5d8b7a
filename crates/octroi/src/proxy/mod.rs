//! The reverse proxy: connections in, one stack of services, connections to the site's own server.

mod fields;
mod flow;
mod forward;
pub(crate) mod listen;
mod reception;
pub(crate) mod stack;
mod upgrade;
mod upstream;
mod wire;

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::sync::{OwnedSemaphorePermit, watch};

use octroi_tower::{Body, BoxError};

/// The connection that a request came over.
#[derive(Clone)]
pub(crate) struct Peer {
    /// The visitor's address, or that of a proxy in front. Told to the upstream, to no one else.
    address: IpAddr,
    /// Whether it is a proxy whose word on the visitor counts.
    trusted: bool,
    /// Turns true when the gate stops.
    stop: watch::Receiver<bool>,
    /// Its place among the connections, which a tunnel keeps when the connection has become it.
    _slot: Arc<OwnedSemaphorePermit>,
}

/// A refusal of a malformed request, before any page could be chosen for it.
fn refusal(status: StatusCode) -> Response<Body> {
    let text = format!("{status}\n");
    let body = Full::from(text).map_err(|never| -> BoxError { match never {} });
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Where such a request ends is uncertain, so nothing after it is read.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
