//! What is wrong with an operator's policy, where, and how to mend it.

use std::ops::Range;

/// A fault in the policy part of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {fault}")]
pub struct PolicyError {
    /// The key at fault, as written in the file (`service.purposes`).
    pub key: String,
    /// What is wrong with it.
    pub fault: String,
    /// What to write instead.
    pub remedy: String,
    /// Byte range in the file, where known.
    pub at: Option<Range<usize>>,
}

impl PolicyError {
    pub(crate) fn new(key: impl Into<String>, fault: impl Into<String>) -> Self {
        Self { key: key.into(), fault: fault.into(), remedy: String::new(), at: None }
    }

    pub(crate) fn at(mut self, range: Option<Range<usize>>) -> Self {
        self.at = range;
        self
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}
