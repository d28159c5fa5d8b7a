//! Promise: what the site frames itself, in pages or pictures of its own, lets nobody in either.

use e2e::{Browser, Gate, Origin, Scripts};

/// The site: a page that frames an own page, a picture with a picture in it, and a document in an
/// attribute, each of which calls a third party.
fn pages(third: &str) -> Vec<(&'static str, (&'static str, String))> {
    let inner = format!(
        "<!doctype html><title>Cadre</title><p id=own>Dedans</p><img src=\"{third}/inner.gif\">\
         <script src=\"{third}/inner.js\"></script><iframe src=\"{third}/inner\"></iframe>\
         <script>fetch('{third}/inner-fetch', {{ mode: 'no-cors' }}).catch(() => {{}});\
         new Image().src = '{third}/inner-image.gif';</script>"
    );
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"40\">\
         <image href=\"{third}/svg.gif\" width=\"9\" height=\"9\"/>\
         <script href=\"{third}/svg.js\"></script></svg>"
    );
    let nested = format!("<img src='{third}/srcdoc.gif'><script src='{third}/srcdoc.js'></script>");
    let outer = format!(
        "<!doctype html><html lang=fr><title>Page</title><h1>Page</h1>\
         <iframe id=page src=\"/inner\" width=300 height=200></iframe>\
         <iframe id=picture src=\"/picture.svg\" width=300 height=200></iframe>\
         <object data=\"/picture.svg\" width=300 height=200></object>\
         <iframe srcdoc=\"{nested}\" width=300 height=200></iframe>"
    );
    vec![
        ("/", ("text/html; charset=utf-8", outer)),
        ("/inner", ("text/html; charset=utf-8", inner)),
        ("/picture.svg", ("image/svg+xml", picture)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    framed(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    framed(Scripts::Off).await;
}

async fn framed(scripts: Scripts) {
    let third = Origin::serve(&[]);
    let site = Origin::serve(&pages(&third.site("tiers.localhost")));
    let (gate, browser) = (Gate::before(site.port()), Browser::launch().await);

    // Without the gate, each of the frames reaches the third party.
    let reader = browser.visitor(scripts).await;
    reader.open(&site.site("site.localhost")).await;
    let mut expected = vec!["inner.gif", "inner", "svg.gif", "srcdoc.gif"];
    if scripts == Scripts::On {
        expected.extend(["inner.js", "inner-fetch", "inner-image.gif", "srcdoc.js"]);
    }
    let direct = wait_for(&third, expected.len()).await;
    for part in expected {
        assert!(direct.contains(&format!("tiers.localhost/{part}")), "{part}: {direct:?}");
    }
    third.forget();

    let visitor = browser.visitor(scripts).await;
    visitor.open(&gate.site("site.localhost")).await;
    let own: String = visitor
        .eval("document.querySelector('#page').contentDocument.querySelector('#own').textContent")
        .await;
    assert_eq!(own, "Dedans", "the site's own frame is not shown");
    tokio::time::sleep(e2e::limits::SILENCE).await;
    assert_eq!(third.asked(), Vec::<String>::new(), "a frame of the site let somebody in");
}

async fn wait_for(third: &Origin, count: usize) -> Vec<String> {
    let begun = std::time::Instant::now();
    loop {
        let asked = third.asked();
        let waited = begun.elapsed() > e2e::limits::SILENCE;
        if (asked.len() >= count && waited) || begun.elapsed() > e2e::limits::PAGE_WAIT {
            return asked;
        }
        tokio::time::sleep(e2e::limits::LOOK_AGAIN).await;
    }
}
