//! A gate on loopback, an origin that says exactly what a test tells it to, and raw sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use octroi::config::{Config, Overrides};
use octroi::serve::{RunningGate, ServeOptions, start};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than anything here takes, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running gate, with its data.
pub struct Gate {
    pub address: SocketAddr,
    running: RunningGate,
    data: TempDir,
}

impl Gate {
    /// In front of an origin, with a configuration file's text.
    pub async fn before(upstream: SocketAddr, toml: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let overrides = Overrides {
            upstream: Some(format!("http://{upstream}")),
            listen: Some("127.0.0.1:0".to_owned()),
            data: Some(data.path().join("data")),
        };
        let config = Config::parse(Path::new("octroi.toml"), toml, &overrides).unwrap();
        let running = start(ServeOptions { config }).await.unwrap();
        Self { address: running.address, running, data }
    }

    pub async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends bytes and reads all that comes until the gate closes.
    pub async fn says(&self, request: &str) -> String {
        let mut wire = self.connect().await;
        wire.send(request).await;
        wire.rest().await
    }

    pub async fn stop(self) {
        self.running.stop().await;
        self.data.close().unwrap();
    }
}

/// A raw connection.
pub struct Wire(pub TcpStream);

impl Wire {
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// All bytes until the other end closes, or breaks off.
    pub async fn rest(&mut self) -> String {
        let mut all = Vec::new();
        let read = async {
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = self.0.read(&mut part).await {
                all.extend_from_slice(&part[..n]);
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("the connection stays open");
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Bytes up to and with an end; all there are if the connection ends before.
    pub async fn until(&mut self, end: &str) -> String {
        let mut all = Vec::new();
        let read = async {
            while !all.ends_with(end.as_bytes()) {
                match self.0.read_u8().await {
                    Ok(byte) => all.push(byte),
                    Err(_) => break,
                }
            }
        };
        let timed = tokio::time::timeout(PATIENCE, read).await;
        let text = String::from_utf8_lossy(&all).into_owned();
        assert!(timed.is_ok(), "waited for {end:?}, got {text:?}");
        text
    }

    /// Reads on in large parts until what came last is an end; nothing may follow it.
    pub async fn all_until(&mut self, end: &str) -> usize {
        let (mut tail, mut part, mut count) = (Vec::new(), vec![0; 65_536], 0);
        while !tail.ends_with(end.as_bytes()) {
            let read = tokio::time::timeout(PATIENCE, self.0.read(&mut part)).await;
            let bytes = read.expect("bytes come").unwrap();
            assert!(bytes > 0, "ended before {end:?}");
            count += bytes;
            tail.extend_from_slice(&part[..bytes]);
            tail.drain(..tail.len().saturating_sub(end.len()));
        }
        count
    }

    pub async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Whether nothing comes for a while.
    pub async fn is_silent(&mut self) -> bool {
        let mut byte = [0];
        let read = self.0.read(&mut byte);
        tokio::time::timeout(Duration::from_millis(300), read).await.is_err()
    }
}

/// The site's own server.
pub struct Origin {
    pub address: SocketAddr,
    /// Every message as received, in order: its head, and the body that its head announces.
    received: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl Origin {
    /// Answers each request on each connection with the same bytes.
    pub async fn answering(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        let received = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&received);
        let mut origin = Self::serving(move |mut wire| {
            let (answer, record) = (answer.clone(), Arc::clone(&record));
            async move {
                loop {
                    let request = message(&mut wire).await;
                    if request.is_empty() {
                        return;
                    }
                    record.lock().unwrap().push(request);
                    if wire.0.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                    if answer.contains("CLOSE") {
                        return;
                    }
                }
            }
        })
        .await;
        origin.received = received;
        origin
    }

    /// Serves each connection as told.
    pub async fn serving<F, R>(serve: F) -> Self
    where
        F: Fn(Wire) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                *counted.lock().unwrap() += 1;
                tokio::spawn(serve(Wire(socket)));
            }
        });
        Self { address, received: Arc::default(), connections, task }
    }

    pub fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request: head and body; empty when the connection ends.
pub async fn message(wire: &mut Wire) -> String {
    let head = wire.head_or_end().await;
    let lower = head.to_ascii_lowercase();
    let body = if lower.contains("transfer-encoding: chunked") {
        wire.until("0\r\n\r\n").await
    } else if let Some((_, rest)) = lower.split_once("content-length: ") {
        let bytes: usize = rest.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; bytes];
        tokio::time::timeout(PATIENCE, wire.0.read_exact(&mut body)).await.unwrap().unwrap();
        String::from_utf8(body).unwrap()
    } else {
        String::new()
    };
    head + &body
}

impl Wire {
    /// A head, without a bound on the wait: the gate keeps idle connections.
    async fn head_or_end(&mut self) -> String {
        let mut all = Vec::new();
        while !all.ends_with(b"\r\n\r\n") {
            match self.0.read_u8().await {
                Ok(byte) => all.push(byte),
                Err(_) => return String::new(),
            }
        }
        String::from_utf8(all).unwrap()
    }
}

/// The values of a field of a head, in order.
pub fn field(head: &str, name: &str) -> Vec<String> {
    head.lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .collect()
}

/// The status of an answer.
pub fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

/// An answer that no gate touches: bytes of no page.
pub const PLAIN: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\nok";
