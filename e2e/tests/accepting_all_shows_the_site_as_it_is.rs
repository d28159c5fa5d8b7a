//! Promise: who accepts everything gets the site as it is without the gate.

use std::collections::BTreeSet;

use e2e::{Browser, Demo, Gate, Origin, PAGES, Scripts};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    everything(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    everything(Scripts::Off).await;
}

async fn everything(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    visitor.open(&format!("{}/", demo.gate())).await;
    visitor.press_in("octroi-banner", "accept_all").await;
    assert_eq!(visitor.url().await, format!("{}/", demo.gate()), "she is not where she was");
    let reader = browser.visitor(scripts).await;
    // What a page still sends must not count for the next one.
    let _ = demo.settled();
    for path in PAGES {
        let contacted = async |visitor: &e2e::Visitor<'_>, site: String| {
            demo.forget();
            visitor.read(&format!("{site}{path}")).await;
            demo.settled().iter().map(e2e::Contact::address).collect::<BTreeSet<_>>()
        };
        let direct = contacted(&reader, demo.direct()).await;
        let gated = contacted(&visitor, demo.gate()).await;
        assert_eq!(gated, direct, "{path}: the gate shows another page than the site");
        assert!(visitor.notices().await.is_empty(), "{path}: a notice is left");
        assert!(!visitor.is_asked().await, "{path}: the banner is still there");
        assert!(visitor.has_control().await, "{path}: no way to change her mind");
    }
    let token = visitor.cookies().await.into_iter().find(|cookie| cookie.name == "octroi");
    assert!(token.is_some_and(|token| token.http_only), "scripts can read the decision");
}

#[tokio::test(flavor = "multi_thread")]
async fn unlisted_third_parties_included() {
    let third = Origin::serve(&[]);
    let page = format!(
        "<!doctype html><title>Page</title><h1>Page</h1><script src=\"{0}/a.js\"></script>\
         <iframe src=\"{0}/frame\" width=400 height=300></iframe>",
        third.site("inconnu.localhost")
    );
    let site = Origin::serve(&[("/", ("text/html", page))]);
    let (gate, browser) = (Gate::before(site.port()), Browser::launch().await);
    for scripts in [Scripts::On, Scripts::Off] {
        third.forget();
        let visitor = browser.visitor(scripts).await;
        visitor.open(&gate.site("site.localhost")).await;
        assert_eq!(third.asked(), Vec::<String>::new(), "{scripts:?}: before the choice");
        let notices = visitor.notices().await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(notices[0].text.contains("inconnu.localhost"), "{notices:?}");
        assert_eq!(notices[0].service, "host:inconnu.localhost");

        visitor.press_in("octroi-notice", "accept_all").await;
        let asked = third.asked();
        assert!(asked.contains(&"inconnu.localhost/frame".to_owned()), "{scripts:?}: {asked:?}");
        assert!(visitor.notices().await.is_empty());
    }
}
