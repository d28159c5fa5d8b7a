//! The end-to-end harness: the real program, a real browser, and what third parties received.
//!
//! A journey that cannot be made must fail its test, so everything here panics with a clear word
//! instead of returning errors. Whatever is started ends with the value that started it.

mod browser;
mod demo;
mod exchange;
mod gate;
mod ledger;
pub mod limits;
mod origin;
mod process;
mod visitor;

pub use browser::{Browser, Scripts};
pub use demo::{Contact, Demo, PAGES, Report};
pub use exchange::{Answer, Asking, encoded, form};
pub use gate::Gate;
pub use ledger::LockedLedger;
pub use origin::{Origin, Served};
pub use visitor::{Area, Cookie, Notice, Storage, Visitor};
