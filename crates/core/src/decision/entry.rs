//! A decision becomes an entry: the record of proof (reference: proof.md section 5.3), sealed.

use octroi_ledger::{Entry, LeafHash, RecordKey};
use serde_json::{Value, json};

use super::{Action, Click, Decision};
use crate::limits;
use crate::policy::Policy;
use crate::site::Site;

/// What an entry needs of the world: the core has neither clock nor randomness of its own.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Seconds since 1970.
    pub now: u64,
    /// 16 random bytes: the record's name.
    pub record_id: [u8; 16],
    /// 32 random bytes: what the leaf's commitment is keyed with.
    pub record_key: [u8; 32],
}

/// Why a decision could not become an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the decision has no canonical form")]
pub struct EntryFault;

/// A decision that has an entry, and waits for the receipt of that entry.
#[derive(Clone, Debug)]
pub struct Pending {
    pub(crate) decision: Decision,
    pub(crate) leaf_hash: LeafHash,
}

/// Writes the record of a decision and seals it as an entry of the ledger.
///
/// A refusal's record names nobody: its `subject` is empty.
///
/// # Errors
/// [`EntryFault`] if the record has no canonical form; the decision is then not taken.
pub fn to_entry(
    click: &Click,
    decision: Decision,
    policy: &Policy,
    site: &Site,
    circumstances: Circumstances,
) -> Result<(Entry, Pending), EntryFault> {
    let record = record(click, &decision, policy, site, &circumstances);
    let key = RecordKey::from_bytes(circumstances.record_key);
    let entry = Entry::seal(&record, key).map_err(|_| EntryFault)?;
    let leaf_hash = entry.leaf_hash();
    Ok((entry, Pending { decision, leaf_hash }))
}

fn record(
    click: &Click,
    decision: &Decision,
    policy: &Policy,
    site: &Site,
    circumstances: &Circumstances,
) -> Value {
    let valid_until = circumstances.now.saturating_add(limits::DECISION_DAYS * 86_400);
    json!({
        "v": 1,
        "record_id": uuid_v4(circumstances.record_id),
        "subject": decision.subject.clone().unwrap_or_default(),
        "time": circumstances.now,
        "event": event(click, decision),
        "choices": {
            "purposes": decision.purposes,
            "services": decision.services,
            "hosts": decision.hosts,
            "unlisted": decision.unlisted,
        },
        "policy_version": policy.version(),
        "language": click.language,
        "surface": click.surface.as_str(),
        "control": click.action.as_str(),
        "site": site.host(),
        "valid_until": valid_until,
    })
}

fn event(click: &Click, decision: &Decision) -> &'static str {
    match (&click.action, decision.grants_something()) {
        (Action::Withdraw, _) => "withdrawn",
        (Action::AcceptService(_) | Action::AcceptHost(_), _) => "notice-accept",
        (Action::AcceptAll, _) => "given",
        (_, false) => "refused",
        (Action::Save(_) | Action::RefuseAll, true) => "partial",
    }
}

/// RFC 9562 section 5.4.
fn uuid_v4(mut bytes: [u8; 16]) -> String {
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    bytes.iter().enumerate().fold(String::new(), |mut text, (at, byte)| {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text + &format!("{byte:02x}")
    })
}
