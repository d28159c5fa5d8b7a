//! Bodies pass as they come, both ways, in the framing that is true; a broken one never ends well.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use support::{Gate, Origin, PLAIN, Wire, field, message, status};
use tokio::net::TcpStream;

#[tokio::test]
async fn the_first_byte_of_an_answer_arrives_before_the_last_is_sent() {
    let (let_go, held) = tokio::sync::watch::channel(false);
    let origin = Origin::serving(move |mut wire| {
        let mut held = held.clone();
        async move {
            message(&mut wire).await;
            wire.send(
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 8000004\r\n\r\n",
            )
            .await;
            wire.send("head").await;
            held.wait_for(|go| *go).await.unwrap();
            wire.send(vec![b'x'; 8_000_000]).await;
        }
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send("GET / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n").await;
    let head = wire.head().await;
    assert_eq!(field(&head, "content-length"), ["8000004"]);
    assert_eq!(wire.until("head").await, "head");
    let_go.send(true).unwrap();
    assert_eq!(wire.rest().await.len(), 8_000_000);
    gate.stop().await;
}

#[tokio::test]
async fn the_first_byte_of_an_upload_arrives_before_the_last_is_sent() {
    let (arrived, mut first) = tokio::sync::mpsc::channel(1);
    let origin = Origin::serving(move |mut wire| {
        let arrived = arrived.clone();
        async move {
            wire.head().await;
            arrived.send(wire.until("first").await).await.unwrap();
            assert!(wire.all_until("0\r\n\r\n").await > 5_000_000);
            wire.send(PLAIN).await;
        }
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send(
        "POST / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
    )
    .await;
    assert!(first.recv().await.unwrap().ends_with("first"));
    for _ in 0..100 {
        wire.send(format!("{:x}\r\n{}\r\n", 50_000, "y".repeat(50_000))).await;
    }
    wire.send("0\r\n\r\n").await;
    assert_eq!(status(&wire.rest().await), "200");
    gate.stop().await;
}

#[tokio::test]
async fn each_body_has_one_length() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let say = async |head: &str, body: &str| {
        let request =
            format!("{head} / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n{body}");
        gate.says(&request).await;
        origin.received().pop().unwrap()
    };
    let known = say("POST", "Content-Length: 3\r\n\r\nabc").await;
    assert!(known.ends_with("\r\n\r\nabc") && field(&known, "transfer-encoding").is_empty());
    let twice = say("POST", "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc").await;
    assert_eq!(field(&twice, "content-length"), ["3"]);
    let empty = say("POST", "Content-Length: 0\r\n\r\n").await;
    assert_eq!(field(&empty, "content-length"), ["0"]);
    for method in ["POST", "GET", "DELETE"] {
        let chunked = say(method, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").await;
        assert_eq!(field(&chunked, "transfer-encoding"), ["chunked"], "{chunked}");
        assert!(field(&chunked, "content-length").is_empty(), "{chunked}");
        assert!(chunked.ends_with("3\r\nabc\r\n0\r\n\r\n"), "{chunked}");
    }
    let none = say("GET", "\r\n").await;
    assert!(field(&none, "content-length").is_empty() && !none.contains("chunked"), "{none}");
    gate.stop().await;
}

#[tokio::test]
async fn answers_without_a_body_stay_so_and_the_connection_goes_on() {
    for (method, answer) in [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 12345\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Type: image/png\r\n\r\n"),
    ] {
        let origin = Origin::answering(answer).await;
        let gate = Gate::before(origin.address, "").await;
        let mut wire = gate.connect().await;
        let request = format!("{method} /a.png HTTP/1.1\r\nHost: site.example\r\n\r\n");
        for _ in 0..3 {
            wire.send(&request).await;
            let head = wire.head().await;
            assert_eq!(status(&head), status(answer), "{head}");
        }
        assert!(wire.is_silent().await);
        assert_eq!(origin.connections(), 1, "{method} {answer}");
        gate.stop().await;
    }
}

#[tokio::test]
async fn a_visitor_who_waits_to_continue_is_called() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send(
        "PUT / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\
         Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
    )
    .await;
    assert_eq!(status(&wire.head().await), "100");
    wire.send("abc").await;
    assert_eq!(status(&wire.rest().await), "200");
    let request = &origin.received()[0];
    assert!(request.ends_with("\r\n\r\nabc") && field(request, "expect").is_empty(), "{request}");
    gate.stop().await;
}

#[tokio::test]
async fn informational_answers_are_not_forwarded() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: <https://third.example/>; rel=preload\r\n\r\n";
    let origin = Origin::answering(format!("{early}{PLAIN}")).await;
    let gate = Gate::before(origin.address, "").await;
    let answer =
        gate.says("GET / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n").await;
    assert_eq!(status(&answer), "200");
    assert!(!answer.contains("third.example"), "{answer}");
    gate.stop().await;
}

#[tokio::test]
async fn trailers_pass() {
    let origin = Origin::answering(
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTrailer: X-Sum\r\n\
         Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n",
    )
    .await;
    let gate = Gate::before(origin.address, "").await;
    let answer = gate
        .says(
            "GET / HTTP/1.1\r\nHost: site.example\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n",
        )
        .await;
    assert!(answer.ends_with("2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n"), "{answer}");
    assert_eq!(field(&origin.received()[0], "te"), ["trailers"]);
    gate.stop().await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_stands_still_does_not_end_well() {
    for body in [
        "Content-Length: 10\r\n\r\nhalfCLOSE",
        "Transfer-Encoding: chunked\r\n\r\n9\r\nhalfCLOSE\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
    ] {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n";
        let origin = Origin::answering(format!("{head}{body}")).await;
        let gate = Gate::before(origin.address, "[timeouts]\nidle = 1").await;
        let answer = gate.says("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n").await;
        assert!(answer.contains("half"), "{answer}");
        assert!(!answer.ends_with("0\r\n\r\n") || body.starts_with("Content"), "{answer}");
        gate.stop().await;
    }
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_spoken() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let socket = TokioIo::new(TcpStream::connect(gate.address).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), socket).await.unwrap();
    let driven = tokio::spawn(connection);
    let request = http::Request::post("http://site.example/h2?x")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .body(Full::new(Bytes::from("abc")))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "ok");
    let request = &origin.received()[0];
    assert!(request.starts_with("POST /h2?x HTTP/1.1\r\n"), "{request}");
    assert_eq!(field(request, "host"), ["site.example"]);
    assert!(field(request, "cookie").len() <= 1, "{request}");
    assert!(request.ends_with("\r\n\r\nabc"), "{request}");
    drop(sender);
    driven.await.unwrap().unwrap();
    gate.stop().await;
}

/// A body that looks like requests: none of it may be taken for one.
fn bait(bytes: usize) -> String {
    let inner = "GET /smuggled HTTP/1.1\r\nHost: site.example\r\n\r\n";
    let mut body = inner.repeat(bytes / inner.len() + 1);
    body.truncate(bytes);
    body
}

const AFTER: &str = "GET /after HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n";

/// RUSTSEC-2025-0037.
#[tokio::test]
async fn what_follows_a_request_that_the_gate_answers_stays_intact() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    for bytes in [10, 5_000, 100_000] {
        let mut wire = gate.connect().await;
        wire.send(format!(
            "GET /_octroi/preferences HTTP/1.1\r\nHost: site.example\r\n\
             Content-Length: {bytes}\r\n\r\n",
        ))
        .await;
        // The gate answers without having seen the body.
        let head = wire.head().await;
        assert_eq!(status(&head), "200", "{head}");
        wire.send(bait(bytes) + AFTER).await;
        let rest = wire.rest().await;
        assert_eq!(rest.matches("HTTP/1.1 200 OK").count(), 1, "{bytes}: {rest}");
        assert!(rest.ends_with("\r\n\r\nok"), "{bytes}: {rest}");
    }
    let received = origin.received();
    assert_eq!(received.len(), 3, "{received:?}");
    assert!(received.iter().all(|request| request.starts_with("GET /after ")), "{received:?}");
    gate.stop().await;
}

#[tokio::test]
async fn a_refusal_reaches_a_visitor_who_is_still_sending() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    for bytes in [10, 5_000, 200_000] {
        let request = format!(
            "POST /_octroi/consent HTTP/1.1\r\nHost: site.example\r\n\
             Sec-Fetch-Site: cross-site\r\nOrigin: https://evil.example\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {bytes}\r\n\r\n{}",
            bait(bytes)
        );
        let answer = gate.says(&(request + AFTER)).await;
        assert_eq!(status(&answer), "403", "{answer}");
        assert!(answer.contains("</html>"), "{answer}");
    }
    let smuggled = |request: &String| request.starts_with("GET /smuggled");
    assert!(!origin.received().iter().any(smuggled));
    gate.stop().await;
}

#[tokio::test]
async fn requests_in_flight_end_before_the_gate_does() {
    let origin = Origin::serving(|mut wire: Wire| async move {
        message(&mut wire).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        wire.send(PLAIN).await;
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (_, answer) = tokio::join!(gate.stop(), wire.rest());
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
}
