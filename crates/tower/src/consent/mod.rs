//! The gate's own addresses: the pages that visitors read, and the one that takes their choice.

mod choice;
mod origin_check;
pub(crate) mod own_page;

use http::{Method, Request, Response, StatusCode, header};
use octroi_core::decision::{ReturnPath, Standing};
use octroi_core::pages::{self, Message};
use octroi_core::policy::Party;
use octroi_core::visit::Visit;

use crate::gate::Gate;
use crate::{Body, full};

/// Answers a request to one of the gate's own addresses; `path` is what follows the prefix.
pub(crate) async fn answer(
    gate: &Gate,
    visit: &Visit,
    standing: &Standing,
    path: &str,
    request: Request<Body>,
) -> Response<Body> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match (path, reads) {
        ("/consent", _) if request.method() == Method::POST => {
            choice::take(gate, visit, standing, request).await
        }
        ("/consent", _) => {
            let mut page = own_page::message(gate, visit, Message::BadRequest);
            *page.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            page.headers_mut().insert(header::ALLOW, http::HeaderValue::from_static("POST"));
            page
        }
        ("/preferences", true) => preferences(gate, visit, standing),
        ("/policy", true) => policy(gate, visit, standing),
        (path, true) => match (path.strip_prefix("/services/"), path.strip_prefix("/assets/")) {
            (Some(id), _) => service(gate, visit, standing, id),
            (None, Some(name)) => asset(gate, visit, name),
            (None, None) => own_page::message(gate, visit, Message::NotFound),
        },
        (_, false) => own_page::message(gate, visit, Message::NotFound),
    }
}

fn preferences(gate: &Gate, visit: &Visit, standing: &Standing) -> Response<Body> {
    let seen = gate.inventory.of(visit.authority().host());
    let allowed = standing.allowed(&gate.rules.policy, &gate.rules.history);
    own_page::page(gate, visit, StatusCode::OK, |at| {
        pages::preferences_page(at, standing, &allowed, &seen, message(visit))
    })
}

fn policy(gate: &Gate, visit: &Visit, standing: &Standing) -> Response<Body> {
    let seen = gate.inventory.of(visit.authority().host());
    let allowed = standing.allowed(&gate.rules.policy, &gate.rules.history);
    own_page::page(gate, visit, StatusCode::OK, |at| {
        pages::policy_page(at, standing, &allowed, &seen)
    })
}

/// More information on a service, or on an unlisted host (`host:NAME`).
fn service(gate: &Gate, visit: &Visit, standing: &Standing, id: &str) -> Response<Body> {
    let allowed = standing.allowed(&gate.rules.policy, &gate.rules.history);
    // `%3A` and the like, as browsers may write them in a path.
    let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
    let place = gate.rules.policy.services().iter().position(|service| service.id == id);
    let host = id.strip_prefix("host:").and_then(octroi_core::visit::Authority::parse);
    let host = host.as_ref().map(octroi_core::visit::Authority::host);
    match (place, host) {
        (Some(place), _) => own_page::page(gate, visit, StatusCode::OK, |at| {
            pages::service_page(at, Party::Service(place), &allowed)
        }),
        (None, Some(host)) => own_page::page(gate, visit, StatusCode::OK, |at| {
            pages::service_page(at, Party::Unlisted(host), &allowed)
        }),
        (None, None) => own_page::message(gate, visit, Message::NotFound),
    }
}

fn asset(gate: &Gate, visit: &Visit, name: &str) -> Response<Body> {
    let Some(asset) = pages::asset(name) else {
        return own_page::message(gate, visit, Message::NotFound);
    };
    let response = Response::builder()
        .header(header::CONTENT_TYPE, asset.content_type)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        // The name holds the content's hash.
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(full(asset.body));
    response.unwrap_or_else(|_| own_page::message(gate, visit, Message::NotFound))
}

/// What the preference centre is to say first (`?message=`).
fn message(visit: &Visit) -> Option<Message> {
    Message::parse(&query(visit, "message")?)
}

/// The way back that a page's own address names (`?return=`), or the front page.
pub(crate) fn return_path(visit: &Visit) -> ReturnPath {
    query(visit, "return").as_deref().and_then(ReturnPath::parse).unwrap_or_default()
}

/// The value of a name in the address's query.
pub(crate) fn query(visit: &Visit, name: &str) -> Option<String> {
    let pairs = octroi_core::decision::form_pairs(visit.query()?.as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
