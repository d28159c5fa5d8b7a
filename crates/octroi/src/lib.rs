//! The program as a library, so that its tests and its demonstration start the same gate.

pub mod cli;
pub mod config;
pub mod demo;
pub mod keys;
pub mod limits;
mod proxy;
mod recorder;
pub mod serve;
