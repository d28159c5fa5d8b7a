//! Whatever was acknowledged is there after a sudden death, at its index, and re-derives its leaf.
//!
//! Death comes from outside, by `kill -9`, or from inside, by an abort right after the last
//! acknowledgement, where a store that acknowledges too early has had no time to write.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test file: the helpers fail as the tests do"
)]

use octroi_store::contract::suite::sample;
use octroi_store::{Ledger, SqliteLedger};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const ROUNDS: u64 = 5;
const ROUND: u64 = 1_000_000;
const APPENDERS: usize = 16;

/// Acknowledgements before death: another depth each round.
fn before_death(round: u64) -> usize {
    300 + 137 * usize::try_from(round).unwrap()
}

/// The child: appends until it is killed, and prints each acknowledgement after it has it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test below, never ends by itself"]
async fn appender() {
    let variable = |name: &str| std::env::var(format!("OCTROI_TEST_{name}"));
    let (Ok(dir), Ok(from), Ok(abort)) = (variable("DIR"), variable("FROM"), variable("ABORT"))
    else {
        return;
    };
    let (from, abort): (u64, usize) = (from.parse().unwrap(), abort.parse().unwrap());
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let ledger = Arc::new(SqliteLedger::open(Path::new(&dir)).unwrap());
    let mut appenders = tokio::task::JoinSet::new();
    for first in (from..).take(APPENDERS) {
        let (ledger, acknowledged) = (Arc::clone(&ledger), Arc::clone(&acknowledged));
        appenders.spawn(async move {
            for number in (first..from + ROUND).step_by(APPENDERS) {
                let receipt = ledger.append(sample(number).unwrap()).await.unwrap();
                // Past the test harness, which would keep what is printed to itself.
                writeln!(std::io::stdout(), "\nkept {number} {}", receipt.index()).unwrap();
                if acknowledged.fetch_add(1, Ordering::Relaxed) + 1 == abort {
                    std::process::abort();
                }
            }
        });
    }
    appenders.join_all().await;
}

#[derive(Clone, Copy, PartialEq)]
enum Death {
    Outside,
    Inside,
}

/// Runs the child until its death, and gives what it had printed.
fn acknowledged_before(death: Death, dir: &Path, round: u64) -> BTreeMap<u64, u64> {
    let last = before_death(round);
    let abort = if death == Death::Inside { last } else { 0 };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "appender", "--ignored", "--nocapture"])
        .env("OCTROI_TEST_DIR", dir)
        .env("OCTROI_TEST_FROM", (round * ROUND).to_string())
        .env("OCTROI_TEST_ABORT", abort.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut kept = BTreeMap::new();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["kept", number, index] = words.as_slice() {
            kept.insert(index.parse().unwrap(), number.parse().unwrap());
        }
        // Somewhere within a commit. The pipe still holds what was printed before the kill; it is
        // read to its end.
        if death == Death::Outside && kept.len() == last {
            std::thread::sleep(Duration::from_micros(313 * round));
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    kept
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    check(Death::Outside).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_an_abort_right_after() {
    check(Death::Inside).await;
}

async fn check(death: Death) {
    let place = tempfile::tempdir().unwrap();
    let mut kept = BTreeMap::new();
    for round in 0..ROUNDS {
        let of_round = acknowledged_before(death, place.path(), round);
        assert!(of_round.len() >= before_death(round), "the child died early");
        for (index, number) in of_round {
            assert_eq!(kept.insert(index, number), None, "index {index} was given twice");
        }

        let ledger = SqliteLedger::open(place.path()).unwrap();
        let size = ledger.size().await.unwrap();
        let mut leaves = Vec::new();
        while (leaves.len() as u64) < size {
            leaves.extend(ledger.leaves(leaves.len() as u64, usize::MAX).await.unwrap());
        }
        for (index, number) in &kept {
            let entry = sample(*number).unwrap();
            let stored = ledger.record(entry.record_id()).await.unwrap();
            let stored = stored.unwrap_or_else(|| panic!("{number} was acknowledged and is lost"));
            assert_eq!(stored.index, *index);
            assert_eq!(leaves[usize::try_from(*index).unwrap()], *entry.leaf());
        }
        assert!(kept.len() as u64 <= size);
        drop(ledger);
        whole(place.path(), size);
    }
}

/// SQLite's own judgement, and each leaf, acknowledged or not, has its record.
fn whole(dir: &Path, size: u64) {
    let database = rusqlite::Connection::open(dir.join("ledger.sqlite")).unwrap();
    let ask = |sql| database.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
    assert_eq!(ask("SELECT count(*) || '' FROM leaf JOIN record USING (idx)"), size.to_string());
}
