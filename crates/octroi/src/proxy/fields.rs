//! Which fields of a head cross the gate, and what the gate says of the visitor to the upstream.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use octroi_core::visit::Scheme;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Fields that end at this hop whether or not `Connection` names them (RFC 9110 section 7.6.1);
/// those that begin with `proxy-` too.
///
/// `Trailer` is none of them (section 6.6.2), and without it trailers could not pass.
const OF_THE_HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Removes what concerns one hop only, and what `Connection` says does.
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &header::CONNECTION)
        .filter_map(|token| token.parse().ok())
        // A head without them would be another message: no sender may strike them out.
        .filter(|name| !matches!(*name, header::HOST | header::CONTENT_LENGTH))
        .collect();
    for name in OF_THE_HOP.iter().chain(&named) {
        headers.remove(name);
    }
    // `Proxy` itself as well: CGI would hand it to programs as HTTP_PROXY (CVE-2016-5385).
    remove_if(headers, |name| name == "proxy" || name.starts_with("proxy-"));
}

/// Makes a visitor's fields fit for the upstream; what the gate must add comes after.
pub(super) fn prepare_request(headers: &mut HeaderMap) {
    let wants_trailers = tokens(headers, &header::TE).any(|t| t.eq_ignore_ascii_case("trailers"));
    remove_hop_by_hop(headers);
    // The gate itself has the visitor continue, once the upstream takes the body.
    headers.remove(header::EXPECT);
    headers.remove("http2-settings");
    // CGI, WSGI and PHP read `X_Forwarded_For` as `X-Forwarded-For`: nginx drops such names too.
    remove_if(headers, |name| name.contains('_'));
    join_cookies(headers);
    if wants_trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
    }
}

/// HTTP/2 may split cookies over several fields, HTTP/1.1 must not (RFC 9113 section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let fields: Vec<&[u8]> =
        headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if fields.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&fields.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

/// What is known of the visitor's connection.
pub(super) struct Sender<'s> {
    pub(super) address: IpAddr,
    /// Whether it is a proxy whose word counts.
    pub(super) trusted: bool,
    pub(super) scheme: Scheme,
    /// The Host that was asked for, parsed: safe inside quotes.
    pub(super) host: &'s str,
}

impl Sender<'_> {
    /// Tells the upstream who asks: after what a trusted proxy said, in place of what others said.
    pub(super) fn announce(&self, headers: &mut HeaderMap) {
        if !self.trusted {
            remove_if(headers, |name| {
                name.starts_with("x-forwarded-") || matches!(name, "forwarded" | "x-real-ip")
            });
        }
        let address = self.address.to_string();
        append(headers, FORWARDED_FOR, &address);
        let node = match self.address {
            IpAddr::V4(_) => address,
            IpAddr::V6(_) => format!("\"[{address}]\""),
        };
        let scheme = self.scheme.as_str();
        let element = format!("for={node};host=\"{}\";proto={scheme}", self.host);
        append(headers, header::FORWARDED, &element);
        for (name, value) in [(FORWARDED_PROTO, scheme), (FORWARDED_HOST, self.host)] {
            // A trusted proxy knows better: its visitor may have named another host and scheme.
            if !headers.contains_key(&name)
                && let Ok(value) = HeaderValue::from_str(value)
            {
                headers.insert(name, value);
            }
        }
    }
}

/// The scheme that the visitor used: a trusted proxy's word, or what the gate sees, plain http.
pub(super) fn visitor_scheme(headers: &HeaderMap, trusted: bool) -> Scheme {
    // Of several proxies the first met the visitor.
    let first = tokens(headers, &FORWARDED_PROTO).next();
    match first {
        Some(scheme) if trusted && scheme.eq_ignore_ascii_case("https") => Scheme::Https,
        _ => Scheme::Http,
    }
}

/// The members of a comma-separated field.
pub(super) fn tokens<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

fn append(headers: &mut HeaderMap, name: HeaderName, member: &str) {
    let mut list: Vec<&[u8]> = headers.get_all(&name).iter().map(HeaderValue::as_bytes).collect();
    list.push(member.as_bytes());
    if let Ok(value) = HeaderValue::from_bytes(&list.join(&b", "[..])) {
        headers.insert(name, value);
    }
}

fn remove_if(headers: &mut HeaderMap, unwanted: impl Fn(&str) -> bool) {
    let names: Vec<HeaderName> =
        headers.keys().filter(|name| unwanted(name.as_str())).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}
