//! The response's headers are gated: policy added, hints filtered, and what the body needs decided.

pub(crate) mod cookies;
mod csp;
mod hints;
pub(crate) mod validators;

pub use cookies::expired_cookies;
pub(crate) use csp::fitting;
pub use csp::own_page_policy;

use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::body::{BodyError, BodyGate, Charset, Setting, charset_of};
use crate::passage::Passage;

/// A content coding that the gate can undo (RFC 9110 section 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// None.
    Identity,
    /// gzip.
    Gzip,
    /// zlib.
    Deflate,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Coding {
    fn parse(headers: &HeaderMap) -> Option<Self> {
        let mut codings = headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or("?").split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !coding.is_empty() && coding != "identity");
        match (codings.next().as_deref(), codings.next()) {
            (None, _) => Some(Self::Identity),
            (Some("gzip" | "x-gzip"), None) => Some(Self::Gzip),
            (Some("deflate"), None) => Some(Self::Deflate),
            (Some("br"), None) => Some(Self::Brotli),
            (Some("zstd"), None) => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Why a response is not passed on. The visitor gets a page that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A part of a page cannot be gated.
    #[error("the upstream sent a part of a page")]
    PartialPage,
    /// A coding that the gate cannot undo.
    #[error("the upstream sent a page in an unknown content coding")]
    Coding,
    /// A charset that browsers and the gate cannot read alike.
    #[error("the upstream sent a page in a charset that cannot be gated")]
    Charset,
    /// A body that holds several documents.
    #[error("the upstream sent several documents in one")]
    Mixed,
}

/// What a page's body needs to be gated; made only by gating its head.
#[derive(Debug)]
pub struct HtmlHead {
    pub(crate) setting: Setting,
    pub(crate) charset: Charset,
    /// How the upstream coded the body.
    pub coding: Coding,
}

impl HtmlHead {
    /// The gate for this page's bytes.
    ///
    /// # Errors
    /// As [`BodyGate::new`].
    pub fn body_gate(self) -> Result<BodyGate, BodyError> {
        BodyGate::new(self)
    }
}

/// A response's head after the gate, and what its body needs.
#[derive(Debug)]
pub struct GatedHead {
    /// Status and headers as they leave.
    pub parts: Parts,
    /// `None`: the body leaves as it came.
    pub html: Option<HtmlHead>,
}

/// Gates a response's head.
///
/// # Errors
/// [`Refusal`]: neither head nor body may be sent.
pub fn gate_head(passage: &Passage, mut parts: Parts) -> Result<GatedHead, Refusal> {
    if parts.status.is_informational() {
        // A switched protocol has no document; other informational responses never come here.
        return Ok(GatedHead { parts, html: None });
    }
    let content_type = content_type(&parts.headers);
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let everything = passage.verdicts.allowed().is_everything();
    if essence.starts_with("multipart/x-mixed-replace") || essence == "message/rfc822" {
        return Err(Refusal::Mixed);
    }
    cookies::gate(passage, &mut parts.headers);
    if !everything {
        hints::gate(passage, &mut parts.headers);
        csp::add(passage, &mut parts.headers);
    }
    if essence.is_empty() {
        // Without a type a browser would guess, and might guess a page.
        set(&mut parts.headers, "x-content-type-options", "nosniff");
    }
    let markup = match essence.as_str() {
        "text/html" => Some(false),
        "application/xhtml+xml" | "image/svg+xml" | "application/xml" | "text/xml" => Some(true),
        _ => None,
    };
    let has_body = passage.visit.method() != http::Method::HEAD
        && !matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let Some(is_xml) = markup else {
        return Ok(GatedHead { parts, html: None });
    };
    if parts.status == StatusCode::PARTIAL_CONTENT {
        return Err(Refusal::PartialPage);
    }
    page_headers(passage, &mut parts.headers);
    if !has_body || (is_xml && everything) {
        return Ok(GatedHead { parts, html: None });
    }
    let coding = Coding::parse(&parts.headers).ok_or(Refusal::Coding)?;
    let charset = charset_of(&content_type);
    match charset {
        Charset::AsIs => {}
        Charset::Refused => return Err(Refusal::Charset),
        // XML names its encoding inside as well, which would then be wrong.
        Charset::Transcoded(_) if is_xml => return Err(Refusal::Charset),
        Charset::Transcoded(_) => {
            set(&mut parts.headers, header::CONTENT_TYPE.as_str(), "text/html; charset=utf-8");
        }
    }
    parts.headers.remove(header::CONTENT_ENCODING);
    let html = HtmlHead { setting: passage.setting(is_xml), charset, coding };
    Ok(GatedHead { parts, html: Some(html) })
}

/// What no longer holds of a body that is rewritten for one visitor.
fn page_headers(passage: &Passage, headers: &mut HeaderMap) {
    for name in [
        "content-length",
        "accept-ranges",
        "content-md5",
        "digest",
        "content-digest",
        "repr-digest",
        "last-modified",
        "expires",
        "age",
        "surrogate-control",
        "cdn-cache-control",
    ] {
        headers.remove(name);
    }
    validators::gate(passage, headers);
    let no_store = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .any(|value| value.to_str().is_ok_and(|v| v.to_ascii_lowercase().contains("no-store")));
    let private = if no_store { "private, no-store" } else { "private, no-cache" };
    set(headers, header::CACHE_CONTROL.as_str(), private);
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
}

fn content_type(headers: &HeaderMap) -> String {
    // Several fields: browsers take the last that parses; an HTML one among them decides here.
    let mut types = headers.get_all(header::CONTENT_TYPE).iter().filter_map(|v| v.to_str().ok());
    let all: Vec<&str> = types.by_ref().collect();
    let html = all.iter().find(|t| t.trim_start().to_ascii_lowercase().starts_with("text/html"));
    (*html.or(all.last()).unwrap_or(&"")).to_owned()
}

pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) =
        (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests;
