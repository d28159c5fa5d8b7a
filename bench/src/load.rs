//! The load: keep-alive connections that ask again as soon as they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::arms::Arm;
use crate::{Fallible, limits};

/// A request's body.
pub(crate) type Sent = Full<Bytes>;

/// One keep-alive connection.
pub(crate) struct Connection {
    sender: SendRequest<Sent>,
    address: SocketAddr,
}

/// An answer, read whole.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its header.
    pub(crate) headers: HeaderMap,
    /// Its body, as it came.
    pub(crate) body: Bytes,
}

/// What some requests took.
#[derive(Default)]
pub(crate) struct Took {
    /// Time of each request, from sending it to the last byte of its answer.
    pub(crate) latencies: Vec<Duration>,
    /// Time of the whole.
    pub(crate) elapsed: Duration,
    /// Bytes of bodies.
    pub(crate) bytes: usize,
    /// Answers that did not come, or not as they must be.
    pub(crate) errors: usize,
}

impl Connection {
    /// Opens one.
    pub(crate) async fn open(address: SocketAddr) -> Fallible<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Its errors come out at the sender as well.
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    /// Opens so many.
    pub(crate) async fn open_all(address: SocketAddr, count: usize) -> Fallible<Vec<Self>> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Self::open(address).await?);
        }
        Ok(connections)
    }

    /// Asks once and reads the whole answer.
    pub(crate) async fn ask(&mut self, request: Request<Sent>) -> Fallible<Answer> {
        let response = timeout(limits::PATIENCE, self.send(request)).await??;
        let (parts, mut incoming) = response.into_parts();
        let mut body = BytesMut::new();
        while let Some(frame) = timeout(limits::PATIENCE, incoming.frame()).await? {
            body.extend_from_slice(&frame?.into_data().unwrap_or_default());
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.freeze() })
    }

    async fn send(&mut self, request: Request<Sent>) -> hyper::Result<Response<Incoming>> {
        self.sender.ready().await?;
        self.sender.send_request(request).await
    }

    /// Asks once; bytes are counted, not kept. `None` if the answer is not as it must be.
    async fn count(&mut self, arm: &Arm) -> Option<usize> {
        let response = self.send(arm.request()).await.ok()?;
        let (parts, mut incoming) = response.into_parts();
        let mut bytes = 0;
        while let Some(frame) = incoming.frame().await {
            bytes += frame.ok()?.data_ref().map_or(0, Bytes::len);
        }
        arm.agrees(parts.status, &parts.headers, bytes).then_some(bytes)
    }

    /// Asks until the time is over.
    async fn ask_until(&mut self, arm: &Arm, end: Instant) -> Took {
        let mut took = Took::default();
        while Instant::now() < end {
            let began = Instant::now();
            match timeout(limits::PATIENCE, self.count(arm)).await {
                Ok(Some(bytes)) => {
                    took.latencies.push(began.elapsed());
                    took.bytes += bytes;
                }
                Ok(None) | Err(_) => {
                    took.errors += 1;
                    match Self::open(self.address).await {
                        Ok(fresh) => *self = fresh,
                        Err(_) => break,
                    }
                }
            }
        }
        took
    }
}

/// All connections ask for one arm, for a time; what is under way at its end is finished.
pub(crate) async fn run(
    connections: &mut Vec<Connection>,
    arm: &Arc<Arm>,
    time: Duration,
) -> Fallible<Took> {
    let began = Instant::now();
    let mut asking = JoinSet::new();
    for mut connection in connections.drain(..) {
        let arm = Arc::clone(arm);
        asking.spawn(async move {
            let took = connection.ask_until(&arm, began + time).await;
            (connection, took)
        });
    }
    let mut all = Took::default();
    while let Some(done) = asking.join_next().await {
        let (connection, took) = done?;
        connections.push(connection);
        all.add(took);
    }
    all.elapsed = began.elapsed();
    Ok(all)
}

impl Took {
    /// Adds another's figures; times are added too, as of rounds one after another.
    pub(crate) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
        self.bytes += other.bytes;
        self.errors += other.errors;
    }

    /// Requests answered in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }
}
