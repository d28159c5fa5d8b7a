//! `octroi demo`: the demonstration, with the gate that `serve` would start.

use std::path::Path;

use super::{DemoArgs, Failure};
use crate::config::{Config, Overrides};
use crate::demo::{DemoOptions, GateBehind, StartedGate};
use crate::serve::{ServeOptions, start};

pub(super) fn run(args: DemoArgs) -> Result<(), Failure> {
    let options = DemoOptions { data: args.data, any_ports: args.any_ports };
    let shown = runtime()?.block_on(crate::demo::run(options, start_gate));
    shown.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        let message = format!("{error}{}", cause.unwrap_or_default());
        Failure::new(message, "`octroi demo --any-ports` avoids ports in use")
    })
}

/// Starts the gate of `serve` in front of the demonstration's site.
///
/// # Errors
/// What `serve` would report, for the demonstration to pass on.
pub async fn start_gate(
    behind: GateBehind,
) -> Result<StartedGate, Box<dyn std::error::Error + Send + Sync>> {
    let overrides = Overrides {
        upstream: Some(format!("http://{}", behind.upstream)),
        listen: Some(behind.listen.to_string()),
        data: Some(behind.data_dir),
    };
    let config = Config::parse(Path::new("octroi.toml"), &behind.config_toml, &overrides)?;
    let gate = start(ServeOptions { config }).await?;
    Ok(StartedGate { address: gate.address, stop: Box::pin(gate.stop()) })
}

/// The runtime of a command that serves.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(error, "the system must let the process start threads"))
}
