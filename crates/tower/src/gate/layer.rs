//! The layer that puts a gate before a service.

use std::sync::Arc;

use tower_layer::Layer;

use super::{Gate, GateService};

/// Puts a [`Gate`] before a service.
#[derive(Clone, Debug)]
pub struct GateLayer {
    gate: Arc<Gate>,
}

impl GateLayer {
    /// The layer of a gate; all services that it wraps share the gate.
    #[must_use]
    pub fn new(gate: Arc<Gate>) -> Self {
        Self { gate }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = GateService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GateService::new(Arc::clone(&self.gate), inner)
    }
}
