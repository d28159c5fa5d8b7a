//! We recognise the visitor: her decision, sealed in a cookie that only the gate can make.

mod cookie;
mod keyring;
mod open;
mod payload;
mod seal;

pub use cookie::{CookieName, cookie_name, set_cookie};
pub use keyring::{KeyId, KeyRing, KeyRingError};
pub use open::open;
pub use seal::{SealError, Token, seal};

#[cfg(test)]
mod tests;
