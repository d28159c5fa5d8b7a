//! Measures what group commit is worth here: one appender against 64, each waiting for its receipt.
//!
//! `cargo run --release -p octroi-store --example group_commit [DIR]`; without DIR, in a temporary
//! directory, which should then not be in memory.

#![expect(clippy::print_stdout, reason = "a measurement to be read")]

use octroi_store::contract::suite::sample;
use octroi_store::{Ledger, SqliteLedger};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const TIME: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let dir = std::env::args().nth(1).map_or(place.path().to_owned(), Into::into);
    let mut rates = Vec::new();
    for appenders in [1, 64] {
        let dir = dir.join(format!("appenders-{appenders}"));
        let (count, mut waits) = run(&dir, appenders).await?;
        waits.sort_unstable();
        let at = |share: usize| waits.get(waits.len() * share / 100).copied().unwrap_or_default();
        println!(
            "{appenders:>2} appenders: {:>7.0} entries/s, p50 {:?}, p99 {:?}",
            count / TIME.as_secs_f64(),
            at(50),
            at(99),
        );
        rates.push(count);
    }
    if let [one, many] = rates.as_slice() {
        println!("group commit: {:.1} times as many", many / one);
    }
    Ok(())
}

async fn run(dir: &Path, appenders: u64) -> Result<(f64, Vec<Duration>), Box<dyn Error>> {
    let ledger = Arc::new(SqliteLedger::open(dir)?);
    let start = ledger.size().await?;
    let end = Instant::now() + TIME;
    let mut running = JoinSet::new();
    for appender in 0..appenders {
        let ledger = Arc::clone(&ledger);
        running.spawn(async move {
            let mut waits = Vec::new();
            let mut number = start + appender;
            while Instant::now() < end {
                let asked = Instant::now();
                let entry = sample(number).map_err(|error| error.to_string())?;
                ledger.append(entry).await.map_err(|error| error.to_string())?;
                waits.push(asked.elapsed());
                number += appenders;
            }
            Ok::<_, String>(waits)
        });
    }
    let (mut count, mut all) = (0.0, Vec::new());
    while let Some(waits) = running.join_next().await {
        let waits = waits??;
        count += waits.iter().map(|_| 1.0).sum::<f64>();
        all.extend(waits);
    }
    Ok((count, all))
}
