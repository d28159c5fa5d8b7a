//! The stand-in third parties: what each serves, sets and reports to itself.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE,
    COOKIE, HOST, HeaderValue, ORIGIN, SET_COOKIE,
};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;

use super::limits;
use super::listener::{Answer, Host, status};
use super::record::{Received, Record, Side};

/// One stand-in.
pub(super) struct ThirdParty {
    pub(super) host: &'static str,
    /// The identifier that it sets on its own host, and for how many days.
    cookie: Option<(&'static str, u32)>,
}

/// Every stand-in, in the order of the screen.
pub(super) const ALL: [ThirdParty; 7] = [
    ThirdParty { host: "video.localhost", cookie: Some(("filoche_viewer", 180)) },
    ThirdParty { host: "social.localhost", cookie: Some(("cormoran_guest", 400)) },
    ThirdParty { host: "map.localhost", cookie: Some(("cartolle_prefs", 365)) },
    ThirdParty { host: "ads.localhost", cookie: Some(("ad_uid", 390)) },
    // Its identifier is written by its script, on the site itself.
    ThirdParty { host: "measure.localhost", cookie: None },
    ThirdParty { host: "fonts.localhost", cookie: None },
    ThirdParty { host: "pixel.localhost", cookie: Some(("px_id", 730)) },
];

macro_rules! content {
    ($file:literal) => {
        include_str!(concat!("../../demo-site/third-parties/", $file))
    };
}

const ORNAMENTS: &[u8] = include_bytes!("../../demo-site/third-parties/fonts/ornements.woff2");

/// The smallest transparent GIF.
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\
\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Pictures and titles of the films.
const FILMS: [(&str, &str, &str); 4] = [
    (
        "maree-basse",
        "Une marée à Saint-Suliac",
        include_str!("../../demo-site/site/images/maree-basse.svg"),
    ),
    (
        "lanternes",
        "Les lanternes de Mordreuc",
        include_str!("../../demo-site/site/images/lanternes.svg"),
    ),
    ("bac", "À bord du bac de Jouvente", include_str!("../../demo-site/site/images/bac.svg")),
    ("moulin", "La roue recommence", include_str!("../../demo-site/site/images/moulin.svg")),
];

/// All the stand-ins on one port, told apart by `Host`.
pub(super) struct Street {
    /// Where what they receive is kept.
    pub(super) record: Arc<Record>,
    /// The port, which their own pages name.
    pub(super) port: u16,
}

/// What is served: a media type and a body.
type Served = (&'static str, Bytes);

#[derive(Serialize)]
struct Report {
    pages: Pages,
    connections: Connections,
    received: Vec<Received>,
}

#[derive(Serialize)]
struct Pages {
    gate: u64,
    direct: u64,
}

#[derive(Serialize)]
struct Connections {
    /// Opened to the stand-ins' port, by whatever page.
    opened: u64,
    /// Those of them that carried a request.
    used: u64,
}

impl Host for Street {
    fn answer(&self, head: &Parts, body: &Bytes) -> Answer {
        if is_own(head) {
            return self.own(head);
        }
        let host = host(head);
        let Some(party) = ALL.iter().find(|party| party.host == host) else {
            return status(StatusCode::MISDIRECTED_REQUEST);
        };
        let side = self.record.side(head);
        let Some((kind, bytes)) = self.serve(party, head, side) else {
            self.record.received(party.host, head, body, &[]);
            return status(StatusCode::NOT_FOUND);
        };
        let mut answer = Response::new(Full::new(bytes));
        let fields = answer.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        // Nothing is cached, so that every page view tells them again.
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let origin = head.headers.get(ORIGIN).cloned();
        fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(HeaderValue::from_static("*")));
        fields.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        let mut sets = Vec::new();
        if let Some((name, cookie)) = identifier(party, head) {
            fields.append(SET_COOKIE, cookie);
            sets.push(name);
        }
        if party.host == "measure.localhost" && head.uri.path() == "/collect" {
            // Written by the script on the page; this report is how its owner learns of it.
            sets.push("_mes_id");
        }
        self.record.received(party.host, head, body, &sets);
        answer
    }

    fn opened(&self) {
        self.record.opened();
    }

    fn first_request(&self, head: &Parts) {
        self.record.used(!is_own(head));
    }
}

impl Street {
    /// The demo's own two addresses, for tests: what was received, and forgetting it.
    fn own(&self, head: &Parts) -> Answer {
        if head.uri.path() == "/__forget" {
            if head.method != Method::POST {
                return status(StatusCode::METHOD_NOT_ALLOWED);
            }
            self.record.forget();
            return status(StatusCode::NO_CONTENT);
        }
        let counts = self.record.counts();
        let pages = |side| counts.pages.get(&side).copied().unwrap_or_default();
        let report = Report {
            pages: Pages { gate: pages(Side::Gate), direct: pages(Side::Direct) },
            connections: Connections { opened: counts.opened, used: counts.used },
            received: self.record.list(),
        };
        let Ok(json) = serde_json::to_vec(&report) else {
            return status(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let mut answer = Response::new(Full::from(json));
        let fields = answer.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    fn serve(&self, party: &ThirdParty, head: &Parts, side: Side) -> Option<Served> {
        let path = head.uri.path();
        match party.host {
            "video.localhost" => video(path, side),
            "social.localhost" => social(path, side),
            "map.localhost" => map(path, side),
            "ads.localhost" => self.ads(path, head, side),
            "measure.localhost" => measure(path),
            "fonts.localhost" => self.fonts(path, side),
            _ => path.ends_with(".gif").then(|| gif()),
        }
    }

    fn ads(&self, path: &str, head: &Parts, side: Side) -> Option<Served> {
        match path {
            "/creative" => {
                let slot = word(parameter(head, "slot"));
                let page = content!("ads/creative.html").replace("{{slot}}", &slot);
                Some(html(page.replace("{{port}}", &self.port.to_string()), side))
            }
            "/click" => Some(text("Cirés Kerbiquet : une annonce imaginaire.\n")),
            "/impression.gif" => Some(gif()),
            "/viewable" => Some(text("")),
            _ => None,
        }
    }

    fn fonts(&self, path: &str, side: Side) -> Option<Served> {
        match path {
            "/css" => {
                let css = content!("fonts/ornements.css")
                    .replace("{{port}}", &self.port.to_string())
                    .replace("{{via}}", side.as_str());
                Some(("text/css; charset=utf-8", css.into()))
            }
            "/ornements.woff2" => Some(("font/woff2", Bytes::from_static(ORNAMENTS))),
            _ => None,
        }
    }
}

fn video(path: &str, side: Side) -> Option<Served> {
    if let Some(id) = path.strip_prefix("/embed/") {
        let (id, title, _) = FILMS.iter().find(|(film, ..)| *film == id)?;
        let page = content!("video/player.html").replace("{{id}}", id).replace("{{title}}", title);
        return Some(html(page, side));
    }
    if let Some(id) = path.strip_prefix("/poster/").and_then(|name| name.strip_suffix(".svg")) {
        let (.., picture) = FILMS.iter().find(|(film, ..)| *film == id)?;
        return Some(svg((*picture).to_owned()));
    }
    match path {
        "/player.js" => Some(script(content!("video/player.js"))),
        "/stats" => Some(text("")),
        _ => None,
    }
}

fn social(path: &str, side: Side) -> Option<Served> {
    if let Some(id) = path.strip_prefix("/post/") {
        return Some(html(content!("social/post.html").replace("{{id}}", &word(id)), side));
    }
    match path {
        "/widgets.js" => Some(script(content!("social/widgets.js"))),
        "/avatar/soizic.svg" => Some(svg(content!("social/avatar.svg").to_owned())),
        "/seen" => Some(text("")),
        _ => None,
    }
}

fn map(path: &str, side: Side) -> Option<Served> {
    if path == "/embed" {
        let tile = |n: u32| {
            let (x, y) = (n % 3, n / 3);
            format!("<img src=\"/tiles/14/{x}/{y}.svg?via={{{{via}}}}\" alt=\"\">")
        };
        let tiles: String = (0..6).map(tile).collect();
        return Some(html(content!("map/embed.html").replace("{{tiles}}", &tiles), side));
    }
    let tile = path.strip_prefix("/tiles/14/")?.strip_suffix(".svg")?;
    let (x, y) = tile.split_once('/')?;
    let (x, y) = (x.parse::<u32>().ok()?, y.parse::<u32>().ok()?);
    if x > 2 || y > 1 {
        return None;
    }
    let picture = content!("map/tile.svg")
        .replace("{{x}}", &(x * 256).to_string())
        .replace("{{y}}", &(y * 256).to_string());
    Some(svg(picture))
}

fn measure(path: &str) -> Option<Served> {
    match path {
        "/m.js" => Some(script(content!("measure/m.js"))),
        "/collect" => Some(text("")),
        _ => None,
    }
}

/// The cookie that tells one visitor from the others, unless she already carries it.
fn identifier(party: &ThirdParty, head: &Parts) -> Option<(&'static str, HeaderValue)> {
    let (name, days) = party.cookie?;
    let sent = head.headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent.split("; ").any(|pair| pair.split('=').next() == Some(name)) {
        return None;
    }
    let value = getrandom::u64().unwrap_or_default();
    let seconds = u64::from(days) * limits::DAY_SECONDS;
    // As third parties do today: partitioned, so that browsers which otherwise drop the cookies of
    // third parties store this one too. They take `Secure` on `localhost` over http.
    let reach = "SameSite=None; Secure; Partitioned";
    let cookie = format!("{name}={value:x}; Path=/; Max-Age={seconds}; {reach}");
    Some((name, HeaderValue::try_from(cookie).ok()?))
}

fn html(page: String, side: Side) -> Served {
    ("text/html; charset=utf-8", page.replace("{{via}}", side.as_str()).into())
}

fn script(text: &'static str) -> Served {
    ("text/javascript; charset=utf-8", Bytes::from_static(text.as_bytes()))
}

fn svg(picture: String) -> Served {
    ("image/svg+xml", picture.into())
}

fn text(text: &'static str) -> Served {
    ("text/plain; charset=utf-8", Bytes::from_static(text.as_bytes()))
}

fn gif() -> Served {
    ("image/gif", Bytes::from_static(PIXEL))
}

fn is_own(head: &Parts) -> bool {
    matches!(head.uri.path(), "/__received" | "/__forget")
}

fn host(head: &Parts) -> &str {
    let named = head.headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    named.split(':').next().unwrap_or_default()
}

fn parameter<'a>(head: &'a Parts, name: &str) -> &'a str {
    let mut pairs = head.uri.query().unwrap_or_default().split('&');
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
}

/// What may be written into a page without escaping.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(32).collect()
}
