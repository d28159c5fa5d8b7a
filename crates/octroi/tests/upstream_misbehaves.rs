//! An upstream that is gone, slow, or speaks no clean HTTP: a clear page, never another's answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use support::{Gate, Origin, PLAIN, message, status};
use tokio::net::TcpListener;

const GET: &str = "GET / HTTP/1.1\r\nHost: site.example\r\nAccept: text/html\r\n\
    Connection: close\r\n\r\n";

#[tokio::test]
async fn a_dead_upstream_is_a_502_page() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let gate = Gate::before(address, "").await;
    let answer = gate.says(GET).await;
    assert_eq!(status(&answer), "502", "{answer}");
    assert!(answer.contains("<html"), "{answer}");
    gate.stop().await;
}

#[tokio::test]
async fn a_slow_upstream_is_a_504_page() {
    let origin = Origin::serving(|mut wire| async move {
        message(&mut wire).await;
        wire.until("never").await;
    })
    .await;
    let gate = Gate::before(origin.address, "[timeouts]\nfirst_byte = 1").await;
    let answer = gate.says(GET).await;
    assert_eq!(status(&answer), "504", "{answer}");
    assert!(answer.contains("<html"), "{answer}");
    gate.stop().await;
}

#[tokio::test]
async fn endless_informational_answers_are_slow() {
    let origin = Origin::serving(|mut wire| async move {
        use tokio::io::AsyncWriteExt;
        message(&mut wire).await;
        while wire.0.write_all(b"HTTP/1.1 102 Processing\r\n\r\n").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let gate = Gate::before(origin.address, "[timeouts]\nfirst_byte = 1").await;
    assert_eq!(status(&gate.says(GET).await), "504");
    gate.stop().await;
}

#[tokio::test]
async fn unclear_answers_are_refused_and_their_connection_is_not_used_again() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n";
    let answers = [
        format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        format!("{head}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"),
        format!("{head}Content-Length: 2, 2\r\n\r\nab"),
        format!(
            "{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
        ),
        format!("{head}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: gzip\r\n\r\nCLOSE"),
        format!("{head}Content-Length: -1\r\n\r\n"),
        format!("{head}X: a\rb\r\nContent-Length: 0\r\n\r\n"),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            .into(),
        "HTTP/2.0 200 OK\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ];
    for answer in answers {
        let origin = Origin::answering(answer.as_str()).await;
        let gate = Gate::before(origin.address, "").await;
        for _ in 0..3 {
            let refused = gate.says(GET).await;
            assert_eq!(status(&refused), "502", "{answer:?} gave {refused:?}");
        }
        assert_eq!(origin.connections(), 3, "{answer:?}");
        gate.stop().await;
    }
}

#[tokio::test]
async fn what_follows_an_answer_is_never_the_next_one() {
    for answer in [
        format!("{PLAIN}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            .to_owned(),
    ] {
        let origin = Origin::answering(answer.as_str()).await;
        let gate = Gate::before(origin.address, "").await;
        for _ in 0..3 {
            let given = gate.says(GET).await;
            assert!(!given.contains("evil"), "{given}");
        }
        assert_eq!(origin.connections(), 3, "{answer:?}");
        gate.stop().await;
    }
}
