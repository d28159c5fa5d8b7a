//! octroi's judgement, without IO: in a visit and a response, out the same, gated.
//!
//! The modules stand in the order in which a request meets them.
//!
//! **A request**: [`visit`] parses it into a [`visit::Visit`]; [`token`] reads the visitor's
//! standing; [`policy`] gives the verdicts; [`passage`] begins the crossing; [`forward`] takes out
//! what the upstream must not see; [`head`] gates the response's headers into a
//! [`head::GatedHead`]; [`body`] gates its HTML as a stream. Each value is made only by the step
//! before it.
//!
//! **A consent**: [`decision::Click`] is parsed from a form, becomes a [`decision::Decision`], its
//! entry goes to the ledger, and only the ledger's receipt seals it in a [`token::Token`].

pub mod visit;
pub mod site;
pub mod token;
pub mod policy;
pub mod passage;
pub mod forward;
pub mod head;
pub mod body;
pub mod decision;
pub mod pages;
pub mod limits;
