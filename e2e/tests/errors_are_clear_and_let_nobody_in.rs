//! Promise: when the site does not answer, or a request makes no sense, the visitor reads why.

use std::net::{Ipv4Addr, TcpListener};

use e2e::{Asking, Browser, Demo, Gate, Scripts};

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_does_not_answer() {
    // Bound and dropped: nobody listens there.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    drop(silent);
    let (gate, browser) = (Gate::before(port), Browser::launch().await);

    let answer = Asking::get(gate.port(), "site.localhost", "/a?b").send();
    assert_eq!(answer.status, 502);
    assert_eq!(answer.all("set-cookie"), Vec::<&str>::new());
    assert!(answer.one("cache-control").is_some_and(|value| value.contains("no-store")));
    let policy = answer.one("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");

    for scripts in [Scripts::On, Scripts::Off] {
        let visitor = browser.visitor(scripts).await;
        visitor.open(&gate.site("site.localhost")).await;
        let text = visitor.text().await;
        assert!(text.contains("Le site ne répond pas"), "{text}");
        assert!(visitor.sees("", "h1").await);
        // The gate's own pages do not depend on the site.
        visitor.open(&format!("{}/_octroi/preferences", gate.site("site.localhost"))).await;
        assert!(visitor.sees("", "button[value=refuse_all]").await);
    }
}

#[test]
fn a_request_without_a_site_or_a_page() {
    let demo = Demo::start();
    let missing = demo.page("/rien-ici", "");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("marée basse"), "the site's own page is not shown");
    assert!(missing.text().contains("<octroi-banner"), "the site's error page is not gated");
    assert_eq!(demo.page("/_octroi/rien", "").status, 404);
    for host in ["", "a b", "a/b", "a@b", "[::1"] {
        let answer = Asking::get(demo.port(), host, "/").send();
        assert_eq!(answer.status, 400, "Host: {host}");
    }
    assert_eq!(demo.page("/", "").status, 200, "a clean request is not answered any more");
}
