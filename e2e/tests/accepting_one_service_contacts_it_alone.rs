//! Promise: accepting one content opens this one, in its place, and nobody else's.

use std::collections::BTreeSet;

use e2e::{Browser, Contact, Demo, Scripts};

const PATH: &str = "/article/bac-de-jouvente";

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    one_map(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    one_map(Scripts::Off).await;
}

async fn one_map(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    visitor.open(&format!("{}{PATH}", demo.gate())).await;
    let notices = visitor.notices().await;
    let map = notices.iter().find(|notice| notice.service == "demo-map").expect("a map");
    let others = notices.len() - 1;
    demo.assert_silence("before the choice");

    visitor.press_in(&format!("#{}", map.id), "accept_service").await;

    let received = demo.settled();
    assert_eq!(
        hosts(&received),
        BTreeSet::from(["map.localhost"]),
        "{}: {}",
        visitor.url().await,
        visitor.text().await
    );
    let embed = received.iter().any(|contact| contact.path.starts_with("/embed?"));
    assert!(embed, "the map was not loaded: {received:?}");
    let shown = "(f => !!f && shown(f) && area(f).height > 200)\
                 (document.querySelector('iframe[src*=\"map.localhost\"]'))";
    visitor.until(shown).await;

    // Back at the same place: the map is in the window.
    let in_view = "(b => b.top < innerHeight && b.bottom > 0)\
                   (document.querySelector('iframe[src*=\"map.localhost\"]').getBoundingClientRect())";
    visitor.until(in_view).await;
    assert!(visitor.scrolled().await > 200.0, "the page came back at its top");
    assert!(visitor.url().await.starts_with(&format!("{}{PATH}", demo.gate())));

    let notices = visitor.notices().await;
    assert_eq!(notices.len(), others, "other contents were opened too: {notices:?}");
    assert!(notices.iter().all(|notice| notice.service != "demo-map"), "{notices:?}");
    assert!(visitor.is_asked().await, "what is undecided is not asked any more");

    // Elsewhere the others are blocked as before.
    demo.forget();
    visitor.read(&format!("{}/", demo.gate())).await;
    visitor.read(&format!("{}/videos", demo.gate())).await;
    assert_eq!(demo.settled(), [], "other services were contacted on other pages");
    let names = visitor.cookie_names().await;
    let allowed =
        ["journal.localhost/PHPSESSID", "journal.localhost/octroi", "map.localhost/cartolle_prefs"];
    assert!(names.iter().all(|name| allowed.contains(&name.as_str())), "{names:?}");
}

fn hosts(contacts: &[Contact]) -> BTreeSet<&str> {
    contacts.iter().map(|contact| contact.host.as_str()).collect()
}
