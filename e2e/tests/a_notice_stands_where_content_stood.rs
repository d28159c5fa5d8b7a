//! Promise: where content is blocked, a notice of its size says why, and offers all five ways.

use e2e::{Area, Browser, Demo, PAGES, Scripts};

/// What the notices name, by host.
const NAMES: [(&str, &str, &str); 3] = [
    ("video.localhost", "demo-video", "Filoche"),
    ("map.localhost", "demo-map", "Cartolle"),
    ("ads.localhost", "demo-ads", "Régie Estuaire"),
];

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    in_every_window(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    in_every_window(Scripts::Off).await;
}

async fn in_every_window(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let visitor = browser.visitor(scripts).await;
    for (width, height) in [(1280, 900), (390, 844)] {
        visitor.resize(width, height).await;
        for path in PAGES {
            visitor.open(&format!("{}{path}", demo.direct())).await;
            let frames: Vec<Area> =
                visitor.eval("[...document.querySelectorAll('main iframe[width], main iframe[src*=video]')].filter(f => !f.closest('octroi-notice') && !/social/.test(f.src)).map(area)").await;
            let sources: Vec<String> =
                visitor.eval("[...document.querySelectorAll('main iframe[width], main iframe[src*=video]')].filter(f => !/social/.test(f.src)).map(f => f.getAttribute('src'))").await;
            visitor.open(&format!("{}{path}", demo.gate())).await;
            let place = format!("{path} at {width}");
            check(&visitor, &place, &frames, &sources).await;
        }
    }
}

async fn check(visitor: &e2e::Visitor<'_>, place: &str, frames: &[Area], sources: &[String]) {
    let notices = visitor.notices().await;
    for notice in &notices {
        let all = notice.accepts
            && notice.accepts_all
            && notice.informs
            && notice.withdraws
            && notice.manages;
        assert!(all, "{place}: a way out is missing: {notice:?}");
        assert!(!notice.overflows, "{place}: the notice is wider than its place: {notice:?}");
    }
    let over: Vec<_> = notices.iter().filter(|notice| notice.held.is_some()).collect();
    let held: Vec<_> = over.iter().map(|notice| notice.source.clone()).collect();
    assert_eq!(held, sources, "{place}: other contents are held than the page has");
    for (notice, frame) in over.iter().zip(frames) {
        let (_, id, name) = NAMES
            .into_iter()
            .find(|(host, ..)| notice.source.contains(host))
            .unwrap_or_else(|| panic!("{place}: whose is {}?", notice.source));
        assert_eq!(notice.service, id, "{place}");
        assert!(notice.text.contains(name), "{place}: {name} is not named in {}", notice.text);
        let held = notice.held.expect("chosen above");
        assert!(same_size(&held, frame), "{place}: {held:?} for a content of {frame:?}");
        assert!(same_size(&notice.area, &held), "{place}: {:?} over {held:?}", notice.area);
        assert!(same_place(&notice.area, &held), "{place}: {:?} over {held:?}", notice.area);
    }
    let article = place.starts_with("/article/bac-de-jouvente");
    let quoted = notices.iter().filter(|notice| notice.service == "demo-social").count();
    assert_eq!(quoted, usize::from(article), "{place}: notices for quoted posts");
}

fn same_size(one: &Area, other: &Area) -> bool {
    (one.width - other.width).abs() <= 1.0 && (one.height - other.height).abs() <= 1.0
}

fn same_place(one: &Area, other: &Area) -> bool {
    (one.x - other.x).abs() <= 1.0 && (one.y - other.y).abs() <= 1.0
}
