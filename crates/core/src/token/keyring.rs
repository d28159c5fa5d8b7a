//! The keys that seal tokens: the newest seals, all of them open.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::limits;

/// Names a key in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

/// Why keys make no ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key to seal with.
    #[error("the key ring is empty")]
    Empty,
    /// More keys than decisions can still be sealed with.
    #[error("the key ring holds too many keys")]
    TooMany,
    /// Two keys of one name.
    #[error("two keys of the ring have the same id")]
    Double,
}

/// A ring of keys, newest first. It has no `Debug`, so that no key reaches a log.
#[derive(Clone)]
pub struct KeyRing {
    newest: (KeyId, [u8; 32]),
    older: Vec<(KeyId, [u8; 32])>,
}

impl KeyRing {
    /// A ring of 32-byte keys, newest first.
    ///
    /// # Errors
    /// [`KeyRingError`] for none, too many, or two of one id.
    pub fn new(keys: Vec<(KeyId, [u8; 32])>) -> Result<Self, KeyRingError> {
        if keys.len() > limits::KEYS_MAX {
            return Err(KeyRingError::TooMany);
        }
        let mut ids: Vec<_> = keys.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != keys.len() {
            return Err(KeyRingError::Double);
        }
        let mut keys = keys.into_iter();
        let newest = keys.next().ok_or(KeyRingError::Empty)?;
        Ok(Self { newest, older: keys.collect() })
    }

    /// The key that seals.
    pub(super) fn newest(&self) -> KeyId {
        self.newest.0
    }

    /// The authentication code over a token's site, key and payload, if the ring has that key.
    pub(super) fn mac(&self, id: KeyId, site: &str, payload: &str) -> Option<Hmac<Sha256>> {
        let keys = std::iter::once(&self.newest).chain(&self.older);
        let (_, key) = keys.into_iter().find(|(known, _)| *known == id)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        // The first line names use and layout; a host holds no line feed, so the parts cannot shift.
        mac.update(format!("octroi/token/v1\n{site}\n{}\n{payload}", id.0).as_bytes());
        Some(mac)
    }
}
