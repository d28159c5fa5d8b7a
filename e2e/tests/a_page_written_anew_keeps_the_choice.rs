//! Promise: a page whose scripts write its whole body anew keeps the banner, and then the control.

use e2e::{Browser, Gate, Origin, Scripts};

/// Writes its body anew three times: at once, when it has loaded, and a moment later.
const PAGE: &str = "<!doctype html><html lang=fr><title>Page</title><body><h1>Avant</h1>\
    <script>let n = 0, anew = () => { document.body.innerHTML = `<h1 id=h>Neuf ${++n}</h1>`; };\
    anew(); addEventListener('load', () => { anew(); setTimeout(anew, 50); });</script>";

#[tokio::test(flavor = "multi_thread")]
async fn banner_and_control_are_put_back() {
    let site = Origin::serve(&[("/", ("text/html; charset=utf-8", PAGE.to_owned()))]);
    let (gate, browser) = (Gate::before(site.port()), Browser::launch().await);
    let visitor = browser.visitor(Scripts::On).await;
    visitor.open(&gate.site("site.localhost")).await;
    visitor.until("document.querySelector('#h')?.textContent === 'Neuf 3'").await;
    assert!(visitor.is_asked().await, "the banner went with the body");
    visitor.press("accept_all").await;
    let kept = visitor.cookie_names().await;
    assert_eq!(kept, ["site.localhost/octroi"], "the banner that was put back does nothing");
    visitor.until("document.querySelector('#h')?.textContent === 'Neuf 3'").await;
    assert!(!visitor.is_asked().await);
    assert!(visitor.has_control().await, "no way to withdraw is left on the page");
}
