//! Content codings of pages: undone before the gate, done again after it.

mod decode;
mod encode;

pub(crate) use decode::Decoder;
pub(crate) use encode::{Encoder, Output};
