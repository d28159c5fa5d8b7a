//! Heads at work: what a visitor's policy lists, what is filtered, and how validators travel.

use std::sync::Arc;

use http::{HeaderMap, Request, Response};

use super::*;
use crate::decision::{Click, Moment, Standing};
use crate::forward::forward_headers;
use crate::pages::Texts;
use crate::passage::Rules;
use crate::policy::{History, Policy};
use crate::visit::{Scheme, Visit};

const NOW: u64 = 1_800_000_000;

static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(|| {
    let policy = Policy::built_in().unwrap();
    Rules {
        history: Arc::new(History::of(&policy)),
        policy: Arc::new(policy),
        own_hosts: vec!["own-cdn.example".to_owned()],
        prefix: "/_octroi".to_owned(),
        texts: Arc::new(Texts::built_in().unwrap()),
    }
});

fn standing(form: &str) -> Standing {
    if form.is_empty() {
        return Standing::Undecided;
    }
    let click = Click::parse(form.as_bytes(), &RULES.policy).unwrap();
    let moment = Moment { now: NOW, subject: "00".to_owned() };
    let decision = click.decide(&RULES.policy, &RULES.history, &Standing::Undecided, moment);
    Standing::Decided(decision.unwrap())
}

fn visit(headers: &[(&str, &str)]) -> (Visit, HeaderMap) {
    let mut request = Request::get("/news").header("host", "www.example.fr");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let parts = request.body(()).unwrap().into_parts().0;
    (Visit::parse(&parts, Scheme::Https).unwrap(), parts.headers)
}

fn passage(form: &str, headers: &[(&str, &str)]) -> Passage {
    Passage::begin(visit(headers).0, &standing(form), &RULES, &Default::default()).unwrap()
}

fn gate(form: &str, headers: &[(&str, &str)]) -> Result<GatedHead, Refusal> {
    let mut response = Response::builder();
    for (name, value) in headers {
        if *name == ":status" {
            response = response.status(value.parse::<u16>().unwrap());
        } else {
            response = response.header(*name, *value);
        }
    }
    gate_head(
        &passage(form, &[("sec-fetch-dest", "document")]),
        response.body(()).unwrap().into_parts().0,
    )
}

fn all(head: &GatedHead, name: &str) -> Vec<String> {
    head.parts.headers.get_all(name).iter().map(|v| v.to_str().unwrap().to_owned()).collect()
}

fn directive(policy: &str, name: &str) -> String {
    let found = policy.split(';').map(str::trim).find(|d| d.split(' ').next() == Some(name));
    found.unwrap_or_default().to_owned()
}

#[test]
fn every_response_carries_the_policy_beside_the_sites_own() {
    for content_type in
        ["text/html", "image/svg+xml", "text/javascript", "image/png", "application/pdf"]
    {
        let own = "default-src *; report-uri https://third.example/r; report-to x";
        let head =
            gate("", &[("content-type", content_type), ("content-security-policy", own)]).unwrap();
        let policies = all(&head, "content-security-policy");
        assert_eq!(policies.len(), 2, "{content_type}");
        assert_eq!(policies[0], "default-src *", "the site's own, without its reports");
        for name in
            ["script-src", "img-src", "frame-src", "connect-src", "object-src", "worker-src"]
        {
            let sources = directive(&policies[1], name);
            assert!(
                sources.contains("'self' example.fr:* *.example.fr:* own-cdn.example:*"),
                "{sources}"
            );
            assert!(!sources.contains("http:") && !sources.contains(" * "), "{sources}");
        }
        assert!(!directive(&policies[1], "script-src").contains("data:"));
        assert!(!directive(&policies[1], "default-src").contains("unsafe"));
    }
}

#[test]
fn a_service_is_listed_where_it_loads_and_nowhere_else() {
    let head =
        gate("action=accept_service&service=youtube", &[("content-type", "text/html")]).unwrap();
    let policy = &all(&head, "content-security-policy")[0];
    assert!(directive(policy, "frame-src").contains(" youtube.com:* *.youtube.com:*"), "{policy}");
    assert!(!directive(policy, "connect-src").contains("youtube"), "{policy}");
    assert!(!policy.contains("vimeo"), "{policy}");
    let host =
        gate("action=accept_service&service=host:third.example", &[("content-type", "text/html")]);
    let policy = &all(&host.unwrap(), "content-security-policy")[0];
    assert!(directive(policy, "img-src").ends_with("third.example:*"), "{policy}");
}

#[test]
fn the_header_stays_short_and_what_it_cannot_list_stays_blocked() {
    let form = "action=save&purpose.embedded-content=grant&purpose.advertising=grant";
    let youtube = RULES.policy.services().iter().position(|s| s.id == "youtube").unwrap();
    for in_use in [vec![], vec![youtube]] {
        let in_use: std::collections::BTreeSet<usize> = in_use.into_iter().collect();
        let passage = Passage::begin(visit(&[]).0, &standing(form), &RULES, &in_use).unwrap();
        let head = gate_head(&passage, Response::new(()).into_parts().0).unwrap();
        let policy = &all(&head, "content-security-policy")[0];
        assert!(policy.len() < crate::limits::CSP_BYTES_MAX + 1_500, "{}", policy.len());
        let listed = directive(policy, "frame-src").contains("youtube.com");
        assert_eq!(listed, passage.verdicts.allowed().service(youtube), "the walls agree");
        assert_eq!(listed, in_use.contains(&youtube), "what is used comes first");
    }
    let mut many = "action=save".to_owned();
    for at in 0..60 {
        many.push_str(&format!("&host.h{at:02}.third.example=grant"));
    }
    let passage = Passage::begin(visit(&[]).0, &standing(&many), &RULES, &Default::default());
    let hosts = passage.unwrap().verdicts.allowed().hosts.len();
    assert!((10..60).contains(&hosts), "{hosts}");
}

#[test]
fn no_wall_stands_when_everything_is_allowed() {
    let head = gate(
        "action=accept_all",
        &[
            ("content-type", "text/html"),
            ("link", "<https://third.example>; rel=preconnect"),
            ("set-cookie", "visitor=1; Max-Age=999"),
        ],
    );
    let head = head.unwrap();
    assert!(all(&head, "content-security-policy").is_empty());
    assert_eq!(all(&head, "link").len(), 1);
    assert_eq!(all(&head, "set-cookie").len(), 1);
    assert!(head.html.is_some(), "the way to withdraw is still put in");
}

#[test]
fn headers_that_connect_by_themselves_are_filtered() {
    let head = gate("", &[
        ("content-type", "text/css"),
        ("link", "<https://third.example/a,b>; rel=preload; title=\"a, <b>\", </own.css>; rel=preload"),
        ("link", "<//third.example>; rel=preconnect"),
        ("reporting-endpoints", "a=\"https://third.example\""),
        ("report-to", "{}"),
        ("nel", "{\"report_to\":\"a\",\"max_age\":9}"),
        ("refresh", "0; url=https://third.example"),
        ("speculation-rules", "\"https://third.example/r.json\""),
        ("x-dns-prefetch-control", "on"),
        ("alt-svc", "h3=\":443\"; ma=9, h2=\"third.example:443\""),
        ("content-security-policy-report-only", "img-src x; report-uri https://third.example"),
    ])
    .unwrap();
    assert_eq!(all(&head, "link"), ["</own.css>; rel=preload"]);
    for gone in ["reporting-endpoints", "report-to", "refresh", "speculation-rules"] {
        assert!(all(&head, gone).is_empty(), "{gone}");
    }
    assert_eq!(all(&head, "nel"), ["{\"report_to\":\"default\",\"max_age\":0}"]);
    assert_eq!(all(&head, "x-dns-prefetch-control"), ["off"]);
    assert_eq!(all(&head, "alt-svc"), ["h3=\":443\"; ma=9"]);
    assert_eq!(all(&head, "content-security-policy-report-only"), ["img-src x"]);
    let text: String = head.parts.headers.iter().map(|(_, v)| v.to_str().unwrap()).collect();
    assert!(!text.contains("third.example"), "{text}");
    let own = gate("", &[("refresh", "5; url=/next")]).unwrap();
    assert_eq!(all(&own, "refresh"), ["5; url=/next"]);
}

#[test]
fn cookies_wait_for_what_they_belong_to() {
    for (field, form, passes) in [
        ("PHPSESSID=1; Path=/; HttpOnly", "", true),
        ("anything=1", "", true),
        ("visitor=1; Max-Age=31536000", "", false),
        ("visitor=1; Expires=Wed, 21 Oct 2030 07:28:00 GMT", "", false),
        ("visitor=; Max-Age=0", "", true),
        ("visitor=; expires=Thu, 01 Jan 1970 00:00:00 GMT", "", true),
        ("csrftoken=1; Max-Age=31449600", "", true),
        ("_ga=1", "", false),
        ("_ga=1", "action=accept_service&service=google-analytics", true),
        ("_ga_ABC=1; Max-Age=9", "action=accept_service&service=google-analytics", true),
        ("visitor=1; Max-Age=9", "action=accept_service&service=google-analytics", false),
        ("visitor=1; Max-Age=9", "action=accept_all", true),
        ("nameless; Max-Age=9", "", false),
        ("=x", "", false),
    ] {
        for status in ["200", "302", "404", "304"] {
            let head = gate(form, &[(":status", status), ("set-cookie", field)]).unwrap();
            assert_eq!(!all(&head, "set-cookie").is_empty(), passes, "{field} {form} {status}");
        }
    }
}

#[test]
fn the_upstream_sees_neither_token_nor_blocked_cookies() {
    let sent = [
        ("cookie", "a=1; octroi=v1.x; __Host-octroi=v1.y; _ga=2; PHPSESSID=3"),
        ("octroi-consent", "forged"),
        ("accept-encoding", "gzip, br, zstd, dcb"),
        ("range", "bytes=0-9"),
        ("if-modified-since", "Wed, 21 Oct 2020 07:28:00 GMT"),
        ("sec-fetch-dest", "document"),
    ];
    let (_, mut headers) = visit(&sent);
    forward_headers(&passage("", &sent), &mut headers);
    assert_eq!(headers.get("cookie").unwrap(), "a=1; PHPSESSID=3");
    assert_eq!(headers.get("accept-encoding").unwrap(), "identity");
    for gone in ["octroi-consent", "range", "if-modified-since"] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
    let asset = [
        ("accept-encoding", "gzip;q=0.5, dcb, br"),
        ("range", "bytes=0-9"),
        ("sec-fetch-dest", "image"),
    ];
    let (_, mut headers) = visit(&asset);
    forward_headers(&passage("", &asset), &mut headers);
    assert_eq!(headers.get("accept-encoding").unwrap(), "gzip;q=0.5, br");
    assert_eq!(headers.get("range").unwrap(), "bytes=0-9");
}

#[test]
fn validators_never_cross_classes() {
    let page = [
        ("content-type", "text/html"),
        ("etag", "\"abc\""),
        ("last-modified", "x"),
        ("cache-control", "public, max-age=600"),
    ];
    let undecided = gate("", &page).unwrap();
    let tag = all(&undecided, "etag").remove(0);
    assert!(tag.starts_with("W/\"octroi-"), "{tag}");
    assert_eq!(all(&undecided, "cache-control"), ["private, no-cache"]);
    assert!(all(&undecided, "last-modified").is_empty());
    assert!(all(&undecided, "vary").concat().contains("Cookie"));
    let sent = |form: &str, tag: &str| {
        let sent = [("if-none-match", tag), ("sec-fetch-dest", "document")];
        let (_, mut headers) = visit(&sent);
        forward_headers(&passage(form, &sent), &mut headers);
        headers.get("if-none-match").map(|v| v.to_str().unwrap().to_owned())
    };
    assert_eq!(sent("", &tag), Some("\"abc\"".to_owned()));
    assert_eq!(sent("", &format!("\"zz\", {tag}")), Some("\"abc\"".to_owned()));
    for other in ["action=accept_all", "action=refuse_all", "action=accept_service&service=youtube"]
    {
        assert_eq!(sent(other, &tag), None, "{other}");
    }
    assert_eq!(sent("", "\"abc\""), None, "stored before the gate stood there");
    let asset = gate("", &[("content-type", "image/png"), ("etag", "\"abc\"")]).unwrap();
    assert_eq!(all(&asset, "etag"), ["\"abc\""]);
    let kept = gate("", &[("content-type", "text/html"), ("cache-control", "No-Store")]).unwrap();
    assert_eq!(all(&kept, "cache-control"), ["private, no-store"]);
}

#[test]
fn pages_that_cannot_be_gated_are_refused() {
    for (headers, refusal) in [
        (vec![(":status", "206"), ("content-type", "text/html")], Refusal::PartialPage),
        (vec![("content-type", "text/html"), ("content-encoding", "dcb")], Refusal::Coding),
        (vec![("content-type", "text/html"), ("content-encoding", "gzip, br")], Refusal::Coding),
        (vec![("content-type", "text/html; charset=\"ISO-2022-KR\"")], Refusal::Charset),
        (vec![("content-type", "text/html; charset=hz-gb-2312")], Refusal::Charset),
        (vec![("content-type", "image/svg+xml; charset=utf-16")], Refusal::Charset),
        (vec![("content-type", "multipart/x-mixed-replace; boundary=x")], Refusal::Mixed),
    ] {
        assert_eq!(gate("", &headers).map(|_| ()), Err(refusal), "{headers:?}");
    }
    let utf16 = gate("", &[("content-type", "text/html; charset=utf-16le")]).unwrap();
    assert_eq!(all(&utf16, "content-type"), ["text/html; charset=utf-8"]);
    let untyped = gate("", &[]).unwrap();
    assert_eq!(all(&untyped, "x-content-type-options"), ["nosniff"]);
    let two = gate("", &[("content-type", "text/plain"), ("content-type", "TEXT/HTML; charset=x")]);
    assert!(two.unwrap().html.is_some(), "browsers could take either");
}

#[test]
fn what_is_no_longer_allowed_expires_on_every_domain_that_may_hold_it() {
    let (visit, _) = visit(&[("cookie", "_ga=1; PHPSESSID=2; _fbp=3; bad name=4; _ga=5")]);
    let undecided = passage("", &[]);
    let fields = expired_cookies(&visit, &undecided.verdicts);
    let mut names: Vec<&str> = fields.iter().map(|f| f.split('=').next().unwrap()).collect();
    names.dedup();
    assert_eq!(names, ["_ga", "_fbp"]);
    assert!(fields.contains(&"_ga=; Path=/; Max-Age=0; Secure".to_owned()), "{fields:?}");
    assert!(fields.contains(&"_ga=; Path=/; Domain=example.fr; Max-Age=0; Secure".to_owned()));
    assert!(fields.contains(&"_ga=; Path=/; Domain=www.example.fr; Max-Age=0; Secure".to_owned()));
    assert!(!fields.iter().any(|field| field.contains("Domain=fr;")));
}
