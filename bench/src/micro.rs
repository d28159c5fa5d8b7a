//! The rewriter alone: CPU time of the gate over a page, beside that of its parser with no rules.

use std::sync::Arc;
use std::time::Duration;

use lol_html::{AsciiCompatibleEncoding, HtmlRewriter, Settings};
use octroi_core::body::BodyGate;
use octroi_core::decision::{Click, Moment, Standing};
use octroi_core::head::gate_head;
use octroi_core::pages::Texts;
use octroi_core::passage::{Passage, Rules};
use octroi_core::policy::{History, Policy};
use octroi_core::visit::{Scheme, Visit};
use rustix::time::{ClockId, clock_gettime};

use crate::upstream::{Content, Contents};
use crate::{Fallible, arms, limits, say};

/// When the visitor of this measurement chose; any time does.
const NOW: u64 = 1_800_000_000;

/// CPU time for one page.
pub(crate) struct Micro {
    /// The page.
    pub(crate) content: Content,
    /// Its bytes.
    pub(crate) bytes: usize,
    /// lol_html with an empty handler set.
    pub(crate) parser: Duration,
    /// The gate, for a visitor who has not chosen.
    pub(crate) undecided: Duration,
    /// The gate, for a visitor who has accepted all.
    pub(crate) accepted: Duration,
}

/// Measures both pages.
pub(crate) fn measure(contents: &Contents) -> Fallible<Vec<Micro>> {
    let policy = Policy::built_in()?;
    let rules = Rules {
        history: Arc::new(History::of(&policy)),
        policy: Arc::new(policy),
        own_hosts: Vec::new(),
        prefix: "/_octroi".to_owned(),
        texts: Arc::new(Texts::built_in()?),
    };
    let click = Click::parse(b"action=accept_all", &rules.policy)?;
    let undecided = Standing::Undecided;
    let moment = Moment { now: NOW, subject: "00".to_owned() };
    let accepted = click.decide(&rules.policy, &rules.history, &undecided, moment)?;
    let accepted = Standing::Decided(accepted);
    let mut all = Vec::new();
    for content in [Content::Article, Content::LongPage] {
        say(&format!("the rewriter alone: {}", content.name()));
        let page: &[u8] = contents.bytes(content);
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..limits::MICRO_ROUNDS {
            let [parser, undecided_times, accepted_times] = &mut times;
            parser.push(time_of(|| parse(page))?);
            undecided_times.push(time_of(|| gate(page, &rules, &undecided))?);
            accepted_times.push(time_of(|| gate(page, &rules, &accepted))?);
        }
        let [parser, undecided, accepted] = times.map(median);
        all.push(Micro { content, bytes: page.len(), parser, undecided, accepted });
    }
    Ok(all)
}

/// CPU time of one call, on average.
fn time_of(work: impl Fn() -> Fallible<usize>) -> Fallible<Duration> {
    let began = cpu_time();
    let mut calls = 0;
    loop {
        if std::hint::black_box(work()?) == 0 {
            return Err("an empty page came out".into());
        }
        calls += 1;
        let spent = cpu_time().saturating_sub(began);
        if spent >= limits::MICRO_TIME {
            return Ok(spent / calls);
        }
    }
}

/// CPU time of this thread: what other programs take in between does not count.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // It begins at nought and cannot be negative.
    Duration::try_from(time).unwrap_or_default()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// lol_html with no handlers, otherwise set as the gate sets it.
fn parse(page: &[u8]) -> Fallible<usize> {
    let latin = AsciiCompatibleEncoding::new(encoding_rs::WINDOWS_1252).ok_or("no charset")?;
    let out = std::cell::RefCell::new(Vec::new());
    let mut rewriter = HtmlRewriter::new(
        Settings::new().with_encoding(latin).with_strict(true),
        |bytes: &[u8]| out.borrow_mut().extend_from_slice(bytes),
    );
    let mut length = 0;
    for slice in page.chunks(limits::SLICE_BYTES) {
        rewriter.write(slice)?;
        length += out.take().len();
    }
    rewriter.end()?;
    Ok(length + out.take().len())
}

fn gate(page: &[u8], rules: &Rules, standing: &Standing) -> Fallible<usize> {
    let mut gate = body_gate(rules, standing)?;
    let mut length = 0;
    for slice in page.chunks(limits::SLICE_BYTES) {
        length += gate.push(slice)?.len();
    }
    Ok(length + gate.finish()?.len())
}

/// The whole crossing, since a page's gate is made by nothing less.
fn body_gate(rules: &Rules, standing: &Standing) -> Fallible<BodyGate> {
    let request = http::Request::get(Content::Article.path())
        .header("host", arms::HOST)
        .header("sec-fetch-dest", "document")
        .body(())?;
    let visit = Visit::parse(&request.into_parts().0, Scheme::Https)?;
    let passage = Passage::begin(visit, standing, rules, &Default::default())?;
    let response =
        http::Response::builder().header("content-type", "text/html; charset=utf-8").body(())?;
    let head = gate_head(&passage, response.into_parts().0).map_err(|_| "the head is refused")?;
    Ok(head.html.ok_or("the page is not taken for one")?.body_gate()?)
}
