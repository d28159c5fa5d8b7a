//! Owns the demo's HTTP servers: loopback ports, connections and whole requests.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::limits;

/// A whole answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// What answers on one port.
pub(super) trait Host: Send + Sync + 'static {
    /// Answers one request.
    fn answer(&self, head: &Parts, body: &Bytes) -> Answer;

    /// A connection was opened; it may never carry a request.
    fn opened(&self) {}

    /// A connection carries its first request.
    fn first_request(&self, _head: &Parts) {}
}

/// A running server; dropping it closes its port and its connections.
pub(super) struct Server {
    _accepting: JoinSet<()>,
}

/// One port on the loopback addresses: IPv4, and IPv6 where the machine has it, because browsers
/// resolve `*.localhost` to both and try either first.
pub(super) struct Port {
    number: u16,
    listeners: Vec<TcpListener>,
}

impl Port {
    /// Binds the preferred port (0: any), or another one where it is taken.
    pub(super) async fn bind(preferred: u16) -> io::Result<Self> {
        let mut wanted = preferred;
        for _ in 0..limits::PORT_ATTEMPTS_MAX {
            match Self::bind_exactly(wanted).await {
                Err(e) if taken(&e) => wanted = 0,
                bound => return bound,
            }
        }
        Err(io::Error::new(ErrorKind::AddrInUse, "no port is free on both loopback addresses"))
    }

    async fn bind_exactly(port: u16) -> io::Result<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let number = v4.local_addr()?.port();
        let mut listeners = vec![v4];
        match TcpListener::bind((Ipv6Addr::LOCALHOST, number)).await {
            Ok(v6) => listeners.push(v6),
            // Somebody else answers there: browsers would reach them instead.
            Err(e) if e.kind() == ErrorKind::AddrInUse => return Err(e),
            // No IPv6 here; browsers fall back to IPv4.
            Err(_) => {}
        }
        Ok(Self { number, listeners })
    }

    /// The port's number.
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Its IPv4 address.
    pub(super) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }

    /// Begins to answer.
    pub(super) fn serve(self, host: Arc<dyn Host>) -> Server {
        let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            accepting.spawn(accept(listener, Arc::clone(&host), Arc::clone(&places)));
        }
        Server { _accepting: accepting }
    }
}

fn taken(error: &io::Error) -> bool {
    // A privileged or reserved port is as little ours as a taken one.
    matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

async fn accept(listener: TcpListener, host: Arc<dyn Host>, places: Arc<Semaphore>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, mostly: let some connections end first.
            tokio::time::sleep(limits::REDRAW_WAIT).await;
            continue;
        };
        let host = Arc::clone(&host);
        host.opened();
        connections.spawn(async move {
            converse(stream, host).await;
            drop(place);
        });
    }
}

async fn converse(stream: TcpStream, host: Arc<dyn Host>) {
    let silent = AtomicBool::new(true);
    let answer = service_fn(|request: Request<Incoming>| {
        let first = silent.swap(false, Ordering::Relaxed);
        let host = &host;
        async move { Ok::<_, Infallible>(whole(host.as_ref(), request, first).await) }
    });
    // A connection that breaks is the browser's affair: there is nobody to tell.
    drop(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::HEAD_WAIT)
            .serve_connection(TokioIo::new(stream), answer)
            .await,
    );
}

async fn whole(host: &dyn Host, request: Request<Incoming>, first: bool) -> Answer {
    let (head, body) = request.into_parts();
    if first {
        host.first_request(&head);
    }
    match Limited::new(body, limits::BODY_BYTES_MAX).collect().await {
        Ok(body) => host.answer(&head, &body.to_bytes()),
        Err(_) => status(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

/// An answer without a body.
pub(super) fn status(code: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = code;
    answer
}
