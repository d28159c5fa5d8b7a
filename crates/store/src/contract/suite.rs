//! The conformance suite: run unchanged against every store, it names the promise that is broken.

use crate::contract::{AppendError, Ledger, Refusal};
use crate::limits::{LEAVES_PER_READ_MAX, POLICY_OUTLINE_BYTES_MAX, POLICY_VERSION_BYTES_MAX};
use octroi_ledger::{Entry, EntryError, RecordKey};
use std::collections::BTreeSet;
use std::sync::Arc;
use thiserror::Error;
use tokio::task::JoinSet;

const ONE_BY_ONE: u64 = 5;
const APPENDERS: u64 = 64;
const EACH: u64 = 4;
const ALL: u64 = ONE_BY_ONE + 1 + APPENDERS * EACH;

/// The promise that a store broke.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Broken {
    /// The suite could not make its samples.
    #[error("the suite's own sample is unusable")]
    Sample,
    /// The place could not be opened, or not opened again.
    #[error("the store does not open, or not again after it was dropped")]
    Opens,
    /// A fresh place holds nothing.
    #[error("a fresh store is not empty")]
    StartsEmpty,
    /// Each entry gets the next index, and a receipt that names its own leaf hash.
    #[error("a receipt does not name the next index and the entry's leaf hash")]
    GivesReceipts,
    /// What was acknowledged can be read.
    #[error("what was acknowledged cannot be read back as it was")]
    ReadsBack,
    /// A record id is accepted once, and a refusal uses up no index.
    #[error("a record id is accepted twice, or a refusal uses up an index")]
    RefusesDuplicates,
    /// Concurrent appenders get dense, distinct indices.
    #[error("concurrent appends do not get dense and distinct indices")]
    StaysDense,
    /// Reads are bounded and end.
    #[error("a read of leaves gives too many, or some beyond the end")]
    BoundsReads,
    /// Policies are kept in order and never replaced.
    #[error("a policy is lost, out of order or replaced")]
    KeepsPolicies,
    /// All of it is there when the place is opened again.
    #[error("something acknowledged is gone after opening again")]
    Survives,
}

/// A made-up entry, the same for the same number.
///
/// # Errors
///
/// Never, unless the sample itself is wrong.
pub fn sample(number: u64) -> Result<Entry, EntryError> {
    let record = serde_json::json!({
        "v": 1,
        "record_id": format!("00000000-0000-4000-8000-{number:012}"),
        "subject": "",
        "time": 1_795_392_000_u64 + number,
        "event": "refused",
        "choices": { "purposes": { "advertising": false, "measurement": false } },
        "language": "en",
    });
    let mut key = [0; 32];
    for (slot, byte) in key.iter_mut().zip(number.to_be_bytes().into_iter().cycle()) {
        *slot = byte;
    }
    Entry::seal(&record, RecordKey::from_bytes(key))
}

/// Checks the promises on one place: `open` is first called when it is empty, then again after
/// what it gave was dropped. It is to run on a tokio runtime.
///
/// # Errors
///
/// The first promise found broken.
pub async fn check<F>(open: F) -> Result<(), Broken>
where
    F: AsyncFn() -> Option<Arc<dyn Ledger>>,
{
    let ledger = open().await.ok_or(Broken::Opens)?;
    starts_empty(&ledger).await?;
    gives_receipts(&ledger).await?;
    refuses_duplicates(&ledger).await?;
    stays_dense(&ledger).await?;
    keeps_policies(&ledger).await?;
    reads_back(&ledger).await?;
    drop(ledger);

    let again = open().await.ok_or(Broken::Opens)?;
    reads_back(&again).await.map_err(|_| Broken::Survives)?;
    let kept = again.policies().await.map_err(|_| Broken::Survives)?;
    hold(kept == policies(), Broken::Survives)?;
    let next = again.append(taken(ALL)?).await.map_err(|_| Broken::Survives)?;
    hold(next.index() == ALL, Broken::Survives)
}

fn hold(kept: bool, otherwise: Broken) -> Result<(), Broken> {
    if kept { Ok(()) } else { Err(otherwise) }
}

fn taken(number: u64) -> Result<Entry, Broken> {
    sample(number).map_err(|_| Broken::Sample)
}

async fn starts_empty(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    let first = taken(0)?;
    hold(ledger.size().await == Ok(0), Broken::StartsEmpty)?;
    hold(ledger.leaves(0, 10).await == Ok(vec![]), Broken::StartsEmpty)?;
    hold(ledger.policies().await == Ok(vec![]), Broken::StartsEmpty)?;
    hold(matches!(ledger.record(first.record_id()).await, Ok(None)), Broken::StartsEmpty)
}

async fn gives_receipts(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    for number in 0..ONE_BY_ONE {
        let entry = taken(number)?;
        let leaf_hash = entry.leaf_hash();
        let receipt = ledger.append(entry).await.map_err(|_| Broken::GivesReceipts)?;
        hold(receipt.index() == number, Broken::GivesReceipts)?;
        hold(*receipt.leaf_hash() == leaf_hash, Broken::GivesReceipts)?;
        hold(ledger.size().await == Ok(number + 1), Broken::GivesReceipts)?;
    }
    Ok(())
}

async fn refuses_duplicates(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    let duplicate = Err(AppendError::Refused(Refusal::DuplicateRecordId));
    for number in 0..ONE_BY_ONE {
        hold(ledger.append(taken(number)?).await == duplicate, Broken::RefusesDuplicates)?;
    }
    let next = ledger.append(taken(ONE_BY_ONE)?).await.map_err(|_| Broken::RefusesDuplicates)?;
    hold(next.index() == ONE_BY_ONE, Broken::RefusesDuplicates)
}

async fn stays_dense(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    let start = ONE_BY_ONE + 1;
    let mut appenders = JoinSet::new();
    for appender in 0..APPENDERS {
        let ledger = Arc::clone(ledger);
        appenders.spawn(async move {
            let mut indices = Vec::new();
            for turn in 0..EACH {
                let entry = taken(start + appender * EACH + turn)?;
                let (leaf, leaf_hash) = (*entry.leaf(), entry.leaf_hash());
                let receipt = ledger.append(entry).await.map_err(|_| Broken::StaysDense)?;
                hold(*receipt.leaf_hash() == leaf_hash, Broken::GivesReceipts)?;
                // Visible at once to whoever holds the receipt.
                let there = ledger.leaves(receipt.index(), 1).await;
                hold(there == Ok(vec![leaf]), Broken::ReadsBack)?;
                indices.push(receipt.index());
            }
            Ok::<_, Broken>(indices)
        });
    }
    let mut seen = BTreeSet::new();
    while let Some(ended) = appenders.join_next().await {
        let indices = ended.map_err(|_| Broken::StaysDense)??;
        hold(indices.is_sorted(), Broken::StaysDense)?;
        seen.extend(indices);
    }
    hold(seen.into_iter().eq(start..ALL), Broken::StaysDense)?;
    hold(ledger.size().await == Ok(ALL), Broken::StaysDense)
}

fn policies() -> Vec<(String, String)> {
    let pair = |version: &str, outline: &str| (version.to_owned(), outline.to_owned());
    vec![pair("v2", "{\"n\":2}"), pair("v1", "{\"n\":1}")]
}

async fn keeps_policies(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    for (version, outline) in policies().iter().chain(&policies()) {
        hold(ledger.remember_policy(version, outline).await == Ok(()), Broken::KeepsPolicies)?;
    }
    let refused = |refusal| Err(AppendError::Refused(refusal));
    let differs = refused(Refusal::PolicyDiffers);
    hold(ledger.remember_policy("v1", "{}").await == differs, Broken::KeepsPolicies)?;
    let (long, large) =
        ("v".repeat(POLICY_VERSION_BYTES_MAX + 1), "x".repeat(POLICY_OUTLINE_BYTES_MAX + 1));
    for (version, outline) in [("", "{}"), (long.as_str(), "{}"), ("v3", large.as_str())] {
        let answer = ledger.remember_policy(version, outline).await;
        hold(answer == refused(Refusal::PolicySize), Broken::KeepsPolicies)?;
    }
    hold(ledger.policies().await == Ok(policies()), Broken::KeepsPolicies)
}

async fn reads_back(ledger: &Arc<dyn Ledger>) -> Result<(), Broken> {
    let leaves = ledger.leaves(0, LEAVES_PER_READ_MAX).await.map_err(|_| Broken::ReadsBack)?;
    hold(leaves.len() as u64 == ALL, Broken::ReadsBack)?;
    let mut indices = BTreeSet::new();
    for number in 0..ALL {
        let entry = taken(number)?;
        let stored = ledger.record(entry.record_id()).await.map_err(|_| Broken::ReadsBack)?;
        let stored = stored.ok_or(Broken::ReadsBack)?;
        let place = usize::try_from(stored.index).map_err(|_| Broken::ReadsBack)?;
        hold(leaves.get(place) == Some(entry.leaf()), Broken::ReadsBack)?;
        hold(stored.entry.record() == entry.record(), Broken::ReadsBack)?;
        hold(stored.entry.key() == entry.key(), Broken::ReadsBack)?;
        indices.insert(stored.index);
    }
    hold(indices.into_iter().eq(0..ALL), Broken::ReadsBack)?;
    let lengths = [(0, 0, 0), (0, 2, 2), (ALL - 1, 9, 1), (ALL, 9, 0), (u64::MAX, 9, 0)];
    for (from, most, expected) in lengths {
        let part = ledger.leaves(from, most).await.map_err(|_| Broken::BoundsReads)?;
        hold(part.len() == expected, Broken::BoundsReads)?;
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        hold(part.iter().eq(leaves.iter().skip(start).take(most)), Broken::BoundsReads)?;
    }
    let most = ledger.leaves(0, usize::MAX).await.map_err(|_| Broken::BoundsReads)?;
    hold(most.len() <= LEAVES_PER_READ_MAX, Broken::BoundsReads)
}
