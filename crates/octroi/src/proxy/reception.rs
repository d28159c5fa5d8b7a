//! A request comes in: ambiguous framing is refused, and the scheme that the visitor used is noted.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{self, HeaderMap};
use http::{Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tower_layer::Layer;
use tower_service::Service;

use super::flow::Lingering;
use super::{Peer, fields, refusal};
use octroi_tower::{Body, BoxError, VisitorScheme};

/// Puts a [`Reception`] before a service.
#[derive(Clone, Copy)]
pub(super) struct ReceptionLayer;

impl<S> Layer<S> for ReceptionLayer {
    type Service = Reception<S>;

    fn layer(&self, inner: S) -> Reception<S> {
        Reception { inner }
    }
}

/// The outermost service.
#[derive(Clone)]
pub(super) struct Reception<S> {
    inner: S,
}

impl<S> Service<Request<Incoming>> for Reception<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        if let Some(status) = unclear_framing(&parts.headers) {
            return Box::pin(std::future::ready(Ok(refusal(status))));
        }
        let trusted = parts.extensions.get::<Peer>().is_some_and(|peer| peer.trusted);
        let scheme = fields::visitor_scheme(&parts.headers, trusted);
        parts.extensions.insert(VisitorScheme(scheme));
        let body = if parts.version == Version::HTTP_2 {
            body.map_err(BoxError::from).boxed_unsync()
        } else {
            let awaits_call = parts.headers.contains_key(header::EXPECT);
            Lingering::new(body, awaits_call).map_err(BoxError::from).boxed_unsync()
        };
        Box::pin(self.inner.call(Request::from_parts(parts, body)))
    }
}

/// nginx's answers to codings that two readers may take differently; hyper lets them in.
fn unclear_framing(headers: &HeaderMap) -> Option<StatusCode> {
    let mut fields = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (fields.next(), fields.next()) {
        (None, _) => None,
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => None,
        (Some(_), None) => Some(StatusCode::NOT_IMPLEMENTED),
        (Some(_), Some(_)) => Some(StatusCode::BAD_REQUEST),
    }
}
