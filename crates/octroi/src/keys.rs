//! The token keys on disk: created once, readable by the gate alone, never recreated in silence.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::limits;

/// Name of the file in the data directory.
const FILE: &str = "token.keys";

/// Bytes of a key.
const KEY_BYTES: usize = 32;

const HEADER: &str = "\
# octroi: keys that seal the visitors' consent tokens. Keep this file secret (mode 0600).
# One key a line, the newest first: its number, a blank, 32 bytes in hexadecimal.
# The first key seals; all of them open. Whoever has a key can forge decisions; without the keys
# every visitor is asked again. Back it up with the ledger.
";

/// One key with its number.
pub struct TokenKey {
    /// Number that tokens sealed with it cite.
    pub id: u32,
    /// The secret.
    pub secret: [u8; KEY_BYTES],
}

/// Why the keys cannot be had. Each names the file.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The data directory cannot be made or is open to others.
    #[error("{}: {fault}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The file cannot be read, or not be written on first start.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("{}: open to others (mode {mode:04o})", .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It does not hold keys as this program writes them.
    #[error("{}:{line}: {fault}", .path.display())]
    Garbled {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 when it is the whole file.
        line: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The system gives no randomness.
    #[error("no randomness for a new key: {0}")]
    Randomness(getrandom::Error),
}

impl KeysError {
    /// What the operator can do.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Directory { path, .. } => {
                format!("give octroi a directory of its own: mkdir -m 700 {}", path.display())
            }
            Self::File { path, .. } => {
                format!(
                    "make {} readable and writable for the account octroi runs as",
                    path.display()
                )
            }
            Self::Exposed { path, .. } => format!(
                "chmod 600 {0}; if others had access, move {0} away: visitors are then asked again",
                path.display()
            ),
            Self::Garbled { path, .. } => format!(
                "restore {0} from a backup, or move it away: visitors are then asked again",
                path.display()
            ),
            Self::Randomness(_) => "the operating system's random source must work".to_owned(),
        }
    }
}

/// Reads the keys of a data directory, newest first; on first start makes the directory and a key.
///
/// # Errors
/// [`KeysError`]: nothing was changed, and an existing file is left as it is.
pub fn open(directory: &Path) -> Result<Vec<TokenKey>, KeysError> {
    make_directory(directory)?;
    let path = directory.join(FILE);
    match fs::symlink_metadata(&path) {
        Ok(_) => read(&path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(directory, &path)?;
            read(&path)
        }
        Err(source) => Err(KeysError::File { path, source }),
    }
}

fn make_directory(directory: &Path) -> Result<(), KeysError> {
    let fault = |fault: String| KeysError::Directory { path: directory.to_owned(), fault };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| fault(error.to_string()))?;
    let mode = fs::metadata(directory).map_err(|error| fault(error.to_string()))?.mode();
    // Whoever may write in the directory may put keys of his own in place of ours.
    if mode & 0o022 != 0 {
        return Err(fault(format!("others may write in it (mode {:04o})", mode & 0o7777)));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<TokenKey>, KeysError> {
    let in_file = |source| KeysError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(in_file)?;
    // Of the opened file, not of the name: the name may have changed hands in between.
    let metadata = file.metadata().map_err(in_file)?;
    if !metadata.is_file() {
        return Err(in_file(io::Error::other("not a regular file")));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(KeysError::Exposed { path: path.to_owned(), mode: metadata.mode() & 0o7777 });
    }
    let mut text = String::new();
    file.take(limits::KEYS_FILE_BYTES_MAX).read_to_string(&mut text).map_err(in_file)?;
    parse(&text).map_err(|(line, fault)| KeysError::Garbled { path: path.to_owned(), line, fault })
}

fn parse(text: &str) -> Result<Vec<TokenKey>, (usize, &'static str)> {
    let mut keys: Vec<TokenKey> = Vec::new();
    // The header would hide a file cut short in its last line: a whole one ends with its newline.
    if !text.ends_with('\n') {
        return Err((text.lines().count(), "the file is cut short"));
    }
    for (line, text) in (1..).zip(text.lines()) {
        if text.starts_with('#') {
            continue;
        }
        let key = parse_key(text).ok_or((line, "not a key (a number, a blank, 64 digits)"))?;
        if keys.iter().any(|known| known.id == key.id) {
            return Err((line, "a key of this number stands above"));
        }
        if keys.len() == limits::KEYS_MAX {
            return Err((line, "too many keys"));
        }
        keys.push(key);
    }
    if keys.is_empty() {
        return Err((0, "no key in it"));
    }
    Ok(keys)
}

fn parse_key(line: &str) -> Option<TokenKey> {
    let (id, hex) = line.split_once(' ')?;
    let plain = id.bytes().all(|b| b.is_ascii_digit())
        && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !plain || hex.len() != 2 * KEY_BYTES {
        return None;
    }
    let mut secret = [0; KEY_BYTES];
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(TokenKey { id: id.parse().ok()?, secret })
}

/// open(O_EXCL, 0600) · write · fsync(file) · link · unlink · fsync(directory)
fn create(directory: &Path, path: &Path) -> Result<(), KeysError> {
    let in_file = |source| KeysError::File { path: path.to_owned(), source };
    let mut secret = [0; KEY_BYTES];
    getrandom::fill(&mut secret).map_err(KeysError::Randomness)?;
    let mut text = format!("{HEADER}1 ");
    for byte in secret {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
    }
    text.push('\n');

    let draft = directory.join(format!("{FILE}.{}.new", std::process::id()));
    let result = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link, unlike a rename, never replaces the keys that another start has just made.
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    })();
    // A draft left behind would hold a key that no one uses; the result above is what counts.
    let removed = fs::remove_file(&draft);
    result.and(removed).and_then(|()| File::open(directory)?.sync_all()).map_err(in_file)
}
