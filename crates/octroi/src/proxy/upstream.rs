//! The connection pool to the site's own server: one address, HTTP/1.1, no anomaly survived.

use std::error::Error;
use std::io;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::config::{Timeouts, Upstream};
use crate::limits;
use octroi_tower::{Body, UpstreamError};

/// The upstream and its pool.
#[derive(Clone)]
pub(super) struct Pool {
    client: legacy::Client<HttpConnector, Body>,
    authority: http::uri::Authority,
}

impl Pool {
    pub(super) fn new(upstream: &Upstream, timeouts: &Timeouts) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(timeouts.connect));
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits::IDLE_UPSTREAM)
            .pool_max_idle_per_host(limits::IDLE_UPSTREAM_MAX)
            .http1_max_buf_size(limits::HEAD_BYTES_MAX)
            .http1_max_headers(limits::HEAD_FIELDS_MAX)
            .set_host(false)
            .build(connector);
        Self { client, authority: upstream.authority().clone() }
    }

    /// The address of a path and query at the upstream; the client sends it in origin form.
    pub(super) fn address(&self, target: &http::uri::PathAndQuery) -> Option<http::Uri> {
        http::Uri::builder()
            .scheme("http")
            .authority(self.authority.clone())
            .path_and_query(target.clone())
            .build()
            .ok()
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<(Response<Incoming>, Reuse), UpstreamError> {
        let reuse = Reuse(capture_connection(&mut request));
        let response = self.client.request(request).await.map_err(|error| classify(&error))?;
        Ok((response, reuse))
    }
}

/// Whether the connection that an answer came over may carry another.
pub(super) struct Reuse(CaptureConnection);

impl Reuse {
    /// It may not: what follows on it may not be what the gate takes it for.
    pub(super) fn forbid(&self) {
        if let Some(connection) = self.0.connection_metadata().as_ref() {
            connection.poison();
        }
    }
}

fn classify(error: &legacy::Error) -> UpstreamError {
    if !error.is_connect() {
        return UpstreamError::Broken;
    }
    let first: Option<&(dyn Error + 'static)> = error.source();
    let causes = std::iter::successors(first, |&cause| cause.source());
    let timed_out = causes
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::TimedOut);
    if timed_out { UpstreamError::Slow } else { UpstreamError::Down }
}
