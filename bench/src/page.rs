//! The site measured: pages in the shape of a newspaper's, drawn from a fixed seed.

use std::fmt::Write as _;

/// Third-party elements of each page, as [`page`] writes them.
#[cfg(test)]
const THIRD_PARTIES: usize = 15;

/// One seed for ever: figures of two runs are about the same bytes.
const SEED: u64 = 0x6f63_7472_6f69_2131;

/// Shares of a page, in percent of its bytes, as newspapers' pages have them: styles and state in
/// the head, then navigation and the text; teasers fill what is left.
const STYLES_PERCENT: usize = 14;
const STATE_PERCENT: usize = 24;
const NAVIGATION_PERCENT: usize = 9;
const TEXT_PERCENT: usize = 20;

/// Bytes kept for the end of the page: footer, last scripts, padding.
const END_BYTES: usize = 3_000;

const WORDS: &str = "\
    harbour council bridge morning winter river market voters budget station letter garden \
    teacher railway orchard hospital village summer minister storm music library engine the a \
    of and to in with after before against without near over new old quiet long open local \
    public narrow early late green northern said opened closed found built asked refused \
    agreed crossed measured returned promised hundred thousand years people houses boats trees \
    reports questions streets children workers schools prices numbers plans who that which \
    because while until again nearly hardly slowly today yesterday tomorrow weather evening \
    company island border history traffic";

const IN_HEAD: [&str; 5] = [
    r#"<script async src="https://www.googletagmanager.com/gtm.js?id=GTM-B3NCH01"></script>"#,
    r#"<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Lora">"#,
    r#"<script async src="https://pagead2.googlesyndication.com/pagead/js/ads.js"></script>"#,
    r#"<script async src="https://securepubads.g.doubleclick.net/tag/js/gpt.js"></script>"#,
    r#"<script defer src="https://static.chartbeat.com/js/chartbeat.js"></script>"#,
];

const IN_TEXT: [&str; 6] = [
    r#"<iframe src="https://www.youtube.com/embed/b3nchm4rk00" allowfullscreen></iframe>"#,
    r#"<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>"#,
    r#"<iframe src="https://geo.dailymotion.com/player.html?video=xb3nch"></iframe>"#,
    r#"<script async src="https://www.instagram.com/embed.js"></script>"#,
    r#"<iframe src="https://open.spotify.com/embed/episode/b3nchm4rk"></iframe>"#,
    r#"<iframe src="https://weather.example/frame?city=7" width="300" height="250"></iframe>"#,
];

const AT_END: [&str; 4] = [
    r#"<noscript><img alt="" src="https://www.facebook.com/tr?id=100200300"></noscript>"#,
    r#"<script async src="https://cdn.taboola.com/libtrc/bench/loader.js"></script>"#,
    r#"<script async src="https://bench.disqus.com/embed.js"></script>"#,
    r#"<img src="https://sb.scorecardresearch.com/p?c1=2" alt="" width="1" height="1">"#,
];

/// A page of exactly so many bytes; at least 40,000 are needed for its shape.
pub(crate) fn page(bytes: usize) -> String {
    let mut draft = Draft::with_capacity(bytes);
    let share = |percent: usize| bytes * percent / 100;
    draft.head();
    draft.until(share(STYLES_PERCENT), Draft::rule);
    draft.put("</style>\n");
    for element in IN_HEAD {
        draft.put(element);
        draft.put("\n");
    }
    draft.put("<script id=\"state\">window.__STATE__=[0\n");
    draft.until(share(STYLES_PERCENT + STATE_PERCENT), Draft::record);
    draft.put("];</script>\n</head>\n<body class=\"article\">\n<header><nav><ul>\n");
    let so_far = STYLES_PERCENT + STATE_PERCENT + NAVIGATION_PERCENT;
    draft.until(share(so_far), Draft::link);
    draft.put("</ul></nav></header>\n<main><article>\n");
    let text = share(TEXT_PERCENT) / IN_TEXT.len();
    for (place, element) in IN_TEXT.iter().enumerate() {
        draft.until(share(so_far) + text * (place + 1), Draft::paragraph);
        draft.put(element);
        draft.put("\n");
    }
    draft.put("</article>\n<section class=\"teasers\">\n");
    draft.until(bytes.saturating_sub(END_BYTES), Draft::teaser);
    draft.end(bytes);
    draft.html
}

/// Bytes that look like a photograph to every compressor.
pub(crate) fn asset(bytes: usize) -> Vec<u8> {
    let mut draft = Draft::with_capacity(0);
    (0..bytes).map(|_| draft.draw().to_le_bytes()[3]).collect()
}

/// A page being written, with its dice.
struct Draft {
    html: String,
    words: Vec<&'static str>,
    state: u64,
}

impl Draft {
    fn with_capacity(bytes: usize) -> Self {
        let html = String::with_capacity(bytes);
        Self { html, words: WORDS.split_whitespace().collect(), state: SEED }
    }

    /// Xorshift64*: a few lines that give the same page on every machine and in every version.
    fn draw(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.draw() >> 32) % bound
    }

    fn word(&mut self) -> &'static str {
        let place = self.below(self.words.len() as u64) as usize;
        self.words.get(place).copied().unwrap_or("news")
    }

    fn words(&mut self, count: u64) -> String {
        let words: Vec<_> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }

    fn put(&mut self, text: &str) {
        self.html.push_str(text);
    }

    fn until(&mut self, bytes: usize, part: fn(&mut Self)) {
        while self.html.len() < bytes {
            part(self);
        }
    }

    fn head(&mut self) {
        let title = self.words(9);
        let _ = write!(
            self.html,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <title>{title}</title>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"canonical\" href=\"https://www.bench.example/news/{}\">\n",
            title.replace(' ', "-")
        );
        for name in ["og:title", "og:description", "og:type", "og:image", "og:site_name"] {
            let content = self.words(8);
            let _ = writeln!(self.html, "<meta property=\"{name}\" content=\"{content}\">");
        }
        for place in 0..24 {
            let size = 16 * (place + 1);
            let _ = writeln!(
                self.html,
                "<link rel=\"icon\" sizes=\"{size}x{size}\" href=\"/static/icon-{size}.png\">"
            );
        }
        self.put("<style>\n");
    }

    fn rule(&mut self) {
        let (one, two) = (self.word(), self.word());
        let (a, b, c) = (self.below(48), self.below(0x00ff_ffff), self.below(900));
        let _ = writeln!(
            self.html,
            ".{one}-{two}>.inner:not(:last-child){{margin:0 {a}px;color:#{b:06x};\
             max-width:{c}px;display:flex}}"
        );
    }

    fn record(&mut self) {
        let (id, time) = (self.draw(), 1_700_000_000 + self.below(90_000_000));
        let (slug, title) = (self.words(4).replace(' ', "-"), self.words(7));
        let _ = writeln!(
            self.html,
            ",{{\"id\":\"{id:016x}\",\"type\":\"article\",\"slug\":\"/{slug}\",\
             \"title\":\"{title}\",\"publishedAt\":{time},\"premium\":false}}"
        );
    }

    fn link(&mut self) {
        let (section, title) = (self.word(), self.words(2));
        let number = self.below(100_000);
        let _ = writeln!(
            self.html,
            "<li class=\"nav-item\"><a class=\"nav-link\" href=\"/{section}/{number}\" \
             data-track=\"nav\">{title}</a></li>"
        );
    }

    fn paragraph(&mut self) {
        let (before, linked, after) = (self.words(45), self.words(3), self.words(30));
        let number = self.below(100_000);
        let _ = writeln!(
            self.html,
            "<p class=\"text\">{before} <a href=\"/news/{number}\">{linked}</a> {after}.</p>"
        );
    }

    fn teaser(&mut self) {
        let (id, alt, title) = (self.draw() >> 20, self.words(6), self.words(9));
        let lead = self.words(18);
        let image = format!("https://img.bench.example/{id:011x}");
        let _ = writeln!(
            self.html,
            "<div class=\"teaser teaser--small\"><a class=\"teaser__link\" href=\"/news/{id}\">\
             <picture><source type=\"image/webp\" srcset=\"{image}-320.webp 320w, \
             {image}-640.webp 640w\"><img class=\"teaser__image\" src=\"{image}-320.jpg\" \
             loading=\"lazy\" width=\"320\" height=\"180\" alt=\"{alt}\"></picture>\
             <h3 class=\"teaser__title\">{title}</h3></a>\
             <p class=\"teaser__lead\">{lead}</p></div>"
        );
    }

    /// Closes the page and pads it to its size.
    fn end(&mut self, bytes: usize) {
        self.put("</section></main>\n<footer>\n");
        for element in AT_END {
            self.put(element);
            self.put("\n");
        }
        self.put("<script src=\"/static/main.js\" defer></script>\n<!-- ");
        let last = " -->\n</footer>\n</body>\n</html>\n";
        self.until(bytes.saturating_sub(last.len() + 24), |draft| {
            let word = draft.word();
            draft.put(word);
            draft.put(" ");
        });
        while self.html.len() + last.len() < bytes {
            self.put(".");
        }
        self.put(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    #[test]
    fn pages_have_their_size_and_their_third_parties() {
        for bytes in [limits::ARTICLE_BYTES, limits::LONG_PAGE_BYTES] {
            let html = page(bytes);
            assert_eq!(html.len(), bytes);
            assert_eq!(html, page(bytes));
            let elements = [&IN_HEAD[..], &IN_TEXT[..], &AT_END[..]].concat();
            assert_eq!(elements.len(), THIRD_PARTIES);
            assert!(elements.iter().all(|element| html.matches(element).count() == 1));
        }
    }
}
