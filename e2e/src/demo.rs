//! A running `octroi demo` of its own for each test: newspaper, third parties, gate.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use serde::Deserialize;
use tempfile::TempDir;

use crate::exchange::{Answer, Asking};
use crate::ledger::{LockedLedger, ledger_of};
use crate::limits;
use crate::process::{Process, Voice, octroi};

/// Every page of the demo's newspaper.
pub const PAGES: [&str; 9] = [
    "/",
    "/article/maree-basse",
    "/article/bac-de-jouvente",
    "/grand-format/moulins-a-maree",
    "/culture/photos",
    "/videos",
    "/a-propos",
    "/en/tide-mill",
    "/mentions-legales",
];

/// The demo, its data in a directory that goes with it.
#[derive(Debug)]
pub struct Demo {
    // Fields are dropped in order: the process ends before its directory is removed.
    _process: Process,
    gate: u16,
    direct: u16,
    third_parties: u16,
    data: TempDir,
}

/// One request that a third party received.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Contact {
    /// Which of the two sites it came from.
    pub side: String,
    /// Who received it.
    pub host: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Cookies that came with it.
    pub cookies: String,
    /// Cookies that the answer sets.
    pub sets: Vec<String>,
}

/// What the third parties tell.
#[derive(Clone, Debug, Deserialize)]
pub struct Report {
    /// Connections to them.
    pub connections: Connections,
    /// Requests to them, oldest first.
    pub received: Vec<Contact>,
}

/// Connections to the third parties' port.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Connections {
    /// Opened, with or without a request.
    pub opened: u64,
}

impl Contact {
    /// Host and path, without the mark of the site it came through.
    #[must_use]
    pub fn address(&self) -> String {
        let path = self.path.replace("via=gate", "via=*").replace("via=direct", "via=*");
        format!("{}{path}", self.host)
    }
}

impl Demo {
    /// Starts it on free ports.
    #[must_use]
    pub fn start() -> Self {
        let data = tempfile::Builder::new().prefix("octroi-e2e-").tempdir().expect("a directory");
        let mut ports = [None; 3];
        let mut command = Command::new(octroi());
        command.args(["demo", "--any-ports", "--data"]).arg(data.path().join("data"));
        let (process, [gate, direct, third_parties]) =
            Process::start(&mut command, Voice::Out, move |line| {
                let (what, address) = line.split_once(' ')?;
                let named = ["gate", "direct", "third-parties"];
                let place = named.iter().position(|known| *known == what)?;
                let port = address.trim_end_matches('/').rsplit(':').next()?.parse().ok()?;
                ports[place] = Some(port);
                let [gate, direct, third_parties] = ports;
                Some([gate?, direct?, third_parties?])
            });
        Self { _process: process, gate, direct, third_parties, data }
    }

    /// The newspaper behind the gate, without a slash at the end.
    #[must_use]
    pub fn gate(&self) -> String {
        format!("http://{}", self.host())
    }

    /// The same newspaper without the gate.
    #[must_use]
    pub fn direct(&self) -> String {
        format!("http://journal.localhost:{}", self.direct)
    }

    /// A third party's origin.
    #[must_use]
    pub fn third_party(&self, host: &str) -> String {
        format!("http://{host}:{}", self.third_parties)
    }

    /// The gate's port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.gate
    }

    /// The newspaper's host and port as browsers send them to the gate.
    #[must_use]
    pub fn host(&self) -> String {
        format!("journal.localhost:{}", self.gate)
    }

    /// Where the gate keeps its data.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What the third parties have received since they were last told to forget.
    #[must_use]
    pub fn report(&self) -> Report {
        let answer = Asking::get(self.third_parties, "any.localhost", "/__received").send();
        serde_json::from_slice(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.text()))
    }

    /// The requests that the third parties have received.
    #[must_use]
    pub fn received(&self) -> Vec<Contact> {
        self.report().received
    }

    /// Makes the third parties forget.
    pub fn forget(&self) {
        let answer = Asking::post(self.third_parties, "any.localhost", "/__forget", "").send();
        assert_eq!(answer.status, 204, "the third parties do not forget");
    }

    /// Waits until they have received nothing new for a while, and answers all they have.
    #[must_use]
    pub fn settled(&self) -> Vec<Contact> {
        let begun = Instant::now();
        let mut known = self.received().len();
        let mut since = Instant::now();
        while begun.elapsed() < limits::PAGE_WAIT && since.elapsed() < limits::SILENCE {
            thread::sleep(limits::LOOK_AGAIN);
            let now = self.received().len();
            if now != known {
                (known, since) = (now, Instant::now());
            }
        }
        self.received()
    }

    /// Asserts that nobody was contacted, not even by an idle connection.
    pub fn assert_silence(&self, after: &str) {
        let received = self.settled();
        assert_eq!(received, [], "{after}: third parties were contacted");
        let opened = self.report().connections.opened;
        assert_eq!(opened, 0, "{after}: connections to third parties were opened");
    }

    /// Asks the gate for a page with this cookie field, over a socket.
    #[must_use]
    pub fn page(&self, path: &str, cookies: &str) -> Answer {
        let asking = Asking::get(self.gate, &self.host(), path).with("accept", "text/html");
        if cookies.is_empty() { asking.send() } else { asking.with("cookie", cookies).send() }
    }

    /// A choice as a browser would send it from the newspaper's own page.
    #[must_use]
    pub fn choice(&self, form: &str) -> Asking {
        Asking::post(self.gate, &self.host(), "/_octroi/consent", form)
            .with("origin", &self.gate())
            .with("sec-fetch-site", "same-origin")
    }

    /// Keeps the gate from writing to its ledger for as long as the value lives.
    #[must_use]
    pub fn lock_ledger(&self) -> LockedLedger {
        LockedLedger::lock(&ledger_of(self.data()))
    }
}
