//! Responses of the gate's own: pages with a strict policy, never cached, never framed.

use http::{HeaderValue, Response, StatusCode, header};
use octroi_core::head::own_page_policy;
use octroi_core::pages::{self, Message, Surroundings};
use octroi_core::visit::Visit;

use super::{query, return_path};
use crate::gate::Gate;
use crate::{Body, full};

/// A page of the gate's own, written for where the visitor is.
pub(crate) fn page(
    gate: &Gate,
    visit: &Visit,
    status: StatusCode,
    write: impl FnOnce(&Surroundings<'_>) -> String,
) -> Response<Body> {
    let site = gate.rules.site(visit);
    let asked_in = query(visit, "lang");
    let language = gate.rules.texts.choose(asked_in.as_deref(), visit.accept_language());
    let back = return_path(visit);
    let at = Surroundings {
        policy: &gate.rules.policy,
        site: &site,
        language,
        prefix: &gate.rules.prefix,
        return_path: back.as_str(),
    };
    let mut response = Response::new(full(write(&at)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, own_page_policy()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::VARY, "Cookie, Accept-Language"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A page that says what went wrong, or right.
pub(crate) fn message(gate: &Gate, visit: &Visit, message: Message) -> Response<Body> {
    let status = match message {
        Message::Saved => StatusCode::OK,
        Message::NotSaved => StatusCode::SERVICE_UNAVAILABLE,
        Message::UpstreamDown | Message::Unreadable => StatusCode::BAD_GATEWAY,
        Message::UpstreamSlow => StatusCode::GATEWAY_TIMEOUT,
        Message::BadRequest => StatusCode::BAD_REQUEST,
        Message::ForeignRequest => StatusCode::FORBIDDEN,
        Message::NotFound => StatusCode::NOT_FOUND,
        Message::TooMuch => StatusCode::PAYLOAD_TOO_LARGE,
    };
    page(gate, visit, status, |at| pages::message_page(at, message))
}
