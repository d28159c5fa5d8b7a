//! The layer before a real service, with a real ledger: visits, choices, codings, failures.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody};
use octroi_core::policy::{History, Policy};
use octroi_core::token::{KeyId, KeyRing};
use octroi_core::visit::Scheme;
use octroi_ledger::{Entry, Receipt};
use octroi_store::contract::Ledger;
use octroi_store::faulty::{Fault, FaultyLedger};
use octroi_store::sqlite::SqliteLedger;
use octroi_tower::{
    Body, BoxFuture, Gate, GateLayer, GateOptions, NotRecorded, Recorder, UpstreamError,
    VisitorScheme,
};
use tower_layer::Layer;
use tower_service::Service;

const PAGE: &str = "<!doctype html><html lang=fr><head><title>t</title></head><body>\
    <h1>Titre</h1><iframe src=https://www.youtube.com/embed/x width=560 height=315></iframe>\
    <img src=https://third.example/p.gif></body></html>";

struct Durable(FaultyLedger<SqliteLedger>);

impl Recorder for Durable {
    fn record(&self, entry: Entry) -> BoxFuture<'_, Result<Receipt, NotRecorded>> {
        Box::pin(async { self.0.append(entry).await.map_err(|_| NotRecorded) })
    }
}

struct Site {
    service: octroi_tower::GateService<Upstream>,
    ledger: Arc<Durable>,
    _folder: tempfile::TempDir,
}

type Answer = Arc<dyn Fn(&Request<Body>) -> Result<Response<Body>, UpstreamError> + Send + Sync>;

/// The wrapped service: answers with what a test says.
#[derive(Clone)]
struct Upstream(Answer);

impl Service<Request<Body>> for Upstream {
    type Response = Response<Body>;
    type Error = UpstreamError;
    type Future = std::future::Ready<Result<Response<Body>, UpstreamError>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), UpstreamError>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        std::future::ready((self.0)(&request))
    }
}

fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

fn site(
    answer: impl Fn(&Request<Body>) -> Result<Response<Body>, UpstreamError> + Send + Sync + 'static,
) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(folder.path()).unwrap();
    let ledger = Arc::new(Durable(FaultyLedger::new(ledger)));
    let policy = Arc::new(Policy::built_in().unwrap());
    let gate = Gate::new(GateOptions {
        history: History::of(&policy),
        policy,
        own_hosts: Vec::new(),
        prefix: "/_octroi".to_owned(),
        keys: KeyRing::new(vec![(KeyId(1), [7; 32])]).unwrap(),
        compress: true,
        recorder: Arc::<Durable>::clone(&ledger),
    });
    let layer = GateLayer::new(Arc::new(gate.unwrap()));
    Site { service: layer.layer(Upstream(Arc::new(answer))), ledger, _folder: folder }
}

fn page_site() -> Site {
    site(|_| {
        Ok(Response::builder()
            .header("content-type", "text/html; charset=utf-8")
            .body(body(PAGE))
            .unwrap())
    })
}

struct Reply {
    status: StatusCode,
    headers: http::HeaderMap,
    bytes: Result<Bytes, String>,
}

impl Reply {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone().unwrap().to_vec()).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn token(&self) -> Option<String> {
        let fields = self.headers.get_all("set-cookie").iter();
        let mut tokens = fields.filter_map(|v| v.to_str().unwrap().strip_prefix("__Host-octroi="));
        tokens.next().map(|rest| rest.split(';').next().unwrap().to_owned())
    }
}

impl Site {
    async fn ask(&self, mut request: Request<Body>) -> Reply {
        request.extensions_mut().insert(VisitorScheme(Scheme::Https));
        let Ok(response) = self.service.clone().call(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map(|all| all.to_bytes()).map_err(|e| e.to_string());
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::get(path).header("host", "www.example.fr");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body("")).unwrap()).await
    }

    async fn post(&self, form: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::post("/_octroi/consent")
            .header("host", "www.example.fr")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body(form.to_owned())).unwrap()).await
    }

    async fn size(&self) -> u64 {
        self.ledger.0.size().await.unwrap()
    }
}

const OWN: (&str, &str) = ("origin", "https://www.example.fr");

#[tokio::test]
async fn a_visitor_reads_accepts_and_withdraws() {
    let site = page_site();
    let first = site.get("/a", &[("sec-fetch-dest", "document")]).await;
    assert_eq!(first.status, 200);
    assert!(first.text().contains("<octroi-notice id=\"octroi-1\""));
    assert!(!first.text().contains(" src=https://www.youtube.com"));
    assert!(first.header("content-security-policy").contains("frame-src 'self'"));
    assert_eq!(first.header("cache-control"), "private, no-cache");
    assert!(first.token().is_none(), "an undecided visitor gets nothing");

    let form = "action=accept_service&service=youtube&return=/a%23octroi-1&surface=notice";
    let accepted = site.post(form, &[OWN]).await;
    assert_eq!(accepted.status, 303);
    assert_eq!(accepted.header("location"), "/a#octroi-1");
    assert_eq!(site.size().await, 1);
    let cookie = format!("__Host-octroi={}", accepted.token().unwrap());

    let second = site.get("/a", &[("sec-fetch-dest", "document"), ("cookie", &cookie)]).await;
    assert!(second.text().contains("<iframe src=https://www.youtube.com/embed/x"));
    assert!(second.text().contains("<octroi-place id=\"octroi-1\">"));
    assert!(second.text().contains("data-octroi-src=\"https://third.example"), "{}", second.text());
    assert!(second.header("content-security-policy").contains("youtube.com"));

    let withdrawn = site.post("action=withdraw", &[OWN, ("cookie", &cookie)]).await;
    assert_eq!(withdrawn.header("clear-site-data"), "\"cache\"");
    assert_eq!(site.size().await, 2);
    let cookie = format!("__Host-octroi={}", withdrawn.token().unwrap());
    let third = site.get("/a", &[("sec-fetch-dest", "document"), ("cookie", &cookie)]).await;
    assert!(!third.text().contains(" src=https://www.youtube.com"));
}

#[tokio::test]
async fn what_is_not_recorded_is_not_granted() {
    for fault in [Fault::NotSaved, Fault::SavedButUnacknowledged, Fault::Busy] {
        let site = page_site();
        site.ledger.0.fail_next(1, fault);
        let reply = site.post("action=accept_all", &[OWN]).await;
        assert_eq!(reply.status, 503);
        assert!(reply.headers.get_all("set-cookie").iter().next().is_none());
        let page = site.get("/a", &[("sec-fetch-dest", "document")]).await;
        assert!(page.text().contains("<octroi-notice"), "the site goes on, gated");
        assert_eq!(site.post("action=accept_all", &[OWN]).await.status, 303);
    }
}

#[tokio::test]
async fn nobody_else_sends_a_choice() {
    let site = page_site();
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "https://www.example.fr"), ("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("referer", "https://www.example.fr/a")],
    ] {
        let reply = site.post("action=accept_all", &headers).await;
        assert_eq!(reply.status, 403, "{headers:?}");
        assert!(reply.token().is_none());
    }
    let get = site.get("/_octroi/consent?action=accept_all", &[OWN]).await;
    assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST"));
    let request = Request::post("/_octroi/consent")
        .header("host", "www.example.fr")
        .header("origin", OWN.1)
        .header("content-type", "text/plain")
        .body(body("action=accept_all"));
    assert_eq!(site.ask(request.unwrap()).await.status, 400);
    let long = "a=".to_owned() + &"b".repeat(70_000);
    assert_eq!(site.post(&long, &[OWN]).await.status, 413);
    let away = site.post("action=accept_all&return=//evil.example", &[OWN]).await;
    assert_eq!((away.status.as_u16(), away.header("location")), (400, ""));
    assert_eq!(site.size().await, 0);
    assert_eq!(site.post("action=accept_all", &[OWN]).await.status, 303, "a clean one still works");
}

#[tokio::test]
async fn the_gates_own_pages_are_strict_and_never_cached() {
    let site = page_site();
    for path in [
        "/_octroi/preferences",
        "/_octroi/policy",
        "/_octroi/services/youtube",
        "/_octroi/services/host:third.example",
        "/_octroi/services/host%3Athird.example",
    ] {
        let reply = site.get(path, &[("accept-language", "fr")]).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert!(reply.text().contains("lang=\"fr\""), "{path}");
    }
    for path in [
        "/_octroi/",
        "/_octroi",
        "/_octroi/unknown",
        "/_octroi/services/unknown",
        "/_octroi/assets/../x",
    ] {
        assert_eq!(site.get(path, &[]).await.status, 404, "{path}");
    }
    let page = site.get("/_octroi/policy", &[]).await.text();
    let at = page.find("/_octroi/assets/").unwrap();
    let name: String = page[at..].chars().take_while(|c| *c != '"').collect();
    let sheet = site.get(&name, &[]).await;
    assert!(sheet.header("cache-control").contains("immutable"), "{name}");
    assert!(sheet.header("content-type").starts_with("text/css"));
    let upstream = site.get("/_octroi-not-ours", &[("sec-fetch-dest", "document")]).await;
    assert!(upstream.text().contains("Titre"));
}

#[tokio::test]
async fn an_upstream_that_fails_gets_a_page_that_says_so() {
    for (error, status) in
        [(UpstreamError::Down, 502), (UpstreamError::Slow, 504), (UpstreamError::Broken, 502)]
    {
        let site = site(move |_| Err(error));
        let reply = site.get("/", &[("accept-language", "en")]).await;
        assert_eq!(reply.status, status);
        assert!(reply.text().contains("<html lang=\"en\""));
    }
    let site = site(|_| {
        Ok(Response::builder()
            .status(206)
            .header("content-type", "text/html")
            .body(body("x"))
            .unwrap())
    });
    assert_eq!(site.get("/", &[]).await.status, 502);
}

#[tokio::test]
async fn requests_that_name_no_site_go_nowhere() {
    let site = page_site();
    for hosts in [
        vec![],
        vec!["a.example", "b.example"],
        vec![""],
        vec!["a b"],
        vec!["a@b"],
        vec!["a/b"],
        vec!["a:99999"],
    ] {
        let mut request = Request::get("/");
        for host in &hosts {
            request = request.header("host", *host);
        }
        assert_eq!(site.ask(request.body(body("")).unwrap()).await.status, 400, "{hosts:?}");
    }
    let mismatch =
        Request::get("http://other.example/").header("host", "www.example.fr").body(body(""));
    assert_eq!(site.ask(mismatch.unwrap()).await.status, 400);
    for method in ["TRACE", "CONNECT"] {
        let request =
            Request::builder().method(method).uri("/").header("host", "a.example").body(body(""));
        assert_eq!(site.ask(request.unwrap()).await.status, 405);
    }
    assert_eq!(site.get("/", &[]).await.status, 200);
}

fn coded(coding: &str, bytes: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            e.write_all(bytes).unwrap();
            e.finish().unwrap()
        }
        "deflate" => {
            let mut e = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            e.write_all(bytes).unwrap();
            e.finish().unwrap()
        }
        "raw deflate" => {
            let mut e = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            e.write_all(bytes).unwrap();
            e.finish().unwrap()
        }
        "br" => {
            let mut out = Vec::new();
            brotli::BrotliCompress(&mut &bytes[..], &mut out, &Default::default()).unwrap();
            out
        }
        _ => zstd::encode_all(bytes, 3).unwrap(),
    }
}

fn coded_site(coding: &'static str, bytes: Vec<u8>) -> Site {
    let name = coding.rsplit(' ').next().unwrap();
    site(move |_| {
        let pieces: Vec<_> = bytes
            .chunks(50)
            .map(|piece| Ok(http_body::Frame::data(Bytes::copy_from_slice(piece))))
            .collect();
        let body = StreamBody::new(futures_util::stream::iter(pieces)).boxed_unsync();
        Ok(Response::builder()
            .header("content-type", "text/html")
            .header("content-encoding", name)
            .body(body)
            .unwrap())
    })
}

#[tokio::test]
async fn coded_pages_are_decoded_gated_and_coded_again() {
    let plain = page_site().get("/", &[("sec-fetch-dest", "document")]).await.text();
    for coding in ["gzip", "deflate", "raw deflate", "br", "zstd"] {
        let site = coded_site(coding, coded(coding, PAGE.as_bytes()));
        let reply = site.get("/", &[("sec-fetch-dest", "document")]).await;
        assert_eq!(reply.header("content-encoding"), "");
        assert_eq!(reply.text(), plain, "{coding}");
        let reply = site
            .get("/", &[("sec-fetch-dest", "document"), ("accept-encoding", "gzip, zstd")])
            .await;
        assert_eq!(reply.header("content-encoding"), "zstd");
        assert_eq!(zstd::decode_all(&reply.bytes.unwrap()[..]).unwrap(), plain.as_bytes());
        let reply = site
            .get("/", &[("sec-fetch-dest", "document"), ("accept-encoding", "zstd;q=0, gzip")])
            .await;
        assert_eq!(reply.header("content-encoding"), "gzip");
        let mut text = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::GzDecoder::new(&reply.bytes.unwrap()[..]),
            &mut text,
        )
        .unwrap();
        assert_eq!(text, plain);
    }
}

#[tokio::test]
async fn damaged_and_exploding_bodies_are_broken_off() {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let good = coded(coding, PAGE.repeat(50).as_bytes());
        for cut in [1, good.len() / 2, good.len() - 3] {
            let reply = coded_site(coding, good[..cut].to_vec()).get("/", &[]).await;
            assert!(reply.bytes.is_err(), "{coding} cut at {cut}");
        }
        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 0xff;
        let reply = coded_site(coding, flipped).get("/", &[]).await;
        if let Ok(bytes) = &reply.bytes {
            let text = String::from_utf8_lossy(bytes);
            assert!(
                !text.contains(" src=https://www.youtube.com"),
                "damage never lets content out"
            );
        }
        let bomb = coded(coding, &vec![b'a'; 24 * 1_024 * 1_024]);
        let one_slice = site(move |_| {
            let coding = http::HeaderValue::from_static(coding);
            Ok(Response::builder()
                .header("content-type", "text/html")
                .header("content-encoding", coding)
                .body(body(bomb.clone()))
                .unwrap())
        });
        assert!(one_slice.get("/", &[]).await.bytes.is_err(), "{coding} bomb");
    }
}

#[tokio::test]
async fn assets_pass_untouched() {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let sent = bytes.clone();
    let site = site(move |_| {
        Ok(Response::builder()
            .header("content-type", "image/png")
            .header("content-length", "100000")
            .header("content-encoding", "dcb")
            .header("etag", "\"x\"")
            .header("cache-control", "public, max-age=9")
            .body(body(sent.clone()))
            .unwrap())
    });
    let reply = site.get("/a.png", &[("accept-encoding", "gzip")]).await;
    assert_eq!(reply.bytes.clone().unwrap(), bytes);
    for (name, value) in [
        ("content-length", "100000"),
        ("content-encoding", "dcb"),
        ("etag", "\"x\""),
        ("cache-control", "public, max-age=9"),
    ] {
        assert_eq!(reply.header(name), value);
    }
}

#[tokio::test]
async fn a_page_that_breaks_off_upstream_breaks_off_here() {
    let site = site(|_| {
        let pieces: Vec<Result<_, octroi_tower::BoxError>> = vec![
            Ok(http_body::Frame::data(Bytes::from_static(PAGE.as_bytes()))),
            Err("connection reset".into()),
        ];
        let body = StreamBody::new(futures_util::stream::iter(pieces)).boxed_unsync();
        Ok(Response::builder().header("content-type", "text/html").body(body).unwrap())
    });
    assert!(site.get("/", &[]).await.bytes.is_err());
}

#[tokio::test]
async fn the_preference_centre_shows_what_the_pages_use() {
    let site = page_site();
    site.get("/a", &[("sec-fetch-dest", "document")]).await;
    let page = site.get("/_octroi/preferences", &[]).await.text();
    assert!(page.contains("YouTube") && page.contains("third.example"));
    let other = Request::get("/_octroi/preferences").header("host", "other.example").body(body(""));
    assert!(!site.ask(other.unwrap()).await.text().contains("third.example"));
}
