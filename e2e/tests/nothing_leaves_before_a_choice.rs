//! Promise: until the visitor chooses, no third party hears of her, and nothing is stored.

use e2e::{Browser, Demo, PAGES, Scripts, Storage, Visitor};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    undecided(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    undecided(Scripts::Off).await;
}

async fn undecided(scripts: Scripts) {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    // What the newspaper is without the gate: its text, and proof that it does contact others.
    // Read without scripts, which put embeds in the place of text.
    let reader = browser.visitor(Scripts::Off).await;
    let mut texts = Vec::new();
    for path in PAGES {
        reader.open(&format!("{}{path}", demo.direct())).await;
        texts.push(article(&reader).await);
    }
    assert!(demo.settled().len() > 20, "the newspaper contacts nobody: nothing can be shown here");
    demo.forget();

    let visitor = browser.visitor(scripts).await;
    for (path, text) in PAGES.iter().zip(&texts) {
        visitor.read(&format!("{}{path}", demo.gate())).await;
        assert_eq!(&article(&visitor).await, text, "{path}: the article is not all there");
        assert_eq!(visitor.storage().await, Storage::default(), "{path}");
        assert_eq!(visitor.cookie_names().await, ["journal.localhost/PHPSESSID"], "{path}");
        assert!(visitor.is_asked().await, "{path}: she is not asked");
    }
    demo.assert_silence("after all pages were read");

    // Nothing but a choice is a choice.
    visitor.open(&format!("{}/article/bac-de-jouvente", demo.gate())).await;
    visitor.key("Escape").await;
    visitor.click("", "h1").await;
    visitor.key("Enter").await;
    visitor.open(&format!("{}/", demo.gate())).await;
    assert_eq!(visitor.token().await, None, "a key or a click elsewhere was taken for a choice");
    demo.assert_silence("after keys and clicks that are no choice");
}

/// The words of the page's own text, whatever the gate or an embed has put between them.
async fn article(visitor: &Visitor<'_>) -> Vec<String> {
    visitor.eval("[...document.querySelectorAll('h1, h2, main p')].map(words)").await
}
