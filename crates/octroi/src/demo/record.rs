//! The record of what the third parties received, and through which of the two sites.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::header::{COOKIE, ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Uri};
use serde::Serialize;
use tokio::sync::watch;

use super::limits;

/// Which of the two sites a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The site behind the gate.
    Gate,
    /// The same site without the gate.
    Direct,
    /// The request did not say.
    Unknown,
}

impl Side {
    /// The side's name, as in the `via` parameter of what a stand-in loads for itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Direct => "direct",
            Self::Unknown => "unknown",
        }
    }
}

/// One request that a third party received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Which site it came from.
    pub side: Side,
    /// Host that received it, without port.
    pub host: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Cookie` field, empty where there is none.
    pub cookies: String,
    /// The `Referer` field, empty where there is none.
    pub referer: String,
    /// The body, as text.
    pub body: String,
    /// Names of the cookies that the answer sets.
    pub sets: Vec<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A page of the site was read.
    Page(Side, String),
    /// A third party received a request.
    Received(Received),
}

/// What one third party has from one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) cookies: BTreeSet<String>,
}

/// Everything that the screen shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) pages: BTreeMap<Side, u64>,
    pub(super) tallies: BTreeMap<(String, Side), Tally>,
    pub(super) latest: BTreeMap<String, Received>,
    pub(super) last: Option<Received>,
    pub(super) opened: u64,
    pub(super) used: u64,
}

#[derive(Default)]
struct Kept {
    ports: Ports,
    counts: Counts,
    events: VecDeque<Event>,
    /// Events that happened before the first one kept.
    gone: u64,
}

/// The ports of the two sites, once both are known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    pub(super) gate: u16,
    pub(super) direct: u16,
}

/// The record itself, shared by the servers and the screen.
pub(super) struct Record {
    kept: Mutex<Kept>,
    changed: watch::Sender<u64>,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { kept: Mutex::default(), changed: watch::Sender::new(0) }
    }

    /// Tells the record how to know the two sites apart.
    pub(super) fn learn(&self, ports: Ports) {
        self.lock().ports = ports;
    }

    /// A page was read.
    pub(super) fn page(&self, side: Side, path: &str) {
        let mut kept = self.lock();
        *kept.counts.pages.entry(side).or_default() += 1;
        kept.push(Event::Page(side, clipped(path)));
        drop(kept);
        self.tell();
    }

    /// Which side a request to a third party comes from.
    pub(super) fn side(&self, head: &Parts) -> Side {
        side(head, self.lock().ports)
    }

    /// A third party received a request and answers with cookies of these names.
    pub(super) fn received(&self, host: &str, head: &Parts, body: &[u8], sets: &[&str]) {
        let mut kept = self.lock();
        let received = Received {
            side: side(head, kept.ports),
            host: host.to_owned(),
            method: head.method.to_string(),
            path: clipped(head.uri.path_and_query().map_or("/", |path| path.as_str())),
            cookies: clipped(field(&head.headers, &COOKIE)),
            referer: clipped(field(&head.headers, &REFERER)),
            body: clipped(&String::from_utf8_lossy(body)),
            sets: sets.iter().map(|name| (*name).to_owned()).collect(),
        };
        let counts = &mut kept.counts;
        let tally = counts.tallies.entry((host.to_owned(), received.side)).or_default();
        tally.requests += 1;
        tally.cookies.extend(received.sets.iter().cloned());
        counts.latest.insert(host.to_owned(), received.clone());
        counts.last = Some(received.clone());
        kept.push(Event::Received(received));
        drop(kept);
        self.tell();
    }

    /// A third party's port was connected to: a contact, even if nothing is ever asked.
    pub(super) fn opened(&self) {
        self.lock().counts.opened += 1;
        self.tell();
    }

    /// A connection carries its first request; the demo's own do not count as contacts.
    pub(super) fn used(&self, by_a_page: bool) {
        let counts = &mut self.lock().counts;
        if by_a_page {
            counts.used += 1;
        } else {
            counts.opened = counts.opened.saturating_sub(1);
        }
    }

    /// Forgets everything but the ports.
    pub(super) fn forget(&self) {
        let mut kept = self.lock();
        kept.gone += kept.events.len() as u64;
        kept.events.clear();
        kept.counts = Counts::default();
        drop(kept);
        self.tell();
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    /// The requests received, oldest first.
    pub(super) fn list(&self) -> Vec<Received> {
        let kept = self.lock();
        let requests = kept.events.iter().filter_map(|event| match event {
            Event::Received(received) => Some(received.clone()),
            Event::Page(..) => None,
        });
        requests.collect()
    }

    /// The events that follow the first `seen`, and how many there have been.
    pub(super) fn since(&self, seen: u64) -> (Vec<Event>, u64) {
        let kept = self.lock();
        let skipped = usize::try_from(seen.saturating_sub(kept.gone)).unwrap_or(usize::MAX);
        let events = kept.events.iter().skip(skipped).cloned().collect();
        (events, kept.gone + kept.events.len() as u64)
    }

    /// Told of every change.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn tell(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Counts stay usable whatever thread ended while it held them.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn push(&mut self, event: Event) {
        if self.events.len() >= limits::EVENTS_MAX && self.events.pop_front().is_some() {
            self.gone += 1;
        }
        self.events.push_back(event);
    }
}

/// By the `via` parameter of what a stand-in's own frame loads, else by the page's port in
/// `Referer` or `Origin`. Without either the answer is "unknown": a guess could blame the gate.
fn side(head: &Parts, ports: Ports) -> Side {
    if let Some(side) = head.uri.query().and_then(via) {
        return side;
    }
    let pages = [field(&head.headers, &REFERER), field(&head.headers, &ORIGIN)];
    let mut known = pages.iter().filter_map(|page| page.parse::<Uri>().ok());
    known
        .find_map(|page| {
            let by_port = match page.port_u16() {
                Some(port) if port == ports.gate => Some(Side::Gate),
                Some(port) if port == ports.direct => Some(Side::Direct),
                _ => None,
            };
            by_port.or_else(|| page.query().and_then(via))
        })
        .unwrap_or(Side::Unknown)
}

fn via(query: &str) -> Option<Side> {
    query.split('&').find_map(|pair| match pair {
        "via=gate" => Some(Side::Gate),
        "via=direct" => Some(Side::Direct),
        _ => None,
    })
}

fn field<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn clipped(text: &str) -> String {
    text.chars().take(limits::RECORDED_CHARS_MAX).collect()
}
