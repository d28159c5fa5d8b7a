//! The demo's newspaper: its pages, pictures and fonts, and the two cookies that it sets.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, COOKIE, ETAG, HeaderValue, IF_NONE_MATCH, LINK, SET_COOKIE,
};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode};
use http_body_util::Full;

use super::listener::{Answer, Host, status};
use super::record::{Record, Side};

/// A page of the newspaper.
pub(super) struct Page {
    pub(super) path: &'static str,
    lang: &'static str,
    title: &'static str,
    description: &'static str,
    body: &'static str,
    /// Whether it carries the site's third parties: measurement, font, pixel and hints.
    pub(super) carries: bool,
}

macro_rules! page {
    ($path:literal, $lang:literal, $file:literal, $carries:literal,
     $title:literal, $about:literal) => {
        Page {
            path: $path,
            lang: $lang,
            title: $title,
            description: $about,
            body: include_str!(concat!("../../demo-site/site/pages/", $file)),
            carries: $carries,
        }
    };
}

/// Every page.
pub(super) const PAGES: [Page; 9] = [
    page!(
        "/",
        "fr",
        "accueil.html",
        true,
        "Le Courrier de la Rance",
        "Le journal de l’estuaire, de la source à la mer."
    ),
    page!(
        "/article/maree-basse",
        "fr",
        "maree-basse.html",
        true,
        "Quand la mer s’en va, le port se met à parler",
        "Deux fois par jour, l’eau se retire. Récit d’une marée."
    ),
    page!(
        "/article/bac-de-jouvente",
        "fr",
        "bac-de-jouvente.html",
        true,
        "Le petit bac rouge reprend du service",
        "Après onze ans à quai, la traversée de Jouvente recommence au printemps."
    ),
    page!(
        "/grand-format/moulins-a-maree",
        "fr",
        "moulins-a-maree.html",
        true,
        "Les moulins qui attendaient la lune",
        "L’histoire des moulins à marée de la Rance."
    ),
    page!(
        "/culture/photos",
        "fr",
        "photos.html",
        true,
        "Un hiver au bord de l’eau, en images",
        "Sept vues prises à hauteur de rivière."
    ),
    page!(
        "/videos",
        "fr",
        "videos.html",
        true,
        "L’estuaire en mouvement",
        "Quatre films courts sur la Rance."
    ),
    page!(
        "/a-propos",
        "fr",
        "a-propos.html",
        true,
        "Qui sommes-nous ?",
        "Cinq journalistes, une barque et une rivière."
    ),
    page!(
        "/en/tide-mill",
        "en",
        "tide-mill.html",
        true,
        "The mill that keeps the moon’s hours",
        "For five centuries its wheel has turned only when the tide allowed."
    ),
    page!(
        "/mentions-legales",
        "fr",
        "mentions-legales.html",
        false,
        "Mentions légales",
        "Éditeur, hébergement et droits."
    ),
];

const LAYOUT: &str = include_str!("../../demo-site/site/layout/page.html");
const HEAD: &str = include_str!("../../demo-site/site/layout/head.html");
const TAIL: &str = include_str!("../../demo-site/site/layout/tail.html");
const MASTHEAD_FR: &str = include_str!("../../demo-site/site/layout/masthead.fr.html");
const MASTHEAD_EN: &str = include_str!("../../demo-site/site/layout/masthead.en.html");
const FOOTER_FR: &str = include_str!("../../demo-site/site/layout/footer.fr.html");
const FOOTER_EN: &str = include_str!("../../demo-site/site/layout/footer.en.html");
const MISSING: &str = include_str!("../../demo-site/site/pages/absente.html");

macro_rules! assets {
    ($($file:literal $kind:literal),* $(,)?) => {
        [$(Asset {
            path: concat!("/", $file),
            kind: $kind,
            bytes: include_bytes!(concat!("../../demo-site/site/", $file)),
        }),*]
    };
}

struct Asset {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 14] = assets![
    "style.css" "text/css; charset=utf-8",
    "fonts/newsreader.woff2" "font/woff2",
    "fonts/newsreader-italic.woff2" "font/woff2",
    "fonts/OFL.txt" "text/plain; charset=utf-8",
    "images/favicon.svg" "image/svg+xml",
    "images/bac.svg" "image/svg+xml",
    "images/brume.svg" "image/svg+xml",
    "images/heron.svg" "image/svg+xml",
    "images/lanternes.svg" "image/svg+xml",
    "images/marche.svg" "image/svg+xml",
    "images/maree-basse.svg" "image/svg+xml",
    "images/moulin.svg" "image/svg+xml",
    "images/pont.svg" "image/svg+xml",
    "images/principe.svg" "image/svg+xml",
];

struct Document {
    kind: &'static str,
    bytes: Bytes,
    etag: HeaderValue,
    /// The `Link` field of a page that carries third parties.
    link: Option<HeaderValue>,
    is_page: bool,
}

/// The whole newspaper, ready to be served.
pub(super) struct Newspaper {
    documents: BTreeMap<&'static str, Document>,
    missing: Document,
}

impl Newspaper {
    /// Prints it, with the third parties at this port.
    pub(super) fn print(third_party_port: u16) -> Self {
        let port = third_party_port.to_string();
        let mut documents = BTreeMap::new();
        for page in &PAGES {
            let bytes = Bytes::from(assemble(page, &port));
            let link = format!("<http://map.localhost:{port}>; rel=preconnect");
            let link = page.carries.then(|| HeaderValue::try_from(link).ok()).flatten();
            let kind = "text/html; charset=utf-8";
            let etag = etag(&bytes);
            documents.insert(page.path, Document { kind, bytes, etag, link, is_page: true });
        }
        for asset in &ASSETS {
            let bytes = Bytes::from_static(asset.bytes);
            let etag = etag(&bytes);
            let document = Document { kind: asset.kind, bytes, etag, link: None, is_page: false };
            documents.insert(asset.path, document);
        }
        let page = Page {
            path: "",
            lang: "fr",
            title: "Page introuvable",
            description: "",
            body: MISSING,
            carries: false,
        };
        let bytes = Bytes::from(assemble(&page, &port));
        let etag = etag(&bytes);
        let kind = "text/html; charset=utf-8";
        let missing = Document { kind, bytes, etag, link: None, is_page: true };
        Self { documents, missing }
    }
}

fn assemble(page: &Page, port: &str) -> String {
    let (masthead, footer) =
        if page.lang == "en" { (MASTHEAD_EN, FOOTER_EN) } else { (MASTHEAD_FR, FOOTER_FR) };
    let here = format!("<a href=\"{}\"", page.path);
    let (head, tail) = if page.carries { (HEAD, TAIL) } else { ("", "") };
    LAYOUT
        .replace("{{head}}", head)
        .replace("{{tail}}", tail)
        .replace("{{masthead}}", &current(masthead, &here))
        .replace("{{footer}}", footer)
        .replace("{{body}}", page.body)
        .replace("{{lang}}", page.lang)
        .replace("{{title}}", page.title)
        .replace("{{description}}", page.description)
        .replace("{{path}}", page.path)
        .replace("{{port}}", port)
}

/// The navigation with the page's own link marked.
fn current(masthead: &str, here: &str) -> String {
    let item = format!("<li>{here}");
    masthead.replacen(&item, &format!("{item} aria-current=\"page\""), 1)
}

fn etag(bytes: &Bytes) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// The newspaper on one port.
pub(super) struct Kiosk {
    /// What it serves.
    pub(super) newspaper: Arc<Newspaper>,
    /// Whether readers come through the gate.
    pub(super) side: Side,
    /// Where page views are counted.
    pub(super) record: Arc<Record>,
}

impl Host for Kiosk {
    fn answer(&self, head: &Parts, _body: &Bytes) -> Answer {
        if head.method != Method::GET && head.method != Method::HEAD {
            let mut answer = status(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let path = match head.uri.path().trim_end_matches('/') {
            "" => "/",
            path => path,
        };
        let Some(document) = self.newspaper.documents.get(path) else {
            let mut answer = whole(&self.newspaper.missing, &head.headers);
            *answer.status_mut() = StatusCode::NOT_FOUND;
            return answer;
        };
        if document.is_page && head.method == Method::GET {
            self.record.page(self.side, path);
        }
        let same = head.headers.get(IF_NONE_MATCH) == Some(&document.etag);
        let mut answer = whole(document, &head.headers);
        if same {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            *answer.body_mut() = Full::default();
        }
        answer
    }
}

fn whole(document: &Document, asked: &HeaderMap) -> Answer {
    let mut answer = Response::new(Full::new(document.bytes.clone()));
    let fields = answer.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(document.kind));
    fields.insert(ETAG, document.etag.clone());
    let age = if document.is_page { "no-cache" } else { "public, max-age=300" };
    fields.insert(CACHE_CONTROL, HeaderValue::from_static(age));
    if let Some(link) = &document.link {
        fields.insert(LINK, link.clone());
    }
    if document.is_page {
        set_cookies(fields, asked);
    }
    answer
}

/// A session, which any site needs, and a year-long identifier, which it does not.
fn set_cookies(fields: &mut HeaderMap, asked: &HeaderMap) {
    let sent = asked.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let has = |name: &str| sent.split("; ").any(|pair| pair.starts_with(name));
    let value = getrandom::u64().unwrap_or_default();
    if !has("PHPSESSID=") {
        let cookie = format!("PHPSESSID={value:016x}; Path=/; HttpOnly; SameSite=Lax");
        fields.extend(HeaderValue::try_from(cookie).ok().map(|cookie| (SET_COOKIE, cookie)));
    }
    if !has("visitor_id=") {
        let cookie = format!("visitor_id=v{value:x}; Path=/; Max-Age=31536000; SameSite=Lax");
        fields.extend(HeaderValue::try_from(cookie).ok().map(|cookie| (SET_COOKIE, cookie)));
    }
}
