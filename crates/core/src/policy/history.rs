//! What earlier policy versions offered, so that a decision made on one is never read as more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Policy;

/// The purposes and services of one policy version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Ids of the purposes that were offered.
    pub purposes: BTreeSet<String>,
    /// Ids of the services that were offered, with the ids of their purposes.
    pub services: BTreeMap<String, Vec<String>>,
}

impl Outline {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether the service was offered, for all the purposes that it has now.
    #[must_use]
    pub fn offered(&self, service: &str, purposes: impl Iterator<Item = impl AsRef<str>>) -> bool {
        self.services.get(service).is_some_and(|then| {
            let mut purposes = purposes;
            purposes.all(|now| then.iter().any(|known| known == now.as_ref()))
        })
    }
}

/// Every policy version that a visitor may still hold a decision on.
#[derive(Clone, Debug, Default)]
pub struct History {
    versions: BTreeMap<String, Arc<Outline>>,
}

impl History {
    /// The history that contains only the policy in force.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let mut history = Self::default();
        history.remember(policy.version(), policy.outline());
        history
    }

    /// Adds a version.
    pub fn remember(&mut self, version: &str, outline: Outline) {
        self.versions.insert(version.to_owned(), Arc::new(outline));
    }

    /// What a version offered; nothing is known of a version from elsewhere.
    #[must_use]
    pub fn version(&self, version: &str) -> Option<&Arc<Outline>> {
        self.versions.get(version)
    }
}
