//! Seals a decision in a token, once the ledger's receipt for it is there.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Mac;
use octroi_ledger::Receipt;

use super::KeyRing;
use super::payload::Payload;
use crate::decision::{Decision, Pending};
use crate::limits;
use crate::site::Site;

/// A sealed decision: the value of the visitor's cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    decision: Decision,
}

impl Token {
    /// The cookie's value: `v1.KEY.PAYLOAD.MAC`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The decision inside.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

/// Why no token was sealed. The decision does not take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The receipt is another decision's.
    #[error("the receipt belongs to another entry")]
    ForeignReceipt,
    /// It would not fit a cookie.
    #[error("the decision is too large for a cookie")]
    TooLarge,
    /// It has no serialised form, or the ring lost its key.
    #[error("the decision cannot be sealed")]
    Unsealable,
}

/// Seals a pending decision with the receipt of its own entry: acknowledged implies recorded.
///
/// # Errors
/// [`SealError`]; nothing is granted then.
pub fn seal(
    pending: Pending,
    receipt: &Receipt,
    site: &Site,
    keys: &KeyRing,
) -> Result<Token, SealError> {
    if *receipt.leaf_hash() != pending.leaf_hash {
        return Err(SealError::ForeignReceipt);
    }
    let decision = pending.decision;
    let json = serde_json::to_vec(&Payload::of(&decision, receipt.index()))
        .map_err(|_| SealError::Unsealable)?;
    let payload = BASE64_URL_SAFE_NO_PAD.encode(json);
    let id = keys.newest();
    let mac = keys.mac(id, site.host(), &payload).ok_or(SealError::Unsealable)?;
    let mac = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    let text = format!("v1.{}.{payload}.{mac}", id.0);
    if text.len() > limits::TOKEN_BYTES_MAX {
        return Err(SealError::TooLarge);
    }
    Ok(Token { text, decision })
}
