//! The published vectors, and what must not open, parse or seal.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test file: clippy allows these only inside the test functions themselves"
)]

use octroi_ledger::limits::{LEAF_BYTES, RECORD_BYTES_MAX, RECORD_ID_BYTES_MAX};
use octroi_ledger::{CanonicalError, Entry, EntryError, Leaf, LeafError, RecordKey};
use serde_json::{Value, json};

const VECTORS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/vectors/ledger.json"));

fn vectors() -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    all["records"].as_array().unwrap().clone()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn sealed(vector: &Value) -> Entry {
    let key = RecordKey::from_bytes(bytes(&vector["r_hex"]).try_into().unwrap());
    Entry::seal(&vector["record"], key).unwrap()
}

#[test]
fn every_vector_is_reproduced_byte_for_byte() {
    assert_eq!(vectors().len(), 3);
    for vector in vectors() {
        let entry = sealed(&vector);
        assert_eq!(entry.record(), vector["jcs_utf8"].as_str().unwrap());
        assert_eq!(entry.leaf().as_bytes().as_slice(), bytes(&vector["leaf_hex"]));
        assert_eq!(entry.leaf_hash().as_bytes().as_slice(), bytes(&vector["leaf_hash_hex"]));
        assert_eq!(entry.record_id(), vector["record"]["record_id"].as_str().unwrap());
        let hour = vector["record"]["time"].as_u64().unwrap() / 3600;
        assert_eq!(u64::from(entry.leaf().hour()), hour);
    }
}

#[test]
fn a_stored_leaf_parses_back_and_opens_with_its_record_and_key_only() {
    let entries: Vec<Entry> = vectors().iter().map(sealed).collect();
    for (at, entry) in entries.iter().enumerate() {
        let leaf = Leaf::parse(entry.leaf().as_bytes()).unwrap();
        assert_eq!(leaf, *entry.leaf());
        let opened = Entry::open(&leaf, entry.record(), entry.key().clone()).unwrap();
        assert_eq!(opened.record_id(), entry.record_id());
        for (other_at, other) in entries.iter().enumerate() {
            assert_eq!(leaf.opens_with(other.record(), other.key()), at == other_at);
        }
        assert!(!leaf.opens_with(entry.record(), &RecordKey::from_bytes([7; 32])));
        assert!(!leaf.opens_with(&format!(" {}", entry.record()), entry.key()));
        assert!(!leaf.opens_with("", entry.key()));
    }
}

#[test]
fn a_leaf_with_any_bit_flipped_is_refused_or_opens_nothing() {
    let entry = sealed(&vectors()[0]);
    for bit in 0..LEAF_BYTES * 8 {
        let mut altered = *entry.leaf().as_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(leaf) = Leaf::parse(&altered) {
            assert!(bit / 8 >= 4, "bit {bit} is part of the layout");
            assert!(!leaf.opens_with(entry.record(), entry.key()), "bit {bit} went unseen");
        }
    }
}

#[test]
fn bytes_of_another_layout_are_not_a_leaf() {
    let leaf = *sealed(&vectors()[0]).leaf().as_bytes();
    assert_eq!(Leaf::parse(&leaf[..39]), Err(LeafError::Length));
    assert_eq!(Leaf::parse(&[leaf.as_slice(), &[0]].concat()), Err(LeafError::Length));
    for version in [0, 2, 255] {
        let mut altered = leaf;
        altered[0] = version;
        assert_eq!(Leaf::parse(&altered), Err(LeafError::Version));
    }
    for reserved in 1..4 {
        let mut altered = leaf;
        altered[reserved] = 1;
        assert_eq!(Leaf::parse(&altered), Err(LeafError::Reserved));
    }
}

#[test]
fn equal_records_under_two_keys_have_nothing_in_common_but_the_hour() {
    let record = &vectors()[0]["record"];
    let [one, two] = [[1; 32], [2; 32]]
        .map(|key| *Entry::seal(record, RecordKey::from_bytes(key)).unwrap().leaf().as_bytes());
    assert_eq!(one[..8], two[..8]);
    assert!(one[8..].iter().zip(&two[8..]).filter(|(a, b)| a == b).count() < 8);
}

#[test]
fn a_record_that_cannot_be_found_or_dated_is_not_sealed() {
    let check = |record: Value, expected: EntryError| {
        let sealed = Entry::seal(&record, RecordKey::from_bytes([0; 32]));
        assert_eq!(sealed.err(), Some(expected), "{record}");
    };
    check(json!([]), EntryError::NotAnObject);
    check(json!({ "record_id": "a" }), EntryError::Time);
    check(json!({ "record_id": "a", "time": -1 }), EntryError::Time);
    check(json!({ "record_id": "a", "time": "1" }), EntryError::Time);
    check(json!({ "record_id": "a", "time": (1_u64 << 32) * 3600 }), EntryError::Time);
    check(json!({ "time": 1 }), EntryError::RecordId);
    check(json!({ "record_id": "", "time": 1 }), EntryError::RecordId);
    check(json!({ "record_id": "a b", "time": 1 }), EntryError::RecordId);
    check(
        json!({ "record_id": "a".repeat(RECORD_ID_BYTES_MAX + 1), "time": 1 }),
        EntryError::RecordId,
    );
    check(
        json!({ "record_id": "a", "time": 1, "label": "x".repeat(RECORD_BYTES_MAX) }),
        EntryError::TooLarge,
    );
    check(
        json!({ "record_id": "a", "time": 1, "label": null }),
        EntryError::Canonical(CanonicalError::Null),
    );
}

#[test]
fn neither_record_nor_key_is_ever_printed() {
    let entry = sealed(&vectors()[0]);
    let printed = format!("{entry:?} {:?}", entry.key());
    assert!(printed.ends_with("RecordKey(..)"));
    assert!(!printed.contains("given") && !printed.contains(entry.record_id()));
}
