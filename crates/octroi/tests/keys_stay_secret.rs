//! The keys' file: made once, for the gate alone, and never replaced in silence.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use octroi::keys::{self, KeysError};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/data");
    let file = data.join("token.keys");
    (dir, data, file)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn fault(data: &Path) -> (String, String) {
    let error = keys::open(data).err().expect("a fault");
    (error.to_string(), error.hint())
}

#[test]
fn the_first_start_makes_a_key_for_the_gate_alone() {
    let (_dir, data, file) = place();
    let first = keys::open(&data).unwrap();
    assert_eq!(first.len(), 1);
    assert_ne!(first[0].secret, [0; 32]);
    assert_eq!((mode(&data), mode(&file)), (0o700, 0o600));
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "no draft is left behind");
    let again = keys::open(&data).unwrap();
    assert_eq!((again[0].id, again[0].secret), (first[0].id, first[0].secret));
}

#[test]
fn keys_are_read_in_order() {
    let (_dir, data, file) = place();
    let old = keys::open(&data).unwrap().remove(0);
    let text = fs::read_to_string(&file).unwrap();
    let newer = format!("7 {}\n", "ab".repeat(32));
    fs::write(&file, text.replacen("1 ", &format!("{newer}1 "), 1)).unwrap();
    // The header says "1" nowhere, so that the replacement above was in the key's line.
    let keys = keys::open(&data).unwrap();
    assert_eq!((keys[0].id, keys[0].secret), (7, [0xab; 32]));
    assert_eq!((keys[1].id, keys[1].secret), (1, old.secret));
}

#[test]
fn a_file_open_to_others_is_refused() {
    for open in [0o640, 0o604, 0o660, 0o644] {
        let (_dir, data, file) = place();
        keys::open(&data).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(open)).unwrap();
        assert!(matches!(keys::open(&data), Err(KeysError::Exposed { mode, .. }) if mode == open));
        let (text, hint) = fault(&data);
        assert!(text.contains("token.keys") && hint.contains("chmod 600"), "{text} {hint}");
    }
}

#[test]
fn a_directory_that_others_write_in_is_refused() {
    let (_dir, data, _) = place();
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(keys::open(&data), Err(KeysError::Directory { .. })));
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
}

#[test]
fn a_garbled_file_is_named_and_left_as_it_is() {
    let key = "1 ".to_owned() + &"0f".repeat(32);
    let cases = [
        (String::new(), "cut short"),
        ("# nothing\n".to_owned(), "no key"),
        (key.clone(), "cut short"),
        (key[..40].to_owned() + "\n", ":1: not a key"),
        (format!("{key}0\n"), ":1: not a key"),
        (format!("{}\n", key.to_uppercase()), ":1: not a key"),
        (format!("+{key}\n"), ":1: not a key"),
        (format!("99999999999{key}\n"), ":1: not a key"),
        (format!("{key}\n\n"), ":2: not a key"),
        (format!("{key}\n{key}\n"), ":2: a key of this number"),
        ((1..10).map(|id| format!("{id}{}\n", &key[1..])).collect(), ":9: too many keys"),
    ];
    for (text, expected) in cases {
        let (_dir, data, file) = place();
        keys::open(&data).unwrap();
        fs::write(&file, &text).unwrap();
        let (told, hint) = fault(&data);
        assert!(told.contains("token.keys") && told.contains(expected), "{text:?}: {told}");
        assert!(hint.contains("backup"), "{hint}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "untouched");
    }
}

#[test]
fn bytes_that_are_no_text_and_names_that_are_no_file_are_refused() {
    let (_dir, data, file) = place();
    keys::open(&data).unwrap();
    fs::write(&file, [0xff, 0xfe, 0x0a]).unwrap();
    assert!(matches!(keys::open(&data), Err(KeysError::File { .. })));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(matches!(keys::open(&data), Err(KeysError::File { .. })));
    fs::remove_dir(&file).unwrap();
    // A link to nowhere is somebody's doing: no key is made in its place.
    symlink("/nonexistent/keys", &file).unwrap();
    assert!(matches!(keys::open(&data), Err(KeysError::File { .. })));
}
