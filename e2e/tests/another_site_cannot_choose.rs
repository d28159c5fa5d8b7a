//! Promise: a choice that another site sends in the visitor's name changes nothing.

use e2e::{Asking, Browser, Demo, Origin, Scripts, form};

/// Where the hostile page is: another site, a neighbour below the same domain, another port.
const HOSTILE: [&str; 3] = ["mechant.localhost", "voisin.journal.localhost", "journal.localhost"];

/// A page with a form for each way to send one, and a script that tries the rest.
fn hostile_page(target: &str) -> String {
    let forms: String = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
        .iter()
        .enumerate()
        .map(|(n, kind)| {
            format!(
                "<form method=post action=\"{target}\" enctype=\"{kind}\">\
                 <input type=hidden name=return value=\"/\">\
                 <button id=f{n} name=action value=accept_all>Gagner</button></form>"
            )
        })
        .collect();
    format!(
        "<!doctype html><meta charset=utf-8><title>Jeu</title>{forms}\
         <script>
         const body = new URLSearchParams({{ action: 'accept_all', return: '/' }});
         const all = {{ method: 'POST', credentials: 'include', body }};
         const tries = [
           fetch('{target}', {{ ...all, mode: 'no-cors' }}),
           fetch('{target}', all),
           fetch('{target}', {{ ...all, redirect: 'manual', referrerPolicy: 'no-referrer' }}),
           fetch('{target}', {{ ...all, headers: {{ 'X-Requested-With': 'XMLHttpRequest' }} }}),
           fetch('{target}?action=accept_all', {{ credentials: 'include', mode: 'no-cors' }}),
         ];
         navigator.sendBeacon('{target}', body);
         Promise.allSettled(tries).then(() => {{ document.title = 'Fini'; }});
         </script>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    tried(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    tried(Scripts::Off).await;
}

async fn tried(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let page = hostile_page(&format!("{}/_octroi/consent", demo.gate()));
    let hostile = Origin::serve(&[("/", ("text/html; charset=utf-8", page))]);
    for host in HOSTILE {
        for decided in [false, true] {
            let visitor = browser.visitor(scripts).await;
            visitor.open(&format!("{}/", demo.gate())).await;
            if decided {
                visitor.press_in("octroi-banner", "refuse_all").await;
            }
            let before = visitor.token().await;
            assert_eq!(before.is_some(), decided);
            // With a decision to lose, the form that comes nearest to the gate's own is enough.
            for form in 0..if decided { 1 } else { 3 } {
                visitor.open(&hostile.site(host)).await;
                if scripts == Scripts::On {
                    visitor.until("document.title === 'Fini'").await;
                }
                visitor.follow("", &format!("#f{form}")).await;
                let (url, text) = (visitor.url().await, visitor.text().await);
                assert!(url.ends_with("/_octroi/consent"), "{host}: the form was taken: {url}");
                assert!(text.contains("autre site"), "{host}: {text}");
                assert_eq!(visitor.token().await, before, "{host}: form {form} changed the choice");
            }
            visitor.open(&format!("{}/article/maree-basse", demo.gate())).await;
            assert!(!visitor.notices().await.is_empty(), "{host}: contents are shown");
        }
    }
    demo.assert_silence("after every attempt");
}

#[test]
fn whatever_the_fields_say() {
    let demo = Demo::start();
    let body = form(&[("action", "accept_all"), ("return", "/")]);
    let own = demo.gate();
    let foreign = [
        "http://mechant.localhost",
        "null",
        "",
        "file://",
        "http://journal.localhost",
        "http://journal.localhost:1",
        "http://voisin.journal.localhost",
    ];
    let sites = ["", "cross-site", "same-site", "none", "same-origin"];
    let mut cells = 0;
    for origin in foreign.iter().copied().chain([own.as_str(), "-"]) {
        for site in sites {
            let mut asking = Asking::post(demo.port(), &demo.host(), "/_octroi/consent", &body);
            if origin != "-" {
                asking = asking.with("origin", origin);
            }
            if !site.is_empty() {
                asking = asking.with("sec-fetch-site", site);
            }
            // Only the browser itself can vouch with `same-origin`, and only it omits `Origin`.
            let taken = match (origin, site) {
                (origin, "same-origin") => origin == own || origin == "null" || origin == "-",
                (origin, "") => origin == own,
                _ => false,
            };
            let answer = asking.send();
            let place = format!("Origin: {origin}, Sec-Fetch-Site: {site}");
            assert_eq!(answer.token().is_some(), taken, "{place}: {}", answer.status);
            assert_eq!(answer.status, if taken { 303 } else { 403 }, "{place}");
            cells += 1;
        }
    }
    assert_eq!(cells, 45);
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = demo.choice(&body).by(method).send();
        assert_eq!(answer.token(), None, "{method}");
    }
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
        let answer = Asking::get(demo.port(), &demo.host(), "/_octroi/consent")
            .by("POST")
            .with("origin", &own)
            .with("content-type", kind)
            .send();
        assert_eq!(answer.token(), None, "{kind}");
    }
}
