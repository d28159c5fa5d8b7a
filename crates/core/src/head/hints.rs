//! Headers that contact third parties where no policy governs it: filtered or cleared.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::set;
use crate::body::{Judgement, judge, refresh_target};
use crate::passage::Passage;

/// Reporting leaves the page's address with whoever is named; rules fetch whatever they name.
const DROPPED: [&str; 8] = [
    "reporting-endpoints",
    "report-to",
    "speculation-rules",
    "observe-browsing-topics",
    "attribution-reporting-register-source",
    "attribution-reporting-register-trigger",
    "activate-storage-access",
    "critical-ch",
];

/// Filters the headers of a response on which a browser would connect elsewhere by itself.
pub(super) fn gate(passage: &Passage, headers: &mut HeaderMap) {
    for name in DROPPED {
        headers.remove(name);
    }
    if headers.remove("nel").is_some() {
        // An earlier one may still be in force in the browser: this ends it (W3C NEL section 4.1).
        set(headers, "nel", r#"{"report_to":"default","max_age":0}"#);
    }
    set(headers, "x-dns-prefetch-control", "off");
    filter(headers, &header::LINK, |value| links(passage, value));
    filter(headers, &header::REFRESH, |value| {
        let target = refresh_target(value);
        let blocked = target.and_then(|t| judge(&passage.verdicts, &passage.base, t).blocked());
        blocked.is_none().then(|| value.to_owned())
    });
    filter(headers, &header::ALT_SVC, |value| {
        let kept: Vec<_> = value.split(',').filter(|service| is_same_host(service)).collect();
        (!kept.is_empty()).then(|| kept.join(",").trim().to_owned())
    });
    for name in [header::CONTENT_SECURITY_POLICY, header::CONTENT_SECURITY_POLICY_REPORT_ONLY] {
        filter(headers, &name, |value| Some(without_reports(value)));
    }
}

/// Rewrites each field of a name; a value that is no text, or that becomes `None`, is dropped.
fn filter(
    headers: &mut HeaderMap,
    name: &HeaderName,
    mut rewrite: impl FnMut(&str) -> Option<String>,
) {
    let fields: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    if fields.is_empty() {
        return;
    }
    headers.remove(name);
    for field in fields {
        let rewritten = field.to_str().ok().and_then(&mut rewrite);
        if let Some(Ok(value)) = rewritten.map(|text| HeaderValue::from_str(&text)) {
            headers.append(name.clone(), value);
        }
    }
}

/// Keeps the links of a `Link` field that lead to the site itself or to who is allowed.
fn links(passage: &Passage, value: &str) -> Option<String> {
    let kept: Vec<&str> = split_outside(value, ',')
        .filter(|link| {
            let target = link.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
            target.is_some_and(|(target, _)| {
                let judgement = judge(&passage.verdicts, &passage.base, target);
                !matches!(judgement, Judgement::Blocked(_))
            })
        })
        .map(str::trim)
        .collect();
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// Splits at a separator that stands outside `<…>` and `"…"`.
fn split_outside(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut in_angle, mut in_quote, mut escaped) = (false, false, false);
    text.split(move |c: char| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '"' if !in_angle && !was_escaped => in_quote = !in_quote,
            '\\' if in_quote && !was_escaped => escaped = true,
            '<' if !in_quote => in_angle = true,
            '>' if !in_quote => in_angle = false,
            _ => {}
        }
        c == separator && !in_angle && !in_quote
    })
}

fn is_same_host(service: &str) -> bool {
    let authority = service.split_once('=').map_or("", |(_, value)| value);
    let authority = authority.split(';').next().unwrap_or_default().trim().trim_matches('"');
    service.trim() == "clear" || authority.starts_with(':')
}

/// A policy without its reporting directives: what they disclose is not the policy's purpose.
fn without_reports(value: &str) -> String {
    let kept: Vec<&str> =
        value.split(',').map(|policy| policy.trim()).filter(|policy| !policy.is_empty()).collect();
    let clean = |policy: &str| {
        let kept: Vec<&str> = policy
            .split(';')
            .map(str::trim)
            .filter(|directive| {
                let name = directive.split_ascii_whitespace().next().unwrap_or_default();
                !directive.is_empty()
                    && !name.eq_ignore_ascii_case("report-uri")
                    && !name.eq_ignore_ascii_case("report-to")
            })
            .collect();
        kept.join("; ")
    };
    kept.iter().map(|policy| clean(policy)).collect::<Vec<_>>().join(", ")
}
