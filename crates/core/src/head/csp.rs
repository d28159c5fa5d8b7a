//! The Content-Security-Policy of one visitor: who may be loaded from, in which directive.

use http::{HeaderMap, HeaderValue, header};

use crate::limits;
use crate::passage::Passage;
use crate::policy::{HostPattern, Verdicts};

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
    let mut directives: Vec<String> =
        DIRECTIVES.iter().map(|(name, besides)| format!("; {name} {own}{besides}")).collect();
    let room = |directives: &[String]| {
        directives.iter().map(String::len).sum::<usize>() < limits::CSP_BYTES_MAX
    };
    for host in &verdicts.allowed().hosts {
        for directive in &mut directives {
            directive.push_str(&format!(" {host}:*"));
        }
        if !room(&directives) {
            break;
        }
    }
    for place in by_use(verdicts) {
        let Some(service) = verdicts.policy().services().get(place) else {
            continue;
        };
        if !room(&directives) {
            break;
        }
        for pattern in &service.hosts {
            add_pattern(&mut directives, pattern);
        }
    }
    directives.iter().for_each(|directive| text.push_str(directive));
    text
}

/// The allowed services, those that the site's pages use first: the whole catalogue would need
/// ten times the room that a header has, and a page uses few of it.
fn by_use(verdicts: &Verdicts) -> Vec<usize> {
    let count = verdicts.policy().services().len();
    let mut places: Vec<usize> =
        (0..count).filter(|place| verdicts.allowed().service(*place)).collect();
    places.sort_by_key(|place| !verdicts.allowed().in_use.contains(place));
    places
}

fn add_pattern(directives: &mut [String], pattern: &HostPattern) {
    for ((name, _), directive) in DIRECTIVES.iter().zip(directives) {
        if pattern.loads.allows(name) {
            let (host, path) = (&pattern.host, &pattern.path);
            directive.push_str(&format!(" {host}:*{path} *.{host}:*{path}"));
            // A path matches exactly unless it ends with a slash (CSP Level 3 section 6.7.2.12).
            if !path.is_empty() && !path.ends_with('/') {
                directive.push_str(&format!(" {host}:*{path}/ *.{host}:*{path}/"));
            }
        }
    }
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
