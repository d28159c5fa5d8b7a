//! The gate: what it is made of, and the layer and service that put it before a site.

mod body;
mod layer;
mod seen;
mod service;

pub use layer::GateLayer;
pub use service::GateService;

use std::sync::Arc;

use octroi_core::pages::{Texts, TextsError};
use octroi_core::passage::Rules;
use octroi_core::policy::{History, Policy};
use octroi_core::token::KeyRing;
use octroi_core::visit::Scheme;

use crate::Recorder;
pub(crate) use body::GatedBody;
pub(crate) use seen::Inventory;
pub(crate) use service::now;

/// How the visitor reached the front: put it into a request's extensions where the connection, or a
/// trusted proxy, tells. Without it the gate takes plain http.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitorScheme(pub Scheme);

/// Why the upstream gave no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// It cannot be reached.
    #[error("the upstream cannot be reached")]
    Down,
    /// It did not answer in time.
    #[error("the upstream did not answer in time")]
    Slow,
    /// It answered with something that is not HTTP.
    #[error("the upstream's answer cannot be read")]
    Broken,
}

/// What a gate is made of.
pub struct GateOptions {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// Every policy version that a visitor may hold a decision on, the one in force included.
    pub history: History,
    /// Hosts that the operator declares the site's own.
    pub own_hosts: Vec<String>,
    /// Path prefix of the gate's own addresses: begins with `/`, does not end with it.
    pub prefix: String,
    /// The keys that seal visitors' tokens.
    pub keys: KeyRing,
    /// Whether gated pages leave compressed; off where a front compresses anyway.
    pub compress: bool,
    /// Makes decisions durable.
    pub recorder: Arc<dyn Recorder>,
}

/// One gate: shared by every connection.
pub struct Gate {
    pub(crate) rules: Rules,
    pub(crate) keys: KeyRing,
    pub(crate) compress: bool,
    pub(crate) recorder: Arc<dyn Recorder>,
    pub(crate) inventory: Inventory,
}

impl Gate {
    /// Makes a gate.
    ///
    /// # Errors
    /// When the built-in texts are damaged, which their tests exclude.
    pub fn new(options: GateOptions) -> Result<Self, TextsError> {
        let rules = Rules {
            policy: options.policy,
            history: Arc::new(options.history),
            own_hosts: options.own_hosts,
            prefix: options.prefix,
            texts: Arc::new(Texts::built_in()?),
        };
        Ok(Self {
            rules,
            keys: options.keys,
            compress: options.compress,
            recorder: options.recorder,
            inventory: Inventory::default(),
        })
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}
