//! Whether a choice comes from the site's own page: nobody but the visitor gives her consent.

use http::{HeaderMap, header};
use octroi_core::visit::{Scheme, Visit};

/// The choice was sent from elsewhere, or does not say from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the choice was not made on this site")]
pub(crate) struct Foreign;

/// A choice that was made on a page of the same origin.
pub(crate) struct SameOrigin(());

/// Compares `Origin` and `Sec-Fetch-Site` with the host that the visitor asked for.
///
/// Scripts can forge neither (Fetch standard, forbidden request-headers). A page with
/// `Referrer-Policy: no-referrer` sends `Origin: null`; then `Sec-Fetch-Site` must vouch for it.
pub(crate) fn check(visit: &Visit, headers: &HeaderMap) -> Result<SameOrigin, Foreign> {
    let one = |name: &str| {
        let mut fields = headers.get_all(name).iter();
        match (fields.next(), fields.next()) {
            (None, _) => Ok(None),
            (Some(field), None) => field.to_str().map(Some).map_err(|_| Foreign),
            (Some(_), Some(_)) => Err(Foreign),
        }
    };
    let origin = one(header::ORIGIN.as_str())?;
    let site = one("sec-fetch-site")?;
    let origin_is_own = origin.map(|origin| is_own(visit, origin));
    match (site, origin, origin_is_own) {
        (Some("same-origin"), None | Some("null"), _)
        | (Some("same-origin") | None, _, Some(true)) => Ok(SameOrigin(())),
        _ => Err(Foreign),
    }
}

/// Where the gate was reached by plain http behind a front that ends TLS and does not say so, the
/// browser's https origin is the same host's, and no weaker.
fn is_own(visit: &Visit, origin: &str) -> bool {
    let own = visit.origin();
    if own.eq_ignore_ascii_case(origin) {
        return true;
    }
    let hosts = (own.strip_prefix("http://"), origin.strip_prefix("https://"));
    visit.scheme() == Scheme::Http
        && matches!(hosts, (Some(ours), Some(theirs)) if ours.eq_ignore_ascii_case(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(scheme: Scheme) -> Visit {
        let request = http::Request::post("/_octroi/consent")
            .header("host", "www.example.fr:8080")
            .body(())
            .unwrap();
        Visit::parse(&request.into_parts().0, scheme).unwrap()
    }

    fn verdict(scheme: Scheme, origin: &[&str], site: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in origin {
            headers.append("origin", value.parse().unwrap());
        }
        for value in site {
            headers.append("sec-fetch-site", value.parse().unwrap());
        }
        check(&visit(scheme), &headers).is_ok()
    }

    #[test]
    fn only_the_site_itself_may_send_a_choice() {
        let own = "https://www.example.fr:8080";
        let cases: &[(&[&str], &[&str], bool)] = &[
            (&[own], &["same-origin"], true),
            (&[own], &[], true),
            (&[], &["same-origin"], true),
            (&["null"], &["same-origin"], true),
            (&["null"], &[], false),
            (&[], &[], false),
            (&[own], &["cross-site"], false),
            (&[own], &["same-site"], false),
            (&[own], &["none"], false),
            (&["https://evil.example"], &["same-origin"], false),
            (&["https://evil.example"], &[], false),
            (&["https://www.example.fr"], &[], false),
            (&["https://www.example.fr:8080.evil.example"], &[], false),
            (&["https://sub.www.example.fr:8080"], &["same-site"], false),
            (&[own, own], &["same-origin"], false),
            (&[own], &["same-origin", "same-origin"], false),
        ];
        for (origin, site, expected) in cases {
            assert_eq!(verdict(Scheme::Https, origin, site), *expected, "{origin:?} {site:?}");
        }
    }

    #[test]
    fn a_front_that_hides_tls_does_not_shut_visitors_out() {
        assert!(verdict(Scheme::Http, &["https://www.example.fr:8080"], &[]));
        assert!(!verdict(Scheme::Https, &["http://www.example.fr:8080"], &[]));
    }
}
