//! The cookie that carries the token: its name, and the fields that set and remove it.

use super::Token;
use crate::limits;
use crate::visit::Visit;

/// The cookie's name on one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieName(&'static str);

impl CookieName {
    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Every name that the gate has on any origin: none of them ever reaches the upstream.
    pub const ALL: [Self; 2] = [Self(HOST_BOUND), Self(PLAIN)];
}

/// No other host, path or plain-http page can set a cookie of this prefix (RFC 6265bis 4.1.3.2).
const HOST_BOUND: &str = "__Host-octroi";
/// Where the visitor came over plain http, `Secure` cookies do not exist.
const PLAIN: &str = "octroi";

/// The name on the visit's origin.
#[must_use]
pub fn cookie_name(visit: &Visit) -> CookieName {
    CookieName(if visit.is_secure() { HOST_BOUND } else { PLAIN })
}

/// The `Set-Cookie` field that stores a token for six months.
#[must_use]
pub fn set_cookie(visit: &Visit, token: &Token) -> String {
    field(visit, token.as_str(), limits::DECISION_DAYS * 86_400)
}

fn field(visit: &Visit, value: &str, max_age: u64) -> String {
    let secure = if visit.is_secure() { "; Secure" } else { "" };
    let name = cookie_name(visit).as_str();
    format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
}
