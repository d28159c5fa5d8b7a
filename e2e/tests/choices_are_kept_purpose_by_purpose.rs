//! Promise: the preference centre decides purpose by purpose and service by service.

use std::collections::BTreeSet;

use e2e::{Browser, Demo, Scripts, Visitor};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    managed(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    managed(Scripts::Off).await;
}

async fn managed(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    visitor.open(&format!("{}/article/bac-de-jouvente", demo.gate())).await;
    visitor.follow("octroi-banner", "a[href*='/_octroi/preferences']").await;
    let ticked: usize = visitor.eval("document.querySelectorAll('input:checked').length").await;
    assert_eq!(ticked, 0, "something is chosen beforehand");

    // By purpose: contents yes, measurement yes; by service: the map not.
    visitor.click("", "label:has(input[name='purpose.embedded-content'][value=grant])").await;
    visitor.click("", "label:has(input[name='purpose.measurement'][value=grant])").await;
    choose(&visitor, "service.demo-map", "refuse").await;
    visitor.press("save").await;

    let text = visitor.text().await;
    assert!(text.contains("Votre choix est enregistré"), "{text}");
    visitor.follow("footer", "a[href]").await;
    assert_eq!(visitor.url().await, format!("{}/article/bac-de-jouvente", demo.gate()));
    let _ = demo.settled();
    demo.forget();
    for path in ["/article/bac-de-jouvente", "/videos"] {
        visitor.read(&format!("{}{path}", demo.gate())).await;
    }
    let mut expected = BTreeSet::from(["video.localhost", "fonts.localhost"]);
    if scripts == Scripts::On {
        expected.insert("measure.localhost");
    }
    assert_eq!(hosts(&demo), expected);
    assert!(!visitor.is_asked().await, "everything is decided, and asked again");

    // The preference centre shows what was chosen, and one service can be taken back.
    visitor.open(&format!("{}/_octroi/preferences?return=%2Fvideos", demo.gate())).await;
    let chosen: Vec<String> = visitor
        .eval("[...document.querySelectorAll('input:checked')].map(i => `${i.name}=${i.value}`)")
        .await;
    assert!(chosen.contains(&"purpose.measurement=grant".to_owned()), "{chosen:?}");
    assert!(chosen.contains(&"purpose.advertising=refuse".to_owned()), "{chosen:?}");
    visitor.click("", "label:has(input[name='purpose.measurement'][value=refuse])").await;
    visitor.press("save").await;
    let _ = demo.settled();
    demo.forget();
    visitor.read(&format!("{}/videos", demo.gate())).await;
    assert_eq!(hosts(&demo), BTreeSet::from(["video.localhost", "fonts.localhost"]));
}

/// Chooses in a list, with the keyboard's effect: the browser's own list is not part of the page.
async fn choose(visitor: &Visitor<'_>, name: &str, value: &str) {
    let chosen: String = visitor
        .eval(&format!(
            "(s => {{ s.value = '{value}'; return s.value; }})(document.querySelector('select[name=\"{name}\"]'))"
        ))
        .await;
    assert_eq!(chosen, value, "{name} has no such choice");
}

fn hosts(demo: &Demo) -> BTreeSet<&'static str> {
    const ALL: [&str; 7] = [
        "video.localhost",
        "social.localhost",
        "map.localhost",
        "ads.localhost",
        "measure.localhost",
        "fonts.localhost",
        "pixel.localhost",
    ];
    let received = demo.settled();
    ALL.into_iter().filter(|host| received.iter().any(|contact| contact.host == *host)).collect()
}
