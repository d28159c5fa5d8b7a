//! Opens the visitor's token: a decision if all is well, undecided in every other case.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Mac;

use super::payload::Payload;
use super::{KeyId, KeyRing, cookie_name};
use crate::decision::{Decision, Standing};
use crate::limits;
use crate::policy::History;
use crate::site::Site;
use crate::visit::Visit;

/// What a visitor's cookies say of her wishes, at a time.
///
/// None, two, a forged, foreign, expired or damaged token, or one made on a policy version that
/// this gate has never seen: undecided. Never a grant in doubt.
#[must_use]
pub fn open(visit: &Visit, site: &Site, keys: &KeyRing, history: &History, now: u64) -> Standing {
    let mut tokens = values(visit.cookies(), cookie_name(visit).as_str());
    match (tokens.next(), tokens.next()) {
        (Some(text), None) => read(text, site, keys)
            .filter(|decision| decision.holds_at(now))
            .filter(|decision| history.version(&decision.policy_version).is_some())
            .map_or(Standing::Undecided, Standing::Decided),
        _ => Standing::Undecided,
    }
}

fn values<'c>(cookies: &'c str, name: &'c str) -> impl Iterator<Item = &'c str> {
    cookies.split(';').filter_map(move |pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    })
}

fn read(text: &str, site: &Site, keys: &KeyRing) -> Option<Decision> {
    if text.len() > limits::TOKEN_BYTES_MAX {
        return None;
    }
    let (id, rest) = text.strip_prefix("v1.")?.split_once('.')?;
    let (payload, mac) = rest.split_once('.')?;
    let number: u32 = id.parse().ok()?;
    if number.to_string() != id {
        return None;
    }
    let mac = BASE64_URL_SAFE_NO_PAD.decode(mac).ok()?;
    // Compared in constant time by the crate.
    keys.mac(KeyId(number), site.host(), payload)?.verify_slice(&mac).ok()?;
    let json = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    let payload: Payload = serde_json::from_slice(&json).ok()?;
    payload.into_decision()
}
