//! The Content-Security-Policy of one visitor: who may be loaded from, in which directive.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderValue, header};

use crate::limits;
use crate::passage::Passage;
use crate::policy::{Allowed, HostPattern, Policy, Service, Verdicts};

/// Directives, with what the site itself may use there besides its own hosts.
///
/// `data:` and `blob:` stay out of what runs code (reference: browser.md section 11); inline code
/// is the site's own, and its own policy decides on it.
const DIRECTIVES: [(&str, &str); 11] = [
    ("script-src", " 'unsafe-inline' 'unsafe-eval' blob:"),
    ("style-src", " 'unsafe-inline' blob:"),
    ("img-src", " data: blob:"),
    ("font-src", " data: blob:"),
    ("connect-src", " data: blob:"),
    ("media-src", " data: blob:"),
    ("frame-src", " blob:"),
    ("object-src", ""),
    ("worker-src", " blob:"),
    ("manifest-src", ""),
    ("fenced-frame-src", ""),
];

/// Advertising interfaces of browsers, none of which a page gets before everything is allowed.
const PERMISSIONS: &str = "browsing-topics=(), interest-cohort=(), \
    private-state-token-issuance=(), private-state-token-redemption=(), \
    join-ad-interest-group=(), run-ad-auction=(), attribution-reporting=(), \
    shared-storage=(), identity-credentials-get=(), publickey-credentials-get=(self)";

/// Adds the visitor's policy beside the site's own: browsers enforce both, so it never loosens.
pub(super) fn add(passage: &Passage, headers: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::from_str(&policy(&passage.verdicts)) {
        headers.append(header::CONTENT_SECURITY_POLICY, value);
    }
    // Later members of the same name win (RFC 9651), so the gate's word comes last.
    headers.append("permissions-policy", HeaderValue::from_static(PERMISSIONS));
}

/// The policy of a page of the gate's own: its style sheet, its forms, and nothing else.
#[must_use]
pub fn own_page_policy() -> &'static str {
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'"
}

fn policy(verdicts: &Verdicts) -> String {
    let own = own_sources(verdicts);
    let mut text = format!("default-src {own}; base-uri {own}");
    let services: Vec<&Service> = verdicts
        .policy()
        .services()
        .iter()
        .enumerate()
        .filter(|(place, _)| verdicts.allowed().service(*place))
        .map(|(_, service)| service)
        .collect();
    for (name, besides) in DIRECTIVES {
        text.push_str(&format!("; {name} {own}{besides}"));
        for host in &verdicts.allowed().hosts {
            text.push_str(&host_source(host));
        }
        let patterns = services.iter().flat_map(|service| &service.hosts);
        for pattern in patterns.filter(|pattern| pattern.loads.allows(name)) {
            text.push_str(&pattern_sources(pattern));
        }
    }
    text
}

/// What is allowed, as far as one header can list it: what does not fit stays blocked, with its
/// notice, so that the two walls never differ.
///
/// The whole catalogue would need ten times the room, and a page uses little of it. What needs no
/// decision comes first, then what was chosen by itself or seen on the site, then the rest.
pub(crate) fn fitting(policy: &Policy, mut allowed: Allowed) -> Allowed {
    if allowed.is_everything() {
        return allowed;
    }
    let mut room = limits::CSP_BYTES_MAX;
    let mut fits = |bytes: usize| match room.checked_sub(bytes) {
        Some(rest) => {
            room = rest;
            true
        }
        None => false,
    };
    let rank = |place: usize, service: &Service| {
        (!service.needs_no_decision(), !allowed.in_use.contains(&place))
    };
    let mut services: Vec<(usize, &Service)> =
        policy.services().iter().enumerate().filter(|(place, _)| allowed.service(*place)).collect();
    services.sort_by_key(|(place, service)| rank(*place, service));
    allowed.hosts.retain(|host| fits(host_source(host).len() * DIRECTIVES.len()));
    let listed: BTreeSet<usize> = services
        .iter()
        .filter(|(_, service)| fits(service.hosts.iter().map(pattern_bytes).sum()))
        .map(|(place, _)| *place)
        .collect();
    for (place, granted) in allowed.services.iter_mut().enumerate() {
        *granted &= listed.contains(&place);
    }
    allowed
}

fn host_source(host: &str) -> String {
    format!(" {host}:*")
}

fn pattern_sources(pattern: &HostPattern) -> String {
    let (host, path) = (&pattern.host, &pattern.path);
    let mut text = format!(" {host}:*{path} *.{host}:*{path}");
    // A path matches exactly unless it ends with a slash (CSP Level 3 section 6.7.2.12).
    if !path.is_empty() && !path.ends_with('/') {
        text.push_str(&format!(" {host}:*{path}/ *.{host}:*{path}/"));
    }
    text
}

fn pattern_bytes(pattern: &HostPattern) -> usize {
    let places = DIRECTIVES.iter().filter(|(name, _)| pattern.loads.allows(name)).count();
    pattern_sources(pattern).len() * places
}

/// The site's own hosts. Without a scheme a source matches the page's own and its secure form.
fn own_sources(verdicts: &Verdicts) -> String {
    let site = verdicts.site();
    let mut text = "'self'".to_owned();
    for domain in std::iter::once(site.domain()).chain(site.own_hosts().iter().map(String::as_str))
    {
        // An address in brackets is no host source; `'self'` covers it.
        if !domain.starts_with('[') {
            text.push_str(&format!(" {domain}:* *.{domain}:*"));
        }
    }
    text
}
