//! Tests of the demo: its servers answer, its record tells the sites apart, its table shows it.

use std::io;
use std::path::Path;

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::screen::{Ink, announcement, drawing};
use super::*;

type Bytes = bytes::Bytes;

/// A gate that passes everything: the demo's own parts are under test here, not the gate.
async fn open_gate(behind: GateBehind) -> io::Result<StartedGate> {
    let listener = TcpListener::bind(behind.listen).await?;
    let address = listener.local_addr()?;
    let passing = tokio::spawn(async move {
        while let Ok((mut visitor, _)) = listener.accept().await {
            let mut site = TcpStream::connect(behind.upstream).await.unwrap();
            tokio::spawn(async move {
                drop(tokio::io::copy_bidirectional(&mut visitor, &mut site).await);
            });
        }
    });
    Ok(StartedGate { address, stop: Box::pin(async move { passing.abort() }) })
}

async fn started() -> Demo {
    Demo::start(DemoOptions { data: None, any_ports: true }, open_gate).await.unwrap()
}

async fn send(port: u16, request: Request<Full<Bytes>>) -> (Response<()>, String) {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

async fn get(port: u16, host: &str, path: &str, fields: &[(&str, &str)]) -> (Response<()>, String) {
    let mut request = Request::get(path).header("host", host);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    send(port, request.body(Full::default()).unwrap()).await
}

async fn journal(port: u16, path: &str) -> (Response<()>, String) {
    get(port, "journal.localhost", path, &[]).await
}

#[tokio::test]
async fn every_page_is_whole_on_both_sides() {
    let demo = started().await;
    for page in &site::PAGES {
        for port in [demo.addresses.gate, demo.addresses.direct] {
            let (answer, body) = journal(port, page.path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{}", page.path);
            assert!(!body.contains("{{"), "a placeholder is left in {}", page.path);
            let third_parties = format!(".localhost:{}/", demo.addresses.third_parties);
            assert_eq!(body.contains(&third_parties), page.carries, "{}", page.path);
        }
    }
    let counts = demo.record.counts();
    assert_eq!(counts.pages[&Side::Gate], 9);
    assert_eq!(counts.pages[&Side::Direct], 9);
}

#[tokio::test]
async fn what_a_page_of_the_site_names_is_there() {
    let demo = started().await;
    for page in &site::PAGES {
        let (_, body) = journal(demo.addresses.direct, page.path).await;
        for (attribute, ends) in [("href=\"", '"'), ("src=\"", '"')] {
            for rest in body.split(attribute).skip(1) {
                let address = rest.split(ends).next().unwrap().replace("&amp;", "&");
                let (status, what) = match address.strip_prefix("http://") {
                    None if address.starts_with('#') => continue,
                    None => (journal(demo.addresses.direct, &address).await.0.status(), &address),
                    Some(other) => {
                        let Some((host, path)) = other.split_once('/') else { continue };
                        let port = demo.addresses.third_parties;
                        let path = format!("/{path}");
                        (get(port, host, &path, &[]).await.0.status(), &address)
                    }
                };
                assert_eq!(status, StatusCode::OK, "{what} named by {}", page.path);
            }
        }
    }
}

#[tokio::test]
async fn the_site_sets_a_session_and_a_year_long_identifier() {
    let demo = started().await;
    let (answer, _) = journal(demo.addresses.direct, "/").await;
    let set: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 2);
    assert!(set[0].to_str().unwrap().starts_with("PHPSESSID="));
    assert!(set[1].to_str().unwrap().contains("Max-Age=31536000"));
    let known = [("cookie", "PHPSESSID=1; visitor_id=2")];
    let (answer, _) = get(demo.addresses.direct, "journal.localhost", "/", &known).await;
    assert!(answer.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let demo = started().await;
    let (answer, _) = journal(demo.addresses.direct, "/a-propos").await;
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let asked = [("if-none-match", tag.as_str())];
    let (answer, body) = get(demo.addresses.direct, "journal.localhost", "/a-propos", &asked).await;
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert!(body.is_empty());
    let (answer, _) = journal(demo.addresses.direct, "/nulle-part").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn third_parties_tell_the_two_sites_apart() {
    let demo = started().await;
    let Addresses { gate, direct, third_parties } = demo.addresses;
    let gated = format!("http://journal.localhost:{gate}/");
    let bare = format!("http://journal.localhost:{direct}/");
    for (page, side) in [(&gated, "gate"), (&bare, "direct")] {
        let fields = [("referer", page.as_str())];
        let (answer, body) = get(third_parties, "video.localhost", "/embed/bac", &fields).await;
        assert!(answer.headers()["set-cookie"].to_str().unwrap().starts_with("filoche_viewer="));
        // What the frame loads for itself says where the frame is.
        assert!(body.contains(&format!("/player.js?via={side}")));
    }
    let own = [("referer", "http://video.localhost:1/embed/bac"), ("cookie", "filoche_viewer=7")];
    let path = "/player.js?via=direct";
    let (answer, _) = get(third_parties, "video.localhost", path, &own).await;
    assert!(answer.headers().get("set-cookie").is_none());
    get(third_parties, "fonts.localhost", "/css", &[]).await;

    let received = demo.received();
    let sides: Vec<_> = received.iter().map(|one| one.side).collect();
    assert_eq!(sides, [Side::Gate, Side::Direct, Side::Direct, Side::Unknown]);
    assert_eq!(received[2].cookies, "filoche_viewer=7");
    assert_eq!(received[0].sets, ["filoche_viewer"]);
}

#[tokio::test]
async fn the_list_is_served_and_forgotten() {
    let demo = started().await;
    let Addresses { direct, third_parties, .. } = demo.addresses;
    journal(direct, "/").await;
    let beacon = Request::post("/collect")
        .header("host", format!("measure.localhost:{third_parties}"))
        .header("origin", format!("http://journal.localhost:{direct}"))
        .body(Full::from("page=/&visitor=abc"))
        .unwrap();
    send(third_parties, beacon).await;
    // A connection that never asks anything is a contact too.
    let _silent = TcpStream::connect((Ipv4Addr::LOCALHOST, third_parties)).await.unwrap();
    let mut changed = demo.record.watch();
    while demo.record.counts().opened < 2 {
        changed.changed().await.unwrap();
    }
    let (_, json) = get(third_parties, "any.localhost", "/__received", &[]).await;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["pages"], serde_json::json!({"gate": 0, "direct": 1}));
    assert_eq!(report["connections"], serde_json::json!({"opened": 2, "used": 1}));
    assert_eq!(report["received"][0]["host"], "measure.localhost");
    assert_eq!(report["received"][0]["side"], "direct");
    assert_eq!(report["received"][0]["body"], "page=/&visitor=abc");
    assert_eq!(report["received"][0]["sets"][0], "_mes_id");

    let forget = Request::post("/__forget").header("host", "any.localhost");
    let (answer, _) = send(third_parties, forget.body(Full::default()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(demo.received().is_empty());
    assert_eq!(demo.record.since(0).0, []);
}

#[tokio::test]
async fn the_temporary_directory_goes_and_a_chosen_one_stays() {
    let mut place = PathBuf::new();
    let options = DemoOptions { data: None, any_ports: true };
    let demo = Demo::start(options, async |behind: GateBehind| {
        place = behind.data_dir.clone();
        std::fs::write(behind.data_dir.join("ledger"), "x")?;
        open_gate(behind).await
    });
    demo.await.unwrap().stop().await.unwrap();
    assert!(place.is_absolute() && !place.exists());

    let kept = tempfile::tempdir().unwrap();
    let data = kept.path().join("demo");
    let options = DemoOptions { data: Some(data.clone()), any_ports: true };
    Demo::start(options, open_gate).await.unwrap().stop().await.unwrap();
    assert!(data.exists());
}

#[tokio::test]
async fn a_taken_port_is_replaced() {
    let first = Port::bind(0).await.unwrap();
    let second = Port::bind(first.number()).await.unwrap();
    assert_ne!(first.number(), second.number());
}

#[tokio::test]
async fn a_gate_that_does_not_start_is_told() {
    let options = DemoOptions { data: None, any_ports: true };
    let failed = Demo::start(options, async |_| Err::<StartedGate, _>("no ledger")).await;
    assert!(matches!(failed, Err(DemoError::Gate(_))));
}

#[test]
fn the_operator_declares_every_third_party() {
    let config: toml::Table = CONFIG.parse().unwrap();
    let services = config["service"].as_array().unwrap();
    let hosts: Vec<_> = services.iter().map(|s| s["hosts"][0]["at"].as_str().unwrap()).collect();
    let expected: Vec<_> = third_parties::ALL.iter().map(|party| party.host).collect();
    assert_eq!(hosts, expected);
}

#[tokio::test]
async fn the_table_shows_the_difference() {
    let demo = started().await;
    let Addresses { direct, third_parties, .. } = demo.addresses;
    let page = format!("http://journal.localhost:{direct}/");
    let request = Request::post("/p.gif?page=/culture/photos")
        .header("host", "pixel.localhost")
        .header("referer", &page)
        .body(Full::from("\x1b[2J"));
    send(third_parties, request.unwrap()).await;
    let text = drawing(&demo.record.counts(), Ink { colours: false });
    let line = text.lines().find(|line| line.contains("pixel.localhost")).unwrap();
    let cells: Vec<_> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["pixel.localhost", "nothing", "1 req., 1 cookie", "POST /p.gif?page=…"]);
    assert!(text.lines().all(|line| line.chars().count() < 80), "{text}");
    assert!(!text.contains('\x1b'));
    let first = announcement(&demo.addresses);
    assert!(first.starts_with("gate http://journal.localhost:"));
    assert_eq!(first.lines().count(), 3);
}

#[test]
fn the_pictures_of_the_site_are_small() {
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo-site/site/images");
    for file in std::fs::read_dir(images).unwrap() {
        assert!(file.unwrap().metadata().unwrap().len() < 16 * 1024);
    }
}
