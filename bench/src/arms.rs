//! What is compared: each way to the same content, and what its answer must be.

use std::io::Read;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};

use crate::load::{self, Connection};
use crate::upstream::{Content, Contents};
use crate::{Fallible, limits};

/// The site's name; the gate sees it in `Host`.
pub(crate) const HOST: &str = "www.bench.example";

/// An address in the page that must not be in a gated one.
const HELD: &str = r#" src="https://www.youtube.com/embed/"#;

/// The way that requests take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the upstream.
    Direct,
    /// Through the gate, by a visitor who has not chosen.
    Undecided,
    /// Through the gate, by a visitor who has accepted all.
    Accepted,
}

/// What every answer's body is held against.
#[derive(Clone, Copy, Debug)]
enum Length {
    Exact(usize),
    Near(usize),
}

/// One way to one content.
pub(crate) struct Arm {
    /// What is asked for.
    pub(crate) content: Content,
    /// Which way.
    pub(crate) way: Way,
    /// The coding that the visitor accepts.
    pub(crate) coding: &'static str,
    headers: HeaderMap,
    length: Length,
}

impl Arm {
    /// All arms, in the order of a round.
    pub(crate) const ALL: [(Content, Way, &'static str); 10] = [
        (Content::Asset, Way::Direct, "identity"),
        (Content::Asset, Way::Undecided, "identity"),
        (Content::Article, Way::Direct, "identity"),
        (Content::Article, Way::Undecided, "identity"),
        (Content::Article, Way::Undecided, "gzip"),
        (Content::Article, Way::Undecided, "zstd"),
        (Content::Article, Way::Accepted, "identity"),
        (Content::LongPage, Way::Direct, "identity"),
        (Content::LongPage, Way::Undecided, "identity"),
        (Content::LongPage, Way::Undecided, "zstd"),
    ];

    /// Its name in the tables.
    pub(crate) fn name(&self) -> String {
        let way = match (self.way, self.content) {
            (Way::Direct, _) => return format!("{}: direct", self.content.name()),
            (Way::Undecided, Content::Asset) => "passed through",
            (Way::Undecided, _) => "gated",
            (Way::Accepted, _) => "all accepted",
        };
        match self.coding {
            "identity" => format!("{}: {way}", self.content.name()),
            coding => format!("{}: {way}, {coding}", self.content.name()),
        }
    }

    /// A request of it.
    pub(crate) fn request(&self) -> Request<load::Sent> {
        let mut request = Request::new(load::Sent::default());
        *request.uri_mut() = http::Uri::from_static(self.content.path());
        request.headers_mut().clone_from(&self.headers);
        request
    }

    /// Whether an answer's head and length are as they must be.
    pub(crate) fn agrees(&self, status: StatusCode, headers: &HeaderMap, bytes: usize) -> bool {
        let coding =
            headers.get(header::CONTENT_ENCODING).map_or("identity".as_bytes(), |c| c.as_bytes());
        let length = match self.length {
            Length::Exact(expected) => bytes == expected,
            Length::Near(expected) => {
                bytes.abs_diff(expected) * 100 <= expected * limits::CODED_LENGTH_PERCENT
            }
        };
        status == StatusCode::OK && coding == self.coding.as_bytes() && length
    }

    fn new(content: Content, way: Way, coding: &'static str, token: &HeaderValue) -> Self {
        let mut headers = HeaderMap::new();
        let destination = if content == Content::Asset { "image" } else { "document" };
        let accept = if content == Content::Asset { "image/*" } else { "text/html,*/*;q=0.8" };
        for (name, value) in [
            (header::HOST, HOST),
            (header::ACCEPT, accept),
            (header::ACCEPT_ENCODING, coding),
            (header::ACCEPT_LANGUAGE, "en"),
            (http::HeaderName::from_static("sec-fetch-dest"), destination),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if way == Way::Accepted {
            headers.insert(header::COOKIE, token.clone());
        }
        Self { content, way, coding, headers, length: Length::Exact(0) }
    }
}

/// Makes all arms, and sees that each gets what it should: the same page as the upstream serves,
/// less what is held.
pub(crate) async fn prepare(
    direct: &mut Connection,
    gate: &mut Connection,
    contents: &Contents,
) -> Fallible<Vec<Arm>> {
    let token = accept_all(gate).await?;
    let mut arms: Vec<Arm> = Vec::new();
    for (content, way, coding) in Arm::ALL {
        let mut arm = Arm::new(content, way, coding, &token);
        let connection = if way == Way::Direct { &mut *direct } else { &mut *gate };
        if way != Way::Direct {
            // The gate's banner names the services that the first page was seen to use.
            connection.ask(arm.request()).await?;
        }
        let answer = connection.ask(arm.request()).await?;
        let plain = decoded(coding, &answer.body)?;
        let original = contents.bytes(content);
        let as_it_is = way == Way::Direct || content == Content::Asset;
        let twin = arms.iter().find(|a| (a.content, a.way, a.coding) == (content, way, "identity"));
        let right = match (as_it_is, twin.map(|twin| twin.length)) {
            (true, _) => plain == *original,
            (false, Some(Length::Exact(length))) => plain.len() == length,
            (false, _) => contains(&plain, HELD) == (way == Way::Accepted),
        };
        arm.length = match coding {
            "identity" => Length::Exact(answer.body.len()),
            _ => Length::Near(answer.body.len()),
        };
        if !right || !arm.agrees(answer.status, &answer.headers, answer.body.len()) {
            let (name, status, bytes) = (arm.name(), answer.status, plain.len());
            return Err(format!("{name}: a wrong answer ({status}, {bytes} bytes)").into());
        }
        arms.push(arm);
    }
    Ok(arms)
}

/// Sends the banner's form; the token comes back as the cookie to send.
async fn accept_all(gate: &mut Connection) -> Fallible<HeaderValue> {
    let form = Bytes::from_static(b"action=accept_all&surface=banner&language=en&return=%2F");
    let request = Request::post("/_octroi/consent")
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len())
        .body(load::Sent::new(form))?;
    let answer = gate.ask(request).await?;
    let token = answer.headers.get_all(header::SET_COOKIE).iter().find_map(|field| {
        let (pair, _) = field.to_str().ok()?.split_once(';')?;
        pair.contains("octroi").then(|| HeaderValue::from_str(pair).ok())?
    });
    token.ok_or_else(|| format!("accepting all gives no token ({})", answer.status).into())
}

fn decoded(coding: &str, body: &Bytes) -> Fallible<Vec<u8>> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut plain)?,
        "zstd" => zstd::stream::read::Decoder::new(&body[..])?.read_to_end(&mut plain)?,
        _ => return Ok(body.to_vec()),
    };
    Ok(plain)
}

fn contains(page: &[u8], text: &str) -> bool {
    page.windows(text.len()).any(|window| window == text.as_bytes())
}
