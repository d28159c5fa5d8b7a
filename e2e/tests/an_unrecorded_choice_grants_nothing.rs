//! Promise: if the ledger cannot record, nothing is granted, the visitor is told, the site goes on.

use e2e::{Browser, Demo, Scripts, form};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    unrecorded(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    unrecorded(Scripts::Off).await;
}

async fn unrecorded(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    let article = format!("{}/article/maree-basse", demo.gate());
    visitor.open(&article).await;

    let locked = demo.lock_ledger();
    for (scope, action) in [
        ("octroi-banner", "accept_all"),
        ("octroi-notice", "accept_service"),
        ("octroi-banner", "refuse_all"),
    ] {
        visitor.press_in(scope, action).await;
        let text = visitor.text().await;
        assert!(text.contains("Votre choix n’a pas pu être enregistré"), "{action}: {text}");
        assert!(text.contains("Rien n’a changé"), "{action}: {text}");
        assert_eq!(visitor.token().await, None, "{action} took effect without a record");
        visitor.read(&article).await;
        assert!(visitor.text().await.contains("À huit heures douze"), "the site is not served");
        assert!(visitor.is_asked().await);
    }
    demo.assert_silence("while nothing can be recorded");

    // The fault is gone: choices are taken again.
    drop(locked);
    visitor.open(&article).await;
    visitor.press_in("octroi-notice", "accept_service").await;
    assert!(visitor.token().await.is_some(), "{}", visitor.text().await);
    assert!(!demo.settled().is_empty(), "the content was accepted, and is not shown");
}

#[test]
fn the_answer_says_that_it_is_no_success() {
    let demo = Demo::start();
    let locked = demo.lock_ledger();
    let choice = demo.choice(&form(&[("action", "accept_all"), ("return", "/")]));
    let answer = choice.send();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.all("set-cookie"), Vec::<&str>::new());
    drop(locked);
    assert_eq!(choice.send().status, 303);
}
