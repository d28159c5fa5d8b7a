//! Promise: withdrawing takes one click, works at once, and erases what the gate can reach.

use e2e::{Browser, Demo, Scripts, form};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    withdrawn(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    withdrawn(Scripts::Off).await;
}

async fn withdrawn(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    let article = format!("{}/article/maree-basse", demo.gate());
    visitor.open(&article).await;
    visitor.press_in("octroi-banner", "accept_all").await;
    visitor.open(&article).await;
    if scripts == Scripts::On {
        visitor.until("document.cookie.includes('_mes_id=')").await;
    } else {
        visitor.plant(&demo.gate(), "_mes_id", "left-by-an-earlier-visit").await;
    }

    visitor.open(&format!("{}/_octroi/policy", demo.gate())).await;
    let _ = demo.settled();
    demo.forget();
    visitor.press("withdraw").await;
    let names = visitor.cookie_names().await;
    let erased = !names.contains(&"journal.localhost/_mes_id".to_owned());
    assert!(erased, "the service's cookie was not erased: {names:?}");
    assert!(names.contains(&"journal.localhost/PHPSESSID".to_owned()), "the session is gone");

    visitor.open(&article).await;
    assert!(!visitor.notices().await.is_empty(), "contents are shown after a withdrawal");
    demo.assert_silence("on the page after the withdrawal");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_brings_no_content_back_with_scripts() {
    back(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_brings_no_content_back_without_scripts() {
    back(Scripts::Off).await;
}

async fn back(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    let article = format!("{}/article/maree-basse", demo.gate());
    visitor.open(&article).await;
    visitor.press_in("octroi-banner", "accept_all").await;
    visitor.read(&article).await;
    visitor.open(&format!("{}/_octroi/policy?return=%2Fa-propos", demo.gate())).await;
    visitor.press("withdraw").await;
    let _ = demo.settled();
    demo.forget();

    // Over the page that followed and the policy page, to the article as it was shown in full.
    visitor.back().await;
    visitor.back().await;
    assert_eq!(visitor.url().await, article);
    demo.assert_silence("after going back behind the withdrawal");
    assert!(!visitor.notices().await.is_empty(), "the page of before the withdrawal came back");
}

#[test]
fn cookies_are_expired_for_the_host_and_its_parents() {
    let demo = Demo::start();
    let cookies = "PHPSESSID=1; _mes_id=abc";
    let answer = demo
        .choice(&form(&[("action", "withdraw"), ("return", "/")]))
        .with("cookie", cookies)
        .send();
    assert_eq!(answer.status, 303, "{}", answer.text());
    let set = answer.all("set-cookie");
    for field in
        ["_mes_id=; Path=/; Max-Age=0", "_mes_id=; Path=/; Domain=journal.localhost; Max-Age=0"]
    {
        assert!(set.contains(&field), "{field} is missing: {set:?}");
    }
    assert!(!set.iter().any(|field| field.starts_with("PHPSESSID")), "{set:?}");
    assert_eq!(answer.one("clear-site-data"), Some("\"cache\""));
}
