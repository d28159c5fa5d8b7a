//! A small web server in the test itself: pages by path, for any host, and a list of who asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A media type and a body.
pub type Served = (&'static str, String);

/// The server; dropping it closes its port.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
}

impl Origin {
    /// Serves these pages; whatever else is asked for is an empty script.
    #[must_use]
    pub fn serve(pages: &[(&str, Served)]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("bound");
        let pages: BTreeMap<String, Served> =
            pages.iter().map(|(path, served)| ((*path).to_owned(), served.clone())).collect();
        let (pages, asked) = (Arc::new(pages), Arc::<Mutex<Vec<String>>>::default());
        let ended = Arc::<AtomicBool>::default();
        let (heard, stop) = (Arc::clone(&asked), Arc::clone(&ended));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let (pages, heard) = (Arc::clone(&pages), Arc::clone(&heard));
                thread::spawn(move || answer(&stream, &pages, &heard));
            }
        });
        Self { address, asked, ended }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its origin under this name.
    #[must_use]
    pub fn site(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port())
    }

    /// `HOST/PATH` of every request so far, the port left out.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets who asked.
    pub fn forget(&self) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // Wakes the listener, which then ends.
        TcpStream::connect(self.address).ok();
    }
}

fn answer(
    stream: &TcpStream,
    pages: &BTreeMap<String, Served>,
    asked: &Mutex<Vec<String>>,
) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut host = String::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            host = value.trim().split(':').next()?.to_owned();
        }
    }
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{host}{target}"));
    let path = target.split('?').next()?;
    let nothing = ("text/javascript", String::new());
    let (kind, body) = pages.get(path).unwrap_or(&nothing);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}
