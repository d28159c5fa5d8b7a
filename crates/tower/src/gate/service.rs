//! The service behind the layer: every request becomes a visit, every response leaves gated.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use http::response::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use octroi_core::decision::Standing;
use octroi_core::forward::forward_headers;
use octroi_core::head::{Refusal, gate_head};
use octroi_core::pages::Message;
use octroi_core::passage::Passage;
use octroi_core::token;
use octroi_core::visit::{Scheme, Visit, VisitError};
use tower_service::Service;

use super::{Gate, GatedBody, UpstreamError, VisitorScheme};
use crate::coding::Output;
use crate::consent::{self, own_page};
use crate::{Body, BoxFuture, full};

/// A service with a gate before it.
#[derive(Clone, Debug)]
pub struct GateService<S> {
    gate: Arc<Gate>,
    inner: S,
}

impl<S> GateService<S> {
    pub(super) fn new(gate: Arc<Gate>, inner: S) -> Self {
        Self { gate, inner }
    }
}

impl<S> Service<Request<Body>> for GateService<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = UpstreamError>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    /// Always ready: whether the upstream is, shows in its answer.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (gate, mut inner) = (Arc::clone(&self.gate), self.inner.clone());
        let ask: Ask = Box::new(move |request| {
            Box::pin(async move {
                std::future::poll_fn(|context| inner.poll_ready(context)).await?;
                let answer: BoxFuture<'static, _> = Box::pin(inner.call(request));
                answer.await
            })
        });
        Box::pin(async move { Ok(cross(gate, ask, request).await) })
    }
}

/// Asks the wrapped service, once.
type Ask = Box<
    dyn FnOnce(Request<Body>) -> BoxFuture<'static, Result<Response<Body>, UpstreamError>> + Send,
>;

/// Seconds since 1970; a clock before that makes every decision one from the future, and void.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

async fn cross(gate: Arc<Gate>, ask: Ask, request: Request<Body>) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let scheme = parts.extensions.get::<VisitorScheme>().map_or(Scheme::Http, |scheme| scheme.0);
    let visit = match Visit::parse(&parts, scheme) {
        Ok(visit) => visit,
        Err(error) => return unreadable(error),
    };
    let standing = standing(&gate, &visit);
    let is_own = visit.path().strip_prefix(gate.rules.prefix.as_str());
    if let Some(path) = is_own.filter(|rest| rest.starts_with('/') || rest.is_empty()) {
        let path = path.to_owned();
        return consent::answer(&gate, &visit, &standing, &path, Request::from_parts(parts, body))
            .await;
    }
    let in_use = gate.inventory.of(visit.authority().host()).services;
    let Ok(passage) = Passage::begin(visit.clone(), &standing, &gate.rules, &in_use) else {
        return own_page::message(&gate, &visit, Message::BadRequest);
    };
    let accept_encoding = accept_encoding(&parts.headers);
    forward_headers(&passage, &mut parts.headers);
    let forwarded = Request::from_parts(parts, body);
    match ask(forwarded).await {
        Ok(response) => gated(gate, &passage, response, &accept_encoding),
        Err(UpstreamError::Slow) => own_page::message(&gate, &visit, Message::UpstreamSlow),
        Err(UpstreamError::Down | UpstreamError::Broken) => {
            own_page::message(&gate, &visit, Message::UpstreamDown)
        }
    }
}

fn standing(gate: &Gate, visit: &Visit) -> Standing {
    token::open(visit, &gate.rules.site(visit), &gate.keys, &gate.rules.history, now())
}

fn accept_encoding(headers: &http::HeaderMap) -> String {
    let fields: Vec<&str> =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).collect();
    fields.join(",")
}

/// The response, gated; refused if it cannot be.
fn gated(
    gate: Arc<Gate>,
    passage: &Passage,
    response: Response<Body>,
    accept_encoding: &str,
) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let head = match gate_head(passage, parts) {
        Ok(head) => head,
        Err(refusal) => return refused(&gate, passage, refusal),
    };
    let Some(html) = head.html else {
        return Response::from_parts(head.parts, body);
    };
    let output = if gate.compress { Output::choose(accept_encoding) } else { Output::Identity };
    let mut parts: Parts = head.parts;
    if let Some(name) = output.name() {
        parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    if gate.compress {
        parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let site = passage.visit().authority().host().to_owned();
    match GatedBody::new(body, html, output, Arc::clone(&gate), site) {
        Ok(body) => Response::from_parts(parts, body.boxed_unsync()),
        Err(_) => own_page::message(&gate, passage.visit(), Message::Unreadable),
    }
}

fn refused(gate: &Gate, passage: &Passage, refusal: Refusal) -> Response<Body> {
    match refusal {
        Refusal::PartialPage | Refusal::Coding | Refusal::Charset | Refusal::Mixed => {
            own_page::message(gate, passage.visit(), Message::Unreadable)
        }
    }
}

/// A request that names no site has no page either: a line of text.
fn unreadable(error: VisitError) -> Response<Body> {
    let status = match error {
        VisitError::Method => StatusCode::METHOD_NOT_ALLOWED,
        VisitError::Host
        | VisitError::MalformedHost
        | VisitError::HostMismatch
        | VisitError::Target => StatusCode::BAD_REQUEST,
    };
    let mut response = Response::new(full(format!("{error}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What is left of the request's body is not read; the connection cannot be used again.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
