//! Every acknowledgement follows the sync that covers it, and a system call that fails is not
//! survived by a false one.
//!
//! `strace` watches and injects; where it is missing or not allowed, these tests say nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test file: the helpers fail as tests do")]

use octroi_store::contract::suite::sample;
use octroi_store::{AppendError, Ledger, SqliteLedger};
use std::io::Write;
use std::path::Path;
use std::process::Command;

const ENTRIES: u64 = 40;

/// The child: appends one after the other and prints each answer once it has it.
#[tokio::test]
#[ignore = "started by the tests below, under strace"]
async fn appender() {
    let Ok(dir) = std::env::var("OCTROI_TEST_DIR") else { return };
    let ledger = SqliteLedger::open(Path::new(&dir)).unwrap();
    for number in 0..ENTRIES {
        let answer = match ledger.append(sample(number).unwrap()).await {
            Ok(receipt) => format!("kept {number} {}", receipt.index()),
            Err(error) => format!("error {error:?}"),
        };
        // Past the test harness, which would keep what is printed to itself.
        std::io::stdout().write_all(format!("\n{answer}\n").as_bytes()).unwrap();
    }
}

/// What was printed, and what was called; nothing where there is no strace.
fn traced(dir: &Path, injection: &[&str]) -> Option<(Vec<String>, String)> {
    drop(SqliteLedger::open(dir).unwrap());
    let trace = dir.join("trace");
    let output = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync"])
        .args(injection)
        .arg("-o")
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "appender", "--ignored", "--nocapture"])
        .env("OCTROI_TEST_DIR", dir)
        .output()
        .ok()?;
    let printed = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<String> = printed
        .lines()
        .filter(|line| line.starts_with("kept ") || line.starts_with("error "))
        .map(str::to_owned)
        .collect();
    let trace = std::fs::read_to_string(trace).unwrap_or_default();
    // Without a single call seen, tracing is not allowed here.
    trace.contains("pwrite64").then_some((answers, trace))
}

#[tokio::test]
async fn no_receipt_before_its_sync() {
    let place = tempfile::tempdir().unwrap();
    let Some((answers, trace)) = traced(place.path(), &[]) else { return };
    assert_eq!(answers.len() as u64, ENTRIES);
    let (mut written, mut synced, mut syncing, mut receipts) = (false, false, false, 0);
    for line in trace.lines() {
        let starts_sync = line.contains("sync(") && line.contains("sqlite-wal");
        let ends_sync = starts_sync || (line.contains("sync resumed") && syncing);
        if line.contains("pwrite64(") && line.contains("sqlite-wal") {
            (written, synced) = (true, false);
        }
        if ends_sync && line.ends_with("= 0") {
            (synced, syncing) = (true, false);
        } else if starts_sync {
            syncing = true;
        }
        if line.contains("write(1<") && line.contains("\\nkept ") {
            assert!(written && synced, "acknowledged before the sync: {line}");
            (written, synced) = (false, false);
            receipts += 1;
        }
    }
    assert_eq!(receipts, ENTRIES);
}

/// Lets one call of the writer's thread fail; gives the answers after checking that each receipt
/// among them is true.
async fn answers_with(injection: &str) -> Option<Vec<String>> {
    let place = tempfile::tempdir().unwrap();
    let (answers, _) = traced(place.path(), &["-e", injection])?;
    let ledger = SqliteLedger::open(place.path()).unwrap();
    for answer in &answers {
        if let ["kept", number, index] = answer.split(' ').collect::<Vec<_>>().as_slice() {
            let entry = sample(number.parse().unwrap()).unwrap();
            let stored = ledger.record(entry.record_id()).await.unwrap();
            let stored = stored.unwrap_or_else(|| panic!("{injection}: {number} is lost"));
            assert_eq!(stored.index, index.parse::<u64>().unwrap(), "{injection}");
        }
    }
    let size = ledger.size().await.unwrap();
    assert_eq!(ledger.append(sample(ENTRIES).unwrap()).await.unwrap().index(), size);
    Some(answers)
}

#[tokio::test]
async fn after_a_failed_call_nothing_more_is_accepted() {
    for injection in ["fsync,fdatasync:error=EIO:when=12", "pwrite64:error=EIO:when=50"] {
        let Some(answers) = answers_with(&format!("inject={injection}")).await else { return };
        let failed = format!("error {:?}", AppendError::Failed);
        let first = answers.iter().position(|answer| *answer == failed);
        let first = first.unwrap_or_else(|| panic!("{injection}: {answers:?}"));
        assert!(first > 3, "{injection}: {answers:?}");
        assert!(answers.iter().take(first).all(|answer| answer.starts_with("kept")));
        assert!(answers.iter().skip(first).all(|answer| *answer == failed), "{answers:?}");
        assert_eq!(answers.len() as u64, ENTRIES);
    }
}

#[tokio::test]
async fn a_call_without_space_costs_one_entry_and_no_more() {
    let Some(answers) = answers_with("inject=pwrite64:error=ENOSPC:when=50").await else { return };
    let full = format!("error {:?}", AppendError::Full);
    assert_eq!(answers.iter().filter(|answer| **answer == full).count(), 1, "{answers:?}");
    let kept = answers.iter().filter(|answer| answer.starts_with("kept")).count();
    assert_eq!(kept as u64, ENTRIES - 1, "{answers:?}");
}

#[tokio::test]
async fn a_kill_at_any_call_loses_nothing_acknowledged() {
    for call in (3..48).step_by(3) {
        for name in ["pwrite64", "fsync,fdatasync"] {
            let injection = format!("inject={name}:signal=KILL:when={call}");
            if answers_with(&injection).await.is_none() {
                return;
            }
        }
    }
}
