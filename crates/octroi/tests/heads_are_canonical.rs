//! What crosses the gate in heads: the Host as sent, no field of one hop, who asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use support::{Gate, Origin, PLAIN, field, status};

#[tokio::test]
async fn the_host_and_the_target_stay_as_sent() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let answer = gate
        .says(
            "GET /a%2Fb/?q=%C3%A9&&x HTTP/1.1\r\nHost: Exemple.FR:81\r\nConnection: close\r\n\r\n",
        )
        .await;
    assert_eq!(status(&answer), "200", "{answer}");
    let request = &origin.received()[0];
    assert!(request.starts_with("GET /a%2Fb/?q=%C3%A9&&x HTTP/1.1\r\n"), "{request}");
    assert_eq!(field(request, "host"), ["Exemple.FR:81"]);
    gate.stop().await;
}

#[tokio::test]
async fn an_absolute_target_is_sent_on_in_origin_form() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    gate.says(
        "GET http://site.example/x?y HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n",
    )
    .await;
    let request = &origin.received()[0];
    assert!(request.starts_with("GET /x?y HTTP/1.1\r\n"), "{request}");
    assert_eq!(field(request, "host"), ["site.example"]);
    gate.stop().await;
}

#[tokio::test]
async fn fields_of_one_hop_end_at_the_gate() {
    let origin = Origin::answering(
        "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\
         Connection: keep-alive, X-Hop, Host\r\nKeep-Alive: timeout=5\r\nX-Hop: a\r\nX-End: b\r\n\
         Proxy-Authenticate: Basic\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\n\r\nok",
    )
    .await;
    let gate = Gate::before(origin.address, "").await;
    let answer = gate
        .says(
            "GET / HTTP/1.1\r\nHost: site.example\r\n\
             Connection: close, X-Secret, Host, Upgrade, HTTP2-Settings\r\nX-Secret: a\r\n\
             Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nKeep-Alive: 5\r\n\
             Proxy: http://x\r\nProxy-Authorization: Basic x\r\nTE: gzip\r\n\
             X_Forwarded_For: 6.6.6.6\r\nX-End: b\r\n\r\n",
        )
        .await;
    let request = &origin.received()[0];
    for name in [
        "connection",
        "x-secret",
        "upgrade",
        "http2-settings",
        "keep-alive",
        "proxy",
        "proxy-authorization",
        "te",
        "x_forwarded_for",
        "transfer-encoding",
    ] {
        assert!(field(request, name).is_empty(), "{name} in {request}");
    }
    assert_eq!(field(request, "host"), ["site.example"]);
    assert_eq!(field(request, "x-end"), ["b"]);
    for name in ["keep-alive", "x-hop", "proxy-authenticate", "proxy-connection", "upgrade"] {
        assert!(field(&answer, name).is_empty(), "{name} in {answer}");
    }
    assert_eq!(field(&answer, "x-end"), ["b"]);
    gate.stop().await;
}

const TOLD: &str = "GET / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\
    X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: front.example\r\n\
    X-Forwarded-Port: 443\r\nX-Real-IP: 192.0.2.7\r\nForwarded: for=192.0.2.7;proto=https\r\n\r\n";

#[tokio::test]
async fn a_trusted_proxy_is_believed_and_added_to() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    gate.says(TOLD).await;
    let request = &origin.received()[0];
    assert_eq!(field(request, "x-forwarded-for"), ["192.0.2.7, 127.0.0.1"]);
    assert_eq!(field(request, "x-forwarded-proto"), ["https"]);
    assert_eq!(field(request, "x-forwarded-host"), ["front.example"]);
    assert_eq!(field(request, "x-forwarded-port"), ["443"]);
    let forwarded = "for=192.0.2.7;proto=https, for=127.0.0.1;host=\"site.example\";proto=https";
    assert_eq!(field(request, "forwarded"), [forwarded]);
    gate.stop().await;
}

#[tokio::test]
async fn a_visitor_is_not_believed_on_her_address() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "trusted_proxies = [\"10.0.0.0/8\"]").await;
    gate.says(TOLD).await;
    let request = &origin.received()[0];
    assert_eq!(field(request, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(field(request, "x-forwarded-proto"), ["http"]);
    assert_eq!(field(request, "x-forwarded-host"), ["site.example"]);
    assert_eq!(field(request, "forwarded"), ["for=127.0.0.1;host=\"site.example\";proto=http"]);
    assert!(field(request, "x-forwarded-port").is_empty(), "{request}");
    assert!(field(request, "x-real-ip").is_empty(), "{request}");
    gate.stop().await;
}

/// reliability: what hyper accepts and two readers may take differently (nginx's answers).
#[tokio::test]
async fn ambiguous_requests_go_nowhere() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let host = "Host: site.example\r\n";
    let cases = [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\n{host}{host}\r\n"), "400"),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), "400"),
        (format!("GET http://other.example/ HTTP/1.1\r\n{host}\r\n"), "400"),
        (format!("GET //evil.example/ HTTP/1.1\r\n{host}\r\n"), "400"),
        (format!("GET /a\\b HTTP/1.1\r\n{host}\r\n"), "400"),
        (format!("OPTIONS * HTTP/1.1\r\n{host}\r\n"), "400"),
        (format!("TRACE / HTTP/1.1\r\n{host}\r\n"), "405"),
        (format!("CONNECT site.example:443 HTTP/1.1\r\n{host}\r\n"), "4"),
        (
            format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            "501",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\n{host}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"
            ),
            "501",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\
                 Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            "400",
        ),
        (
            format!("POST / HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "400",
        ),
    ];
    for (request, expected) in cases {
        let answer = gate.says(&request).await;
        assert!(status(&answer).starts_with(expected), "{request:?} gave {answer:?}");
    }
    assert_eq!(origin.received(), Vec::<String>::new());
    gate.stop().await;
}
