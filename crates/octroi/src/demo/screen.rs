//! The demo's terminal: the addresses, then what each third party has received, live.

use std::io::{self, IsTerminal, Write as _};

use super::record::{Counts, Event, Record, Side, Tally};
use super::third_parties;
use super::{Addresses, limits};

const HOST_WIDTH: usize = 18;
const CELL_WIDTH: usize = 20;
const LAST_WIDTH: usize = 19;
const LINE_WIDTH: usize = 2 + HOST_WIDTH + 2 * CELL_WIDTH + LAST_WIDTH;

/// The columns.
const SIDES: [Side; 2] = [Side::Gate, Side::Direct];

/// Colours, where the terminal and its reader want them.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    pub(super) colours: bool,
}

impl Ink {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Behind the gate a count is what the visitor granted; without it, what nobody asked her.
    fn count(self, side: Side, text: &str, some: bool) -> String {
        let code = match side {
            _ if !some => "32",
            Side::Gate => "1;33",
            _ => "1;31",
        };
        self.paint(code, text)
    }
}

/// Shows what happens until the future that holds it is dropped.
pub(super) async fn show(addresses: &Addresses, record: &Record) -> io::Result<()> {
    if io::stdout().is_terminal() {
        table(addresses, record).await
    } else {
        lines(addresses, record).await
    }
}

async fn table(addresses: &Addresses, record: &Record) -> io::Result<()> {
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let ink = Ink { colours };
    let mut changed = record.watch();
    let mut out = io::stdout();
    write!(out, "{}", greeting(addresses, ink))?;
    let mut drawn = 0;
    loop {
        let text = drawing(&record.counts(), ink);
        if drawn > 0 {
            write!(out, "\x1b[{drawn}A")?;
        }
        // Lines must not wrap, or the next drawing would begin in the wrong place.
        write!(out, "\x1b[J\x1b[?7l{text}\x1b[?7h")?;
        out.flush()?;
        drawn = text.lines().count();
        if changed.changed().await.is_err() {
            return Ok(());
        }
        tokio::time::sleep(limits::REDRAW_WAIT).await;
    }
}

fn greeting(addresses: &Addresses, ink: Ink) -> String {
    format!(
        "\n  {}\n\n  With the gate     {}\n  Without the gate  {}\n\n",
        ink.bold("octroi demo: one newspaper, seven third parties, and the gate in front"),
        ink.paint("1;4;36", &addresses.gate()),
        ink.paint("4;36", &addresses.direct()),
    )
}

/// The table, each line ended.
pub(super) fn drawing(counts: &Counts, ink: Ink) -> String {
    let mut text = String::new();
    let pages = |side| counts.pages.get(&side).copied().unwrap_or_default();
    let titles = line("", "with the gate", "without the gate", "last received");
    push(&mut text, &ink.bold(&titles));
    let (gate, direct) = (pages(Side::Gate).to_string(), pages(Side::Direct).to_string());
    push(&mut text, &line("pages read", &gate, &direct, ""));
    push(&mut text, &format!("  {}", ink.dim(&"─".repeat(LINE_WIDTH - 2))));
    let nothing = Tally::default();
    let mut totals = [Tally::default(), Tally::default()];
    for party in &third_parties::ALL {
        let mut cells = String::new();
        for (side, total) in SIDES.into_iter().zip(&mut totals) {
            let tally = counts.tallies.get(&(party.host.to_owned(), side)).unwrap_or(&nothing);
            total.requests += tally.requests;
            total.cookies.extend(tally.cookies.iter().cloned());
            cells += &ink.count(side, &cell(tally), tally.requests > 0);
        }
        let last = counts.latest.get(party.host);
        let last = last.map(|last| format!("{} {}", last.method, last.path)).unwrap_or_default();
        let (host, last) = (fit(party.host, HOST_WIDTH), fit(&last, LAST_WIDTH));
        push(&mut text, &format!("  {host}{cells}{}", ink.dim(&last)));
    }
    push(&mut text, &format!("  {}", ink.dim(&"─".repeat(LINE_WIDTH - 2))));
    let sums = SIDES.into_iter().zip(&totals);
    let sums: String = sums.map(|(side, t)| ink.count(side, &cell(t), t.requests > 0)).collect();
    push(&mut text, &format!("  {}{sums}", ink.bold(&fit("in all", HOST_WIDTH))));
    push(&mut text, &ink.dim(&latest(counts)));
    push(&mut text, &ink.dim("  Ctrl-C ends the demo and removes what it wrote."));
    text
}

/// The last request with all that it told, and the requests that did not say where they came from.
fn latest(counts: &Counts) -> String {
    let unknown = counts.tallies.iter().filter(|((_, side), _)| *side == Side::Unknown);
    let unknown: u64 = unknown.map(|(_, tally)| tally.requests).sum();
    let said = match &counts.last {
        Some(last) => {
            let told = if last.body.is_empty() { &last.cookies } else { &last.body };
            format!("last: {} {} {} {told}", last.host, last.method, last.path)
        }
        None => "nobody has received anything yet".to_owned(),
    };
    let apart = if unknown > 0 { format!("({unknown} of unknown origin) ") } else { String::new() };
    format!("  {}", fit(&format!("{apart}{said}"), LINE_WIDTH - 2).trim_end())
}

fn line(host: &str, gate: &str, direct: &str, last: &str) -> String {
    let (host, last) = (fit(host, HOST_WIDTH), fit(last, LAST_WIDTH));
    format!("  {host}{}{}{last}", fit(gate, CELL_WIDTH), fit(direct, CELL_WIDTH))
}

fn cell(tally: &Tally) -> String {
    let text = match (tally.requests, tally.cookies.len()) {
        (0, _) => "nothing".to_owned(),
        (n, 0) => format!("{n} req."),
        (n, 1) => format!("{n} req., 1 cookie"),
        (n, c) => format!("{n} req., {c} cookies"),
    };
    fit(&text, CELL_WIDTH)
}

/// The text in exactly this many columns, the last one empty.
fn fit(text: &str, width: usize) -> String {
    // Control characters of an address must not reach the terminal.
    let clean = text.chars().map(|c| if c.is_control() { '·' } else { c });
    let cut: String = if text.chars().count() < width {
        clean.collect()
    } else {
        clean.take(width.saturating_sub(2)).chain(['…']).collect()
    };
    format!("{cut:<width$}")
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

async fn lines(addresses: &Addresses, record: &Record) -> io::Result<()> {
    let mut changed = record.watch();
    let mut out = io::stdout();
    write!(out, "{}", announcement(addresses))?;
    out.flush()?;
    let mut seen = 0;
    loop {
        let (events, count) = record.since(seen);
        seen = count;
        for event in &events {
            writeln!(out, "{}", told(event))?;
        }
        out.flush()?;
        if changed.changed().await.is_err() {
            return Ok(());
        }
    }
}

/// The addresses, one a line, for programs.
pub(super) fn announcement(addresses: &Addresses) -> String {
    let mut text = String::new();
    push(&mut text, &format!("gate {}", addresses.gate()));
    push(&mut text, &format!("direct {}", addresses.direct()));
    push(&mut text, &format!("third-parties {}", addresses.third_parties()));
    text
}

fn told(event: &Event) -> String {
    match event {
        Event::Page(side, path) => format!("page {} {path}", side.as_str()),
        Event::Received(received) => {
            let mut text = format!(
                "received {} {} {} {}",
                received.side.as_str(),
                received.host,
                received.method,
                received.path
            );
            if !received.sets.is_empty() {
                text += " sets ";
                text += &received.sets.join(",");
            }
            text
        }
    }
}
