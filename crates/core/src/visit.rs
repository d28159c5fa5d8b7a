//! A request arrives: its authority, target and destination are parsed here, or it is refused.

use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::limits;

/// Whether the visitor reached the gate, or the proxy in front of it, over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`.
    Http,
    /// `https`.
    Https,
}

impl Scheme {
    /// As in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The host and port that a request names (RFC 9110 section 7.2), lower case, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    text: String,
    host_bytes: usize,
}

impl Authority {
    /// Parses `host`, `host:port`, `[v6]` or `[v6]:port`; nothing else, no userinfo.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > limits::AUTHORITY_BYTES_MAX {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let (host, port) = match text.rfind(':') {
            Some(at) if !text.ends_with(']') => text.split_at(at),
            _ => (text.as_str(), ""),
        };
        let port_ok = port.is_empty()
            || port.strip_prefix(':').is_some_and(|p| p.is_empty() || p.parse::<u16>().is_ok());
        let host_ok = match host.strip_prefix('[') {
            Some(rest) => {
                rest.strip_suffix(']').is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok())
            }
            None => {
                host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
            }
        };
        let named = host.trim_end_matches('.');
        (port_ok && host_ok && !named.is_empty())
            .then(|| Self { host_bytes: host.len(), text: text.clone() })
    }

    /// As sent, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Without port and without a trailing dot.
    #[must_use]
    pub fn host(&self) -> &str {
        self.text.get(..self.host_bytes).unwrap_or_default().trim_end_matches('.')
    }

    /// Whether it names this machine: the browser then treats plain http as secure.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || host.parse::<std::net::Ipv4Addr>().is_ok_and(|v4| v4.is_loopback())
    }
}

/// What the browser wants the response for (Fetch Metadata, `Sec-Fetch-Dest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page of its own.
    Document,
    /// A page inside a page.
    Frame,
    /// A part of a page, or data for a script.
    Part,
    /// The browser does not say.
    Unknown,
}

/// Why a request is refused before anything is decided: nginx's answer to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitError {
    /// No Host, or more than one (RFC 9112 section 3.2).
    #[error("the request names no host, or more than one")]
    Host,
    /// A Host that is none.
    #[error("the request's host is malformed")]
    MalformedHost,
    /// An absolute-form target that disagrees with Host.
    #[error("the request's target and its Host header name different hosts")]
    HostMismatch,
    /// A target that is not a path of this host.
    #[error("the request's target is not a path")]
    Target,
    /// `CONNECT` and `TRACE` are no business of a site.
    #[error("the request's method is not served here")]
    Method,
}

/// One request, with what the gate needs of it parsed.
#[derive(Clone, Debug)]
pub struct Visit {
    method: Method,
    authority: Authority,
    scheme: Scheme,
    path: String,
    query: Option<String>,
    destination: Destination,
    wants_html: bool,
    accept_language: String,
    cookies: String,
}

impl Visit {
    /// Parses a request's head. `scheme` is what the visitor used, as far as the gate can trust it.
    ///
    /// # Errors
    /// [`VisitError`]: the request is answered 400 (405 for a method) and goes nowhere.
    pub fn parse(parts: &Parts, scheme: Scheme) -> Result<Self, VisitError> {
        if matches!(parts.method, Method::CONNECT | Method::TRACE) {
            return Err(VisitError::Method);
        }
        let authority = authority(parts)?;
        let path = parts.uri.path();
        if !path.starts_with('/') || path.starts_with("//") || path.contains('\\') {
            return Err(VisitError::Target);
        }
        let headers = &parts.headers;
        let destination = destination(headers);
        let accepts_html = text(headers, header::ACCEPT.as_str()).contains("text/html");
        Ok(Self {
            method: parts.method.clone(),
            authority,
            scheme,
            path: path.to_owned(),
            query: parts.uri.query().map(str::to_owned),
            wants_html: match destination {
                Destination::Document | Destination::Frame => true,
                Destination::Part => false,
                Destination::Unknown => accepts_html,
            },
            destination,
            accept_language: text(headers, header::ACCEPT_LANGUAGE.as_str()).to_owned(),
            cookies: cookie_text(headers),
        })
    }

    /// Method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Host and port that the visitor asked for.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// How the visitor reached the gate.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Path, beginning with a single `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Query without `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Path and query as sent.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The origin as browsers serialise it (WHATWG URL): default ports left out.
    #[must_use]
    pub fn origin(&self) -> String {
        let default = match self.scheme {
            Scheme::Http => ":80",
            Scheme::Https => ":443",
        };
        let authority = self.authority.as_str();
        let authority = authority.strip_suffix(default).unwrap_or(authority);
        format!("{}://{}", self.scheme.as_str(), authority.trim_end_matches(':'))
    }

    /// What the response is for.
    #[must_use]
    pub fn destination(&self) -> Destination {
        self.destination
    }

    /// Whether a page is asked for: the upstream is then asked for it plain and whole.
    #[must_use]
    pub fn wants_html(&self) -> bool {
        self.wants_html
    }

    /// `Accept-Language` as sent.
    #[must_use]
    pub fn accept_language(&self) -> &str {
        &self.accept_language
    }

    /// All `Cookie` fields, joined (RFC 9113 section 8.2.3).
    #[must_use]
    pub fn cookies(&self) -> &str {
        &self.cookies
    }

    /// Whether the browser keeps `Secure` cookies of this origin.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::Https
    }
}

fn authority(parts: &Parts) -> Result<Authority, VisitError> {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_str().map_err(|_| VisitError::MalformedHost)?),
        (None, None) => None,
        _ => return Err(VisitError::Host),
    };
    let of_target = parts.uri.authority().map(http::uri::Authority::as_str);
    let text = match (named, of_target) {
        (Some(named), Some(target)) if !named.eq_ignore_ascii_case(target) => {
            return Err(VisitError::HostMismatch);
        }
        (Some(named), _) => named,
        (None, Some(target)) => target,
        (None, None) => return Err(VisitError::Host),
    };
    Authority::parse(text).ok_or(VisitError::MalformedHost)
}

fn destination(headers: &HeaderMap) -> Destination {
    match text(headers, "sec-fetch-dest") {
        "" => Destination::Unknown,
        "document" => Destination::Document,
        "iframe" | "frame" | "embed" | "object" | "fencedframe" => Destination::Frame,
        _ => Destination::Part,
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn cookie_text(headers: &HeaderMap) -> String {
    let fields: Vec<String> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    fields.join("; ")
}
