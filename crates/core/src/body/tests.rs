//! The HTML gate at work: every construct, every trap of the parser, every cut of the stream.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::decision::{Click, Moment, Standing};
use crate::head::gate_head;
use crate::pages::Texts;
use crate::passage::{Passage, Rules};
use crate::policy::{History, Policy};
use crate::visit::{Scheme, Visit};

const NOW: u64 = 1_800_000_000;

fn rules() -> Rules {
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
    RULES.clone()
}

fn decided(form: &str) -> Standing {
    let rules = rules();
    let click = Click::parse(form.as_bytes(), &rules.policy).unwrap();
    let moment = Moment { now: NOW, subject: "00".to_owned() };
    let decision = click.decide(&rules.policy, &rules.history, &Standing::Undecided, moment);
    Standing::Decided(decision.unwrap())
}

fn body_gate(standing: &Standing, dest: &str, content_type: &str) -> BodyGate {
    let request = http::Request::get("/news/article?x=1")
        .header("host", "www.example.fr")
        .header("sec-fetch-dest", dest)
        .body(())
        .unwrap();
    let visit = Visit::parse(&request.into_parts().0, Scheme::Https).unwrap();
    let passage = Passage::begin(visit, standing, &rules(), &Default::default()).unwrap();
    let response = http::Response::builder().header("content-type", content_type).body(()).unwrap();
    let head = gate_head(&passage, response.into_parts().0).unwrap();
    head.html.unwrap().body_gate().unwrap()
}

/// A fragment (no banner), as an undecided visitor gets it.
fn gated(html: &str) -> String {
    gated_as(&Standing::Undecided, "empty", html)
}

fn gated_as(standing: &Standing, dest: &str, html: &str) -> String {
    let mut gate = body_gate(standing, dest, "text/html");
    let mut out = gate.push(html.as_bytes()).unwrap();
    out.extend(gate.finish().unwrap());
    String::from_utf8(out).unwrap()
}

/// Every attribute on which a browser may act, of the markup that a browser sees: what is inside
/// notices (the gate's own links) and in `data-octroi-*` is left out.
fn active_third_party(html: &str) -> Vec<String> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&found);
    let handler = lol_html::element!("*", move |element| {
        for attribute in element.attributes() {
            let name = attribute.name();
            let value = htmlize::unescape_attribute(attribute.value()).into_owned();
            if name == "srcdoc" {
                sink.lock().unwrap().extend(active_third_party(&value));
                continue;
            }
            let own = name.starts_with("data-octroi")
                || name == "href" && element.tag_name() == "a"
                || name == "value" && element.tag_name() == "input";
            if !own && value.contains("third.example") {
                sink.lock().unwrap().push(format!("{} {name}={value}", element.tag_name()));
            }
        }
        Ok(())
    });
    let settings = lol_html::RewriteStrSettings::new()
        .with_strict(false)
        .append_element_content_handler(handler);
    lol_html::rewrite_str(html, settings).unwrap();
    let found = found.lock().unwrap();
    found.clone()
}

#[expect(clippy::disallowed_methods, reason = "fixtures are files; the core itself reads none")]
fn fixture(row: &Construct) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/constructs");
    std::fs::read_to_string(format!("{folder}/{}.html", row.id))
        .unwrap_or_else(|_| panic!("{}: no fixture", row.id))
}

#[test]
fn every_construct_loses_its_address() {
    for row in CONSTRUCTS {
        let fixture = fixture(row);
        assert!(!active_third_party(&fixture).is_empty(), "{}: a fixture without aim", row.id);
        let out = gated(&fixture);
        assert_eq!(active_third_party(&out), Vec::<String>::new(), "{}: {out}", row.id);
        assert!(out.contains("third.example"), "{}: the address is lost: {out}", row.id);
        let needs_notice =
            matches!(row.remedy, Remedy::Over | Remedy::Instead) && row.syntax != Syntax::Document;
        assert_eq!(out.contains("<octroi-notice"), needs_notice, "{}: {out}", row.id);
    }
}

#[test]
fn a_granted_host_gets_its_constructs_back() {
    let standing = decided("action=accept_service&service=host:third.example");
    for row in CONSTRUCTS {
        let fixture = fixture(row);
        let out = gated_as(&standing, "empty", &fixture);
        assert_eq!(without_insertions(&out), fixture, "{}", row.id);
    }
}

/// Takes out the declared insertions: the style sheet, and places that pages come back to.
fn without_insertions(html: &str) -> String {
    let mut text = html.to_owned();
    for (open, close) in
        [("<octroi-place", "</octroi-place>"), ("<link rel=\"stylesheet\" href=\"/_octroi/", ">")]
    {
        while let Some(start) = text.find(open) {
            let end = text.get(start..).unwrap().find(close).unwrap() + close.len();
            text.replace_range(start..start + end, "");
        }
    }
    text
}

#[test]
fn addresses_are_read_as_browsers_read_them() {
    for trick in [
        "https://third.example/",
        "//third.example/",
        "HTTPS://THIRD.EXAMPLE/",
        "&#104;ttps&colon;//third.example/",
        "&#x68;ttps://third.example",
        "https:&sol;&sol;third.example",
        " https://third.example",
        "\thttps://third.example",
        "ht\ntps://third.example",
        "https:\\\\third.example\\x",
        "\\\\third.example",
        "/\\third.example",
        "\\/third.example",
        "/\t/third.example",
        "/&Tab;/third.example",
        "https:////third.example",
        "https:/\\third.example",
        "https://www.example.fr@third.example/",
        "https://third.example./",
        "https://third.example:443/",
        "https://www.example.fr.third.example/",
        "&#x0001;https://third.example",
    ] {
        let out = gated(&format!("<img src='{trick}'>"));
        assert!(out.contains("data-octroi-src"), "{trick:?} passed: {out}");
        assert!(!out.contains(" src="), "{trick:?} passed: {out}");
    }
    for own in [
        "/a.png",
        "a.png",
        "./a:b.png",
        "?x=https://third.example",
        "#https://third.example",
        "https://www.example.fr/x",
        "//img.example.fr/x",
        "https://own-cdn.example/x",
        "https://a.own-cdn.example/x",
        "data:image/gif;base64,R0lGOD",
        "about:blank",
        "/proxy?u=https://third.example",
        "/a&amp;b",
        "https&colon;//www.example.fr/",
    ] {
        let markup = format!("<img src='{own}'>");
        assert_eq!(gated(&markup), markup, "{own:?}");
    }
}

#[test]
fn a_domain_is_not_a_suffix_of_another() {
    for host in ["notexample.fr", "example.fr.evil.com", "xown-cdn.example", "example.frr"] {
        assert!(
            gated(&format!("<img src='https://{host}/'>")).contains("data-octroi-src"),
            "{host}"
        );
    }
}

#[test]
fn noscript_is_gated_like_the_rest() {
    let out = gated("<noscript><img src='https://third.example/p.gif'><p>caf\u{e9}</p></noscript>");
    assert_eq!(active_third_party(&out), Vec::<String>::new());
    assert!(out.contains("<noscript><img data-octroi-src"), "{out}");
    assert!(out.contains("caf\u{e9}"), "{out}");
    let out = gated(
        "<noscript><iframe src='https://www.youtube.com/embed/x' width=300 height=200></iframe></noscript>",
    );
    assert!(out.contains("<octroi-notice") && !out.contains(" src=\"https://www.youtube"), "{out}");
    let long = format!("<noscript>{}<img src=//third.example></noscript>end", "x".repeat(300_000));
    assert_eq!(gated(&long), "<noscript></noscript>end");
}

#[test]
fn an_unclosed_element_does_not_swallow_the_page() {
    let out = gated("<p><object data='https://third.example/x'>fallback <p>tail</p></div>more");
    assert!(out.ends_with("fallback <p>tail</p></div>more"), "{out}");
}

#[test]
fn markup_that_reads_two_ways_ends_the_page() {
    let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
    let before = gate.push(b"<html><body><p>before</p>").unwrap();
    assert!(String::from_utf8(before).unwrap().contains("before"));
    let after = gate
        .push(b"<select><xmp><script>\"use strict\";</script></select><img src=//third.example>");
    assert_eq!(after, Err(BodyError::Ambiguous));
    assert_eq!(gate.push(b"<img src=//third.example>"), Err(BodyError::Ended));
    assert_eq!(gate.finish(), Err(BodyError::Ended));
}

#[test]
fn memory_is_bounded_and_its_end_ends_the_page() {
    let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
    let mut last = Ok(Vec::new());
    for _ in 0..200 {
        last = gate.push("<b>".repeat(1_000).as_bytes());
        if last.is_err() {
            break;
        }
    }
    assert_eq!(last, Err(BodyError::TooLarge));
    let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
    let mut last = gate.push(b"<img src='");
    for _ in 0..100 {
        if last.is_err() {
            break;
        }
        last = gate.push(&[b'a'; 65_536]);
    }
    assert_eq!(last, Err(BodyError::TooLarge));
}

#[test]
fn selectors_parse_and_name_every_tag() {
    let text = constructs::selector_text();
    assert!(text.parse::<lol_html::Selector>().is_ok(), "{text}");
    for row in CONSTRUCTS {
        assert!(text.split(',').any(|s| s == row.tag || s.starts_with(&format!("{}[", row.tag))));
    }
}

#[test]
fn first_bytes_are_not_held_back() {
    let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
    let out = gate.push(b"<!doctype html><html lang=fr><head><title>T</title>").unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("<title>T</title>") && out.contains("stylesheet"), "{out}");
    let out = gate.push(b"</head><body><h1>News</h1>").unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("<octroi-banner") && out.contains("<h1>News</h1>"), "{out}");
}

#[test]
fn a_page_has_banner_and_control_and_a_fragment_has_not() {
    let page = "<!doctype html><html lang=fr><head></head><body><p>x</p></body></html>";
    let out = gated_as(&Standing::Undecided, "document", page);
    assert!(out.contains("<body><octroi-banner") && out.contains("<octroi-control"), "{out}");
    assert!(out.is_ascii(), "inserted text must read the same in every charset");
    assert_eq!(out.matches("<script>").count(), 1, "the keeper, once");
    for dest in ["empty", "iframe"] {
        let out = gated_as(&Standing::Undecided, dest, page);
        assert!(!out.contains("<script>"), "{dest}");
        assert!(!out.contains("octroi-banner") && !out.contains("octroi-control"), "{dest}: {out}");
    }
    let out = gated_as(&decided("action=refuse_all"), "document", page);
    assert!(!out.contains("<octroi-banner") && out.contains("<octroi-control"), "{out}");
    let bare = gated_as(&Standing::Undecided, "document", "<p>no tags of its own");
    assert!(bare.contains("<octroi-banner") && bare.contains("<octroi-control"), "{bare}");
}

#[test]
fn notices_name_the_service_and_number_contents_alike_for_all() {
    let page = "<iframe src=https://www.youtube.com/embed/a></iframe>\
        <iframe src=https://player.vimeo.com/video/1></iframe>";
    let undecided = gated(page);
    assert!(undecided.contains("id=\"octroi-1\"") && undecided.contains("id=\"octroi-2\""));
    assert!(undecided.contains("YouTube") && undecided.contains("Vimeo"));
    let one = gated_as(&decided("action=accept_service&service=youtube"), "empty", page);
    assert!(one.contains("<octroi-place id=\"octroi-1\">"), "{one}");
    assert!(one.contains("<octroi-notice id=\"octroi-2\""), "{one}");
    assert!(one.contains("<iframe src=https://www.youtube.com/embed/a>"), "{one}");
}

#[test]
fn a_quoted_post_keeps_its_text() {
    let post = "<blockquote class=\"twitter-tweet\"><p>words</p></blockquote>\
        <script async src=\"https://platform.twitter.com/widgets.js\"></script>";
    let out = gated(post);
    assert!(out.contains("<blockquote class=\"twitter-tweet\"><p>words</p></blockquote>"), "{out}");
    assert!(out.contains("<octroi-notice") && out.contains("type=\"text/plain\""), "{out}");
}

#[test]
fn an_inline_script_goes_with_its_service() {
    let sign = "!function(){return{iadb:{a:1}}}()";
    let script = format!("<script>/* {} */{sign}{}</script>", "x".repeat(300), ";x()".repeat(500));
    let late = format!("<script>/* {} */{sign}</script>", "x".repeat(600));
    let own = "<script>if(1<2&&a){b('</p>')}</script><script></script>";
    let out = gated(&format!("{own}{script}{late}<p>text"));
    assert_eq!(out, format!("{own}<script></script>{late}<p>text"));
    let standing = decided("action=accept_service&service=instart-ad-recovery");
    assert_eq!(gated_as(&standing, "empty", &script), script);
    let page = format!("{own}{script}<p>text");
    for size in [1, 7, 100, 511, 512, 513] {
        let mut gate = body_gate(&Standing::Undecided, "empty", "text/html");
        let mut pieces = Vec::new();
        for piece in page.as_bytes().chunks(size) {
            pieces.extend(gate.push(piece).unwrap());
        }
        pieces.extend(gate.finish().unwrap());
        assert_eq!(String::from_utf8(pieces).unwrap(), format!("{own}<script></script><p>text"));
    }
}

#[test]
fn unseen_frames_get_no_notice() {
    for attributes in ["width=0 height=0", "hidden", "style='display: none'", "width=1 height=1"] {
        let out = gated(&format!("<iframe src=//third.example {attributes}></iframe>"));
        assert!(!out.contains("octroi-notice") && out.contains("data-octroi-src"), "{out}");
    }
}

#[test]
fn what_leads_elsewhere_without_loading_is_stopped() {
    for (markup, held) in [
        ("<meta http-equiv=refresh content='0; url=https://third.example/'>", true),
        ("<meta http-equiv=\"Refresh\" content=\"5;URL='//third.example'\">", true),
        ("<meta http-equiv=refresh content='0; url=/own'>", false),
        ("<meta http-equiv=refresh content=30>", false),
        ("<meta http-equiv=x-dns-prefetch-control content=on>", true),
        ("<meta charset=iso-2022-jp>", true),
        ("<script type=speculationrules>{\"prefetch\":[]}</script>", true),
        ("<iframe src='data:text/html,<img src=https://third.example>'></iframe>", true),
        ("<link rel=canonical href=https://third.example>", false),
        ("<a href=https://third.example>a link</a>", false),
        ("<form action=https://third.example></form>", false),
    ] {
        assert_eq!(gated(markup) != markup, held, "{markup}");
    }
}

#[test]
fn utf_16_is_transcoded_whatever_announces_it() {
    let text = "<img src='https://third.example/'><p>\u{e9}";
    for (mark, big) in [(true, true), (true, false)] {
        let mut bytes: Vec<u8> = if !mark {
            vec![]
        } else if big {
            vec![0xfe, 0xff]
        } else {
            vec![0xff, 0xfe]
        };
        bytes.extend(
            text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }),
        );
        for cut in [1, 2, 3, 7] {
            let mut gate = body_gate(&Standing::Undecided, "empty", "text/html");
            let mut out = Vec::new();
            for piece in bytes.chunks(cut) {
                out.extend(gate.push(piece).unwrap());
            }
            out.extend(gate.finish().unwrap());
            let out = String::from_utf8(out).unwrap();
            assert!(out.starts_with('\u{feff}') && out.contains("data-octroi-src"), "{out}");
            assert!(out.ends_with("\u{e9}"), "{out}");
        }
    }
}

#[test]
fn bytes_of_any_ascii_charset_leave_as_they_came() {
    let all: Vec<u8> = (0x80..=0xff).collect();
    let mut page = b"<p title='".to_vec();
    page.extend(&all);
    page.extend(b"'>");
    page.extend(&all);
    page.extend(b"<img alt='");
    page.extend(&all);
    page.extend(b"' src=//third.example><noscript>");
    page.extend(&all);
    page.extend(b"</noscript>");
    let mut gate = body_gate(&Standing::Undecided, "empty", "text/html; charset=windows-1251");
    let mut out = gate.push(&page).unwrap();
    out.extend(gate.finish().unwrap());
    let occurrences = out.windows(all.len()).filter(|window| *window == all).count();
    assert_eq!(occurrences, 4);
}

const PAGES: [&str; 3] = [
    "<!doctype html><html lang=fr><head><meta charset=utf-8><link rel=preconnect \
     href=//third.example><script src=https://third.example/a.js>x</script></head><body><h1>T\u{e9}</h1>\
     <noscript><img src=//third.example/p.gif></noscript><iframe src=https://www.youtube.com/embed/x \
     width=560 height=315></iframe><blockquote class=twitter-tweet>q</blockquote></body></html>",
    "<body><p>caf\u{e9} <img srcset='a 1x, //third.example/b 2x'><select><option>a</select>\
     <svg><image href=//third.example /></svg><!-- <img src=//third.example> --><td background=x>",
    "<iframe srcdoc='<img src=//third.example>'></iframe><object data=//third.example>x</object><textarea><img>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_a_page_gives_the_same_bytes(
        page in 0..PAGES.len(),
        cuts in proptest::collection::vec(0_usize..700, 0..12),
    ) {
        let bytes = PAGES[page].as_bytes();
        let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
        let mut whole = gate.push(bytes).unwrap();
        whole.extend(gate.finish().unwrap());
        let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
        cuts.sort_unstable();
        cuts.push(bytes.len());
        let mut gate = body_gate(&Standing::Undecided, "document", "text/html");
        let (mut from, mut pieces) = (0, Vec::new());
        for to in cuts {
            pieces.extend(gate.push(&bytes[from..to]).unwrap());
            from = to;
        }
        pieces.extend(gate.finish().unwrap());
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn a_page_of_its_own_things_comes_out_as_it_went_in(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<p class=a>text &amp; more</p>"), Just("<img src=/a.png>"), Just("<script>1<2</script>"),
                Just("<iframe src='/own'></iframe>"), Just("<noscript><img src=b.png></noscript>"),
                Just("<a href=https://third.example>x</a>"), Just("<!-- c -->"), Just("<td background=x>"),
                Just("<link rel=stylesheet href=/s.css>"), Just("<svg><use href=#a></svg>"), Just("\u{e9}\u{1f600}"),
                Just("<IMG SRC = '/b.png' / >"), Just("</div>"), Just("<video src=v.mp4 poster=p.png></video>"),
            ],
            0..30,
        ),
    ) {
        let page = parts.concat();
        prop_assert_eq!(gated(&page), page);
    }

    #[test]
    fn gating_what_was_gated_changes_nothing(page in 0..PAGES.len()) {
        let once = gated(PAGES[page]);
        prop_assert_eq!(active_third_party(&once), Vec::<String>::new());
        let twice = gated(&once);
        prop_assert_eq!(active_third_party(&twice), Vec::<String>::new());
    }
}
