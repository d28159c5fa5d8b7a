//! Promise: a refusal keeps everything out, is not asked about again, and identifies nobody.

use e2e::{Browser, Demo, PAGES, Scripts};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    refused(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    refused(Scripts::Off).await;
}

async fn refused(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let visitor = browser.visitor(scripts).await;
        visitor.open(&format!("{}/article/maree-basse", demo.gate())).await;
        visitor.press_in("octroi-banner", "refuse_all").await;
        assert_eq!(visitor.url().await, format!("{}/article/maree-basse", demo.gate()));
        assert!(!visitor.is_asked().await, "refused, and asked again");
        assert!(!visitor.notices().await.is_empty(), "the notices are gone");
        tokens.push(visitor.token().await.expect("a refusal is remembered"));
    }
    assert_eq!(tokens[0], tokens[1], "two visitors who refused can be told apart");

    let visitor = browser.visitor(scripts).await;
    visitor.open(&format!("{}/", demo.gate())).await;
    visitor.press_in("octroi-banner", "refuse_all").await;
    for path in PAGES {
        visitor.read(&format!("{}{path}", demo.gate())).await;
        assert!(!visitor.is_asked().await, "{path}: refused, and asked again");
        assert!(visitor.has_control().await, "{path}: no way to change her mind");
    }
    assert_eq!(
        visitor.cookie_names().await,
        ["journal.localhost/PHPSESSID", "journal.localhost/octroi"]
    );
    demo.assert_silence("after a refusal and all pages");
}

#[test]
fn a_refusal_lasts_as_long_as_an_acceptance() {
    let demo = Demo::start();
    let ages: Vec<String> = ["refuse_all", "accept_all"]
        .into_iter()
        .map(|action| {
            let answer = demo.choice(&e2e::form(&[("action", action), ("return", "/")])).send();
            assert_eq!(answer.status, 303, "{}", answer.text());
            let set = answer.all("set-cookie");
            let field = set.iter().find(|field| field.starts_with("octroi=")).expect("a token");
            field.split("; ").find(|part| part.starts_with("Max-Age=")).expect("an age").to_owned()
        })
        .collect();
    assert_eq!(ages[0], ages[1]);
}
