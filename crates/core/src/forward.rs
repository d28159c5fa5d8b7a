//! What the upstream is allowed to see of a request: not the token, not a blocked service's cookies.

use http::{HeaderMap, HeaderValue, header};

use crate::head::validators;
use crate::passage::Passage;
use crate::token::CookieName;

/// Codings that the gate can undo, should the upstream use one on a page all the same.
const READABLE_CODINGS: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

/// Takes out of a request's headers what the upstream must not see, or must not act on.
///
/// Pages are asked for whole, plain and fresh: a range or a `304` of a page cached before would
/// come past the gate. Conditions go up only if the validator is of this visitor's consent class.
pub fn forward_headers(passage: &Passage, headers: &mut HeaderMap) {
    forward_cookies(passage, headers);
    validators::forward(passage, headers);
    // Only the gate speaks for the visitor (design: origin integration).
    headers.remove("octroi-consent");
    if passage.visit().wants_html() {
        headers.remove(header::RANGE);
        headers.remove(header::IF_RANGE);
        headers.remove(header::IF_MODIFIED_SINCE);
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    } else {
        forward_codings(headers);
    }
}

fn forward_codings(headers: &mut HeaderMap) {
    let accepted: Vec<String> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|coding| {
            let name = coding.split(';').next().unwrap_or_default().trim();
            READABLE_CODINGS.iter().any(|known| known.eq_ignore_ascii_case(name))
        })
        .map(|coding| coding.trim().to_owned())
        .collect();
    let accepted = if accepted.is_empty() { "identity".to_owned() } else { accepted.join(", ") };
    if let Ok(value) = HeaderValue::from_str(&accepted) {
        headers.insert(header::ACCEPT_ENCODING, value);
    }
}

/// Cookies are read as bytes, pair by pair: what is not touched goes up as it came.
fn forward_cookies(passage: &Passage, headers: &mut HeaderMap) {
    let fields: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().cloned().collect();
    headers.remove(header::COOKIE);
    for field in fields {
        let kept: Vec<&[u8]> = field
            .as_bytes()
            .split(|byte| *byte == b';')
            .map(<[u8]>::trim_ascii)
            .filter(|pair| !pair.is_empty() && passes(passage, pair))
            .collect();
        if let Ok(value) = HeaderValue::from_bytes(&kept.join(&b"; "[..]))
            && !value.is_empty()
        {
            headers.append(header::COOKIE, value);
        }
    }
}

fn passes(passage: &Passage, pair: &[u8]) -> bool {
    let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
    let name = String::from_utf8_lossy(name);
    !CookieName::ALL.iter().any(|own| own.as_str() == name)
        && !crate::head::cookies::is_held(&passage.verdicts, &name)
}
