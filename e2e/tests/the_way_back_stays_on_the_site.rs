//! Promise: wherever a choice is made, the way back leads nowhere but to the site itself.

use e2e::{Browser, Demo, Scripts, encoded, form};

/// Ways out that browsers have been led with, each towards `evil.example` or a script.
const HOSTILE: [&str; 48] = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/./..//evil.example",
    "/%2e%2e//evil.example",
    "/.\\/evil.example",
    "http://evil.example",
    "https://evil.example/",
    "HTTPS://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "@evil.example",
    "/@evil.example",
    ":@evil.example",
    "http://journal.localhost@evil.example/",
    "http://journal.localhost:80%40evil.example/",
    "//evil.example/%2f..",
    "//evil%E3%80%82example",
    "/\u{2044}/evil.example",
    "\u{ff0f}/evil.example",
    "/\u{0}/evil.example",
    "/ok\r\nLocation: https://evil.example/",
    "/ok%0d%0aSet-Cookie: a=b",
    "?//evil.example",
    "#//evil.example",
    ".evil.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn of_every_choice() {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let judge = browser.visitor(Scripts::On).await;
    judge.open("about:blank").await;
    let own = demo.gate();
    let base = format!("{own}/_octroi/consent");
    for action in ["accept_all", "refuse_all", "withdraw"] {
        for hostile in HOSTILE {
            let answer = demo.choice(&form(&[("action", action), ("return", hostile)])).send();
            let place = format!("{action} {hostile:?}");
            assert_eq!(answer.all("location").len(), usize::from(answer.status == 303), "{place}");
            assert!(answer.all("set-cookie").iter().all(|set| !set.starts_with("a=b")), "{place}");
            let Some(location) = answer.one("location") else {
                assert_eq!(answer.status, 400, "{place}");
                assert_eq!(answer.token(), None, "{place}: refused, and yet a choice");
                continue;
            };
            let landing = origin_of(&judge, location, &base).await;
            assert_eq!(landing, own, "{place} leads to {location:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_every_page_of_the_gates_own() {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let judge = browser.visitor(Scripts::On).await;
    judge.open("about:blank").await;
    let own = demo.gate();
    for page in ["preferences", "policy", "services/demo-video", "services/host:evil.example"] {
        for hostile in HOSTILE {
            let place = format!("/_octroi/{page}?return={}", encoded(hostile));
            let answer = demo.page(&place, "");
            assert_eq!(answer.status, 200, "{place}");
            // As the browser itself reads them: every link, and every way back in a form.
            let markup = serde_json::Value::from(answer.text());
            let ways: Vec<String> = judge
                .eval(&format!(
                    "(page => [...page.querySelectorAll('a[href]:not([rel])')]\
                     .map(a => a.getAttribute('href'))\
                     .concat([...page.querySelectorAll('[name=return]')].map(i => i.value))\
                     .map(way => new URL(way, '{own}{place}').href))\
                     (new DOMParser().parseFromString({markup}, 'text/html'))"
                ))
                .await;
            assert!(!ways.is_empty(), "{place}: no way back");
            for way in ways.iter().filter(|way| !way.starts_with("mailto:")) {
                let stays = way.starts_with(&format!("{own}/"));
                assert!(stays && !way.starts_with(&format!("{own}//")), "{place}: {way}");
            }
        }
    }
}

/// Where Chromium's own parser says that an address leads.
async fn origin_of(judge: &e2e::Visitor<'_>, location: &str, base: &str) -> String {
    let (location, base) = (serde_json::Value::from(location), serde_json::Value::from(base));
    judge.eval(&format!("new URL({location}, {base}).origin")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn and_a_plain_way_back_is_kept() {
    let demo = Demo::start();
    for path in ["/", "/a?b=c&d=%20e", "/article/maree-basse#octroi-2", "/%C3%A9t%C3%A9"] {
        let answer = demo.choice(&form(&[("action", "refuse_all"), ("return", path)])).send();
        assert_eq!((answer.status, answer.one("location")), (303, Some(path)));
    }
}
