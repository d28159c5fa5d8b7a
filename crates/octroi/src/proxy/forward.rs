//! A request goes to the site's own server, and the answer comes back: heads made canonical,
//! bodies streamed, nothing held.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use octroi_core::visit::{Authority, Scheme};
use tower_service::Service;

use super::fields::{self, Sender};
use super::flow::{Flow, Progress};
use super::upstream::{Pool, Reuse};
use super::{Peer, refusal, upgrade};
use crate::config::{Timeouts, Upstream};
use octroi_tower::{Body, UpstreamError, VisitorScheme};

/// The innermost service: the site's own server.
#[derive(Clone)]
pub(super) struct Forward {
    pool: Pool,
    first_byte: Duration,
    idle: Duration,
}

impl Forward {
    pub(super) fn new(upstream: &Upstream, timeouts: &Timeouts) -> Self {
        let Timeouts { first_byte, idle, .. } = *timeouts;
        Self { pool: Pool::new(upstream, timeouts), first_byte, idle }
    }
}

impl Service<Request<Body>> for Forward {
    type Response = Response<Body>;
    type Error = UpstreamError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, UpstreamError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), UpstreamError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let forward = self.clone();
        Box::pin(async move { forward.exchange(request).await })
    }
}

impl Forward {
    async fn exchange(&self, mut request: Request<Body>) -> Result<Response<Body>, UpstreamError> {
        let visitor = Visitor::of(&mut request);
        let progress = Progress::new();
        let (parts, body) = request.into_parts();
        let Some(request) = self.outbound(parts, body, &visitor, &progress) else {
            return Ok(refusal(StatusCode::BAD_REQUEST));
        };
        let answer = tokio::select! {
            answer = self.pool.send(request) => answer,
            () = progress.stalled(self.first_byte) => Err(UpstreamError::Slow),
        };
        match answer {
            // The visitor broke off or fell silent: no fault of the upstream's.
            Err(_) if progress.is_broken() => Ok(refusal(StatusCode::REQUEST_TIMEOUT)),
            Err(error) => {
                tracing::warn!(?error, "the upstream did not answer");
                Err(error)
            }
            Ok((response, reuse)) => self.inbound(response, &reuse, visitor).inspect_err(|_| {
                reuse.forbid();
                tracing::warn!("the upstream's answer is no well-formed message");
            }),
        }
    }

    /// The request as the upstream gets it; nothing if it is no request of a site.
    fn outbound(
        &self,
        mut parts: Parts,
        body: Body,
        visitor: &Visitor,
        progress: &Arc<Progress>,
    ) -> Option<Request<Body>> {
        let host = host(&parts)?;
        let authority = Authority::parse(host.to_str().ok()?)?;
        let target = self.pool.address(target(&parts)?)?;
        fields::prepare_request(&mut parts.headers);
        parts.headers.insert(header::HOST, host);
        if let Some(peer) = &visitor.peer {
            let sender = Sender {
                address: peer.address,
                trusted: peer.trusted,
                scheme: visitor.scheme,
                host: authority.as_str(),
            };
            sender.announce(&mut parts.headers);
        }
        if visitor.tunnel.is_some() {
            upgrade::name(&mut parts.headers);
        }
        let body = Flow::new(body, self.idle, Some(Arc::clone(progress)));
        frame(&mut parts, &body);
        // Its extensions are the visitor's connection's, not the upstream's.
        let mut request = Request::new(body.boxed_unsync());
        *request.method_mut() = parts.method;
        *request.uri_mut() = target;
        *request.headers_mut() = parts.headers;
        Some(request)
    }

    /// The answer as the gate gets it.
    fn inbound(
        &self,
        mut response: Response<Incoming>,
        reuse: &Reuse,
        visitor: Visitor,
    ) -> Result<Response<Body>, UpstreamError> {
        if has_two_framings(response.headers()) {
            return Err(UpstreamError::Broken);
        }
        let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if switched {
            let agreed = upgrade::is_named(response.headers());
            let (Some(tunnel), Some(peer), true) = (visitor.tunnel, visitor.peer, agreed) else {
                return Err(UpstreamError::Broken);
            };
            reuse.forbid();
            let upstream = hyper::upgrade::on(&mut response);
            tokio::spawn(upgrade::tunnel(tunnel, upstream, peer));
        }
        let (mut parts, body) = response.into_parts();
        fields::remove_hop_by_hop(&mut parts.headers);
        if switched {
            upgrade::name(&mut parts.headers);
        }
        parts.version = Version::HTTP_11;
        parts.extensions.clear();
        Ok(Response::from_parts(parts, Flow::new(body, self.idle, None).boxed_unsync()))
    }
}

/// What the head does not say of a request.
struct Visitor {
    peer: Option<Peer>,
    scheme: Scheme,
    tunnel: Option<OnUpgrade>,
}

impl Visitor {
    fn of(request: &mut Request<Body>) -> Self {
        let asked = upgrade::is_asked(request);
        let extensions = request.extensions();
        Self {
            peer: extensions.get::<Peer>().cloned(),
            scheme: extensions.get::<VisitorScheme>().map_or(Scheme::Http, |scheme| scheme.0),
            tunnel: asked.then(|| hyper::upgrade::on(request)),
        }
    }
}

/// The Host as sent, whichever way it came: one field, or HTTP/2's authority.
fn host(parts: &Parts) -> Option<HeaderValue> {
    let mut fields = parts.headers.get_all(header::HOST).iter();
    let of_target = parts.uri.authority().map(http::uri::Authority::as_str);
    match (fields.next(), fields.next(), of_target) {
        (Some(host), None, None) => Some(host.clone()),
        (Some(host), None, Some(target)) => {
            host.as_bytes().eq_ignore_ascii_case(target.as_bytes()).then(|| host.clone())
        }
        (None, None, Some(target)) => HeaderValue::from_str(target).ok(),
        _ => None,
    }
}

/// The path and query, if an upstream can take them for nothing else.
fn target(parts: &Parts) -> Option<&PathAndQuery> {
    let path = parts.uri.path();
    let plain = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let served = !matches!(parts.method, Method::CONNECT | Method::TRACE);
    parts.uri.path_and_query().filter(|_| plain && served)
}

/// States the length of the body in the one way that is true.
fn frame(parts: &mut Parts, body: &impl HttpBody) {
    let stated = parts.headers.remove(header::CONTENT_LENGTH).is_some();
    match body.size_hint().exact() {
        Some(bytes) if stated || bytes > 0 => {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
        }
        Some(_) => {}
        // hyper would drop the body of a GET whose length is not known.
        None => {
            let chunked = HeaderValue::from_static("chunked");
            parts.headers.insert(header::TRANSFER_ENCODING, chunked);
        }
    }
}

/// Whether an answer says twice, or in a way that the next hop may read otherwise, where it ends
/// (RFC 9112 section 6.3). hyper reads the likelier meaning; the gate reads none.
fn has_two_framings(headers: &HeaderMap) -> bool {
    let lengths = fields::tokens(headers, &header::CONTENT_LENGTH).count();
    let codings: Vec<&str> = fields::tokens(headers, &header::TRANSFER_ENCODING).collect();
    let unclear = match codings.as_slice() {
        [] => false,
        [only] => !only.eq_ignore_ascii_case("chunked"),
        _ => true,
    };
    unclear || lengths > 1 || (lengths == 1 && !codings.is_empty())
}
