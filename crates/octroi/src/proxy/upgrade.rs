//! WebSocket tunnels: the one upgrade that crosses, and not a byte before the upstream's 101.

use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Version};
use http_body::Body as HttpBody;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional_with_sizes;

use super::Peer;
use super::fields::tokens;
use crate::limits;

/// Whether a request asks to become a WebSocket (RFC 6455 section 4.1), and nothing else.
pub(super) fn is_asked<B: HttpBody>(request: &Request<B>) -> bool {
    request.method() == Method::GET
        && request.version() == Version::HTTP_11
        // Bytes after the head would be neither a body nor frames for sure.
        && request.body().is_end_stream()
        && is_named(request.headers())
}

/// Whether a head names the WebSocket protocol, and only it.
pub(super) fn is_named(headers: &HeaderMap) -> bool {
    let mut protocols = tokens(headers, &header::UPGRADE);
    let websocket = |protocol: &str| protocol.eq_ignore_ascii_case("websocket");
    tokens(headers, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"))
        && protocols.next().is_some_and(websocket)
        && protocols.next().is_none()
}

/// Writes the fields of this hop that ask for, or grant, the upgrade.
pub(super) fn name(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

/// Carries bytes both ways until an end closes or the gate stops.
///
/// hyper hands over the visitor's side only when the 101 has been written, with what she sent
/// before it; so nothing of hers reaches an upstream that did not agree (RUSTSEC-2026-0033).
pub(super) async fn tunnel(visitor: OnUpgrade, upstream: OnUpgrade, peer: Peer) {
    let mut stop = peer.stop.clone();
    let carried = async {
        let (visitor, upstream) = (visitor.await?, upstream.await?);
        carry(visitor, upstream).await;
        Ok::<(), hyper::Error>(())
    };
    tokio::select! {
        // How a tunnel ends concerns its two ends alone.
        _ = carried => {}
        // An error here means that the gate is gone.
        _ = stop.wait_for(|stopped| *stopped) => {}
    }
    drop(peer);
}

async fn carry(visitor: Upgraded, upstream: Upgraded) {
    let (mut visitor, mut upstream) = (TokioIo::new(visitor), TokioIo::new(upstream));
    let bytes = limits::TUNNEL_BYTES;
    if let Err(error) =
        copy_bidirectional_with_sizes(&mut visitor, &mut upstream, bytes, bytes).await
    {
        tracing::debug!(kind = %error.kind(), "a tunnel broke");
    }
}
