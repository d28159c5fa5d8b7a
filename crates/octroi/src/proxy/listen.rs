//! Connections from visitors: accepted up to a bound, served, and drained when the gate stops.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower_service::Service;

use super::Peer;
use super::wire::Wire;
use crate::limits;
use octroi_tower::Body;

/// What concerns every connection.
pub(crate) struct Reach {
    /// Proxies in front whose word on the visitor counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Time that a visitor has to take a part of an answer.
    pub(crate) write_idle: Duration,
}

/// Serves until `stop` turns true, then lets what is in flight end, for a bounded time.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    service: S,
    reach: Reach,
    mut stop: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let slots = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let protocol = protocol();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots) => accepted,
            Some(ended) = connections.join_next() => {
                note_end(ended);
                continue;
            }
            // An error means that no one is left who could say stop: the same.
            _ = stop.wait_for(|stopped| *stopped) => break,
        };
        let (socket, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                pause(&error).await;
                continue;
            }
        };
        let Ok(peer) = peer(&socket, slot, &reach, &stop) else { continue };
        let service = service.clone();
        let per_request = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer.clone());
            call(service.clone(), request)
        });
        let wire = TokioIo::new(Wire::new(socket, limits::HEAD_READ, reach.write_idle));
        let connection = protocol.serve_connection_with_upgrades(wire, per_request).into_owned();
        let watched = graceful.watch(connection);
        connections.spawn(async move {
            if watched.await.is_err() {
                // Of a visitor's making, or hers to see; the error may quote what she sent.
                tracing::trace!("a connection ended abnormally");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(limits::STOP_WAIT, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight at the end of the wait; they are broken off");
    }
    connections.shutdown().await;
}

fn protocol() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_READ)
        .max_buf_size(limits::HEAD_BYTES_MAX)
        .max_headers(limits::HEAD_FIELDS_MAX);
    let head_bytes = u32::try_from(limits::HEAD_BYTES_MAX).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(head_bytes)
        .max_concurrent_streams(limits::STREAMS_MAX)
        .max_pending_accept_reset_streams(limits::PENDING_RESETS_MAX)
        .keep_alive_interval(limits::HEAD_READ)
        .keep_alive_timeout(limits::PING_TIMEOUT);
    builder
}

/// A place among the connections first: what finds none waits in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (socket, _) = listener.accept().await?;
    Ok((socket, slot))
}

fn peer(
    socket: &TcpStream,
    slot: OwnedSemaphorePermit,
    reach: &Reach,
    stop: &watch::Receiver<bool>,
) -> io::Result<Peer> {
    socket.set_nodelay(true)?;
    // A listener on [::] sees IPv4 visitors as ::ffff:a.b.c.d; networks are written in IPv4.
    let address = socket.peer_addr()?.ip().to_canonical();
    let trusted = reach.trusted_proxies.iter().any(|network| network.contains(&address));
    Ok(Peer { address, trusted, stop: stop.clone(), _slot: Arc::new(slot) })
}

async fn call<S>(mut service: S, request: Request<Incoming>) -> Result<Response<Body>, Infallible>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
{
    std::future::poll_fn(|context| service.poll_ready(context)).await?;
    service.call(request).await
}

/// A visitor who left the queue is no trouble; anything else is the machine's, and passes.
async fn pause(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "cannot accept connections");
        tokio::time::sleep(limits::ACCEPT_PAUSE).await;
    }
}

fn note_end(ended: Result<(), tokio::task::JoinError>) {
    if ended.is_err_and(|error| error.is_panic()) {
        tracing::error!("a request ended in a panic; its connection is closed, others go on");
    }
}
