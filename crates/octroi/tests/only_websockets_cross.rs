//! Upgrades: WebSocket only, not a byte before the upstream's 101, and every byte after it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use support::{Gate, Origin, PLAIN, Wire, field, message, status};

const ASK: &str = "GET /ws HTTP/1.1\r\nHost: site.example\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";

#[tokio::test]
async fn a_websocket_carries_bytes_both_ways_from_the_first_on() {
    let origin = Origin::serving(|mut wire: Wire| async move {
        let request = message(&mut wire).await;
        assert_eq!(field(&request, "upgrade"), ["websocket"]);
        assert_eq!(field(&request, "connection"), ["upgrade"]);
        // Its first frame in the same segment as the 101.
        wire.send(format!("{SWITCH}first")).await;
        assert_eq!(wire.until("ping").await, "earlyping");
        wire.send("pong").await;
        assert_eq!(wire.rest().await, "");
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send(format!("{ASK}early")).await;
    let head = wire.head().await;
    assert_eq!(status(&head), "101", "{head}");
    assert_eq!(field(&head, "upgrade"), ["websocket"]);
    assert_eq!(field(&head, "sec-websocket-accept"), ["x"]);
    assert_eq!(wire.until("first").await, "first");
    wire.send("ping").await;
    assert_eq!(wire.until("pong").await, "pong");
    drop(wire);
    gate.stop().await;
}

/// RUSTSEC-2026-0033.
#[tokio::test]
async fn nothing_reaches_the_upstream_before_it_agrees() {
    let origin = Origin::serving(|mut wire: Wire| async move {
        message(&mut wire).await;
        let early = !wire.is_silent().await;
        wire.send(if early { "HTTP/1.1 500 Early\r\n\r\n" } else { SWITCH }).await;
        wire.until("held").await;
        wire.send("held").await;
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send(format!("{ASK}held")).await;
    assert_eq!(status(&wire.head().await), "101");
    assert_eq!(wire.until("held").await, "held");
    gate.stop().await;
}

#[tokio::test]
async fn what_follows_a_declined_upgrade_is_http() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let after = "GET /after HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n";
    let answers = gate.says(&format!("{ASK}{after}")).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    let received = origin.received();
    assert!(received[0].starts_with("GET /ws ") && received[1].starts_with("GET /after "));
    assert!(field(&received[1], "upgrade").is_empty());
    gate.stop().await;
}

#[tokio::test]
async fn no_other_upgrade_crosses() {
    let origin = Origin::answering(PLAIN).await;
    let gate = Gate::before(origin.address, "").await;
    let upgrade = "Connection: close, Upgrade\r\nUpgrade:";
    for request in [
        format!("GET / HTTP/1.1\r\nHost: site.example\r\n{upgrade} h2c\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: site.example\r\n{upgrade} h2c, websocket\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: site.example\r\n{upgrade} TLS/1.0\r\n\r\n"),
        "GET / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n"
            .into(),
        format!("GET / HTTP/1.0\r\nHost: site.example\r\n{upgrade} websocket\r\n\r\n"),
        format!(
            "POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 2\r\n\
             {upgrade} websocket\r\n\r\nab"
        ),
        format!(
            "GET / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 2\r\n\
             {upgrade} websocket\r\n\r\nab"
        ),
    ] {
        let answer = gate.says(&request).await;
        assert_eq!(status(&answer), "200", "{request:?} gave {answer:?}");
        let seen = origin.received().pop().unwrap();
        assert!(field(&seen, "upgrade").is_empty(), "{seen}");
        assert!(field(&seen, "connection").is_empty(), "{seen}");
    }
    gate.stop().await;
}

#[tokio::test]
async fn a_stopping_gate_ends_its_tunnels() {
    let origin = Origin::serving(|mut wire: Wire| async move {
        message(&mut wire).await;
        wire.send(SWITCH).await;
        wire.rest().await;
    })
    .await;
    let gate = Gate::before(origin.address, "").await;
    let mut wire = gate.connect().await;
    wire.send(ASK).await;
    assert_eq!(status(&wire.head().await), "101");
    let (_, rest) = tokio::join!(gate.stop(), wire.rest());
    assert_eq!(rest, "");
}
