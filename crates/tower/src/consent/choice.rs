//! `POST /_octroi/consent`: click, decision, entry, receipt, token, in this order and no other.

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use octroi_core::decision::{self, Action, Circumstances, Click, ClickError, Moment, Standing};
use octroi_core::head::expired_cookies;
use octroi_core::limits::FORM_BYTES_MAX;
use octroi_core::pages::Message;
use octroi_core::policy::Verdicts;
use octroi_core::token::{self, Token};
use octroi_core::visit::Visit;

use super::{origin_check, own_page};
use crate::gate::{Gate, now};
use crate::{Body, full};

/// Takes a visitor's choice. Whatever goes wrong, nothing is granted, and she reads why.
pub(crate) async fn take(
    gate: &Gate,
    visit: &Visit,
    standing: &Standing,
    request: Request<Body>,
) -> Response<Body> {
    match taken(gate, visit, standing, request).await {
        Ok((click, token)) => back(gate, visit, &click, &token),
        Err(message) => {
            let mut page = own_page::message(gate, visit, message);
            // The form may not have been read to its end.
            page.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            page
        }
    }
}

async fn taken(
    gate: &Gate,
    visit: &Visit,
    standing: &Standing,
    request: Request<Body>,
) -> Result<(Click, Token), Message> {
    let _same_origin =
        origin_check::check(visit, request.headers()).map_err(|_| Message::ForeignRequest)?;
    if !is_form(request.headers()) {
        return Err(Message::BadRequest);
    }
    let form = read(request.into_body()).await?;
    let rules = &gate.rules;
    let click = Click::parse(&form, &rules.policy).map_err(message_of)?;
    let (circumstances, moment) = drawn().ok_or(Message::NotSaved)?;
    let decision =
        click.decide(&rules.policy, &rules.history, standing, moment).map_err(message_of)?;
    let site = rules.site(visit);
    let (entry, pending) =
        decision::to_entry(&click, decision, &rules.policy, &site, circumstances)
            .map_err(|_| Message::NotSaved)?;
    let receipt = gate.recorder.record(entry).await.map_err(|_| Message::NotSaved)?;
    let token = token::seal(pending, &receipt, &site, &gate.keys).map_err(|_| Message::NotSaved)?;
    Ok((click, token))
}

/// Reads a form whole, up to its bound.
async fn read(mut body: Body) -> Result<Vec<u8>, Message> {
    let mut form = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.map_err(|_| Message::BadRequest)?.into_data().unwrap_or_default();
        if form.len().saturating_add(data.len()) > FORM_BYTES_MAX {
            return Err(Message::TooMuch);
        }
        form.extend_from_slice(&data);
    }
    Ok(form)
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn message_of(error: ClickError) -> Message {
    match error {
        ClickError::TooLarge | ClickError::TooMany => Message::TooMuch,
        ClickError::Action | ClickError::Service | ClickError::Return | ClickError::Choice => {
            Message::BadRequest
        }
    }
}

/// Draws time and randomness; without randomness nothing can be recorded.
fn drawn() -> Option<(Circumstances, Moment)> {
    let (mut record_id, mut record_key, mut subject) = ([0_u8; 16], [0_u8; 32], [0_u8; 16]);
    for bytes in [&mut record_id[..], &mut record_key[..], &mut subject[..]] {
        getrandom::fill(bytes).ok()?;
    }
    let subject = subject.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let now = now();
    Some((Circumstances { now, record_id, record_key }, Moment { now, subject }))
}

/// Back to where she was, with the token; what is no longer allowed is expired on the way.
fn back(gate: &Gate, visit: &Visit, click: &Click, token: &Token) -> Response<Body> {
    let rules = &gate.rules;
    let allowed =
        Standing::Decided(token.decision().clone()).allowed(&rules.policy, &rules.history);
    let verdicts = Verdicts::new(std::sync::Arc::clone(&rules.policy), rules.site(visit), allowed);
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    put(headers, header::LOCATION, click.return_path.as_str());
    put(headers, header::CACHE_CONTROL, "private, no-store");
    put(headers, header::SET_COOKIE, &token::set_cookie(visit, token));
    for field in &expired_cookies(visit, &verdicts) {
        put(headers, header::SET_COOKIE, field);
    }
    let narrows = matches!(click.action, Action::Withdraw | Action::RefuseAll | Action::Save(_));
    if narrows {
        // The back button must not bring an ungated page back. Browsers heed it over TLS only.
        put(headers, HeaderName::from_static("clear-site-data"), "\"cache\"");
    }
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}
